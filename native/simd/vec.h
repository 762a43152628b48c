// Vec: the floats of one register, with the same functions for every instruction set. Read once per pass of foreach_target.h.
//
// Types: Vec (kLanes floats), VecInt (kLanes int32), Mask (one truth per lane). Functions, in all files alike:
//   Vec(x), Vec::zero(), load, load_partial (zeros beyond count), store, store_partial; 0 <= count <= kLanes; no alignment needed
//   + - * /, fma(a, b, c) = a * b + c, fnma(a, b, c) = c - a * b (fused where the hardware can)
//   max(a, b) = a > b ? a : b and min(a, b) = a < b ? a : b, so b when either is NaN; sqrt, abs, neg, floor, round (half to even)
//   lt, le, gt, ge, eq (false on NaN), is_nan, is_finite, select(mask, a, b), &, |, !, any, all, first_lanes(count)
//   reduce_add, reduce_max (fixed order), to_int (rounds half to even), to_float, bits(Vec), from_bits(VecInt)
//   VecInt: + - & | ^, shift_left<n>, shift_right<n> (logical)
#if defined(NW_VEC_H) == defined(NW_PASS_TOGGLE)
#ifdef NW_VEC_H
#undef NW_VEC_H
#else
#define NW_VEC_H
#endif

#ifndef NW_PASS
#error "include simd/foreach_target.h first"
#endif

#if NW_PASS == NW_PASS_AVX512
#include "simd/vec_avx512.h"
#elif NW_PASS == NW_PASS_AVX2
#include "simd/vec_avx2.h"
#elif NW_PASS == NW_PASS_NEON
#include "simd/vec_neon.h"
#else
#include "simd/vec_scalar.h"
#endif

NW_BEFORE_NAMESPACE
NW_INLINE Mask is_nan(Vec a) { return !eq(a, a); }
NW_INLINE Mask is_finite(Vec a) { return le(abs(a), Vec(std::numeric_limits<float>::max())); }
NW_AFTER_NAMESPACE

#endif
