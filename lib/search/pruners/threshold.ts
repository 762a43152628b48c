// Ends trials that report a value out of bounds.
import { ArgumentError } from "../../errors.js";
import { readSpec, type Spec } from "../../options.js";
import type { StudyRecord, TrialRecord } from "../record.js";
import type { Pruner } from "./pruner.js";
import { bound, type CheckOptions, checkOptions, isFirstInInterval, lastStep } from "./steps.js";

export interface ThresholdOptions extends CheckOptions {
  /** Reports below it prune. Default: none do. */
  readonly lower?: number;
  /** Reports above it prune. Default: none do. */
  readonly upper?: number;
}

interface ThresholdSpec extends Spec, Required<CheckOptions> {
  readonly lower?: number;
  readonly upper?: number;
}

/**
 * Prunes a trial whose latest report is below `lower`, above `upper` or NaN. Decides as Optuna's ThresholdPruner.
 * @throws ArgumentError without either bound, for bounds in the wrong order and for options out of range or unknown
 */
export function threshold(given: ThresholdOptions): Pruner {
  const spec = readSpec<ThresholdSpec>(
    "threshold",
    "threshold",
    { lower: bound, upper: bound, ...checkOptions },
    given ?? {},
  );
  const { lower = Number.NEGATIVE_INFINITY, upper = Number.POSITIVE_INFINITY, warmupSteps, interval } = spec;
  if (spec.lower === undefined && spec.upper === undefined)
    throw new ArgumentError("threshold: has neither lower nor upper; give at least one of them");
  if (lower > upper)
    throw new ArgumentError(`threshold: lower must not be above upper, got ${lower} and ${upper}; swap them`);
  return Object.freeze({
    name: "threshold",
    prune: (_: StudyRecord, trial: TrialRecord) => {
      const step = lastStep(trial);
      if (step === undefined || step < warmupSteps || !isFirstInInterval(trial, step, warmupSteps, interval))
        return false;
      const value = trial.reports.get(step) as number;
      return !(value >= lower && value <= upper);
    },
  });
}
