// How far native float32 results may lie from the float64 reference; defined here and nowhere else.

/** Distance from 1 to the next float32. */
const EPSILON = 2 ** -23;

/** Smallest normal float32; below it kernels may flush to zero. */
const TINY = 2 ** -126;

/** Relative tolerance of a result behind which stand sums of `reduction` terms: errors of rounding grow like a random walk. */
export function tolerance(reduction: number): number {
  return 4 * EPSILON * Math.sqrt(Math.max(1, reduction));
}

/**
 * The same for products in bfloat16, against a reference that rounds the same operands in the same way. A product of two
 * bfloat16 has at most 16 significant bits and is exact in float32, so only additions round: once a term, as they do in
 * float32. The reference's rounding is no part of the difference, and the tolerance is not that of bfloat16 (2 ** -8).
 */
export function bf16Tolerance(reduction: number): number {
  return tolerance(reduction);
}

/**
 * The first element of `found` that is too far from `expected`, in words; undefined when all are near.
 * An error is measured against the element and the root mean square of all finite elements: sums that cancel are as exact as their terms.
 */
export function firstDifference(
  found: ArrayLike<number>,
  expected: Float64Array,
  relative: number,
): string | undefined {
  if (found.length !== expected.length) return `${found.length} elements, expected ${expected.length}`;
  const finite = expected.filter((value) => Number.isFinite(Math.fround(value)));
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  // Values at the ends of float32 would make every other error look small.
  const scale =
    largest > 1e6 ? 0 : Math.sqrt(finite.reduce((sum, value) => sum + value * value, 0) / Math.max(1, finite.length));
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i]!;
    const got = found[i]!;
    const rounded = Math.fround(wanted);
    const near = Number.isFinite(rounded)
      ? Math.abs(got - wanted) <= relative * (Math.abs(wanted) + scale) + TINY
      : Object.is(got, rounded);
    if (!near)
      return `element ${i} is ${got}, expected ${wanted} (allowed: ${relative} of ${Math.abs(wanted) + scale})`;
  }
  return undefined;
}

/** How far a value of a step may lie from the definition of its node on the step's own operands, as `relativeDistance`. */
export const NODE_OF_STEP = 2e-6;

/** Norm of the difference over the norm of the second; of zeros, the norm of the first. */
export function relativeDistance(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (found[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  return Math.sqrt(norm === 0 ? difference : difference / norm);
}
