// Splits are exhaustive, disjoint, of the asked sizes, and the same for the same seed.
import { describe, expect, test } from "vitest";
import { splitIndices } from "../../../lib/data/split.js";
import { ArgumentError, DataError } from "../../../lib/errors.js";

const sorted = (parts: Record<string, Int32Array>): number[] =>
  Object.values(parts)
    .flatMap((part) => [...part])
    .sort((a, b) => a - b);
const all = (rows: number): number[] => Array.from({ length: rows }, (_, i) => i);

describe("sizes", () => {
  test.each([
    [10, { train: 0.7, test: 0.3 }, [7, 3]],
    [7291, { train: 6000, validation: 1291 }, [6000, 1291]],
    [101, { train: 0.8, validation: 0.1, test: 0.1 }, [81, 10, 10]],
    [100, { a: 1 / 3, b: 1 / 3, c: 1 / 3 }, [34, 33, 33]],
    [1000, { train: 0.5, rest: 500 }, [500, 500]],
    [3, { a: 1, b: 1, c: 1 }, [1, 1, 1]],
  ])("%i rows into %o", (rows, parts, sizes) => {
    const split: Record<string, Int32Array> = splitIndices(rows, parts as unknown as Record<string, number>);
    expect(Object.values(split).map((part) => part.length)).toEqual(sizes);
    expect(sorted(split)).toEqual(all(rows));
  });

  test("every size from 10 to 200 is exhaustive and disjoint, plain and stratified", () => {
    for (let rows = 10; rows <= 200; rows++) {
      const labels = all(rows).map((row) => (row * row) % 3);
      for (const stratify of [undefined, labels]) {
        const options = stratify === undefined ? { seed: rows } : { seed: rows, stratify };
        expect(sorted(splitIndices(rows, { a: 0.62, b: 0.25, c: 0.13 }, options))).toEqual(all(rows));
      }
    }
  });
});

describe("order", () => {
  test("the same seed gives the same rows, another seed others", () => {
    const split = (seed: number) => splitIndices(200, { train: 0.5, test: 0.5 }, { seed });
    expect(split(3)).toEqual(split(3));
    expect(split(3)).not.toEqual(split(4));
  });

  test("the rows that a seed gives never change", () => {
    expect([...splitIndices(10, { train: 7, test: 3 }, { seed: 1 }).test]).toEqual([4, 8, 1]);
  });

  test("without shuffling parts follow the position", () => {
    const { train, test: rest } = splitIndices(5, { train: 3, test: 2 }, { shuffle: false });
    expect([...train, ...rest]).toEqual([0, 1, 2, 3, 4]);
  });

  test("shuffling leaves no trace of the position", () => {
    const { train } = splitIndices(10_000, { train: 0.5, test: 0.5 }, { seed: 7 });
    const mean = train.reduce((sum, row) => sum + row, 0) / train.length;
    // Deviation of the mean of 5000 of 10000 numbers: about 29.
    expect(Math.abs(mean - 4999.5)).toBeLessThan(120);
  });
});

describe("stratified", () => {
  test("each part has each class in its share, to one row", () => {
    const labels = all(1000).map((row) => (row % 10 === 0 ? 2 : row % 3 === 0 ? 1 : 0));
    const counts = [0, 1, 2].map((label) => labels.filter((found) => found === label).length);
    const parts = splitIndices(1000, { train: 0.6, validation: 0.25, test: 0.15 }, { seed: 5, stratify: labels });
    for (const part of Object.values(parts))
      for (const [label, count] of counts.entries()) {
        const found = [...part].filter((row) => labels[row] === label).length;
        expect(Math.abs(found - (count * part.length) / 1000)).toBeLessThan(1.01);
      }
  });

  test("a class with fewer rows than parts still goes somewhere", () => {
    const parts = splitIndices(10, { a: 5, b: 5 }, { stratify: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1] });
    expect(sorted(parts)).toEqual(all(10));
  });
});

describe("errors name the part and the remedy", () => {
  test.each([
    [{ train: 0.8 }, DataError, /add up to 80 rows, there are 100; name a part for the rest \(20 rows\)/],
    [{ train: 0.8, test: 30 }, DataError, /add up to 110 rows, there are 100; take 10 away/],
    [{ train: 99.5, test: 0.005 }, ArgumentError, /part "train" must be a fraction between 0 and 1 or a whole number/],
    [{ train: -1, test: 101 }, ArgumentError, /part "train"/],
    [{ train: Number.NaN, test: 100 }, ArgumentError, /found NaN/],
    [{ train: 100, test: 0.001 }, DataError, /part "test" would be empty/],
    [{}, ArgumentError, /name at least one part/],
  ])("%o", (parts, kind, message) => {
    const split = () => splitIndices(100, parts as Record<string, number>);
    expect(split).toThrow(kind);
    expect(split).toThrow(message);
  });

  test("a wrong seed, and labels that do not fit", () => {
    expect(() => splitIndices(10, { a: 10 }, { seed: 1.5 })).toThrow(/seed must be a whole number/);
    expect(() => splitIndices(10, { a: 10 }, { seed: -1 })).toThrow(ArgumentError);
    expect(() => splitIndices(10, { a: 10 }, { stratify: [1, 2] })).toThrow(/2 labels for 10 rows/);
  });
});
