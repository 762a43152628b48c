// Variances of the same trees, ours and by Optuna's fANOVA; growing them takes scikit-learn there, and is not compared.
import { expect, test } from "vitest";
import { RandomStream } from "../../../lib/data/random.js";
import { growForest, type TreeNode } from "../../../lib/search/importance/regression_forest.js";
import { type TreeVariance, treeVariance } from "../../../lib/search/importance/tree_variance.js";
import { askOptuna } from "./python.js";

const objectives: readonly ((x: readonly number[]) => number)[] = [
  ([a, b]) => 3 * a! - b! ** 2,
  ([a, b, c]) => Math.sin(4 * a!) * b! + 0.1 * c!,
  ([a, b, c, d]) => (a! > 0.3 && b! < 1 ? 5 : 0) + c! * d!,
];

test("trees of numeric parameters have the variances that Optuna finds, to rounding", () => {
  const cases = objectives.flatMap((objective, which) =>
    [8, 60, 250].flatMap((rows) => {
      const random = new RandomStream(1, "importance", 1000 * which + rows);
      const domains = Array.from({ length: 4 }, () => {
        const low = random.uniform(-1, 0);
        return [low, low + random.uniform(1, 3)] as const;
      });
      const columns = domains.map(([low, high], i) => ({
        // Whole steps of one parameter make ties.
        values: Float64Array.from({ length: rows }, () =>
          i === 3 ? low + ((high - low) * random.below(5)) / 4 : random.uniform(low, high),
        ),
        choices: undefined,
      }));
      const targets = Float64Array.from({ length: rows }, (_, row) =>
        objective(columns.map(({ values }) => values[row] as number)),
      );
      return growForest(columns, targets, { trees: 4, maxDepth: 64, seed: rows }).map((tree) => ({ tree, domains }));
    }),
  );
  const expected = askOptuna<TreeVariance>("tree_variances.py", cases);
  expect(expected).toHaveLength(36);
  for (const [i, { tree, domains }] of cases.entries()) {
    const found = treeVariance(tree as TreeNode, domains);
    const theirs = expected[i] as TreeVariance;
    expect(theirs.total).toBeGreaterThan(0);
    expect(Math.abs(found.total / theirs.total - 1)).toBeLessThan(1e-10);
    for (const [parameter, marginal] of theirs.marginal.entries())
      expect(Math.abs((found.marginal[parameter] as number) - marginal) / theirs.total).toBeLessThan(1e-10);
  }
}, 600_000);
