// Ops on single elements, as a table: what each computes, its gradient and its ONNX form.
import { float32, number, operands, requireEqual } from "./check.js";
import { type Attributes, defineOp, type GradientBuilder, type OnnxEmitter, type ValueId } from "./op.js";

interface Row {
  readonly inputs: readonly string[];
  readonly f: (...x: number[]) => number;
  /** Gradients from dy, the inputs and the output. */
  readonly grad?: (g: GradientBuilder, dy: ValueId, x: readonly ValueId[], y: ValueId) => ValueId[];
  readonly onnx?: string;
}

const table: Readonly<Record<string, Row>> = {
  // Math.max hands NaN on, as PyTorch does.
  relu: { inputs: ["x"], f: (x) => Math.max(x!, 0), grad: fromOutput("relu_grad"), onnx: "Relu" },
  relu_grad: { inputs: ["dy", "y"], f: (dy, y) => (y! > 0 ? dy! : 0) },
  sigmoid: { inputs: ["x"], f: (x) => 1 / (1 + Math.exp(-x!)), grad: fromOutput("sigmoid_grad"), onnx: "Sigmoid" },
  sigmoid_grad: { inputs: ["dy", "y"], f: (dy, y) => dy! * y! * (1 - y!) },
  tanh: { inputs: ["x"], f: (x) => Math.tanh(x!), grad: fromOutput("tanh_grad"), onnx: "Tanh" },
  tanh_grad: { inputs: ["dy", "y"], f: (dy, y) => dy! * (1 - y! * y!) },
  exp: { inputs: ["x"], f: (x) => Math.exp(x!), grad: fromOutput("multiply"), onnx: "Exp" },
  log: { inputs: ["x"], f: (x) => Math.log(x!), grad: (g, dy, [x]) => [g.op("divide", [dy, x!])], onnx: "Log" },
  add: { inputs: ["a", "b"], f: (a, b) => a! + b!, grad: (_, dy) => [dy, dy], onnx: "Add" },
  subtract: { inputs: ["a", "b"], f: (a, b) => a! - b!, grad: (g, dy) => [dy, negative(g, dy)], onnx: "Sub" },
  multiply: {
    inputs: ["a", "b"],
    f: (a, b) => a! * b!,
    grad: (g, dy, [a, b]) => [g.op("multiply", [dy, b!]), g.op("multiply", [dy, a!])],
    onnx: "Mul",
  },
  divide: {
    inputs: ["a", "b"],
    f: (a, b) => a! / b!,
    grad(g, dy, [, b], y) {
      const da = g.op("divide", [dy, b!]);
      return [da, negative(g, g.op("multiply", [da, y]))];
    },
    onnx: "Div",
  },
};

for (const [name, row] of Object.entries(table)) {
  const { inputs: names, f, grad, onnx } = row;
  defineOp({
    name,
    infer(inputs) {
      const all = operands(name, inputs, names);
      requireEqual(name, all, "make them equal; there is no broadcasting");
      return [float32(inputs[0]!.shape)];
    },
    ...(grad && { grad: (g, { dy, x, y }) => grad(g, dy[0]!, x, y[0]!) }),
    ...(onnx !== undefined && {
      onnx: (e: OnnxEmitter, node: { in: readonly ValueId[]; out: readonly ValueId[] }) =>
        e.node(
          onnx,
          node.in.map((value) => e.name(value)),
          node.out.map((value) => e.name(value)),
        ),
    }),
    reference: (inputs) => [inputs[0]!.map((_, i) => f(...inputs.map((input) => input[i]!)))],
  });
}

defineOp({
  name: "affine",
  infer(inputs, attributes) {
    const { x } = operands("affine", inputs, ["x"]);
    scaleAndOffset(attributes);
    return [float32(x.shape)];
  },
  grad: (g, { dy, attributes }) => [g.op("affine", [dy[0]!], { scale: scaleAndOffset(attributes).scale, offset: 0 })],
  onnx(e, node) {
    const { scale, offset } = scaleAndOffset(node.attributes);
    const output = e.name(node.out[0]!);
    let value = e.name(node.in[0]!);
    if (scale !== 1 || offset === 0) {
      const scaled = offset === 0 ? output : e.fresh(`${output}_scaled`);
      e.node("Mul", [value, e.constant(`${output}_scale`, Float32Array.of(scale), [])], [scaled]);
      value = scaled;
    }
    if (offset !== 0) e.node("Add", [value, e.constant(`${output}_offset`, Float32Array.of(offset), [])], [output]);
  },
  reference([x], _, attributes) {
    const { scale, offset } = scaleAndOffset(attributes);
    return [x!.map((value) => scale * value + offset)];
  },
});

/** Rules that need nothing but dy and the output, so that the input's memory dies early. */
function fromOutput(op: string): NonNullable<Row["grad"]> {
  return (g, dy, _, y) => [g.op(op, [dy, y])];
}

function negative(g: GradientBuilder, value: ValueId): ValueId {
  return g.op("affine", [value], { scale: -1, offset: 0 });
}

function scaleAndOffset(attributes: Attributes): { scale: number; offset: number } {
  return { scale: number("affine", attributes, "scale"), offset: number("affine", attributes, "offset") };
}
