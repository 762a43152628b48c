// exp, log, tanh and sigmoid on Vec, written once for every instruction set. Read once per pass of foreach_target.h.
//
// Errors against float64, measured over the whole range on every instruction set (test/native/simd_test.cc): exp 2 ulp,
// log 2 ulp, tanh and sigmoid 4 ulp. NaN stays NaN; limits are exact: exp(-inf) = 0, log(0) = -inf, tanh(inf) = 1.
#if defined(NW_MATH_H) == defined(NW_PASS_TOGGLE)
#ifdef NW_MATH_H
#undef NW_MATH_H
#else
#define NW_MATH_H
#endif

#include "simd/vec.h"

NW_BEFORE_NAMESPACE

// e^r - 1 for |r| <= ln(2) / 2: Taylor terms up to r^7, the coefficients after Cephes' expf.
NW_INLINE Vec exp_reduced_minus_one(Vec r) {
  Vec p = fma(Vec(1.9875691500e-4f), r, Vec(1.3981999507e-3f));
  p = fma(p, r, Vec(8.3334519073e-3f));
  p = fma(p, r, Vec(4.1665795894e-2f));
  p = fma(p, r, Vec(1.6666665459e-1f));
  p = fma(p, r, Vec(5.0000001201e-1f));
  return fma(p, r * r, r);
}

// 2^k for whole k in [-126, 127].
NW_INLINE Vec power_of_two(VecInt k) { return from_bits(shift_left<23>(k + VecInt(127))); }

// r = x - k ln(2) with ln(2) in two parts (Cody and Waite), so that k times the first is exact.
NW_INLINE Vec reduce_by_ln2(Vec x, Vec k) { return fma(k, Vec(2.12194440e-4f), fma(k, Vec(-0.693359375f), x)); }

NW_INLINE Vec exp(Vec x) {
  // Past these bounds the result is inf or 0 in float32; min and max drop NaN here, the last line puts it back.
  const Vec clamped = min(max(x, Vec(-104.0f)), Vec(89.0f));
  const Vec k = round(clamped * Vec(1.44269504088896341f));
  const Vec r = reduce_by_ln2(clamped, k);
  const VecInt whole = to_int(k);
  // In two factors, so that results below 2^-126 and above 2^127 are reached.
  const VecInt half = shift_right<1>(whole + VecInt(256)) - VecInt(128);
  const Vec y = (exp_reduced_minus_one(r) + Vec(1.0f)) * power_of_two(half) * power_of_two(whole - half);
  return select(is_nan(x), x, y);
}

// Coefficients after Cephes' logf.
NW_INLINE Vec log(Vec x) {
  const float infinity = std::numeric_limits<float>::infinity();
  // Subnormal numbers are scaled into the normal range first.
  const Mask small = lt(x, Vec(std::numeric_limits<float>::min()));
  const Vec scaled = select(small, x * Vec(8388608.0f), x);
  const VecInt b = bits(scaled);
  Vec exponent = to_float(shift_right<23>(b) - VecInt(126)) - select(small, Vec(23.0f), Vec::zero());
  Vec m = from_bits((b & VecInt(0x007fffff)) | VecInt(0x3f000000));  // [0.5, 1)
  const Mask low = lt(m, Vec(0.707106781186547524f));
  exponent = exponent - select(low, Vec(1.0f), Vec::zero());
  m = m + select(low, m, Vec::zero()) - Vec(1.0f);
  const Vec z = m * m;
  Vec p = fma(Vec(7.0376836292e-2f), m, Vec(-1.1514610310e-1f));
  p = fma(p, m, Vec(1.1676998740e-1f));
  p = fma(p, m, Vec(-1.2420140846e-1f));
  p = fma(p, m, Vec(1.4249322787e-1f));
  p = fma(p, m, Vec(-1.6668057665e-1f));
  p = fma(p, m, Vec(2.0000714765e-1f));
  p = fma(p, m, Vec(-2.4999993993e-1f));
  p = fma(p, m, Vec(3.3333331174e-1f));
  Vec y = fma(exponent, Vec(-2.12194440e-4f), p * m * z);
  y = fnma(Vec(0.5f), z, y) + m;
  y = fma(exponent, Vec(0.693359375f), y);
  y = select(eq(x, Vec(infinity)), x, y);
  y = select(eq(x, Vec::zero()), Vec(-infinity), y);
  return select(ge(x, Vec::zero()), y, Vec(std::numeric_limits<float>::quiet_NaN()));
}

// e^x - 1 for 0 <= x <= 40, without the loss of digits near 0.
NW_INLINE Vec expm1_positive(Vec x) {
  const Vec k = round(x * Vec(1.44269504088896341f));
  const Vec scale = power_of_two(to_int(k));
  return fma(scale, exp_reduced_minus_one(reduce_by_ln2(x, k)), scale - Vec(1.0f));
}

NW_INLINE Vec tanh(Vec x) {
  // 1 - tanh(x) is below half an ulp from 9.02 on.
  const Vec positive = min(abs(x), Vec(9.1f));
  const Vec t = expm1_positive(positive + positive);
  const Vec y = from_bits(bits(t / (t + Vec(2.0f))) | (bits(x) & VecInt(INT32_MIN)));
  return select(is_nan(x), x, y);
}

// 1 / (1 + e^-x); through e^-|x|, so that nothing overflows.
NW_INLINE Vec sigmoid(Vec x) {
  const Vec e = exp(neg(abs(x)));
  const Vec y = select(ge(x, Vec::zero()), Vec(1.0f), e) / (Vec(1.0f) + e);
  return select(is_nan(x), x, y);
}

NW_AFTER_NAMESPACE

#endif
