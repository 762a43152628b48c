// Softmax over axis 1 of [n, c] and its gradient.
import { float32, operands, requireEqual, shapeError } from "./check.js";
import { defineOp, type ValueType } from "./op.js";

defineOp({
  name: "softmax",
  infer(inputs) {
    const { x } = operands("softmax", inputs, ["x"]);
    requireMatrix("softmax", { x });
    return [float32(x.shape)];
  },
  grad: (g, { dy, y }) => [g.op("softmax_grad", [dy[0]!, y[0]!])],
  onnx: (e, node) => e.node("Softmax", [e.name(node.in[0]!)], [e.name(node.out[0]!)], { axis: 1 }),
  reference: ([x], { in: [shape] }) => [mapRows(shape![1]!, [x!], ([row]) => logSoftmax(row!).map(Math.exp))],
});

defineOp({
  name: "softmax_grad",
  infer(inputs) {
    const all = operands("softmax_grad", inputs, ["dy", "y"]);
    requireMatrix("softmax_grad", all);
    requireEqual("softmax_grad", all, "take the gradient of the output");
    return [float32(all.y.shape)];
  },
  reference: ([dy, y], { in: [shape] }) => [
    mapRows(shape![1]!, [dy!, y!], ([gradient, row]) => {
      const mean = gradient!.reduce((sum, value, i) => sum + value * row![i]!, 0);
      return row!.map((value, i) => value * (gradient![i]! - mean));
    }),
  ],
});

/** Throws unless the first operand is [n, c]. */
export function requireMatrix(op: string, all: Readonly<Record<string, ValueType>>): void {
  if (Object.values(all)[0]?.shape.length !== 2)
    shapeError(op, "expects [batch, classes]", all, "add flatten() and dense() in front");
}

/** Logarithm of the softmax of one row, free of overflow. */
export function logSoftmax(row: Float64Array): Float64Array {
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const logarithm = Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return row.map((value) => value - largest - logarithm);
}

/** Applies f to the rows of matrices with `columns` columns and joins what it returns. */
export function mapRows(
  columns: number,
  matrices: readonly Float64Array[],
  f: (rows: Float64Array[]) => Float64Array,
): Float64Array {
  const result = new Float64Array(matrices[0]!.length);
  for (let start = 0; start < result.length; start += columns)
    result.set(f(matrices.map((matrix) => matrix.slice(start, start + columns))), start);
  return result;
}
