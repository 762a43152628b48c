// Every error that netwright throws, and the one place that phrases shapes.
import type { EpochRecord } from "./runtime/fit_options.js";

/** A shape in the user's order; -1 in front stands for the batch, whose size is not known yet. */
export type Shape = readonly number[];

/** The leading dimension of every value that has one row per example. */
export const BATCH = -1;

/** `[batch, 1, 16, 16]`: how shapes read in messages. */
export function shapeText(shape: Shape): string {
  return `[${shape.map((dimension) => (dimension === BATCH ? "batch" : String(dimension))).join(", ")}]`;
}

/** Base of all errors of this package; `code` is stable, the message is for people. */
export class NetwrightError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Shapes that do not fit together; thrown when a model is defined, before anything native exists. */
export class ShapeError extends NetwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("SHAPE", message, options);
  }
}

/** An argument or option that cannot be used. */
export class ArgumentError extends NetwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("ARGUMENT", message, options);
  }
}

/** A plan that is not well formed: a bug of this package or a file altered by hand. */
export class PlanError extends NetwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("PLAN", message, options);
  }
}

/** Data or a file that cannot be used: empty, NaN, labels out of range, truncated, foreign. */
export class DataError extends NetwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("DATA", message, options);
  }
}

/** A second job on a trainer that is still running one. */
export class BusyError extends NetwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("BUSY", message, options);
  }
}

/** A call on something that was disposed. */
export class DisposedError extends NetwrightError {
  constructor(message: string, options?: ErrorOptions) {
    super("DISPOSED", message, options);
  }
}

/** A loss, gradient or parameter that is no longer a finite number. */
export class NonFiniteError extends NetwrightError {
  /** The epochs that were finished before. */
  readonly history: readonly EpochRecord[];

  constructor(
    message: string,
    /** Training steps taken before the one that failed. */
    readonly step: number,
    /** The first layer whose values were not finite. */
    readonly layer: string,
    options: ErrorOptions & { history?: readonly EpochRecord[] } = {},
  ) {
    super("NON_FINITE", message, options);
    this.history = options.history ?? [];
  }
}

/** Anything else that the native core reports. */
export class NativeError extends NetwrightError {}
