// How much each parameter matters for the objective.
import { checkSeed } from "../data/random.js";
import { ArgumentError } from "../errors.js";
import { flag, isWhole, oneOf, optional, readSpec, type Spec, valueText, withDefault } from "../options.js";
import { type Distribution, isSingle, type ParameterValue, toInternal } from "./distribution.js";
import { pedAnova } from "./importance/ped_anova.js";
import { type Column, growForest } from "./importance/regression_forest.js";
import { type Domain, treeVariance } from "./importance/tree_variance.js";
import type { StudyRecord, TrialRecord } from "./record.js";
import { intersectionSearchSpace, type SearchSpace } from "./samplers/search_space.js";

export interface ImportanceOptions {
  /**
   * "fanova": what a parameter does to the objective anywhere in its range. "pedAnova": what it does to become one of the best
   * tenth of the trials; quick, without chance, and also of parameters that not all trials have. Default "fanova".
   */
  readonly method?: "fanova" | "pedAnova";
  /** Index of the objective; needed for studies of several. */
  readonly objective?: number;
  /** Of the forest of fANOVA. Default 1: the same study gives the same figures. */
  readonly seed?: number;
  /**
   * fANOVA measures parameters that are sampled in the logarithm in it too, as PED-ANOVA always does. Default false, as Optuna does: then small values of
   * a learning rate from 1e-4 to 1 weigh little, since nine tenths of its range lie above 0.1.
   */
  readonly logScale?: boolean;
}

/** Optuna's. */
const TREES = 64;
const MAX_DEPTH = 64;

const anything = { expected: "a number", parse: (value: unknown) => (typeof value === "number" ? value : undefined) };
const options = {
  method: withDefault(oneOf(["fanova", "pedAnova"]), "fanova"),
  objective: optional(anything),
  seed: withDefault(anything, 1),
  logScale: withDefault(flag, false),
};

interface ImportanceSpec extends Spec {
  readonly method: "fanova" | "pedAnova";
  readonly objective?: number;
  readonly seed: number;
  readonly logScale: boolean;
}

/**
 * How much each parameter matters for the objective, by name, largest first; the figures add up to 1. Reads complete
 * trials with a finite value. Parameters of a single value get 0, and all are 0 when there are fewer than two trials or values
 * do not vary.
 *
 * "fanova" (Hutter et al. 2014): the share of the variance that a parameter accounts for alone, in a random forest that
 * stands for the objective; parameters that not all trials have with the same bounds are left out. "pedAnova" (Watanabe
 * et al. 2023): how far its density among the best tenth of the trials is from that among all.
 * @throws ArgumentError for unknown options, and when the objective is not one of the study
 */
export function importances(study: StudyRecord, given: ImportanceOptions = {}): Record<string, number> {
  const spec = readSpec<ImportanceSpec>("importances", "importances", options, given);
  checkSeed(spec.seed, "importances");
  const objective = objectiveIndex("importances", study, spec.objective);
  const trials = completeTrials(study, objective);
  const found = (spec.method === "fanova" ? fanova : bestAgainstAll)(study, trials, objective, spec);
  const sum = found.reduce((total, [, importance]) => total + importance, 0);
  return Object.fromEntries(
    found.map(([name, importance]) => [name, sum > 0 ? importance / sum : 0] as const).sort(([, a], [, b]) => b - a),
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

type Found = readonly (readonly [name: string, importance: number])[];

function bestAgainstAll({ directions, trials }: StudyRecord, finite: readonly TrialRecord[], objective: number): Found {
  const sign = directions[objective] === "maximize" ? -1 : 1;
  const losses = finite.map(({ values }) => sign * (values?.[objective] as number));
  const complete = trials.filter(({ state }) => state === "complete");
  const names = [...new Set(complete.flatMap(({ distributions }) => Object.keys(distributions)))].sort();
  const told = new Set(losses).size > 1;
  return names.map((name) => [name, told ? pedAnova(name, finite, losses) : 0]);
}

function fanova(study: StudyRecord, trials: readonly TrialRecord[], objective: number, spec: ImportanceSpec): Found {
  const space = intersectionSearchSpace(study.trials);
  const names = Object.keys(space).filter((name) => !isSingle(space[name] as Distribution));
  const shares = trials.length < 2 || names.length === 0 ? [] : forestShares(space, names, trials, objective, spec);
  return Object.keys(space).map((name) => [name, shares[names.indexOf(name)] ?? 0]);
}

/** Means over the forest of each parameter's share of a tree's variance; empty when no tree varies. */
function forestShares(
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
