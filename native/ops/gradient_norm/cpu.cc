// gradient_norm on the processor: squares in float within fixed blocks, their sums in double and in order.
#include "ops/gradient_norm/gradient_norm.h"

#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/gradient_norm/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// Sum of the squares of up to kBlock elements: finite exactly when they are.
static double sum_of_squares(const float* x, int64_t count) {
  Vec sums[4] = {Vec::zero(), Vec::zero(), Vec::zero(), Vec::zero()};
  int64_t i = 0;
  for (; i + 4 * kLanes <= count; i += 4 * kLanes)
    for (int k = 0; k < 4; ++k) {
      const Vec a = Vec::load(x + i + k * kLanes);
      sums[k] = fma(a, a, sums[k]);
    }
  for (; i < count; i += kLanes) {
    const Vec a = lanes_at(i, count).load(x + i);
    sums[0] = fma(a, a, sums[0]);
  }
  const float sum = reduce_add((sums[0] + sums[1]) + (sums[2] + sums[3]));
  if (std::isfinite(sum)) return sum;
  // The squares of finite elements may leave float32, but not float64.
  double wide = 0;
  for (i = 0; i < count; ++i) wide += static_cast<double>(x[i]) * x[i];
  return wide;
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

struct GradientNorm {
  double (*leaf)(const float*, int64_t);
  int64_t count;
};

void run_gradient_norm(const Args& args, Stream& stream) {
  const auto& work = data_of<GradientNorm>(args);
  double* partials = static_cast<double*>(args.workspace);  // [blocks]
  parallel_blocks(stream, work.count, 0.05, [&](int64_t block, int64_t begin, int64_t end) {
    partials[block] = work.leaf(args.input(0) + begin, end - begin);
  });
  const double sum = sum_in_order(partials, block_count(work.count));
  if (!std::isfinite(sum)) stream.state().non_finite.store(1, std::memory_order_relaxed);
  args.output(0)[0] = static_cast<float>(std::sqrt(sum));
}

BoundKernel bind_gradient_norm(const Node& node, const Target& target) {
  const GradientNorm work{NW_DISPATCH(target.isa, sum_of_squares), node.in[0].count()};
  BoundKernel bound = make_kernel(node, target, run_gradient_norm, work, 2.0 * work.count);
  bound.workspace_bytes = static_cast<size_t>(block_count(work.count)) * sizeof(double);
  return bound;
}

}  // namespace

const OpDef gradient_norm_op = {"gradient_norm", verify_gradient_norm, bind_gradient_norm};

}  // namespace netwright
#endif
