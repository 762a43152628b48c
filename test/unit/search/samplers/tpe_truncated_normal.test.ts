// The truncated normal distribution against integrals by Simpson's rule and published values of the error function.
import { describe, expect, test } from "vitest";
import {
  complementaryErrorFunction,
  errorFunction,
  scaledComplement,
} from "../../../../lib/search/samplers/tpe/error_function.js";
import {
  logNormalBelow,
  logNormalDensity,
  logNormalMass,
  truncatedNormalQuantile,
} from "../../../../lib/search/samplers/tpe/truncated_normal.js";

/** Simpson's rule with that many pairs of intervals. */
function integral(f: (x: number) => number, low: number, high: number, pairs = 2000): number {
  const width = (high - low) / (2 * pairs);
  let sum = f(low) + f(high);
  for (let i = 1; i < 2 * pairs; i++) sum += (i % 2 === 1 ? 4 : 2) * f(low + i * width);
  return (sum * width) / 3;
}

const density = (x: number): number => Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI);

describe("error function", () => {
  // Abramowitz and Stegun, tables 7.1 and 7.2, and DLMF 7.23.
  test.each([
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
  ])("erf(%d)", (x, expected) => {
    expect(errorFunction(x)).toBeCloseTo(expected, 14);
    expect(errorFunction(-x)).toBeCloseTo(-expected, 14);
    expect(complementaryErrorFunction(x)).toBeCloseTo(1 - expected, 14);
    expect(complementaryErrorFunction(-x)).toBeCloseTo(1 + expected, 14);
  });

  test.each([
    [3, 2.209049699858544e-5],
    [5, 1.5374597944280349e-12],
    [10, 2.088487583762545e-45],
  ])("the complement at %d keeps its digits", (x, expected) => {
    expect(complementaryErrorFunction(x) / expected).toBeCloseTo(1, 12);
  });

  test("is smooth where one approximation takes over from another", () => {
    for (const x of [0.46875, 4]) {
      const step = 1e-9;
      const slope = 2 * x * scaledComplement(x) - 2 / Math.sqrt(Math.PI);
      expect(scaledComplement(x + step) - scaledComplement(x)).toBeCloseTo(step * slope, 14);
    }
  });
});

describe("mass", () => {
  test.each([
    [-1, 1],
    [-0.3, 0.1],
    [0.2, 0.9],
    [-4, -1.5],
    [2, 9],
    [-12, -10],
    [30, 30.5],
    [0.01, 0.011],
    [-1e-3, 1e-3],
    [7, 7.01],
  ])("between %d and %d is the integral of the density", (low, high) => {
    // Scaled by the density at the end next to the mean, because far out it would vanish.
    const near = Math.max(low, Math.min(high, 0));
    const expected = Math.log(integral((x) => Math.exp(0.5 * (near * near - x * x)), low, high, 20_000));
    const found = logNormalMass(low, high) + 0.5 * near * near + 0.5 * Math.log(2 * Math.PI);
    expect(Math.abs(found - expected)).toBeLessThan(2e-7);
  });

  test("parts add up, also where the way of computing changes", () => {
    for (const middle of [-8, -1.3, -0.05, 0, 0.02, 1, 6]) {
      const parts = [-10, middle - 0.06, middle, middle + 0.1, 10];
      const sum = parts.slice(1).reduce((total, high, i) => total + Math.exp(logNormalMass(parts[i]!, high)), 0);
      expect(sum).toBeCloseTo(Math.exp(logNormalMass(-10, 10)), 9);
    }
  });

  test("of everything is 1, of nothing is nothing", () => {
    expect(logNormalMass(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(0);
    expect(logNormalMass(Number.NEGATIVE_INFINITY, -2)).toBeCloseTo(logNormalBelow(-2), 12);
    expect(logNormalMass(1, 1)).toBe(Number.NEGATIVE_INFINITY);
  });

  test("below a point", () => {
    expect(logNormalBelow(0)).toBeCloseTo(Math.log(0.5), 14);
    expect(Math.exp(logNormalBelow(1.5))).toBeCloseTo(0.5 + integral(density, 0, 1.5), 12);
    // Mills' ratio: the tail at -40 is the density over 40, less one part in 1600.
    expect(logNormalBelow(-40)).toBeCloseTo(logNormalDensity(40) - Math.log(40) - 1 / 1600, 5);
  });
});

describe("quantiles", () => {
  test.each([
    [-1, 1],
    [-0.1, 5],
    [-6, 0.01],
    [3, 4],
    [-50, -49],
    [20, 21],
    [-1e6, 0.5],
    [-0.5, 1e6],
  ])("between %d and %d have their share below them", (low, high) => {
    let last = low;
    for (const share of [1e-6, 0.01, 0.2, 0.5, 0.77, 0.99, 1 - 1e-6]) {
      const x = truncatedNormalQuantile(share, low, high);
      expect(x).toBeGreaterThan(last);
      expect(x).toBeLessThan(high);
      expect(Math.exp(logNormalMass(low, x) - logNormalMass(low, high)) / share).toBeCloseTo(1, 5);
      last = x;
    }
    expect(truncatedNormalQuantile(0, low, high)).toBe(low);
    expect(truncatedNormalQuantile(1, low, high)).toBe(high);
  });

  test("of the whole distribution are the textbook's", () => {
    const quantile = (share: number) => truncatedNormalQuantile(share, -1000, 1000);
    expect(quantile(0.975)).toBeCloseTo(1.959963984540054, 9);
    expect(quantile(0.5)).toBeCloseTo(0, 9);
    expect(quantile(0.001)).toBeCloseTo(-3.090232306167813, 9);
  });
});
