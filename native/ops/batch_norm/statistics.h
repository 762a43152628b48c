// Mean and variance of each channel of a batch.
#pragma once

#include "ops/batch_norm/sums.h"

namespace netwright {

struct Statistics {
  using SumLeaf = void (*)(const float* x, const float* mean, int64_t width, int64_t count, float* sums);
  SumLeaf sum_values, sum_squares;
  BlockSums sums;

  size_t workspace_bytes() const { return sums.workspace_bytes(); }
};

Statistics plan_statistics(const Channels& view, const Target& target);

// x [rows, c] -> mean [c], inverse_deviation [c] = 1 / sqrt(variance + epsilon), sample_variance [c] (divided by rows -
// 1)
void run_statistics(const Statistics& plan, const float* x, float epsilon, void* workspace, float* mean,
                    float* inverse_deviation, float* sample_variance, Stream& stream);

}  // namespace netwright
