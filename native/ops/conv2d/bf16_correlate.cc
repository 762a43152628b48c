// conv2d and conv2d_grad_x in bfloat16. Input and weights are packed, then every item is a part of an output line times
// a chunk of columns, as in correlate.cc; rows are always read from a copy [block][pixel][image][group][padded
// channels].
#include <algorithm>

#include "blas/bf16_pack.h"
#include "ops/conv2d/bf16.h"
#include "ops/conv2d/correlate.h"
#include "ops/kernel.h"

namespace netwright {

namespace {

// A pixel's images fill a tile's rows.
constexpr int64_t kMostImages = kBf16Rows;
// Rows of one item: a chunk's weights serve several tiles.
constexpr int64_t kItemRows = 3 * kBf16Rows;
// With a stride and fewer images than this a line of single images has more rows than a pixel has images.
constexpr int64_t kFewImages = 8;

struct Bf16Correlate {
  CorrelateShape shape;
  Regions regions;
  const Bf16Tiles* tiles;
  const Bf16Loops* loops;
  int64_t blocks;   // of images
  int64_t depth;    // of a group, padded
  int64_t row;      // elements of one image's pixel in the copy
  bool transposed;  // weights are read as [columns][depth]
  int64_t filters;  // innermost axis of the weights
  std::vector<OutputLine> lines;

  int64_t first_image(int64_t block) const { return split_begin(shape.n, blocks, block); }
  int64_t most_images() const { return (shape.n + blocks - 1) / blocks; }
  // Whether a line's pixels follow each other in the copy, image by image or at the stride.
  bool joined_pixels() const { return regions.input_step_x == 1 || most_images() == 1; }
  int64_t row_step() const { return most_images() == 1 ? regions.input_step_x * row : row; }
  // A tile reads 16 rows whatever there is.
  int64_t input_elements() const { return shape.n * shape.input_h * shape.input_w * row + 16 * row_step(); }
  int64_t weights_of_group() const { return shape.positions * padded_columns(shape.columns) * depth; }
  int64_t workspace_elements() const { return input_elements() + shape.groups * weights_of_group(); }
};

void pack_input(const Bf16Correlate& plan, const float* input, uint16_t* to, Stream& stream) {
  const CorrelateShape& s = plan.shape;
  const int64_t pixels = s.input_h * s.input_w, channels = s.groups * s.depth;
  const double cost = static_cast<double>(plan.most_images()) * (5 + static_cast<double>(channels) / 8);
  stream.parallel(plan.blocks * pixels, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t block = i / pixels, pixel = i % pixels, first = plan.first_image(block);
      const int64_t images = plan.first_image(block + 1) - first;
      for (int64_t image = 0; image < images; ++image)
        for (int64_t group = 0; group < s.groups; ++group)
          pack_row(*plan.loops, input + ((first + image) * pixels + pixel) * channels + group * s.depth, 1, s.depth,
                   to + (first * pixels + pixel * images + image) * plan.row + group * plan.depth, plan.depth);
    }
  });
}

// [group][chunk][position][depth / 32][panel][512]
void pack_weights(const Bf16Correlate& plan, const float* weights, uint16_t* to, Stream& stream) {
  const CorrelateShape& s = plan.shape;
  const int64_t chunks = chunks_of(s.columns);
  const int64_t rows = plan.transposed ? s.columns : s.depth;  // of a position as it lies
  const int64_t group_columns = plan.transposed ? s.depth : s.columns;
  const int64_t k_step = plan.transposed ? 1 : plan.filters, n_step = plan.transposed ? plan.filters : 1;
  const double cost = static_cast<double>(plan.depth * kBf16Columns) / (plan.transposed ? 2 : 8) + 20;
  stream.parallel(s.groups * chunks * s.positions, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t position = i % s.positions, chunk = i / s.positions % chunks, group = i / s.positions / chunks;
      const int64_t column = chunk * kBf16Columns, width = chunk_width(s.columns, chunk);
      pack_columns(*plan.loops, weights + position * rows * plan.filters + group * group_columns + column * n_step,
                   k_step, n_step, s.depth, width,
                   to + group * plan.weights_of_group() + column * s.positions * plan.depth +
                       position * padded_columns(width) * plan.depth);
    }
  });
}

