// channel_sum: sums of fixed blocks of rows, then the sum of these in order.
#include "ops/reduce/reduce.h"

#include <algorithm>

#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/reduce/cpu.cc"
#include "simd/foreach_target.h"
#include "simd/vec.h"

NW_BEFORE_NAMESPACE

// y [channels] = sum of the rows of x [rows, channels].
static void sum_rows(const float* x, float* y, int64_t rows, int64_t channels) {
  int64_t c = 0;
  for (; c + 4 * kLanes <= channels; c += 4 * kLanes) {
    Vec sums[4] = {Vec::zero(), Vec::zero(), Vec::zero(), Vec::zero()};
    for (int64_t r = 0; r < rows; ++r)
      for (int i = 0; i < 4; ++i) sums[i] = sums[i] + Vec::load(x + r * channels + c + i * kLanes);
    for (int i = 0; i < 4; ++i) sums[i].store(y + c + i * kLanes);
  }
  for (; c < channels; c += kLanes) {
    const int64_t count = std::min<int64_t>(kLanes, channels - c);
    Vec sum = Vec::zero();
    for (int64_t r = 0; r < rows; ++r) sum = sum + Vec::load_partial(x + r * channels + c, count);
    sum.store_partial(y + c, count);
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {

namespace {

using SumFunction = void (*)(const float* x, float* y, int64_t rows, int64_t channels);

struct ChannelSum {
  SumFunction sum;
  Channels channels;
  int64_t block_rows;
  int64_t blocks;
};

void run_channel_sum(const Args& args, Stream& stream) {
  const ChannelSum& plan = data_of<ChannelSum>(args);
  const int64_t channels = plan.channels.channels;
  if (plan.blocks == 1) return plan.sum(args.input(0), args.output(0), plan.channels.rows, channels);
  float* partial = static_cast<float*>(args.workspace);  // [blocks, channels]
  const double cost = static_cast<double>(plan.block_rows * channels) / 8;
  stream.parallel(plan.blocks, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = block * plan.block_rows;
      plan.sum(args.input(0) + first * channels, partial + block * channels,
               std::min(plan.block_rows, plan.channels.rows - first), channels);
    }
  });
  plan.sum(partial, args.output(0), plan.blocks, channels);
}

void verify_channel_sum(const Node& node) {
  expect_operands(node, 1, 1);
  expect_per_channel(node, node.out[0], expect_channels(node, node.in[0]).channels);
}

BoundKernel bind_channel_sum(const Node& node, const Target& target) {
  ChannelSum plan = {NW_DISPATCH(target.isa, sum_rows), channels_of(node.in[0]), 0, 0};
  // Blocks of at least 32 rows, so that rounding errors grow with the logarithm of the rows rather than their number,
  // and of about 64 KiB.
  plan.block_rows = std::max<int64_t>(32, 16384 / plan.channels.channels);
  plan.blocks = (plan.channels.rows + plan.block_rows - 1) / plan.block_rows;
  const size_t workspace =
      plan.blocks == 1 ? 0 : static_cast<size_t>(plan.blocks * plan.channels.channels) * sizeof(float);
  BoundKernel bound = make_kernel(node, target, run_channel_sum, plan, static_cast<double>(node.in[0].count()));
  bound.workspace_bytes = workspace;
  return bound;
}

}  // namespace

const OpDef channel_sum_op = {"channel_sum", verify_channel_sum, bind_channel_sum};

}  // namespace netwright
#endif
