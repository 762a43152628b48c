// Tiles in bfloat16 on AVX512-BF16.
#include "blas/bf16.h"
#include "blas/bf16_tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")
#endif
#define NW_BF16_AVX512
namespace netwright {
namespace {
#include "blas/bf16_kernels.h"
}  // namespace
const Bf16Tiles avx512_bf16_tiles = {"avx512_bf16", avx512_nothing, avx512_tile, avx512_nothing};
}  // namespace netwright
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else
namespace netwright {
const Bf16Tiles avx512_bf16_tiles = {"avx512_bf16", nullptr, nullptr, nullptr};
}  // namespace netwright
#endif
