// Variances of the same trees, ours and by Optuna's fANOVA, and importances of whole studies, each by forests of its own.
import { expect, test } from "vitest";
import { RandomStream } from "../../../lib/data/random.js";
import { growForest, type TreeNode } from "../../../lib/search/importance/regression_forest.js";
import { type TreeVariance, treeVariance } from "../../../lib/search/importance/tree_variance.js";
import { createStudy, importances, type Objective, random, type StudyRecord } from "../../../lib/index.js";
import { encodeDistribution } from "../../../lib/search/distribution.js";
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

const SEEDS = [1, 2, 3, 4];

const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

/** A study of 80 random trials; the order of importances is rate, width, kind where there is one, momentum, nothing. */
async function studied(isCategorical: boolean): Promise<StudyRecord> {
  const study = await createStudy(undefined, { direction: "maximize", sampler: random({ seed: 1 }) });
  const objective: Objective = (trial) => {
    const rate = trial.float("rate", 1e-4, 1, { log: true });
    const width = trial.int("width", 8, 128, { step: 8 });
    const momentum = trial.float("momentum", 0, 1);
    trial.float("nothing", -1, 1);
    const kind = isCategorical ? trial.categorical("kind", ["a", "b", "c"]) : "a";
    return -((Math.log10(rate) + 2) ** 2) + width / 40 + momentum + (kind === "b" ? 2 : 0);
  };
  await study.optimize(objective, { trials: 80 });
  return study.record;
}

test("whole studies: forests of either side find the same importances, to their spread over seeds", async () => {
  const records = [await studied(false), await studied(true)];
  const expected = askOptuna<Record<string, number>[]>(
    "importances.py",
    records.map(({ trials }) => ({
      direction: "maximize",
      seeds: SEEDS,
      trials: trials.map(({ parameters, distributions, values }) => ({
        parameters,
        value: values?.[0],
        distributions: Object.fromEntries(
          Object.entries(distributions).map(([name, distribution]) => [name, encodeDistribution(distribution)]),
        ),
      })),
    })),
  );
  for (const [i, record] of records.entries()) {
    const found = SEEDS.map((seed) => importances(record, { seed }));
    const theirs = expected[i] as Record<string, number>[];
    const names = Object.keys(theirs[0] as object);
    expect(names).toHaveLength(4 + i);
    for (const name of names) {
      const difference = mean(found.map((each) => each[name] as number)) - mean(theirs.map((each) => each[name]!));
      // Optuna's trees cut a column for each choice, and weigh combinations of these that no trial can have.
      expect(Math.abs(difference), name).toBeLessThan(i === 0 ? 0.02 : 0.04);
    }
  }
}, 600_000);
