// Sparklines and bars.
import { expect, test } from "vitest";
import { bar, sparkline } from "../../../../lib/search/text/sparkline.js";

test("from the lowest to the highest, NaN as a gap", () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 20)).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([5, Number.NaN, 10, Number.POSITIVE_INFINITY], 20)).toBe("▁ █ ");
});

test("more values than characters are averaged, all of them counted", () => {
  expect(sparkline([0, 0, 7, 7, 14, 14], 3)).toBe("▁▅█");
  expect(
    sparkline(
      Array.from({ length: 1000 }, (_, i) => i),
      8,
    ),
  ).toBe("▁▂▃▄▅▆▇█");
});

test("equal values, no values, no width", () => {
  expect(sparkline([2, 2], 5)).toBe("▄▄");
  expect(sparkline([], 5)).toBe("");
  expect(sparkline([1, 2], 0)).toBe("");
  expect(sparkline([Number.NaN], 5)).toBe(" ");
});

test("bars go by eighths and stay within their width", () => {
  expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(2, 4), bar(1 / 32, 4)]).toEqual(["", "██", "████", "████", "▏"]);
});
