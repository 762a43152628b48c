// What max and average pooling have in common: window options and lowering.
import type { Graph } from "../compile/graph.js";
import { ShapeError } from "../errors.js";
import type { Attributes, ValueId } from "../ops/op.js";
import { type Options, positivePair } from "../options.js";
import { imageOf, onlyInput } from "./layer.js";
import { type KeptPadding, type Padding, paddingOption, type Size, windowPadding } from "./window.js";

export interface PoolFields {
  readonly size: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: KeptPadding;
}

export interface PoolOptions {
  /** Step between windows; default the window's size. */
  readonly stride?: Size;
  /** Pixels around the image; default "valid", none. Less than the window's size. */
  readonly padding?: Padding;
  readonly name?: string;
}

export const poolOptions: Options = { size: positivePair, stride: positivePair, padding: paddingOption };

/** Fills in the stride, whose default is the size. */
export function poolSpec(size: Size, options: object): object {
  const { stride = size } = options as PoolOptions;
  return { size, ...options, stride };
}

/** Appends the pooling op after checking that every window holds a real pixel. */
export function lowerPool(
  g: Graph,
  op: string,
  spec: PoolFields,
  inputs: readonly ValueId[],
  more: Attributes,
): ValueId {
  const { size, stride } = spec;
  const x = onlyInput(inputs);
  const [, height, width] = imageOf(g, x);
  const padding = windowPadding(height, width, { kernel: size, stride, padding: spec.padding });
  if (padding.some((pixels, side) => pixels >= (size[side % 2] as number)))
    throw new ShapeError(`expects padding smaller than its window of ${size.join(" x ")}, got [${padding.join(", ")}]`);
  return g.op(op, [x], { kernel: size, stride, padding, ...more });
}
