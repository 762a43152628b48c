// Ops with one number per channel: scaling of inputs and targets, and its inverse.
import { channelView, eachChannel, float32, operands, requireChannels } from "./check.js";
import { defineOp, type GradientBuilder, type OnnxEmitter, type ValueId } from "./op.js";

interface Row {
  readonly vectors: readonly string[];
  readonly f: (x: number, ...vectors: number[]) => number;
  /** Gradient of x; the vectors are constants of the model and have none. */
  readonly grad: (g: GradientBuilder, dy: ValueId, vectors: readonly ValueId[]) => ValueId;
  /** ONNX nodes in order, each with the number of the vector that it takes. */
  readonly onnx: readonly (readonly [type: string, vector: number])[];
}

const table: Readonly<Record<string, Row>> = {
  standardize: {
    vectors: ["mean", "deviation"],
    f: (x, mean, deviation) => (x - mean!) / deviation!,
    grad: (g, dy, [, deviation]) => g.op("channel_divide", [dy, deviation!]),
    onnx: [
      ["Sub", 0],
      ["Div", 1],
    ],
  },
  unstandardize: {
    vectors: ["mean", "deviation"],
    f: (x, mean, deviation) => x * deviation! + mean!,
    grad: (g, dy, [, deviation]) => g.op("channel_multiply", [dy, deviation!]),
    onnx: [
      ["Mul", 1],
      ["Add", 0],
    ],
  },
  channel_multiply: {
    vectors: ["scale"],
    f: (x, scale) => x * scale!,
    grad: (g, dy, [scale]) => g.op("channel_multiply", [dy, scale!]),
    onnx: [["Mul", 0]],
  },
  channel_divide: {
    vectors: ["scale"],
    f: (x, scale) => x / scale!,
    grad: (g, dy, [scale]) => g.op("channel_divide", [dy, scale!]),
    onnx: [["Div", 0]],
  },
};

for (const [name, row] of Object.entries(table)) {
  const { vectors: vectorNames, f, grad, onnx } = row;
  defineOp({
    name,
    infer(inputs) {
      requireChannels(name, operands(name, inputs, ["x", ...vectorNames]));
      return [float32(inputs[0]!.shape)];
    },
    grad: (g, { dy, x: [, ...vectors] }) => [grad(g, dy[0]!, vectors), ...vectors.map(() => null)],
    onnx(e, node) {
      const [x, ...vectors] = node.in;
      const output = e.name(node.out[0]!);
      let value = e.name(x!);
      for (const [i, [type, vector]] of onnx.entries()) {
        const result = i === onnx.length - 1 ? output : e.fresh(`${output}_${type.toLowerCase()}`);
        e.node(type, [value, broadcastable(e, vectors[vector]!, e.typeOf(x!).shape.length)], [result]);
        value = result;
      }
    },
    reference([x, ...vectors], { in: [shape] }) {
      const y = new Float64Array(x!.length);
      eachChannel(shape!, (index, channel) => {
        y[index] = f(x![index]!, ...vectors.map((vector) => vector[channel]!));
      });
      return [y];
    },
  });
}

/** Name of a [c] vector in the form in which ONNX broadcasts it along axis 1. */
function broadcastable(e: OnnxEmitter, vector: ValueId, rank: number): string {
  const name = e.name(vector);
  const channels = channelView([1, ...e.typeOf(vector).shape]).channels;
  if (rank === 2 || channels === 1) return name;
  const reshaped = e.fresh(`${name}_per_channel`);
  e.node(
    "Reshape",
    [name, e.constant(`${name}_shape`, BigInt64Array.from([1n, BigInt(channels), 1n, 1n]), [4])],
    [reshaped],
  );
  return reshaped;
}
