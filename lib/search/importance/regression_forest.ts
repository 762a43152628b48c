// A random forest of regression trees over parameters: what fANOVA takes for the objective.
import { RandomStream } from "../../data/random.js";

/** Values of one parameter by trial: numbers, or indices of `choices` choices. */
export interface Column {
  readonly values: Float64Array;
  /** Undefined for a numeric parameter. */
  readonly choices: number | undefined;
}

export interface Leaf {
  readonly kind: "leaf";
  /** Mean of the values that ended here. */
  readonly value: number;
}

/** Numbers up to `threshold` go left, others right; of a categorical parameter the choice `threshold` goes right, others left. */
export interface Split {
  readonly kind: "split";
  readonly feature: number;
  readonly threshold: number;
  readonly left: TreeNode;
  readonly right: TreeNode;
}

export type TreeNode = Leaf | Split;

export interface ForestOptions {
  readonly trees: number;
  /** Splits between root and leaf at most. */
  readonly maxDepth: number;
  readonly seed: number;
}

/**
 * Trees (Breiman 2001), each grown on a bootstrap sample with the split of least squared error, all parameters tried at
 * every node, until leaves are pure or `maxDepth` is reached.
 */
export function growForest(columns: readonly Column[], targets: Float64Array, options: ForestOptions): TreeNode[] {
  const orders = columns.map(({ values }) =>
    Int32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number) || a - b),
  );
  return Array.from({ length: options.trees }, (_, tree) => {
    const random = new RandomStream(options.seed, "importance", tree);
    const weights = new Float64Array(targets.length);
    for (let i = 0; i < weights.length; i++) {
      const drawn = random.below(weights.length);
      weights[drawn] = (weights[drawn] as number) + 1;
    }
    const sample = orders.map((order) => order.filter((row) => (weights[row] as number) > 0));
    return new Grower(columns, targets, weights, random).grow(sample, options.maxDepth);
  });
}

interface Candidate {
  readonly feature: number;
  readonly threshold: number;
  readonly gain: number;
}

class Grower {
  constructor(
    private readonly columns: readonly Column[],
    private readonly targets: Float64Array,
    /** How often each row was drawn. */
    private readonly weights: Float64Array,
    private readonly random: RandomStream,
  ) {}

  /** `orders`: the rows of the node, sorted by each column. */
  grow(orders: readonly Int32Array[], depth: number): TreeNode {
    const rows = orders[0] as Int32Array;
    let weight = 0;
    let sum = 0;
    for (const row of rows) {
      weight += this.weights[row] as number;
      sum += this.weighted(row);
    }
    const mean = sum / weight;
    const first = this.targets[rows[0] as number];
    const pure = rows.every((row) => this.targets[row] === first);
    const split = pure || depth === 0 ? undefined : this.bestSplit(orders, weight, mean);
    if (split === undefined) return { kind: "leaf", value: pure ? (first as number) : mean };
    const { feature, threshold } = split;
    const { values, choices } = this.columns[feature] as Column;
    const goesLeft = (row: number): boolean =>
      choices === undefined ? (values[row] as number) <= threshold : values[row] !== threshold;
    return {
      kind: "split",
      feature,
      threshold,
      left: this.grow(
        orders.map((order) => order.filter(goesLeft)),
        depth - 1,
      ),
      right: this.grow(
        orders.map((order) => order.filter((row) => !goesLeft(row))),
        depth - 1,
      ),
    };
  }

  /** The first of equals in a random order of columns; undefined when all rows are alike. */
  private bestSplit(orders: readonly Int32Array[], weight: number, mean: number): Candidate | undefined {
    let best: Candidate | undefined;
    for (const feature of this.random.permutation(this.columns.length)) {
      const found = this.splitOf(feature, orders[feature] as Int32Array, weight, mean);
      if (found !== undefined && (best === undefined || found.gain > best.gain)) best = found;
    }
    return best;
  }

  /** Targets are taken relative to the node's mean, so that the squared error falls by sum^2 / weight of both sides. */
  private splitOf(feature: number, order: Int32Array, weight: number, mean: number): Candidate | undefined {
    const { values, choices } = this.columns[feature] as Column;
    let best: Candidate | undefined;
    let [sideWeight, sideSum] = [0, 0];
    for (let i = 0; i < order.length; i++) {
      const row = order[i] as number;
      const value = values[row] as number;
      const next = i + 1 < order.length ? (values[order[i + 1] as number] as number) : Number.NaN;
      sideWeight += this.weights[row] as number;
      sideSum += this.weighted(row) - (this.weights[row] as number) * mean;
      if (next === value) continue;
      const otherWeight = weight - sideWeight;
      if (otherWeight > 0) {
        const gain = (sideSum * sideSum) / sideWeight + (sideSum * sideSum) / otherWeight;
        const middle = value / 2 + next / 2;
        const threshold = choices !== undefined ? value : middle < next ? middle : value;
        if (best === undefined || gain > best.gain) best = { feature, threshold, gain };
      }
      // Of numbers all up to here go left, of choices this one alone goes right.
      if (choices !== undefined) [sideWeight, sideSum] = [0, 0];
    }
    return best;
  }

  private weighted(row: number): number {
    return (this.weights[row] as number) * (this.targets[row] as number);
  }
}
