// Sums and sums of squared deviations from each block's own mean, combined after Chan, Golub and LeVeque (1983).
#include "ops/batch_norm/statistics.h"

#include <cmath>

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/batch_norm/statistics.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

struct Value {
  static NW_INLINE Vec f(Vec x, Vec) { return x; }
};
struct SquaredDeviation {
  static NW_INLINE Vec f(Vec x, Vec mean) { return (x - mean) * (x - mean); }
};

// sums [width] of a term over `count` elements of x in rows of `width`, the last row perhaps shorter; mean [width].
template <class F>
static NW_INLINE void sum_columns(const float* x, const float* mean, int64_t width, int64_t count, float* sums) {
  constexpr int64_t kColumns = 4;  // registers side by side: independent chains of additions
  const int64_t rows = count / width;
  const int64_t tail = count % width;
  int64_t j = 0;
  for (; j + kColumns * kLanes <= width; j += kColumns * kLanes) {
    Vec sum[kColumns], center[kColumns];
    for (int64_t k = 0; k < kColumns; ++k) {
      sum[k] = Vec::zero();
      center[k] = Vec::load(mean + j + k * kLanes);
    }
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t k = 0; k < kColumns; ++k)
        sum[k] = sum[k] + F::f(Vec::load(x + r * width + j + k * kLanes), center[k]);
    for (int64_t k = 0; k < kColumns; ++k) sum[k].store(sums + j + k * kLanes);
  }
  for (; j < width; j += kLanes) {
    const Lanes lanes = lanes_at(j, width);
    const Vec center = lanes.load(mean + j);
    Vec sum = Vec::zero();
    for (int64_t r = 0; r < rows; ++r) sum = sum + F::f(lanes.load(x + r * width + j), center);
    lanes.store(sum, sums + j);
  }
  x += rows * width;
  for (j = 0; j < tail; j += kLanes) {
    const Lanes lanes = lanes_at(j, tail);
    lanes.store(lanes.load(sums + j) + F::f(lanes.load(x + j), lanes.load(mean + j)), sums + j);
  }
}

static void sum_values(const float* x, const float* mean, int64_t width, int64_t count, float* sums) {
  sum_columns<Value>(x, mean, width, count, sums);
}
static void sum_squares(const float* x, const float* mean, int64_t width, int64_t count, float* sums) {
  sum_columns<SquaredDeviation>(x, mean, width, count, sums);
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

Statistics plan_statistics(const Channels& view, const Target& target) {
  return {NW_DISPATCH(target.isa, sum_values), NW_DISPATCH(target.isa, sum_squares), plan_sums(view, target)};
}

void run_statistics(const Statistics& plan, const float* x, float epsilon, void* workspace, float* mean,
                    float* inverse_deviation, float* sample_variance, Stream& stream) {
  const BlockSums& sums = plan.sums;
  const ChannelGrid& grid = sums.grid;
  const int64_t c = grid.channels, width = grid.width(), blocks = sums.blocks();
  each_block(sums, workspace, stream, [&](double* partial, int64_t begin, int64_t count, float* scratch) {
    float* center = scratch + width;
    std::fill_n(center, width, 0.0f);
    plan.sum_values(x + begin, center, width, count, scratch);
    fold(grid, scratch, partial);
    const double rows = static_cast<double>(count / c);
    for (int64_t j = 0; j < c; ++j) center[j] = static_cast<float>(partial[j] / rows);
    for (int64_t i = 1; i < grid.repeat; ++i) std::copy_n(center, c, center + i * c);
    plan.sum_squares(x + begin, center, width, count, scratch);
    fold(grid, scratch, partial + c);
  });
  const double rows = static_cast<double>(grid.rows);
  stream.parallel(c, 4.0 * static_cast<double>(blocks), [&](int64_t first, int64_t last, int) {
    for (int64_t j = first; j < last; ++j) {
      const double* partial = sums.partials(workspace) + j;
      const TwoSums total = add_blocks(sums.partials(workspace), blocks, c, j);
      const double average = total.first / rows;
      double squares = total.second;
      for (int64_t b = 0; b < blocks; ++b) {
        const double apart = partial[b * 2 * c] / sums.rows_of(b) - average;
        squares += sums.rows_of(b) * apart * apart;
      }
      mean[j] = static_cast<float>(average);
      inverse_deviation[j] = static_cast<float>(1.0 / std::sqrt(squares / rows + epsilon));
      sample_variance[j] = static_cast<float>(squares / (rows - 1));
    }
  });
}

}  // namespace netwright
#endif
