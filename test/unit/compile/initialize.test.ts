// Initial values: range, moments, and that they are keyed by name and seed.
import { describe, expect, test } from "vitest";
import { initialValues } from "../../../lib/compile/initialize.js";

describe("initial values", () => {
  const mean = (x: Float32Array) => x.reduce((sum, value) => sum + value, 0) / x.length;

  test("uniform ones stay in their range and fill it", () => {
    const values = initialValues({ kind: "uniform", low: -2, high: 3 }, "a.weight", [100, 100], 1);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.min(...values)).toBeLessThan(-1.99);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    expect(mean(values)).toBeCloseTo(0.5, 1);
  });

  test("normal ones have their mean and deviation", () => {
    const values = initialValues({ kind: "normal", mean: 2, deviation: 0.5 }, "a.weight", [100, 100], 1);
    expect(mean(values)).toBeCloseTo(2, 1);
    expect(Math.sqrt(mean(values.map((value) => (value - 2) ** 2)))).toBeCloseTo(0.5, 1);
  });

  test("they are keyed by name and seed", () => {
    const init = { kind: "uniform", low: 0, high: 1 } as const;
    const values = initialValues(init, "a.weight", [5], 1);
    expect([...initialValues(init, "a.weight", [5], 1)]).toEqual([...values]);
    expect([...initialValues(init, "b.weight", [5], 1)]).not.toEqual([...values]);
    expect([...initialValues(init, "a.weight", [5], 2)]).not.toEqual([...values]);
    expect([...initialValues({ kind: "constant", value: 3 }, "c", [2, 2], 1)]).toEqual([3, 3, 3, 3]);
  });
});
