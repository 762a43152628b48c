// The check between backward pass and update: a step with a NaN or infinity changes nothing.
import { operands } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "all_finite",
  infer(inputs) {
    operands("all_finite", inputs, ["loss", "gradients"]);
    return [];
  },
  // It sets a flag of the step and has no output; the reference has no steps to refuse.
  reference: () => [],
});
