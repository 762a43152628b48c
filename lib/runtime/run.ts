// Run: one training in progress, as a promise of its result and an async iterator over its epochs.

/** An iterator over the records of a run. */
interface Reader {
  /** Index of the record that comes next. */
  next: number;
  /** True while it asks for that record, false while its loop works on the one before. */
  asking: boolean;
}

/**
 * Hands out records as they are made; nothing is lost. The producer goes on when every loop over the records asks for the
 * next one, so that leaving a loop ends the run at the very record that was seen; a run that is awaited waits for nobody.
 */
export class Run<Record, Result> implements PromiseLike<Result>, AsyncIterable<Record> {
  private readonly records: Record[] = [];
  private readonly result: Promise<Result>;
  private readonly controller = new AbortController();
  private settled = false;
  private wake: (() => void)[] = [];
  private readonly readers = new Set<Reader>();
  private awaited = false;

  /** Starts `work` at once; it awaits `emit` for each record and ends early, without an error, when the signal aborts. */
  constructor(
    work: (emit: (record: Record) => Promise<void>, signal: AbortSignal) => Promise<Result>,
    signal?: AbortSignal,
  ) {
    const forward = () => this.controller.abort(signal?.reason);
    if (signal?.aborted) forward();
    else signal?.addEventListener("abort", forward, { once: true });
    this.controller.signal.addEventListener("abort", () => this.notify(), { once: true });
    const emit = async (record: Record) => {
      this.records.push(record);
      this.notify();
      while (this.held) await this.changed();
    };
    this.result = work(emit, this.controller.signal).finally(() => {
      signal?.removeEventListener("abort", forward);
      this.settled = true;
      this.notify();
    });
  }

  /** Ends the run after the step that is being taken; the result has the history so far. */
  abort(): void {
    this.controller.abort();
  }

  // biome-ignore lint/suspicious/noThenProperty: a run is awaited for its result, that is the point of it
  then<A = Result, B = never>(
    fulfilled?: ((value: Result) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.settling().then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.settling().catch(rejected);
  }

  finally(callback?: (() => void) | null): Promise<Result> {
    return this.settling().finally(callback);
  }

  /** All records from the first, then each as it comes. Leaving the loop early ends the run. */
  [Symbol.asyncIterator](): AsyncIterator<Record, undefined> {
    // From here on an error reaches whoever iterates; it must not count as unhandled a second time.
    this.result.catch(() => {});
    const reader: Reader = { next: 0, asking: false };
    this.readers.add(reader);
    return {
      next: async () => {
        reader.asking = true;
        this.notify();
        while (reader.next >= this.records.length) {
          if (this.settled) {
            await this.result;
            return { done: true, value: undefined };
          }
          await this.changed();
        }
        reader.asking = false;
        return { done: false, value: this.records[reader.next++] as Record };
      },
      return: async () => {
        this.readers.delete(reader);
        this.abort();
        await this.result.catch(() => {});
        return { done: true, value: undefined };
      },
    };
  }

  /** True while the producer waits for a loop that works on a record, or has some to come. */
  get held(): boolean {
    if (this.awaited || this.controller.signal.aborted) return false;
    return [...this.readers].some(({ next, asking }) => !asking || next < this.records.length);
  }

  /** The result, for somebody who waits for it rather than for records. */
  private settling(): Promise<Result> {
    this.awaited = true;
    this.notify();
    return this.result;
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private notify(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}
