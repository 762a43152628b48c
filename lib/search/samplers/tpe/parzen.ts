// The Parzen estimator: a mixture of kernels, one for each observation and one for the prior, over parameters together.
import type { RandomStream } from "../../../data/random.js";
import type { Distribution } from "../../distribution.js";
import { uniformUnit } from "../transform.js";
import type { BandwidthRule } from "./bandwidth.js";
import { type Kernels, kernelsOf } from "./kernels.js";

export interface ParzenSettings extends BandwidthRule {
  /** How much the prior counts against one observation of weight 1. */
  readonly priorWeight: number;
}

/**
 * A density over several parameters: a weighted sum over observations of products over parameters.
 * Points are internal numbers in the order of the distributions.
 */
export class ParzenEstimator {
  private readonly kernels: readonly Kernels[];
  private readonly cumulative: Float64Array;
  private readonly logWeights: Float64Array;
  private readonly sums: Float64Array;

  /** `observations` are points within the distributions, `weights` one for each; the prior's is added. */
  constructor(
    distributions: readonly Distribution[],
    observations: readonly (readonly number[])[],
    weights: readonly number[],
    settings: ParzenSettings,
  ) {
    const all = Float64Array.from([...weights, observations.length === 0 ? 1 : settings.priorWeight]);
    const total = all.reduce((sum, weight) => sum + weight, 0);
    this.logWeights = all.map((weight) => Math.log(weight / total));
    let sum = 0;
    this.cumulative = all.map((weight) => {
      sum += weight / total;
      return sum;
    });
    this.kernels = distributions.map((distribution, i) =>
      kernelsOf(
        distribution,
        observations.map((point) => point[i] as number),
        { ...settings, dimensions: distributions.length },
      ),
    );
    this.sums = new Float64Array(all.length);
  }

  sample(random: RandomStream): number[] {
    const share = uniformUnit(random);
    const found = this.cumulative.findIndex((sum) => share < sum);
    const kernel = found < 0 ? this.cumulative.length - 1 : found;
    return this.kernels.map((kernels) => kernels.sample(kernel, random));
  }

  /** Natural logarithm of the density; see `Kernels.addLogDensity` for its units. */
  logDensity(point: readonly number[]): number {
    const { sums } = this;
    sums.set(this.logWeights);
    for (const [i, kernels] of this.kernels.entries()) kernels.addLogDensity(point[i] as number, sums);
    let largest = Number.NEGATIVE_INFINITY;
    for (const sum of sums) if (sum > largest) largest = sum;
    if (largest === Number.NEGATIVE_INFINITY) return largest;
    let total = 0;
    for (const sum of sums) total += Math.exp(sum - largest);
    return largest + Math.log(total);
  }
}

/**
 * Weights of observations in the order of time: the last 25 count in full, older ones less the older they are, from
 * 1 / count on (Bergstra, Yamins and Cox 2013).
 */
export function rampedWeights(count: number): number[] {
  const ramp = count - RECENT;
  return Array.from({ length: count }, (_, i) => {
    if (i >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + (i / (ramp - 1)) * (1 - 1 / count);
  });
}

const RECENT = 25;
