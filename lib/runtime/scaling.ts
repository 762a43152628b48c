// Fits the scaling of inputs and targets on training rows.
import { DataError } from "../errors.js";
import type { Dataset } from "./dataset.js";
import type { Engine } from "./engine.js";

/** Writes mean and deviation of the training rows into the model's scaling states, where it has any. */
export function fitScaling(engine: Engine, train: Dataset): void {
  const { inputScaling, targetScaling } = engine.compiled;
  const write = (
    names: { mean: string; deviation: string },
    statistics: { mean: Float32Array; deviation: Float32Array },
  ) => {
    engine.session().write(names.mean, statistics.mean);
    engine.session().write(names.deviation, statistics.deviation);
  };
  if (inputScaling) write(inputScaling, channelStatistics(train.input, train.rows, train.inputShape[0] ?? 1));
  if (!targetScaling) return;
  if (!(train.target instanceof Float32Array))
    throw new DataError("standardizeTargets: the targets are class labels; leave it out for classification");
  write(targetScaling, channelStatistics(train.target, train.rows, train.targetShape?.[0] ?? 1));
}

/**
 * Mean and deviation (n - 1 in the denominator, as torch.std) of each channel over rows and positions, in float64.
 * A constant channel gets deviation 1, so that it becomes zero and not NaN.
 */
export function channelStatistics(
  data: Float32Array,
  rows: number,
  channels: number,
): { mean: Float32Array; deviation: Float32Array } {
  const positions = data.length / rows / channels;
  const count = rows * positions;
  const mean = new Float32Array(channels);
  const deviation = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const over = (term: (value: number) => number): number => {
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        const start = (row * channels + channel) * positions;
        for (let i = start; i < start + positions; i++) sum += term(data[i] as number);
      }
      return sum;
    };
    const center = over((value) => value) / count;
    const variance = over((value) => (value - center) ** 2) / Math.max(1, count - 1);
    mean[channel] = center;
    deviation[channel] = Math.fround(Math.sqrt(variance)) || 1;
  }
  return { mean, deviation };
}
