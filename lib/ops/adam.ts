// Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), as in PyTorch.
import { boolean, number } from "./check.js";
import { type Attributes, defineOp } from "./op.js";
import { inferUpdate, updateOf } from "./update.js";

defineOp({
  name: "adam",
  infer(inputs, attributes) {
    options(attributes);
    return inferUpdate("adam", inputs, attributes, ["m", "v"]);
  },
  reference(inputs, _, attributes, { learningRate, step }) {
    const { beta1, beta2, epsilon, weightDecay, decoupled } = options(attributes);
    const { params, grads, slots } = updateOf("adam", inputs, attributes);
    const [m, v] = slots;
    const decayed = decoupled ? params.map((value) => value * (1 - learningRate * weightDecay)) : params;
    const g = decoupled ? grads : grads.map((gradient, i) => gradient + weightDecay * params[i]!);
    const first = m!.map((old, i) => beta1 * old + (1 - beta1) * g[i]!);
    const second = v!.map((old, i) => beta2 * old + (1 - beta2) * g[i]! ** 2);
    const correction1 = 1 - beta1 ** (step + 1);
    const correction2 = 1 - beta2 ** (step + 1);
    const next = decayed.map(
      (value, i) =>
        value - ((learningRate / correction1) * first[i]!) / (Math.sqrt(second[i]! / correction2) + epsilon),
    );
    return [next, first, second];
  },
});

function options(attributes: Attributes) {
  return {
    beta1: number("adam", attributes, "beta1"),
    beta2: number("adam", attributes, "beta2"),
    epsilon: number("adam", attributes, "epsilon"),
    weightDecay: number("adam", attributes, "weightDecay"),
    decoupled: boolean("adam", attributes, "decoupled"),
  };
}
