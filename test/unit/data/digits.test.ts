// Drawn digits: the same for ever, of the right form, and beyond what a linear model can do.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { digits } from "../../../lib/data/digits.js";
import type { Dataset } from "../../../lib/runtime/dataset.js";
import { ArgumentError } from "../../../lib/errors.js";

const SMALL = { train: 50, validation: 1, test: 1 };

test("images and labels of a seed never change, on any platform", () => {
  const { train } = digits({ seed: 1, ...SMALL });
  const bytes = train.input.map((value) => Math.round(value * 255));
  const hash = createHash("sha256")
    .update(new Uint8Array(bytes))
    .update(new Uint8Array(train.target ?? []));
  expect(hash.digest("hex")).toBe("45af6141c2e609890f466607274ed67d9a5c9d39c22f5f7e4e54c7bc868a0419");
});

test("form and range are those of USPS", () => {
  const { train, validation, test: rest } = digits({ train: 300, validation: 20, test: 30 });
  expect([train.rows, validation.rows, rest.rows]).toEqual([300, 20, 30]);
  expect(train.inputShape).toEqual([1, 16, 16]);
  expect(train.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  expect(new Set(train.target).size).toBe(10);
  const steps = [...train.input].map((value) => value * 255);
  expect(Math.min(...steps.slice(0, 10_000))).toBe(0);
  expect(steps.every((value) => value >= 0 && value < 255.01 && Math.abs(value - Math.round(value)) < 1e-4)).toBe(true);
});

test("an image does not depend on the sizes, but on seed and part", () => {
  const a = digits({ seed: 5, ...SMALL });
  const b = digits({ seed: 5, train: 10, validation: 3, test: 7 });
  expect(b.train.input).toEqual(a.train.input.slice(0, 10 * 256));
  expect(b.test.input.slice(0, 256)).toEqual(a.test.input);
  expect(b.validation.input.slice(0, 256)).not.toEqual(b.test.input.slice(0, 256));
  expect(digits({ seed: 6, ...SMALL }).train.input).not.toEqual(a.train.input);
});

test("every image has ink, no two are alike", () => {
  const { train } = digits({ train: 500, validation: 1, test: 1 });
  const seen = new Set<string>();
  for (let row = 0; row < train.rows; row++) {
    const image = train.input.subarray(row * 256, (row + 1) * 256);
    const ink = image.reduce((sum, value) => sum + value, 0);
    expect(ink).toBeGreaterThan(6);
    expect(ink).toBeLessThan(150);
    seen.add(image.join());
  }
  expect(seen.size).toBe(500);
});

/** Share of `rows` that softmax regression, trained here by plain gradient descent, gets right. */
function linearAccuracy(train: Dataset, rows: Dataset): number {
  const weights = new Float64Array(257 * 10);
  const scores = new Float64Array(10);
  const score = (data: Dataset, row: number): void => {
    for (let c = 0; c < 10; c++) {
      let sum = weights[2560 + c] as number;
      for (let i = 0; i < 256; i++) sum += (data.input[row * 256 + i] as number) * (weights[i * 10 + c] as number);
      scores[c] = sum;
    }
  };
  for (let epoch = 0; epoch < 12; epoch++)
    for (let row = 0; row < train.rows; row++) {
      score(train, row);
      const top = Math.max(...scores);
      const total = scores.reduce((sum, value) => sum + Math.exp(value - top), 0);
      for (let c = 0; c < 10; c++) {
        const step = 0.02 * (Math.exp((scores[c] as number) - top) / total - (train.target?.[row] === c ? 1 : 0));
        for (let i = 0; i < 256; i++) weights[i * 10 + c]! -= step * (train.input[row * 256 + i] as number);
        weights[2560 + c]! -= step;
      }
    }
  let right = 0;
  for (let row = 0; row < rows.rows; row++) {
    score(rows, row);
    if (scores.indexOf(Math.max(...scores)) === rows.target?.[row]) right++;
  }
  return right / rows.rows;
}

test("a linear model learns them in part only", () => {
  const { train, test: rest } = digits({ seed: 1, train: 3000, validation: 1, test: 1000 });
  const accuracy = linearAccuracy(train, rest);
  expect(accuracy).toBeGreaterThan(0.75);
  expect(accuracy).toBeLessThan(0.9);
});

describe("errors", () => {
  test("sizes and seeds that are none", () => {
    expect(() => digits({ train: 0 })).toThrow(/digits: train must be a positive whole number of images, found 0/);
    expect(() => digits({ test: 0.5 })).toThrow(ArgumentError);
    expect(() => digits({ seed: -1 })).toThrow(/seed must be a whole number/);
  });
});
