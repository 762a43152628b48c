// Gaussian head: a mean and a standard deviation for each target.
import { ShapeError } from "../errors.js";
import type { Dimensions, FromFeatures } from "../types/shape.js";
import { unscaled } from "./head.js";
import { defineLayer, featuresOf, type LayerSpec, makeLayer } from "./layer.js";

export interface GaussianSpec extends LayerSpec {
  readonly kind: "gaussian";
}

declare module "./layer.js" {
  interface ShapeRules<S, In extends Dimensions> {
    gaussian: FromFeatures<"gaussian", In, readonly [number]>;
  }
}

defineLayer<GaussianSpec>({
  kind: "gaussian",
  options: {},
  place: "last",
  head: {
    predictions(g, raw) {
      const features = featuresOf(g, raw);
      if (features % 2 !== 0)
        throw new ShapeError(
          `expects two values per target (first all means, then all log sigma^2), got [${features}]; put dense(2) before it for one target`,
        );
      const targets = features / 2;
      return {
        head: "gaussian",
        raw,
        values: g.op("slice", [raw], { start: 0, end: targets }),
        logVariance: g.op("slice", [raw], { start: targets, end: features }),
      };
    },
    unscale(g, predictions, scaling) {
      const { values, logVariance } = predictions;
      // log sigma^2 + 2 log deviation, without exp, which would overflow for a variance far off.
      const twiceLog = g.op("affine", [g.op("log", [scaling.deviation])], { scale: 2, offset: 0 });
      const one = g.op("affine", [scaling.deviation], { scale: 0, offset: 1 });
      return {
        ...predictions,
        values: unscaled(g, values, scaling),
        logVariance: g.op("unstandardize", [logVariance as number, twiceLog, one]),
      };
    },
    outputs(g, { values, logVariance }, scaling) {
      const halved = g.op("affine", [logVariance as number], { scale: 0.5, offset: 0 });
      const sigma = g.op("exp", [halved]);
      return {
        mean: unscaled(g, values, scaling),
        sigma: scaling === undefined ? sigma : g.op("channel_multiply", [sigma, scaling.deviation]),
      };
    },
  },
});

/**
 * Head that predicts how sure it is, the last layer: of `[2 * targets]` values the first half are means, the second
 * log sigma^2. predict gives `mean` and `sigma`, each `[targets]`, in the target's units. Train it with `gaussianNll()`.
 * @example
 * sequential([4], [standardize(), dense(32), relu(), dense(2), gaussian()]);
 */
export function gaussian(options: { name?: string } = {}): GaussianSpec {
  return makeLayer<GaussianSpec>("gaussian", options);
}
