// Max pooling: the largest value of each window.
import type { Dimensions, FromImage } from "../types/shape.js";
import { defineLayer, type LayerSpec, makeLayer } from "./layer.js";
import { lowerPool, type PoolFields, poolOptions, poolSpec, type PoolOptions } from "./pool2d.js";
import type { Size } from "./window.js";

export interface MaxPool2dSpec extends LayerSpec, PoolFields {
  readonly kind: "max_pool2d";
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    max_pool2d: FromImage<"maxPool2d", In, readonly [In[0], number, number]>;
  }
}

defineLayer<MaxPool2dSpec>({
  kind: "max_pool2d",
  options: poolOptions,
  lower: ({ g }, spec, inputs) => lowerPool(g, "max_pool2d", spec, inputs, {}),
});

/**
 * Largest value of each window: `[channels, height, width]` to `[channels, oh, ow]`, where
 * `oh = floor((height + top + bottom - size) / stride) + 1`. Padding counts as minus infinity.
 * @param size height and width of the window
 * @param options `stride`: default the size; `padding`: default "valid"
 * @example
 * sequential([1, 16, 16], [conv2d(8, { kernel: 3 }), relu(), maxPool2d(2), flatten(), dense(10)]);
 */
export function maxPool2d(size: Size, options: PoolOptions = {}): MaxPool2dSpec {
  return makeLayer<MaxPool2dSpec>("max_pool2d", poolSpec(size, options));
}
