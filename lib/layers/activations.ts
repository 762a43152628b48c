// Activations: layers of one elementwise op, for values of any shape.
import { defineLayer, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface ReluSpec extends LayerSpec {
  readonly kind: "relu";
}

export interface SigmoidSpec extends LayerSpec {
  readonly kind: "sigmoid";
}

export interface TanhSpec extends LayerSpec {
  readonly kind: "tanh";
}

declare module "./layer.js" {
  interface ShapeRules<S, In> {
    relu: In;
    sigmoid: In;
    tanh: In;
  }
}

for (const kind of ["relu", "sigmoid", "tanh"])
  defineLayer({ kind, options: {}, lower: ({ g }, _spec, inputs) => g.op(kind, [onlyInput(inputs)]) });

/**
 * `max(x, 0)`. Keeps the shape; the gradient at 0 is 0.
 * @example
 * sequential([4], [dense(8), relu(), dense(1)]);
 */
export function relu(options: { name?: string } = {}): ReluSpec {
  return makeLayer<ReluSpec>("relu", options);
}

/** `1 / (1 + exp(-x))`. Keeps the shape. */
export function sigmoid(options: { name?: string } = {}): SigmoidSpec {
  return makeLayer<SigmoidSpec>("sigmoid", options);
}

/** Hyperbolic tangent. Keeps the shape. */
export function tanh(options: { name?: string } = {}): TanhSpec {
  return makeLayer<TanhSpec>("tanh", options);
}
