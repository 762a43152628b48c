// Batch normalisation on the processor: sums over fixed blocks of rows, combined in order, then one pass over the
// elements.
#include <cmath>

#include "ops/batch_norm/batch_norm.h"
#include "ops/channelwise/channels.h"
#include "ops/kernel.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/batch_norm/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// Terms whose sums over rows are taken, from x [rows, width], dy (as x) and mean [width].
struct Value {
  static NW_INLINE Vec f(Vec x, Vec, Vec) { return x; }
};
struct SquaredDeviation {
  static NW_INLINE Vec f(Vec x, Vec, Vec mean) { return (x - mean) * (x - mean); }
};
struct OutputGradient {
  static NW_INLINE Vec f(Vec, Vec dy, Vec) { return dy; }
};
struct GradientDeviation {
  static NW_INLINE Vec f(Vec x, Vec dy, Vec mean) { return dy * (x - mean); }
};

// sums [width] of a term over `count` elements in rows of `width`, the last row perhaps shorter.
template <class F>
static void sum_columns(const float* x, const float* dy, const float* mean, int64_t width, int64_t count, float* sums) {
  constexpr int64_t kColumns = 4;  // registers side by side: independent chains of additions
  const int64_t rows = count / width;
  const int64_t tail = count % width;
  int64_t j = 0;
  for (; j + kColumns * kLanes <= width; j += kColumns * kLanes) {
    Vec sum[kColumns], center[kColumns];
    for (int64_t k = 0; k < kColumns; ++k) {
      sum[k] = Vec::zero();
      center[k] = Vec::load(mean + j + k * kLanes);
    }
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t k = 0; k < kColumns; ++k) {
        const int64_t at = r * width + j + k * kLanes;
        sum[k] = sum[k] + F::f(Vec::load(x + at), Vec::load(dy + at), center[k]);
      }
    for (int64_t k = 0; k < kColumns; ++k) sum[k].store(sums + j + k * kLanes);
  }
  for (; j < width; j += kLanes) {
    const Lanes lanes = lanes_at(j, width);
    const Vec center = lanes.load(mean + j);
    Vec sum = Vec::zero();
    for (int64_t r = 0; r < rows; ++r)
      sum = sum + F::f(lanes.load(x + r * width + j), lanes.load(dy + r * width + j), center);
    lanes.store(sum, sums + j);
  }
  x += rows * width;
  dy += rows * width;
  for (j = 0; j < tail; j += kLanes) {
    const Lanes lanes = lanes_at(j, tail);
    const Vec term = F::f(lanes.load(x + j), lanes.load(dy + j), lanes.load(mean + j));
    lanes.store(lanes.load(sums + j) + term, sums + j);
  }
}

#define NW_SUM_LEAF(name, functor)                                                                                  \
  static void name(const float* x, const float* dy, const float* mean, int64_t width, int64_t count, float* sums) { \
    sum_columns<functor>(x, dy, mean, width, count, sums);                                                          \
  }
NW_SUM_LEAF(sum_values, Value)
NW_SUM_LEAF(sum_squares, SquaredDeviation)
NW_SUM_LEAF(sum_gradients, OutputGradient)
NW_SUM_LEAF(sum_products, GradientDeviation)
#undef NW_SUM_LEAF

// y = (x - mean) * factor + shift, `count` elements in rows of `width`. y may be x.
static void normalize(const float* x, const float* mean, const float* factor, const float* shift, float* y,
                      int64_t width, int64_t count) {
  for (; count > 0; count -= width, x += width, y += width) {
    const int64_t columns = std::min(width, count);
    for (int64_t j = 0; j < columns; j += kLanes) {
      const Lanes lanes = lanes_at(j, columns);
      lanes.store(fma(lanes.load(x + j) - lanes.load(mean + j), lanes.load(factor + j), lanes.load(shift + j)), y + j);
    }
  }
}

