// conv2d_grad_weight in bfloat16: for each kernel position a product over k = (output column, image) of every output
// row.
//
// x lies as [block][input row][phase][channel][column, image] with zeros beside the image, so that a kernel column is
// an offset into the same rows; a stride s separates columns by phase, their remainder of s. dy lies as pairs of k.
#include <algorithm>
#include <cstring>

#include "blas/bf16_pack.h"
#include "ops/conv2d/bf16.h"
#include "ops/conv2d/regions.h"
#include "ops/kernel.h"

namespace netwright {

namespace {

constexpr int64_t kMostImages = 32;
// Kernel columns far apart would make rows of zeros; such a kernel takes the rounded way.
constexpr int64_t kMostBorder = 64;

// Where kernel column kx finds the input of output column ox: column ox + shift of its phase.
struct KernelColumn {
  int64_t phase;  // in Bf16WeightGradient::phases
  int64_t shift;
};

struct Bf16WeightGradient {
  ConvGeometry g;
  const Bf16Tiles* tiles;
  const Bf16Loops* loops;
  int64_t blocks, images;  // of a block; the last one is filled up with zeros
  std::vector<int64_t> phases;
  std::vector<KernelColumn> kernel_columns;
  int64_t first_column;  // column 0 of a row, counted in strides from the image's first pixel
  int64_t columns;
  int64_t depth;                       // k of an output row, padded
  int64_t row;                         // elements of a channel's row of x
  std::vector<std::vector<Tap>> taps;  // of each kernel row: rows of x and dy, block after block

  int64_t x_row() const { return static_cast<int64_t>(phases.size()) * g.c * row; }
  int64_t dy_row() const { return g.groups * padded_columns(g.group_outputs()) * depth; }
  // A tile reads 16 channels whatever there is.
  int64_t x_elements() const { return blocks * g.h * x_row() + 16 * row; }
  int64_t workspace_elements() const { return x_elements() + blocks * g.oh * dy_row(); }
};

int64_t floor_divide(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

void plan_columns(Bf16WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  int64_t last = 0;
  for (int64_t kx = 0; kx < g.kw; ++kx) {
    const int64_t at = kx * g.dilation_w - g.left;
    const int64_t shift = floor_divide(at, g.stride_w), phase = at - shift * g.stride_w;
    const auto found = std::find(plan.phases.begin(), plan.phases.end(), phase);
    plan.kernel_columns.push_back({found - plan.phases.begin(), shift});
    if (found == plan.phases.end()) plan.phases.push_back(phase);
    plan.first_column = kx == 0 ? shift : std::min(plan.first_column, shift);
    last = kx == 0 ? shift : std::max(last, shift);
  }
  for (KernelColumn& column : plan.kernel_columns) column.shift -= plan.first_column;
  plan.columns = g.ow + last - plan.first_column;
  plan.depth = padded_depth(g.ow * plan.images);
  plan.row = spread_row(padded_depth((plan.columns - g.ow) * plan.images + plan.depth));
}

void plan_taps(Bf16WeightGradient& plan) {
  const ConvGeometry& g = plan.g;
  for (int64_t ky = 0; ky < g.kh; ++ky) {
    const AxisSpan span = valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
    std::vector<Tap> taps;
    for (int64_t block = 0; block < plan.blocks; ++block)
      for (int64_t oy = span.begin; oy < span.end; ++oy)
        taps.push_back({block * g.h + oy * g.stride_h + ky * g.dilation_h - g.top, block * g.oh + oy});
    plan.taps.push_back(std::move(taps));
  }
}

// One row of x for all phases and channels.
void pack_x_row(const Bf16WeightGradient& plan, const float* x, int64_t block, int64_t y, uint16_t* to) {
  const ConvGeometry& g = plan.g;
  std::memset(to, 0, static_cast<size_t>(plan.x_row()) * sizeof(uint16_t));
  const int64_t first = block * plan.images, images = std::min(plan.images, g.n - first);
  for (int64_t phase : plan.phases) {
    for (int64_t column = 0; column < plan.columns; ++column) {
      const int64_t from = (column + plan.first_column) * g.stride_w + phase;
      if (from < 0 || from >= g.w) continue;
      for (int64_t image = 0; image < images; ++image)
        plan.loops->scatter(x + (((first + image) * g.h + y) * g.w + from) * g.c, to + column * plan.images + image,
                            plan.row, g.c);
    }
    to += g.c * plan.row;
  }
}

// One row of dy for all groups and chunks: pairs of k = column * images + image.
void pack_dy_row(const Bf16WeightGradient& plan, const float* dy, int64_t block, int64_t y, uint16_t* to) {
  const ConvGeometry& g = plan.g;
  std::memset(to, 0, static_cast<size_t>(plan.dy_row()) * sizeof(uint16_t));
  const int64_t first = block * plan.images, outputs = g.group_outputs();
  auto at = [&](int64_t k) -> const float* {
    const int64_t image = first + k % plan.images;
    return k >= g.ow * plan.images || image >= g.n ? nullptr
                                                   : dy + ((image * g.oh + y) * g.ow + k / plan.images) * g.oc;
  };
  for (int64_t k = 0; k < g.ow * plan.images; k += 2) {
    const float *even = at(k), *odd = at(k + 1);
    for (int64_t group = 0; group < g.groups; ++group)
      for (int64_t column = 0; column < outputs; column += kBf16Panel) {
        const int64_t chunk = column / kBf16Columns, chunk_panels = panels_of(chunk_width(outputs, chunk));
        const int64_t block_at = k / kBf16Depth * chunk_panels + column % kBf16Columns / kBf16Panel;
        uint16_t* pairs = to + (group * padded_columns(outputs) + chunk * kBf16Columns) * plan.depth +
                          block_at * kBf16Block + k % kBf16Depth * kBf16Panel;
        const int64_t width = std::min(kBf16Panel, outputs - column), from = group * outputs + column;
        if (even != nullptr) {
          plan.loops->interleave(even + from, odd == nullptr ? nullptr : odd + from, 1, pairs, width);
        } else if (odd != nullptr) {
          plan.loops->scatter(odd + from, pairs + 1, 2, width);
        }
      }
  }
}

void pack(const Bf16WeightGradient& plan, const float* x, const float* dy, uint16_t* x_rows, uint16_t* dy_rows,
          Stream& stream) {
  const ConvGeometry& g = plan.g;
  stream.parallel(plan.blocks * g.h, static_cast<double>(g.w * plan.images * g.c),
                  [&](int64_t begin, int64_t end, int) {
                    for (int64_t i = begin; i < end; ++i)
                      pack_x_row(plan, x, i / g.h, i % g.h, x_rows + i * plan.x_row());
                  });
  const double cost = static_cast<double>(g.ow * plan.images * g.oc) / 4;
  stream.parallel(plan.blocks * g.oh, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) pack_dy_row(plan, dy, i / g.oh, i % g.oh, dy_rows + i * plan.dy_row());
  });
}

void run_weight_gradient(const Bf16WeightGradient& plan, const float* x, const float* dy, float* dw,
                         uint16_t* workspace, Stream& stream) {
  const ConvGeometry& g = plan.g;
  uint16_t* dy_rows = workspace + plan.x_elements();
  pack(plan, x, dy, workspace, dy_rows, stream);
  const int64_t inputs = g.group_inputs(), outputs = g.group_outputs();
  const int64_t bands = (inputs + kBf16Rows - 1) / kBf16Rows, chunks = chunks_of(outputs), positions = g.kh * g.kw;
  const double cost = static_cast<double>(plan.blocks * g.oh * plan.depth) * 2 + 100;
  stream.parallel(g.groups * chunks * positions * bands, cost, [&](int64_t begin, int64_t end, int) {
    alignas(64) float sums[kBf16Rows * kBf16Columns];
    int64_t offsets[kBf16Rows];
    for (int64_t r = 0; r < kBf16Rows; ++r) offsets[r] = r * g.oc;
    plan.tiles->begin();
    for (int64_t item = begin; item < end; ++item) {
      const int64_t band = item % bands, position = item / bands % positions;
      const int64_t chunk = item / (bands * positions) % chunks, group = item / (bands * positions * chunks);
      const int64_t row = band * kBf16Rows, rows = std::min(kBf16Rows, inputs - row);
      const int64_t column = chunk * kBf16Columns, width = chunk_width(outputs, chunk);
      const KernelColumn& kernel_column = plan.kernel_columns[static_cast<size_t>(position % g.kw)];
      const std::vector<Tap>& taps = plan.taps[static_cast<size_t>(position / g.kw)];
      Bf16Call call = {};
      call.a =
          workspace + (kernel_column.phase * g.c + group * inputs + row) * plan.row + kernel_column.shift * plan.images;
      call.b = dy_rows + (group * padded_columns(outputs) + column) * plan.depth;
      call.sums = sums;
      call.taps = taps.data();
      call.tap_count = static_cast<int64_t>(taps.size());
      call.a_scale = plan.x_row();
      call.b_scale = plan.dy_row();
      call.depth_blocks = plan.depth / kBf16Depth;
      call.a_row = plan.row;
      call.rows = static_cast<int>(rows);
      call.panels = panels_of(width);
      plan.tiles->tile(call);
      store_sums(sums, rows, width, nullptr, dw + (position * inputs + row) * g.oc + group * outputs + column, offsets);
    }
    plan.tiles->end();
  });
}

void run_step(const Args& args, Stream& stream) {
  run_weight_gradient(data_of<Bf16WeightGradient>(args), args.input(0), args.input(1), args.output(0),
                      static_cast<uint16_t*>(args.workspace), stream);
}

}  // namespace

