// The reference evaluator: whole training steps in float64, flat views, initial values, and what it refuses.
import { describe, expect, test } from "vitest";
import { addTrainingViews, assignArenas, finish } from "../../../lib/compile/arenas.js";
import { differentiate } from "../../../lib/compile/differentiate.js";
import { Graph } from "../../../lib/compile/graph.js";
import { initialValues } from "../../../lib/compile/initialize.js";
import { evaluate, type ReferenceValues } from "../../../lib/compile/reference.js";
import { ArgumentError, BATCH } from "../../../lib/errors.js";

const spread = { kind: "uniform", low: -1, high: 1 } as const;

/** y = x * weight + bias, least squares, sgd with momentum. */
function line() {
  const g = new Graph();
  const x = g.input("input", [BATCH, 2]);
  const target = g.input("target", [BATCH, 1]);
  const weight = g.param("weight", [2, 1], spread);
  const bias = g.param("bias", [1], { kind: "constant", value: 0 });
  const loss = g.mark(
    g.op("mean_squared_error", [g.op("matmul", [x, weight, bias], { ta: false, tb: false }), target]),
    "metric",
    "loss",
  );
  const sizes = assignArenas(g, 1);
  const views = addTrainingViews(g, sizes, differentiate(g, loss, [weight, bias]), ["velocity"]);
  g.opAll("all_finite", [loss, views.gradients]);
  const changed = [views.parameters, ...views.slots];
  const options = { momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 };
  g.update("sgd", [views.parameters, views.gradients, ...views.slots], changed, options);
  return finish(g, sizes);
}

const rows = { input: [0, 0, 1, 0, 0, 1, 1, 1], target: [0.5, 2.5, -0.5, 1.5] };

describe("evaluate", () => {
  test("trains a line to its exact solution", () => {
    const plan = line();
    let values: ReferenceValues = {};
    for (let step = 0; step < 400; step++)
      values = evaluate(plan, { batch: 4, values: { ...values, ...rows }, step, learningRate: 0.1, update: true });
    expect(values.weight![0]).toBeCloseTo(2, 6);
    expect(values.weight![1]).toBeCloseTo(-1, 6);
    expect(values.bias![0]).toBeCloseTo(0.5, 6);
    expect(values.loss![0]).toBeCloseTo(0, 10);
  });

  test("one step by hand", () => {
    const start = { weight: [1, 1], bias: [0], "weight.velocity": [10, 10], "bias.velocity": [10] };
    const values = evaluate(line(), {
      batch: 1,
      values: { ...start, input: [2, 3], target: [4] },
      step: 1,
      learningRate: 0.1,
      update: true,
    });
    // Prediction 5, error 1: gradients 2 * x and 2; velocity 0.9 * 10 + gradient.
    expect([...values["weight.gradient"]!]).toEqual([4, 6]);
    expect([...values["weight.velocity"]!]).toEqual([13, 15]);
    expect([...values.weight!]).toEqual([expect.closeTo(-0.3, 12), expect.closeTo(-0.5, 12)]);
    expect([...values.bias!]).toEqual([expect.closeTo(-1.1, 12)]);
    expect(values.parameters).toHaveLength(32);
    expect(values.parameters![16]).toBe(values.bias![0]);
  });

  test("without update nothing changes, and what is given stays as it is", () => {
    const weight = Float64Array.of(1, 1);
    const values = evaluate(line(), { batch: 4, values: { ...rows, weight }, learningRate: 0.1 });
    expect([...values.weight!]).toEqual([1, 1]);
    evaluate(line(), { batch: 4, values: { ...rows, weight }, learningRate: 0.1, update: true });
    expect([...weight]).toEqual([1, 1]);
  });

  test("parameters that are not given start from their seeded initial values", () => {
    const values = evaluate(line(), { batch: 4, values: rows, seed: 5 });
    expect([...values.weight!]).toEqual([...initialValues(spread, "weight", [2, 1], 5)]);
  });

  test("missing and short inputs are refused by name", () => {
    expect(() => evaluate(line(), { batch: 4, values: { input: rows.input } })).toThrow(
      new ArgumentError('input "target" [batch, 1] was not given'),
    );
    expect(() => evaluate(line(), { batch: 3, values: rows })).toThrow(
      new ArgumentError('value "input" [batch, 2] was given 8 elements, expected 6 (batch 3)'),
    );
  });
});
