// Sums over pixels in an order that only the problem decides: block after block of a slice, then the slices.
#include "ops/conv2d/weight_gradient.h"

#include <algorithm>

#include "ops/conv2d/ahead.h"
#include "ops/kernel.h"

namespace netwright {

namespace {

// Input and output gradient of a block whose rows are whole, as far as an item needs most of them.
Ahead next_block(const WeightGradient& plan, int64_t block, int64_t last, const float* x, const float* dy) {
  const ConvGeometry& g = plan.g;
  Ahead ahead;
  if (block + 1 >= last || plan.column_blocks > 1 || g.groups > 1) return ahead;
  const PixelBlock b = plan.block(block + 1);
  const int64_t input = g.w * g.c, output = g.ow * g.oc;
  if (b.input_rows > 0)
    ahead.add(x + (b.image * g.h + b.first_iy) * input, b.images, g.h * input, b.input_rows * input);
  if (plan.parts == 1) ahead.add(dy + (b.image * g.oh + b.first_oy) * output, b.images, g.oh * output, b.rows * output);
  return ahead;
}

// Adds the products of one kernel row with a band of input channels and a chunk of output channels.
void add_kernel_row(const WeightGradient& plan, const PixelBlock& b, int64_t ky, TileFunction tile, TileCall call) {
  const ConvGeometry& g = plan.g;
  const WeightGradient::KernelRow& row = plan.rows[static_cast<size_t>(b.row_block * g.kh + ky)];
  const int64_t inner = plan.inner(b);
  const float *input = call.a, *output = call.b;
  call.c += ky * g.kw * g.group_inputs() * g.oc;
  call.taps = plan.taps.data() + row.first_tap;
  for (int64_t kx = 0; kx < plan.kernel_columns(); ++kx, call.c += g.group_inputs() * g.oc) {
    const WeightGradient::KernelColumn& column =
        plan.columns[static_cast<size_t>(b.column_block * plan.kernel_columns() + kx)];
    call.tap_count = column.count == 0 ? 0 : row.taps_of_image * plan.outer(b);
    if (call.tap_count == 0 && call.accumulate) continue;
    call.a = input + column.input * call.a_scale;
    call.b = output + column.output * call.b_scale;
    call.depth = column.count * inner;
    // Whole rows follow each other without a gap.
    if (column.count == plan.input_pitch && column.count == plan.output_pitch && g.stride_h == 1 &&
        call.tap_count > 0) {
      call.depth *= call.tap_count;
      call.tap_count = 1;
    }
    tile(call);
  }
}

void add_block(const WeightGradient& plan, const PixelBlock& b, const GradientItem& item, bool first, Ahead ahead) {
  const ConvGeometry& g = plan.g;
  const Tiling& tiling = plan.tiling;
  int64_t offsets[kMostTileRows];
  for (int64_t r = 0; r < kMostTileRows; ++r) offsets[r] = r * g.oc;
  TileCall call = {};
  call.c_rows = offsets;
  call.accumulate = !first;
  call.a_row = 1;
  const int64_t lines = ahead.lines() / ((item.last_chunk - item.first_chunk) * tiling.bands * g.kh) + 1;
  for (int64_t chunk = item.first_chunk; chunk < item.last_chunk; ++chunk) {
    const int64_t columns = tiling.chunk_columns(chunk);
    call.b = plan.joined ? item.output + tiling.first_column(chunk) : output_panel(plan, b, item, chunk);
    call.b_step = plan.joined ? g.oc : columns;
    call.b_scale = call.b_step * plan.inner(b);
    call.last_columns = last_columns(*plan.tiles, columns);
    for (int64_t band = 0; band < tiling.bands; ++band) {
      const int64_t first_row = tiling.first_row(band), rows = tiling.first_row(band + 1) - first_row;
      const TileFunction tile = tile_function(*plan.tiles, true, rows, columns);
      call.a = plan.joined ? item.input + first_row : input_panel(plan, b, item, band);
      call.a_step = plan.joined ? g.stride_w * g.c : rows;
      call.a_scale = plan.joined ? g.c : rows * plan.inner(b);
      call.c = item.sums + first_row * g.oc + item.group * g.group_outputs() + tiling.first_column(chunk);
      for (int64_t ky = 0; ky < g.kh; ++ky) {
        ahead.step(lines);
        add_kernel_row(plan, b, ky, tile, call);
      }
    }
  }
}

void add_slices(const WeightGradient& plan, const float* partial, float* dw, Stream& stream) {
  const int64_t count = plan.weights();
  parallel_elements(stream, count, 0.2 * static_cast<double>(plan.slices), [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at += kBlock)
      for (int64_t slice = 0; slice + 1 < plan.slices; ++slice)
        for (int64_t i = at; i < std::min(at + kBlock, end); ++i) dw[i] += partial[slice * count + i];
  });
}

}  // namespace

void run_weight_gradient(const WeightGradient& plan, const float* x, const float* dy, float* dw, float* workspace,
                         Stream& stream) {
  const int64_t chunks = plan.tiling.chunks, parts = plan.parts;
  const ConvGeometry& g = plan.g;
  float* partial = workspace + plan.workers * (plan.input_panels + plan.output_panels);
  stream.parallel(plan.slices * g.groups * parts, plan.item_ns, [&](int64_t begin, int64_t end, int worker) {
    for (int64_t i = begin; i < end; ++i) {
      const int64_t part = i % parts, slice = i / (parts * g.groups);
      GradientItem item = {};
      item.group = i / parts % g.groups;
      item.first_chunk = split_begin(chunks, parts, part);
      item.last_chunk = split_begin(chunks, parts, part + 1);
      item.input = workspace + worker * (plan.input_panels + plan.output_panels);
      float* panels = item.input + plan.input_panels;
      item.sums = slice == 0 ? dw : partial + (slice - 1) * plan.weights();
      const int64_t first = split_begin(plan.blocks(), plan.slices, slice);
      const int64_t last = split_begin(plan.blocks(), plan.slices, slice + 1);
      for (int64_t block = first; block < last; ++block) {
        const PixelBlock b = plan.block(block);
        pack_input(plan, b, item, x);
        item.output = plan.joined ? dy + ((b.image * g.oh + b.first_oy) * g.ow + b.first_ox) * g.oc
                                  : pack_output(plan, b, item, dy, panels);
        add_block(plan, b, item, block == first, next_block(plan, block, last, x, dy));
      }
    }
  });
  if (plan.slices > 1) add_slices(plan, partial, dw, stream);
}

}  // namespace netwright
