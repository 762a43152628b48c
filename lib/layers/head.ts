// Heads: what the last values of a model mean, in the target's units and by name.
import type { Graph } from "../compile/graph.js";
import type { ValueId } from "../ops/op.js";

/** What losses and metrics compare with the target. */
export interface Predictions {
  /** Kind of the head: `softmax`, `gaussian`, or `none`. */
  readonly head: string;
  /** What the layer before the head gives, such as logits; never scaled. */
  readonly raw: ValueId;
  /** One value per target: the output, probabilities or mean. */
  readonly values: ValueId;
  /** `log sigma^2` per target, of a head that predicts it. */
  readonly logVariance?: ValueId;
}

/** How targets were scaled for training: per target, `[c]`. */
export interface TargetScaling {
  readonly mean: ValueId;
  readonly deviation: ValueId;
}

export interface Head {
  /** Reads the last layer's values; throws ShapeError that starts with what the head expects. */
  predictions(g: Graph, raw: ValueId): Predictions;
  /** The same predictions in the units of unscaled targets. Absent: targets of this head cannot be scaled. */
  unscale?(g: Graph, predictions: Predictions, scaling: TargetScaling): Predictions;
  /** What predict and ONNX give, by name; in the units of unscaled targets where there is a scaling. */
  outputs(g: Graph, predictions: Predictions, scaling: TargetScaling | undefined): Record<string, ValueId>;
}

/** A model without a head: its last values are the prediction, called `output`. */
export const plainHead: Head = {
  predictions: (_g, raw) => ({ head: "none", raw, values: raw }),
  unscale: (g, predictions, scaling) => ({ ...predictions, values: unscaled(g, predictions.values, scaling) }),
  outputs: (g, { values }, scaling) => ({ output: unscaled(g, values, scaling) }),
};

/** Values of the scaled target's size in the target's own units. */
export function unscaled(g: Graph, values: ValueId, scaling: TargetScaling | undefined): ValueId {
  return scaling === undefined ? values : g.op("unstandardize", [values, scaling.mean, scaling.deviation]);
}
