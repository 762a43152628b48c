// Cuts the pixels of a weight gradient into blocks for the caches and its sums into items for the threads.
#include "ops/conv2d/weight_gradient.h"

#include <algorithm>

#include "blas/gemm.h"
#include "simd/isa.h"

namespace netwright {

namespace {

// Panels of a tile take this much of the nearest cache (32 KiB or more).
constexpr int64_t kPanelBytes = 24 * 1024;
// Fewer input channels than this leave a tile too few rows.
constexpr int64_t kFewChannels = 5;
// An item copies all input of its blocks, which this many multiplications of every element make up for.
constexpr int64_t kProductsOfCopy = 256;
// Sums of fewer pixels would not be worth adding up.
constexpr int64_t kSlicePixels = 512;
constexpr int64_t kMostItems = 16;

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

// Inputs that outputs [first, first + count) meet, cut to those that exist; `borders` keeps the others.
AxisSpan met_inputs(int64_t first, int64_t count, int64_t inputs, int64_t kernel, int64_t stride, int64_t before,
                    int64_t dilation, bool borders) {
  const int64_t begin = first * stride - before;
  const int64_t end = (first + count - 1) * stride - before + (kernel - 1) * dilation + 1;
  if (borders) return {begin, end};
  const int64_t cut = std::clamp<int64_t>(begin, 0, inputs);
  return {cut, std::clamp(end, cut, inputs)};
}

void cut_pixels(WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  const int64_t tile_floats =
      plan.tiles->most_rows[plan.tiling.vectors] + std::min<int64_t>(plan.tiling.vectors * plan.tiles->lanes, g.oc);
  const int64_t pixels = std::max<int64_t>(64, kPanelBytes / 4 / tile_floats);
  plan.image_blocks = divide_up(g.n, std::max<int64_t>(1, pixels / (g.oh * g.ow)));
  plan.column_blocks = g.ow > 2 * pixels ? divide_up(g.ow, pixels) : 1;
  const int64_t columns = divide_up(g.ow, plan.column_blocks);
  plan.row_blocks = std::min(g.oh, divide_up(g.oh, std::max<int64_t>(1, pixels / columns)));
}

// Elements of the panels of the largest block; a panel ends in slack.
void size_panels(WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  const int64_t images = divide_up(g.n, plan.image_blocks);
  const int64_t rows = divide_up(g.oh, plan.row_blocks), columns = divide_up(g.ow, plan.column_blocks);
  int64_t input_rows = std::min(g.h, (rows - 1) * g.stride_h + (g.kh - 1) * g.dilation_h + 1);
  int64_t input_columns = (columns - 1) * g.stride_w + (g.kw - 1) * g.dilation_w + 1;
  if (!plan.joined) input_columns = std::min(g.w, input_columns);
  plan.input_panels =
      images * input_rows * input_columns * g.group_inputs() + (plan.joined ? 1 : plan.tiling.bands) * kPanelSlack;
  plan.input_panels = divide_up(plan.input_panels, 16) * 16;
  const int64_t item_columns =
      std::min(g.group_outputs(), plan.chunks_of_item * plan.tiling.vectors * plan.tiles->lanes);
  plan.output_panels = images * rows * columns * item_columns + plan.chunks_of_item * kPanelSlack;
  plan.output_panels = divide_up(plan.output_panels, 16) * 16;
}

double count_operations(const ConvGeometry& g) {
  double rows = 0, columns = 0;
  for (int64_t ky = 0; ky < g.kh; ++ky) {
    const AxisSpan span = valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
    rows += static_cast<double>(span.end - span.begin);
  }
  for (int64_t kx = 0; kx < g.kw; ++kx) {
    const AxisSpan span = valid_outputs(kx, g.ow, g.w, g.stride_w, g.left, g.dilation_w);
    columns += static_cast<double>(span.end - span.begin);
  }
  return 2 * rows * columns * static_cast<double>(g.n * g.group_inputs() * g.oc);
}

}  // namespace

PixelBlock WeightGradient::block(int64_t index) const {
  const int64_t column = index % column_blocks, row = index / column_blocks % row_blocks;
  const int64_t image = index / (column_blocks * row_blocks);
  PixelBlock b;
  b.image = split_begin(g.n, image_blocks, image);
  b.images = split_begin(g.n, image_blocks, image + 1) - b.image;
  b.first_oy = split_begin(g.oh, row_blocks, row);
  b.rows = split_begin(g.oh, row_blocks, row + 1) - b.first_oy;
  b.first_ox = split_begin(g.ow, column_blocks, column);
  b.columns = split_begin(g.ow, column_blocks, column + 1) - b.first_ox;
  const AxisSpan y = met_inputs(b.first_oy, b.rows, g.h, g.kh, g.stride_h, g.top, g.dilation_h, false);
  const AxisSpan x = met_inputs(b.first_ox, b.columns, g.w, g.kw, g.stride_w, g.left, g.dilation_w, joined);
  b.first_iy = y.begin, b.input_rows = y.end - y.begin;
  b.first_ix = x.begin, b.input_columns = x.end - x.begin;
  return b;
}

WeightGradient plan_weight_gradient(const ConvGeometry& g, const Target& target) {
  WeightGradient plan = {};
  plan.g = g;
  plan.tiles = &tile_set(target.isa);
  plan.pack = pack_function(target.isa);
  plan.workers = std::max(1, target.max_threads);
  const int64_t bordered_width = (g.ow - 1) * g.stride_w + g.kw;
  plan.joined = g.groups == 1 && g.dilation_w == 1 && g.kw > 1 && g.c < kFewChannels && bordered_width <= 2 * g.w + 64;
  plan.tiling = choose_tiling(*plan.tiles, plan.joined ? g.kw * g.c : g.group_inputs(), g.group_outputs());
  cut_pixels(plan);
  const int64_t chunk_columns = plan.tiling.vectors * plan.tiles->lanes;
  plan.chunks_of_item =
      std::min(plan.tiling.chunks, divide_up(kProductsOfCopy, std::min(kProductsOfCopy, g.kh * g.kw) * chunk_columns));
  const int64_t parts = g.groups * divide_up(plan.tiling.chunks, plan.chunks_of_item);
  const int64_t most = std::min(plan.blocks(), std::max<int64_t>(1, g.n * g.oh * g.ow / kSlicePixels));
  plan.slices = std::clamp<int64_t>(kMostItems / parts, 1, most);
  size_panels(plan);
  plan.operations = count_operations(g);
  plan.item_ns = plan.operations / static_cast<double>(parts * plan.slices) / (8.0 * plan.tiles->lanes) + 20;
  return plan;
}

}  // namespace netwright
