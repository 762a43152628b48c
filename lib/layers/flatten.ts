// Flatten: an image as one row of features.
import type { Dimensions } from "../types/shape.js";
import { defineLayer, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface FlattenSpec extends LayerSpec {
  readonly kind: "flatten";
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    flatten: In extends readonly [number] ? In : readonly [number];
  }
}

defineLayer<FlattenSpec>({
  kind: "flatten",
  options: {},
  lower({ g }, _spec, inputs) {
    const x = onlyInput(inputs);
    return g.at(x).shape.length === 2 ? x : g.op("flatten", [x]);
  },
});

/**
 * `[channels, height, width]` to `[channels * height * width]`, channel by channel, row by row. Leaves `[features]` alone.
 * @example
 * sequential([1, 8, 8], [flatten(), dense(10)]);
 */
export function flatten(options: { name?: string } = {}): FlattenSpec {
  return makeLayer<FlattenSpec>("flatten", options);
}
