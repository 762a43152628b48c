// The way between a journal and its replay: one write or read at a time, many operations in one append.
import { DataError, NetwrightError } from "../../errors.js";
import type { JournalBackend, Operation } from "./backend.js";
import { encodeJson } from "./json.js";
import type { Outcome, Replay } from "./replay.js";

interface Pending {
  readonly operation: Operation;
  readonly isAhead: boolean;
  settle?(outcome: Outcome): void;
  fail?(error: unknown): void;
}

export class JournalWriter {
  private queued: Pending[] = [];
  /** Handed to the backend, not yet read back; in the journal's order. */
  private sent: Pending[] = [];
  private turn: Promise<unknown> = Promise.resolve();
  private isScheduled = false;
  /** A flush that has not begun. */
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly backend: JournalBackend,
    private readonly replay: Replay,
  ) {}

  /** Writes an operation soon that was applied in advance. */
  queue(operation: Operation): void {
    this.queued.push({ operation, isAhead: true });
    this.schedule();
  }

  /** Writes an operation; resolves with what became of it when it was read back. */
  put(operation: Operation): Promise<Outcome> {
    return new Promise((settle, fail) => {
      this.queued.push({ operation, isAhead: false, settle, fail });
      this.schedule();
    });
  }

  /**
   * Writes what `build` makes of the journal as it is at that moment, or nothing when that is undefined; nobody writes in between.
   * Resolves with what became of it, or undefined when nothing was written.
   */
  putIfUnchanged(build: () => readonly Operation[] | undefined): Promise<readonly Outcome[] | undefined> {
    return this.inTurn(async () => {
      for (;;) {
        await this.write();
        await this.read();
        const operations = build();
        if (operations === undefined) return undefined;
        const outcomes: Outcome[] = [];
        const pending = operations.map((operation) => ({
          operation,
          isAhead: false,
          settle: (outcome: Outcome) => outcomes.push(outcome),
        }));
        // Every failure is another worker's success, so that workers as a whole get on.
        if (await this.send(pending, this.replay.count)) return outcomes;
      }
    });
  }

  refresh(): Promise<void> {
    return this.inTurn(() => this.read());
  }

  flush(): Promise<void> {
    // One for all who ask before it begins: on a slow disk turns would come faster than they are done.
    this.flushing ??= this.inTurn(() => {
      this.flushing = undefined;
      return this.write();
    });
    return this.flushing;
  }

  private schedule(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      // What failed is told to those who wait for it, and to the next flush, which tries again.
      this.flush().catch(() => {});
    });
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.turn.then(task);
    this.turn = result.catch(() => {});
    return result;
  }

  private async write(): Promise<void> {
    if (this.queued.length > 0) await this.send(this.queued.splice(0));
  }

  private async send(pending: readonly Pending[], expected?: number): Promise<boolean> {
    this.sent = this.sent.concat(pending);
    try {
      const operations = pending.map(({ operation }) => operation);
      if (!(await this.backend.append(operations, expected))) {
        this.sent.splice(-pending.length);
        return false;
      }
    } catch (error) {
      await this.recall(error);
      return true;
    }
    try {
      await this.read();
    } catch (error) {
      for (const { fail } of this.sent) fail?.(error);
      throw error;
    }
    if (this.sent.length > 0)
      throw new DataError(`${this.backend.location} has lost what was just written to it; was the journal replaced?`);
    return true;
  }

  /** After an append that failed, perhaps only in its answer: what is not in the journal is queued again or told to have failed. */
  private async recall(error: unknown): Promise<void> {
    await this.read().catch(() => {});
    const missing = this.sent.splice(0);
    if (missing.length === 0) return;
    this.queued = missing.filter(({ isAhead }) => isAhead).concat(this.queued);
    for (const { fail } of missing) fail?.(error);
    throw error;
  }

  private async read(): Promise<void> {
    const settled: [Pending, Outcome][] = [];
    const operations = await this.backend.read(this.replay.count);
    let back = 0;
    try {
      for (const operation of operations) {
        const next = this.sent[back];
        const own = next !== undefined && isSame(next.operation, operation) ? next : undefined;
        const outcome = this.replayed(operation, own?.isAhead ?? false);
        if (own === undefined) continue;
        back++;
        settled.push([own, outcome]);
      }
    } finally {
      this.sent.splice(0, back);
      this.replay.endBatch();
    }
    for (const [{ settle }, outcome] of settled) settle?.(outcome);
  }

  private replayed(operation: Operation, isAhead: boolean): Outcome {
    try {
      return this.replay.read(operation, isAhead);
    } catch (error) {
      const why = error instanceof NetwrightError ? error.message : "its fields are not those of an operation";
      throw new DataError(
        `${this.backend.location}: record ${this.replay.count + 1} cannot be used: ${why}; keep a copy and take the record out`,
        { cause: error },
      );
    }
  }
}

function isSame(a: Operation, b: Operation): boolean {
  return a === b || (a.worker_id === b.worker_id && a.op_code === b.op_code && encodeJson(a) === encodeJson(b));
}
