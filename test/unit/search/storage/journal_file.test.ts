// Journals in files: torn lines, foreign files, locks of others, processes that write at once or are killed while they do.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { DataError } from "../../../../lib/errors.js";
import type { Operation } from "../../../../lib/search/storage/backend.js";
import { lockFile } from "../../../../lib/search/storage/file_lock.js";
import { openJournal } from "../../../../lib/search/storage/journal.js";
import { fileJournal } from "../../../../lib/search/storage/journal_file.js";
import { start, startWorker } from "./processes.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "netwright-journal-"));
  file = path.join(folder, "s.journal");
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const operation = (i: number): Operation => ({ op_code: 10, worker_id: "w", i });
const text = async () => readFile(file, "utf8");

describe("lines", () => {
  test("are read from any index on, over and over, and as they grow", async () => {
    const journal = fileJournal(file);
    expect(await journal.read(0)).toEqual([]);
    await journal.append([operation(0), operation(1)]);
    expect(await journal.read(1)).toEqual([operation(1)]);
    await fileJournal(file).append([operation(2)]);
    expect(await journal.read(2)).toEqual([operation(2)]);
    expect(await journal.read(0)).toEqual([0, 1, 2].map(operation));
    expect(await readdir(folder)).toEqual(["s.journal"]);
  });

  test("longer than what is read at once, with letters of several bytes across its end", async () => {
    const long = { ...operation(0), filler: "aü€😀".repeat(400_000), nan: Number.NaN };
    await fileJournal(file).append([long, operation(1)]);
    expect(await fileJournal(file).read(0)).toEqual([long, operation(1)]);
  });

  test("are appended under a condition only when nobody wrote in between", async () => {
    const [a, b] = [fileJournal(file), fileJournal(file)];
    await a.read(0);
    expect(await a.append([operation(0)], 0)).toBe(true);
    await b.read(0);
    await a.read(1);
    expect(await a.append([operation(1)], 1)).toBe(true);
    expect(await b.append([operation(2)], 1)).toBe(false);
    await b.read(1);
    expect(await b.append([operation(2)], 2)).toBe(true);
    expect(await a.read(0)).toEqual([0, 1, 2].map(operation));
  });
});

describe("a torn last line", () => {
  test.each(['{"op_code":1', "{", '{"op_code":10,"worker_id":"w"', "\0\0\0\0"])(
    "%o is not read, and cut off",
    async (torn) => {
      await fileJournal(file).append([operation(0)]);
      const whole = await text();
      await writeFile(file, torn, { flag: "a" });
      const journal = fileJournal(file);
      expect(await journal.read(0)).toEqual([operation(0)]);
      expect(await text()).toBe(whole + torn);
      await journal.append([operation(1)]);
      expect(await text()).toBe(`${whole}{"op_code":10,"worker_id":"w","i":1}\n`);
    },
  );

  test("longer than a block is cut off whole", async () => {
    await fileJournal(file).append([operation(0)]);
    await writeFile(file, `{"op_code":10,"filler":"${"x".repeat(20_000)}`, { flag: "a" });
    await fileJournal(file).append([operation(1)]);
    expect(await fileJournal(file).read(0)).toEqual([operation(0), operation(1)]);
  });

  test("of a file that has no other goes too", async () => {
    await writeFile(file, '{"op_co');
    await fileJournal(file).append([operation(0)]);
    expect(await fileJournal(file).read(0)).toEqual([operation(0)]);
  });

  test("that lacks nothing but its end is kept", async () => {
    await writeFile(file, JSON.stringify(operation(0)));
    const journal = fileJournal(file);
    expect(await journal.read(0)).toEqual([]);
    await journal.append([operation(1)]);
    expect(await journal.read(0)).toEqual([operation(0), operation(1)]);
  });
});

