// The normal distribution of CMA-ES: how it is drawn from, and what a generation of solutions makes of it.
import type { RandomStream } from "../../data/random.js";
import { symmetricEigen } from "./symmetric_eigen.js";

/** A point of the unit cube and its rank value: lower is better. */
export interface Solution {
  readonly point: readonly number[];
  readonly loss: number;
}

/** Normal with covariance stepSize^2 B D^2 B', and the evolution paths. Plain data, never changed. */
export interface SearchState {
  readonly generation: number;
  readonly mean: readonly number[];
  readonly stepSize: number;
  readonly covariance: readonly (readonly number[])[];
  /** B: eigenvectors of the covariance, as columns. */
  readonly axes: readonly (readonly number[])[];
  /** D: roots of the eigenvalues. */
  readonly lengths: readonly number[];
  readonly stepPath: readonly number[];
  readonly covariancePath: readonly number[];
}

export function defaultPopulation(dimensions: number): number {
  return 4 + Math.floor(3 * Math.log(dimensions));
}

/** Around the middle of the unit cube, a sixth of it in every direction. */
export function initialState(dimensions: number): SearchState {
  const zeros = new Array<number>(dimensions).fill(0);
  const identity = zeros.map((_, i) => zeros.map((_, j) => (i === j ? 1 : 0)));
  return {
    generation: 0,
    mean: zeros.map(() => 0.5),
    stepSize: 1 / 6,
    covariance: identity,
    axes: identity,
    lengths: zeros.map(() => 1),
    stepPath: zeros,
    covariancePath: zeros,
  };
}

/** A point of the unit cube: drawn anew, at most 10 times the dimensions, until it is inside, then moved to the bounds. */
export function draw({ mean, stepSize, axes, lengths }: SearchState, random: RandomStream): number[] {
  let point: number[] = [];
  for (let attempt = 0; attempt <= 10 * mean.length; attempt++) {
    const scaled = lengths.map((length) => length * random.normal());
    point = mean.map((center, i) => center + stepSize * dot(axes[i] as number[], scaled));
    if (point.every((x) => x >= 0 && x <= 1)) return point;
  }
  return point.map((x) => Math.min(1, Math.max(0, x)));
}

/**
 * The next generation's distribution. Numbers of equations and default constants are those of N. Hansen, "The CMA Evolution
 * Strategy: A Tutorial", arXiv:1604.00772 (2016), with negative weights; the step grows by a factor of e at most, as in his
 * own implementation, and stays between 1e-12 and 1 of the cube's side.
 */
export function adapt(state: SearchState, solutions: readonly Solution[]): SearchState {
  const n = state.mean.length;
  const c = constants(n, solutions.length);
  const ranked = [...solutions].sort((a, b) => a.loss - b.loss || 0);
  const steps = ranked.map(({ point }) => point.map((x, i) => (x - (state.mean[i] as number)) / state.stepSize));
  const meanStep = state.mean.map((_, i) =>
    steps.reduce((sum, y, k) => sum + Math.max(0, c.weights[k] as number) * (y[i] as number), 0),
  ); // 41
  const mean = state.mean.map((x, i) => x + state.stepSize * (meanStep[i] as number)); // 42

  const stepGain = Math.sqrt(c.stepRate * (2 - c.stepRate) * c.selectionMass);
  const whitened = whiten(state, meanStep);
  const stepPath = state.stepPath.map((p, i) => (1 - c.stepRate) * p + stepGain * (whitened[i] as number)); // 43
  const pathLength = Math.hypot(...stepPath);
  const change = (c.stepRate / c.damping) * (pathLength / c.expectedLength - 1);
  const stepSize = Math.min(1, Math.max(1e-12, state.stepSize * Math.exp(Math.min(1, change)))); // 44

  const settled = Math.sqrt(1 - (1 - c.stepRate) ** (2 * (state.generation + 2)));
  const moving = pathLength / settled < (1.4 + 2 / (n + 1)) * c.expectedLength ? 1 : 0;
  const pathGain = moving * Math.sqrt(c.pathRate * (2 - c.pathRate) * c.selectionMass);
  const covariancePath = state.covariancePath.map((p, i) => (1 - c.pathRate) * p + pathGain * (meanStep[i] as number)); // 45
  const weights = steps.map((y, k) => {
    const weight = c.weights[k] as number;
    return weight >= 0 ? weight : (weight * n) / (Math.hypot(...whiten(state, y)) ** 2 + 1e-8);
  }); // 46
  const total = c.weights.reduce((sum, weight) => sum + weight, 0);
  const kept =
    1 - c.rankOneRate - c.rankManyRate * total + c.rankOneRate * (1 - moving) * c.pathRate * (2 - c.pathRate);
  const covariance = state.covariance.map((row, i) =>
    row.map((entry, j) => {
      const many = steps.reduce((sum, y, k) => sum + (weights[k] as number) * (y[i] as number) * (y[j] as number), 0);
      const one = (covariancePath[i] as number) * (covariancePath[j] as number);
      return kept * entry + c.rankOneRate * one + c.rankManyRate * many;
    }),
  ); // 47
  const { values, vectors } = symmetricEigen(covariance);
  // Rounding may leave an eigenvalue at or below zero; axes shorter than that of the longest by 1e-14 are lost anyhow.
  const least = 1e-28 * Math.max(...values);
  const lengths = values.map((value) => Math.sqrt(Math.max(value, least)));
  const generation = state.generation + 1;
  return { generation, mean, stepSize, covariance, axes: vectors, lengths, stepPath, covariancePath };
}

/** Learning rates and weights, table 1 of the tutorial. */
function constants(n: number, population: number) {
  const raw = Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1)); // 49
  const parents = Math.floor(population / 2);
  const selectionMass = massOf(raw.slice(0, parents));
  const rankOneRate = 2 / ((n + 1.3) ** 2 + selectionMass); // 57
  const rankManyRate = Math.min(
    1 - rankOneRate - 1e-8,
    (2 * (selectionMass - 2 + 1 / selectionMass)) / ((n + 2) ** 2 + selectionMass),
  ); // 58
  const negativeShare = Math.min(
    1 + rankOneRate / rankManyRate,
    1 + (2 * massOf(raw.slice(parents))) / (selectionMass + 2),
    (1 - rankOneRate - rankManyRate) / (n * rankManyRate),
  ); // 50, 51, 52
  const positive = raw.reduce((sum, weight) => sum + Math.max(0, weight), 0);
  const negative = raw.reduce((sum, weight) => sum + Math.max(0, -weight), 0);
  const stepRate = (selectionMass + 2) / (n + selectionMass + 5);
  return {
    weights: raw.map((weight) => (weight >= 0 ? weight / positive : (negativeShare * weight) / negative)), // 53
    selectionMass,
    rankOneRate,
    rankManyRate,
    stepRate,
    damping: 1 + 2 * Math.max(0, Math.sqrt((selectionMass - 1) / (n + 1)) - 1) + stepRate, // 55
    pathRate: (4 + selectionMass / n) / (n + 4 + (2 * selectionMass) / n), // 56
    expectedLength: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** How many equal weights would select as sharply. */
function massOf(weights: readonly number[]): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return sum ** 2 / weights.reduce((total, weight) => total + weight ** 2, 0);
}

/** B D^-1 B' y: a step in units of the distribution. */
function whiten({ axes, lengths }: SearchState, y: readonly number[]): number[] {
  const scaled = lengths.map(
    (length, k) => axes.reduce((sum, row, i) => sum + (row[k] as number) * (y[i] as number), 0) / length,
  );
  return axes.map((row) => dot(row, scaled));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}
