// Both operands are packed, then every item is one tile over all of k: an element's sum has one order.
#include "blas/bf16_gemm.h"

#include <algorithm>

namespace netwright {

namespace {

constexpr int64_t kPackedRows = 16;

void pack_a(const Bf16Gemm& plan, const float* a, uint16_t* to, Stream& stream) {
  const GemmShape& s = plan.shape;
  const double cost = static_cast<double>(kPackedRows * s.k) / (s.ta ? 2 : 8) + 20;
  stream.parallel((s.m + kPackedRows - 1) / kPackedRows, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin * kPackedRows; r < std::min(end * kPackedRows, s.m); ++r)
      pack_row(*plan.loops, a + (s.ta ? r : r * s.k), s.ta ? s.m : 1, s.k, to + r * plan.row, plan.depth);
  });
}

void pack_b(const Bf16Gemm& plan, const float* b, uint16_t* to, Stream& stream) {
  const GemmShape& s = plan.shape;
  const int64_t parts = plan.depth / kBf16Depth;
  const double cost = static_cast<double>(kBf16Depth * kBf16Columns) / (s.tb ? 2 : 8) + 20;
  stream.parallel(chunks_of(s.n) * parts, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t chunk = i / parts, k = i % parts * kBf16Depth, column = chunk * kBf16Columns;
      const int64_t width = chunk_width(s.n, chunk);
      const int64_t k_step = s.tb ? 1 : s.n, n_step = s.tb ? s.k : 1;
      pack_columns(*plan.loops, b + k * k_step + column * n_step, k_step, n_step, std::min(kBf16Depth, s.k - k), width,
                   to + column * plan.depth + k * padded_columns(width));
    }
  });
}

}  // namespace

Bf16Gemm plan_bf16_gemm(const GemmShape& shape, const Bf16Tiles& tiles, const Bf16Loops& loops) {
  const int64_t depth = padded_depth(shape.k);
  return {shape, &tiles, &loops, depth, spread_row(depth)};
}

void run_bf16_gemm(const Bf16Gemm& plan, const float* a, const float* b, const float* bias, float* c,
                   uint16_t* workspace, Stream& stream) {
  const GemmShape& s = plan.shape;
  uint16_t* columns_of_b = workspace + plan.a_elements();
  pack_a(plan, a, workspace, stream);
  pack_b(plan, b, columns_of_b, stream);
  const int64_t bands = plan.bands();
  const double cost = static_cast<double>(plan.depth) * 2 + 100;
  stream.parallel(chunks_of(s.n) * bands, cost, [&](int64_t begin, int64_t end, int) {
    alignas(64) float sums[kBf16Rows * kBf16Columns];
    int64_t offsets[kBf16Rows];
    for (int64_t r = 0; r < kBf16Rows; ++r) offsets[r] = r * s.n;
    const Tap tap = {0, 0};
    plan.tiles->begin();
    for (int64_t item = begin; item < end; ++item) {
      const int64_t chunk = item / bands, row = item % bands * kBf16Rows, column = chunk * kBf16Columns;
      const int64_t rows = std::min(kBf16Rows, s.m - row), width = chunk_width(s.n, chunk);
      Bf16Call call = {};
      call.a = workspace + row * plan.row;
      call.b = columns_of_b + column * plan.depth;
      call.sums = sums;
      call.taps = &tap;
      call.tap_count = 1;
      call.depth_blocks = plan.depth / kBf16Depth;
      call.a_row = plan.row;
      call.rows = static_cast<int>(rows);
      call.panels = panels_of(width);
      plan.tiles->tile(call);
      store_sums(sums, rows, width, bias == nullptr ? nullptr : bias + column, c + row * s.n + column, offsets);
    }
    plan.tiles->end();
  });
}

}  // namespace netwright
