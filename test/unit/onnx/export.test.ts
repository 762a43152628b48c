// The exported graph of a model, line by line, and what the export refuses.
import { describe, expect, it } from "vitest";
import { Graph } from "../../../lib/compile/graph.js";
import { ArgumentError, BATCH, PlanError } from "../../../lib/errors.js";
import { buildModel, exportOnnx } from "../../../lib/onnx/export.js";
import type { OnnxModel } from "../../../lib/onnx/model.js";
import { defineOp } from "../../../lib/ops/op.js";
import "../../../lib/ops/index.js";

const start = { kind: "constant", value: 1 } as const;
const sizes: Record<string, number[]> = {
  "conv2d_1.weight": [2, 1, 3, 3],
  "conv2d_1.bias": [2],
  "scale.mean": [1],
  "scale.deviation": [1],
  "unused.weight": [5],
};
const weights = (name: string) => {
  const shape = sizes[name] ?? [];
  return { data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1), shape };
};

/** standardize, a convolution whose second use is no output's business, and a soft maximum. */
function smallGraph(): Graph {
  const g = new Graph();
  const x = g.input("input", [BATCH, 1, 5, 5]);
  g.label = "scale";
  const scaled = g.op("standardize", [x, g.state("scale.mean", [1], start), g.state("scale.deviation", [1], start)]);
  g.label = "conv2d_1";
  const kernel = g.param("conv2d_1.weight", [2, 1, 3, 3], start);
  const window = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 };
  const image = g.op("conv2d", [scaled, kernel, g.param("conv2d_1.bias", [2], start)], window);
  g.label = "2 wild/names ☃";
  const pooled = g.op("global_average_pool2d", [image]);
  g.label = "unused";
  g.op("tanh", [image]);
  g.param("unused.weight", [5], start);
  g.label = "";
  g.mark(g.op("softmax", [pooled]), "output", "probabilities");
  return g;
}

/** One line for each part of the graph. */
function lines({ graph }: OnnxModel): string[] {
  return [
    ...graph.inputs.map(({ name, shape }) => `input ${name} [${shape.join(", ")}]`),
    ...graph.initializers.map(({ name, shape }) => `weight ${name} [${shape.join(", ")}]`),
    ...graph.nodes.map(
      ({ name, type, inputs, outputs }) => `${name}: ${outputs.join(", ")} = ${type}(${inputs.join(", ")})`,
    ),
    ...graph.values.map(({ name, shape }) => `value ${name} [${shape.join(", ")}]`),
    ...graph.outputs.map(({ name, shape }) => `output ${name} [${shape.join(", ")}]`),
  ];
}

describe("the exported graph", () => {
  it("has the needed nodes only, with names of layers and weights", () => {
    expect(lines(buildModel(smallGraph(), weights))).toMatchInlineSnapshot(`
      [
        "input input [batch, 1, 5, 5]",
        "weight scale.mean [1]",
        "weight scale.deviation [1]",
        "weight conv2d_1.weight [2, 1, 3, 3]",
        "weight conv2d_1.bias [2]",
        "scale_Sub: scale_standardize_sub = Sub(input, scale.mean)",
        "scale_Div: scale_standardize = Div(scale_standardize_sub, scale.deviation)",
        "conv2d_1_Conv: conv2d_1_conv2d = Conv(scale_standardize, conv2d_1.weight, conv2d_1.bias)",
        "_2_wild_names__GlobalAveragePool: _2_wild_names_global_average_pool2d_1x1 = GlobalAveragePool(conv2d_1_conv2d)",
        "_2_wild_names__Flatten: _2_wild_names_global_average_pool2d = Flatten(_2_wild_names_global_average_pool2d_1x1)",
        "softmax_Softmax: probabilities = Softmax(_2_wild_names_global_average_pool2d)",
        "value scale_standardize [batch, 1, 5, 5]",
        "value conv2d_1_conv2d [batch, 2, 3, 3]",
        "value _2_wild_names_global_average_pool2d [batch, 2]",
        "output probabilities [batch, 2]",
      ]
    `);
  });

  it("is the same bytes every time", () => {
    expect(exportOnnx(smallGraph(), weights)).toEqual(exportOnnx(smallGraph(), weights));
  });

  it("reads each weight once, though two nodes use it", () => {
    const g = new Graph();
    const w = g.param("w", [3, 3], start);
    const flags = { ta: false, tb: false };
    g.mark(g.op("matmul", [g.op("matmul", [g.input("input", [BATCH, 3]), w], flags), w], flags), "output", "output");
    const read: string[] = [];
    const model = buildModel(g, (name) => {
      read.push(name);
      return { data: new Float32Array(9), shape: [3, 3] };
    });
    expect(read).toEqual(["w"]);
    expect(model.graph.initializers.map(({ name }) => name)).toEqual(["w"]);
  });

  it("keeps names apart that become the same identifier", () => {
    const g = new Graph();
    const names = ["a.relu", "a/relu", "a_relu"];
    const last = names.reduce(
      (value, name) => {
        const next = g.op("relu", [value]);
        g.values[next] = { ...g.at(next), name };
        return next;
      },
      g.input("input", [BATCH, 3]),
    );
    g.mark(g.op("relu", [last]), "output", "output");
    const outputs = buildModel(g, weights).graph.nodes.flatMap((node) => node.outputs);
    expect(outputs).toEqual(["a_relu", "a_relu_2", "a_relu_3", "output"]);
  });
});

describe("the export refuses", () => {
  it("an op without ONNX form, naming layer and op", () => {
    defineOp({ name: "test_without_onnx", infer: ([x]) => [x!], reference: ([x]) => [x!] });
    const g = new Graph();
    g.label = "mystery_1";
    g.mark(g.op("test_without_onnx", [g.input("input", [BATCH, 3])]), "output", "output");
    expect(() => exportOnnx(g, weights)).toThrow(PlanError);
    expect(() => exportOnnx(g, weights)).toThrow('mystery_1: op "test_without_onnx" has no ONNX form');
  });

  it("an opset below what an op needs", () => {
    defineOp({
      name: "test_gelu",
      infer: ([x]) => [x!],
      onnx(e, node) {
        e.requireOpset(20);
        e.node("Gelu", [e.name(node.in[0]!)], [e.name(node.out[0]!)]);
      },
      reference: ([x]) => [x!],
    });
    const g = new Graph();
    g.mark(g.op("test_gelu", [g.input("input", [BATCH, 3])]), "output", "output");
    expect(buildModel(g, weights)).toMatchObject({ opset: 20, irVersion: 9 });
    expect(() => exportOnnx(g, weights, { opset: 19 })).toThrow(ArgumentError);
    expect(() => exportOnnx(g, weights, { opset: 19 })).toThrow("opset 19: this model needs opset 20");
  });

  it("a weight of another shape, naming both", () => {
    const wrong = (name: string) =>
      name === "conv2d_1.bias" ? { data: new Float32Array(3), shape: [3] } : weights(name);
    expect(() => exportOnnx(smallGraph(), wrong)).toThrow(
      'weight "conv2d_1.bias" has shape [3], the model expects [2]',
    );
  });

  it("a graph without output", () => {
    expect(() => exportOnnx(new Graph(), weights)).toThrow("no value of the graph is marked as output");
  });
});
