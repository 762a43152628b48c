// The rank test of the comparison of samplers, and its quantiles, against values worked out by hand.
import { expect, test } from "vitest";
import { mannWhitney, quantile } from "../../../bench/search/rank_test.js";

test("numbers that are all smaller", () => {
  // U = 0 of 25 pairs: z = (12.5 - 0.5) / sqrt(25 x 11 / 12).
  expect(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(0.012185780355344808, 12);
  expect(mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(0.012185780355344808, 12);
});

test("ties share their ranks and lessen the variance", () => {
  // Ranks 1, 2.5, 2.5, 4: U = 0.5 of 4 pairs, variance 4 / 12 x (5 - 6 / 12).
  expect(mannWhitney([1, 2], [2, 3])).toBeCloseTo(0.41421617824252505, 12);
  expect(mannWhitney([1, 1], [1, 1])).toBe(1);
});

test("quantiles lie between neighbours", () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  expect(quantile([7], 0.75)).toBe(7);
});
