// How parameters go together with each other and with the objective.
import type { Distribution, ParameterValue } from "./distribution.js";
import type { StudyRecord, TrialRecord } from "./record.js";

export interface Correlations {
  /** By name, in order of the alphabet. */
  readonly parameters: readonly string[];
  /** [parameter][parameter], from -1 to 1, symmetric with 1 on the diagonal; NaN where nothing can be told. */
  readonly between: readonly (readonly number[])[];
  /** [parameter][objective]: above 0 where larger values of the parameter come with larger ones of the objective. */
  readonly withObjectives: readonly (readonly number[])[];
}

/**
 * Spearman's rank correlations over complete trials; ties get their mean rank. Ranks are the same in a logarithm, so that
 * parameters of either scale compare. Each pair is of the trials that have both. Left out are parameters without an
 * order: categorical ones with a choice that is neither number nor boolean. NaN where fewer than two trials have both or
 * one side does not vary.
 */
export function correlations({ directions, trials }: StudyRecord): Correlations {
  const complete = trials.filter(({ state }) => state === "complete");
  const parameters = orderedParameters(complete);
  const columns = parameters.map((name) => complete.map((trial) => numberOf(trial.parameters[name])));
  const objectives = directions.map((_, i) => complete.map(({ values }) => values?.[i] ?? Number.NaN));
  return {
    parameters,
    between: columns.map((a, i) => columns.map((b, j) => (i === j ? selfCorrelation(a) : spearman(a, b)))),
    withObjectives: columns.map((column) => objectives.map((values) => spearman(column, values))),
  };
}

/** Spearman's rank correlation of two columns of equal length, places where either is NaN left out. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const both = [...a.keys()].filter((i) => !Number.isNaN(a[i]) && !Number.isNaN(b[i]));
  const [x, y] = [a, b].map((column) => ranks(both.map((i) => column[i] as number))) as [number[], number[]];
  const middle = (both.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, rank] of x.entries()) {
    const [dx, dy] = [rank - middle, (y[i] as number) - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((i, j) => compare(values[i] as number, values[j] as number));
  const found = new Array<number>(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to] as number] === values[order[from] as number]) to++;
    for (let place = from; place < to; place++) found[order[place] as number] = (from + 1 + to) / 2;
  }
  return found;
}

/** Infinities too, whose difference would be NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function selfCorrelation(column: readonly number[]): number {
  return new Set(column.filter((value) => !Number.isNaN(value))).size > 1 ? 1 : Number.NaN;
}

function orderedParameters(trials: readonly TrialRecord[]): string[] {
  const ordered = new Map<string, boolean>();
  for (const { distributions } of trials)
    for (const [name, distribution] of Object.entries(distributions))
      ordered.set(name, (ordered.get(name) ?? true) && hasOrder(distribution));
  return [...ordered]
    .filter(([, kept]) => kept)
    .map(([name]) => name)
    .sort();
}

function hasOrder(distribution: Distribution): boolean {
  if (distribution.kind !== "categorical") return true;
  return distribution.choices.every((choice) => typeof choice === "number" || typeof choice === "boolean");
}

/** NaN for a parameter that the trial does not have. */
function numberOf(value: ParameterValue | undefined): number {
  return value === undefined || value === null ? Number.NaN : Number(value);
}
