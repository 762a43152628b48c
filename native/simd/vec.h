// Vec: the floats of one register, with the same functions on every instruction set; README.md lists them.
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
