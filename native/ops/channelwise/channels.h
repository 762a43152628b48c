// Rows of few channels seen as wide rows of a whole number of registers, so that one channel costs no more than
// sixteen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "ops/contract.h"

namespace netwright {

// `repeat` rows lie side by side as one wide row; an operand of [c] is repeated to its width once a step.
struct ChannelGrid {
  int64_t rows;
  int64_t channels;
  int64_t repeat;

  int64_t width() const { return channels * repeat; }
  int64_t count() const { return rows * channels; }
  int64_t wide_rows() const { return (rows + repeat - 1) / repeat; }  // the last may be shorter
  size_t operand_bytes() const { return static_cast<size_t>(width()) * sizeof(float); }
};

inline ChannelGrid channel_grid(const Channels& view) {
  constexpr int64_t kWidest = 16;   // floats in the widest register
  constexpr int64_t kEnough = 128;  // elements from which a partial register at the end of a row does not matter
  ChannelGrid grid{view.rows, view.channels, 1};
  if (view.channels < kEnough) {
    const int64_t whole = kWidest / std::gcd(view.channels, kWidest);
    grid.repeat = whole * ((kEnough + view.channels * whole - 1) / (view.channels * whole));
  }
  return grid;
}

// values [c] -> wide [width]
inline void repeat_channels(const ChannelGrid& grid, const float* values, float* wide) {
  for (int64_t i = 0; i < grid.repeat; ++i) std::copy_n(values, grid.channels, wide + i * grid.channels);
}

}  // namespace netwright
