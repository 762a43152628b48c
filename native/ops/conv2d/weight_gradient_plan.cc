// Cuts the pixels of a weight gradient into blocks for the caches and its sums into items for the threads.
#include "ops/conv2d/weight_gradient.h"

#include <algorithm>

namespace netwright {

namespace {

// Panels of a tile take this much of the nearest cache (32 KiB or more).
constexpr int64_t kPanelBytes = 24 * 1024;
// Fewer input channels than this leave a tile too few rows.
constexpr int64_t kFewChannels = 5;
// An item copies all input of its blocks, which this many multiplications of every element make up for.
constexpr int64_t kProductsOfCopy = 256;
// Sums of fewer pixels would not be worth adding up, nor would be more sums than this.
constexpr int64_t kSlicePixels = 512;
constexpr int64_t kSliceBytes = 1024 * 1024;
constexpr int64_t kEnoughItems = 8;

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

void cut_sums(WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  const int64_t chunks = plan.tiling.chunks, positions = std::min(kProductsOfCopy, g.kh * g.kw);
  const int64_t fewest_chunks = divide_up(kProductsOfCopy, positions * plan.tiling.vectors * plan.tiles->lanes);
  const int64_t most_slices = std::clamp<int64_t>(
      kSliceBytes / 4 / plan.weights(), 1, std::clamp<int64_t>(g.n * g.oh * g.ow / kSlicePixels, 1, plan.blocks()));
  for (plan.parts = 1;; plan.parts *= 2) {
    plan.slices = std::clamp<int64_t>(2 * kEnoughItems / (g.groups * plan.parts), 1, most_slices);
    if (plan.slices * plan.parts * g.groups >= kEnoughItems || chunks / (2 * plan.parts) < fewest_chunks) return;
  }
}

// Elements of the panels of the largest block; a panel ends in slack.
void size_panels(WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  const int64_t images = divide_up(g.n, plan.image_blocks), rows = divide_up(g.oh, plan.row_blocks);
  const int64_t input_rows = std::min(g.h, (rows - 1) * g.stride_h + (g.kh - 1) * g.dilation_h + 1);
  const int64_t input_panels = plan.joined ? 1 : plan.tiling.bands;
  const int64_t chunks = divide_up(plan.tiling.chunks, plan.parts);
  const int64_t columns = std::min(g.group_outputs(), chunks * plan.tiling.vectors * plan.tiles->lanes);
  plan.input_panels = images * input_rows * plan.input_pitch * g.group_inputs() + input_panels * kPanelSlack;
  plan.output_panels = plan.joined ? 0 : images * rows * plan.output_pitch * columns + chunks * kPanelSlack;
  plan.input_panels = divide_up(plan.input_panels, kPanelSlack) * kPanelSlack;
  plan.output_panels = divide_up(plan.output_panels, kPanelSlack) * kPanelSlack;
}

void add_taps(WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  for (int64_t block = 0; block < plan.row_blocks; ++block) {
    PixelBlock b = plan.block(block * plan.column_blocks);
    for (int64_t ky = 0; ky < g.kh; ++ky) {
      const AxisSpan valid = valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
      const int64_t begin = std::max(valid.begin, b.first_oy);
      const int64_t end = std::max(begin, std::min(valid.end, b.first_oy + b.rows));
      plan.rows.push_back({static_cast<int64_t>(plan.taps.size()), end - begin});
      for (int64_t image = 0; image < (plan.joined ? divide_up(g.n, plan.image_blocks) : 1); ++image)
        for (int64_t oy = begin; oy < end; ++oy) {
          const int64_t iy = oy * g.stride_h + ky * g.dilation_h - g.top - b.first_iy;
          plan.taps.push_back(
              {(image * b.input_rows + iy) * plan.input_pitch, (image * b.rows + oy - b.first_oy) * plan.output_pitch});
        }
    }
  }
}

void add_columns(WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  for (int64_t block = 0; block < plan.column_blocks; ++block) {
    const PixelBlock b = plan.block(block);
    for (int64_t kx = 0; kx < plan.kernel_columns(); ++kx) {
      AxisSpan valid = {0, g.ow};
      if (!plan.joined) valid = valid_outputs(kx, g.ow, g.w, g.stride_w, g.left, g.dilation_w);
      const int64_t begin = std::max(valid.begin, b.first_ox);
      const int64_t end = std::max(begin, std::min(valid.end, b.first_ox + b.columns));
      const int64_t ix = begin == end ? 0 : begin * g.stride_w + kx * g.dilation_w - g.left - b.first_ix;
      plan.columns.push_back({plan.input_slot(ix), begin - b.first_ox, end - begin});
    }
  }
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
  b.row_block = row, b.column_block = column;
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

// Input columns lie by their remainder modulo the stride, so that neighbouring outputs meet neighbouring inputs.
int64_t WeightGradient::input_slot(int64_t column) const {
  if (joined) return column;
  return split_begin(input_pitch, g.stride_w, column % g.stride_w) + column / g.stride_w;
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
  for (int64_t block = 0; block < plan.column_blocks; ++block) {
    plan.input_pitch = std::max(plan.input_pitch, plan.block(block).input_columns);
    plan.output_pitch = plan.joined ? g.ow : std::max(plan.output_pitch, plan.block(block).columns);
  }
  add_taps(plan);
  add_columns(plan);
  cut_sums(plan);
  size_panels(plan);
  plan.operations = count_operations(g);
  plan.item_ns =
      plan.operations / static_cast<double>(g.groups * plan.parts * plan.slices) / (8.0 * plan.tiles->lanes) + 20;
  return plan;
}

}  // namespace netwright