describe("files that are no journal, or not any more", () => {
  test.each([
    "hello",
    "hello\n",
    "a,b\n1,2\n",
    '{"name":"netwright"}\n',
    "[1]\n",
    '{"op_code":"0","worker_id":"w"}\n',
    "\0\0",
  ])("%o is told and left alone", async (foreign) => {
    await writeFile(file, foreign);
    await expect(fileJournal(file).read(0)).rejects.toThrow(/no study's journal.*give another/);
    await expect(fileJournal(file).append([operation(0)])).rejects.toThrow(DataError);
    expect(await text()).toBe(foreign);
  });

  test("a bad line in the middle is told with its number and left alone", async () => {
    await fileJournal(file).append([operation(0), operation(1)]);
    await writeFile(file, '{"op_c{"op_code":10}\n{"op_code":10,"worker_id":"w","i":3}\n', { flag: "a" });
    const before = await text();
    await expect(openJournal(fileJournal(file))).rejects.toThrow(/line 3.*take that record out/);
    await expect(fileJournal(file).append([operation(4)])).rejects.toThrow(/line 3/);
    expect(await text()).toBe(before);
  });

  test("a folder, a missing folder and a replaced file", async () => {
    await mkdir(file);
    await expect(fileJournal(file).read(0)).rejects.toThrow(/it is a folder/);
    const missing = fileJournal(path.join(folder, "no", "s.journal"));
    expect(await missing.read(0)).toEqual([]);
    await expect(missing.append([operation(0)])).rejects.toThrow(/create the folder first/);
    await rm(file, { recursive: true });
    const journal = fileJournal(file);
    await journal.append([operation(0)]);
    await journal.read(0);
    await writeFile(file, "");
    await expect(journal.read(1)).rejects.toThrow(/shorter than it was/);
    await expect(journal.append([operation(1)])).rejects.toThrow(/shorter than it was/);
    expect(await text()).toBe("");
  });

  test("a path through a file", async () => {
    await fileJournal(file).append([operation(0)]);
    const inside = fileJournal(path.join(file, "s.journal"));
    await expect(inside.read(0)).rejects.toThrow(/a part of its path is no folder/);
    await expect(inside.append([operation(0)])).rejects.toThrow(DataError);
  });
});

/** An append waits as long as the lock is there. */
async function expectWaited(lock: string): Promise<void> {
  let isDone = false;
  const writing = fileJournal(file)
    .append([operation(0)])
    .then(() => {
      isDone = true;
    });
  await sleep(300);
  expect(isDone).toBe(false);
  await rm(lock);
  await writing;
}

describe("the lock", () => {
  test.each(["file", "link"])("of another, a %s, is waited for without blocking, and left in place", async (form) => {
    const lock = `${file}.lock`;
    if (form === "file") await writeFile(lock, "");
    else await symlink(file, lock);
    await expectWaited(lock);
    expect(await fileJournal(file).read(0)).toEqual([operation(0)]);
    expect(await readdir(folder)).toEqual(["s.journal"]);
  });

  test.each(["file", "link"])("a %s that does not change is taken over", async (form) => {
    if (form === "file") await writeFile(`${file}.lock`, "");
    else await symlink(file, `${file}.lock`);
    const journals = [1, 2, 3].map(() => fileJournal(file, { staleAfter: 200 }));
    await Promise.all(journals.map((journal, i) => journal.append([operation(i)])));
    expect((await fileJournal(file).read(0)).map(({ i }) => i).sort()).toEqual([0, 1, 2]);
    expect(await readdir(folder)).toEqual(["s.journal"]);
  });

  test("that does not change is told of, before it is taken over", async () => {
    const lock = `${file}.lock`;
    await writeFile(lock, "");
    const warnings: Error[] = [];
    const listener = (warning: Error) => warnings.push(warning);
    process.on("warning", listener);
    onTestFinished(() => void process.off("warning", listener));
    const writing = fileJournal(file).append([operation(0)]);
    await expect.poll(() => warnings.map(({ name }) => name), { timeout: 30_000 }).toContain("JournalWarning");
    expect(warnings.find(({ name }) => name === "JournalWarning")?.message).toContain(
      `${lock} is held and does not change`,
    );
    await rm(lock);
    await writing;
  });

  test.runIf(process.platform === "linux")("of a process that was killed here is taken over at once", async () => {
    const lock = `${file}.lock`;
    // What the lock of a running process says, with the number of one that has ended.
    const alive = await lockFile(file);
    const owner = await readFile(lock, "utf8");
    await alive.release();
    const { child, ended } = start(process.execPath, ["-e", ""]);
    await ended;
    await writeFile(lock, owner.replace(/\d+\n$/, `${child.pid}\n`));
    // With the default patience this would be half a minute.
    const started = performance.now();
    const journals = [1, 2, 3].map(() => fileJournal(file));
    await Promise.all(journals.map((journal, i) => journal.append([operation(i)])));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect((await fileJournal(file).read(0)).map(({ i }) => i).sort()).toEqual([0, 1, 2]);
    expect(await readdir(folder)).toEqual(["s.journal"]);
  });

  test.each([
    ["of this process", (owner: string) => owner],
    ["of another machine", (owner: string, ended: number) => owner.replace(/ \S+ (\S+) \d+/, ` another $1 ${ended}`)],
    ["of another container", (owner: string, ended: number) => owner.replace(/pid:\[\d+\] \d+/, `pid:[1] ${ended}`)],
    ["that is not yet signed", () => ""],
    ["that is signed in part", (owner: string, ended: number) => owner.replace(/\d+\n$/, String(ended))],
  ])("%s is waited for", async (_, change) => {
    const lock = `${file}.lock`;
    const alive = await lockFile(file);
    const owner = await readFile(lock, "utf8");
    await alive.release();
    const { child, ended } = start(process.execPath, ["-e", ""]);
    await ended;
    await writeFile(lock, change(owner, child.pid as number));
    await expectWaited(lock);
  });

  test("that changes is not taken over", async () => {
    const lock = `${file}.lock`;
    await writeFile(lock, "");
    let isDone = false;
    const writing = fileJournal(file, { staleAfter: 2000 })
      .append([operation(0)])
      .then(() => {
        isDone = true;
      });
    for (let i = 1; i <= 60; i++) {
      await utimes(lock, i, i);
      await sleep(50);
    }
    expect(isDone).toBe(false);
    await rm(lock);
    await writing;
  });

  test("that was taken over is not given up by its first owner", async () => {
    const first = await lockFile(file);
    await rm(`${file}.lock`);
    const second = await lockFile(file);
    expect(await first.isHeld()).toBe(false);
    await first.release();
    expect(await second.isHeld()).toBe(true);
    await second.release();
    await expect(stat(`${file}.lock`)).rejects.toThrow("ENOENT");
  });
});

describe("processes", { timeout: 600_000 }, () => {
  test("two that write 500 operations each at once lose none and mix no lines", async () => {
    const ends = await Promise.all(["a", "b"].map((name) => startWorker(["append", file, name, "500"]).ended));
    expect(ends.map(({ code, output }) => ({ code, lines: output.split("\n").length - 1 }))).toEqual(
      ["a", "b"].map(() => ({ code: 0, lines: 500 })),
    );
    const operations = await fileJournal(file).read(0);
    for (const name of ["a", "b"])
      expect(operations.filter(({ worker_id }) => worker_id === name).map(({ i }) => i)).toEqual(
        Array.from({ length: 500 }, (_, i) => i),
      );
  });

  test("one that is killed while it writes, over and over, loses nothing that it was told to be safe", async () => {
    for (let round = 0; round < 5; round++) {
      const name = `r${round}`;
      const { child, ended, says } = startWorker(["append", file, name, "100000"]);
      await says(`${10 + 7 * round}\n`);
      child.kill("SIGKILL");
      const { signal, output } = await ended;
      expect(signal).toBe("SIGKILL");
      const told = output.split("\n").length - 1;
      const journal = fileJournal(file, { staleAfter: 200 });
      await journal.append([{ ...operation(round), worker_id: "test" }]);
      const written = (await journal.read(0)).filter(({ worker_id }) => worker_id === name).map(({ i }) => i);
      expect(written.length).toBeGreaterThanOrEqual(told);
      expect(written).toEqual(written.map((_, i) => i));
    }
    expect((await fileJournal(file).read(0)).filter(({ worker_id }) => worker_id === "test")).toHaveLength(5);
  });
});
