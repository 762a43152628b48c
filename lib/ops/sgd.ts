// Stochastic gradient descent with momentum, as in PyTorch.
import { boolean, number } from "./check.js";
import { type Attributes, defineOp } from "./op.js";
import { inferUpdate, updateOf } from "./update.js";

defineOp({
  name: "sgd",
  infer(inputs, attributes) {
    const { momentum } = options(attributes);
    return inferUpdate("sgd", inputs, attributes, momentum === 0 ? [] : ["velocity"]);
  },
  reference(inputs, _, attributes, { learningRate, step }) {
    const { momentum, dampening, nesterov, weightDecay } = options(attributes);
    const { params, grads, slots } = updateOf("sgd", inputs, attributes);
    const g = grads.map((gradient, i) => gradient + weightDecay * params[i]!);
    const [velocity] = slots;
    if (velocity === undefined) return [params.map((value, i) => value - learningRate * g[i]!)];
    const v = velocity.map((old, i) => (step === 0 ? g[i]! : momentum * old + (1 - dampening) * g[i]!));
    const direction = nesterov ? g.map((gradient, i) => gradient + momentum * v[i]!) : v;
    return [params.map((value, i) => value - learningRate * direction[i]!), v];
  },
});

function options(attributes: Attributes) {
  return {
    momentum: number("sgd", attributes, "momentum"),
    dampening: number("sgd", attributes, "dampening"),
    nesterov: boolean("sgd", attributes, "nesterov"),
    weightDecay: number("sgd", attributes, "weightDecay"),
  };
}
