// Values come back from their place on the unit interval, and uniform numbers give every value its share.
import { expect, test } from "vitest";
import { RandomStream } from "../../../../lib/data/random.js";
import {
  categoricalDistribution,
  contains,
  type Distribution,
  floatDistribution,
  intDistribution,
  type ParameterValue,
} from "../../../../lib/search/distribution.js";
import { continuousInterval, fromUnit, toUnit, uniformUnit } from "../../../../lib/search/samplers/transform.js";

const distributions: [string, Distribution, ParameterValue[]][] = [
  ["float", floatDistribution("x", -3, 5), [-3, 0.25, 5]],
  ["float, log", floatDistribution("x", 1e-5, 10, { log: true }), [1e-5, 3e-3, 10]],
  ["float, step", floatDistribution("x", 0, 1, { step: 0.1 }), [0, 0.5, 1]],
  ["float, step that leaves a rest", floatDistribution("x", 0, 1, { step: 0.3 }), [0, 0.3, 0.8999999999999999]],
  ["float, nearly all", floatDistribution("x", -1.7e308, 1.7e308), [-1.7e308, 0, 1.7e308]],
  ["int", intDistribution("x", -2, 4), [-2, 0, 4]],
  ["int, step", intDistribution("x", 1, 10, { step: 3 }), [1, 4, 7, 10]],
  ["int, log", intDistribution("x", 1, 1000, { log: true }), [1, 2, 999, 1000]],
  ["int, nearly all", intDistribution("x", 0, 2 ** 53 - 1), [0]],
  ["categorical", categoricalDistribution("x", ["a", 2, false, null]), ["a", 2, false, null]],
  ["single", floatDistribution("x", 3, 3), [3]],
];

test.each(distributions)("%s: there and back", (_, distribution, values) => {
  for (const value of values) {
    const unit = toUnit(distribution, value);
    expect(unit).toBeGreaterThanOrEqual(0);
    expect(unit).toBeLessThanOrEqual(1);
    const back = fromUnit(distribution, unit);
    if (typeof value === "number" && value !== 0) expect((back as number) / value).toBeCloseTo(1, 12);
    else expect(back).toBe(value);
  }
});

test.each(distributions)("%s: all of the interval gives values that the distribution holds", (_, distribution) => {
  for (const unit of [0, 1e-17, 0.1, 1 / 3, 0.5, 0.75, 1 - 2 ** -53, 1])
    expect(contains(distribution, fromUnit(distribution, unit))).toBe(true);
});

test("steps and choices have equal shares of the interval", () => {
  const step = intDistribution("x", 1, 10, { step: 3 });
  const values = Array.from({ length: 400 }, (_, i) => fromUnit(step, (i + 0.5) / 400));
  for (const value of [1, 4, 7, 10]) expect(values.filter((found) => found === value).length).toBe(100);
  expect(continuousInterval(step)).toEqual({ low: -0.5, high: 11.5 });
});

test("logarithms are uniform", () => {
  expect(fromUnit(floatDistribution("x", 1e-4, 1, { log: true }), 0.5)).toBeCloseTo(1e-2, 12);
  const { low, high } = continuousInterval(intDistribution("x", 1, 100, { log: true }));
  expect(Math.exp(low)).toBeCloseTo(0.5, 12);
  expect(Math.exp(high)).toBeCloseTo(100.5, 9);
});

test("uniform numbers use all bits", () => {
  const random = new RandomStream(1, "bits");
  const draws = Array.from({ length: 1000 }, () => uniformUnit(random));
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
  expect(draws.some((draw) => (draw * 2 ** 53) % 2 === 1)).toBe(true);
});
