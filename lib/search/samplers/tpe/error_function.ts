// The error function and its complement to the last digits, the complement also without its vanishing factor.

/** erf(x), the share of a normal distribution of deviation 1 / sqrt(2) within x of its mean. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size <= SMALL) return x * ratio(NEAR, size * size);
  return Math.sign(x) * (1 - Math.exp(-x * x) * scaledComplement(size));
}

/** 1 - erf(x), exact in relative terms for large x too, down to the smallest numbers. */
export function complementaryErrorFunction(x: number): number {
  if (Math.abs(x) <= SMALL) return 1 - errorFunction(x);
  return x > 0 ? Math.exp(-x * x) * scaledComplement(x) : 2 - complementaryErrorFunction(-x);
}

/**
 * exp(x^2) (1 - erf(x)) for x of at least 0: falls like 1 / x and never vanishes.
 * Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function" (1969).
 */
export function scaledComplement(x: number): number {
  if (x <= SMALL) return Math.exp(x * x) * (1 - errorFunction(x));
  if (x <= 4) return ratio(MIDDLE, x);
  const inverse = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - inverse * ratio(FAR, inverse)) / x;
}

/** Up to here the error function itself is approximated, from here on its complement. */
const SMALL = 0.46875;

interface Rational {
  /** Highest power first. */
  readonly numerator: readonly number[];
  readonly denominator: readonly number[];
}

const NEAR: Rational = {
  numerator: [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  denominator: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
};

const MIDDLE: Rational = {
  numerator: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  denominator: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
};

const FAR: Rational = {
  numerator: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378,
  ],
  denominator: [
    1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
  ],
};

function ratio({ numerator, denominator }: Rational, x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum = sum * x + (coefficients[i] as number);
  return sum;
}
