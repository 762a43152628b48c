// A scalar known when the plan is made, such as the gradient of the loss by itself.
import { float32, number, operands } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "constant",
  infer(inputs, attributes) {
    operands("constant", inputs, []);
    number("constant", attributes, "value");
    return [float32([])];
  },
  grad: () => [],
  onnx(e, node) {
    const output = e.name(node.out[0]!);
    e.node(
      "Identity",
      [e.constant(`${output}_value`, Float32Array.of(number("constant", node.attributes, "value")), [])],
      [output],
    );
  },
  reference: (_, __, attributes) => [Float64Array.of(number("constant", attributes, "value"))],
});
