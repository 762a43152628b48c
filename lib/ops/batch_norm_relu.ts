// Batch norm with what usually follows it, in one op: a residual added, relu, and maxima of 2x2 windows. Made by the fusion pass.
import { PlanError } from "../errors.js";
import { float32, number, operands, requireChannels, requireEqual, requireImage, shapeError, whole } from "./check.js";
import { type Attributes, defineOp, opDefinition, type ReferenceContext, type ValueType } from "./op.js";

const POOL = { kernel: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] } as const;

defineOp({
  name: "batch_norm_relu",
  infer(inputs, attributes) {
    const { residual, ...all } = operands("batch_norm_relu", inputs, ["x", "scale", "shift", "residual"], 1);
    requireChannels("batch_norm_relu", all);
    number("batch_norm_relu", attributes, "epsilon");
    if (residual !== undefined) requireEqual("batch_norm_relu", { x: all.x, residual }, "add values of one shape");
    const perChannel = float32([all.x.shape[1]!]);
    const y = pooled("batch_norm_relu", all.x, attributes, residual !== undefined);
    return [y, perChannel, perChannel, perChannel];
  },
  grad(g, { dy, x: [x, scale, shift, residual], y: [y, mean, inverseDeviation], attributes }) {
    if (dy.slice(1).some((gradient) => gradient !== null))
      throw new PlanError("batch_norm_relu: statistics of a batch have no gradient; only the first output has");
    const { window } = attributes as { window: number };
    const inputs = [dy[0]!, x!, scale!, shift!, mean!, inverseDeviation!];
    const gradients = g.opAll("batch_norm_relu_grad", residual === undefined ? inputs : [...inputs, y!], { window });
    return gradients;
  },
  reference([x, scale, shift, residual], { in: [shape] }, attributes, context) {
    const perChannel = [shape![1]!];
    const [z, ...statistics] = run("batch_norm", [x!, scale!, shift!], [shape!, perChannel, perChannel], context, {
      epsilon: number("batch_norm_relu", attributes, "epsilon"),
    });
    const rectified = z!.map((value, i) => Math.max(value + (residual?.[i] ?? 0), 0));
    const windowed = attributes.window === 2 ? run("max_pool2d", [rectified], [shape!], context, POOL)[0]! : rectified;
    return [windowed, ...statistics];
  },
});

defineOp({
  name: "batch_norm_relu_grad",
  infer(inputs, attributes) {
    const { dy, x, y, ...vectors } = operands(
      "batch_norm_relu_grad",
      inputs,
      ["dy", "x", "scale", "shift", "mean", "inverse_deviation", "y"],
      1,
    );
    requireChannels("batch_norm_relu_grad", { x, ...vectors });
    const expected = pooled("batch_norm_relu_grad", x, attributes, y !== undefined);
    requireEqual("batch_norm_relu_grad", { output: expected, dy, ...(y && { y }) }, "take the gradient of the output");
    const perChannel = float32([x.shape[1]!]);
    const results = [float32(x.shape), perChannel, perChannel];
    return y === undefined ? results : [...results, float32(x.shape)];
  },
  reference([dy, x, scale, shift, mean, inverseDeviation, y], { in: [, shape] }, attributes, context) {
    const vector = [shape![1]!];
    const inner = shape!.slice(2).reduce((product, dimension) => product * dimension, 1);
    const z = x!.map((value, i) => {
      const c = Math.floor(i / inner) % vector[0]!;
      return (value - mean![c]!) * inverseDeviation![c]! * scale![c]! + shift![c]!;
    });
    const rectified = (y ?? z).map((value) => Math.max(value, 0));
    const behindPool =
      attributes.window === 2
        ? run("max_pool2d_grad", [dy!, rectified], [halved(shape!), shape!, halved(shape!)], context, POOL)[0]!
        : dy!;
    const dz = behindPool.map((gradient, i) => (rectified[i]! > 0 ? gradient : 0));
    const gradients = run(
      "batch_norm_grad",
      [dz, x!, scale!, mean!, inverseDeviation!],
      [shape!, shape!, vector, vector, vector],
      context,
      {},
    );
    return y === undefined ? gradients : [...gradients, dz];
  },
});

/** Another op's definition; the shapes of outputs are inferred. */
function run(
  op: string,
  inputs: readonly Float64Array[],
  shapes: readonly (readonly number[])[],
  context: ReferenceContext,
  attributes: Attributes,
): Float64Array[] {
  const definition = opDefinition(op);
  const out = definition.infer(shapes.map(float32), attributes).map(({ shape }) => shape);
  return definition.reference(inputs, { in: shapes, out }, attributes, context);
}

function halved([n, c, h, w]: readonly number[]): number[] {
  return [n!, c!, h! / 2, w! / 2];
}

/** The type of the output: x, or with window 2 half its height and width. */
function pooled(op: string, x: ValueType, attributes: Attributes, residual: boolean): ValueType {
  const window = whole(op, attributes, "window", 1);
  if (window > 2 || (window === 2 && residual))
    throw new PlanError(`${op}: window is ${window}, expected 1, or 2 without a residual`);
  if (window === 1) return float32(x.shape);
  requireImage(op, "x", x);
  if (x.shape[2]! % 2 !== 0 || x.shape[3]! % 2 !== 0)
    shapeError(op, "2x2 windows need an even height and width", { x }, "leave the pooling to max_pool2d");
  return float32(halved(x.shape));
}
