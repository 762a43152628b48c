// The operations that limits of the benchmarks are computed from.
import { conv2d, dense, flatten, relu, sequential } from "netwright";
import { expect, test } from "vitest";
import { countOperations } from "../../../bench/operations.js";
import { median, ratioOf } from "../../../bench/statistics.js";

test("products with a border's zeros do not count, nor does the gradient of the model's input", () => {
  const model = sequential([1, 4, 4], [conv2d(2, { kernel: 3, padding: "same" }), relu(), flatten(), dense(5)]);
  // Along an axis of 4 pixels the three kernel positions meet 3 + 4 + 3 of them.
  const convolution = 2 * 2 * 10 * 10;
  const product = 2 * 32 * 5;
  expect(countOperations(model)).toEqual({
    predict: convolution + product,
    train: 2 * convolution + 3 * product,
  });
});

test("a stride and groups leave operations out", () => {
  const model = sequential([4, 8, 8], [conv2d(4, { kernel: 2, stride: 2, groups: 2 })]);
  expect(countOperations(model).predict).toBe(2 * 4 * 2 * (4 * 2) * (4 * 2));
});

test("ratios are taken round by round", () => {
  expect(ratioOf([1, 2, 1], [2, 8, 3])).toEqual({ median: 3, least: 2, most: 4 });
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
