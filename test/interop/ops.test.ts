// Every op with an ONNX form alone, also where no layer reaches: what ONNX Runtime computes is the op's definition.
import { InferenceSession } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { Graph } from "../../lib/compile/graph.js";
import { BATCH, type Shape } from "../../lib/errors.js";
import { exportOnnx } from "../../lib/onnx/export.js";
import { type Attributes, opDefinition, opNames, type ValueId } from "../../lib/ops/op.js";
import { ALONE, expectAgreement } from "./support.js";

const one = { kind: "constant", value: 1 } as const;

/** One operand: its shape without the batch when it has rows, and its name when it is a weight. */
type Operand = { readonly rows: Shape } | { readonly weight: Shape; readonly name?: string };
const rows = (...shape: number[]): Operand => ({ rows: shape });
const weight = (...shape: number[]): Operand => ({ weight: shape });
/** A weight whose numbers are positive. */
const positive = (...shape: number[]): Operand => ({ weight: shape, name: "deviation" });

const image = rows(3, 6, 5);
const window = { kernel: [2, 3], stride: [2, 1], padding: [1, 0, 0, 2] };
const convolution = { stride: [2, 1], padding: [1, 0, 0, 2], dilation: [1, 2], groups: 1 };
const channelwise = (...vectors: Operand[]): [Operand[], Attributes][] => [
  [[rows(4), ...vectors.map(() => positive(4))], {}],
  [[image, ...vectors.map(() => positive(3))], {}],
];
const unary: [Operand[], Attributes][] = [
  [[rows(7)], {}],
  [[image], {}],
];
const binary: [Operand[], Attributes][] = [
  [[rows(7), rows(7)], {}],
  [[image, image], {}],
];

const cases: Readonly<Record<string, readonly [Operand[], Attributes][]>> = {
  relu: unary,
  sigmoid: unary,
  tanh: unary,
  exp: unary,
  // Of positive numbers only.
  log: [[[positive(7)], {}]],
  affine: [
    [[image], { scale: 2.5, offset: -1 }],
    [[rows(3)], { scale: 1, offset: 0.1 }],
    [[rows(3)], { scale: -0.1, offset: 0 }],
    [[rows(3)], { scale: 1, offset: 0 }],
    [[rows(3)], { scale: 0, offset: 3 }],
  ],
  add: binary,
  subtract: binary,
  multiply: binary,
  divide: [
    [[rows(4), rows(4)], {}],
    [[image, image], {}],
  ],
  standardize: channelwise(positive(), positive()),
  unstandardize: channelwise(positive(), positive()),
  channel_multiply: channelwise(positive()),
  channel_divide: channelwise(positive()),
  matmul: [
    [[rows(4), weight(4, 5)], { ta: false, tb: false }],
    [[rows(4), weight(4, 5), weight(5)], { ta: false, tb: false }],
    [[rows(4), weight(5, 4)], { ta: false, tb: true }],
    [[rows(4), weight(5, 4), weight(5)], { ta: false, tb: true }],
    [[weight(4, 3), weight(4, 5)], { ta: true, tb: false }],
    [[weight(4, 3), weight(5, 4), weight(5)], { ta: true, tb: true }],
  ],
  conv2d: [
    [[image, weight(4, 3, 3, 2)], convolution],
    [[image, weight(6, 1, 3, 2), weight(6)], { ...convolution, groups: 3 }],
  ],
  max_pool2d: [[[image], window]],
  average_pool2d: [
    [[image], { ...window, countIncludePad: true }],
    [[image], { ...window, countIncludePad: false }],
  ],
  global_average_pool2d: [[[image], {}]],
  batch_norm_inference: [
    [[rows(4), weight(4), weight(4), weight(4), positive(4)], { epsilon: 1e-5 }],
    [[image, weight(3), weight(3), weight(3), positive(3)], { epsilon: 0.01 }],
  ],
  softmax: [[[rows(9)], {}]],
  concat: [
    [[rows(2), rows(3), rows(1)], {}],
    [[image, rows(1, 6, 5)], {}],
  ],
  slice: [
    [[rows(5)], { start: 1, end: 4 }],
    [[image], { start: 2, end: 3 }],
  ],
  flatten: [[[image], {}]],
  unflatten: [[[rows(30)], { shape: [5, 2, 3] }]],
};

describe("an op alone in ONNX Runtime", () => {
  const all = Object.entries(cases).flatMap(([op, list]) =>
    list.map(([operands, attributes], i) => ({ op, i, operands, attributes })),
  );
  it.each(all)("$op, case $i", async ({ op, operands, attributes }) => {
    await expectAgreement(graphOf(op, operands, attributes), ALONE);
  });

  it("constant, which has neither input nor rows", async () => {
    const session = await InferenceSession.create(
      exportOnnx(graphOf("constant", [], { value: 0.1 }), () => ({ data: new Float32Array(), shape: [] })),
    );
    const { output } = await session.run({});
    expect(output?.dims).toEqual([]);
    expect(output?.data).toEqual(Float32Array.of(0.1));
  });

  it("has a case for every op with an ONNX form", () => {
    expect([...Object.keys(cases), "constant"].sort()).toEqual(
      opNames()
        .filter((name) => opDefinition(name).onnx !== undefined)
        .sort(),
    );
  });
});

/** The op on inputs and weights of its own; a result without rows meets some, as every output of a file has them. */
function graphOf(op: string, operands: readonly Operand[], attributes: Attributes): Graph {
  const g = new Graph();
  const values = operands.map((operand, i): ValueId => {
    if ("rows" in operand) return g.input(`input_${i}`, [BATCH, ...operand.rows]);
    return g.param(`${operand.name ?? "weight"}_${i}`, operand.weight, one);
  });
  g.label = "alone";
  let result = g.op(op, values, attributes);
  const { shape } = g.typeOf(result);
  const input = () => g.input("input", [BATCH, shape[0]!]);
  if (shape[0] !== BATCH && shape.length === 1) result = g.op("channel_multiply", [input(), result]);
  if (shape[0] !== BATCH && shape.length === 2) result = g.op("matmul", [input(), result], { ta: false, tb: false });
  g.mark(result, "output", "output");
  return g;
}
