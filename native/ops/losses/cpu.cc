// Losses on the processor: terms in float, sums in double over fixed blocks or rows, combined in order.
#include "ops/kernel.h"
#include "ops/losses/losses.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/losses/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/softmax/rows.h"

NW_BEFORE_NAMESPACE

// Eight chains, so that compilers use registers of doubles; the order is the same for every instruction set.
static NW_INLINE double sum_in_double(const float* values, int64_t count) {
  double sums[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8)
    for (int64_t k = 0; k < 8; ++k) sums[k] += values[i + k];
  for (; i < count; ++i) sums[0] += values[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

struct SquaredError {
  static NW_INLINE Vec f(Vec prediction, Vec, Vec target) {
    const Vec error = prediction - target;
    return error * error;
  }
};
struct AbsoluteError {
  static NW_INLINE Vec f(Vec prediction, Vec, Vec target) { return abs(prediction - target); }
};
// -log of the normal density without the factor 0.5 and the constant.
struct GaussianTerm {
  static NW_INLINE Vec f(Vec mean, Vec log_variance, Vec target) {
    const Vec error = target - mean;
    return fma(error * error, exp(neg(log_variance)), log_variance);
  }
};

// Sum of a term over up to kBlock elements.
template <class F>
static double block_sum(const float* a, const float* b, const float* target, int64_t count) {
  float terms[kBlock];
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    lanes.store(F::f(lanes.load(a + i), lanes.load(b + i), lanes.load(target + i)), terms + i);
  }
  return sum_in_double(terms, count);
}

static double squared_error(const float* a, const float* b, const float* target, int64_t count) {
  return block_sum<SquaredError>(a, b, target, count);
}
static double absolute_error(const float* a, const float* b, const float* target, int64_t count) {
  return block_sum<AbsoluteError>(a, b, target, count);
}
static double gaussian_term(const float* a, const float* b, const float* target, int64_t count) {
  return block_sum<GaussianTerm>(a, b, target, count);
}

// dx = factor * (prediction - target). dx may be either.
static void squared_error_grad(float factor, const float* prediction, const float* target, float* dx, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    lanes.store(Vec(factor) * (lanes.load(prediction + i) - lanes.load(target + i)), dx + i);
  }
}

// factor: dloss / n. dmean may be mean and dlog_variance may be log_variance.
static void gaussian_grad(float factor, const float* mean, const float* log_variance, const float* target, float* dmean,
                          float* dlog_variance, int64_t count) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    const Vec precision = exp(neg(lanes.load(log_variance + i)));
    const Vec error = lanes.load(mean + i) - lanes.load(target + i);
    const Vec scaled = error * precision;
    lanes.store(Vec(factor) * scaled, dmean + i);
    lanes.store(Vec(0.5f * factor) * fnma(scaled, error, Vec(1.0f)), dlog_variance + i);
  }
}

// -sum of target * log_softmax(logits) for rows [begin, end) of [n, c]. A class of weight 0 adds 0 even where its log
// is -inf.
static void cross_entropy_rows(const float* logits, const float* target, double* losses, int64_t c, int64_t begin,
                               int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const float* x = logits + row * c;
    const float* t = target + row * c;
    const float maximum = row_maximum(x, c);
    const double log_sum = std::log(static_cast<double>(row_exp_sum(x, maximum, c)));
    double weighted = 0, weight = 0;
    float terms[2][kLanes];
    for (int64_t i = 0; i < c; i += kLanes) {
      const Lanes lanes = lanes_at(i, c);
      const Vec share = lanes.load(t + i);
      const Vec shifted = lanes.load(x + i) - Vec(maximum);
      select(eq(share, Vec::zero()), Vec::zero(), share * shifted).store(terms[0]);
      share.store(terms[1]);
      for (int lane = 0; lane < kLanes; ++lane) {
        weighted += terms[0][lane];
        weight += terms[1][lane];
      }
    }
    losses[row] = log_sum * weight - weighted;
  }
}

