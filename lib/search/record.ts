// What is known of a trial and of a study, as data: samplers, pruners, plots and forecasts read nothing else.
import type { Distribution, ParameterValue } from "./distribution.js";

export type Direction = "minimize" | "maximize";

/** `waiting`: enqueued, nobody has begun it. Never changes again once complete, pruned or failed. */
export type TrialState = "running" | "waiting" | "complete" | "pruned" | "failed";

/** JSON as it stands. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface TrialRecord {
  /** Unique in its journal. */
  readonly id: number;
  /** From 0, in the study's order of creation. */
  readonly number: number;
  readonly state: TrialState;
  /** One per objective. Of a pruned trial the last finite report, if there was one and there is one objective; undefined for all other unfinished or failed trials. */
  readonly values: readonly number[] | undefined;
  /** In the order in which they were asked for. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly distributions: Readonly<Record<string, Distribution>>;
  /** Reported values by step, as reported: may hold NaN. */
  readonly reports: ReadonlyMap<number, number>;
  readonly userAttributes: Readonly<Record<string, Json>>;
  /** Of samplers, pruners and the study itself; names are Optuna's where it has one. */
  readonly systemAttributes: Readonly<Record<string, Json>>;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
}

/** A study at one moment. */
export interface StudyRecord {
  readonly name: string;
  /** One per objective. */
  readonly directions: readonly Direction[];
  /** By number, all states. */
  readonly trials: readonly TrialRecord[];
  readonly userAttributes: Readonly<Record<string, Json>>;
  readonly systemAttributes: Readonly<Record<string, Json>>;
}

/** A running trial in the hands of a sampler or pruner, which may note what it needs later or elsewhere. */
export interface LiveTrial extends TrialRecord {
  /** Known at once here, and soon in the journal. */
  setSystemAttribute(name: string, value: Json): void;
}

export function isFinished({ state }: TrialRecord): boolean {
  return state === "complete" || state === "pruned" || state === "failed";
}

/** True for a trial that was enqueued, or is tried again, with values for some of its parameters at least. */
export function hasFixedParameters({ systemAttributes }: TrialRecord): boolean {
  const fixed = Object.hasOwn(systemAttributes, "fixed_params") ? systemAttributes.fixed_params : undefined;
  return typeof fixed === "object" && fixed !== null && Object.keys(fixed).length > 0;
}

/** True when `a` is better than `b`; nothing is better than NaN and NaN is better than nothing. */
export function isBetter(direction: Direction, a: number, b: number): boolean {
  if (Number.isNaN(a)) return false;
  if (Number.isNaN(b)) return true;
  return direction === "minimize" ? a < b : a > b;
}

/** The complete trial with the best value; the first of equals. For studies of one objective. */
export function bestTrial({ directions, trials }: StudyRecord): TrialRecord | undefined {
  const direction = directions[0] as Direction;
  let best: TrialRecord | undefined;
  for (const trial of trials)
    if (
      trial.state === "complete" &&
      (best === undefined || isBetter(direction, trial.values?.[0] as number, best.values?.[0] as number))
    )
      best = trial;
  return best;
}

/** True when `a` is at least as good as `b` in every objective and better in one. */
export function dominates(directions: readonly Direction[], a: readonly number[], b: readonly number[]): boolean {
  let better = false;
  for (const [i, direction] of directions.entries()) {
    if (isBetter(direction, b[i] as number, a[i] as number)) return false;
    better ||= isBetter(direction, a[i] as number, b[i] as number);
  }
  return better;
}

/** Complete trials that no other one dominates, by number. */
export function paretoFront({ directions, trials }: StudyRecord): TrialRecord[] {
  const complete = trials.filter(({ state }) => state === "complete");
  return complete.filter(
    (a) => !complete.some((b) => dominates(directions, b.values as number[], a.values as number[])),
  );
}
