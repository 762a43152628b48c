// A journal in a file that Optuna's JournalFileBackend reads and writes too: one operation a line, appended under its lock.
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { DataError } from "../../errors.js";
import type { JournalBackend, Operation } from "./backend.js";
import { type FileLock, type LockOptions, lockFile } from "./file_lock.js";
import { decodeOperation } from "./decode_operation.js";
import { encodeJson } from "./json.js";

const NEWLINE = 0x0a;
const CHUNK = 1 << 20;
/** How every record begins, spaces aside. */
const BEGINNING = '{"op_code"';

/** The file is created by the first append. Nothing is read or written before the first call. */
export function fileJournal(file: string, options: LockOptions = {}): JournalBackend {
  return new FileJournal(file, options);
}

class FileJournal implements JournalBackend {
  /** The end of the last line that was read: how many there are up to it, and bytes. */
  private end = { lines: 0, offset: 0 };
  private isChecked = false;

  constructor(
    readonly location: string,
    private readonly options: LockOptions,
  ) {}

  async read(from: number): Promise<Operation[]> {
    return this.within("read", async () => {
      const handle = await open(this.location, "r").catch((error) => {
        if (error.code === "ENOENT" && this.end.offset === 0) return undefined;
        throw error;
      });
      if (handle === undefined) return [];
      try {
        return await this.readFrom(handle, from);
      } finally {
        await handle.close();
      }
    });
  }

  async append(operations: readonly Operation[], expected?: number): Promise<boolean> {
    const text = operations.map((operation) => `${encodeJson(operation)}\n`).join("");
    // A file that is no journal is told before anything of it could be taken for a torn line.
    if (!this.isChecked) await this.read(0);
    return this.within("write", async () => {
      for (;;) {
        const lock = await lockFile(this.location, this.options);
        try {
          const isAppended = await this.appendLocked(lock, text, expected);
          if (isAppended !== undefined) return isAppended;
        } finally {
          await lock.release();
        }
      }
    });
  }

  async close(): Promise<void> {}

  /** Undefined when the lock was lost to another worker, because this process stood still. */
  private async appendLocked(lock: FileLock, text: string, expected?: number): Promise<boolean | undefined> {
    const handle = await open(this.location, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o666);
    try {
      if (!(await lock.isHeld())) return undefined;
      const size = await this.repaired(handle);
      if (expected !== undefined && (expected !== this.end.lines || size !== this.end.offset)) return false;
      if (!(await lock.isHeld())) return undefined;
      await write(handle, text, size);
      if (size === 0) await syncFolder(this.location);
      return true;
    } finally {
      await handle.close();
    }
  }

  private async readFrom(handle: FileHandle, from: number): Promise<Operation[]> {
    const { size } = await handle.stat();
    if (from < this.end.lines) this.end = { lines: 0, offset: 0 };
    if (size < this.end.offset) throw this.shortened();
    const operations: Operation[] = [];
    let rest: Buffer = Buffer.alloc(0);
    for (let position = this.end.offset; position < size; ) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(CHUNK),
        0,
        Math.min(CHUNK, size - position),
        position,
      );
      if (bytesRead === 0) break;
      position += bytesRead;
      rest = rest.length === 0 ? buffer.subarray(0, bytesRead) : Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      if (this.end.offset === 0) this.checkBeginning(rest);
      let start = 0;
      for (let stop = rest.indexOf(NEWLINE); stop >= 0; stop = rest.indexOf(NEWLINE, start)) {
        const line = this.end.lines;
        const operation = decodeOperation(
          rest.toString("utf8", start, stop),
          `${this.location}, line ${line + 1}`,
          line,
        );
        if (line >= from) operations.push(operation);
        this.end = { lines: line + 1, offset: this.end.offset + stop + 1 - start };
        start = stop + 1;
      }
      rest = rest.subarray(start);
    }
    this.isChecked = true;
    return operations;
  }

  /** The size without a torn last line, which is cut off; a whole one that lacks its line end only gets it. */
  private async repaired(handle: FileHandle): Promise<number> {
    const { size } = await handle.stat();
    if (size < this.end.offset) throw this.shortened();
    let start = size;
    let tail: Buffer = Buffer.alloc(0);
    while (start > this.end.offset && !tail.includes(NEWLINE)) {
      const length = Math.min(4096, start - this.end.offset);
      const { buffer } = await handle.read(Buffer.alloc(length), 0, length, start - length);
      tail = Buffer.concat([buffer, tail]);
      start -= length;
    }
    const torn = tail.subarray(tail.lastIndexOf(NEWLINE) + 1);
    if (torn.length === 0) return size;
    if (torn.length === size) this.checkBeginning(torn);
    if (isWhole(torn)) {
      await handle.appendFile("\n");
      return size + 1;
    }
    await handle.truncate(size - torn.length);
    return size - torn.length;
  }

  private checkBeginning(bytes: Buffer): void {
    const beginning = bytes
      .toString("latin1", 0, 2 * BEGINNING.length)
      .replaceAll(" ", "")
      .slice(0, BEGINNING.length);
    if (BEGINNING.startsWith(beginning)) return;
    throw new DataError(
      `${this.location} is no study's journal: it begins with ${JSON.stringify(bytes.toString("utf8", 0, 20))} instead of ${BEGINNING}; it was left as it is, give another path`,
    );
  }

  private shortened(): DataError {
    return new DataError(
      `${this.location} is shorter than it was: it was replaced or cut while the study was open; open the study again`,
    );
  }

  private async within<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (typeof code !== "string" || error instanceof DataError) throw error;
      throw new DataError(`cannot ${what} the journal ${this.location}: ${REMEDIES[code] ?? message}`, {
        cause: error,
      });
    }
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: "its folder or the file itself is not there (any more); create the folder first",
  ENOTDIR: "a part of its path is no folder; give another path",
  EISDIR: "it is a folder; give the path of a file in it",
  EACCES:
    "permission is denied for it or its folder, where its lock file is made too; change that or give another path",
  EROFS: "its file system is read-only; give another path",
  ENOSPC: "the disk is full; make room, what was not written is kept and written by the next attempt",
};

function isWhole(line: Buffer): boolean {
  try {
    decodeOperation(line.toString("utf8"), "", 1);
    return true;
  } catch {
    return false;
  }
}

/** All of the text on the disk, or nothing of it. */
async function write(handle: FileHandle, text: string, size: number): Promise<void> {
  try {
    await handle.appendFile(text);
    await handle.sync();
  } catch (error) {
    await handle.truncate(size).catch(() => {});
    throw error;
  }
}

/** So that a new file survives a power failure; not every system can. */
async function syncFolder(file: string): Promise<void> {
  const folder = await open(path.dirname(file), "r").catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
