// What a layer case is: a small model around the layer; the conformance tests run every case.
import type { Shape } from "../../lib/errors.js";
import type { LayerSpec } from "../../lib/layers/index.js";
import type { Loss } from "../../lib/losses/index.js";

export interface LayerCase {
  /** What is special about it; unique for the layer. */
  readonly name: string;
  /** Shape of a row. */
  readonly input: Shape;
  /** A whole model with parameters before or after the layer, so that gradients pass through it. */
  readonly layers: readonly LayerSpec[];
  /** Default mse(). */
  readonly loss?: Loss;
  /** Default false. */
  readonly standardizeTargets?: boolean;
  /** Default 5. */
  readonly batch?: number;
}

/** Cases by kind of layer. */
export type LayerCases = Readonly<Record<string, readonly LayerCase[]>>;
