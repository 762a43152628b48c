// RMSprop, plain or centered, with momentum, as in PyTorch.
import { boolean, number } from "./check.js";
import { type Attributes, defineOp } from "./op.js";
import { inferUpdate, updateOf } from "./update.js";

defineOp({
  name: "rmsprop",
  infer(inputs, attributes) {
    const { centered, momentum } = options(attributes);
    const slots = [
      "square_average",
      ...(centered ? ["gradient_average"] : []),
      ...(momentum === 0 ? [] : ["velocity"]),
    ];
    return inferUpdate("rmsprop", inputs, attributes, slots);
  },
  reference(inputs, _, attributes, { learningRate }) {
    const { alpha, epsilon, momentum, centered, weightDecay } = options(attributes);
    const { params, grads, slots } = updateOf("rmsprop", inputs, attributes);
    const [squareAverage, ...others] = slots;
    const g = grads.map((gradient, i) => gradient + weightDecay * params[i]!);
    const average = (old: Float64Array, next: Float64Array) =>
      old.map((value, i) => alpha * value + (1 - alpha) * next[i]!);
    const square = average(
      squareAverage!,
      g.map((gradient) => gradient * gradient),
    );
    const mean = centered ? average(others[0]!, g) : undefined;
    const scaled = g.map((gradient, i) => gradient / (Math.sqrt(square[i]! - (mean?.[i] ?? 0) ** 2) + epsilon));
    const velocity = momentum === 0 ? undefined : others.at(-1)!.map((old, i) => momentum * old + scaled[i]!);
    const direction = velocity ?? scaled;
    return [
      params.map((value, i) => value - learningRate * direction[i]!),
      square,
      ...(mean === undefined ? [] : [mean]),
      ...(velocity === undefined ? [] : [velocity]),
    ];
  },
});

function options(attributes: Attributes) {
  return {
    alpha: number("rmsprop", attributes, "alpha"),
    epsilon: number("rmsprop", attributes, "epsilon"),
    momentum: number("rmsprop", attributes, "momentum"),
    centered: boolean("rmsprop", attributes, "centered"),
    weightDecay: number("rmsprop", attributes, "weightDecay"),
  };
}
