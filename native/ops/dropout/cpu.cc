// Dropout on the processor: random words by blocks of four lanes, so that any range gives the same bits.
#include "ops/dropout/dropout.h"
#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/dropout/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/dropout/philox.h"

NW_BEFORE_NAMESPACE

// Elements [begin, end) of the whole, begin a multiple of four. y may be x.
static void drop(const Dropout& dropout, uint64_t seed, uint64_t step, const float* x, float* y, int64_t begin,
                 int64_t end) {
  constexpr int64_t kGroup = 4 * kLanes;
  const Vec threshold(dropout.threshold), factor(dropout.factor);
  for (int64_t i = begin; i < end; i += kGroup) {
    VecInt words[4];
    random_blocks(seed, dropout.stream, step, static_cast<uint64_t>(i) / 4, words);
    float numbers[4][kLanes];
    for (int w = 0; w < 4; ++w) to_float(shift_right<8>(words[w])).store(numbers[w]);
    float uniform[kGroup];
    for (int64_t lane = 0; lane < kLanes; ++lane)
      for (int64_t w = 0; w < 4; ++w) uniform[4 * lane + w] = numbers[w][lane];
    for (int64_t j = 0; j < kGroup && i + j < end; j += kLanes) {
      const int64_t lanes = std::min<int64_t>(kLanes, end - i - j);
      const Vec value = Vec::load_partial(x + i + j, lanes) * factor;
      select(ge(Vec::load(uniform + j), threshold), value, Vec::zero()).store_partial(y + i + j, lanes);
    }
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

using Leaf = void (*)(const Dropout&, uint64_t, uint64_t, const float*, float*, int64_t, int64_t);

struct DropoutWork {
  Leaf leaf;
  Dropout dropout;
  int64_t count;
};

void run_dropout(const Args& args, Stream& stream) {
  const auto& work = data_of<DropoutWork>(args);
  const uint64_t seed = stream.state().seed, step = stream.state().step;
  parallel_elements(stream, work.count, 0.8, [&](int64_t begin, int64_t end) {
    work.leaf(work.dropout, seed, step, args.input(0), args.output(0), begin, end);
  });
}

BoundKernel bind_dropout(const Node& node, const Target& target) {
  const int64_t count = node.out[0].count();
  const DropoutWork work{NW_DISPATCH(target.isa, drop), decode_dropout(node), count};
  return make_kernel(node, target, run_dropout, work, 1.0 * count);
}

}  // namespace

const OpDef dropout_op = {"dropout", verify_dropout, bind_dropout, {{0, 0}}};

}  // namespace netwright
#endif
