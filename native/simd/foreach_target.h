// Compiles NW_TARGET_FILE once per instruction set, each time in its own namespace and target region; see README.md.
//
// Deliberately without an include guard. The last pass (the portable one) is the including file itself.

#ifndef NW_TARGET_FILE
#error "define NW_TARGET_FILE as the path of the including file, seen from native/, before including foreach_target.h"
#endif

// Headers that a target region must not enclose: their functions would be compiled for that instruction set and the
// linker could choose them for every caller.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "simd/isa.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#define NW_ARCH_X86 1
#elif defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>
#define NW_ARCH_ARM64 1
#endif

#ifndef NW_FOREACH_TARGET_MACROS
#define NW_FOREACH_TARGET_MACROS

#define NW_PASS_SCALAR 0
#define NW_PASS_NEON 1
#define NW_PASS_AVX2 2
#define NW_PASS_AVX512 3

#define NW_INLINE inline __attribute__((always_inline))

#define NW_BEFORE_NAMESPACE \
  namespace netwright {     \
  namespace NW_ISA_NAMESPACE {
#define NW_AFTER_NAMESPACE \
  }                        \
  }

// The function (or other object) `name` of an instruction set; to be used in namespace netwright under #if NW_ONCE.
#if defined(NW_ARCH_X86)
#define NW_DISPATCH(isa, ...)                                   \
  ((isa) == ::netwright::Isa::avx512 ? &isa_avx512::__VA_ARGS__ \
   : (isa) == ::netwright::Isa::avx2 ? &isa_avx2::__VA_ARGS__   \
                                     : &isa_scalar::__VA_ARGS__)
#elif defined(NW_ARCH_ARM64)
#define NW_DISPATCH(isa, ...) ((isa) == ::netwright::Isa::neon ? &isa_neon::__VA_ARGS__ : &isa_scalar::__VA_ARGS__)
#else
#define NW_DISPATCH(isa, ...) (&isa_scalar::__VA_ARGS__)
#endif

// GCC 12 takes the undefined operand of AVX-512 intrinsics for an uninitialised variable (bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

#endif  // NW_FOREACH_TARGET_MACROS

#ifndef NW_INSIDE_FOREACH_TARGET
#define NW_INSIDE_FOREACH_TARGET
#define NW_ONCE 0

#ifdef NW_ARCH_X86

#define NW_PASS NW_PASS_AVX512
#define NW_ISA_NAMESPACE isa_avx512
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")
#endif
#include NW_TARGET_FILE
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef NW_PASS
#undef NW_ISA_NAMESPACE
#include "simd/next_pass.h"

#define NW_PASS NW_PASS_AVX2
#define NW_ISA_NAMESPACE isa_avx2
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include NW_TARGET_FILE
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#undef NW_PASS
#undef NW_ISA_NAMESPACE
#include "simd/next_pass.h"

#endif  // NW_ARCH_X86

#ifdef NW_ARCH_ARM64

#define NW_PASS NW_PASS_NEON
#define NW_ISA_NAMESPACE isa_neon
#include NW_TARGET_FILE
#undef NW_PASS
#undef NW_ISA_NAMESPACE
#include "simd/next_pass.h"

#endif  // NW_ARCH_ARM64

#undef NW_ONCE
#define NW_ONCE 1
#define NW_PASS NW_PASS_SCALAR
#define NW_ISA_NAMESPACE isa_scalar

#endif  // NW_INSIDE_FOREACH_TARGET