BoundKernel bind_bf16_conv2d_grad_weight(const Node& node, const Target& target, const Bf16Tiles& tiles) {
  const ConvGeometry g = conv_geometry(node, node.in[0], node.out[0], node.in[1]);
  if (g.depthwise()) return {};
  Bf16WeightGradient plan = {};
  plan.g = g;
  plan.tiles = &tiles;
  plan.loops = &bf16_loops(target.isa);
  plan.blocks = (g.n + kMostImages - 1) / kMostImages;
  plan.images = (g.n + plan.blocks - 1) / plan.blocks;
  plan_columns(plan);
  if (plan.columns > 2 * (g.w + g.ow) + kMostBorder) return {};
  plan_taps(plan);
  double pixels = 0;
  for (int64_t ky = 0; ky < g.kh; ++ky)
    for (int64_t kx = 0; kx < g.kw; ++kx) {
      const AxisSpan rows = valid_outputs(ky, g.oh, g.h, g.stride_h, g.top, g.dilation_h);
      const AxisSpan columns = valid_outputs(kx, g.ow, g.w, g.stride_w, g.left, g.dilation_w);
      pixels += static_cast<double>((rows.end - rows.begin) * (columns.end - columns.begin));
    }
  const double operations = 2 * pixels * static_cast<double>(g.n * g.group_inputs() * g.oc);
  const size_t bytes = static_cast<size_t>(plan.workspace_elements()) * sizeof(uint16_t);
  BoundKernel bound = make_kernel(node, target, run_step, std::move(plan), operations);
  bound.workspace_bytes = bytes;
  return bound;
}

}  // namespace netwright
