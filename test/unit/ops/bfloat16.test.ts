// Rounding to bfloat16: to nearest, ties to even, in the reference and in the native core alike.
import { expect, it } from "vitest";
import { toBfloat16 } from "../../../lib/ops/bfloat16.js";

it.each([
  [0, 0],
  [-0, -0],
  [1, 1],
  [257, 256],
  [259, 260],
  [257.01, 258],
  [-257.01, -258],
  [0.1, 0.10009765625],
  [3.4028234663852886e38, Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  [Number.NaN, Number.NaN],
  [2 ** -149, 0],
  [1.5 * 2 ** -133, 2 ** -132],
])("of %d is %d", (value, expected) => {
  expect(toBfloat16(value)).toBe(expected);
});
