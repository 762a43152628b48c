// Options and records of training, and how the best epoch is told.
import type { Affine } from "../data/augment/affine.js";
import { ArgumentError } from "../errors.js";
import { valueText } from "../options.js";
import type { Schedule } from "../schedules/schedule.js";
import type { Dataset } from "./dataset.js";

/** Loss and metrics over one pass, means weighted by rows, in the user's units. */
export interface Figures {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface EpochRecord extends Figures {
  /** From 1; a second fit() goes on counting. */
  readonly epoch: number;
  /** Means over the epoch's steps, each measured before its update, with dropout and batch statistics as in training. */
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Measured after the epoch, as predict() computes. Present when `validation` was given. */
  readonly validation?: Figures;
  /** That of the epoch's last step. */
  readonly learningRate: number;
  /** Wall time of the epoch, validation included. */
  readonly seconds: number;
}

export interface FitResult {
  readonly history: readonly EpochRecord[];
  /** The epoch with the best monitored figure; undefined when none was finished. */
  readonly best: EpochRecord | undefined;
  readonly stopped: "done" | "early" | "aborted";
}

export interface EarlyStopping {
  /** Epochs without improvement after which training stops. */
  readonly patience: number;
  /** How much better counts as better. Default 0. */
  readonly minDelta?: number;
}

/** Progress within an epoch; ticks are coalesced, epochs never are. */
export interface TickRecord {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly rows: number;
}

export const DEFAULT_EPOCHS = 10;

export interface FitOptions {
  /** Passes over the data. Default 10. */
  readonly epochs?: number;
  /** Rows a step; more than there are means one smaller batch. Default 32. */
  readonly batchSize?: number;
  /** Measured after every epoch. */
  readonly validation?: Dataset;
  /** Distorts the training images, each anew in every epoch. Default: as they are. */
  readonly augment?: Affine;
  /** A new seeded order each epoch. Default true. */
  readonly shuffle?: boolean;
  /** Leaves out the last batch when it is smaller than the others. Default false. */
  readonly dropLast?: boolean;
  /** Figure that tells the best epoch: `"loss"` or a metric's name, on the validation data if there are any. Default `"loss"`. */
  readonly monitor?: string;
  /** Default: `max` for accuracy, `min` for everything else. */
  readonly mode?: "min" | "max";
  /** Puts the weights of the best epoch back at the end. Default: only with early stopping. */
  readonly keepBest?: boolean;
  /** Stops when the monitored figure no longer improves; a number is the patience. Implies keepBest. */
  readonly earlyStopping?: EarlyStopping | number;
  /**
   * Factor of the optimizer's learning rate, step by step: `cosine()`, `oneCycle()` or a function of your own, over all epochs of this
   * call; a second call begins its schedule anew, at step 0. Default: the learning rate as it is.
   */
  readonly schedule?: Schedule;
  /** Ends the run cleanly with the history so far. */
  readonly signal?: AbortSignal;
  /** Called a few times a second, within long epochs and between short ones. */
  readonly onTick?: (tick: TickRecord) => void;
}

/** A whole number of at least `least`, or an ArgumentError that names the option. */
export function wholeNumber(name: string, value: unknown, least: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least)
    throw new ArgumentError(`${name}: expected a whole number of at least ${least}, found ${valueText(value)}`);
  return value;
}

/** Refuses options that do not exist: a typing error must not silently train something else. */
export function knownOptions(what: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null)
    throw new ArgumentError(`${what}: expected an object of options, found ${valueText(options)}`);
  for (const key of Object.keys(options))
    if (!known.includes(key)) throw new ArgumentError(`${what} has no option "${key}"; it has ${known.join(", ")}`);
}

const FIT_OPTIONS: { readonly [name in keyof FitOptions]-?: "boolean" | "function" | "other" } = {
  epochs: "other",
  batchSize: "other",
  validation: "other",
  augment: "other",
  shuffle: "boolean",
  dropLast: "boolean",
  monitor: "other",
  mode: "other",
  keepBest: "boolean",
  earlyStopping: "other",
  schedule: "function",
  signal: "other",
  onTick: "function",
};

/** Throws ArgumentError for what no run can be started with. */
export function checkFitOptions(options: FitOptions): void {
  knownOptions("fit", options, Object.keys(FIT_OPTIONS));
  for (const [name, type] of Object.entries(FIT_OPTIONS)) {
    const value = options[name as keyof FitOptions];
    if (type !== "other" && value !== undefined && typeof value !== type)
      throw new ArgumentError(`${name}: expected a ${type}, found ${valueText(value)}`);
  }
  const { signal } = options;
  if (signal !== undefined && typeof signal?.addEventListener !== "function")
    throw new ArgumentError(
      `signal: expected an AbortSignal such as controller.signal or AbortSignal.timeout(60_000), found ${valueText(signal)}`,
    );
}

/** Keeps the best epoch by the monitored figure. */
export class BestEpoch {
  private best: EpochRecord | undefined;
  private bestValue = Number.POSITIVE_INFINITY;
  /** The figure that patience counts from: the best one may be better by less than minDelta. */
  private reference = Number.POSITIVE_INFINITY;
  private sinceBest = 0;
  private readonly sign: 1 | -1;
  private readonly patience: number;
  private readonly minDelta: number;

  constructor(
    private readonly monitor: string,
    mode: "min" | "max" | undefined,
    earlyStopping: EarlyStopping | number | undefined,
  ) {
    if (mode !== undefined && mode !== "min" && mode !== "max")
      throw new ArgumentError(`mode: expected "min" or "max", found ${JSON.stringify(mode)}`);
    this.sign = (mode ?? (monitor === "accuracy" ? "max" : "min")) === "max" ? -1 : 1;
    const stopping = typeof earlyStopping === "number" ? { patience: earlyStopping } : earlyStopping;
    if (stopping !== undefined) knownOptions("earlyStopping", stopping, ["patience", "minDelta"]);
    this.patience =
      stopping === undefined ? Number.POSITIVE_INFINITY : wholeNumber("earlyStopping.patience", stopping.patience, 1);
    this.minDelta = stopping?.minDelta ?? 0;
    if (!(this.minDelta >= 0))
      throw new ArgumentError(`earlyStopping.minDelta: expected a number of at least 0, found ${this.minDelta}`);
  }

  get record(): EpochRecord | undefined {
    return this.best;
  }

  get exhausted(): boolean {
    return this.sinceBest >= this.patience;
  }

  /** True when this epoch is the best so far. */
  add(record: EpochRecord): boolean {
    const value = this.sign * monitored(record.validation ?? record, this.monitor);
    this.sinceBest++;
    if (value < this.reference - this.minDelta) {
      this.reference = value;
      this.sinceBest = 0;
    }
    if (!(value < this.bestValue)) return false;
    this.best = record;
    this.bestValue = value;
    return true;
  }
}

function monitored(figures: Figures, monitor: string): number {
  const value = monitor === "loss" ? figures.loss : figures.metrics[monitor];
  if (value === undefined)
    throw new ArgumentError(
      `monitor "${monitor}" is not measured; choose ${["loss", ...Object.keys(figures.metrics)].join(", ")}`,
    );
  return value;
}
