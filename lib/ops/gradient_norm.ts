// The norm of all gradients, by which the optimizers clip them.
import { float32, operands, shapeError } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "gradient_norm",
  infer(inputs) {
    const all = operands("gradient_norm", inputs, ["gradients"]);
    if (all.gradients.shape.length !== 1)
      shapeError("gradient_norm", "expects one dimension", all, "use the flat view of all gradients");
    return [float32([])];
  },
  reference: ([gradients]) => [Float64Array.of(Math.sqrt(gradients!.reduce((sum, value) => sum + value * value, 0)))],
});
