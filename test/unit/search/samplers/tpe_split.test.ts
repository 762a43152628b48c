// Good trials and others: by value, by how far pruned trials came, by dominance and hypervolume.
import { describe, expect, test } from "vitest";
import { RandomStream } from "../../../../lib/data/random.js";
import type { Direction } from "../../../../lib/search/record.js";
import { hypervolume, volumeSubset } from "../../../../lib/search/samplers/tpe/hypervolume.js";
import { defaultGoodCount, informativeTrials, splitTrials } from "../../../../lib/search/samplers/tpe/split.js";
import { PretendStudy } from "../pretend_study.js";

function completed(directions: readonly Direction[], values: readonly (readonly number[])[]): PretendStudy {
  const study = new PretendStudy(directions);
  for (const row of values) study.add({ state: "complete", values: row });
  return study;
}

function better(study: PretendStudy, count: number): number[] {
  const { directions } = study.record;
  const split = splitTrials(directions, informativeTrials(study.record), count);
  const all = [...split.better, ...split.worse].map(({ number }) => number).sort((a, b) => a - b);
  expect(all).toEqual(informativeTrials(study.record).map(({ number }) => number));
  return split.better.map(({ number }) => number);
}

test("a tenth of the trials is good, rounded up, at most 25 with one objective", () => {
  const counts = [1, 10, 11, 99, 250, 251, 1000];
  expect(counts.map((count) => defaultGoodCount(1, count))).toEqual([1, 1, 2, 10, 25, 25, 25]);
  expect(counts.map((count) => defaultGoodCount(2, count))).toEqual([1, 1, 2, 10, 25, 26, 100]);
});

describe("one objective", () => {
  const values = [[3], [1], [2], [1], [0]];
  test("the best values in either direction, the earlier of equals, in the order of time", () => {
    expect(better(completed(["minimize"], values), 2)).toEqual([1, 4]);
    expect(better(completed(["minimize"], values), 3)).toEqual([1, 3, 4]);
    expect(better(completed(["maximize"], values), 2)).toEqual([0, 2]);
    expect(better(completed(["maximize"], values), 0)).toEqual([]);
    expect(better(completed(["maximize"], values), 9)).toEqual([0, 1, 2, 3, 4]);
  });

  test("infinite values are where they belong, NaN is the worst", () => {
    const odd = [[Number.NaN], [Number.POSITIVE_INFINITY], [5], [Number.NEGATIVE_INFINITY]];
    expect(better(completed(["minimize"], odd), 2)).toEqual([2, 3]);
    expect(better(completed(["maximize"], odd), 2)).toEqual([1, 2]);
    expect(better(completed(["maximize"], odd), 3)).toEqual([1, 2, 3]);
  });

  test("pruned trials come after complete ones: later steps first, then the value, without reports last", () => {
    const study = new PretendStudy(["maximize"]);
    const pruned = (...reports: [number, number][]) =>
      study.add({ state: "pruned", reports: new Map(reports), values: [reports.at(-1)?.[1] ?? 0] });
    pruned();
    pruned([1, 0.9]);
    pruned([1, 0.2], [5, 0.3]);
    pruned([5, 0.4], [1, 0.1]);
    pruned([5, Number.NaN]);
    study.add({ state: "complete", values: [-100] });
    study.add({ state: "failed" });
    study.add({});
    const order = [5, 3, 2, 4, 1, 0];
    for (let count = 1; count <= order.length; count++)
      expect(better(study, count)).toEqual(order.slice(0, count).sort((a, b) => a - b));
  });
});

describe("several objectives", () => {
  test("whole fronts first", () => {
    // Fronts, as accuracy against seconds: {0, 1}, {2, 3}, {4}.
    const values = [
      [0.9, 10],
      [0.8, 5],
      [0.85, 11],
      [0.7, 6],
      [0.6, 20],
    ];
    const study = completed(["maximize", "minimize"], values);
    expect(better(study, 2)).toEqual([0, 1]);
    expect(better(study, 4)).toEqual([0, 1, 2, 3]);
  });

  test("of a front that is too large, those that dominate most", () => {
    // One after the other: the middle has the largest box, then the ends add more than its neighbours.
    const front = [
      [0, 10],
      [4.5, 5.5],
      [5, 5],
      [5.5, 4.5],
      [10, 0],
    ];
    const study = completed(["minimize", "minimize"], front);
    expect(better(study, 1)).toEqual([2]);
    expect(better(study, 3)).toHaveLength(3);
    expect(better(study, 3)).toContain(2);
  });

  test("pruned trials and equal or infinite ones do not disturb", () => {
    const inf = Number.POSITIVE_INFINITY;
    const study = completed(
      ["minimize", "minimize"],
      [
        [1, 1],
        [1, 1],
        [inf, 0],
        [0, inf],
        [inf, inf],
      ],
    );
    study.add({ state: "pruned", values: [0], reports: new Map([[1, 0]]) });
    expect(better(study, 5)).toEqual([0, 1, 2, 3, 4]);
    expect(better(study, 4)).toEqual([0, 1, 2, 3]);
    expect(better(study, 2)).toHaveLength(2);
  });
});

describe("hypervolume", () => {
  test("of two and three coordinates by hand", () => {
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
        ],
        [3, 3],
      ),
    ).toBe(3);
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
          [2, 2],
          [4, 0],
        ],
        [3, 3],
      ),
    ).toBe(3);
    expect(hypervolume([[0, 0, 0]], [1, 2, 3])).toBe(6);
    expect(
      hypervolume(
        [
          [0, 0, 1],
          [1, 1, 0],
        ],
        [2, 2, 2],
      ),
    ).toBe(4 + 2 - 1);
  });

  test("of three and four coordinates is the share of random points that are dominated", () => {
    const random = new RandomStream(5, "hypervolume");
    for (const dimensions of [3, 4]) {
      const points = Array.from({ length: 8 }, () => Array.from({ length: dimensions }, () => random.uniform()));
      const reference = points[0]!.map(() => 1);
      const count = 20_000;
      let dominated = 0;
      for (let i = 0; i < count; i++) {
        const drawn = reference.map(() => random.uniform());
        if (points.some((point) => point.every((value, axis) => value <= drawn[axis]!))) dominated++;
      }
      expect(hypervolume(points, reference)).toBeCloseTo(dominated / count, 1);
      expect(Math.abs(hypervolume(points, reference) - dominated / count)).toBeLessThan(0.015);
    }
  });

  test("the greedy subset has the largest gain at each step", () => {
    const random = new RandomStream(6, "subset");
    const points = Array.from({ length: 12 }, () => [random.uniform(), random.uniform(), random.uniform()]);
    const reference = [1.1, 1.1, 1.1];
    const chosen = volumeSubset(points, reference, 5);
    expect(new Set(chosen).size).toBe(5);
    for (let i = 0; i < 5; i++) {
      const before = chosen.slice(0, i).map((at) => points[at]!);
      const gains = points.map((point) => hypervolume([...before, point], reference));
      expect(gains[chosen[i]!]).toBeCloseTo(Math.max(...gains), 12);
    }
  });
});

test.each([1e300, Number.NEGATIVE_INFINITY])(
  "points whose volume is no number (%d) are chosen all the same",
  (value) => {
    const points = Array.from({ length: 8 }, (_, i) => [i === 0 ? value : value * (i / 8), value * (1 - i / 8)]);
    const chosen = volumeSubset(points, [2e300, 2e300], 5);
    expect(new Set(chosen).size).toBe(5);
    expect(chosen.every((i) => i in points)).toBe(true);
  },
);
