// Optuna's lock beside a journal: `<path>.lock`, created exclusively, taken over when it has not changed for 30 s, or its owner is gone.
import { randomUUID } from "node:crypto";
import { link, lstat, open, rename, stat, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isOwnerGone, signLock } from "./lock_owner.js";

export interface FileLock {
  /** Gives the lock up; leaves it alone when another worker has taken it over. */
  release(): Promise<void>;
  /** False when another worker has taken it over. */
  isHeld(): Promise<boolean>;
}

export interface LockOptions {
  /** Milliseconds without a change after which a lock's owner counts as dead. Default 30,000, as in Optuna. */
  readonly staleAfter?: number;
}

const LONGEST_WAIT = 100;
/** Milliseconds after which a lock that does not change is told of: longer than any append takes. */
const TOLD_AFTER = 3000;

/**
 * Waits for the lock without blocking the event loop. Optuna's lock is a symbolic link by default and an empty file on request: both
 * keep others from creating a file of that name. Rejects with the file system's error when it cannot be created at all.
 */
export async function lockFile(path: string, { staleAfter = 30_000 }: LockOptions = {}): Promise<FileLock> {
  const lock = `${path}.lock`;
  let seen: string | undefined;
  let isTold = false;
  let since = performance.now();
  for (let wait = 1; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      const handle = await open(lock, "wx");
      // Kept open, so that no other file can get the inode that tells whose lock it is.
      const { ino } = await handle.stat({ bigint: true });
      await signLock(handle);
      const isHeld = async () => (await inode(lock)) === ino;
      return {
        isHeld,
        release: async () => {
          try {
            if (await isHeld()) await takeAway(lock);
          } finally {
            await handle.close();
          }
        },
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const state = await lockState(lock);
    if (state === undefined) {
      wait = 0.5;
      continue;
    }
    if (state !== seen) {
      seen = state;
      since = performance.now();
    } else if (performance.now() - since > staleAfter || (await isOwnerGone(lock))) {
      await takeOver(lock, state);
      seen = undefined;
      wait = 0.5;
      continue;
    } else if (performance.now() - since > TOLD_AFTER && !isTold) {
      isTold = true;
      process.emitWarning(
        `${lock} is held and does not change: its owner is busy or was killed. It is taken over after ${staleAfter / 1000} s without a change; if you know that its owner is gone, delete it`,
        "JournalWarning",
      );
    }
    // Waiters that woke together would meet again and again.
    await sleep(wait * (0.5 + Math.random()));
  }
}

/** What tells one lock from the next: itself, and the time of the journal that a symbolic link points to. */
async function lockState(lock: string): Promise<string | undefined> {
  try {
    const own = await lstat(lock, { bigint: true });
    const target = await stat(lock, { bigint: true }).catch(() => undefined);
    return `${own.ino} ${own.ctimeNs} ${target?.mtimeNs}`;
  } catch {
    return undefined;
  }
}

async function inode(path: string): Promise<bigint | undefined> {
  return lstat(path, { bigint: true }).then(
    ({ ino }) => ino,
    () => undefined,
  );
}

/** By way of another name, as Optuna does: of two that take a lock away one fails. */
async function takeAway(lock: string): Promise<void> {
  const aside = `${lock}${randomUUID()}.rename`;
  await rename(lock, aside);
  await unlink(aside);
}

async function takeOver(lock: string, state: string): Promise<void> {
  const stale = await inode(lock);
  if ((await lockState(lock)) !== state) return;
  const aside = `${lock}${randomUUID()}.rename`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  // Another waiter was faster and what was moved away is its new lock: it goes back.
  if ((await inode(aside)) !== stale) await link(aside, lock).catch(() => {});
  await unlink(aside);
}
