// Between parameter values and real numbers: logarithms, steps and the unit interval, the same for all samplers.
import type { RandomStream } from "../../data/random.js";
import {
  type Distribution,
  type FloatDistribution,
  fromInternal,
  type IntDistribution,
  type ParameterValue,
  toInternal,
} from "../distribution.js";

export type NumericDistribution = FloatDistribution | IntDistribution;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where a numeric parameter lives as a real number: in the logarithm if it is scaled so, and half a step wider at either
 * end, so that every step is the rounding of an interval of the same length.
 */
export function continuousInterval(distribution: NumericDistribution): Interval {
  const { low, high, log, step } = distribution;
  const margin = (step ?? 0) / 2;
  return log
    ? { low: Math.log(low - margin), high: Math.log(high + margin) }
    : { low: low - margin, high: high + margin };
}

export function toContinuous(distribution: NumericDistribution, value: number): number {
  return distribution.log ? Math.log(value) : value;
}

/** The value that the distribution holds next to a real number; what lies outside becomes the bound. */
export function fromContinuous(distribution: NumericDistribution, real: number): number {
  const { low, high, log, step } = distribution;
  const value = log ? Math.exp(real) : real;
  const stepped = step === null ? value : low + Math.floor((value - low) / step + 0.5) * step;
  return Math.min(high, Math.max(low, stepped));
}

/** From 0 to 1; the middle of its share for a choice or a step. A single value is at 0.5. */
export function toUnit(distribution: Distribution, value: ParameterValue): number {
  if (distribution.kind === "categorical") return (toInternal(distribution, value) + 0.5) / distribution.choices.length;
  const { low, high } = continuousInterval(distribution);
  if (low === high) return 0.5;
  // Halves, because high - low may be beyond the largest number.
  return (toContinuous(distribution, value as number) / 2 - low / 2) / (high / 2 - low / 2);
}

/** The value at a number of [0, 1]: uniform numbers give uniform values, in the logarithm where it is scaled so. */
export function fromUnit(distribution: Distribution, unit: number): ParameterValue {
  if (distribution.kind === "categorical") {
    const { length } = distribution.choices;
    return fromInternal(distribution, Math.min(length - 1, Math.floor(unit * length)));
  }
  const { low, high } = continuousInterval(distribution);
  return fromContinuous(distribution, low * (1 - unit) + high * unit);
}

/** Uniform in [0, 1) with all 53 bits of a number: 32 would leave gaps in large ranges. */
export function uniformUnit(random: RandomStream): number {
  const high = random.word() >>> 5;
  const low = random.word() >>> 6;
  return (high * 2 ** 26 + low) * 2 ** -53;
}
