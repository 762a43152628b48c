// Global average pooling: the mean of each channel's image.
import type { Channels, Dimensions, FromImage } from "../types/shape.js";
import { defineLayer, imageOf, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface GlobalAveragePool2dSpec extends LayerSpec {
  readonly kind: "global_average_pool2d";
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    global_average_pool2d: FromImage<"globalAveragePool2d", In, readonly [Channels<In>]>;
  }
}

defineLayer<GlobalAveragePool2dSpec>({
  kind: "global_average_pool2d",
  options: {},
  lower({ g }, _spec, inputs) {
    const x = onlyInput(inputs);
    imageOf(g, x);
    return g.op("global_average_pool2d", [x]);
  },
});

/**
 * Mean over height and width: `[channels, height, width]` to `[channels]`.
 * @example
 * sequential([1, 16, 16], [conv2d(10, { kernel: 3 }), globalAveragePool2d(), softmax()]);
 */
export function globalAveragePool2d(options: { name?: string } = {}): GlobalAveragePool2dSpec {
  return makeLayer<GlobalAveragePool2dSpec>("global_average_pool2d", options);
}
