// What points of a search space cost, learnt from a few of them that were timed.
import type { Distribution } from "../distribution.js";
import type { Point } from "./draws.js";
import { type Features, features } from "./features.js";
import { Design, expand, type Regression, Ridge } from "./regression.js";

export interface Sample {
  readonly parameters: Point;
  readonly distributions: Readonly<Record<string, Distribution>>;
  readonly milliseconds: number;
}

const RIDGES = [0.001, 0.01, 0.1, 1, 10, 100];
/** What all points cost, as shares of the cheapest sample. */
const CONSTANTS = [0, 0.5, 0.9];
/** The model is chosen by the same left-out samples that tell its error, which makes it look better than it is. */
const OPTIMISM = 4;

/**
 * Ridge regression of the logarithm of the cost above a constant. Constant, penalty and order (with or without squares and
 * products) are those that predict left-out samples best. Exponentials of means are below means of exponentials: predictions
 * are scaled so that those of left-out samples sum up to the truth (the smearing of Duan 1983 as a ratio).
 */
export class CostModel {
  /** Standard error of the mean of predictions, as a share of it, from left-out samples; Infinity for a single one. */
  readonly standardError: number;
  /** Standard deviation of single costs about their predictions, as a share of the mean cost. */
  readonly spread: number;
  /** Numbers that describe a point. */
  readonly width: number;
  private readonly features: Features;
  private readonly model: Candidate;
  private readonly scale: number;
  private readonly range: readonly [low: number, high: number];

  constructor(samples: readonly Sample[]) {
    this.features = features(samples.map(({ distributions }) => distributions));
    const costs = samples.map(({ milliseconds }) => Math.max(milliseconds, 1e-3));
    const count = costs.length;
    const rows = samples.map(({ parameters }) => this.features(parameters));
    this.width = rows[0]?.length ?? 0;
    this.model = candidates(rows, costs).reduce((a, b) => (b.error < a.error ? b : a));
    this.range = [Math.min(...costs), Math.max(...costs)];
    const { leftOut } = this.model;
    const mean = sum(costs) / count;
    this.scale = sum(costs) / sum(leftOut);
    const squares = costs.map((cost, i) => (cost - this.scale * leftOut[i]!) ** 2);
    this.spread = count < 2 ? 0 : Math.sqrt(sum(squares) / (count - 1)) / mean;
    const optimism = this.width === 0 ? 1 : OPTIMISM;
    this.standardError = count < 2 ? Number.POSITIVE_INFINITY : (optimism * this.spread) / Math.sqrt(count);
  }

  /** Milliseconds; beyond what was measured, no further than to the double or the half. */
  predict(point: Point): number {
    const [low, high] = this.range;
    const { constant, order, regression } = this.model;
    const logarithm = regression.predict(expand(this.features(point), order));
    return Math.min(Math.max(this.scale * (constant + Math.exp(logarithm)), low / 2), high * 2);
  }
}

interface Candidate {
  readonly order: 1 | 2;
  readonly constant: number;
  readonly regression: Regression;
  /** Costs of the samples, each predicted from the others. */
  readonly leftOut: readonly number[];
  /** Sum of the squares of their relative errors. */
  readonly error: number;
}

function candidates(rows: readonly (readonly number[])[], costs: readonly number[]): Candidate[] {
  const result: Candidate[] = [];
  const least = Math.min(...costs);
  for (const order of [1, 2] as const) {
    const design = new Design(rows.map((row) => expand(row, order)));
    for (const penalty of RIDGES) {
      const ridge = new Ridge(design, penalty);
      for (const share of CONSTANTS) {
        const constant = share * least;
        const regression = ridge.fit(costs.map((cost) => Math.log(cost - constant)));
        const leftOut =
          costs.length < 2 ? costs : regression.leftOut.map((logarithm) => constant + Math.exp(logarithm));
        const error = sum(costs.map((cost, i) => Math.log(cost / leftOut[i]!) ** 2));
        result.push({ order, constant, regression, leftOut, error });
      }
    }
  }
  return result;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
