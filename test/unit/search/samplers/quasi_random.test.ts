// Quasi-random points are those of Sobol, and fill the cube more evenly than random ones.
import { expect, test } from "vitest";
import { ArgumentError } from "../../../../lib/errors.js";
import { RandomStream } from "../../../../lib/data/random.js";
import { quasiRandom, random } from "../../../../lib/search/samplers/index.js";
import { SOBOL_DIMENSIONS, scrambledSobol, sobol } from "../../../../lib/search/samplers/sobol.js";
import { PretendStudy, type PretendTrial } from "../pretend_study.js";

type Point = readonly number[];

function pointsOf(count: number, dimensions: number, coordinate: (i: number, dimension: number) => number): Point[] {
  return Array.from({ length: count }, (_, i) => Array.from({ length: dimensions }, (_, d) => coordinate(i, d)));
}

/** Centered L2 discrepancy (F. J. Hickernell, "A generalized discrepancy and quadrature error bound", 1998). */
function discrepancy(points: readonly Point[]): number {
  const n = points.length;
  const away = (x: number): number => Math.abs(x - 0.5);
  const product = (factors: readonly number[]): number => factors.reduce((value, factor) => value * factor, 1);
  const single = points.map((x) => product(x.map((a) => 1 + away(a) / 2 - away(a) ** 2 / 2)));
  const pairs = points.flatMap((x) =>
    points.map((y) => product(x.map((a, d) => 1 + away(a) / 2 + away(y[d]!) / 2 - Math.abs(a - y[d]!) / 2))),
  );
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  return (13 / 12) ** points[0]!.length - (2 / n) * sum(single) + sum(pairs) / n ** 2;
}

test("the first points are the published ones", () => {
  // As the program by Joe and Kuo prints them; the last two from scipy.stats.qmc.Sobol, dimensions 1, 2, 6, 40 and 64.
  expect(pointsOf(8, 5, sobol)).toEqual([
    [0, 0, 0, 0, 0],
    [0.5, 0.5, 0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25, 0.25, 0.75],
    [0.25, 0.75, 0.75, 0.75, 0.25],
    [0.375, 0.375, 0.625, 0.875, 0.375],
    [0.875, 0.875, 0.125, 0.375, 0.875],
    [0.625, 0.125, 0.875, 0.625, 0.625],
    [0.125, 0.625, 0.375, 0.125, 0.125],
  ]);
  expect([0, 1, 5, 39, 63].map((dimension) => sobol(1000, dimension))).toEqual([
    0.2197265625, 0.0966796875, 0.9072265625, 0.4794921875, 0.4462890625,
  ]);
  expect([0, 2, 20, 50, 63].map((dimension) => sobol(517, dimension))).toEqual([
    0.8779296875, 0.8291015625, 0.8291015625, 0.2490234375, 0.1669921875,
  ]);
});

test.each([
  ["plain", sobol],
  ["scrambled", (i: number, dimension: number) => scrambledSobol(i, dimension, 3)],
])("%s: every dimension has one point in each of 64 intervals", (_, coordinate) => {
  for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
    const cells = Array.from({ length: 64 }, (_, i) => Math.floor(64 * coordinate(i, dimension)));
    expect(new Set(cells).size).toBe(64);
  }
});

test("scrambled points stay a net: the first two dimensions have one point in each of 8 by 8 cells", () => {
  for (const seed of [1, 2, 3]) {
    const cells = pointsOf(64, 2, (i, d) => Math.floor(8 * scrambledSobol(i, d, seed))).map(String);
    expect(new Set(cells).size).toBe(64);
  }
});

test("scrambling is uniform: a point's coordinate over all seeds is", () => {
  const cells = new Array<number>(8).fill(0);
  for (let seed = 0; seed < 400; seed++) cells[Math.floor(8 * scrambledSobol(5, 3, seed))]!++;
  // Chi-square with seven degrees of freedom, at a level of 1 %.
  expect(cells.reduce((sum, count) => sum + (count - 50) ** 2 / 50, 0)).toBeLessThan(18.48);
});

test.each([2, 6, 12])("in %i dimensions, 64 points are more even than random ones for every seed", (dimensions) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const stream = new RandomStream(seed, "points");
    const even = discrepancy(pointsOf(64, dimensions, (i, d) => scrambledSobol(i, d, seed)));
    expect(even).toBeLessThan(0.6 * discrepancy(pointsOf(64, dimensions, () => stream.uniform())));
  }
});

const cube = (trial: PretendTrial): number => trial.float("b", 0, 1) + trial.float("a", 0, 1);

test("trial n has point n, dimensions in the order in which parameters are asked for", () => {
  const study = new PretendStudy().run(quasiRandom({ scramble: false }), cube, 8);
  expect(study.record.trials.map(({ parameters: { a, b } }) => [b, a])).toEqual(pointsOf(8, 2, sobol));
});

test("workers share one sequence, from their first trials on", () => {
  const study = new PretendStudy();
  const trials = Array.from({ length: 8 }, () => study.ask(quasiRandom({ seed: 4 })));
  for (const trial of trials) cube(trial);
  const found = study.record.trials.map(({ parameters: { a, b } }) => [b, a]);
  expect(found).toEqual(pointsOf(8, 2, (i, d) => scrambledSobol(i, d, 4)));
});

test("parameters that the first trial did not have, and those beyond the dimensions, are random", () => {
  const many = (trial: PretendTrial): number => {
    if (trial.number > 0) trial.float("later", 0, 1);
    for (let i = 0; i <= SOBOL_DIMENSIONS; i++) trial.float(`x${i}`, 0, 1);
    return 1;
  };
  const [quasi, plain] = [quasiRandom({ seed: 4 }), random({ seed: 4 })].map(
    (sampler) => new PretendStudy().run(sampler, many, 2).record.trials[1]!.parameters,
  );
  const alike = Object.keys(quasi!).filter((name) => quasi![name] === plain![name]);
  expect(alike).toEqual(["later", `x${SOBOL_DIMENSIONS}`]);
});

test.each([{ seed: -1 }, { scramble: 1 }, { scrambled: true }])("refuses %o", (options) => {
  expect(() => quasiRandom(options as object)).toThrow(ArgumentError);
});