// dx = factor * (dy - offset - (x - mean) * slope). dx may be x or dy.
static void normalize_grad(const float* x, const float* dy, const float* mean, const float* factor, const float* offset,
                           const float* slope, float* dx, int64_t width, int64_t count) {
  for (; count > 0; count -= width, x += width, dy += width, dx += width) {
    const int64_t columns = std::min(width, count);
    for (int64_t j = 0; j < columns; j += kLanes) {
      const Lanes lanes = lanes_at(j, columns);
      const Vec centered = lanes.load(x + j) - lanes.load(mean + j);
      const Vec shifted = lanes.load(dy + j) - lanes.load(offset + j);
      lanes.store(lanes.load(factor + j) * fnma(centered, lanes.load(slope + j), shifted), dx + j);
    }
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

using SumLeaf = void (*)(const float*, const float*, const float*, int64_t, int64_t, float*);

struct Leaves {
  SumLeaf sum_values, sum_squares, sum_gradients, sum_products;
  decltype(&isa_scalar::normalize) normalize;
  decltype(&isa_scalar::normalize_grad) normalize_grad;
};

Leaves leaves_of(Isa isa) {
  return {NW_DISPATCH(isa, sum_values),   NW_DISPATCH(isa, sum_squares), NW_DISPATCH(isa, sum_gradients),
          NW_DISPATCH(isa, sum_products), NW_DISPATCH(isa, normalize),   NW_DISPATCH(isa, normalize_grad)};
}

// Batch norm of one shape, and its workspace:
//   double partials [blocks, 2, c]: two sums of each block; float scratch [threads, 2, width]; float operands [4,
//   width]; float per channel [3, c]
struct BatchNorm {
  Leaves leaves;
  ChannelGrid grid;
  float epsilon;
  int64_t block_rows;  // wide rows in a block of sums: fixed by the shape, so that bits do not depend on threads
  int64_t threads;

  int64_t blocks() const { return block_count(grid.wide_rows(), block_rows); }
  double* partials(const Args& args) const { return static_cast<double*>(args.workspace); }
  float* scratch(const Args& args, int64_t worker) const {
    return reinterpret_cast<float*>(partials(args) + blocks() * 2 * grid.channels) + worker * 2 * grid.width();
  }
  float* operand(const Args& args, int64_t index) const { return scratch(args, threads) + index * grid.width(); }
  float* per_channel(const Args& args, int64_t index) const { return operand(args, 4) + index * grid.channels; }
  size_t workspace_bytes() const {
    return static_cast<size_t>(blocks() * 2 * grid.channels) * sizeof(double) +
           static_cast<size_t>((2 * threads + 4) * grid.width() + 3 * grid.channels) * sizeof(float);
  }
  // Elements of blocks or wide rows [begin, end).
  int64_t first(int64_t wide_row) const { return std::min(wide_row * grid.width(), grid.count()); }
};

// sums [width] of wide rows -> totals [c]
void fold(const ChannelGrid& grid, const float* sums, double* totals) {
  for (int64_t c = 0; c < grid.channels; ++c) totals[c] = 0;
  for (int64_t i = 0; i < grid.repeat; ++i)
    for (int64_t c = 0; c < grid.channels; ++c) totals[c] += sums[i * grid.channels + c];
}

// Calls body(partials of the block [2, c], its first element, its number of elements, scratch [2, width]) for every
// block.
template <class Body>
void each_block(const BatchNorm& norm, const Args& args, Stream& stream, const Body& body) {
  stream.parallel(
      norm.blocks(), 0.2 * norm.block_rows * norm.grid.width(), [&](int64_t first, int64_t last, int worker) {
        for (int64_t block = first; block < last; ++block) {
          const int64_t begin = norm.first(block * norm.block_rows);
          const int64_t end = norm.first((block + 1) * norm.block_rows);
          body(norm.partials(args) + block * 2 * norm.grid.channels, begin, end - begin, norm.scratch(args, worker));
        }
      });
}

// Sums and sums of squared deviations from the block's own mean, combined after Chan, Golub and LeVeque (1983).
void run_batch_norm(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNorm>(args);
  const ChannelGrid& grid = norm.grid;
  const int64_t c = grid.channels, width = grid.width();
  const float* x = args.input(0);
  each_block(norm, args, stream, [&](double* partial, int64_t begin, int64_t count, float* scratch) {
    float* mean = scratch + width;
    std::fill_n(mean, width, 0.0f);
    norm.leaves.sum_values(x + begin, x + begin, mean, width, count, scratch);
    fold(grid, scratch, partial);
    const double rows = static_cast<double>(count / c);
    for (int64_t j = 0; j < c; ++j) mean[j] = static_cast<float>(partial[j] / rows);
    for (int64_t i = 1; i < grid.repeat; ++i) std::copy_n(mean, c, mean + i * c);
    norm.leaves.sum_squares(x + begin, x + begin, mean, width, count, scratch);
    fold(grid, scratch, partial + c);
  });
  const double rows = static_cast<double>(grid.rows);
  const int64_t blocks = norm.blocks();
  const float* scale = args.input(1);
  float* factor = norm.per_channel(args, 0);
  stream.parallel(c, 4.0 * blocks, [&](int64_t first, int64_t last, int) {
    for (int64_t j = first; j < last; ++j) {
      const double* partial = norm.partials(args) + j;
      double sum = 0;
      for (int64_t b = 0; b < blocks; ++b) sum += partial[b * 2 * c];
      const double mean = sum / rows;
      double squares = 0;
      for (int64_t b = 0; b < blocks; ++b) {
        const double block =
            static_cast<double>(norm.first((b + 1) * norm.block_rows) - norm.first(b * norm.block_rows)) / c;
        const double apart = partial[b * 2 * c] / block - mean;
        squares += partial[b * 2 * c + c] + block * apart * apart;
      }
      const double inverse = 1.0 / std::sqrt(squares / rows + norm.epsilon);
      args.output(1)[j] = static_cast<float>(mean);
      args.output(2)[j] = static_cast<float>(inverse);
      args.output(3)[j] = static_cast<float>(squares / (rows - 1));
      factor[j] = static_cast<float>(inverse * scale[j]);
    }
  });
  repeat_channels(grid, args.output(1), norm.operand(args, 0));
  repeat_channels(grid, factor, norm.operand(args, 1));
  repeat_channels(grid, args.input(2), norm.operand(args, 2));
  stream.parallel(grid.wide_rows(), 0.15 * width, [&](int64_t first, int64_t last, int) {
    const int64_t begin = norm.first(first);
    norm.leaves.normalize(x + begin, norm.operand(args, 0), norm.operand(args, 1), norm.operand(args, 2),
                          args.output(0) + begin, width, norm.first(last) - begin);
  });
}

void run_batch_norm_grad(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNorm>(args);
  const ChannelGrid& grid = norm.grid;
  const int64_t c = grid.channels, width = grid.width(), blocks = norm.blocks();
  const float* dy = args.input(0);
  const float* x = args.input(1);
  const float* scale = args.input(2);
  const float* inverse = args.input(4);
  float* mean = norm.operand(args, 0);
  repeat_channels(grid, args.input(3), mean);
  each_block(norm, args, stream, [&](double* partial, int64_t begin, int64_t count, float* scratch) {
    norm.leaves.sum_gradients(x + begin, dy + begin, mean, width, count, scratch);
    fold(grid, scratch, partial);
    norm.leaves.sum_products(x + begin, dy + begin, mean, width, count, scratch);
    fold(grid, scratch, partial + c);
  });
  float* factor = norm.per_channel(args, 0);
  float* offset = norm.per_channel(args, 1);
  float* slope = norm.per_channel(args, 2);
  const double rows = static_cast<double>(grid.rows);
  stream.parallel(c, 4.0 * blocks, [&](int64_t first, int64_t last, int) {
    for (int64_t j = first; j < last; ++j) {
      const double* partial = norm.partials(args) + j;
      double sum = 0, products = 0;
      for (int64_t b = 0; b < blocks; ++b) {
        sum += partial[b * 2 * c];
        products += partial[b * 2 * c + c];
      }
      const double inv = inverse[j];
      args.output(1)[j] = static_cast<float>(products * inv);
      args.output(2)[j] = static_cast<float>(sum);
      factor[j] = static_cast<float>(scale[j] * inv);
      offset[j] = static_cast<float>(sum / rows);
      slope[j] = static_cast<float>(products * inv * inv / rows);
    }
  });
  for (int64_t i = 0; i < 3; ++i) repeat_channels(grid, norm.per_channel(args, i), norm.operand(args, 1 + i));
  stream.parallel(grid.wide_rows(), 0.2 * width, [&](int64_t first, int64_t last, int) {
    const int64_t begin = norm.first(first);
    norm.leaves.normalize_grad(x + begin, dy + begin, mean, norm.operand(args, 1), norm.operand(args, 2),
                               norm.operand(args, 3), args.output(0) + begin, width, norm.first(last) - begin);
  });
}

void run_batch_norm_inference(const Args& args, Stream& stream) {
  const auto& norm = data_of<BatchNorm>(args);
  const ChannelGrid& grid = norm.grid;
  const float* scale = args.input(1);
  const float* variance = args.input(4);
  float* factor = norm.per_channel(args, 0);
  for (int64_t j = 0; j < grid.channels; ++j)
    factor[j] = static_cast<float>(scale[j] / std::sqrt(static_cast<double>(variance[j]) + norm.epsilon));
  repeat_channels(grid, args.input(3), norm.operand(args, 0));
  repeat_channels(grid, factor, norm.operand(args, 1));
  repeat_channels(grid, args.input(2), norm.operand(args, 2));
  stream.parallel(grid.wide_rows(), 0.15 * grid.width(), [&](int64_t first, int64_t last, int) {
    const int64_t begin = norm.first(first);
    norm.leaves.normalize(args.input(0) + begin, norm.operand(args, 0), norm.operand(args, 1), norm.operand(args, 2),
                          args.output(0) + begin, grid.width(), norm.first(last) - begin);
  });
}

BoundKernel bind_norm(const Node& node, const Target& target, RunFunction run, float epsilon, double operations) {
  const ChannelGrid grid = channel_grid(channels_of(node.out[0]));
  // About 32 KiB a block, so that its second reading comes from the cache, but rows enough that partial sums are few.
  const int64_t block_rows = std::max<int64_t>(16, 8192 / grid.width());
  const BatchNorm norm{leaves_of(target.isa), grid, epsilon, block_rows, std::max(1, target.max_threads)};
  BoundKernel bound = make_kernel(node, target, run, norm, operations * static_cast<double>(grid.count()));
  bound.workspace_bytes = norm.workspace_bytes();
  return bound;
}

BoundKernel bind_batch_norm(const Node& node, const Target& target) {
  return bind_norm(node, target, run_batch_norm, decode_epsilon(node), 7);
}

BoundKernel bind_batch_norm_grad(const Node& node, const Target& target) {
  return bind_norm(node, target, run_batch_norm_grad, 0, 9);
}

BoundKernel bind_batch_norm_inference(const Node& node, const Target& target) {
  return bind_norm(node, target, run_batch_norm_inference, decode_epsilon(node), 3);
}

struct RunningAverage {
  int64_t count;
  float momentum;
};

void run_running_average(const Args& args, Stream&) {
  const auto& average = data_of<RunningAverage>(args);
  const float* state = args.input(0);
  const float* value = args.input(1);
  float* result = args.output(0);
  for (int64_t i = 0; i < average.count; ++i)
    result[i] = (1.0f - average.momentum) * state[i] + average.momentum * value[i];
}

BoundKernel bind_running_average(const Node& node, const Target& target) {
  const int64_t count = node.out[0].count();
  return make_kernel(node, target, run_running_average, RunningAverage{count, decode_momentum(node)}, 3.0 * count);
}

}  // namespace

const OpDef batch_norm_op = {"batch_norm", verify_batch_norm, bind_batch_norm, {{0, 0}}};
const OpDef batch_norm_grad_op = {"batch_norm_grad", verify_batch_norm_grad, bind_batch_norm_grad, {{0, 0}, {1, 0}}};
const OpDef batch_norm_inference_op = {
    "batch_norm_inference", verify_batch_norm_inference, bind_batch_norm_inference, {{0, 0}}};
const OpDef running_average_op = {"running_average", verify_running_average, bind_running_average, {{0, 0}}};

}  // namespace netwright
#endif
