// Run: one training in progress, as a promise of its result and an async iterator over its epochs.

/** Hands out records as they are made; nothing is lost and the producer never waits. */
export class Run<Record, Result> implements PromiseLike<Result>, AsyncIterable<Record> {
  private readonly records: Record[] = [];
  private readonly result: Promise<Result>;
  private readonly controller = new AbortController();
  private settled = false;
  private wake: (() => void)[] = [];

  /** Starts `work` at once; it calls `emit` for each record and ends early, without an error, when the signal aborts. */
  constructor(work: (emit: (record: Record) => void, signal: AbortSignal) => Promise<Result>, signal?: AbortSignal) {
    const forward = () => this.controller.abort(signal?.reason);
    if (signal?.aborted) forward();
    else signal?.addEventListener("abort", forward, { once: true });
    const emit = (record: Record) => {
      this.records.push(record);
      this.notify();
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
    return this.result.then(fulfilled, rejected);
  }

  catch<B = never>(rejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.result.catch(rejected);
  }

  finally(callback?: (() => void) | null): Promise<Result> {
    return this.result.finally(callback);
  }

  /** All records from the first, then each as it comes. Leaving the loop early ends the run. */
  [Symbol.asyncIterator](): AsyncIterator<Record, undefined> {
    // From here on an error reaches whoever iterates; it must not count as unhandled a second time.
    this.result.catch(() => {});
    let next = 0;
    return {
      next: async () => {
        while (next >= this.records.length) {
          if (this.settled) {
            await this.result;
            return { done: true, value: undefined };
          }
          await new Promise<void>((resolve) => this.wake.push(resolve));
        }
        return { done: false, value: this.records[next++] as Record };
      },
      return: async () => {
        this.abort();
        await this.result.catch(() => {});
        return { done: true, value: undefined };
      },
    };
  }

  private notify(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}
