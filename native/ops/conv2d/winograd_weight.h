// The weight gradient by Winograd: transformed tiles of the input times transformed tiles of the output gradient,
// summed over all tiles position by position, and transformed back once.
#pragma once

#include <vector>

#include "ops/conv2d/winograd.h"

namespace netwright {

struct WinogradWeight {
  WinogradTiles tiles;
  const TileSet* tile_set;
  WinogradTransforms transforms;
  int64_t inputs, outputs;  // channels
  int64_t input_stride, output_stride;
  Tiling tiling;  // [inputs, outputs]
  int64_t blocks;
  std::vector<float> outside;
  double cycles;
  double operations;

  int64_t most_block() const { return (tiles.count() + blocks - 1) / blocks; }
  int64_t sum_step() const { return winograd_step(inputs * outputs); }
  int64_t input_step() const { return winograd_step(most_block() * input_stride); }
  int64_t output_step() const { return winograd_step(most_block() * output_stride); }
  int64_t workspace_elements() const { return kWinogradPositions * (sum_step() + input_step() + output_step()); }
};

WinogradWeight plan_winograd_weight(const ConvGeometry& geometry, Isa isa);

// `workspace` has workspace_elements().
void run_winograd_weight(const WinogradWeight& plan, const float* x, const float* dy, float* dw, float* workspace,
                         Stream& stream);

}  // namespace netwright
