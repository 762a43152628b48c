// Ends all but the best trials at steps that grow by a constant factor.
import { ArgumentError } from "../../errors.js";
import { readSpec, type Spec, withDefault } from "../../options.js";
import type { Direction, LiveTrial, StudyRecord, TrialRecord } from "../record.js";
import type { Pruner } from "./pruner.js";
import { rememberedResource } from "./remembered_resource.js";
import { lastStep, resource, wholeFrom } from "./steps.js";

export interface HalvingOptions {
  /**
   * Steps before the first decision. "auto": a hundredth of the last step of the first complete trial, at least 1;
   * until then nothing is pruned. Default "auto".
   */
  readonly minResource?: number | "auto";
  /** At each rung one in so many trials goes on, and the next rung is so many times as far. Default 4. */
  readonly reductionFactor?: number;
  /** Rungs left out at the start: the first decision is at `minResource * reductionFactor ** minEarlyStoppingRate`. Default 0. */
  readonly minEarlyStoppingRate?: number;
  /** Trials that must have been at a rung before any goes on from there; not with `minResource` "auto". Default 0. */
  readonly bootstrapCount?: number;
}

interface HalvingSpec extends Spec, Required<HalvingOptions> {}

const options = {
  minResource: withDefault(resource, "auto"),
  reductionFactor: withDefault(wholeFrom(2), 4),
  minEarlyStoppingRate: withDefault(wholeFrom(0), 0),
  bootstrapCount: withDefault(wholeFrom(0), 0),
};

/**
 * Asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning"): a trial that
 * reaches a rung goes on if its report is among the best 1 / `reductionFactor` of all that have been there, and ends
 * otherwise; nobody waits. NaN at a rung ends a trial. Decides as Optuna's SuccessiveHalvingPruner and keeps the value at
 * rung N in the same system attribute, `completed_rung_N`.
 * @throws ArgumentError for options out of range or unknown
 */
export function asha(given: HalvingOptions = {}): Pruner {
  const spec = readSpec<HalvingSpec>("asha", "asha", options, given);
  if (spec.bootstrapCount > 0 && spec.minResource === "auto")
    throw new ArgumentError(
      `asha: bootstrapCount ${spec.bootstrapCount} needs a minResource in steps, got "auto"; give a whole number of steps`,
    );
  return Object.freeze({
    name: "asha",
    prune: (study: StudyRecord, trial: LiveTrial) => {
      if (lastStep(trial) === undefined) return false;
      const { minResource } = spec;
      const steps =
        minResource === "auto"
          ? rememberedResource(study, trial, "asha_min_resource", (longest) => Math.max(Math.floor(longest / 100), 1))
          : minResource;
      return (
        steps !== undefined &&
        halve({ ...spec, minResource: steps }, study.directions[0] as Direction, study.trials, trial)
      );
    },
  });
}

/** One decision of successive halving among `trials`; notes the value at each rung that the trial has reached. */
export function halve(
  rule: { readonly [option in keyof HalvingOptions]-?: number },
  direction: Direction,
  trials: readonly TrialRecord[],
  trial: LiveTrial,
): boolean {
  const step = lastStep(trial);
  if (step === undefined) return false;
  const value = trial.reports.get(step) as number;
  let rung = 0;
  while (Object.hasOwn(trial.systemAttributes, rungName(rung))) rung++;
  let rungStep = rule.minResource * wholePower(rule.reductionFactor, rule.minEarlyStoppingRate + rung);
  for (; step >= rungStep; rung++, rungStep *= rule.reductionFactor) {
    if (Number.isNaN(value)) return true;
    const name = rungName(rung);
    trial.setSystemAttribute(name, value);
    const competing = trials
      .filter(({ id, systemAttributes }) => id !== trial.id && Object.hasOwn(systemAttributes, name))
      .map(({ systemAttributes }) => systemAttributes[name] as number);
    competing.push(value);
    if (competing.length <= rule.bootstrapCount) return true;
    if (!isPromoted(value, competing, rule.reductionFactor, direction)) return true;
  }
  return false;
}

/** Of the first `reductionFactor - 1` that reach a rung, the best so far goes on: nothing here is taken up again later. */
function isPromoted(value: number, competing: number[], reductionFactor: number, direction: Direction): boolean {
  const promoted = Math.max(Math.floor(competing.length / reductionFactor), 1);
  competing.sort((a, b) => a - b);
  return direction === "minimize"
    ? value <= (competing[promoted - 1] as number)
    : value >= (competing[competing.length - promoted] as number);
}

function rungName(rung: number): string {
  return `completed_rung_${rung}`;
}

/** Exact as long as a double is, which Math.pow does not promise; Infinity beyond. */
export function wholePower(base: number, exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent && power < Number.POSITIVE_INFINITY; i++) power *= base;
  return power;
}
