// One job at a time on a trainer; while a loop works on an epoch, the run stands aside and lets others in.
import { BusyError, DisposedError } from "../errors.js";

export class JobGuard {
  private job: string | undefined;
  private guest: { readonly finished: Promise<void> } | undefined;
  private mayEnter: () => boolean = () => false;
  private closed = false;

  /** True while somebody else uses the session of a waiting run. */
  get hasGuest(): boolean {
    return this.guest !== undefined;
  }

  /** Marks a job as running and returns the function that ends it; throws BusyError or DisposedError. */
  begin(what: string): () => void {
    if (this.closed)
      throw new DisposedError(`${what}: this trainer was disposed; make a new one or load() a saved file`);
    if (this.job === undefined) {
      this.job = what;
      return () => {
        this.job = undefined;
      };
    }
    if (what === "fit" || this.guest !== undefined || !this.mayEnter())
      throw new BusyError(
        `${what}: this trainer is running ${this.job}; await it first, or end it with an AbortSignal or by leaving its loop`,
      );
    let finish = () => {};
    this.guest = { finished: new Promise((resolve) => (finish = resolve)) };
    return () => {
      this.guest = undefined;
      finish();
    };
  }

  /** Lets others in while `held` says so, until `waiting` is over and the last of them is done. */
  async lend(waiting: Promise<void>, held: () => boolean): Promise<void> {
    this.mayEnter = held;
    await waiting;
    this.mayEnter = () => false;
    await this.guest?.finished;
  }

  close(): void {
    this.closed = true;
  }
}