// dlogits = factor * (softmax * sum of target - target). dlogits may be either.
static void cross_entropy_grad_rows(float factor, const float* logits, const float* target, float* dlogits, int64_t c,
                                    int64_t begin, int64_t end) {
  for (int64_t at = begin * c; at < end * c; at += c) {
    const float maximum = row_maximum(logits + at, c);
    Vec weights = Vec::zero();
    for (int64_t i = 0; i < c; i += kLanes) weights = weights + lanes_at(i, c).load(target + at + i);
    const Vec scale(reduce_add(weights) / row_exp_sum(logits + at, maximum, c));
    for (int64_t i = 0; i < c; i += kLanes) {
      const Lanes lanes = lanes_at(i, c);
      const Vec e = exp(lanes.load(logits + at + i) - Vec(maximum));
      lanes.store(Vec(factor) * fma(e, scale, neg(lanes.load(target + at + i))), dlogits + at + i);
    }
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

constexpr double kLogTwoPi = 1.8378770664093454836;
constexpr int64_t kAccuracyRows = 64;

// Losses that are scale * sum + offset of one term an element.
struct ElementLoss {
  double (*leaf)(const float*, const float*, const float*, int64_t);
  int64_t count;
  int second, target;  // indexes of inputs
  double scale, offset, cost;
};

void run_element_loss(const Args& args, Stream& stream) {
  const auto& loss = data_of<ElementLoss>(args);
  double* partials = static_cast<double*>(args.workspace);  // [blocks]
  parallel_blocks(stream, loss.count, loss.cost, [&](int64_t block, int64_t begin, int64_t end) {
    partials[block] =
        loss.leaf(args.input(0) + begin, args.input(loss.second) + begin, args.input(loss.target) + begin, end - begin);
  });
  const double sum = sum_in_order(partials, block_count(loss.count));
  args.output(0)[0] = static_cast<float>(loss.scale * sum + loss.offset);
}

BoundKernel bind_element_loss(const Node& node, const Target& target, const ElementLoss& loss) {
  BoundKernel bound = make_kernel(node, target, run_element_loss, loss, 3.0 * loss.count);
  bound.workspace_bytes = static_cast<size_t>(block_count(loss.count)) * sizeof(double);
  return bound;
}

BoundKernel bind_mean_squared_error(const Node& node, const Target& target) {
  const int64_t count = node.in[0].count();
  return bind_element_loss(node, target, {NW_DISPATCH(target.isa, squared_error), count, 1, 1, 1.0 / count, 0, 0.4});
}

BoundKernel bind_mean_absolute_error(const Node& node, const Target& target) {
  const int64_t count = node.in[0].count();
  return bind_element_loss(node, target, {NW_DISPATCH(target.isa, absolute_error), count, 1, 1, 1.0 / count, 0, 0.4});
}

BoundKernel bind_gaussian_nll(const Node& node, const Target& target) {
  const double rows = static_cast<double>(node.in[0].dim(0)), columns = static_cast<double>(node.in[0].dim(1));
  return bind_element_loss(
      node, target,
      {NW_DISPATCH(target.isa, gaussian_term), node.in[0].count(), 1, 2, 0.5 / rows, 0.5 * kLogTwoPi * columns, 0.8});
}

struct SquaredErrorGrad {
  decltype(&isa_scalar::squared_error_grad) leaf;
  int64_t count;
};

void run_mean_squared_error_grad(const Args& args, Stream& stream) {
  const auto& work = data_of<SquaredErrorGrad>(args);
  const float factor = static_cast<float>(2.0 * args.input(0)[0] / work.count);
  parallel_elements(stream, work.count, 0.15, [&](int64_t begin, int64_t end) {
    work.leaf(factor, args.input(1) + begin, args.input(2) + begin, args.output(0) + begin, end - begin);
  });
}

BoundKernel bind_mean_squared_error_grad(const Node& node, const Target& target) {
  const int64_t count = node.out[0].count();
  return make_kernel(node, target, run_mean_squared_error_grad,
                     SquaredErrorGrad{NW_DISPATCH(target.isa, squared_error_grad), count}, 2.0 * count);
}

struct GaussianGrad {
  decltype(&isa_scalar::gaussian_grad) leaf;
  int64_t rows, count;
};

void run_gaussian_nll_grad(const Args& args, Stream& stream) {
  const auto& work = data_of<GaussianGrad>(args);
  const float factor = static_cast<float>(static_cast<double>(args.input(0)[0]) / work.rows);
  parallel_elements(stream, work.count, 0.6, [&](int64_t begin, int64_t end) {
    work.leaf(factor, args.input(1) + begin, args.input(2) + begin, args.input(3) + begin, args.output(0) + begin,
              args.output(1) + begin, end - begin);
  });
}

BoundKernel bind_gaussian_nll_grad(const Node& node, const Target& target) {
  const Tensor& mean = node.in[1];
  const GaussianGrad work{NW_DISPATCH(target.isa, gaussian_grad), mean.dim(0), mean.count()};
  return make_kernel(node, target, run_gaussian_nll_grad, work, 8.0 * mean.count());
}

struct CrossEntropy {
  decltype(&isa_scalar::cross_entropy_rows) rows;
  decltype(&isa_scalar::cross_entropy_grad_rows) grad_rows;
  int64_t n, c;
};

void run_softmax_cross_entropy(const Args& args, Stream& stream) {
  const auto& work = data_of<CrossEntropy>(args);
  double* losses = static_cast<double*>(args.workspace);  // [n]
  stream.parallel(work.n, 40 + 1.0 * work.c, [&](int64_t begin, int64_t end, int) {
    work.rows(args.input(0), args.input(1), losses, work.c, begin, end);
  });
  args.output(0)[0] = static_cast<float>(sum_in_order(losses, work.n) / work.n);
}

void run_softmax_cross_entropy_grad(const Args& args, Stream& stream) {
  const auto& work = data_of<CrossEntropy>(args);
  const float factor = static_cast<float>(static_cast<double>(args.input(0)[0]) / work.n);
  stream.parallel(work.n, 40 + 1.0 * work.c, [&](int64_t begin, int64_t end, int) {
    work.grad_rows(factor, args.input(1), args.input(2), args.output(0), work.c, begin, end);
  });
}

CrossEntropy cross_entropy(const Tensor& logits, Isa isa) {
  return {NW_DISPATCH(isa, cross_entropy_rows), NW_DISPATCH(isa, cross_entropy_grad_rows), logits.dim(0),
          logits.dim(1)};
}

BoundKernel bind_softmax_cross_entropy(const Node& node, const Target& target) {
  const CrossEntropy work = cross_entropy(node.in[0], target.isa);
  BoundKernel bound = make_kernel(node, target, run_softmax_cross_entropy, work, 6.0 * work.n * work.c);
  bound.workspace_bytes = static_cast<size_t>(work.n) * sizeof(double);
  return bound;
}

BoundKernel bind_softmax_cross_entropy_grad(const Node& node, const Target& target) {
  const CrossEntropy work = cross_entropy(node.in[1], target.isa);
  return make_kernel(node, target, run_softmax_cross_entropy_grad, work, 6.0 * work.n * work.c);
}

int64_t first_largest(const float* values, int64_t count) {
  int64_t best = 0;
  for (int64_t i = 1; i < count; ++i)
    if (values[i] > values[best]) best = i;
  return best;
}

void run_accuracy(const Args& args, Stream& stream) {
  const auto& work = data_of<Channels>(args);
  const int64_t c = work.channels, blocks = block_count(work.rows, kAccuracyRows);
  double* hits = static_cast<double*>(args.workspace);  // [blocks]
  stream.parallel(blocks, 1.5 * c * kAccuracyRows, [&](int64_t first, int64_t last, int) {
    for (int64_t block = first; block < last; ++block) {
      int64_t found = 0;
      for (int64_t row = block * kAccuracyRows; row < std::min((block + 1) * kAccuracyRows, work.rows); ++row)
        found += first_largest(args.input(0) + row * c, c) == first_largest(args.input(1) + row * c, c);
      hits[block] = static_cast<double>(found);
    }
  });
  args.output(0)[0] = static_cast<float>(sum_in_order(hits, blocks) / work.rows);
}

BoundKernel bind_accuracy(const Node& node, const Target& target) {
  const Channels work = channels_of(node.in[0]);
  BoundKernel bound = make_kernel(node, target, run_accuracy, work, 0);
  bound.workspace_bytes = static_cast<size_t>(block_count(work.rows, kAccuracyRows)) * sizeof(double);
  return bound;
}

}  // namespace

const OpDef mean_squared_error_op = {"mean_squared_error", verify_element_loss, bind_mean_squared_error};
const OpDef mean_squared_error_grad_op = {
    "mean_squared_error_grad", verify_element_loss_grad, bind_mean_squared_error_grad, {{1, 0}, {2, 0}}};
const OpDef mean_absolute_error_op = {"mean_absolute_error", verify_element_loss, bind_mean_absolute_error};
const OpDef softmax_cross_entropy_op = {"softmax_cross_entropy", verify_row_loss, bind_softmax_cross_entropy};
const OpDef softmax_cross_entropy_grad_op = {
    "softmax_cross_entropy_grad", verify_row_loss_grad, bind_softmax_cross_entropy_grad, {{1, 0}, {2, 0}}};
const OpDef gaussian_nll_op = {"gaussian_nll", verify_gaussian_nll, bind_gaussian_nll};
const OpDef gaussian_nll_grad_op = {
    "gaussian_nll_grad", verify_gaussian_nll_grad, bind_gaussian_nll_grad, {{1, 0}, {2, 1}}};
const OpDef accuracy_op = {"accuracy", verify_row_loss, bind_accuracy};

}  // namespace netwright
#endif
