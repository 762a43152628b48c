// A record to which operations were applied before they are in the journal, and what it is when others wrote in between.
import type { Operation } from "./backend.js";

export class Ahead<Record> {
  /** With all operations, those that are on their way too. */
  current: Record;
  /** What was read back since `base` was true. */
  private readBack: Operation[] = [];
  private waiting: Operation[] = [];

  constructor(
    /** What the journal held when the first operation was applied in advance. */
    private base: Record,
    private readonly apply: (record: Record, operation: Operation) => Record,
  ) {
    this.current = base;
  }

  /** True when the journal holds what is known here. */
  get isSettled(): boolean {
    return this.waiting.length === 0;
  }

  advance(operation: Operation): void {
    this.waiting.push(operation);
    this.current = this.apply(this.current, operation);
  }

  /** The oldest operation applied in advance came back; `accepted` is false when what others wrote before makes it void. */
  confirm(accepted: boolean): void {
    const operation = this.waiting.shift() as Operation;
    if (accepted) this.readBack.push(operation);
    else this.rebuild();
  }

  /** An operation came that had not been applied in advance: it stands before those that are on their way. */
  precede(operation: Operation): void {
    this.rebuild(operation);
  }

  private rebuild(operation?: Operation): void {
    this.base = this.readBack.reduce(this.apply, this.base);
    this.readBack = [];
    if (operation !== undefined) this.base = this.apply(this.base, operation);
    this.current = this.waiting.reduce(this.apply, this.base);
  }
}
