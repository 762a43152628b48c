// Rank correlations, worked out by hand and by the formula for ranks without ties.
import { expect, test } from "vitest";
import { correlations, spearman } from "../../../lib/search/correlations.js";
import { categoricalDistribution, floatDistribution, intDistribution } from "../../../lib/search/distribution.js";
import { finishedStudy } from "./importance/studies.js";

test("without ties: 1 - 6 sum of squared differences of ranks / n (n^2 - 1)", () => {
  // Ranks 1 2 3 4 5 and 2 1 4 3 5: differences of 1, four times.
  expect(spearman([1, 20, 300, 4000, 50_000], [0.2, 0.1, 0.4, 0.3, 0.5])).toBeCloseTo(1 - (6 * 4) / (5 * 24), 12);
  expect(spearman([1, 2, 3], [-1, -10, -100])).toBeCloseTo(-1, 12);
});

test("ties share their mean rank", () => {
  // Ranks 1.5 1.5 3 and 1 2 3: covariance 1.5, variances 1.5 and 2.
  expect(spearman([7, 7, 8], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12);
});

test("infinities have ranks, NaN is left out, constants tell nothing", () => {
  expect(spearman([1, 2, 3, 9], [Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY, Number.NaN])).toBeCloseTo(
    1,
    12,
  );
  expect(spearman([1, 2, 3], [5, 5, 5])).toBeNaN();
  expect(spearman([1], [5])).toBeNaN();
  expect(spearman([], [])).toBeNaN();
});

test("of a study: parameters with an order, each with each and with every objective", () => {
  const study = finishedStudy(
    {
      rate: floatDistribution("rate", 1e-4, 1, { log: true }),
      depth: intDistribution("depth", 1, 4),
      bias: categoricalDistribution("bias", [false, true]),
      optimizer: categoricalDistribution("optimizer", ["sgd", "adam"]),
    },
    ({ rate, bias }) => [Math.log(Number(rate)), bias ? 0 : 1],
    50,
  );
  const { parameters, between, withObjectives } = correlations(study);
  expect(parameters).toEqual(["bias", "depth", "rate"]);
  for (const [i, row] of between.entries())
    for (const [j, value] of row.entries()) {
      expect(value).toBeCloseTo(between[j]![i]!, 12);
      if (i === j) expect(value).toBe(1);
      else expect(Math.abs(value)).toBeLessThan(0.5);
    }
  expect(withObjectives[2]![0]).toBeCloseTo(1, 12);
  expect(withObjectives[0]![1]).toBeCloseTo(-1, 12);
});

test("complete trials alone, and those that have both", () => {
  const study = finishedStudy({ a: floatDistribution("a", 0, 1), b: floatDistribution("b", 0, 1) }, ({ a }) => +a!, 6);
  const [first, second, ...rest] = study.trials;
  const { b: _, ...onlyA } = second!.parameters;
  const trials = [{ ...first!, state: "pruned" as const, values: [1e9] }, { ...second!, parameters: onlyA }, ...rest];
  const found = correlations({ ...study, trials });
  const a = rest.map(({ parameters }) => Number(parameters.a));
  const b = rest.map(({ parameters }) => Number(parameters.b));
  expect(found.between[0]![1]).toBe(spearman(a, b));
  expect(found.withObjectives[0]![0]).toBeCloseTo(1, 12);
  expect(correlations({ ...study, trials: [] })).toEqual({ parameters: [], between: [], withObjectives: [] });
});
