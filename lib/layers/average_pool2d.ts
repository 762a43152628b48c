// Average pooling: the mean of each window.
import { flag, withDefault } from "../options.js";
import type { Dimensions, FromImage } from "../types/shape.js";
import { defineLayer, type LayerSpec, makeLayer } from "./layer.js";
import { lowerPool, type PoolFields, type PoolOptions, poolOptions, poolSpec } from "./pool2d.js";
import type { Size } from "./window.js";

export interface AveragePool2dSpec extends LayerSpec, PoolFields {
  readonly kind: "average_pool2d";
  readonly countIncludePad: boolean;
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    average_pool2d: FromImage<"averagePool2d", In, readonly [In[0], number, number]>;
  }
}

export interface AveragePool2dOptions extends PoolOptions {
  /** Whether padded zeros count as pixels of the mean; default true, as in PyTorch. */
  readonly countIncludePad?: boolean;
}

defineLayer<AveragePool2dSpec>({
  kind: "average_pool2d",
  options: { ...poolOptions, countIncludePad: withDefault(flag, true) },
  lower: ({ g }, spec, inputs) =>
    lowerPool(g, "average_pool2d", spec, inputs, { countIncludePad: spec.countIncludePad }),
});

/**
 * Mean of each window: `[channels, height, width]` to `[channels, oh, ow]`, where
 * `oh = floor((height + top + bottom - size) / stride) + 1`.
 * @param size height and width of the window
 * @param options `stride`: default the size; `padding`: default "valid"; `countIncludePad`: default true
 * @example
 * sequential([3, 32, 32], [conv2d(8, { kernel: 3 }), averagePool2d(2), flatten(), dense(10)]);
 */
export function averagePool2d(size: Size, options: AveragePool2dOptions = {}): AveragePool2dSpec {
  return makeLayer<AveragePool2dSpec>("average_pool2d", poolSpec(size, options));
}
