// Pruning: what stays, in which order, and that values are renumbered.
import { expect, test } from "vitest";
import { Graph } from "../../../lib/compile/graph.js";
import { prune } from "../../../lib/compile/prune.js";
import { BATCH } from "../../../lib/errors.js";

const zero = { kind: "constant", value: 0 } as const;

test("nodes that nothing needs are dropped with their values, inputs and parameters stay", () => {
  const g = new Graph();
  const x = g.input("input", [BATCH, 2]);
  g.input("unused input", [BATCH]);
  g.param("unused parameter", [4], zero);
  g.op("exp", [g.op("tanh", [x])]);
  g.mark(g.op("relu", [x]), "output", "prediction");
  const { values, nodes } = prune(g.values, g.nodes);
  expect(nodes.map((node) => node.op)).toEqual(["relu"]);
  expect(values.map((value) => value.name)).toEqual(["input", "unused input", "unused parameter", "prediction"]);
  expect(nodes[0]).toMatchObject({ in: [0], out: [3] });
});

test("what an update reads is kept, and updates come last", () => {
  const g = new Graph();
  const x = g.input("input", [BATCH, 2]);
  const scale = g.param("scale", [2], zero);
  const mean = g.state("mean", [2], zero);
  const [y, batchMean] = g.opAll("batch_norm", [x, scale, scale], { epsilon: 1e-5 });
  g.update("running_average", [mean, batchMean!], [mean], { momentum: 0.1 });
  g.mark(g.op("relu", [y!]), "output", "prediction");
  const { nodes } = prune(g.values, g.nodes);
  expect(nodes.map((node) => [node.op, node.phase])).toEqual([
    ["batch_norm", "compute"],
    ["relu", "compute"],
    ["running_average", "update"],
  ]);
});

test("one needed output keeps a node with all its outputs", () => {
  const g = new Graph();
  const x = g.input("input", [BATCH, 2]);
  const scale = g.param("scale", [2], zero);
  const outputs = g.opAll("batch_norm", [x, scale, scale], { epsilon: 1e-5 });
  g.mark(outputs[0]!, "output", "prediction");
  const { values, nodes } = prune(g.values, g.nodes);
  expect(nodes[0]!.out.map((id) => values[id]!.name)).toEqual([
    "prediction",
    "batch_norm.1",
    "batch_norm.2",
    "batch_norm.3",
  ]);
});

test("a node without outputs is a check and stays", () => {
  const g = new Graph();
  const loss = g.op("constant", [], { value: 1 });
  const gradients = g.value("gradients", { shape: [16], dtype: "float32" }, "grad");
  g.opAll("all_finite", [loss, gradients]);
  expect(prune(g.values, g.nodes).nodes.map((node) => node.op)).toEqual(["constant", "all_finite"]);
});

test("the graph stays as it is", () => {
  const g = new Graph();
  g.op("exp", [g.input("input", [BATCH, 2])]);
  const before = JSON.stringify([g.values, g.nodes]);
  prune(g.values, g.nodes);
  expect(JSON.stringify([g.values, g.nodes])).toBe(before);
});
