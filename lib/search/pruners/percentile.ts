// Ends trials that are worse than a percentile of the complete ones at the same step.
import { numberIn, readSpec, type Spec, withDefault } from "../../options.js";
import { type Direction, isBetter, type StudyRecord, type TrialRecord } from "../record.js";
import type { Pruner } from "./pruner.js";
import { type CheckOptions, checkOptions, isFirstInInterval, lastStep, wholeFrom } from "./steps.js";

export interface PercentileOptions extends CheckOptions {
  /** Complete trials before which nothing is pruned. Default 5. */
  readonly startupTrials?: number;
  /** Complete trials with a report at the step, below which nothing is pruned there. Default 1. */
  readonly minimumTrials?: number;
}

interface PercentileSpec extends Spec, Required<PercentileOptions> {
  readonly percent: number;
}

const options = {
  percent: numberIn({ from: 0, to: 100 }),
  startupTrials: withDefault(wholeFrom(0), 5),
  ...checkOptions,
  minimumTrials: withDefault(wholeFrom(1), 1),
};

/**
 * Prunes a trial whose best report so far is not among the best `percent` percent of what the complete trials reported at
 * its latest step. A trial that reported nothing but NaN is pruned too. Decides as Optuna's PercentilePruner.
 * @param percent 0 to 100: how many are kept; 25 keeps the best quarter
 * @throws ArgumentError for options out of range or unknown
 */
export function percentile(percent: number, given: PercentileOptions = {}): Pruner {
  return percentilePruner("percentile", percent, given);
}

/** The rule under another name, which messages use. */
export function percentilePruner(name: string, percent: number, given: PercentileOptions): Pruner {
  const { percent: _, ...rest } = options;
  readSpec(name, name, rest, given);
  const spec = readSpec<PercentileSpec>(name, name, options, { ...given, percent });
  return Object.freeze({ name, prune: (study: StudyRecord, trial: TrialRecord) => decide(spec, study, trial) });
}

function decide(spec: PercentileSpec, { directions, trials }: StudyRecord, trial: TrialRecord): boolean {
  const complete = trials.filter(({ state }) => state === "complete");
  if (complete.length === 0 || complete.length < spec.startupTrials) return false;
  const step = lastStep(trial);
  if (step === undefined || step < spec.warmupSteps) return false;
  if (!isFirstInInterval(trial, step, spec.warmupSteps, spec.interval)) return false;

  const direction = directions[0] as Direction;
  const best = [...trial.reports.values()].reduce((a, b) => (isBetter(direction, b, a) ? b : a), Number.NaN);
  if (Number.isNaN(best)) return true;
  const others = complete.map(({ reports }) => reports.get(step)).filter((value) => value !== undefined);
  if (others.length < spec.minimumTrials) return false;
  const share = direction === "maximize" ? 100 - spec.percent : spec.percent;
  return isBetter(direction, percentileOf(others, share), best);
}

/**
 * Linear interpolation between order statistics (method 7 of Hyndman and Fan 1996), NaN left out; NaN when nothing is left.
 * Rounds as NumPy does, since decisions hang on ties; like there an infinite neighbour makes it NaN.
 */
function percentileOf(values: readonly number[], percent: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const position = (sorted.length - 1) * (percent / 100);
  const low = Math.floor(position);
  const a = sorted[low] ?? Number.NaN;
  const b = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  const weight = position - low;
  return weight >= 0.5 ? b - (b - a) * (1 - weight) : a + (b - a) * weight;
}
