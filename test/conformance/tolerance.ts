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
