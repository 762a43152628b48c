// all_finite on the processor: one pass that stops where something is already known to be wrong.
#include "ops/all_finite/all_finite.h"
#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/all_finite/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

static bool finite(const float* x, int64_t count) {
  // x - x is 0 for a finite x and NaN for any other.
  Vec even = Vec::zero(), odd = Vec::zero();
  int64_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const Vec a = Vec::load(x + i), b = Vec::load(x + i + kLanes);
    even = even + (a - a);
    odd = odd + (b - b);
  }
  for (; i < count; i += kLanes) {
    const Vec a = lanes_at(i, count).load(x + i);
    even = even + (a - a);
  }
  return !any(is_nan(even + odd));
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

struct AllFinite {
  bool (*leaf)(const float*, int64_t);
  std::vector<int64_t> counts;  // elements of each input
};

void run_all_finite(const Args& args, Stream& stream) {
  const auto& work = data_of<AllFinite>(args);
  std::atomic<uint32_t>& non_finite = stream.state().non_finite;
  for (size_t i = 0; i < work.counts.size(); ++i)
    parallel_blocks(stream, work.counts[i], 0.05, [&](int64_t, int64_t begin, int64_t end) {
      if (non_finite.load(std::memory_order_relaxed) == 0 && !work.leaf(args.input(i) + begin, end - begin))
        non_finite.store(1, std::memory_order_relaxed);
    });
}

BoundKernel bind_all_finite(const Node& node, const Target& target) {
  AllFinite work{NW_DISPATCH(target.isa, finite), {}};
  for (const Tensor& tensor : node.in) work.counts.push_back(tensor.count());
  return make_kernel(node, target, run_all_finite, work, 0);
}

}  // namespace

const OpDef all_finite_op = {"all_finite", verify_all_finite, bind_all_finite};

}  // namespace netwright
#endif
