// one_hot on the processor.
#include <limits>

#include "ops/kernel.h"
#include "ops/one_hot/one_hot.h"

namespace netwright {
namespace {

void run_one_hot(const Args& args, Stream& stream) {
  const auto& work = data_of<Channels>(args);
  stream.parallel(work.rows, 3 + 0.1 * work.channels, [&](int64_t begin, int64_t end, int) {
    for (int64_t row = begin; row < end; ++row) {
      const int64_t index = args.input_int(0)[row];
      float* out = args.output(0) + row * work.channels;
      // An index from nowhere must not become a write to nowhere; data sets are checked when they are made.
      const bool known = index >= 0 && index < work.channels;
      std::fill_n(out, work.channels, known ? 0.0f : std::numeric_limits<float>::quiet_NaN());
      if (known) out[index] = 1.0f;
    }
  });
}

BoundKernel bind_one_hot(const Node& node, const Target& target) {
  return make_kernel(node, target, run_one_hot, channels_of(node.out[0]), 0);
}

}  // namespace

const OpDef one_hot_op = {"one_hot", verify_one_hot, bind_one_hot};

}  // namespace netwright
