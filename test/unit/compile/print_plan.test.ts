// The printed plan of a small model, as a golden text: what the compile steps make of it, all in one place.
import { expect, test } from "vitest";
import { addTrainingViews, assignArenas, finish } from "../../../lib/compile/arenas.js";
import { differentiate } from "../../../lib/compile/differentiate.js";
import { Graph } from "../../../lib/compile/graph.js";
import { printPlan } from "../../../lib/compile/print_plan.js";
import { BATCH } from "../../../lib/errors.js";

const zero = { kind: "constant", value: 0 } as const;

test("a training plan with convolution, batch norm, dense layer and adam", async () => {
  const g = new Graph();
  const image = g.input("input", [BATCH, 1, 4, 4]);
  g.label = "conv2d_1";
  const kernel = g.param("conv2d_1.weight", [2, 1, 3, 3], { kind: "uniform", low: -1 / 3, high: 1 / 3 });
  const window = { stride: [1, 1], padding: [1, 1, 1, 1], dilation: [1, 1], groups: 1 };
  let x = g.op("conv2d", [image, kernel], window);
  g.label = "batch_norm_1";
  const scale = g.param("batch_norm_1.scale", [2], { kind: "constant", value: 1 });
  const shift = g.param("batch_norm_1.shift", [2], zero);
  const mean = g.state("batch_norm_1.mean", [2], zero);
  const [normalized, batchMean] = g.opAll("batch_norm", [x, scale, shift], { epsilon: 1e-5 });
  g.update("running_average", [mean, batchMean!], [mean], { momentum: 0.1 });
  g.label = "max_pool2d_1";
  x = g.op("max_pool2d", [normalized!], { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] });
  g.label = "flatten_1";
  x = g.op("flatten", [x]);
  g.label = "dense_1";
  const weight = g.param("dense_1.weight", [8, 3], { kind: "normal", mean: 0, deviation: 0.5 });
  const bias = g.param("dense_1.bias", [3], zero);
  x = g.op("matmul", [x, weight, bias], { ta: false, tb: false });
  g.label = "loss";
  const target = g.op("one_hot", [g.input("target", [BATCH], "int32")], { classes: 3 });
  const loss = g.mark(g.op("softmax_cross_entropy", [x, target]), "metric", "loss");
  g.label = "";
  const sizes = assignArenas(g, 2);
  const views = addTrainingViews(g, sizes, differentiate(g, loss, [kernel, scale, shift, weight, bias]), ["m", "v"]);
  g.opAll("all_finite", [loss, views.gradients]);
  const changed = [views.parameters, ...views.slots];
  const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, decoupled: false };
  g.update("adam", [views.parameters, views.gradients, ...views.slots], changed, options);
  await expect(printPlan(finish(g, sizes))).toMatchFileSnapshot("../../golden/plans/small_training.txt");
});
