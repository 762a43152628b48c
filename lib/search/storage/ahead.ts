// A record to which operations were applied before they are in the journal, and what it is when others wrote in between.
import type { Operation } from "./backend.js";

export class Ahead<Record> {
  /** With all operations, those that are on their way too. */
  current: Record;
  /** Those applied since `base` was true, in order; the first `returned` of them were read back. */
  private operations: Operation[] = [];
  private returned = 0;

  constructor(
    /** What the journal held when the first operation was applied in advance. */
    private base: Record,
    private readonly apply: (record: Record, operation: Operation) => Record,
  ) {
    this.current = base;
  }

  /** True when the journal holds what is known here. */
  get isSettled(): boolean {
    return this.returned === this.operations.length;
  }

  advance(operation: Operation): void {
    this.operations.push(operation);
    this.current = this.apply(this.current, operation);
  }

  /** The oldest operation applied in advance came back; `accepted` is false when what others wrote before makes it void. */
  confirm(accepted: boolean): void {
    if (accepted) {
      this.returned++;
      return;
    }
    this.operations.splice(this.returned, 1);
    this.rebuild();
  }

  /** An operation came that had not been applied in advance: it stands before those that are on their way. */
  precede(operation: Operation): void {
    this.rebuild(operation);
  }

  private rebuild(operation?: Operation): void {
    this.base = this.operations.slice(0, this.returned).reduce(this.apply, this.base);
    this.operations = this.operations.slice(this.returned);
    this.returned = 0;
    if (operation !== undefined) this.base = this.apply(this.base, operation);
    this.current = this.operations.reduce(this.apply, this.base);
  }
}
