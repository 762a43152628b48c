// Points that fill the unit cube evenly: the Sobol sequence, plain or scrambled.
import { RandomStream } from "../../data/random.js";
import { directionNumbers } from "./sobol_directions.js";

const bits = 32;

export const SOBOL_DIMENSIONS = directionNumbers.length + 1;

/**
 * Coordinate `dimension` (from 0) of point `index` (from 0, below 2^32), in [0, 1); the order of points is that of the Gray
 * code, as in most implementations. The first 2^k points have exactly one in each of 2^k equal intervals of a dimension.
 */
export function sobol(index: number, dimension: number): number {
  return combine(directions(dimension), index) / 2 ** bits;
}

/**
 * The same, scrambled by a random lower triangular matrix and a digital shift of each dimension (J. Matousek, "On the
 * L2-discrepancy for anchored boxes", Journal of Complexity 14 (1998), 527-556): as even, uniform in expectation.
 */
export function scrambledSobol(index: number, dimension: number, seed: number): number {
  const random = new RandomStream(seed, "sobol", dimension);
  const matrix = Uint32Array.from({ length: bits }, (_, row) => {
    const diagonal = 2 ** (bits - 1 - row);
    // Row 0 gives the highest bit; a row reads its own bit and random ones of those above.
    return ((random.word() & ~(2 * diagonal - 1)) | diagonal) >>> 0;
  });
  const shift = random.word();
  const plain = combine(directions(dimension), index);
  let scrambled = 0;
  for (const row of matrix) scrambled = (scrambled << 1) | parity(plain & row);
  return ((scrambled ^ shift) >>> 0) / 2 ** bits;
}

function combine(direction: Uint32Array, index: number): number {
  let sum = 0;
  for (let gray = (index ^ (index >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit++)
    if (gray & 1) sum ^= direction[bit] as number;
  return sum >>> 0;
}

function parity(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  folded ^= folded >>> 2;
  folded ^= folded >>> 1;
  return folded & 1;
}

const known = new Map<number, Uint32Array>();

/** Direction numbers of a dimension as fractions of 32 bits, by the recurrence of its polynomial. */
function directions(dimension: number): Uint32Array {
  const cached = known.get(dimension);
  if (cached !== undefined) return cached;
  const [coefficients = 0, ...initial] = directionNumbers[dimension - 1] ?? [];
  const degree = initial.length;
  const direction = new Uint32Array(bits);
  for (let bit = 0; bit < bits; bit++) {
    if (dimension === 0) direction[bit] = 2 ** (bits - 1 - bit);
    else if (bit < degree) direction[bit] = (initial[bit] ?? 0) * 2 ** (bits - 1 - bit);
    else {
      const last = direction[bit - degree] as number;
      let word = last ^ (last >>> degree);
      for (let back = 1; back < degree; back++)
        if ((coefficients >>> (degree - 1 - back)) & 1) word ^= direction[bit - back] as number;
      direction[bit] = word;
    }
  }
  known.set(dimension, direction);
  return direction;
}
