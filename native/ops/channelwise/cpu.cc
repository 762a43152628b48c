// Channelwise ops on the processor: a loop over wide rows with the operands repeated to their width.
#include "ops/channelwise/channels.h"
#include "ops/channelwise/channelwise.h"
#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/channelwise/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

struct Standardize {
  static NW_INLINE Vec f(Vec x, Vec mean, Vec deviation) { return (x - mean) / deviation; }
};
struct Unstandardize {
  static NW_INLINE Vec f(Vec x, Vec mean, Vec deviation) { return fma(x, deviation, mean); }
};
struct ChannelMultiply {
  static NW_INLINE Vec f(Vec x, Vec s, Vec) { return x * s; }
};
struct ChannelDivide {
  static NW_INLINE Vec f(Vec x, Vec s, Vec) { return x / s; }
};

// `count` elements in rows of `width`; a and b are [width]. y may be x.
template <class F>
static void map_rows(const float* x, const float* a, const float* b, float* y, int64_t width, int64_t count) {
  for (; count > 0; count -= width, x += width, y += width) {
    const int64_t columns = std::min(width, count);
    for (int64_t j = 0; j < columns; j += kLanes) {
      const Lanes lanes = lanes_at(j, columns);
      lanes.store(F::f(lanes.load(x + j), lanes.load(a + j), lanes.load(b + j)), y + j);
    }
  }
}

#define NW_LEAF(name, functor)                                                                                      \
  static void name##_leaf(const float* x, const float* a, const float* b, float* y, int64_t width, int64_t count) { \
    map_rows<functor>(x, a, b, y, width, count);                                                                    \
  }
NW_LEAF(standardize, Standardize)
NW_LEAF(unstandardize, Unstandardize)
NW_LEAF(channel_multiply, ChannelMultiply)
NW_LEAF(channel_divide, ChannelDivide)
#undef NW_LEAF

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

using Leaf = void (*)(const float*, const float*, const float*, float*, int64_t, int64_t);

struct RowMap {
  Leaf leaf;
  ChannelGrid grid;
  int operands;
};

void run_rows(const Args& args, Stream& stream) {
  const auto& map = data_of<RowMap>(args);
  const int64_t width = map.grid.width();
  const int64_t count = map.grid.count();
  float* wide = static_cast<float*>(args.workspace);  // [operands, width]
  for (int i = 0; i < map.operands; ++i) repeat_channels(map.grid, args.input(1 + i), wide + i * width);
  const float* second = wide + (map.operands - 1) * width;
  const float* x = args.input(0);
  float* y = args.output(0);
  stream.parallel(map.grid.wide_rows(), 0.15 * width, [&](int64_t begin, int64_t end, int) {
    map.leaf(x + begin * width, wide, second, y + begin * width, width, std::min(end * width, count) - begin * width);
  });
}

BoundKernel bind_rows(const Node& node, const Target& target, Leaf leaf) {
  const int operands = static_cast<int>(node.in.size()) - 1;
  const ChannelGrid grid = channel_grid(channels_of(node.in[0]));
  BoundKernel bound = make_kernel(node, target, run_rows, RowMap{leaf, grid, operands}, 1.0 * operands * grid.count());
  bound.workspace_bytes = grid.operand_bytes() * operands;
  return bound;
}

#define NW_BIND(name)                                                     \
  BoundKernel bind_##name(const Node& node, const Target& target) {       \
    return bind_rows(node, target, NW_DISPATCH(target.isa, name##_leaf)); \
  }
NW_BIND(standardize)
NW_BIND(unstandardize)
NW_BIND(channel_multiply)
NW_BIND(channel_divide)

}  // namespace

const OpDef standardize_op = {"standardize", verify_standardize, bind_standardize, {{0, 0}}};
const OpDef unstandardize_op = {"unstandardize", verify_standardize, bind_unstandardize, {{0, 0}}};
const OpDef channel_multiply_op = {"channel_multiply", verify_channel_scale, bind_channel_multiply, {{0, 0}}};
const OpDef channel_divide_op = {"channel_divide", verify_channel_scale, bind_channel_divide, {{0, 0}}};

}  // namespace netwright
#endif
