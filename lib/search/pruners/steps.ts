// How pruners read the reports of a trial: its latest step, and whether a check is due there.
import { isWhole, numberIn, type Option, optional, withDefault } from "../../options.js";
import type { TrialRecord } from "../record.js";

/** The largest step, whatever the order of reports; undefined without one. */
export function lastStep({ reports }: TrialRecord): number | undefined {
  let last: number | undefined;
  for (const step of reports.keys()) if (last === undefined || step > last) last = step;
  return last;
}

/**
 * True at the first report of an interval: a check that falls on a step without a report waits for the next one.
 * Intervals start at `warmupSteps`; `step` is the latest and not below it.
 */
export function isFirstInInterval(
  { reports }: TrialRecord,
  step: number,
  warmupSteps: number,
  interval: number,
): boolean {
  const intervalStart = Math.floor((step - warmupSteps) / interval) * interval + warmupSteps;
  for (const earlier of reports.keys()) if (earlier !== step && earlier >= intervalStart) return false;
  return true;
}

/** A whole number of at least `from`. */
export function wholeFrom(from: number): Option {
  return {
    expected: `a whole number of at least ${from}`,
    parse: (value) => (isWhole(value) && value >= from ? value : undefined),
  };
}

/** A whole number of at least 1, or "auto". */
export const resource: Option = {
  expected: 'a whole number of at least 1 or "auto"',
  parse: (value) => (value === "auto" ? value : wholeFrom(1).parse(value)),
};

/** When a pruner looks at a trial. */
export interface CheckOptions {
  /** No pruning before this step. Steps are as reported: with epochs from 1, epoch `warmupSteps` is the first to be checked. Default 0. */
  readonly warmupSteps?: number;
  /** Steps between checks, counted from `warmupSteps`; a check waits for the next report. Default 1. */
  readonly interval?: number;
}

export const checkOptions = {
  warmupSteps: withDefault(wholeFrom(0), 0),
  interval: withDefault(wholeFrom(1), 1),
};

/** A bound that may be left out. */
export const bound = optional(numberIn({}));
