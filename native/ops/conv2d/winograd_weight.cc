// Sums over tiles in an order that only the problem decides: block after block, and by tile within.
#include "ops/conv2d/winograd_weight.h"

#include <algorithm>

namespace netwright {

namespace {

// Both transforms of a block's tiles.
constexpr int64_t kBlockBytes = 512 * 1024;
// A block has at least so many, because every block reads and writes all sums.
constexpr int64_t kFewestTiles = 160;

// Rows a power of two apart would fall on the same few cache sets.
int64_t spread_stride(int64_t channels) { return channels % 64 == 0 ? channels + 16 : channels; }

// Both operands of a block, [position][tile][channel].
void transform_tiles(const WinogradWeight& plan, int64_t first, int64_t count, const float* x, const float* dy,
                     float* inputs, float* outputs, Stream& stream) {
  const double cost = 2.0 * static_cast<double>(plan.inputs + plan.outputs) * 8 / plan.tile_set->lanes;
  stream.parallel(count, cost, [&](int64_t begin, int64_t end, int) {
    WinogradPlace place = plan.tiles.place(first + begin);
    for (int64_t tile = begin; tile < end; ++tile, plan.tiles.advance(place)) {
      const float* pixels[kWinogradInputs];
      plan.tiles.input_pixels(place, x, plan.inputs, plan.outside.data(), pixels);
      plan.transforms.input(pixels, plan.inputs, inputs + tile * plan.input_stride, plan.input_step());
      plan.tiles.output_pixels(place, dy, plan.outputs, plan.outside.data(), pixels);
      plan.transforms.output_gradient(pixels, plan.outputs, outputs + tile * plan.output_stride, plan.output_step());
    }
  });
}

void multiply_block(const WinogradWeight& plan, int64_t count, const float* inputs, const float* outputs, float* sums,
                    bool accumulate, Stream& stream) {
  const Tiling& tiling = plan.tiling;
  const int64_t items = kWinogradPositions * tiling.chunks * tiling.bands;
  const double cost = plan.cycles / static_cast<double>(plan.blocks * items) / 3;
  stream.parallel(items, cost, [&](int64_t begin, int64_t end, int) {
    const Tap tap = {0, 0};
    int64_t offsets[kMostTileRows];
    for (int64_t r = 0; r < kMostTileRows; ++r) offsets[r] = r * plan.outputs;
    for (int64_t item = begin; item < end; ++item) {
      const int64_t band = item % tiling.bands, chunk = item / tiling.bands % tiling.chunks;
      const int64_t position = item / tiling.bands / tiling.chunks;
      const int64_t row = tiling.first_row(band), column = tiling.first_column(chunk);
      TileCall call = {};
      call.taps = &tap;
      call.tap_count = 1;
      call.depth = count;
      call.a = inputs + position * plan.input_step() + row;
      call.a_row = 1;
      call.a_step = plan.input_stride;
      call.b = outputs + position * plan.output_step() + column;
      call.b_step = plan.output_stride;
      call.c = sums + position * plan.sum_step() + row * plan.outputs + column;
      call.c_rows = offsets;
      call.accumulate = accumulate;
      call.last_columns = last_columns(*plan.tile_set, tiling.chunk_columns(chunk));
      tile_function(*plan.tile_set, true, tiling.first_row(band + 1) - row, tiling.chunk_columns(chunk))(call);
    }
  });
}

void finish(const WinogradWeight& plan, const float* sums, float* dw, Stream& stream) {
  const double cost = 2.0 * static_cast<double>(plan.outputs) * 8 / plan.tile_set->lanes;
  stream.parallel(plan.inputs, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row)
      plan.transforms.kernel_gradient(sums + row * plan.outputs, plan.sum_step(), plan.outputs, dw + row * plan.outputs,
                                      plan.inputs * plan.outputs);
  });
}

// To read and write a vector of sums.
constexpr double kSumCycles = 20;

double estimate_cycles(const WinogradWeight& plan) {
  const int64_t lanes = plan.tile_set->lanes, tiles = plan.tiles.count();
  const double kernels = static_cast<double>(plan.inputs * plan.tiling.vector_count());
  return kernels * static_cast<double>(kWinogradPositions * tiles) +
         static_cast<double>(kWinogradPositions * plan.blocks) *
             (WinogradCycles::call * static_cast<double>(plan.tiling.bands * plan.tiling.chunks) +
              kSumCycles * kernels) +
         WinogradCycles::place * static_cast<double>(tiles) +
         image_cycles(plan.tiles, plan.inputs, plan.outputs, lanes) + WinogradCycles::kernel * kernels;
}

}  // namespace

WinogradWeight plan_winograd_weight(const ConvGeometry& g, Isa isa) {
  WinogradWeight plan = {};
  plan.tiles = forward_tiles(g);
  plan.tile_set = &tile_set(isa);
  plan.transforms = winograd_transforms(isa);
  plan.inputs = g.c, plan.outputs = g.oc;
  plan.input_stride = spread_stride(g.c), plan.output_stride = spread_stride(g.oc);
  plan.tiling = choose_tiling(*plan.tile_set, g.c, g.oc);
  const int64_t tile_bytes = 4 * kWinogradPositions * (plan.input_stride + plan.output_stride);
  const int64_t fitting = std::max<int64_t>(kFewestTiles, kBlockBytes / tile_bytes);
  plan.blocks = (plan.tiles.count() + fitting - 1) / fitting;
  plan.outside.assign(static_cast<size_t>(std::max(g.c, g.oc)), 0.0f);
  plan.operations = 2.0 * kWinogradPositions * static_cast<double>(plan.tiles.count() * g.c * g.oc);
  plan.cycles = estimate_cycles(plan);
  return plan;
}

void run_winograd_weight(const WinogradWeight& plan, const float* x, const float* dy, float* dw, float* workspace,
                         Stream& stream) {
  float* sums = workspace;
  float* inputs = sums + kWinogradPositions * plan.sum_step();
  float* outputs = inputs + kWinogradPositions * plan.input_step();
  for (int64_t block = 0; block < plan.blocks; ++block) {
    const int64_t first = split_begin(plan.tiles.count(), plan.blocks, block);
    const int64_t count = split_begin(plan.tiles.count(), plan.blocks, block + 1) - first;
    transform_tiles(plan, first, count, x, dy, inputs, outputs, stream);
    multiply_block(plan, count, inputs, outputs, sums, block > 0, stream);
  }
  finish(plan, sums, dw, stream);
}

}  // namespace netwright
