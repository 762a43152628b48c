// The standard normal distribution cut off at two ends: its mass, density and quantiles, also far from the mean.
import { errorFunction, scaledComplement } from "./error_function.js";

/** Logarithm of the standard normal density. */
export function logNormalDensity(x: number): number {
  return -0.5 * x * x - LOG_ROOT_TWO_PI;
}

/** Logarithm of the share of a standard normal distribution below x; -Infinity at -Infinity. */
export function logNormalBelow(x: number): number {
  if (x === Number.NEGATIVE_INFINITY) return x;
  const size = Math.abs(x) * Math.SQRT1_2;
  const scaled = 0.5 * scaledComplement(size);
  return x > 0 ? Math.log1p(-Math.exp(-size * size) * scaled) : Math.log(scaled) - size * size;
}

/** Logarithm of the share of a standard normal distribution between low and high; -Infinity unless low < high. */
export function logNormalMass(low: number, high: number): number {
  if (!(low < high)) return Number.NEGATIVE_INFINITY;
  // The lower tail has relative precision to its end, the upper one loses it against 1.
  if (low > 0) return logNormalMass(-high, -low);
  // Of a narrow interval the difference of two shares would keep few digits; here the density is nearly a parabola.
  const width = high - low;
  if (width * (1 - low) < NARROW) {
    const middle = (low + high) / 2;
    return logNormalDensity(middle) + Math.log(width * (1 + ((middle * middle - 1) * width * width) / 24));
  }
  if (high > 0) return Math.log(0.5 * (errorFunction(high * Math.SQRT1_2) - errorFunction(low * Math.SQRT1_2)));
  const near = -high * Math.SQRT1_2;
  const far = -low * Math.SQRT1_2;
  const beyond = far === Number.POSITIVE_INFINITY ? 0 : Math.exp((near - far) * (near + far)) * scaledComplement(far);
  return Math.log(0.5 * (scaledComplement(near) - beyond)) - near * near;
}

/**
 * The point of [low, high] below which lies that share (0 to 1) of the standard normal distribution truncated there;
 * a uniform share makes a random number of that distribution.
 */
export function truncatedNormalQuantile(share: number, low: number, high: number): number {
  if (share <= 0 || !(low < high)) return low;
  if (share >= 1) return high;
  if (low > 0) return -truncatedNormalQuantile(1 - share, -high, -low);
  const target = logSum(logNormalBelow(low), Math.log(share) + logNormalMass(low, high));
  // Below the mean a share is less than exp(-x^2 / 2) / 2: this start is not above the root. The logarithm of the share is
  // concave, so that Newton's steps rise towards the root and never pass it.
  let x = Math.max(low, -Math.sqrt(Math.max(0, -2 * (target + Math.LN2))));
  for (let i = 0; i < MOST_STEPS; i++) {
    const below = logNormalBelow(x);
    const step = (target - below) * Math.exp(below - logNormalDensity(x));
    x += step;
    if (!(Math.abs(step) > 1e-12 * (1 + Math.abs(x)))) break;
  }
  return Math.min(high, Math.max(low, x));
}

const LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** The next term of the expansion is below 1e-7 of the whole. */
const NARROW = 0.1;
/** Near the mean six are enough; a cut at ten deviations takes about twenty. */
const MOST_STEPS = 100;

function logSum(a: number, b: number): number {
  const largest = Math.max(a, b);
  return largest === Number.NEGATIVE_INFINITY ? largest : largest + Math.log1p(Math.exp(Math.min(a, b) - largest));
}
