// Joining and cutting along the channel axis.
import { PlanError, type Shape } from "../errors.js";
import { count, float32, operands, sameShape, shapeError, whole } from "./check.js";
import { type Attributes, defineOp, type ValueType } from "./op.js";

defineOp({
  name: "concat",
  infer(inputs) {
    if (inputs.length === 0) throw new PlanError("concat takes at least one input, found none");
    const names = inputs.map((_, i) => `x${i + 1}`);
    const all = operands("concat", inputs, names);
    const first = inputs[0]!.shape;
    requireRank("concat", all);
    if (inputs.some(({ shape }) => !sameShape(withChannels(shape, 0), withChannels(first, 0))))
      shapeError("concat", "inputs differ outside axis 1", all, "make all but the channels equal");
    return [
      float32(
        withChannels(
          first,
          inputs.reduce((sum, { shape }) => sum + shape[1]!, 0),
        ),
      ),
    ];
  },
  grad(g, { dy, x }) {
    let start = 0;
    return x.map((value) => {
      const end = start + g.typeOf(value).shape[1]!;
      const part = x.length === 1 ? dy[0]! : g.op("slice", [dy[0]!], { start, end });
      start = end;
      return part;
    });
  },
  onnx(e, node) {
    e.node(
      "Concat",
      node.in.map((value) => e.name(value)),
      [e.name(node.out[0]!)],
      { axis: 1 },
    );
  },
  reference(inputs, shapes) {
    const y = new Float64Array(count(shapes.out[0]!));
    const width = rowLength(shapes.out[0]!);
    let offset = 0;
    for (const [i, x] of inputs.entries()) {
      const part = rowLength(shapes.in[i]!);
      for (const [index, value] of x.entries()) y[Math.floor(index / part) * width + offset + (index % part)] = value;
      offset += part;
    }
    return [y];
  },
});

defineOp({
  name: "slice",
  infer(inputs, attributes) {
    const { x } = operands("slice", inputs, ["x"]);
    requireRank("slice", { x });
    const { start, end } = range(attributes);
    if (end <= start || end > x.shape[1]!)
      shapeError(
        "slice",
        `channels ${start} to ${end} are not among ${x.shape[1]}`,
        { x },
        "take start < end <= channels",
      );
    return [float32(withChannels(x.shape, end - start))];
  },
  grad: (g, { dy, x, attributes }) => [
    g.op("slice_grad", [dy[0]!], { start: range(attributes).start, channels: g.typeOf(x[0]!).shape[1]! }),
  ],
  onnx(e, node) {
    const { start, end } = range(node.attributes);
    const output = e.name(node.out[0]!);
    const index = (hint: string, value: number) =>
      e.constant(`${output}_${hint}`, BigInt64Array.of(BigInt(value)), [1]);
    e.node("Slice", [e.name(node.in[0]!), index("start", start), index("end", end), index("axis", 1)], [output]);
  },
  reference([x], shapes, attributes) {
    const { start } = range(attributes);
    const width = rowLength(shapes.in[0]!);
    const part = rowLength(shapes.out[0]!);
    const before = start * rowLength(withChannels(shapes.in[0]!, 1));
    return [
      new Float64Array(count(shapes.out[0]!)).map((_, i) => x![Math.floor(i / part) * width + before + (i % part)]!),
    ];
  },
});

defineOp({
  name: "slice_grad",
  infer(inputs, attributes) {
    const { dy } = operands("slice_grad", inputs, ["dy"]);
    requireRank("slice_grad", { dy });
    const start = whole("slice_grad", attributes, "start", 0);
    const channels = whole("slice_grad", attributes, "channels", 1);
    if (start + dy.shape[1]! > channels)
      shapeError(
        "slice_grad",
        `${dy.shape[1]} channels from ${start} do not fit into ${channels}`,
        { dy },
        "take the gradient of the output",
      );
    return [float32(withChannels(dy.shape, channels))];
  },
  reference([dy], shapes, attributes) {
    const dx = new Float64Array(count(shapes.out[0]!));
    const width = rowLength(shapes.out[0]!);
    const part = rowLength(shapes.in[0]!);
    const before = whole("slice_grad", attributes, "start", 0) * rowLength(withChannels(shapes.in[0]!, 1));
    for (const [i, value] of dy!.entries()) dx[Math.floor(i / part) * width + before + (i % part)] = value;
    return [dx];
  },
});

function range(attributes: Attributes): { start: number; end: number } {
  return { start: whole("slice", attributes, "start", 0), end: whole("slice", attributes, "end", 1) };
}

function requireRank(op: string, all: Readonly<Record<string, ValueType>>): void {
  if (Object.values(all).some(({ shape }) => shape.length !== 2 && shape.length !== 4))
    shapeError(
      op,
      "expects [batch, channels] or [batch, channels, height, width]",
      all,
      "flatten() or reshape in front",
    );
}

function withChannels(shape: Shape, channels: number): Shape {
  return [shape[0]!, channels, ...shape.slice(2)];
}

/** Elements of one row of the batch. */
function rowLength(shape: Shape): number {
  return count(shape.slice(1));
}
