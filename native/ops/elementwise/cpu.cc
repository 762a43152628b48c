// Elementwise ops on the processor: one loop over a flat range for each number of operands.
#include "ops/elementwise/elementwise.h"
#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/elementwise/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/elementwise/functors.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// y may be x: an element is read before it is written.
template <class F>
static void map_one(const float* x, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const Vec first = F::f(Vec::load(x + i));
    const Vec second = F::f(Vec::load(x + i + kLanes));
    first.store(y + i);
    second.store(y + i + kLanes);
  }
  for (; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    lanes.store(F::f(lanes.load(x + i)), y + i);
  }
}

template <class F>
static void map_two(const float* a, const float* b, float* y, int64_t count) {
  int64_t i = 0;
  for (; i + 2 * kLanes <= count; i += 2 * kLanes) {
    const Vec first = F::f(Vec::load(a + i), Vec::load(b + i));
    const Vec second = F::f(Vec::load(a + i + kLanes), Vec::load(b + i + kLanes));
    first.store(y + i);
    second.store(y + i + kLanes);
  }
  for (; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    lanes.store(F::f(lanes.load(a + i), lanes.load(b + i)), y + i);
  }
}

static void affine_leaf(const float* x, float scale, float offset, float* y, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    lanes.store(fma(lanes.load(x + i), Vec(scale), Vec(offset)), y + i);
  }
}

#define NW_ONE_LEAF(name, functor, cost) \
  static void name##_leaf(const float* x, float* y, int64_t count) { map_one<functor>(x, y, count); }
#define NW_TWO_LEAF(name, functor, cost) \
  static void name##_leaf(const float* a, const float* b, float* y, int64_t count) { map_two<functor>(a, b, y, count); }
#define NW_GRAD_LEAF(name, functor, cost) NW_TWO_LEAF(name##_grad, Gradient<functor>, cost)

NETWRIGHT_ACTIVATIONS(NW_ONE_LEAF)
NETWRIGHT_ACTIVATIONS(NW_GRAD_LEAF)
NETWRIGHT_UNARY(NW_ONE_LEAF)
NETWRIGHT_BINARY(NW_TWO_LEAF)

#undef NW_ONE_LEAF
#undef NW_TWO_LEAF
#undef NW_GRAD_LEAF

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

using OneLeaf = void (*)(const float*, float*, int64_t);
using TwoLeaf = void (*)(const float*, const float*, float*, int64_t);
using AffineLeaf = void (*)(const float*, float, float, float*, int64_t);

template <class Leaf>
struct Map {
  Leaf leaf;
  int64_t count;
  double cost;
};

struct AffineMap {
  AffineLeaf leaf;
  int64_t count;
  Affine affine;
};

void run_one(const Args& args, Stream& stream) {
  const auto& map = data_of<Map<OneLeaf>>(args);
  const float* x = args.input(0);
  float* y = args.output(0);
  parallel_elements(stream, map.count, map.cost,
                    [&](int64_t begin, int64_t end) { map.leaf(x + begin, y + begin, end - begin); });
}

void run_two(const Args& args, Stream& stream) {
  const auto& map = data_of<Map<TwoLeaf>>(args);
  const float* a = args.input(0);
  const float* b = args.input(1);
  float* y = args.output(0);
  parallel_elements(stream, map.count, map.cost,
                    [&](int64_t begin, int64_t end) { map.leaf(a + begin, b + begin, y + begin, end - begin); });
}

void run_affine(const Args& args, Stream& stream) {
  const auto& map = data_of<AffineMap>(args);
  const float* x = args.input(0);
  float* y = args.output(0);
  parallel_elements(stream, map.count, 0.1, [&](int64_t begin, int64_t end) {
    map.leaf(x + begin, map.affine.scale, map.affine.offset, y + begin, end - begin);
  });
}

BoundKernel bind_affine(const Node& node, const Target& target) {
  AffineLeaf leaf = NW_DISPATCH(target.isa, affine_leaf);
  const int64_t count = node.out[0].count();
  return make_kernel(node, target, run_affine, AffineMap{leaf, count, decode_affine(node)}, 2.0 * count);
}

#define NW_BIND(name, run, Leaf, cost)                                                \
  BoundKernel bind_##name(const Node& node, const Target& target) {                   \
    Leaf leaf = NW_DISPATCH(target.isa, name##_leaf);                                 \
    const int64_t count = node.out[0].count();                                        \
    return make_kernel(node, target, run, Map<Leaf>{leaf, count, cost}, 1.0 * count); \
  }
#define NW_BIND_ONE(name, functor, cost) NW_BIND(name, run_one, OneLeaf, cost)
#define NW_BIND_TWO(name, functor, cost) NW_BIND(name, run_two, TwoLeaf, cost)
#define NW_BIND_GRAD(name, functor, cost) NW_BIND(name##_grad, run_two, TwoLeaf, 0.1)

NETWRIGHT_ACTIVATIONS(NW_BIND_ONE)
NETWRIGHT_ACTIVATIONS(NW_BIND_GRAD)
NETWRIGHT_UNARY(NW_BIND_ONE)
NETWRIGHT_BINARY(NW_BIND_TWO)

}  // namespace

#define NW_OP_ONE(name, functor, cost) const OpDef name##_op = {#name, verify_unary, bind_##name, {{0, 0}}};
#define NW_OP_TWO(name, functor, cost) const OpDef name##_op = {#name, verify_binary, bind_##name, {{0, 0}, {1, 0}}};
#define NW_OP_GRAD(name, functor, cost) NW_OP_TWO(name##_grad, functor, cost)

NETWRIGHT_ACTIVATIONS(NW_OP_ONE)
NETWRIGHT_ACTIVATIONS(NW_OP_GRAD)
NETWRIGHT_UNARY(NW_OP_ONE)
NETWRIGHT_BINARY(NW_OP_TWO)
const OpDef affine_op = {"affine", verify_affine, bind_affine, {{0, 0}}};

}  // namespace netwright
#endif
