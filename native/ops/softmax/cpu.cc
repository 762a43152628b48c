// Softmax on the processor: a row at a time, shifted by its maximum so that nothing overflows.
#include "ops/kernel.h"
#include "ops/softmax/softmax.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/softmax/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/softmax/rows.h"

NW_BEFORE_NAMESPACE

// Rows [begin, end) of [n, c]. y may be x.
static void softmax_rows(const float* x, const float*, float* y, int64_t c, int64_t begin, int64_t end) {
  const Vec lowest(-std::numeric_limits<float>::infinity());
  for (int64_t row = begin; row < end; ++row) {
    const float* in = x + row * c;
    float* out = y + row * c;
    const Vec maximum(row_maximum(in, c));
    Vec sum = Vec::zero();
    for (int64_t i = 0; i < c; i += kLanes) {
      const Lanes lanes = lanes_at(i, c);
      const Vec e = exp(lanes.load_or(in + i, lowest) - maximum);
      sum = sum + e;
      lanes.store(e, out + i);
    }
    const Vec total(reduce_add(sum));
    for (int64_t i = 0; i < c; i += kLanes) {
      const Lanes lanes = lanes_at(i, c);
      lanes.store(lanes.load(out + i) / total, out + i);
    }
  }
}

// dx = y * (dy - sum of dy * y over the row). dx may be dy or y.
static void softmax_grad_rows(const float* dy, const float* y, float* dx, int64_t c, int64_t begin, int64_t end) {
  for (int64_t at = begin * c; at < end * c; at += c) {
    Vec sum = Vec::zero();
    for (int64_t i = 0; i < c; i += kLanes) {
      const Lanes lanes = lanes_at(i, c);
      sum = fma(lanes.load(dy + at + i), lanes.load(y + at + i), sum);
    }
    const Vec product(reduce_add(sum));
    for (int64_t i = 0; i < c; i += kLanes) {
      const Lanes lanes = lanes_at(i, c);
      lanes.store(lanes.load(y + at + i) * (lanes.load(dy + at + i) - product), dx + at + i);
    }
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

using Leaf = void (*)(const float*, const float*, float*, int64_t, int64_t, int64_t);

struct RowWork {
  Leaf leaf;
  int64_t n, c;
  int second;  // index of the second input, or 0 where there is one only
  double cost;
};

void run_rows(const Args& args, Stream& stream) {
  const auto& work = data_of<RowWork>(args);
  stream.parallel(work.n, work.cost * work.c + 20, [&](int64_t begin, int64_t end, int) {
    work.leaf(args.input(0), args.input(work.second), args.output(0), work.c, begin, end);
  });
}

BoundKernel bind_rows(const Node& node, const Target& target, Leaf leaf, double cost) {
  const Tensor& y = node.out[0];
  const int second = static_cast<int>(node.in.size()) - 1;
  return make_kernel(node, target, run_rows, RowWork{leaf, y.dim(0), y.dim(1), second, cost}, 4.0 * y.count());
}

BoundKernel bind_softmax(const Node& node, const Target& target) {
  return bind_rows(node, target, NW_DISPATCH(target.isa, softmax_rows), 0.6);
}

BoundKernel bind_softmax_grad(const Node& node, const Target& target) {
  return bind_rows(node, target, NW_DISPATCH(target.isa, softmax_grad_rows), 0.3);
}

}  // namespace

const OpDef softmax_op = {"softmax", verify_softmax, bind_softmax, {{0, 0}}};
const OpDef softmax_grad_op = {"softmax_grad", verify_softmax_grad, bind_softmax_grad, {{0, 0}, {1, 0}}};

}  // namespace netwright
#endif
