// One parameter's kernels in a Parzen estimator: a truncated normal or a weighted choice for each observation and the prior.
import type { RandomStream } from "../../../data/random.js";
import type { CategoricalDistribution, Distribution } from "../../distribution.js";
import { fromUnit, type NumericDistribution, toUnit, uniformUnit } from "../transform.js";
import { type BandwidthRule, neighbourBandwidths, scottBandwidth } from "./bandwidth.js";
import { logNormalDensity, logNormalMass, truncatedNormalQuantile } from "./truncated_normal.js";

/** Numbers are internal ones: values of numeric parameters, indices of choices. The prior's kernel is the last. */
export interface Kernels {
  readonly count: number;
  sample(kernel: number, random: RandomStream): number;
  /**
   * Adds the logarithm of each kernel's density at `value` to `sums`: by share of the range, in the logarithm if the
   * parameter is scaled so; of a parameter with steps or choices the probability.
   */
  addLogDensity(value: number, sums: Float64Array): void;
}

export interface KernelSettings extends BandwidthRule {
  /** How much the prior counts against one observation. */
  readonly priorWeight: number;
  /** Parameters estimated together. */
  readonly dimensions: number;
}

export function kernelsOf(
  distribution: Distribution,
  observations: readonly number[],
  settings: KernelSettings,
): Kernels {
  return distribution.kind === "categorical"
    ? new CategoricalKernels(distribution, observations, settings)
    : new NumericKernels(distribution, observations, settings);
}

/** Each observation gives its choice 1 and all choices a share of the prior's weight; the prior knows no preference. */
class CategoricalKernels implements Kernels {
  readonly count: number;
  private readonly choices: number;
  /** Probability of a kernel's own choice, and of each other one. */
  private readonly own: number;
  private readonly other: number;

  constructor(
    { choices }: CategoricalDistribution,
    private readonly observations: readonly number[],
    { priorWeight }: KernelSettings,
  ) {
    this.count = observations.length + 1;
    this.choices = choices.length;
    const everywhere = priorWeight / this.count;
    this.own = (1 + everywhere) / (1 + everywhere * this.choices);
    this.other = everywhere / (1 + everywhere * this.choices);
  }

  sample(kernel: number, random: RandomStream): number {
    const observed = this.observations[kernel];
    if (observed === undefined) return random.below(this.choices);
    // The observed choice has what the others have, and the rest on top.
    return uniformUnit(random) < this.own - this.other ? observed : random.below(this.choices);
  }

  addLogDensity(value: number, sums: Float64Array): void {
    const own = Math.log(this.own);
    const other = Math.log(this.other);
    for (const [kernel, observed] of this.observations.entries())
      sums[kernel] = (sums[kernel] as number) + (observed === value ? own : other);
    const prior = this.count - 1;
    sums[prior] = (sums[prior] as number) - Math.log(this.choices);
  }
}

/**
 * Normal distributions around the observations, cut off at the bounds; the prior is as wide as the range, around its middle.
 * All of it on the unit interval, so that no range is too large or too small.
 */
class NumericKernels implements Kernels {
  readonly count: number;
  private readonly centres: Float64Array;
  private readonly bandwidths: Float64Array;
  /** Logarithm of the mass that each kernel has within the bounds before it is cut off. */
  private readonly masses: Float64Array;
  /** Logarithms of the probabilities of values with steps, which come up again and again. */
  private readonly known = new Map<number, Float64Array>();

  constructor(
    private readonly distribution: NumericDistribution,
    observations: readonly number[],
    settings: KernelSettings,
  ) {
    this.count = observations.length + 1;
    this.centres = Float64Array.from([...observations.map((value) => toUnit(distribution, value)), 0.5]);
    const own =
      settings.bandwidth === "neighbours"
        ? neighbourBandwidths(this.centres.subarray(0, -1), settings)
        : new Float64Array(observations.length).fill(scottBandwidth(observations.length, settings));
    this.bandwidths = Float64Array.from([...own, 1]);
    this.masses = this.bandwidths.map((_, kernel) => logNormalMass(this.scaled(0, kernel), this.scaled(1, kernel)));
  }

  sample(kernel: number, random: RandomStream): number {
    const bandwidths = truncatedNormalQuantile(uniformUnit(random), this.scaled(0, kernel), this.scaled(1, kernel));
    const unit = (this.centres[kernel] as number) + bandwidths * (this.bandwidths[kernel] as number);
    return fromUnit(this.distribution, Math.min(1, Math.max(0, unit))) as number;
  }

  addLogDensity(value: number, sums: Float64Array): void {
    const { step } = this.distribution;
    if (step !== null) {
      const logarithms = this.known.get(value) ?? this.stepProbabilities(value, step);
      for (let kernel = 0; kernel < this.count; kernel++)
        sums[kernel] = (sums[kernel] as number) + (logarithms[kernel] as number);
      return;
    }
    const unit = toUnit(this.distribution, value);
    for (let kernel = 0; kernel < this.count; kernel++) {
      const density = logNormalDensity(this.scaled(unit, kernel)) - (this.masses[kernel] as number);
      sums[kernel] = (sums[kernel] as number) + density - Math.log(this.bandwidths[kernel] as number);
    }
  }

  /** Each kernel's mass over all that is rounded to this step. */
  private stepProbabilities(value: number, step: number): Float64Array {
    const low = toUnit(this.distribution, value - step / 2);
    const high = toUnit(this.distribution, value + step / 2);
    const logarithms = this.masses.map(
      (mass, kernel) => logNormalMass(this.scaled(low, kernel), this.scaled(high, kernel)) - mass,
    );
    this.known.set(value, logarithms);
    return logarithms;
  }

  /** In bandwidths from a kernel's centre. */
  private scaled(unit: number, kernel: number): number {
    return (unit - (this.centres[kernel] as number)) / (this.bandwidths[kernel] as number);
  }
}
