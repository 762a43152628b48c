// The natural logarithm to the last bit: Math.log may be off by one, which moves a quotient of logarithms across a whole number.

/** Bits behind the point, many more than a double has. */
const BITS = 160n;
const ONE = 1n << BITS;

/** ln(x) of a positive finite number, rounded to the nearest double. */
export function logarithm(x: number): number {
  const exponent = Math.floor(Math.log2(x));
  const fraction = BigInt((x / 2 ** exponent) * 2 ** 60) << (BITS - 60n);
  return Number(BigInt(exponent) * LN_2 + lnNearOne(fraction, ONE)) / Number(ONE);
}

/** ln(a / b) in fixed point for quotients of about 1 to 2: twice the area tangent of (a - b) / (a + b). */
function lnNearOne(a: bigint, b: bigint): bigint {
  const z = ((a - b) * ONE) / (a + b);
  const square = (z * z) / ONE;
  let sum = 0n;
  for (let power = z, odd = 1n; power !== 0n; power = (power * square) / ONE, odd += 2n) sum += power / odd;
  return 2n * sum;
}

const LN_2 = lnNearOne(2n, 1n);
