// Two-dimensional convolution: cross-correlation of an image with learned kernels.
import { ShapeError } from "../errors.js";
import { flag, positivePair, positiveWhole, withDefault } from "../options.js";
import type { Dimensions, FromImage } from "../types/shape.js";
import { biasInitializer, initOption, type WeightInit, weightInitializer } from "./initializers.js";
import { defineLayer, imageOf, type LayerSpec, makeLayer, onlyInput } from "./layer.js";
import { type KeptPadding, type Padding, paddingOption, type Size, windowPadding } from "./window.js";

export interface Conv2dSpec<Filters extends number = number> extends LayerSpec {
  readonly kind: "conv2d";
  readonly filters: Filters;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: KeptPadding;
  readonly dilation: readonly [number, number];
  readonly groups: number;
  readonly bias: boolean;
  readonly init: WeightInit;
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    conv2d: S extends Conv2dSpec<infer Filters> ? FromImage<"conv2d", In, readonly [Filters, number, number]> : never;
  }
}

export interface Conv2dOptions {
  /** Height and width of the kernel. */
  readonly kernel: Size;
  /** Step between windows; default 1. */
  readonly stride?: Size;
  /** Zeros around the image; default "valid", none. */
  readonly padding?: Padding;
  /** Distance between the pixels a kernel looks at; default 1. */
  readonly dilation?: Size;
  /** Splits channels and filters into groups that do not see each other; default 1. As many as channels: depthwise. */
  readonly groups?: number;
  /** Adds a number per filter; default true. */
  readonly bias?: boolean;
  /** How the weights start; default "fanIn". */
  readonly init?: WeightInit;
  readonly name?: string;
}

defineLayer<Conv2dSpec>({
  kind: "conv2d",
  options: {
    filters: positiveWhole,
    kernel: positivePair,
    stride: withDefault(positivePair, 1),
    padding: paddingOption,
    dilation: withDefault(positivePair, 1),
    groups: withDefault(positiveWhole, 1),
    bias: withDefault(flag, true),
    init: initOption,
  },
  lower({ g, name }, spec, inputs) {
    const { filters, kernel, stride, dilation, groups, bias, init } = spec;
    const x = onlyInput(inputs);
    const [channels, height, width] = imageOf(g, x);
    for (const [what, count] of [["input channels", channels] as const, ["filters", filters] as const])
      if (count % groups !== 0)
        throw new ShapeError(
          `expects ${what} that can be divided into ${groups} groups, got ${count}; change groups or the number`,
        );
    const padding = windowPadding(height, width, spec);
    const area = kernel[0] * kernel[1];
    const fanIn = (channels / groups) * area;
    const shape = [filters, channels / groups, ...kernel];
    const operands = [x, g.param(`${name}.weight`, shape, weightInitializer(init, fanIn, filters * area))];
    if (bias) operands.push(g.param(`${name}.bias`, [filters], biasInitializer(init, fanIn)));
    return g.op("conv2d", operands, { stride, padding, dilation, groups });
  },
});

/**
 * Convolution: `[channels, height, width]` to `[filters, oh, ow]`, where
 * `oh = floor((height + top + bottom - dilation * (kernel - 1) - 1) / stride) + 1`.
 *
 * Parameters: `<name>.weight` `[filters, channels / groups, kernel height, kernel width]`, `<name>.bias` `[filters]`.
 * @throws ArgumentError for options that cannot be used; the model throws ShapeError when the kernel is larger than the
 *   padded image or channels do not divide into groups
 * @example
 * sequential([1, 16, 16], [
 *   conv2d(8, { kernel: 3, padding: "same" }), relu(),
 *   conv2d(8, { kernel: 3, groups: 8 }), relu(), // depthwise
 *   flatten(), dense(10), softmax(),
 * ]);
 */
export function conv2d<const Filters extends number>(filters: Filters, options: Conv2dOptions): Conv2dSpec<Filters> {
  return makeLayer<Conv2dSpec<Filters>>("conv2d", { filters, ...options });
}
