// Packing: whole rows and columns go through the loops of an instruction set, padding is filled with zeros.
#include "blas/bf16_pack.h"

#include <algorithm>
#include <cstring>

namespace netwright {

void pack_columns(const Bf16Loops& loops, const float* from, int64_t k_step, int64_t n_step, int64_t k, int64_t columns,
                  uint16_t* to) {
  const int64_t depth = padded_depth(k);
  for (int64_t block = 0; block < depth; block += kBf16Depth)
    for (int64_t first = 0; first < columns; first += kBf16Panel, to += kBf16Block) {
      const int64_t width = std::min(columns - first, kBf16Panel);
      const int64_t pairs = std::clamp<int64_t>((k - block + 1) / 2, 0, kBf16Depth / 2);
      if (width < kBf16Panel || pairs < kBf16Depth / 2) std::memset(to, 0, kBf16Block * sizeof(uint16_t));
      for (int64_t pair = 0; pair < pairs; ++pair) {
        const float* even = from + (block + 2 * pair) * k_step + first * n_step;
        const float* odd = block + 2 * pair + 1 < k ? even + k_step : nullptr;
        loops.interleave(even, odd, n_step, to + pair * 2 * kBf16Panel, width);
      }
    }
}

void pack_row(const Bf16Loops& loops, const float* from, int64_t step, int64_t count, uint16_t* to, int64_t depth) {
  loops.convert(from, step, to, count);
  std::memset(to + count, 0, static_cast<size_t>(depth - count) * sizeof(uint16_t));
}

void store_sums(const float* sums, int64_t rows, int64_t columns, const float* bias, float* c,
                const int64_t* row_offsets) {
  for (int64_t r = 0; r < rows; ++r, sums += kBf16Columns) {
    float* to = c + row_offsets[r];
    if (bias == nullptr) {
      std::memcpy(to, sums, static_cast<size_t>(columns) * sizeof(float));
    } else {
      for (int64_t n = 0; n < columns; ++n) to[n] = sums[n] + bias[n];
    }
  }
}

}  // namespace netwright
