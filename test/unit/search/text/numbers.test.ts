// Numbers, durations and names read well at every size.
import { expect, test } from "vitest";
import {
  countText,
  durationText,
  numberText,
  parameterText,
  percentText,
  shorten,
} from "../../../../lib/search/text/numbers.js";

test.each([
  [0, "0"],
  [-0.30000000000000004, "-0.3"],
  [0.969017777, "0.969"],
  [0.00012346, "0.0001235"],
  [0.000012345, "1.234e-5"],
  [1e-7, "1e-7"],
  [12.3456, "12.35"],
  [1234.56, "1235"],
  [123_456, "123456"],
  [1_500_000, "1.5e6"],
  [2e30, "2e30"],
  [Number.NaN, "NaN"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
])("%d reads %s", (value, text) => expect(numberText(value)).toBe(text));

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [999.6, "1 s"],
  [3440, "3.4 s"],
  [59_940, "59.9 s"],
  [59_960, "1 min"],
  [320_000, "5 min 20 s"],
  [3_599_600, "1 h"],
  [11_100_000, "3 h 5 min"],
  [187_200_000, "2 d 4 h"],
  [Number.NaN, "unknown"],
])("%d ms read %s", (milliseconds, text) => expect(durationText(milliseconds)).toBe(text));

test("shares, counts, parameters", () => {
  expect([0, 0.004, 0.0996, 0.43, 1].map(percentText)).toEqual(["0 %", "0.4 %", "10 %", "43 %", "100 %"]);
  expect([countText(1, "trial"), countText(0, "trial")]).toEqual(["1 trial", "0 trials"]);
  expect([parameterText(undefined), parameterText(null), parameterText(true), parameterText(0.1 + 0.2)]).toEqual([
    "",
    "null",
    "true",
    "0.3",
  ]);
});

test("long names keep both ends and whole characters", () => {
  expect(shorten("learningRate", 12)).toBe("learningRate");
  expect(shorten("a rather long name 12", 11)).toBe("a rat…me 12");
  expect(shorten("🙂🙂🙂🙂🙂🙂", 5)).toBe("🙂🙂…🙂🙂");
  expect(shorten("abcdef", 2)).toBe("ab");
});
