// Softmax head: scores of classes as probabilities.
import type { Dimensions, FromFeatures } from "../types/shape.js";
import { defineLayer, featuresOf, type LayerSpec, makeLayer } from "./layer.js";

export interface SoftmaxSpec extends LayerSpec {
  readonly kind: "softmax";
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    softmax: FromFeatures<"softmax", In, In>;
  }
}

defineLayer<SoftmaxSpec>({
  kind: "softmax",
  options: {},
  place: "last",
  head: {
    predictions(g, raw) {
      featuresOf(g, raw);
      return { head: "softmax", raw, values: g.op("softmax", [raw]) };
    },
    outputs: (_g, { values }) => ({ probabilities: values }),
  },
});

/**
 * Head of a classifier, the last layer: `[classes]` scores to `[classes]` probabilities that sum to 1; predict calls them
 * `probabilities`. With `crossEntropy()` training works on the scores themselves, which is exact for any size of them.
 * @example
 * sequential([4], [dense(16), relu(), dense(3), softmax()]);
 */
export function softmax(options: { name?: string } = {}): SoftmaxSpec {
  return makeLayer<SoftmaxSpec>("softmax", options);
}
