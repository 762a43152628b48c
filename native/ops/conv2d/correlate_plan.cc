// Chooses where the rows of tiles come from and how wide tiles are, by estimated time.
#include "ops/conv2d/correlate.h"

#include <algorithm>

namespace netwright {

namespace {

// A copy of a block's input stays in a private cache of this size together with the weights of a chunk.
constexpr int64_t kBlockBytes = 384 * 1024;
// Enough blocks for the threads to share, each of enough images for the rows of tiles, make whole blocks items. Input,
// its copy, output and weights are in a private cache together.
constexpr int64_t kEnoughBlocks = 8;
constexpr int64_t kFewestImages = 8;
constexpr int64_t kWholeBlockBytes = 128 * 1024;
constexpr int64_t kMostBlockBytes = 256 * 1024;
// Rows of one item, so that there are enough items and a chunk's weights serve several tiles.
constexpr int64_t kMostItemRows = 96;

// Wider borders would be copied and multiplied for little.
constexpr int64_t kMostBorderColumns = 8;

struct Candidate {
  RowsFrom rows_from;
  const CorrelateShape& shape;
  const Regions& regions;
};

struct Choice {
  RowsFrom rows_from;
  int vectors;
  int64_t blocks;
  double cycles;
};

struct LineShape {
  bool down;
  int64_t lines;
  int64_t length;
};

double line_cycles(const TileSet& tiles, const CorrelateShape& shape, const Region& region, int64_t rows, int vectors) {
  const Tiling tiling = tiling_of_width(tiles, rows, shape.columns, vectors);
  // Each tap of a tile costs some address arithmetic, each tile its call, the start of its sums and their storing.
  const double calls = static_cast<double>(tiling.bands * tiling.chunks);
  const double values = static_cast<double>(rows * tiling.vector_count());
  return tiling.cycles() * static_cast<double>(region.taps_count * region.depth) +
         calls * (20 + 4 * static_cast<double>(region.taps_count)) + 3 * values;
}

LineShape best_direction(const TileSet& tiles, const CorrelateShape& shape, const Region& region, int vectors) {
  const double across =
      static_cast<double>(region.count_y) * line_cycles(tiles, shape, region, region.count_x, vectors);
  const double down = static_cast<double>(region.count_x) * line_cycles(tiles, shape, region, region.count_y, vectors);
  if (down < across) return {true, region.count_x, region.count_y};
  return {false, region.count_y, region.count_x};
}

// From a copy, neighbouring pixels continue the rows of a tile where they are neighbours in the input too.
LineShape image_lines(const Regions& regions, const Region& region, int64_t images) {
  if (regions.input_step_x == 1) return {false, region.count_y, region.count_x * images};
  return {false, region.count_y * region.count_x, images};
}

// Blocks of images, if there are enough of them; else 0.
int64_t whole_blocks(const CorrelateShape& shape) {
  const int64_t image_elements =
      shape.groups * (shape.input_h * shape.input_w * shape.depth + shape.output_h * shape.output_w * shape.columns);
  if (kFewestImages * image_elements > kMostBlockBytes / 4) return 0;
  const int64_t images = std::max(kFewestImages, kWholeBlockBytes / 4 / image_elements);
  // Two and four threads get the same number of blocks each.
  const int64_t blocks = std::max(kEnoughBlocks, (shape.n / images + 2) / 4 * 4);
  return shape.n / blocks * 4 >= kFewestImages * 3 ? blocks : 0;
}

Choice evaluate(const Candidate& candidate, const TileSet& tiles, int vectors) {
  const auto& [rows_from, shape, regions] = candidate;
  Choice choice = {rows_from, vectors, shape.n, 0};
  const int64_t image_elements = shape.input_h * shape.input_w * shape.groups * shape.depth;
  int64_t images = 1;
  if (rows_from == RowsFrom::images) {
    choice.blocks = whole_blocks(shape);
    if (choice.blocks == 0) {
      const int64_t fitting = std::max<int64_t>(kMostTileRows, kBlockBytes / 4 / image_elements);
      choice.blocks = (shape.n + fitting - 1) / fitting;
    }
    images = (shape.n + choice.blocks - 1) / choice.blocks;
  }
  if (rows_from != RowsFrom::lines) {
    const double runs = static_cast<double>(shape.n * shape.input_h * shape.input_w);
    choice.cycles += runs * (10 + static_cast<double>(shape.groups * shape.depth) / 4);
  }
  for (const Region& region : regions.regions) {
    const LineShape line = rows_from == RowsFrom::images ? image_lines(regions, region, images)
                                                         : best_direction(tiles, shape, region, vectors);
    choice.cycles += static_cast<double>(choice.blocks * shape.groups * line.lines) *
                     line_cycles(tiles, shape, region, line.length, vectors);
  }
  return choice;
}

void add_lines(Correlate& plan) {
  const int64_t images = plan.rows_from == RowsFrom::images ? plan.most_images() : 1;
  for (size_t r = 0; r < plan.regions.regions.size(); ++r) {
    const Region& region = plan.regions.regions[r];
    const LineShape shape = plan.rows_from == RowsFrom::images
                                ? image_lines(plan.regions, region, images)
                                : best_direction(*plan.tiles, plan.shape, region, plan.vectors);
    const int64_t parts = (shape.length + kMostItemRows - 1) / kMostItemRows;
    for (int64_t line = 0; line < shape.lines; ++line)
      for (int64_t part = 0; part < parts; ++part)
        plan.lines.push_back({static_cast<int64_t>(r), shape.down, line, part, parts});
  }
}

}  // namespace

int64_t Correlate::input_copy_elements() const {
  if (rows_from == RowsFrom::lines) return 0;
  return whole_blocks ? workers * block_copy_elements() : shape.n * image_elements();
}

std::string Correlate::name() const {
  const int64_t rows = tiles->most_rows[vectors];
  const char* from = rows_from == RowsFrom::images ? "images" : rows_from == RowsFrom::bordered ? "bordered" : "lines";
  return text(from, " tile ", rows, "x", vectors);
}

Correlate plan_correlate(const CorrelateShape& shape, Regions regions, Borders borders, bool join,
                         const Target& target) {
  const TileSet& tiles = tile_set(target.isa);
  CorrelateShape bordered = shape;
  bordered.input_w += borders.left + borders.right;
  std::vector<Candidate> candidates = {{RowsFrom::lines, shape, regions}};
  if (!join && bordered.input_w > shape.input_w && bordered.input_w <= shape.input_w + kMostBorderColumns)
    candidates.push_back({RowsFrom::bordered, bordered, borders.regions});
  if (!join && shape.n > 1) candidates.push_back({RowsFrom::images, shape, regions});
  Choice best = {RowsFrom::lines, 0, 0, 0};
  const int64_t vector_count = (shape.columns + tiles.lanes - 1) / tiles.lanes;
  for (const Candidate& candidate : candidates)
    for (int vectors = 1; vectors <= std::min<int64_t>(kMostTileVectors, vector_count); ++vectors) {
      if (tiles.most_rows[vectors] == 0) continue;
      const Choice choice = evaluate(candidate, tiles, vectors);
      if (best.vectors == 0 || choice.cycles < best.cycles) best = choice;
    }
  Correlate plan = {};
  // Products with a border's zeros are not counted, whoever multiplies them.
  for (const Region& region : regions.regions)
    plan.operations += 2.0 * static_cast<double>(region.count_y * region.count_x * region.positions) *
                       static_cast<double>(shape.n * shape.groups * shape.depth * shape.columns);
  const bool is_bordered = best.rows_from == RowsFrom::bordered;
  plan.shape = is_bordered ? bordered : shape;
  plan.regions = std::move(is_bordered ? borders.regions : regions);
  if (is_bordered) plan.left = borders.left, plan.right = borders.right;
  plan.tiles = &tiles;
  plan.rows_from = best.rows_from;
  plan.blocks = best.blocks;
  plan.whole_blocks = best.rows_from == RowsFrom::images && whole_blocks(shape) > 0;
  plan.workers = std::max(1, target.max_threads);
  plan.vectors = best.vectors;
  plan.columns = tiling_of_width(tiles, 1, shape.columns, best.vectors);
  add_lines(plan);
  plan.cycles = best.cycles;
  double items = static_cast<double>(plan.blocks);
  if (!plan.whole_blocks)
    items *= static_cast<double>(shape.groups * plan.columns.chunks) * static_cast<double>(plan.lines.size());
  plan.item_ns = best.cycles / items / 3;
  return plan;
}

ChunkWeights packed_chunk(const Correlate& plan, const float* packed, int64_t group, int64_t chunk) {
  const int64_t rows = plan.shape.positions * plan.shape.depth;
  const int64_t width = plan.columns.chunk_columns(chunk);
  return {packed + rows * (group * plan.shape.columns + plan.columns.first_column(chunk)), plan.shape.depth * width,
          width};
}

ChunkWeights plain_chunk(const Correlate& plan, const float* weights, int64_t group, int64_t chunk) {
  const int64_t width = plan.shape.groups * plan.shape.columns;
  return {weights + group * plan.shape.columns + plan.columns.first_column(chunk), plan.shape.depth * width, width};
}

}  // namespace netwright
