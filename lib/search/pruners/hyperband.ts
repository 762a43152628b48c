// Successive halving in several brackets, from many short trials to few long ones.
import { ArgumentError } from "../../errors.js";
import { readSpec, type Spec, withDefault } from "../../options.js";
import type { Direction, LiveTrial, StudyRecord, TrialRecord } from "../record.js";
import { crc32 } from "./crc32.js";
import { halve, wholePower } from "./halving.js";
import { logarithm } from "./logarithm.js";
import type { Pruner } from "./pruner.js";
import { knownResource, rememberedResource } from "./remembered_resource.js";
import { resource, wholeFrom } from "./steps.js";

export interface HyperbandOptions {
  /** Steps before the first decision in the first bracket. Default 1. */
  readonly minResource?: number;
  /**
   * Steps of a trial that is not pruned. "auto": one more than the last step of the first complete trial; until then
   * nothing is pruned and all trials are one bracket. Default "auto".
   */
  readonly maxResource?: number | "auto";
  /** At each rung one in so many trials goes on, and the next rung is so many times as far. Default 3. */
  readonly reductionFactor?: number;
  /** Trials of a bracket that must have been at a rung before any goes on from there; not with `maxResource` "auto". Default 0. */
  readonly bootstrapCount?: number;
}

interface HyperbandSpec extends Spec, Required<HyperbandOptions> {}

const options = {
  minResource: withDefault(wholeFrom(1), 1),
  maxResource: withDefault(resource, "auto"),
  reductionFactor: withDefault(wholeFrom(2), 3),
  bootstrapCount: withDefault(wholeFrom(0), 0),
};

const attribute = "hyperband_max_resource";

/**
 * Hyperband (Li et al. 2018), its brackets filled by asynchronous successive halving: bracket `s` of
 * `floor(log(maxResource / minResource) / log(reductionFactor)) + 1` decides first after
 * `minResource * reductionFactor ** s` steps. A trial's bracket is a function of the study's name and the trial's number,
 * and only trials of the same bracket are compared. Decides as Optuna's HyperbandPruner.
 * @throws ArgumentError for options out of range or unknown
 */
export function hyperband(given: HyperbandOptions = {}): Pruner {
  const spec = readSpec<HyperbandSpec>("hyperband", "hyperband", options, given);
  const { minResource, maxResource, reductionFactor, bootstrapCount } = spec;
  if (bootstrapCount > 0 && maxResource === "auto")
    throw new ArgumentError(
      `hyperband: bootstrapCount ${bootstrapCount} needs a maxResource in steps, got "auto"; give a whole number of steps`,
    );
  if (maxResource !== "auto" && maxResource < minResource)
    throw new ArgumentError(
      `hyperband: maxResource must be at least minResource, got ${maxResource} and ${minResource}; maxResource is the steps of a whole trial`,
    );
  return Object.freeze({
    name: "hyperband",
    prune: (study: StudyRecord, trial: LiveTrial) => {
      const most =
        maxResource === "auto" ? rememberedResource(study, trial, attribute, (longest) => longest + 1) : maxResource;
      const group = bracketOf(study, trial, most, spec);
      if (group === undefined) return false;
      const rule = { minResource, reductionFactor, minEarlyStoppingRate: group.bracket, bootstrapCount };
      return halve(rule, study.directions[0] as Direction, group.trials, trial);
    },
    relevantTrials: (study: StudyRecord, trial: TrialRecord) => {
      const most = maxResource === "auto" ? knownResource(study, attribute) : maxResource;
      return bracketOf(study, trial, most, spec)?.trials ?? study.trials;
    },
  });
}

/** A trial's bracket and all trials in it; undefined while brackets are not known, and when `most` is too short for one. */
function bracketOf(
  { name, trials }: StudyRecord,
  trial: TrialRecord,
  most: number | undefined,
  { minResource, reductionFactor }: HyperbandSpec,
): { readonly bracket: number; readonly trials: readonly TrialRecord[] } | undefined {
  const budgets = most === undefined ? [] : bracketBudgets(minResource, most, reductionFactor);
  if (budgets.length === 0) return undefined;
  const total = budgets.reduce((sum, budget) => sum + budget, 0);
  const bracketOfNumber = (number: number): number => {
    let place = crc32(`${name}_${number}`) % total;
    let bracket = 0;
    while (place >= (budgets[bracket] as number)) place -= budgets[bracket++] as number;
    return bracket;
  };
  const bracket = bracketOfNumber(trial.number);
  return { bracket, trials: trials.filter(({ number }) => bracketOfNumber(number) === bracket) };
}

/**
 * Each bracket's share of the trials, in proportion; empty when the longest trial is too short for one bracket. Counted
 * with the rounding of Python's math.log(x, base): 243 / 1 steps by 3 are 5 brackets, not 6, and a trial must be in the
 * same one there and here.
 */
function bracketBudgets(minResource: number, maxResource: number, reductionFactor: number): number[] {
  const brackets = Math.floor(logarithm(maxResource / minResource) / logarithm(reductionFactor)) + 1;
  const budgets: number[] = [];
  for (let bracket = 0; bracket < brackets; bracket++) {
    const rungs = brackets - bracket;
    budgets.push(Math.ceil((brackets * wholePower(reductionFactor, rungs - 1)) / rungs));
  }
  return budgets;
}
