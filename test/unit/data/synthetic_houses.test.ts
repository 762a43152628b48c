// Made-up houses: the stated mean and sigma are the ones the prices were drawn from.
import { expect, test } from "vitest";
import { syntheticHouses } from "../../../lib/data/synthetic_houses.js";

test("rows of a seed never change, on any platform", () => {
  const { train, truth } = syntheticHouses({ seed: 1, train: 3, validation: 1, test: 1 });
  expect([...train.input]).toEqual([9, 1983, 937, 1372, 4, 1917, 1088, 1624, 8, 1975, 659, 779]);
  expect([...(train.target ?? [])]).toEqual([289783.75, 160501.03125, 196785.40625]);
  expect([...truth.train.sigma]).toEqual([15282, 26694, 12924]);
});

test("features have the names and very different scales of the real ones", () => {
  const { train, validation, test: rest, truth } = syntheticHouses();
  expect([train.rows, validation.rows, rest.rows]).toEqual([1000, 200, 260]);
  expect([truth.train.mean.length, truth.validation.sigma.length, truth.test.sigma.length]).toEqual([1000, 200, 260]);
  expect(train.featureNames).toEqual(["OverallQual", "YearBuilt", "TotalBsmtSF", "GrLivArea"]);
  const ranges = [0, 1, 2, 3].map((column) => {
    const values = train.input.filter((_, i) => i % 4 === column);
    return [Math.min(...values), Math.max(...values)] as const;
  });
  expect(ranges[0]?.[0]).toBeGreaterThanOrEqual(1);
  expect(ranges[0]?.[1]).toBeLessThanOrEqual(10);
  expect(ranges[1]?.[0]).toBeGreaterThanOrEqual(1880);
  expect(ranges[1]?.[1]).toBeLessThanOrEqual(2010);
  expect(ranges[2]?.[0]).toBe(0);
  expect(ranges[3]?.[1]).toBeGreaterThan(2500);
});

test("the formulas of the documentation hold, and prices spread as sigma says, for small and for large sigmas", () => {
  const { train, truth } = syntheticHouses({ seed: 3, train: 20_000 });
  const scores = Array.from(train.target ?? [], (price, row) => {
    const [quality, year, basement, living] = [...train.input.subarray(4 * row, 4 * row + 4)] as [
      number,
      number,
      number,
      number,
    ];
    const mean = 50_000 + living * (25 + 1.1 * quality ** 2) + 30 * basement + 5 * (year - 1880) ** 2;
    const sigma = 3000 + 6 * living + 150 * (2010 - year);
    expect(truth.train.mean[row]).toBeCloseTo(mean, 6);
    expect(truth.train.sigma[row]).toBe(sigma);
    return { sigma, score: Math.abs(price - mean) / sigma };
  }).sort((a, b) => a.sigma - b.sigma);
  expect(scores.at(-100)!.sigma / scores[100]!.sigma).toBeGreaterThan(2.5);
  for (const part of [scores.slice(0, 10_000), scores.slice(10_000)]) {
    const within = (limit: number) => part.filter(({ score }) => score < limit).length / part.length;
    expect(Math.abs(within(1) - 0.6827)).toBeLessThan(0.015);
    expect(Math.abs(within(2) - 0.9545)).toBeLessThan(0.007);
  }
});

test("sizes that are none", () => {
  expect(() => syntheticHouses({ train: -3 })).toThrow(/train must be a positive whole number of houses, found -3/);
});
