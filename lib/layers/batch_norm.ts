// Batch normalization (Ioffe and Szegedy 2015): each channel to mean 0 and variance 1, then scaled and shifted.
import { numberIn, withDefault } from "../options.js";
import { ones, zeros } from "./initializers.js";
import { channelsOf, defineLayer, type LayerSpec, makeLayer, onlyInput } from "./layer.js";

export interface BatchNormSpec extends LayerSpec {
  readonly kind: "batch_norm";
  readonly epsilon: number;
  readonly momentum: number;
}

declare module "./layer.js" {
  interface ShapeRules<S, In> {
    batch_norm: In;
  }
}

export interface BatchNormOptions {
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number;
  /** Share of a batch's statistics in the running ones; default 0.1. */
  readonly momentum?: number;
  readonly name?: string;
}

defineLayer<BatchNormSpec>({
  kind: "batch_norm",
  options: {
    epsilon: withDefault(numberIn({ above: 0 }), 1e-5),
    momentum: withDefault(numberIn({ from: 0, to: 1 }), 0.1),
  },
  lower({ g, training, name }, { epsilon, momentum }, inputs) {
    const x = onlyInput(inputs);
    const channels = [channelsOf(g, x)];
    const scale = g.param(`${name}.scale`, channels, ones);
    const shift = g.param(`${name}.shift`, channels, zeros);
    const runningMean = g.state(`${name}.running_mean`, channels, zeros);
    const runningVariance = g.state(`${name}.running_variance`, channels, ones);
    if (!training) return g.op("batch_norm_inference", [x, scale, shift, runningMean, runningVariance], { epsilon });
    const [y, mean, , sampleVariance] = g.opAll("batch_norm", [x, scale, shift], { epsilon }) as [
      number,
      number,
      number,
      number,
    ];
    g.update("running_average", [runningMean, mean], [runningMean], { momentum });
    g.update("running_average", [runningVariance, sampleVariance], [runningVariance], { momentum });
    return y;
  },
});

/**
 * Normalizes each feature of `[features]`, or each channel of `[channels, height, width]`, over the batch (and the image).
 * Keeps the shape. In training with the batch's own mean and biased variance; otherwise with running statistics, which
 * training updates as `(1 - momentum) * running + momentum * batch`, the variance unbiased, as PyTorch.
 *
 * Parameters: `<name>.scale` (starts at 1), `<name>.shift` (0); states: `<name>.running_mean`, `<name>.running_variance`;
 * each `[channels]`. A training batch needs more than one value per channel.
 * @example
 * sequential([1, 16, 16], [conv2d(8, { kernel: 3, bias: false }), batchNorm(), relu(), flatten(), dense(10)]);
 */
export function batchNorm(options: BatchNormOptions = {}): BatchNormSpec {
  return makeLayer<BatchNormSpec>("batch_norm", options);
}