// Rows of a line: the input of row r is at `input` + r * row_step(), its output at its offset.
struct LineRows {
  const uint16_t* input;
  int64_t output;
  int64_t count;
  int64_t images;
  int64_t pixel_step, image_step;

  void output_offsets(int64_t first, int64_t rows, int64_t* offsets) const {
    int64_t pixel = first / images, image = first % images;
    for (int64_t r = 0; r < rows; ++r) {
      offsets[r] = output + pixel * pixel_step + image * image_step;
      if (++image == images) image = 0, ++pixel;
    }
  }
};

LineRows locate(const Bf16Correlate& plan, const OutputLine& line, int64_t block, const uint16_t* input) {
  const CorrelateShape& s = plan.shape;
  const Region& region = plan.regions.regions[static_cast<size_t>(line.region)];
  const int64_t channels = s.groups * s.columns, first = plan.first_image(block);
  const bool joined = plan.joined_pixels();
  const int64_t y = joined ? line.line : line.line / region.count_x, x = joined ? 0 : line.line % region.count_x;
  LineRows rows;
  rows.images = plan.first_image(block + 1) - first;
  rows.input = input + first * s.input_h * s.input_w * plan.row +
               (y * plan.regions.input_step_y * s.input_w + x * plan.regions.input_step_x) * rows.images * plan.row;
  rows.output =
      ((first * s.output_h + region.first_y + y * region.step_y) * s.output_w + region.first_x + x * region.step_x) *
      channels;
  rows.pixel_step = region.step_x * channels;
  rows.image_step = s.output_h * s.output_w * channels;
  rows.count = rows.images * (joined ? region.count_x : 1);
  return rows;
}

void run_item(const Bf16Correlate& plan, const OutputLine& line, int64_t block, int64_t group, int64_t chunk,
              const uint16_t* input, const uint16_t* weights, const float* bias, float* output) {
  const CorrelateShape& s = plan.shape;
  const Region& region = plan.regions.regions[static_cast<size_t>(line.region)];
  const LineRows rows = locate(plan, line, block, input);
  const int64_t width = chunk_width(s.columns, chunk), column = chunk * kBf16Columns;
  const int64_t output_column = group * s.columns + column;
  alignas(64) float sums[kBf16Rows * kBf16Columns];
  int64_t offsets[kBf16Rows];
  Bf16Call call = {};
  call.b = weights + group * plan.weights_of_group() + column * s.positions * plan.depth;
  call.sums = sums;
  call.taps = plan.regions.taps.data() + region.taps_begin;
  call.tap_count = region.taps_count;
  call.a_scale = rows.images * plan.row;
  call.b_scale = padded_columns(width) * plan.depth;
  call.depth_blocks = plan.depth / kBf16Depth;
  call.a_row = plan.row_step();
  call.panels = panels_of(width);
  const int64_t end = std::min((line.part + 1) * kItemRows, rows.count);
  for (int64_t row = line.part * kItemRows; row < end; row += kBf16Rows) {
    const int64_t count = std::min(kBf16Rows, end - row);
    call.a = rows.input + row * call.a_row + group * plan.depth;
    call.rows = static_cast<int>(count);
    plan.tiles->tile(call);
    rows.output_offsets(row, count, offsets);
    store_sums(sums, count, width, bias == nullptr ? nullptr : bias + output_column, output + output_column, offsets);
  }
}

void run_bf16_correlate(const Bf16Correlate& plan, const float* input, const float* weights, const float* bias,
                        float* output, uint16_t* workspace, Stream& stream) {
  const CorrelateShape& s = plan.shape;
  uint16_t* packed = workspace + plan.input_elements();
  pack_input(plan, input, workspace, stream);
  pack_weights(plan, weights, packed, stream);
  const int64_t lines = static_cast<int64_t>(plan.lines.size()), chunks = chunks_of(s.columns);
  const double cost = static_cast<double>(s.positions * plan.depth) * 4 + 100;
  stream.parallel(plan.blocks * s.groups * chunks * lines, cost, [&](int64_t begin, int64_t end, int) {
    plan.tiles->begin();
    for (int64_t item = begin; item < end; ++item)
      run_item(plan, plan.lines[static_cast<size_t>(item % lines)], item / (lines * chunks * s.groups),
               item / (lines * chunks) % s.groups, item / lines % chunks, workspace, packed, bias, output);
    plan.tiles->end();
  });
}

