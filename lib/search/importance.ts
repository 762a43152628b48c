// How much each parameter matters for the objective.
import { checkSeed } from "../data/random.js";
import { ArgumentError } from "../errors.js";
import { flag, isWhole, oneOf, optional, readSpec, type Spec, valueText, withDefault } from "../options.js";
import { type Distribution, isSingle, type ParameterValue, toInternal } from "./distribution.js";
import { type Column, growForest } from "./importance/regression_forest.js";
import { type Domain, treeVariance } from "./importance/tree_variance.js";
import type { StudyRecord, TrialRecord } from "./record.js";
import { intersectionSearchSpace, type SearchSpace } from "./samplers/search_space.js";

export interface ImportanceOptions {
  /** Default "fanova", the only one so far. */
  readonly method?: "fanova";
  /** Index of the objective; needed for studies of several. */
  readonly objective?: number;
  /** Of the forest. Default 1: the same study gives the same figures. */
  readonly seed?: number;
  /**
   * Measures parameters that are sampled in the logarithm in it too. Default false, as Optuna does: then small values of
   * a learning rate from 1e-4 to 1 weigh little, since nine tenths of its range lie above 0.1.
   */
  readonly logScale?: boolean;
}

/** Optuna's. */
const TREES = 64;
const MAX_DEPTH = 64;

const anything = { expected: "a number", parse: (value: unknown) => (typeof value === "number" ? value : undefined) };
const options = {
  method: withDefault(oneOf(["fanova"]), "fanova"),
  objective: optional(anything),
  seed: withDefault(anything, 1),
  logScale: withDefault(flag, false),
};

interface ImportanceSpec extends Spec {
  readonly objective?: number;
  readonly seed: number;
  readonly logScale: boolean;
}

/**
 * Share of the objective's variance that each parameter accounts for alone, by name, largest first; they add up to 1.
 * fANOVA (Hutter et al. 2014): a random forest stands for the objective, and the variance of its mean over all other
 * parameters is compared with its whole variance. Reads complete trials with a finite value; parameters that not all of
 * them have, or have with the same bounds, are left out, single values get 0. All are 0 when there are fewer than two trials or
 * values do not vary.
 * @throws ArgumentError for unknown options, and when the objective is not one of the study
 */
export function importances(study: StudyRecord, given: ImportanceOptions = {}): Record<string, number> {
  const spec = readSpec<ImportanceSpec>("importances", "importances", options, given);
  checkSeed(spec.seed, "importances");
  const objective = objectiveIndex("importances", study, spec.objective);
  const space = intersectionSearchSpace(study.trials);
  const names = Object.keys(space).filter((name) => !isSingle(space[name] as Distribution));
  const trials = completeTrials(study, objective);
  const shares = trials.length < 2 || names.length === 0 ? [] : fanova(space, names, trials, objective, spec);
  const sum = shares.reduce((total, share) => total + share, 0);
  const found = new Map(names.map((name, i) => [name, sum > 0 ? (shares[i] as number) / sum : 0]));
  return Object.fromEntries(
    Object.keys(space)
      .map((name) => [name, found.get(name) ?? 0] as const)
      .sort(([, a], [, b]) => b - a),
  );
}

/** Checks which of a study's objectives is meant; the only one need not be named. */
export function objectiveIndex(what: string, { directions }: StudyRecord, objective: number | undefined): number {
  if (objective === undefined && directions.length === 1) return 0;
  if (isWhole(objective) && objective >= 0 && objective < directions.length) return objective;
  throw new ArgumentError(
    `${what}: the study has ${directions.length} objectives; objective must be an index from 0 to ${directions.length - 1}, got ${valueText(objective)}`,
  );
}

/** Complete trials whose value is finite. */
export function completeTrials({ trials }: StudyRecord, objective: number): TrialRecord[] {
  return trials.filter(({ state, values }) => state === "complete" && Number.isFinite(values?.[objective]));
}

/** Means over the forest of each parameter's share of a tree's variance; empty when no tree varies. */
function fanova(
  space: SearchSpace,
  names: readonly string[],
  trials: readonly TrialRecord[],
  objective: number,
  { seed, logScale }: ImportanceSpec,
): number[] {
  const distributions = names.map((name) => space[name] as Distribution);
  const scales = distributions.map((distribution) =>
    logScale && distribution.kind !== "categorical" && distribution.log ? Math.log : (value: number) => value,
  );
  const columns = distributions.map((distribution, i): Column => {
    const scale = scales[i] as (value: number) => number;
    const name = names[i] as string;
    return {
      values: Float64Array.from(trials, ({ parameters }) =>
        scale(toInternal(distribution, parameters[name] as ParameterValue)),
      ),
      choices: distribution.kind === "categorical" ? distribution.choices.length : undefined,
    };
  });
  const domains = distributions.map((distribution, i): Domain => {
    if (distribution.kind === "categorical") return distribution.choices.length;
    const scale = scales[i] as (value: number) => number;
    return [scale(distribution.low), scale(distribution.high)];
  });
  const targets = Float64Array.from(trials, ({ values }) => values?.[objective] as number);
  const variances = growForest(columns, targets, { trees: TREES, maxDepth: MAX_DEPTH, seed })
    .map((tree) => treeVariance(tree, domains))
    .filter(({ total }) => total > 0);
  if (variances.length === 0) return [];
  return names.map(
    (_, i) =>
      variances.reduce((sum, { marginal, total }) => sum + (marginal[i] as number) / total, 0) / variances.length,
  );
}
