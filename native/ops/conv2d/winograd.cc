// Forward pass and data gradient by Winograd: kernels once, then group by group of tiles.
#include "ops/conv2d/winograd.h"

#include <algorithm>

namespace netwright {

namespace {

// Tiles of a group, which share a panel of kernels in the first cache.
constexpr int64_t kMostGroup = 12;
// Fewer groups are too few items.
constexpr int64_t kFewGroups = 8;
constexpr int64_t kMostLanes = 16;
// Rows of the transposed weights that one item packs.
constexpr int64_t kPackRows = 16;

// Weights to [chunk][position][depth][columns of the chunk].
void transform_kernels(const Winograd& plan, const float* weights, float* kernels, Stream& stream) {
  const int64_t parts = (plan.depth + kPackRows - 1) / kPackRows;
  const double cost = 10.0 * static_cast<double>(kPackRows * plan.chunks.vectors);
  stream.parallel(plan.chunks.chunks * parts, cost, [&](int64_t begin, int64_t end, int) {
    float turned[9 * kPackRows * kMostTileVectors * kMostLanes];
    for (int64_t item = begin; item < end; ++item) {
      const int64_t chunk = item / parts, first = split_begin(plan.depth, parts, item % parts);
      const int64_t rows = split_begin(plan.depth, parts, item % parts + 1) - first;
      const int64_t column = plan.chunks.first_column(chunk), width = plan.chunks.chunk_columns(chunk);
      const float* taps = weights + first * plan.columns + column;
      int64_t tap_step = plan.depth * plan.columns, row_step = plan.columns;
      if (plan.gradient) {
        for (int64_t tap = 0; tap < 9; ++tap)
          plan.transpose(weights + (tap * plan.columns + column) * plan.depth + first, plan.depth,
                         turned + tap * rows * width, width, width, rows);
        taps = turned + 8 * rows * width;
        tap_step = -rows * width, row_step = width;
      }
      float* to = kernels + plan.chunk_elements() * chunk + first * width;
      for (int64_t row = 0; row < rows; ++row)
        plan.transforms.kernel(taps + row * row_step, tap_step, width, to + row * width, plan.kernel_step(chunk));
    }
  });
}

// Tiles of a group to [position][tile][depth].
void transform_group(const Winograd& plan, int64_t group, const float* input, float* transformed) {
  const int64_t first = plan.first_tile(group), tiles = plan.first_tile(group + 1) - first;
  WinogradPlace place = plan.tiles.place(first);
  for (int64_t tile = 0; tile < tiles; ++tile, plan.tiles.advance(place)) {
    const float* pixels[kWinogradInputs];
    plan.tiles.input_pixels(place, input, plan.depth, plan.outside.data(), pixels);
    plan.transforms.input(pixels, plan.depth, transformed + tile * plan.depth, plan.tile_step());
  }
}

// All positions of a group of tiles times a chunk of columns, to products [position][tile of the group][column].
void multiply_group(const Winograd& plan, const float* transformed, const float* kernels, int64_t kernel_step,
                    int64_t tiles, int64_t width, float* products) {
  const int64_t vectors = (width + plan.tile_set->lanes - 1) / plan.tile_set->lanes;
  const int64_t most = plan.tile_set->most_rows[vectors];
  const int64_t bands = (tiles + most - 1) / most;
  const Tap tap = {0, 0};
  int64_t offsets[kMostTileRows];
  for (int64_t r = 0; r < kMostTileRows; ++r) offsets[r] = r * width;
  TileCall call = {};
  call.taps = &tap;
  call.tap_count = 1;
  call.depth = plan.depth;
  call.a_row = plan.depth;
  call.a_step = 1;
  call.b_step = width;
  call.c_rows = offsets;
  call.last_columns = last_columns(*plan.tile_set, width);
  const int64_t product_step = winograd_step(tiles * width);
  // Bands within positions, so that a position's panel of kernels is in the first cache for all but the first band.
  const int64_t high = split_begin(tiles, bands, 1);
  const TileFunction high_function = tile_function(*plan.tile_set, false, high, width);
  const TileFunction low_function = tile_function(*plan.tile_set, false, tiles / bands, width);
  for (int64_t position = 0; position < kWinogradPositions; ++position) {
    call.a = transformed + position * plan.tile_step();
    call.b = kernels + position * kernel_step;
    call.c = products + position * product_step;
    for (int64_t band = 0; band < bands; ++band) {
      const bool is_high = band < tiles % bands || tiles % bands == 0;
      (is_high ? high_function : low_function)(call);
      call.a += (is_high ? high : high - 1) * plan.depth;
      call.c += (is_high ? high : high - 1) * width;
    }
  }
}

struct Run {
  const float* input;
  const float* kernels;
  Epilogue epilogue;
  float* output;
  float* transformed;
};

// A group's output pixels, a chunk of their columns.
void compute_chunk(const Winograd& plan, const Run& run, int64_t group, int64_t chunk, const float* transformed) {
  alignas(64) float products[kWinogradPositions * (kMostGroup * kMostTileVectors * kMostLanes + 32)];
  const int64_t first = plan.first_tile(group), tiles = plan.first_tile(group + 1) - first;
  const int64_t column = plan.chunks.first_column(chunk), width = plan.chunks.chunk_columns(chunk);
  multiply_group(plan, transformed, run.kernels + plan.chunk_elements() * chunk, plan.kernel_step(chunk), tiles, width,
                 products);
  const Epilogue epilogue = run.epilogue.from_column(column);
  WinogradPlace place = plan.tiles.place(first);
  for (int64_t tile = 0; tile < tiles; ++tile, plan.tiles.advance(place)) {
    float* pixels[kWinogradOutputs];
    plan.tiles.output_pixels<float>(place, run.output + column, plan.columns, nullptr, pixels);
    plan.transforms.output(products + tile * width, winograd_step(tiles * width), width, epilogue, pixels);
  }
}

void compute_groups(const Winograd& plan, const Run& run, Stream& stream) {
  const double cost = plan.cycles / static_cast<double>(plan.groups) / 3;
  stream.parallel(plan.groups, cost, [&](int64_t begin, int64_t end, int worker) {
    float* transformed = run.transformed + worker * plan.group_elements();
    for (int64_t group = begin; group < end; ++group) {
      transform_group(plan, group, run.input, transformed);
      for (int64_t chunk = 0; chunk < plan.chunks.chunks; ++chunk) compute_chunk(plan, run, group, chunk, transformed);
    }
  });
}

void compute_few_groups(const Winograd& plan, const Run& run, Stream& stream) {
  const double cost = 1.5 * static_cast<double>(plan.most_group() * plan.depth) * 8 / plan.tile_set->lanes;
  stream.parallel(plan.groups, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t group = begin; group < end; ++group)
      transform_group(plan, group, run.input, run.transformed + group * plan.group_elements());
  });
  const int64_t items = plan.chunks.chunks * plan.groups;
  stream.parallel(items, plan.cycles / static_cast<double>(items) / 3, [&](int64_t begin, int64_t end, int) {
    for (int64_t item = begin; item < end; ++item) {
      const int64_t group = item % plan.groups;
      compute_chunk(plan, run, group, item / plan.groups, run.transformed + group * plan.group_elements());
    }
  });
}

