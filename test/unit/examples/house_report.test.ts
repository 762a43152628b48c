// The figures of the report's sections on houses and hyper-parameters: calibration, scales, order of choices, prices as text.
import { describe, expect, test } from "vitest";
import { anyOf } from "../../../examples/report/measuring/any_of.js";
import { Dataset } from "../../../lib/runtime/dataset.js";
import {
  calibrationCurve,
  groupsBySigma,
  normalWidth,
  type PricePrediction,
  shareWithin,
  sigmaErrorCorrelation,
} from "../../../examples/report/regression/calibration.js";
import { each, pick, roughness } from "../../../examples/report/networks/digit_runs.js";
import { scalesOf } from "../../../examples/report/regression/divergence.js";
import { dollars, dollarsMore } from "../../../examples/report/measuring/dollars.js";
import { RandomStream } from "../../../lib/data/random.js";

/** Prices drawn with a sigma of their own; `told` is what the predictor says it is, as a multiple. */
function predictions(told: number, rows = 20_000): PricePrediction[] {
  const random = new RandomStream(5, "calibration test", 0);
  return Array.from({ length: rows }, (_, row) => {
    const sigma = 1 + (row % 100);
    return { mean: 50, sigma: told * sigma, price: 50 + sigma * random.normal() };
  });
}

describe("calibration", () => {
  test("widths of a normal distribution are those of its tables", () => {
    expect(normalWidth(0.6827)).toBeCloseTo(1, 3);
    expect(normalWidth(0.95)).toBeCloseTo(1.959964, 5);
    expect(normalWidth(0.5)).toBeCloseTo(0.67449, 5);
  });

  test("true sigmas lie on the diagonal, half of them below, twice of them above", () => {
    const probabilities = [0.1, 0.5, 0.9];
    for (const [i, share] of calibrationCurve(predictions(1), probabilities).entries())
      expect(Math.abs(share - probabilities[i]!)).toBeLessThan(0.01);
    for (const [i, share] of calibrationCurve(predictions(0.5), probabilities).entries())
      expect(share).toBeLessThan(probabilities[i]! - 0.03);
    for (const [i, share] of calibrationCurve(predictions(2), probabilities).entries())
      expect(share).toBeGreaterThan(probabilities[i]! + 0.03);
  });

  test("shares count both edges", () => {
    const at = (price: number): PricePrediction => ({ mean: 0, sigma: 2, price });
    expect(shareWithin([at(-2), at(2), at(2.1), at(5)], 1)).toBe(0.5);
    expect(shareWithin([at(-2), at(2), at(2.1), at(5)], 2)).toBe(0.75);
  });

  test("groups are in order of sigma and know the errors that came", () => {
    const groups = groupsBySigma(predictions(1), 4);
    expect(groups).toHaveLength(4);
    for (const [i, { sigma, error }] of groups.entries()) {
      expect(Math.abs(error / sigma - 1)).toBeLessThan(0.05);
      if (i > 0) expect(sigma).toBeGreaterThan(groups[i - 1]!.sigma);
    }
  });

  test("the rank correlation is 1, -1 or near 0 where it has to be", () => {
    const rows = (errors: readonly number[]) => errors.map((price, i) => ({ mean: 0, sigma: i + 1, price }));
    expect(sigmaErrorCorrelation(rows([1, -2, 3, 40]))).toBeCloseTo(1);
    expect(sigmaErrorCorrelation(rows([40, 3, -2, 1]))).toBeCloseTo(-1);
    expect(sigmaErrorCorrelation(rows([1, 3, 3, 1]))).toBeCloseTo(0);
    expect(sigmaErrorCorrelation(predictions(1))).toBeGreaterThan(0.3);
  });
});

test("choices keep the order they are given in, also where names look like numbers", () => {
  const runs = new Map([
    ["a", [1, 2]],
    ["b", [3, 4]],
    ["c", [5, 6]],
  ]);
  const picked = pick(runs, [
    ["0.1", "c"],
    ["10", "b"],
    ["1", "a"],
  ]);
  expect([...each(picked, (value) => value * 10)]).toEqual([
    ["0.1", [50, 60]],
    ["10", [30, 40]],
    ["1", [10, 20]],
  ]);
  expect(() => pick(runs, [["x", "d"]])).toThrow('no training "d"; there are a, b, c');
});

test("what may happen agrees with one case, and is refuted only by all of them", () => {
  expect(anyOf(["does not agree", "agrees", "not decided by these data"])).toBe("agrees");
  expect(anyOf(["does not agree", "not decided by these data"])).toBe("not decided by these data");
  expect(anyOf(["does not agree", "does not agree"])).toBe("does not agree");
  expect(anyOf([])).toBe("not decided by these data");
});

test("a curve that only rises is not rough, one that falls is by its mean fall", () => {
  expect(roughness([0.1, 0.2, 0.3])).toBe(0);
  expect(roughness([0.5, 0.3, 0.4, 0.2])).toBeCloseTo(0.4 / 3);
  expect(roughness([0.5])).toBe(0);
});

test("scales are mean and deviation of every column", () => {
  const data = Dataset.from({
    input: [
      [1, 100],
      [3, 300],
    ],
    target: [10, 30],
    featureNames: ["small", "large"],
  });
  const [small, large, price] = scalesOf(data);
  expect(small).toEqual({ name: "small", mean: 2, deviation: Math.SQRT2 });
  expect(large!.deviation).toBeCloseTo(100 * Math.SQRT2);
  expect(price!.mean).toBe(20);
});

test("prices as text", () => {
  expect([28_250.4, -1000, 0].map(dollars)).toEqual(["$28,250", "-$1,000", "$0"]);
  expect([1250, -1250].map(dollarsMore)).toEqual(["+$1,250", "-$1,250"]);
  expect(dollars(Number.POSITIVE_INFINITY)).toBe("Infinity");
});
