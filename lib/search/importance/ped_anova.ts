// What sets the best trials apart from all: PED-ANOVA, parameter by parameter.
import { type Distribution, encodeDistribution, isSingle, toInternal } from "../distribution.js";
import type { TrialRecord } from "../record.js";
import { logNormalMass } from "../samplers/tpe/truncated_normal.js";

/** Optuna's. */
const BEST = 0.1;
const GRID = 50;
const PRIOR_WEIGHT = 1;
/** Keeps quotients of densities finite. */
const FLOOR = 1e-12;

/**
 * The divergence of a parameter's density among the best tenth of `trials` from that among all of them (Watanabe et al.
 * 2023), in units of no meaning: only ratios between parameters count. Trials that lack the parameter, or have it with
 * other bounds, are groups of their own, of which the first adds nothing.
 * @param losses of each trial, smaller is better, finite
 */
export function pedAnova(name: string, trials: readonly TrialRecord[], losses: readonly number[]): number {
  const cutoff = [...losses].sort((a, b) => a - b)[Math.ceil(BEST * losses.length) - 1] as number;
  const best = new Set(trials.filter((_, i) => (losses[i] as number) <= cutoff));
  const groups = new Map<string, TrialRecord[]>();
  for (const trial of trials) {
    const distribution = trial.distributions[name];
    if (distribution === undefined || isSingle(distribution)) continue;
    const key = encodeDistribution(distribution);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  let importance = 0;
  for (const group of groups.values()) {
    const bestOfGroup = group.filter((trial) => best.has(trial));
    if (group.length < 2 || bestOfGroup.length === 0) continue;
    const distribution = group[0]?.distributions[name] as Distribution;
    const [among, all] = [bestOfGroup, group].map((some) => gridDensity(name, distribution, some)) as [
      number[],
      number[],
    ];
    const share = bestOfGroup.length / best.size;
    const divergence = all.reduce((sum, p, i) => sum + p * ((among[i] as number) / p - 1) ** 2, 0);
    importance += (share * share * divergence * trials.length) / group.length;
  }
  return importance;
}

/** Density of a parameter at the points of its grid, or at its choices: a kernel at each value, and a wide one for the prior. */
function gridDensity(name: string, distribution: Distribution, trials: readonly TrialRecord[]): number[] {
  const values = trials.map(({ parameters }) => toInternal(distribution, parameters[name] as number | string));
  const counts = counted(distribution, values);
  const kernels = distribution.kind === "categorical" ? choiceKernels(counts) : normalKernels(counts);
  const total = values.length + PRIOR_WEIGHT;
  return counts.map(
    (_, point) =>
      FLOOR + kernels.reduce((sum, { weight, masses }) => sum + (weight * (masses[point] as number)) / total, 0),
  );
}

interface Kernel {
  readonly weight: number;
  readonly masses: readonly number[];
}

/** How many values are nearest to each point of the grid; the lower one of two at the same distance. */
function counted(distribution: Distribution, values: readonly number[]): number[] {
  if (distribution.kind === "categorical") {
    const counts = Array<number>(distribution.choices.length).fill(0);
    for (const value of values) counts[value] = (counts[value] as number) + 1;
    return counts;
  }
  const scale = distribution.log ? Math.log : (value: number): number => value;
  const [low, high] = [scale(distribution.low), scale(distribution.high)];
  const points = Math.min(GRID, distinctValues(distribution));
  const counts = Array<number>(points).fill(0);
  for (const value of values) {
    const place = Math.ceil((scale(value) - low) / ((high - low) / (points - 1)) - 0.5);
    const point = Math.min(Math.max(place, 0), points - 1);
    counts[point] = (counts[point] as number) + 1;
  }
  return counts;
}

/** Points that are worth telling apart: of whole numbers in the logarithm one for each doubling. */
function distinctValues(distribution: Exclude<Distribution, { kind: "categorical" }>): number {
  const { low, high, log, step } = distribution;
  if (distribution.kind === "int" && log) return Math.ceil(Math.log(high - low + 1) / Math.log(2)) + 1;
  return step === null ? Number.POSITIVE_INFINITY : Math.round((high - low) / step) + 1;
}

/** Each choice that occurs, softened by the prior, and the prior. */
function choiceKernels(counts: readonly number[]): Kernel[] {
  const kernels = counts.filter((count) => count > 0).length + 1;
  const softening = PRIOR_WEIGHT / kernels;
  const whole = 1 + softening * counts.length;
  const at = (choice: number): number[] => counts.map((_, i) => (softening + (i === choice ? 1 : 0)) / whole);
  const prior = { weight: PRIOR_WEIGHT, masses: counts.map(() => 1 / counts.length) };
  return [...counts.flatMap((weight, choice) => (weight > 0 ? [{ weight, masses: at(choice) }] : [])), prior];
}

/** Normal kernels cut off at the ends of the grid and rounded to its points, their width by Scott's rule (1992). */
function normalKernels(counts: readonly number[]): Kernel[] {
  const places = [...counts.keys()].filter((point) => (counts[point] as number) > 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, point) => sum + count * point, 0) / total;
  const squares = counts.reduce((sum, count, point) => sum + count * (point - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, total - 1));
  let sum = 0;
  const cumulative = places.map((point) => {
    sum += counts[point] as number;
    return sum;
  });
  const first = cumulative.findIndex((below) => below >= Math.floor(total / 4));
  // -1, the last place, when all are not above.
  const third = cumulative.findIndex((below) => below > Math.floor((total * 3) / 4));
  const range = (places.at(third) as number) - (places[first] as number);
  const scott = 1.059 * Math.min(range / 1.34, deviation) * total ** -0.2;
  // Nine tenths of the narrowest kernel fall on its own point.
  const width = Math.max(scott, 0.5 / 1.64);
  const prior = { weight: PRIOR_WEIGHT, masses: normalMasses((counts.length - 1) / 2, counts.length, counts.length) };
  return [
    ...places.map((point) => ({ weight: counts[point] as number, masses: normalMasses(point, width, counts.length) })),
    prior,
  ];
}

function normalMasses(mean: number, deviation: number, points: number): number[] {
  const mass = (from: number, to: number): number => logNormalMass((from - mean) / deviation, (to - mean) / deviation);
  const whole = mass(-0.5, points - 0.5);
  return Array.from({ length: points }, (_, point) => Math.exp(mass(point - 0.5, point + 0.5) - whole));
}
