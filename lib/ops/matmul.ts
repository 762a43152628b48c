// Matrix product, with an optional bias per column: the dense layer and its gradients.
import { PlanError } from "../errors.js";
import { operand, precision, precisionOf } from "./bfloat16.js";
import { boolean, count, float32, hasRelu, operands, requireBatchInFront, shapeError } from "./check.js";
import { type Attributes, defineOp, type ValueType } from "./op.js";

defineOp({
  name: "matmul",
  infer(inputs, attributes) {
    const all = operands("matmul", inputs, ["input", "weight", "bias"], 1) as {
      input: ValueType;
      weight: ValueType;
      bias?: ValueType;
    };
    const { input, weight, bias } = all;
    hasRelu("matmul", attributes);
    if (input.shape.length !== 2) shapeError("matmul", "expects an input of rank 2", all, "add flatten() in front");
    if (weight.shape.length !== 2) shapeError("matmul", "expects a weight of rank 2", all, "use [inputs, units]");
    precision("matmul", attributes);
    const { ta, tb } = transposes(attributes);
    const [m, k] = swapped(input.shape, ta);
    const [inner, n] = swapped(weight.shape, tb);
    if (k !== inner) shapeError("matmul", `input has ${k} columns, weight expects ${inner}`, all, "make the two equal");
    if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== n))
      shapeError(
        "matmul",
        `expects a bias of [${n}], one per column`,
        all,
        "make it as long as the weight has columns",
      );
    requireBatchInFront("matmul", [m, n], all);
    return [float32([m, n])];
  },
  grad(g, { dy, x: [a, b, bias], attributes }) {
    if (attributes.activation !== undefined)
      throw new PlanError("matmul: a fused product has no gradient; differentiate before passes");
    const { ta, tb } = transposes(attributes);
    const d = dy[0]!;
    const product = (left: number, right: number, tLeft: boolean, tRight: boolean) =>
      g.op("matmul", [left, right], { ta: tLeft, tb: tRight, ...precisionOf(attributes) });
    const da = ta ? product(b!, d, tb, true) : product(d, b!, false, !tb);
    const db = tb ? product(d, a!, true, ta) : product(a!, d, !ta, false);
    return bias === undefined ? [da, db] : [da, db, g.op("channel_sum", [d])];
  },
  onnx(e, node) {
    const { ta, tb } = transposes(node.attributes);
    const inputs = node.in.map((value) => e.name(value));
    const outputs = node.out.map((value) => e.name(value));
    if (inputs.length === 2 && !ta && !tb) e.node("MatMul", inputs, outputs);
    else e.node("Gemm", inputs, outputs, { transA: Number(ta), transB: Number(tb) });
  },
  reference([a, b, bias], shapes, attributes) {
    const { ta, tb } = transposes(attributes);
    const [m, k] = swapped(shapes.in[0]!, ta);
    const n = shapes.out[0]![1]!;
    const left = operand("matmul", attributes, a!);
    const right = operand("matmul", attributes, b!);
    const y = new Float64Array(count(shapes.out[0]!));
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = bias?.[j] ?? 0;
        for (let l = 0; l < k; l++) sum += left[ta ? l * m + i : i * k + l]! * right[tb ? j * k + l : l * n + j]!;
        y[i * n + j] = sum;
      }
    return [hasRelu("matmul", attributes) ? y.map((value) => Math.max(value, 0)) : y];
  },
});

function transposes(attributes: Attributes): { ta: boolean; tb: boolean } {
  return { ta: boolean("matmul", attributes, "ta"), tb: boolean("matmul", attributes, "tb") };
}

function swapped(shape: readonly number[], transposed: boolean): [number, number] {
  return transposed ? [shape[1]!, shape[0]!] : [shape[0]!, shape[1]!];
}
