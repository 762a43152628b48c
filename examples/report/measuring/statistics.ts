// Figures over seeds: means with 95 % confidence intervals by Student's t.

/** A mean with its 95 % confidence interval, infinite when there is only one value, and the values themselves. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly values: readonly number[];
}

const CONFIDENCE = 0.95;

/** Of the mean over seeds. Throws RangeError for no values. */
export function estimate(values: readonly number[]): Estimate {
  const { mean, deviation } = moments(values);
  return around(mean, deviation / Math.sqrt(values.length), values);
}

/**
 * Of the mean of `a - b`, pair by pair: trainings of the same seed have the same split and the same first weights where they can,
 * and what both have in common takes no part in the difference. Throws RangeError unless there are as many of each.
 */
export function difference(a: readonly number[], b: readonly number[]): Estimate {
  if (a.length !== b.length)
    throw new RangeError(`difference: expected a pair for every seed, found ${a.length} and ${b.length} values`);
  return estimate(a.map((value, i) => value - (b[i] as number)));
}

/** Of the geometric mean of positive values, such as times: the interval is that of their logarithms, and positive too. */
export function geometricEstimate(values: readonly number[]): Estimate {
  const { mean, low, high } = estimate(values.map(Math.log));
  return { mean: Math.exp(mean), low: Math.exp(low), high: Math.exp(high), values };
}

/** Where one more training of the same kind falls, nineteen times of twenty, if trainings scatter normally. */
export function singleTraining(values: readonly number[]): Estimate {
  const { mean, deviation } = moments(values);
  return around(mean, deviation * Math.sqrt(1 + 1 / values.length), values);
}

/** The 97.5 % point of Student's t for 0.95 between the two tails; `freedom` is a whole number of at least 1. */
export function studentQuantile(freedom: number, confidence = CONFIDENCE): number {
  let [low, high] = [0, 1];
  while (between(high, freedom) < confidence) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (between(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The probability of |t| below `t`, in closed form for whole degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function between(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

function moments(values: readonly number[]): { mean: number; deviation: number } {
  if (values.length === 0) throw new RangeError("expected at least one value to take the mean of, found none");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length === 1 ? Number.POSITIVE_INFINITY : Math.sqrt(squares / (values.length - 1)) };
}

function around(mean: number, error: number, values: readonly number[]): Estimate {
  const half = Number.isFinite(error) ? error * studentQuantile(values.length - 1) : Number.POSITIVE_INFINITY;
  return { mean, low: mean - half, high: mean + half, values };
}
