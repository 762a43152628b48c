// How weights start: the rules of PyTorch, in the plan and in the numbers drawn.
import { describe, expect, it } from "vitest";
import { compile } from "../../../lib/compile/compile.js";
import type { Initializer } from "../../../lib/compile/plan.js";
import {
  batchNorm,
  conv2d,
  dense,
  type LayerSpec,
  type Model,
  sequential,
  standardize,
  type WeightInit,
} from "../../../lib/layers/index.js";
import { initialValues } from "../../../lib/compile/initialize.js";

/** Initializers by name, in the plan of a model. */
function initializers(shape: number[], layers: LayerSpec[]): Record<string, Initializer> {
  const model: Model = sequential(shape, layers);
  const values = compile(model).plans.predict?.values ?? [];
  return Object.fromEntries(values.flatMap(({ name, init }) => (init === undefined ? [] : [[name, init]])));
}

const uniform = (bound: number) => ({ kind: "uniform", low: -bound, high: bound });
const normal = (deviation: number) => ({ kind: "normal", mean: 0, deviation });

describe("initial values", () => {
  it("of dense and conv2d are uniform in 1/sqrt(fanIn) unless chosen otherwise, biases always", () => {
    expect(initializers([4, 6, 6], [conv2d(8, { kernel: [3, 2], groups: 2 })])).toEqual({
      "conv2d_1.weight": uniform(1 / Math.sqrt(12)),
      "conv2d_1.bias": uniform(1 / Math.sqrt(12)),
    });
    expect(initializers([25], [dense(3)])).toEqual({ "dense_1.weight": uniform(0.2), "dense_1.bias": uniform(0.2) });
    expect(initializers([25], [dense(3, { init: "kaimingNormal" })])["dense_1.bias"]).toEqual(uniform(0.2));
  });

  it.each([
    ["kaimingUniform", uniform(Math.sqrt(6 / 12)), uniform(Math.sqrt(6 / 25))],
    ["kaimingNormal", normal(Math.sqrt(2 / 12)), normal(Math.sqrt(2 / 25))],
    ["xavierUniform", uniform(Math.sqrt(6 / (12 + 48))), uniform(Math.sqrt(6 / (25 + 3)))],
    ["xavierNormal", normal(Math.sqrt(2 / (12 + 48))), normal(Math.sqrt(2 / (25 + 3)))],
    ["zeros", { kind: "constant", value: 0 }, { kind: "constant", value: 0 }],
  ] as [WeightInit, object, object][])("by choice follow %s", (init, ofConvolution, ofDense) => {
    const convolution = initializers([4, 6, 6], [conv2d(8, { kernel: [3, 2], groups: 2, init })]);
    expect(convolution["conv2d_1.weight"]).toEqual(ofConvolution);
    expect(initializers([25], [dense(3, { init })])["dense_1.weight"]).toEqual(ofDense);
  });

  it("of batch norm and scaling change nothing", () => {
    expect(initializers([4], [standardize(), batchNorm()])).toEqual({
      "standardize_1.mean": { kind: "constant", value: 0 },
      "standardize_1.deviation": { kind: "constant", value: 1 },
      "batch_norm_1.scale": { kind: "constant", value: 1 },
      "batch_norm_1.shift": { kind: "constant", value: 0 },
      "batch_norm_1.running_mean": { kind: "constant", value: 0 },
      "batch_norm_1.running_variance": { kind: "constant", value: 1 },
    });
  });

  it.each(["fanIn", "kaimingUniform", "kaimingNormal", "xavierUniform", "xavierNormal"] as const)(
    "drawn by %s have the moments and the range of their rule",
    (init) => {
      const rule = initializers([200], [dense(300, { init })])["dense_1.weight"] as Initializer;
      const drawn = initialValues(rule, "dense_1.weight", [200, 300], 7);
      const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
      const deviation = Math.sqrt(drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length);
      const expected = rule.kind === "uniform" ? rule.high / Math.sqrt(3) : rule.kind === "normal" ? rule.deviation : 0;
      // Four standard errors of 60,000 numbers.
      expect(Math.abs(mean)).toBeLessThan((4 * expected) / Math.sqrt(drawn.length));
      expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.02);
      if (rule.kind === "uniform") {
        expect(Math.max(...drawn)).toBeLessThan(rule.high);
        expect(Math.min(...drawn)).toBeGreaterThanOrEqual(Math.fround(rule.low));
      }
      expect(initialValues(rule, "dense_2.weight", [200, 300], 7)).not.toEqual(drawn);
      expect(initialValues(rule, "dense_1.weight", [200, 300], 8)).not.toEqual(drawn);
    },
  );
});
