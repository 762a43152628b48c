// Images to rows and back, in NCHW order whatever the storage.
import { count, float32, operands, requireImage, shapeError, wholes } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "flatten",
  infer(inputs) {
    const { x } = operands("flatten", inputs, ["x"]);
    requireImage("flatten", "x", x);
    return [float32([x.shape[0]!, count(x.shape.slice(1))])];
  },
  grad: (g, { dy, x }) => [g.op("unflatten", [dy[0]!], { shape: g.typeOf(x[0]!).shape.slice(1) })],
  onnx: (e, node) => e.node("Flatten", [e.name(node.in[0]!)], [e.name(node.out[0]!)], { axis: 1 }),
  reference: ([x]) => [x!.slice()],
});

defineOp({
  name: "unflatten",
  infer(inputs, attributes) {
    const { x } = operands("unflatten", inputs, ["x"]);
    const shape = wholes("unflatten", attributes, "shape", 3, 1);
    if (x.shape.length !== 2 || x.shape[1] !== count(shape))
      shapeError(
        "unflatten",
        `expects [batch, ${count(shape)}] to make [${shape.join(", ")}]`,
        { x },
        "choose a shape of as many elements",
      );
    return [float32([x.shape[0]!, ...shape])];
  },
  grad: (g, { dy }) => [g.op("flatten", [dy[0]!])],
  onnx(e, node) {
    const output = e.name(node.out[0]!);
    // In Reshape 0 stands for the dimension of the input: the batch.
    const shape = BigInt64Array.from([0, ...wholes("unflatten", node.attributes, "shape", 3, 1)].map(BigInt));
    e.node("Reshape", [e.name(node.in[0]!), e.constant(`${output}_shape`, shape, [4])], [output]);
  },
  reference: ([x]) => [x!.slice()],
});
