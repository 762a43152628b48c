// The smallest model worth writing: input + shift.
import type { OnnxModel } from "../../../lib/onnx/model.js";

export function tinyModel(): OnnxModel {
  return {
    irVersion: 8,
    opset: 17,
    producerName: "netwright",
    producerVersion: "1.2.3",
    docString: "a test",
    metadata: {},
    graph: {
      name: "tiny",
      nodes: [{ name: "shift_Add", type: "Add", inputs: ["input", "shift"], outputs: ["output"], attributes: {} }],
      initializers: [{ name: "shift", data: Float32Array.of(1, 2, 3), shape: [3] }],
      inputs: [{ name: "input", type: "float32", shape: ["batch", 3] }],
      outputs: [{ name: "output", type: "float32", shape: ["batch", 3] }],
      values: [],
    },
  };
}
