// The error function and its complement to the last digits, the complement also without its vanishing factor.

/** erf(x), the share of a normal distribution of deviation 1 / sqrt(2) within x of its mean. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (size <= SMALL) return x * nearZero(x * x);
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
  if (x <= 4) return between(x);
  const inverse = 1 / (x * x);
  return (1 / Math.sqrt(Math.PI) - inverse * farOut(inverse)) / x;
}

/** Up to here the error function itself is approximated, from here on its complement. */
const SMALL = 0.46875;

// Written out: a loop over coefficients takes several times as long, and proposals spend most of their time here.

/** erf(t) / t by x = t^2. */
function nearZero(x: number): number {
  const numerator =
    (((0.18577770618460315 * x + 3.1611237438705655) * x + 113.86415415105016) * x + 377.485237685302) * x +
    3209.3775891384694;
  const denominator =
    (((x + 23.601290952344122) * x + 244.02463793444417) * x + 1282.6165260773723) * x + 2844.236833439171;
  return numerator / denominator;
}

/** The scaled complement itself. */
function between(x: number): number {
  const numerator =
    (((((((2.1531153547440383e-8 * x + 0.5641884969886701) * x + 8.883149794388377) * x + 66.11919063714163) * x +
      298.6351381974001) *
      x +
      881.952221241769) *
      x +
      1712.0476126340707) *
      x +
      2051.0783778260716) *
      x +
    1230.3393547979972;
  const denominator =
    (((((((x + 15.744926110709835) * x + 117.6939508913125) * x + 537.1811018620099) * x + 1621.3895745666903) * x +
      3290.7992357334597) *
      x +
      4362.619090143247) *
      x +
      3439.3676741437216) *
      x +
    1230.3393548037495;
  return numerator / denominator;
}

/** What the scaled complement lacks to 1 / (t sqrt(pi)), times t^3, by x = 1 / t^2. */
function farOut(x: number): number {
  const numerator =
    ((((0.016315387137302097 * x + 0.30532663496123236) * x + 0.36034489994980445) * x + 0.12578172611122926) * x +
      0.016083785148742275) *
      x +
    0.0006587491615298378;
  const denominator =
    ((((x + 2.568520192289822) * x + 1.8729528499234673) * x + 0.5279051029514285) * x + 0.06051834131244132) * x +
    0.0023352049762686918;
  return numerator / denominator;
}
