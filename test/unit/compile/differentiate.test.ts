// The reverse pass: fan-out, what has no gradient, labels, and a small model against central differences.
import { describe, expect, test } from "vitest";
import { differentiate } from "../../../lib/compile/differentiate.js";
import { Graph } from "../../../lib/compile/graph.js";
import { prune } from "../../../lib/compile/prune.js";
import { evaluate } from "../../../lib/compile/reference.js";
import { BATCH, PlanError } from "../../../lib/errors.js";
import type { ValueId } from "../../../lib/ops/op.js";

const zero = { kind: "constant", value: 0 } as const;
const spread = { kind: "uniform", low: -1, high: 1 } as const;

/** Two dense layers with relu between them and a squared error. */
function twoLayers() {
  const g = new Graph();
  const x = g.input("input", [BATCH, 3]);
  const target = g.input("target", [BATCH, 2]);
  g.label = "first";
  const weight1 = g.param("first.weight", [3, 4], spread);
  const bias1 = g.param("first.bias", [4], spread);
  const hidden = g.op("relu", [g.op("matmul", [x, weight1, bias1], { ta: false, tb: false })]);
  g.label = "second";
  const weight2 = g.param("second.weight", [4, 2], spread);
  const prediction = g.op("matmul", [hidden, weight2], { ta: false, tb: false });
  g.label = "loss";
  const loss = g.op("mean_squared_error", [prediction, target]);
  g.label = "";
  return { g, x, loss, parameters: [weight1, bias1, weight2] };
}

const data = {
  input: [0.3, -0.7, 1.1, 0.9, 0.2, -0.4, -1.3, 0.8, 0.5, 0.1, 1.7, -0.2],
  target: [1, 2, -1, 0.5, 0.3, 0.8, -0.6, 0.9],
};

describe("differentiate", () => {
  test("agrees with central differences on a whole model", () => {
    const { g, loss, parameters } = twoLayers();
    const gradients = differentiate(g, loss, parameters);
    const at = (values: Record<string, ArrayLike<number>>) => evaluate(g, { batch: 4, values, seed: 3 });
    const start = at(data);
    for (const [parameter, gradient] of gradients) {
      const name = g.at(parameter).name;
      const found = start[g.at(gradient as ValueId).name]!;
      for (const [i, value] of start[name]!.entries()) {
        const lossAt = (moved: number) =>
          at({ ...start, ...data, [name]: start[name]!.with(i, moved) })[g.at(loss).name]![0]!;
        expect(found[i]).toBeCloseTo((lossAt(value + 1e-5) - lossAt(value - 1e-5)) / 2e-5, 8);
      }
    }
  });

  test("sums the gradients of a value that several nodes use", () => {
    const g = new Graph();
    const p = g.param("p", [], zero);
    const square = g.op("multiply", [p, p]);
    const loss = g.op("add", [g.op("multiply", [square, p]), g.op("affine", [p], { scale: 5, offset: 0 })]);
    const gradient = differentiate(g, loss, [p]).get(p) as ValueId;
    expect(evaluate(g, { batch: 1, values: { p: [3] } })[g.at(gradient).name]![0]).toBe(3 * 9 + 5);
  });

  test("gives null for a value that the loss does not depend on", () => {
    const g = new Graph();
    const used = g.param("used", [], zero);
    const unused = g.param("unused", [], zero);
    const gradients = differentiate(g, g.op("exp", [used]), [used, unused]);
    expect(gradients.get(unused)).toBeNull();
    expect(gradients.get(used)).not.toBeNull();
  });

  test("gives null for everything when the loss depends on nothing, and adds nothing", () => {
    const g = new Graph();
    const p = g.param("p", [], zero);
    const loss = g.op("exp", [g.op("constant", [], { value: 1 })]);
    const before = g.nodes.length;
    expect([...differentiate(g, loss, [p])]).toEqual([[p, null]]);
    expect(g.nodes.length).toBe(before);
  });

  test("the gradient of the model's input vanishes: one node less", () => {
    const { g, loss, parameters } = twoLayers();
    for (const [parameter, gradient] of differentiate(g, loss, parameters))
      g.mark(gradient as ValueId, "grad", `${g.at(parameter).name}.gradient`);
    g.mark(loss, "metric", "loss");
    const pruned = prune(g.values, g.nodes);
    expect(g.nodes.length - pruned.nodes.length).toBe(1);
    const products = pruned.nodes.filter((node) => node.op === "matmul").map((node) => node.label);
    // Forward, then the second layer's two gradients, then only the weight's of the first.
    expect(products).toEqual(["first", "second", "second", "second", "first"]);
  });

  test("gradient nodes carry the label of their forward node", () => {
    const { g, loss, parameters } = twoLayers();
    const before = g.nodes.length;
    differentiate(g, loss, parameters);
    expect([...new Set(g.nodes.slice(before).map((node) => node.label))]).toEqual(["", "loss", "second", "first"]);
    expect(g.label).toBe("");
  });

  test("refuses a loss that is no scalar", () => {
    const g = new Graph();
    const x = g.input("input", [BATCH, 3]);
    expect(() => differentiate(g, x, [x])).toThrow(
      new PlanError('loss "input" is no scalar (shape [batch, 3], expected [])'),
    );
  });

  test("refuses an op without gradient between loss and parameter, and names the layer", () => {
    const g = new Graph();
    const p = g.param("p", [2, 2], zero);
    const target = g.input("target", [2, 2]);
    g.label = "scores";
    const loss = g.op("accuracy", [p, target]);
    expect(() => differentiate(g, loss, [p])).toThrow(
      new PlanError('scores: op "accuracy" has no gradient; it cannot stand between a loss and a parameter'),
    );
  });

  test("does not ask ops off the path for gradients", () => {
    const g = new Graph();
    const p = g.param("p", [], zero);
    const index = g.input("target", [BATCH], "int32");
    const scores = g.input("scores", [BATCH, 3]);
    const accuracy = g.op("accuracy", [scores, g.op("one_hot", [index], { classes: 3 })]);
    expect(() => differentiate(g, g.op("add", [accuracy, p]), [p])).not.toThrow();
  });

  test("statistics of a batch have no gradient", () => {
    const g = new Graph();
    const p = g.param("p", [3], zero);
    const x = g.input("input", [BATCH, 3]);
    const [, mean] = g.opAll("batch_norm", [x, p, p], { epsilon: 1e-5 });
    const other = g.input("other", [3]);
    expect(() => differentiate(g, g.op("mean_squared_error", [mean as ValueId, other]), [p])).toThrow(
      "statistics of a batch have no gradient",
    );
  });
});