void add_lines(Bf16Correlate& plan) {
  for (size_t r = 0; r < plan.regions.regions.size(); ++r) {
    const Region& region = plan.regions.regions[r];
    const bool joined = plan.joined_pixels();
    const int64_t count = joined ? region.count_y : region.count_y * region.count_x;
    const int64_t rows = plan.most_images() * (joined ? region.count_x : 1);
    const int64_t parts = (rows + kItemRows - 1) / kItemRows;
    for (int64_t line = 0; line < count; ++line)
      for (int64_t part = 0; part < parts; ++part)
        plan.lines.push_back({static_cast<int64_t>(r), false, line, part, parts});
  }
}

template <bool biased>
void run_step(const Args& args, Stream& stream) {
  run_bf16_correlate(data_of<Bf16Correlate>(args), args.input(0), args.input(1), biased ? args.input(2) : nullptr,
                     args.output(0), static_cast<uint16_t*>(args.workspace), stream);
}

BoundKernel bind_correlate(const Node& node, const Target& target, const Bf16Tiles& tiles, const CorrelateShape& shape,
                           Regions regions, bool transposed, int64_t filters) {
  Bf16Correlate plan = {};
  plan.shape = shape;
  plan.regions = std::move(regions);
  plan.tiles = &tiles;
  plan.loops = &bf16_loops(target.isa);
  const bool strided = plan.regions.input_step_x != 1 && shape.n < kFewImages;
  plan.blocks = strided ? shape.n : (shape.n + kMostImages - 1) / kMostImages;
  plan.depth = padded_depth(shape.depth);
  plan.row = spread_row(shape.groups * plan.depth);
  plan.transposed = transposed;
  plan.filters = filters;
  add_lines(plan);
  double operations = 0;
  for (const Region& region : plan.regions.regions)
    operations += 2.0 * static_cast<double>(region.count_y * region.count_x * region.positions) *
                  static_cast<double>(shape.n * shape.groups * shape.depth * shape.columns);
  const size_t bytes = static_cast<size_t>(plan.workspace_elements()) * sizeof(uint16_t);
  BoundKernel bound =
      make_kernel(node, target, node.in.size() == 3 ? run_step<true> : run_step<false>, std::move(plan), operations);
  bound.workspace_bytes = bytes;
  return bound;
}

}  // namespace

BoundKernel bind_bf16_conv2d(const Node& node, const Target& target, const Bf16Tiles& tiles) {
  const ConvGeometry g = conv_geometry(node, node.in[0], node.in[1], node.out[0]);
  if (g.depthwise()) return {};
  Regions regions =
      make_regions(forward_axis(g.oh, g.h, g.kh, g.stride_h, g.top, g.dilation_h),
                   forward_axis(g.ow, g.w, g.kw, g.stride_w, g.left, g.dilation_w), g.w, g.kw, g.group_inputs(), false);
  const CorrelateShape shape = {g.n, g.h, g.w, g.oh, g.ow, g.groups, g.group_inputs(), g.group_outputs(), g.kh * g.kw};
  return bind_correlate(node, target, tiles, shape, std::move(regions), false, g.oc);
}

BoundKernel bind_bf16_conv2d_grad_x(const Node& node, const Target& target, const Bf16Tiles& tiles) {
  const ConvGeometry g = conv_geometry(node, node.out[0], node.in[1], node.in[0]);
  if (g.depthwise()) return {};
  Regions regions = make_regions(gradient_axis(g.h, g.oh, g.kh, g.stride_h, g.top, g.dilation_h),
                                 gradient_axis(g.w, g.ow, g.kw, g.stride_w, g.left, g.dilation_w), g.ow, g.kw,
                                 g.group_outputs(), false);
  const CorrelateShape shape = {g.n, g.oh, g.ow, g.h, g.w, g.groups, g.group_outputs(), g.group_inputs(), g.kh * g.kw};
  return bind_correlate(node, target, tiles, shape, std::move(regions), true, g.oc);
}

}  // namespace netwright
