// The bytes of the writer, taken apart by generated protobuf code of ONNX's own schema, hold what was to be written.
import { onnx } from "onnx-proto";
import { describe, expect, it } from "vitest";
import { conv2d, dense, flatten, relu, softmax, standardize } from "../../lib/layers/index.js";
import { buildModel, exportOnnx } from "../../lib/onnx/export.js";
import type { OnnxAttribute, OnnxValueInfo } from "../../lib/onnx/model.js";
import { readOnnxInfo } from "../../lib/onnx/read_info.js";
import { forwardGraph, modelOf, randomWeights } from "./support.js";

const graph = forwardGraph(
  modelOf(
    [2, 6, 5],
    [standardize(), conv2d(3, { kernel: 3, padding: [0, 1, 2, 1] }), relu(), flatten(), dense(4), softmax()],
  ),
);
const weights = randomWeights(graph);
const options = {
  name: "digits",
  producerVersion: "1.2.3",
  docString: "Ziffern, größer als 9 nie",
  info: { classes: ["0", "1", "zwei", "it's 3"], training: { epochs: 2 } },
  metadata: { model_author: "somebody" },
};
const model = buildModel(graph, (name) => weights.get(name)!, options);
const bytes = exportOnnx(graph, (name) => weights.get(name)!, options);
const parsed = onnx.ModelProto.decode(bytes);

describe("an exported file, read by ONNX's schema", () => {
  it("names versions and producer", () => {
    expect(Number(parsed.irVersion)).toBe(8);
    expect(parsed.opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([["", 17]]);
    expect([parsed.producerName, parsed.producerVersion, parsed.docString]).toEqual([
      "netwright",
      "1.2.3",
      options.docString,
    ]);
    expect(parsed.graph?.name).toBe("digits");
  });

  it("has the nodes with names, inputs, outputs and attributes", () => {
    const nodes = parsed.graph?.node?.map((node) => ({
      name: node.name,
      type: node.opType,
      inputs: node.input,
      outputs: node.output,
      attributes: Object.fromEntries(
        (node.attribute ?? []).map((attribute) => [attribute.name, attributeOf(attribute)]),
      ),
    }));
    expect(nodes).toEqual(model.graph.nodes);
  });

  it("has the weights bit by bit", () => {
    const tensors = parsed.graph?.initializer?.map((tensor) => ({
      name: tensor.name,
      shape: tensor.dims?.map(Number),
      type: tensor.dataType,
      bytes: Buffer.from(tensor.rawData!).toString("hex"),
    }));
    expect(tensors).toEqual(
      model.graph.initializers.map(({ name, shape, data }) => ({
        name,
        shape,
        type: data instanceof Float32Array ? onnx.TensorProto.DataType.FLOAT : onnx.TensorProto.DataType.INT64,
        bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
      })),
    );
  });

  it("has inputs, outputs and shapes in between, with the batch by name", () => {
    expect(parsed.graph?.input?.map(infoOf)).toEqual([{ name: "input", type: "float32", shape: ["batch", 2, 6, 5] }]);
    expect(parsed.graph?.output?.map(infoOf)).toEqual([
      { name: "probabilities", type: "float32", shape: ["batch", 4] },
    ]);
    expect(parsed.graph?.valueInfo?.map(infoOf)).toEqual(model.graph.values);
  });

  it("has the metadata", () => {
    expect(parsed.metadataProps.map(({ key, value }) => [key, value])).toEqual(Object.entries(model.metadata));
    expect(model.metadata).toMatchObject({
      names: "{0: '0', 1: '1', 2: 'zwei', 3: 'it\\'s 3'}",
      task: "classify",
      imgsz: "[6, 5]",
      model_author: "somebody",
    });
  });

  it("is left as it was by decoding and encoding", () => {
    expect(readOnnxInfo(onnx.ModelProto.encode(parsed).finish())).toEqual(readOnnxInfo(bytes));
  });
});

describe("names in the file", () => {
  it("are those of the layers", () => {
    expect(model.graph.nodes.map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "standardize_1_Sub",
        "standardize_1_Div",
        "conv2d_1_Conv",
        "relu_1_Relu",
        "flatten_1_Flatten",
        "dense_1_Gemm",
        "softmax_1_Softmax",
      ]
    `);
    expect(model.graph.initializers.map(({ name }) => name)).toMatchInlineSnapshot(`
      [
        "conv2d_1.weight",
        "conv2d_1.bias",
        "dense_1.weight",
        "dense_1.bias",
        "standardize_1.mean",
        "standardize_1.deviation",
      ]
    `);
  });
});

function attributeOf(attribute: onnx.IAttributeProto): OnnxAttribute | undefined {
  const types = onnx.AttributeProto.AttributeType;
  if (attribute.type === types.INT) return Number(attribute.i);
  if (attribute.type === types.FLOAT) return { float: attribute.f! };
  if (attribute.type === types.STRING) return new TextDecoder().decode(attribute.s!);
  if (attribute.type === types.INTS) return attribute.ints!.map(Number);
  return undefined;
}

function infoOf({ name, type }: onnx.IValueInfoProto): OnnxValueInfo {
  const tensor = type?.tensorType;
  const shape = tensor?.shape?.dim?.map((size) => size.dimParam || Number(size.dimValue)) ?? [];
  return { name: name!, type: tensor?.elemType === onnx.TensorProto.DataType.FLOAT ? "float32" : "int64", shape };
}
