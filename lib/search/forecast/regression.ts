// Ridge regression for few observations of many features, with the prediction of each observation from all others.
import { dot, inverse } from "./linear_algebra.js";

/** Squares and products of features are penalized as if they were so much smaller: most costs need few of them. */
const SECOND_ORDER = Math.sqrt(0.1);

/** The features, their squares and products where `order` is 2. */
export function expand(row: readonly number[], order: 1 | 2): number[] {
  if (order === 1) return [...row];
  return [...row, ...row.flatMap((a, i) => row.slice(0, i + 1).map((b) => SECOND_ORDER * a * b))];
}

/** Features minus their means, and their inner products: what regressions with different penalties share. */
export class Design {
  readonly products: readonly (readonly number[])[];
  private readonly means: readonly number[];
  private readonly centered: readonly (readonly number[])[];

  constructor(rows: readonly (readonly number[])[]) {
    const [first = []] = rows;
    this.means = first.map((_, j) => rows.reduce((sum, row) => sum + (row[j] as number), 0) / rows.length);
    this.centered = rows.map((row) => this.center(row));
    this.products = this.centered.map((a) => this.centered.map((b) => dot(a, b)));
  }

  /** Feature weights of a combination of the observations. */
  weights(combination: readonly number[]): number[] {
    return this.means.map((_, j) =>
      this.centered.reduce((sum, row, i) => sum + (row[j] as number) * (combination[i] as number), 0),
    );
  }

  center(row: readonly number[]): number[] {
    return row.map((value, j) => value - (this.means[j] as number));
  }
}

/** What all targets have for one design and penalty; the constant is not penalized. */
export class Ridge {
  private readonly solver: readonly (readonly number[])[];
  private readonly leverages: readonly number[];

  constructor(
    private readonly design: Design,
    ridge: number,
  ) {
    const { products } = design;
    this.solver = inverse(products.map((row, i) => row.map((value, j) => value + (i === j ? ridge : 0))));
    this.leverages = products.map((row, i) => 1 / products.length + dot(row, this.solver[i] as readonly number[]));
  }

  fit(targets: readonly number[]): Regression {
    const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
    const errors = targets.map((target) => target - mean);
    const combination = this.solver.map((row) => dot(row, errors));
    const weights = this.design.weights(combination);
    return {
      predict: (row) => mean + dot(weights, this.design.center(row)),
      // With its leverage, the prediction of an observation tells what it would be without it.
      leftOut: targets.map((target, i) => {
        const residual = errors[i]! - dot(this.design.products[i]!, combination);
        return target - residual / Math.max(1 - this.leverages[i]!, 1e-3);
      }),
    };
  }
}

export interface Regression {
  predict(row: readonly number[]): number;
  /** Of each observation, predicted from the others. */
  readonly leftOut: readonly number[];
}
