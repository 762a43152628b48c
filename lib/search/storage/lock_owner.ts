// Whose lock it is, written into it: one whose owner was killed on this machine need not be waited for.
import { constants } from "node:fs";
import { type FileHandle, open, readFile, readlink } from "node:fs/promises";

/** Longer than any owner's text: of another program's file no more is read. */
const LONGEST = 256;
const NAME = "netwright";

/** Undefined where nothing tells machines and containers apart by more than a name: only Linux numbers its boots and process namespaces. */
const place: Promise<string | undefined> = (async () => {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
  return `${boot.trim()} ${await readlink("/proc/self/ns/pid")}`;
})().catch(() => undefined);

/** Writes this process into a lock that it has just made; without it the lock is as good, and waited for longer when the process is killed. */
export async function signLock(handle: FileHandle): Promise<void> {
  const here = await place;
  if (here !== undefined) await handle.writeFile(`${NAME} ${here} ${process.pid}\n`).catch(() => {});
}

/** True when the lock tells its owner, who ran in this very system and does not any more. */
export async function isOwnerGone(lock: string): Promise<boolean> {
  const here = await place;
  if (here === undefined) return false;
  const text = await beginningOf(lock);
  const pid = text.startsWith(`${NAME} ${here} `)
    ? /^(\d+)\n$/.exec(text.slice(`${NAME} ${here} `.length))?.[1]
    : undefined;
  return pid !== undefined && !isRunning(Number(pid));
}

/** Empty for a symbolic link: Optuna's points to the journal itself. */
async function beginningOf(file: string): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (handle === undefined) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST), 0, LONGEST, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } catch {
    return "";
  } finally {
    await handle.close();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
