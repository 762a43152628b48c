// Blocks a product so that its panels stay in the caches, and cuts it into items that depend on the shape alone.
#include "blas/gemm.h"

#include <algorithm>

namespace netwright {

namespace {

// A panel of B, k_block x 32 columns, takes 64 KiB of a private cache; a band of A, 12 x k_block, 24 KiB.
constexpr int64_t kDepthBlock = 512;
constexpr int64_t kMostItemRows = 120;
// Rows of B that are copied at a time.
constexpr int64_t kCopyDepth = 64;

// Rows of a matrix at such distances share a few cache sets and push each other out.
bool aliases(int64_t stride) { return stride % 256 == 0; }

// An odd number of cache lines.
int64_t spread_stride(int64_t columns) { return (columns + 15) / 16 * 16 + ((columns + 15) / 16 % 2 == 0 ? 16 : 0); }

struct Operand {
  const float* at;
  int64_t row;   // of A: from row to row of C; of B: from k to k
  int64_t step;  // of A: from k to k
};

void copy_rows(const Gemm& plan, const float* a, float* copy, Stream& stream) {
  const GemmShape& s = plan.shape;
  constexpr int64_t kRows = 32;
  const double cost = static_cast<double>(kRows * s.k) / (s.ta ? 6 : 16) + 20;
  stream.parallel((s.m + kRows - 1) / kRows, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin * kRows; row < std::min(end * kRows, s.m); row += kRows) {
      const int64_t rows = std::min(kRows, s.m - row);
      if (s.ta) {
        plan.transpose(a + row, s.m, copy + row * plan.a_stride, plan.a_stride, s.k, rows);
      } else {
        copy_matrix(a + row * s.k, s.k, copy + row * plan.a_stride, plan.a_stride, rows, s.k);
      }
    }
  });
}

// Columns of B from row `first` on, as [depth][width].
void copy_panel(const Gemm& plan, const float* b, int64_t column, int64_t width, int64_t first, int64_t depth,
                float* to) {
  const GemmShape& s = plan.shape;
  if (s.tb) {
    plan.transpose(b + column * s.k + first, s.k, to, width, width, depth);
  } else {
    copy_matrix(b + first * s.n + column, s.n, to, width, depth, width);
  }
}

// Panels [chunk][k][columns of the chunk].
void copy_panels(const Gemm& plan, const float* b, float* copy, Stream& stream) {
  const GemmShape& s = plan.shape;
  const int64_t parts = (s.k + kCopyDepth - 1) / kCopyDepth;
  const double cost = static_cast<double>(kCopyDepth * plan.tiling.chunk_columns(0)) / (s.tb ? 6 : 16) + 20;
  stream.parallel(plan.tiling.chunks * parts, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t chunk = i / parts, first = i % parts * kCopyDepth;
      const int64_t column = plan.tiling.first_column(chunk), width = plan.tiling.chunk_columns(chunk);
      copy_panel(plan, b, column, width, first, std::min(kCopyDepth, s.k - first), copy + s.k * column + first * width);
    }
  });
}

// Bands first to last of a chunk: all of k in blocks, over which C adds up in memory.
// `packed`: null, or where the item keeps its panel of B, which is then `columns` from column `column` of `b`.
void run_item(const Gemm& plan, const Operand& a, const Operand& b, int64_t first, int64_t last, int64_t column,
              int64_t columns, const Epilogue& epilogue, float* c, float* packed) {
  const Tap tap = {0, 0};
  int64_t offsets[kMostTileRows];
  for (int64_t r = 0; r < kMostTileRows; ++r) offsets[r] = r * plan.shape.n;
  TileCall call = {};
  call.epilogue = epilogue;
  call.taps = &tap;
  call.tap_count = 1;
  call.a_row = a.row;
  call.a_step = a.step;
  call.b_step = b.row;
  call.c_rows = offsets;
  call.last_columns = last_columns(*plan.tiles, columns);
  for (int64_t k = 0; k < plan.shape.k; k += plan.k_block) {
    call.depth = std::min(plan.k_block, plan.shape.k - k);
    call.accumulate = k > 0;
    call.epilogue.relu = epilogue.relu && k + call.depth == plan.shape.k;
    call.b = b.at + k * b.row;
    if (packed != nullptr) {
      for (int64_t at = 0; at < call.depth; at += kCopyDepth)
        copy_panel(plan, b.at, column, columns, k + at, std::min(kCopyDepth, call.depth - at), packed + at * columns);
      call.b = packed;
    }
    for (int64_t band = first; band < last; ++band) {
      const int64_t row = plan.tiling.first_row(band);
      call.a = a.at + row * a.row + k * a.step;
      call.c = c + row * plan.shape.n;
      tile_function(*plan.tiles, a.row == 1, plan.tiling.first_row(band + 1) - row, columns)(call);
    }
  }
}

}  // namespace

