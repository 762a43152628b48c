// Bytes and text of data files: gzip and bzip2 are recognised and unpacked, failures become DataErrors.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { DataError } from "../errors.js";
import { seekBzip } from "./packages.js";

/** Where bytes come from: a path, a file URL, or the bytes themselves. */
export type Source = string | URL | Uint8Array;

export interface NamedBytes {
  /** How messages call it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The largest content that is unpacked: far above the sets this is made for, far below what stops a process. */
const UNPACKED_LIMIT = 2 ** 31 - 1;

/** Reads and, by its first bytes, unpacks a source. Throws DataError naming the file and the remedy. */
export async function readUnpacked(source: Source): Promise<NamedBytes> {
  return unpack(await readSource(source));
}

export async function readSource(source: Source): Promise<NamedBytes> {
  if (source instanceof Uint8Array) return { name: "the given bytes", bytes: source };
  const name = source instanceof URL ? fileURLToPath(source) : source;
  try {
    return { name, bytes: await readFile(name) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === "ENOENT"
        ? "there is no such file; check the path"
        : code === "EISDIR"
          ? "this is a folder; give the path of a file in it"
          : `it cannot be read (${(error as Error).message}); check its permissions`;
    throw new DataError(`${name}: ${reason}`, { cause: error });
  }
}

/** Unpacks gzip and bzip2, tells by the first bytes; anything else comes back as it is. */
export function unpack({ name, bytes }: NamedBytes): NamedBytes {
  if (bytes.length === 0) throw new DataError(`${name}: the file is empty; fetch it again`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return unpackWith("gzip", name, () => gunzipSync(bytes, { maxOutputLength: UNPACKED_LIMIT }));
  if (bytes[0] === 0x42 && bytes[1] === 0x5a && bytes[2] === 0x68)
    return unpackWith("bzip2", name, () => seekBzip().decode(Buffer.from(bytes)));
  return { name, bytes };
}

function unpackWith(format: string, name: string, decode: () => Uint8Array): NamedBytes {
  let bytes: Uint8Array;
  try {
    bytes = decode();
  } catch (error) {
    throw new DataError(
      `${name}: expected a whole ${format} file, but it does not unpack (${(error as Error).message}); it is truncated or damaged, fetch it again`,
      { cause: error },
    );
  }
  if (bytes.length === 0) throw new DataError(`${name}: the ${format} file has no content; fetch it again`);
  return { name, bytes };
}

/** UTF-8 text without byte order mark; `expected` says what the file should hold. */
export function decodeText({ name, bytes }: NamedBytes, expected: string): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // Falls through to the one message for what is not text.
  }
  throw new DataError(
    `${name}: expected ${expected} as UTF-8 text, found other bytes; check that it is the right file, or save it as UTF-8`,
  );
}

/** A line's content for messages, cut to a readable length. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The finite number that a cell writes in decimal notation, NaN for anything else. */
export function parseNumber(cell: string): number {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(Math.fround(value)) ? value : Number.NaN;
}
