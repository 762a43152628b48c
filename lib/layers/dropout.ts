// Dropout (Srivastava et al. 2014): in training a share of the values becomes 0 and the rest grows to make up for it.
import { fnv1a } from "../ops/rng.js";
import { numberIn } from "../options.js";
import { defineLayer, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface DropoutSpec extends LayerSpec {
  readonly kind: "dropout";
  readonly rate: number;
}

declare module "./layer.js" {
  interface ShapeRules<S, In> {
    dropout: In;
  }
}

defineLayer<DropoutSpec>({
  kind: "dropout",
  options: { rate: numberIn({ from: 0, below: 1 }) },
  lower({ g, training, name }, { rate }, inputs) {
    const x = onlyInput(inputs);
    return training && rate > 0 ? g.op("dropout", [x], { rate, stream: fnv1a(name) }) : x;
  },
});

/**
 * In training sets each value to 0 with probability `rate` and divides the others by `1 - rate`; otherwise does nothing.
 * Keeps the shape. Which values fall depends on the seed, the layer's name and the step alone.
 * @param rate in [0, 1)
 * @example
 * sequential([64], [dense(100), relu(), dropout(0.25), dense(10), softmax()]);
 */
export function dropout(rate: number, options: { name?: string } = {}): DropoutSpec {
  return makeLayer<DropoutSpec>("dropout", { rate, ...options });
}