double estimate_cycles(const Winograd& plan) {
  const int64_t lanes = plan.tile_set->lanes, tiles = plan.tiles.count();
  const int64_t column_vectors = plan.chunks.vector_count();
  const int64_t bands = plan.groups * tiling_of_width(*plan.tile_set, plan.most_group(), 1, plan.chunks.vectors).bands;
  return static_cast<double>(kWinogradPositions * tiles * plan.depth * column_vectors) +
         WinogradCycles::call * static_cast<double>(kWinogradPositions * bands * plan.chunks.chunks) +
         WinogradCycles::place * static_cast<double>(tiles * plan.chunks.chunks) +
         image_cycles(plan.tiles, plan.depth, plan.columns, lanes) +
         WinogradCycles::kernel * static_cast<double>(plan.depth * column_vectors);
}

}  // namespace

Winograd plan_winograd(const ConvGeometry& g, bool gradient, const Target& target) {
  Winograd plan = {};
  plan.tiles = gradient ? gradient_tiles(g) : forward_tiles(g);
  plan.tile_set = &tile_set(target.isa);
  plan.transforms = winograd_transforms(target.isa);
  plan.transpose = transpose_function(target.isa);
  plan.gradient = gradient;
  plan.depth = gradient ? g.oc : g.c;
  plan.columns = gradient ? g.c : g.oc;
  plan.groups = (plan.tiles.count() + kMostGroup - 1) / kMostGroup;
  plan.few_groups = plan.groups < kFewGroups;
  plan.workers = target.max_threads;
  plan.chunks = choose_tiling(*plan.tile_set, plan.most_group(), plan.columns);
  plan.outside.assign(static_cast<size_t>(plan.depth), 0.0f);
  plan.operations = 2.0 * kWinogradPositions * static_cast<double>(plan.tiles.count() * plan.depth * plan.columns);
  plan.cycles = estimate_cycles(plan);
  return plan;
}

void run_winograd(const Winograd& plan, const float* input, const float* weights, const Epilogue& epilogue,
                  float* output, float* workspace, Stream& stream) {
  const Run run = {input, workspace, epilogue, output, workspace + plan.kernel_elements()};
  transform_kernels(plan, weights, workspace, stream);
  if (plan.few_groups) {
    compute_few_groups(plan, run, stream);
  } else {
    compute_groups(plan, run, stream);
  }
}

}  // namespace netwright
