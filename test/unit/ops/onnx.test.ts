// What ops write into an inference graph, seen through a recording emitter.
import { describe, expect, test } from "vitest";
import type { Shape } from "../../../lib/errors.js";
import "../../../lib/ops/index.js";
import { type Attributes, type OnnxEmitter, opDefinition, opNames } from "../../../lib/ops/op.js";

/** One line per ONNX node, constants written in place. */
function emitted(op: string, shapes: readonly Shape[], attributes: Attributes = {}): string[] {
  const lines: string[] = [];
  const types = shapes.map((shape) => ({ shape, dtype: "float32" }) as const);
  const all = [...types, ...opDefinition(op).infer(types, attributes)];
  const emitter: OnnxEmitter = {
    node: (type, inputs, outputs, more) =>
      lines.push(
        `${outputs.join(", ")} = ${type}(${inputs.join(", ")})${more === undefined ? "" : ` ${JSON.stringify(more)}`}`,
      ),
    name: (value) => (value < shapes.length ? `x${value}` : "y"),
    fresh: (hint) => `<${hint}>`,
    constant: (_, data) => `[${[...data].join(" ")}]`,
    requireOpset: () => {},
    typeOf: (value) => all[value]!,
  };
  const ids = [...all.keys()];
  opDefinition(op).onnx!(emitter, { in: ids.slice(0, shapes.length), out: ids.slice(shapes.length), attributes });
  return lines;
}

describe("ONNX form", () => {
  test("of products", () => {
    expect(
      emitted(
        "matmul",
        [
          [-1, 4],
          [4, 3],
        ],
        { ta: false, tb: false },
      ),
    ).toEqual(["y = MatMul(x0, x1)"]);
    expect(emitted("matmul", [[-1, 4], [4, 3], [3]], { ta: false, tb: false })).toEqual([
      'y = Gemm(x0, x1, x2) {"transA":0,"transB":0}',
    ]);
  });

  test("of convolution", () => {
    const attributes = { stride: [2, 1], padding: [0, 1, 2, 3], dilation: [1, 1], groups: 2 };
    expect(
      emitted(
        "conv2d",
        [
          [-1, 4, 8, 8],
          [6, 2, 3, 3],
        ],
        attributes,
      ),
    ).toEqual(['y = Conv(x0, x1) {"kernel_shape":[3,3],"strides":[2,1],"pads":[0,1,2,3],"dilations":[1,1],"group":2}']);
  });

  test("of pooling", () => {
    const window = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 1, 1] };
    const written = '"kernel_shape":[2,2],"strides":[2,2],"pads":[0,0,1,1]';
    expect(emitted("max_pool2d", [[-1, 4, 8, 8]], window)).toEqual([`y = MaxPool(x0) {${written}}`]);
    expect(emitted("average_pool2d", [[-1, 4, 8, 8]], { ...window, countIncludePad: true })).toEqual([
      `y = AveragePool(x0) {${written},"count_include_pad":1}`,
    ]);
    expect(emitted("global_average_pool2d", [[-1, 4, 8, 8]])).toEqual([
      "<y_1x1> = GlobalAveragePool(x0)",
      'y = Flatten(<y_1x1>) {"axis":1}',
    ]);
  });

  test("of scaling, per channel of an image", () => {
    expect(emitted("standardize", [[-1, 3], [3], [3]])).toEqual(["<y_sub> = Sub(x0, x1)", "y = Div(<y_sub>, x2)"]);
    expect(emitted("standardize", [[-1, 3, 2, 2], [3], [3]])).toEqual([
      "<x1_per_channel> = Reshape(x1, [1 3 1 1])",
      "<y_sub> = Sub(x0, <x1_per_channel>)",
      "<x2_per_channel> = Reshape(x2, [1 3 1 1])",
      "y = Div(<y_sub>, <x2_per_channel>)",
    ]);
    expect(emitted("unstandardize", [[-1, 1], [1], [1]])).toEqual(["<y_mul> = Mul(x0, x2)", "y = Add(<y_mul>, x1)"]);
  });

  test("of affine leaves out what does nothing", () => {
    expect(emitted("affine", [[-1, 3]], { scale: 0.5, offset: 1 })).toEqual([
      "<y_scaled> = Mul(x0, [0.5])",
      "y = Add(<y_scaled>, [1])",
    ]);
    expect(emitted("affine", [[-1, 3]], { scale: 1, offset: 1 })).toEqual(["y = Add(x0, [1])"]);
    expect(emitted("affine", [[-1, 3]], { scale: 2, offset: 0 })).toEqual(["y = Mul(x0, [2])"]);
    expect(emitted("affine", [[-1, 3]], { scale: 1, offset: 0 })).toEqual(["y = Mul(x0, [1])"]);
  });

  test("of cutting and joining", () => {
    expect(emitted("slice", [[-1, 5]], { start: 1, end: 3 })).toEqual(["y = Slice(x0, [1], [3], [1])"]);
    expect(
      emitted("concat", [
        [-1, 5],
        [-1, 2],
      ]),
    ).toEqual(['y = Concat(x0, x1) {"axis":1}']);
    expect(emitted("flatten", [[-1, 5, 2, 2]])).toEqual(['y = Flatten(x0) {"axis":1}']);
    expect(emitted("unflatten", [[-1, 20]], { shape: [5, 2, 2] })).toEqual(["y = Reshape(x0, [0 5 2 2])"]);
  });

  test("of normalisation and softmax", () => {
    expect(emitted("batch_norm_inference", [[-1, 5], [5], [5], [5], [5]], { epsilon: 0.001 })).toEqual([
      'y = BatchNormalization(x0, x1, x2, x3, x4) {"epsilon":{"float":0.001}}',
    ]);
    expect(emitted("softmax", [[-1, 5]])).toEqual(['y = Softmax(x0) {"axis":1}']);
  });
});

test("every op with a gradient that inference may use has an ONNX form", () => {
  // Training's own: dropout vanishes, batch norm becomes batch_norm_inference, losses are not part of a model.
  const trainingOnly = [
    "dropout",
    "batch_norm",
    "batch_norm_relu",
    "mean_squared_error",
    "softmax_cross_entropy",
    "gaussian_nll",
  ];
  const missing = opNames().filter(
    (op) => opDefinition(op).grad && !opDefinition(op).onnx && !trainingOnly.includes(op),
  );
  expect(missing).toEqual([]);
});
