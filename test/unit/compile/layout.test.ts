// Storage: images channels last, convolution weights and all that mirrors them with output channels last.
import { expect, test } from "vitest";
import { addTrainingViews, assignArenas, finish } from "../../../lib/compile/arenas.js";
import { differentiate } from "../../../lib/compile/differentiate.js";
import { Graph } from "../../../lib/compile/graph.js";
import { layout } from "../../../lib/compile/passes/layout.js";
import { BATCH } from "../../../lib/errors.js";

const spread = { kind: "uniform", low: -1, high: 1 } as const;
const window = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };

test("a convolution that is used twice: weight, gradients, their sum and slots lie alike", () => {
  const g = new Graph();
  const x = g.input("input", [BATCH, 2, 4, 4]);
  const target = g.input("target", [BATCH, 2, 4, 4]);
  const weight = g.param("weight", [2, 2, 3, 3], spread);
  const y = g.op("conv2d", [g.op("conv2d", [x, weight], window), weight], window);
  const loss = g.mark(g.op("mean_squared_error", [y, target]), "metric", "loss");
  const sizes = assignArenas(g, 1);
  addTrainingViews(g, sizes, differentiate(g, loss, [weight]), ["velocity"]);
  const { values } = finish(g, sizes);
  const storage = Object.fromEntries(values.map((value) => [value.name, value.storage]));
  expect(storage).toMatchObject({
    input: "nhwc",
    target: "nhwc",
    weight: "hwio",
    "weight.gradient": "hwio",
    "weight.velocity": "hwio",
    conv2d: "nhwc",
    conv2d_grad_x: "nhwc",
    conv2d_grad_weight: "hwio",
    conv2d_grad_weight_2: "hwio",
    parameters: "plain",
    velocity: "plain",
    loss: "plain",
  });
});

test("values of other ranks and four axes that are no weight are plain", () => {
  const g = new Graph();
  g.input("rows", [BATCH, 4]);
  g.value("table", { shape: [2, 3, 4, 5], dtype: "float32" }, "input");
  expect(layout(g.values, g.nodes).map((value) => value.storage)).toEqual(["plain", "plain"]);
});
