// Tiles in bfloat16 on AMX.
#include "blas/bf16.h"
#include "blas/bf16_tiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("amx-tile,amx-bf16")
#endif
#define NW_BF16_AMX
namespace netwright {
namespace {
#include "blas/bf16_kernels.h"
}  // namespace
const Bf16Tiles amx_tiles = {"amx", amx_begin, amx_tile, amx_end};
}  // namespace netwright
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else
namespace netwright {
const Bf16Tiles amx_tiles = {"amx", nullptr, nullptr, nullptr};
}  // namespace netwright
#endif
