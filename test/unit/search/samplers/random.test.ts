// Random search gives every value its share, independently for each parameter and trial.
import { expect, test } from "vitest";
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
} from "../../../../lib/search/distribution.js";
import { ArgumentError } from "../../../../lib/errors.js";
import { random } from "../../../../lib/search/samplers/index.js";
import { PretendStudy } from "../pretend_study.js";

const draws = 4000;

function drawn(name: string, distribution: Distribution): unknown[] {
  const study = new PretendStudy();
  const sampler = random({ seed: 11 });
  const trial = study.ask(sampler);
  return Array.from({ length: draws }, (_, number) =>
    sampler.sample(study.record, { ...trial.live, number }, name, distribution),
  );
}

/** Kolmogorov and Smirnov's statistic against the uniform distribution on [0, 1]. */
function distanceToUniform(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.max(...sorted.map((value, i) => Math.max(value - i / draws, (i + 1) / draws - value)));
}

test.each<[string, Distribution, (value: number) => number]>([
  ["floats", floatDistribution("x", -2, 6), (value) => (value + 2) / 8],
  ["floats in the logarithm", floatDistribution("x", 1e-5, 10, { log: true }), (value) => (Math.log10(value) + 5) / 6],
])("%s are uniform", (_, distribution, toUniform) => {
  // Critical value at a level of 1 %: 1.63 / sqrt(n).
  expect(distanceToUniform((drawn("x", distribution) as number[]).map(toUniform))).toBeLessThan(
    1.63 / Math.sqrt(draws),
  );
});

test.each<[string, Distribution, unknown[], number]>([
  // Critical values of chi-square at a level of 1 %, for one degree of freedom less than there are values.
  ["ints", intDistribution("x", -2, 4), [-2, -1, 0, 1, 2, 3, 4], 16.81],
  ["ints on steps", intDistribution("x", 1, 10, { step: 3 }), [1, 4, 7, 10], 11.34],
  ["floats on steps", floatDistribution("x", 0, 1, { step: 0.25 }), [0, 0.25, 0.5, 0.75, 1], 13.28],
  ["choices", categoricalDistribution("x", ["a", null, 3]), ["a", null, 3], 9.21],
])("%s have equal shares", (_, distribution, values, critical) => {
  const found = drawn("x", distribution);
  const expected = draws / values.length;
  const counts = values.map((value) => found.filter((other) => other === value).length);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(draws);
  expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(critical);
});

test("ints in the logarithm have the share that the logarithm gives them", () => {
  const found = drawn("x", intDistribution("x", 1, 8, { log: true }));
  const values = [1, 2, 3, 4, 5, 6, 7, 8];
  const chiSquare = values.reduce((sum, value) => {
    const expected = (draws * Math.log((value + 0.5) / (value - 0.5))) / Math.log(8.5 / 0.5);
    return sum + (found.filter((other) => other === value).length - expected) ** 2 / expected;
  }, 0);
  expect(chiSquare).toBeLessThan(18.48);
});

test("parameters and trials are independent of each other", () => {
  const unit = floatDistribution("x", -1, 1);
  const [a, b] = [drawn("a", unit), drawn("b", unit)] as [number[], number[]];
  const correlation = (x: number[], y: number[]): number => (3 / draws) * x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  expect(Math.abs(correlation(a, b))).toBeLessThan(0.05);
  expect(Math.abs(correlation(a, [...a.slice(1), a[0]!]))).toBeLessThan(0.05);
});

test("without a seed every sampler is another one, and the same for all of its trials", () => {
  const values = (sampler = random()) =>
    new PretendStudy().run(sampler, (trial) => trial.float("x", 0, 1), 3).record.trials.map(({ values }) => values);
  expect(values()).not.toEqual(values());
  const sampler = random();
  expect(values(sampler)).toEqual(values(sampler));
});

test.each([{ seed: -1 }, { seed: 1.5 }, { sede: 1 }])("refuses %o", (options) => {
  expect(() => random(options as object)).toThrow(ArgumentError);
});
