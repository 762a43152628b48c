// What is written about a model is read back, and other files are refused.
import { describe, expect, it } from "vitest";
import { DataError } from "../../../lib/errors.js";
import { metadataOf } from "../../../lib/onnx/metadata.js";
import { encodeModel, type OnnxModel } from "../../../lib/onnx/model.js";
import { MessageWriter } from "../../../lib/onnx/protobuf.js";
import { readOnnxInfo } from "../../../lib/onnx/read_info.js";
import { tinyModel } from "./tiny_model.js";

const classes = ["zéro", "it's", 'a "b"', "back\\slash", "new\nline"];
const withMetadata = (metadata: Record<string, string>): OnnxModel => ({ ...tinyModel(), metadata });

describe("readOnnxInfo", () => {
  it("returns versions, names and shapes", () => {
    expect(readOnnxInfo(encodeModel(tinyModel()))).toEqual({
      irVersion: 8,
      opset: 17,
      producerName: "netwright",
      producerVersion: "1.2.3",
      docString: "a test",
      name: "tiny",
      inputs: [{ name: "input", type: "float32", shape: ["batch", 3] }],
      outputs: [{ name: "output", type: "float32", shape: ["batch", 3] }],
      metadata: {},
    });
  });

  it("returns class and feature names and the training of a netwright file", () => {
    const info = { classes, featureNames: ["a", "b", "c"], targetNames: ["t"], training: { epochs: 5 } };
    expect(readOnnxInfo(encodeModel(withMetadata(metadataOf(info, ["batch", 3]))))).toMatchObject(info);
  });

  it("returns class names from the Python dictionary that other exporters write", () => {
    const { names } = metadataOf({ classes }, ["batch", 3]);
    expect(readOnnxInfo(encodeModel(withMetadata({ names: names! }))).classes).toEqual(classes);
    expect(readOnnxInfo(encodeModel(withMetadata({ names: `{0: 'person', 1: "it's"}` }))).classes).toEqual([
      "person",
      "it's",
    ]);
  });

  it.each(["", "[1]", "{", "{0: 5}", "{1: 'starts late'}", "null"])(
    "passes over a foreign value %j under our keys",
    (value) => {
      expect(readOnnxInfo(encodeModel(withMetadata({ netwright: value, names: value })))).not.toHaveProperty("classes");
    },
  );

  it("leaves initializers out that old files list among the inputs", () => {
    const model = tinyModel();
    const inputs = [...model.graph.inputs, { name: "shift", type: "float32", shape: [3] } as const];
    const bytes = encodeModel({ ...model, graph: { ...model.graph, inputs } });
    expect(readOnnxInfo(bytes).inputs.map((input) => input.name)).toEqual(["input"]);
  });

  it("does not let a metadata key reach a prototype", () => {
    const { metadata } = readOnnxInfo(encodeModel(withMetadata(JSON.parse('{"__proto__": "x"}'))));
    expect(Object.keys(metadata)).toEqual(["__proto__"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

describe("files that are no model", () => {
  it("refuses a model cut off anywhere, naming file and remedy", () => {
    const bytes = encodeModel(tinyModel());
    for (let length = 0; length < bytes.length; length++) {
      const read = () => readOnnxInfo(bytes.subarray(0, length), "half.onnx");
      // A cut between two metadata entries leaves a whole model; this one has none after the opset.
      expect(read).toThrow(DataError);
      expect(read).toThrow(/half\.onnx is not a whole ONNX model: .*; copy or export it again/);
    }
  });

  it.each([
    ["an empty file", new Uint8Array()],
    ["text", new TextEncoder().encode("# Network\n\nlayers:\n")],
    ["a PNG picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13)],
    ["protobuf of something else", new MessageWriter().integer(1, 8).text(2, "x").finish()],
  ])("refuses %s", (_, bytes) => {
    expect(() => readOnnxInfo(bytes)).toThrow(DataError);
  });
});