Gemm plan_gemm(const GemmShape& shape, const TileSet& tiles, TransposeFunction transpose, int workers) {
  Gemm plan = {};
  plan.shape = shape;
  plan.tiles = &tiles;
  plan.transpose = transpose;
  plan.tiling = choose_tiling(tiles, shape.m, shape.n);
  plan.workers = std::max(1, workers);
  const bool wide = plan.tiling.chunks >= 4;
  plan.copy_a = wide && shape.k >= 64 && (shape.ta || (aliases(shape.k) && shape.m > 4));
  plan.a_stride = spread_stride(shape.k);
  plan.k_block = shape.k <= 2 * kDepthBlock ? shape.k : kDepthBlock;
  const int64_t tallest = tiles.most_rows[plan.tiling.vectors];
  // At least 16 items where there are as many tiles.
  plan.bands_of_item = std::clamp<int64_t>(plan.tiling.bands * plan.tiling.chunks / 16, 1, kMostItemRows / tallest);
  plan.bands_of_item = std::min(plan.bands_of_item, plan.tiling.bands);
  const int64_t groups = (plan.tiling.bands + plan.bands_of_item - 1) / plan.bands_of_item;
  const bool scattered = plan.tiling.chunks > 1 && shape.k >= 64 && (aliases(shape.n) || shape.k >= 256);
  const bool wants_copy = shape.tb || (scattered && plan.tiling.bands >= (aliases(shape.n) ? 4 : 12));
  plan.pack_b = wants_copy && groups == 1;
  plan.copy_b = wants_copy && !plan.pack_b;
  const int64_t items = groups * plan.tiling.chunks;
  plan.item_ns = plan.tiling.cycles() * static_cast<double>(shape.k) / 3 / static_cast<double>(items) + 20;
  return plan;
}

void run_gemm(const Gemm& plan, const float* a, const float* b, const Epilogue& epilogue, float* c, float* workspace,
              Stream& stream) {
  const GemmShape& s = plan.shape;
  float* b_copy = workspace + plan.copy_a_elements();
  float* packed = b_copy + plan.copy_b_elements();
  if (plan.copy_a) copy_rows(plan, a, workspace, stream);
  if (plan.copy_b) copy_panels(plan, b, b_copy, stream);
  const Operand rows = plan.copy_a ? Operand{workspace, plan.a_stride, 1}
                       : s.ta      ? Operand{a, 1, s.m}
                                   : Operand{a, s.k, 1};
  const int64_t groups = (plan.tiling.bands + plan.bands_of_item - 1) / plan.bands_of_item;
  stream.parallel(plan.tiling.chunks * groups, plan.item_ns, [&](int64_t begin, int64_t end, int worker) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t chunk = item / groups, first = item % groups * plan.bands_of_item;
      const int64_t column = plan.tiling.first_column(chunk), width = plan.tiling.chunk_columns(chunk);
      const Operand panel = plan.copy_b   ? Operand{b_copy + s.k * column, width, 0}
                            : plan.pack_b ? Operand{b, width, 0}
                                          : Operand{b + column, s.n, 0};
      run_item(plan, rows, panel, first, std::min(first + plan.bands_of_item, plan.tiling.bands), column, width,
               epilogue.from_column(column), c + column,
               plan.pack_b ? packed + worker * plan.panel_elements() : nullptr);
    }
  });
}

}  // namespace netwright
