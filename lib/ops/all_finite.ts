// The check between backward pass and update: a step with a NaN or infinity changes nothing. Where `gradient_norm` stands,
// which looks at the gradients too, the loss alone is left.
import { operands } from "./check.js";
import { defineOp } from "./op.js";

defineOp({
  name: "all_finite",
  infer(inputs) {
    operands("all_finite", inputs, ["loss", "gradients"], 1);
    return [];
  },
  // It sets a flag of the step and has no output; the reference has no steps to refuse.
  reference: () => [],
});
