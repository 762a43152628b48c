// Copies of operands in bfloat16, in the order in which its tiles read them, and what becomes of a tile's sums.
#pragma once

#include "blas/bf16.h"
#include "blas/bf16_tiles.h"

namespace netwright {

// Columns [0, columns) of a matrix whose element (k, n) is at from[k * k_step + n * n_step], as blocks of B for a tile
// of as many panels: [k / 32][panel][512], zeros beyond k and columns.
void pack_columns(const Bf16Loops& loops, const float* from, int64_t k_step, int64_t n_step, int64_t k, int64_t columns,
                  uint16_t* to);

// A row of A: to[k] = from[k * step] for k < count, zeros up to `depth`.
void pack_row(const Bf16Loops& loops, const float* from, int64_t step, int64_t count, uint16_t* to, int64_t depth);

// Row length for at least `depth` elements: rows at large powers of two would share a few cache sets.
inline int64_t spread_row(int64_t depth) { return depth % 256 == 0 ? depth + kBf16Depth : depth; }

inline int panels_of(int64_t columns) { return columns > kBf16Panel ? 2 : 1; }
inline int64_t chunks_of(int64_t columns) { return (columns + kBf16Columns - 1) / kBf16Columns; }
// Columns of one chunk, and of all with the last panel filled up.
inline int64_t chunk_width(int64_t columns, int64_t chunk) {
  const int64_t left = columns - chunk * kBf16Columns;
  return left < kBf16Columns ? left : kBf16Columns;
}
inline int64_t padded_columns(int64_t columns) { return (columns + kBf16Panel - 1) / kBf16Panel * kBf16Panel; }

// c[rows[r] + n] = sums[r][n] + bias[n]; a null bias adds nothing.
void store_sums(const float* sums, int64_t rows, int64_t columns, const float* bias, float* c,
                const int64_t* row_offsets);

}  // namespace netwright
