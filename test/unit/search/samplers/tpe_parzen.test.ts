// Parzen estimators: densities that add up to 1, samples that follow them, bandwidths and weights as Optuna documents them.
import { describe, expect, test } from "vitest";
import { RandomStream } from "../../../../lib/data/random.js";
import {
  categoricalDistribution,
  type Distribution,
  floatDistribution,
  intDistribution,
} from "../../../../lib/search/distribution.js";
import { neighbourBandwidths, scottBandwidth } from "../../../../lib/search/samplers/tpe/bandwidth.js";
import { ParzenEstimator, rampedWeights } from "../../../../lib/search/samplers/tpe/parzen.js";

const settings = { bandwidth: "scott", priorWeight: 1, magicClip: true, endpoints: false } as const;
const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

describe("densities", () => {
  test.each([
    ["plain", floatDistribution("x", -2, 6), [-2, -1.9, 3, 6]],
    ["far from zero", floatDistribution("x", 1e9, 1e9 + 1), [1e9 + 0.25]],
    ["without observations", floatDistribution("x", 0, 1), []],
  ])("of a real parameter integrate to 1: %s", (_, distribution, observations) => {
    for (const bandwidth of ["scott", "neighbours"] as const) {
      const points = observations.map((value) => [value]);
      const estimator = new ParzenEstimator([distribution], points, ones(points.length), { ...settings, bandwidth });
      const { low, high } = distribution;
      const steps = 4000;
      let sum = 0;
      for (let i = 0; i < steps; i++)
        sum += Math.exp(estimator.logDensity([low + ((i + 0.5) / steps) * (high - low)])) / steps;
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  test("of a logarithmic parameter integrate to 1 over the logarithm", () => {
    const estimator = new ParzenEstimator(
      [floatDistribution("x", 1e-5, 1, { log: true })],
      [[1e-4], [0.3]],
      [1, 3],
      settings,
    );
    const steps = 4000;
    let sum = 0;
    for (let i = 0; i < steps; i++)
      sum += Math.exp(estimator.logDensity([10 ** (-5 + (5 * (i + 0.5)) / steps)])) / steps;
    expect(sum).toBeCloseTo(1, 5);
  });

  test.each<[string, Distribution, number[], number[]]>([
    ["steps", floatDistribution("x", 0, 1, { step: 0.25 }), [0, 0.25, 0.5, 0.75, 1], [0, 0.25, 0.25]],
    ["whole numbers", intDistribution("x", 3, 9), [3, 4, 5, 6, 7, 8, 9], [9, 4]],
    ["every third", intDistribution("x", 1, 10, { step: 3 }), [1, 4, 7, 10], [7]],
    ["whole, logarithmic", intDistribution("x", 1, 8, { log: true }), [1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 8]],
    ["choices", categoricalDistribution("x", ["a", "b", "c"]), [0, 1, 2], [2, 2, 0]],
    ["choices without observations", categoricalDistribution("x", ["a", "b"]), [0, 1], []],
  ])("probabilities add up to 1: %s", (_, distribution, values, observations) => {
    const points = observations.map((value) => [value]);
    const estimator = new ParzenEstimator([distribution], points, ones(points.length), settings);
    expect(values.reduce((sum, value) => sum + Math.exp(estimator.logDensity([value])), 0)).toBeCloseTo(1, 7);
  });

  test("of several parameters integrate to 1 and know what goes with what", () => {
    const space = [floatDistribution("x", 0, 1), categoricalDistribution("c", ["low", "high"])];
    const points = [
      [0.1, 0],
      [0.15, 0],
      [0.9, 1],
      [0.85, 1],
    ];
    const estimator = new ParzenEstimator(space, points, ones(4), settings);
    let sum = 0;
    for (let i = 0; i < 1000; i++)
      for (const choice of [0, 1]) sum += Math.exp(estimator.logDensity([(i + 0.5) / 1000, choice])) / 1000;
    expect(sum).toBeCloseTo(1, 5);
    expect(estimator.logDensity([0.1, 0])).toBeGreaterThan(estimator.logDensity([0.1, 1]) + 1);
    expect(estimator.logDensity([0.9, 1])).toBeGreaterThan(estimator.logDensity([0.9, 0]) + 1);
  });

  test("are those of Optuna for all kinds of parameters together", () => {
    const space = [
      floatDistribution("x", -2, 6),
      floatDistribution("rate", 1e-4, 1, { log: true }),
      intDistribution("n", 1, 9, { step: 2 }),
      categoricalDistribution("c", ["a", "b", "c"]),
      floatDistribution("s", 0, 1, { step: 0.25 }),
      intDistribution("width", 1, 20, { log: true }),
    ];
    const points = [
      [-1.5, 1e-3, 1, 0, 0, 1],
      [0, 1e-3, 3, 2, 0.25, 7],
      [5.5, 0.5, 3, 2, 1, 2],
      [0.2, 2e-2, 9, 1, 0.5, 20],
    ];
    const estimator = new ParzenEstimator(space, points, ones(4), settings);
    // The mixture of Optuna 5 with the same centres and bandwidths, by share of the ranges of x and log(rate).
    const expected: [number[], number][] = [
      [[-2, 1e-4, 1, 0, 0, 1], -2.1772570989613724],
      [[0.1, 2e-3, 5, 1, 0.5, 3], -6.776274270908712],
      [[3, 0.5, 3, 2, 0.75, 20], -10.201711304116873],
      [[6, 1, 9, 2, 1, 11], -9.830507099405857],
    ];
    for (const [point, logDensity] of expected) expect(estimator.logDensity(point)).toBeCloseTo(logDensity, 6);
  });

  test("of one choice: its count with the prior spread over all, and the prior's own kernel", () => {
    const estimator = new ParzenEstimator([categoricalDistribution("c", ["a", "b"])], [[0]], [1], settings);
    // Two kernels of weight 1/2: (1.5, 0.5) / 2 and (1/2, 1/2).
    expect(Math.exp(estimator.logDensity([0]))).toBeCloseTo(0.5 * 0.75 + 0.5 * 0.5, 12);
  });
});

describe("samples", () => {
  test("follow the density", () => {
    const space = [
      floatDistribution("x", 0, 1),
      intDistribution("n", 1, 4),
      categoricalDistribution("c", ["a", "b", "c"]),
    ];
    const points = [
      [0.2, 1, 0],
      [0.9, 4, 2],
    ];
    const estimator = new ParzenEstimator(space, points, [1, 2], settings);
    const random = new RandomStream(3, "samples");
    const count = 4000;
    const samples = Array.from({ length: count }, () => estimator.sample(random));
    for (const [i, distribution] of space.entries()) {
      const values = samples.map((sample) => sample[i]!);
      const bins = distribution.kind === "float" ? 8 : distribution.kind === "int" ? 4 : 3;
      const expected = new Float64Array(bins);
      const found = new Float64Array(bins);
      const bin = (value: number): number =>
        distribution.kind === "float"
          ? Math.min(7, Math.floor(value * 8))
          : value - (distribution.kind === "int" ? 1 : 0);
      for (const value of values) found[bin(value)]! += 1 / count;
      // The other parameters are summed over, on a grid.
      for (let x = 0; x < 80; x++)
        for (let n = 1; n <= 4; n++)
          for (let c = 0; c < 3; c++) {
            const point = [(x + 0.5) / 80, n, c];
            expected[bin(point[i]!)]! += Math.exp(estimator.logDensity(point)) / 80;
          }
      // Four deviations of a share of one half.
      for (let b = 0; b < bins; b++) expect(Math.abs(found[b]! - expected[b]!)).toBeLessThan(2 / Math.sqrt(count));
    }
  });
});

describe("weights", () => {
  test("are equal below 25 trials and a ramp for the oldest above", () => {
    expect(rampedWeights(0)).toEqual([]);
    expect(rampedWeights(24)).toEqual(ones(24));
    expect(rampedWeights(25)).toEqual(ones(25));
    expect(rampedWeights(26)).toEqual([1 / 26, ...ones(25)]);
    const weights = rampedWeights(30);
    const ramp = [1 / 30, 0.275, 31 / 60, 0.7583333, 1];
    for (const [i, weight] of ramp.entries()) expect(weights[i]).toBeCloseTo(weight, 6);
    expect(weights.slice(5)).toEqual(ones(25));
  });
});

describe("bandwidths", () => {
  test("by neighbours: the larger gap, the outermost without the bounds", () => {
    const centres = Float64Array.of(0.1, 0.9, 0.4, 0.5);
    expect([...neighbourBandwidths(centres, { magicClip: false, endpoints: false })]).toEqual([
      expect.closeTo(0.3, 12),
      expect.closeTo(0.4, 12),
      expect.closeTo(0.3, 12),
      expect.closeTo(0.4, 12),
    ]);
    expect(neighbourBandwidths(Float64Array.of(0.25, 0.5), { magicClip: false, endpoints: true })).toEqual(
      Float64Array.of(0.25, 0.5),
    );
  });

  test("of a single observation reach to the bounds", () => {
    expect([...neighbourBandwidths(Float64Array.of(0.2), { magicClip: false, endpoints: false })]).toEqual([0.8]);
  });

  test("clipped to the range over two more than the observations, at most 100", () => {
    const equal = new Float64Array(8).fill(0.3);
    expect(neighbourBandwidths(equal, { magicClip: true, endpoints: false })[4]).toBeCloseTo(0.1, 12);
    expect(neighbourBandwidths(equal, { magicClip: false, endpoints: false })[4]).toBeGreaterThan(0);
    expect(neighbourBandwidths(new Float64Array(500).fill(0.3), { magicClip: true, endpoints: false })[4]).toBe(0.01);
  });

  test("by Scott's rule: a fifth for one observation, less for more, clipped too", () => {
    // One observation in two dimensions: a fifth, but the clip leaves no less than a third.
    expect(scottBandwidth(1, { dimensions: 2, magicClip: false })).toBe(0.2);
    expect(scottBandwidth(1, { dimensions: 2, magicClip: true })).toBeCloseTo(1 / 3, 12);
    expect(scottBandwidth(64, { dimensions: 2, magicClip: true })).toBeCloseTo(0.1, 12);
  });
});
