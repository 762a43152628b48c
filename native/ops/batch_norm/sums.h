// Two sums for each channel over all rows of a value: over fixed blocks of rows in float, over the blocks in double and
// in order, so that bits do not depend on threads.
#pragma once

#include <algorithm>
#include <cstdint>

#include "ops/channelwise/channels.h"
#include "ops/kernel.h"

namespace netwright {

// Workspace: double partials [blocks, 2, c]; float scratch [threads, 2, width].
struct BlockSums {
  ChannelGrid grid;
  int64_t block_rows;  // wide rows of a block
  int64_t threads;

  int64_t blocks() const { return block_count(grid.wide_rows(), block_rows); }
  double* partials(void* workspace) const { return static_cast<double*>(workspace); }
  float* scratch(void* workspace, int64_t worker) const {
    return reinterpret_cast<float*>(partials(workspace) + blocks() * 2 * grid.channels) + worker * 2 * grid.width();
  }
  size_t workspace_bytes() const {
    return static_cast<size_t>(blocks() * 2 * grid.channels) * sizeof(double) +
           static_cast<size_t>(2 * threads * grid.width()) * sizeof(float);
  }
  // The first element of a wide row.
  int64_t first(int64_t wide_row) const { return std::min(wide_row * grid.width(), grid.count()); }
  int64_t block_first(int64_t block) const { return first(block * block_rows); }
  double rows_of(int64_t block) const {
    return static_cast<double>((block_first(block + 1) - block_first(block)) / grid.channels);
  }
};

inline BlockSums plan_sums(const Channels& view, const Target& target) {
  const ChannelGrid grid = channel_grid(view);
  // About 32 KiB a block, so that its second reading comes from the cache, but rows enough that partial sums are few.
  const int64_t block_rows = std::max<int64_t>(16, 8192 / grid.width());
  return {grid, block_rows, std::max(1, target.max_threads)};
}

// sums [width] of wide rows -> totals [c]
inline void fold(const ChannelGrid& grid, const float* sums, double* totals) {
  for (int64_t c = 0; c < grid.channels; ++c) totals[c] = 0;
  for (int64_t i = 0; i < grid.repeat; ++i)
    for (int64_t c = 0; c < grid.channels; ++c) totals[c] += sums[i * grid.channels + c];
}

// Calls body(partials of the block [2, c], its first element, its number of elements, scratch [2, width]) for every
// block.
template <class Body>
void each_block(const BlockSums& sums, void* workspace, Stream& stream, const Body& body) {
  const double cost = 0.2 * static_cast<double>(std::min(sums.block_rows * sums.grid.width(), sums.grid.count()));
  stream.parallel(sums.blocks(), cost, [&](int64_t first, int64_t last, int worker) {
    for (int64_t block = first; block < last; ++block) {
      const int64_t begin = sums.block_first(block);
      body(sums.partials(workspace) + block * 2 * sums.grid.channels, begin, sums.block_first(block + 1) - begin,
           sums.scratch(workspace, worker));
    }
  });
}

// Both sums of one channel over all blocks, whose partials are `blocks` times [2, c].
struct TwoSums {
  double first = 0, second = 0;
};

inline TwoSums add_blocks(const double* partials, int64_t blocks, int64_t channels, int64_t channel) {
  TwoSums total;
  for (const double* p = partials + channel; blocks > 0; --blocks, p += 2 * channels) {
    total.first += p[0];
    total.second += p[channels];
  }
  return total;
}

// What the gradient of a normalisation needs of each channel: dx = factor * (dy - offset - (x - mean) * slope).
struct GradientTerms {
  float factor, offset, slope;
};

// From the sums over rows of dy and of dy * (x - mean).
inline GradientTerms gradient_terms(const TwoSums& sums, double rows, float scale, float inverse, float* dscale,
                                    float* dshift) {
  const double inv = inverse;
  *dscale = static_cast<float>(sums.second * inv);
  *dshift = static_cast<float>(sums.first);
  return {scale * inverse, static_cast<float>(sums.first / rows), static_cast<float>(sums.second * inv * inv / rows)};
}

}  // namespace netwright
