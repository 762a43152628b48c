// How wide the kernels of a Parzen estimator are: by the distance to neighbours, or by the number of observations.

export interface BandwidthRule {
  /**
   * `neighbours`: the larger distance to the next observation on either side (Bergstra et al. 2011).
   * `scott`: the same for all kernels, falling with the number of observations n as n^(-1 / (dimensions + 4))
   * (Scott 1992; Falkner et al. 2018, "BOHB").
   */
  readonly bandwidth: "neighbours" | "scott";
  /** No kernel is narrower than the range over the number of observations + 2, or over 100 if that is less. */
  readonly magicClip: boolean;
  /** The outermost observations count the bounds as neighbours; a single one always does. */
  readonly endpoints: boolean;
}

/** What one observation's kernel has by Scott's rule. */
const WIDTH_OF_ONE = 0.2;
/** Without the clip: equal observations must still have a width. */
const NARROWEST = 1e-12;

/** Of each observation by its neighbours, on the unit interval. */
export function neighbourBandwidths(
  observations: Float64Array,
  { endpoints, magicClip }: Pick<BandwidthRule, "magicClip" | "endpoints">,
): Float64Array {
  const order = Uint32Array.from(observations.keys()).sort(
    (a, b) => (observations[a] as number) - (observations[b] as number) || a - b,
  );
  const last = order.length - 1;
  const at = (place: number): number => observations[order[place] as number] as number;
  const bandwidths = new Float64Array(observations.length);
  for (const [place, kernel] of order.entries()) {
    const bounded = endpoints || last === 0;
    const toLeft = place > 0 ? at(place) - at(place - 1) : bounded ? at(place) : 0;
    const toRight = place < last ? at(place + 1) - at(place) : bounded ? 1 - at(place) : 0;
    bandwidths[kernel] = clip(Math.max(toLeft, toRight), observations.length, magicClip);
  }
  return bandwidths;
}

/** The same of every observation, for that many of them, on the unit interval. */
export function scottBandwidth(
  observations: number,
  { dimensions, magicClip }: { readonly dimensions: number; readonly magicClip: boolean },
): number {
  const width = WIDTH_OF_ONE * Math.max(1, observations) ** (-1 / (dimensions + 4));
  return clip(width, observations, magicClip);
}

function clip(width: number, observations: number, magicClip: boolean): number {
  const least = magicClip ? 1 / Math.min(100, 2 + observations) : NARROWEST;
  return Math.min(1, Math.max(least, width));
}
