// Pooling on the processor: loops over output rows, vectorised over the channels of a pixel.
#include "ops/kernel.h"
#include "ops/pool2d/pool2d.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/pool2d/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// The larger one; a NaN in either wins.
static NW_INLINE Vec larger(Vec a, Vec b) { return select(is_nan(a), a, select(gt(a, b), a, b)); }

// Rows [begin, end) of all n * oh output rows.
static void max_rows(const Pool& p, const float* x, float* y, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const int64_t oy = row % p.oh;
    const float* image = x + row / p.oh * p.h * p.w * p.c;
    const int64_t top = p.first_row(oy), bottom = p.last_row(oy);
    for (int64_t ox = 0; ox < p.ow; ++ox) {
      const int64_t left = p.first_column(ox), right = p.last_column(ox);
      float* out = y + (row * p.ow + ox) * p.c;
      for (int64_t c = 0; c < p.c; c += kLanes) {
        const Lanes lanes = lanes_at(c, p.c);
        Vec best = lanes.load(image + (top * p.w + left) * p.c + c);
        for (int64_t iy = top; iy < bottom; ++iy)
          for (int64_t ix = left; ix < right; ++ix) best = larger(best, lanes.load(image + (iy * p.w + ix) * p.c + c));
        lanes.store(best, out + c);
      }
    }
  }
}

// The same for 2x2 windows with stride 2 and no padding.
static void max_rows_2x2(const Pool& p, const float* x, float* y, int64_t begin, int64_t end) {
  const int64_t below = p.w * p.c;
  for (int64_t row = begin; row < end; ++row) {
    const float* in = x + ((row / p.oh) * p.h + 2 * (row % p.oh)) * below;
    float* out = y + row * p.ow * p.c;
    for (int64_t ox = 0; ox < p.ow; ++ox, in += 2 * p.c, out += p.c)
      for (int64_t c = 0; c < p.c; c += kLanes) {
        const Lanes lanes = lanes_at(c, p.c);
        const Vec upper = larger(lanes.load(in + c), lanes.load(in + p.c + c));
        const Vec lower = larger(lanes.load(in + below + c), lanes.load(in + below + p.c + c));
        lanes.store(larger(upper, lower), out + c);
      }
  }
}

// Where the maximum of a window lies; a NaN counts as one. `rest` is the gradient that still has to find its pixel.
static NW_INLINE Vec take(Vec x, Vec y, Vec& rest) {
  const Mask here = eq(x, y) | is_nan(x);
  const Vec taken = select(here, rest, Vec::zero());
  rest = select(here, Vec::zero(), rest);
  return taken;
}

// Images [begin, end): windows may overlap, so that an image is one piece of work and its windows go in order.
static void max_grad_images(const Pool& p, const float* dy, const float* x, const float* y, float* dx, int64_t begin,
                            int64_t end) {
  const int64_t size = p.h * p.w * p.c;
  std::memset(dx + begin * size, 0, static_cast<size_t>((end - begin) * size) * sizeof(float));
  for (int64_t row = begin * p.oh; row < end * p.oh; ++row) {
    const int64_t oy = row % p.oh;
    const int64_t image = row / p.oh * size;
    const int64_t top = p.first_row(oy), bottom = p.last_row(oy);
    for (int64_t ox = 0; ox < p.ow; ++ox) {
      const int64_t left = p.first_column(ox), right = p.last_column(ox);
      const int64_t out = (row * p.ow + ox) * p.c;
      for (int64_t c = 0; c < p.c; c += kLanes) {
        const Lanes lanes = lanes_at(c, p.c);
        const Vec best = lanes.load(y + out + c);
        Vec rest = lanes.load(dy + out + c);
        for (int64_t iy = top; iy < bottom; ++iy)
          for (int64_t ix = left; ix < right; ++ix) {
            const int64_t at = image + (iy * p.w + ix) * p.c + c;
            lanes.store(lanes.load(dx + at) + take(lanes.load(x + at), best, rest), dx + at);
          }
      }
    }
  }
}

// Images [begin, end) for 2x2 windows with stride 2 and no padding: each pixel is written once.
static void max_grad_images_2x2(const Pool& p, const float* dy, const float* x, const float* y, float* dx,
                                int64_t begin, int64_t end) {
  const int64_t below = p.w * p.c;
  const size_t pixel_bytes = static_cast<size_t>(p.c) * sizeof(float);
  for (int64_t row = begin * p.oh; row < end * p.oh; ++row) {
    int64_t at = ((row / p.oh) * p.h + 2 * (row % p.oh)) * below;
    int64_t out = row * p.ow * p.c;
    for (int64_t ox = 0; ox < p.ow; ++ox, at += 2 * p.c, out += p.c)
      for (int64_t c = 0; c < p.c; c += kLanes) {
        const Lanes lanes = lanes_at(c, p.c);
        const Vec best = lanes.load(y + out + c);
        Vec rest = lanes.load(dy + out + c);
        for (const int64_t corner : {at + c, at + p.c + c, at + below + c, at + below + p.c + c})
          lanes.store(take(lanes.load(x + corner), best, rest), dx + corner);
      }
    if (p.w % 2 != 0) {
      std::memset(dx + at, 0, pixel_bytes);
      std::memset(dx + at + below, 0, pixel_bytes);
    }
  }
  if (p.h % 2 != 0)
    for (int64_t image = begin; image < end; ++image)
      std::memset(dx + (image * p.h + p.h - 1) * below, 0, pixel_bytes * static_cast<size_t>(p.w));
}

static NW_INLINE float window_share(const Pool& p, int64_t rows, int64_t columns) {
  return 1.0f / static_cast<float>(p.include_padding ? p.kh * p.kw : rows * columns);
}

static void average_rows(const Pool& p, const float* x, float* y, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const int64_t oy = row % p.oh;
    const float* image = x + row / p.oh * p.h * p.w * p.c;
    const int64_t top = p.first_row(oy), bottom = p.last_row(oy);
    for (int64_t ox = 0; ox < p.ow; ++ox) {
      const int64_t left = p.first_column(ox), right = p.last_column(ox);
      const Vec share(window_share(p, bottom - top, right - left));
      float* out = y + (row * p.ow + ox) * p.c;
      for (int64_t c = 0; c < p.c; c += kLanes) {
        const Lanes lanes = lanes_at(c, p.c);
        Vec sum = Vec::zero();
        for (int64_t iy = top; iy < bottom; ++iy)
          for (int64_t ix = left; ix < right; ++ix) sum = sum + lanes.load(image + (iy * p.w + ix) * p.c + c);
        lanes.store(sum * share, out + c);
      }
    }
  }
}

// Rows [begin, end) of all n * h input rows: each pixel gathers from the windows that hold it.
static void average_grad_rows(const Pool& p, const float* dy, float* dx, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const int64_t iy = row % p.h;
    const float* image = dy + row / p.h * p.oh * p.ow * p.c;
    const int64_t first_y = iy + p.top < p.kh ? 0 : (iy + p.top - p.kh) / p.sh + 1;
    const int64_t last_y = std::min((iy + p.top) / p.sh, p.oh - 1);
    for (int64_t ix = 0; ix < p.w; ++ix) {
      const int64_t first_x = ix + p.left < p.kw ? 0 : (ix + p.left - p.kw) / p.sw + 1;
      const int64_t last_x = std::min((ix + p.left) / p.sw, p.ow - 1);
      float* out = dx + (row * p.w + ix) * p.c;
      for (int64_t c = 0; c < p.c; c += kLanes) {
        const Lanes lanes = lanes_at(c, p.c);
        Vec sum = Vec::zero();
        for (int64_t oy = first_y; oy <= last_y; ++oy)
          for (int64_t ox = first_x; ox <= last_x; ++ox) {
            const int64_t rows = p.last_row(oy) - p.first_row(oy), columns = p.last_column(ox) - p.first_column(ox);
            sum = fma(lanes.load(image + (oy * p.ow + ox) * p.c + c), Vec(window_share(p, rows, columns)), sum);
          }
        lanes.store(sum, out + c);
      }
    }
  }
}

// y [c] = mean of x [pixels, c], in blocks so that long sums stay exact.
static void mean_of_pixels(const float* x, float* y, int64_t pixels, int64_t channels) {
  constexpr int64_t kPixels = 256;
  for (int64_t c = 0; c < channels; c += kLanes) {
    const Lanes lanes = lanes_at(c, channels);
    Vec total = Vec::zero();
    for (int64_t first = 0; first < pixels; first += kPixels) {
      Vec even = Vec::zero(), odd = Vec::zero();
      const int64_t last = std::min(first + kPixels, pixels);
      int64_t i = first;
      for (; i + 2 <= last; i += 2) {
        even = even + lanes.load(x + i * channels + c);
        odd = odd + lanes.load(x + (i + 1) * channels + c);
      }
      if (i < last) even = even + lanes.load(x + i * channels + c);
      total = total + (even + odd);
    }
    lanes.store(total / Vec(static_cast<float>(pixels)), y + c);
  }
}

// Every pixel of dx [pixels, c] = dy [c] / pixels.
static void spread_over_pixels(const float* dy, float* dx, int64_t pixels, int64_t channels) {
  for (int64_t c = 0; c < channels; c += kLanes) {
    const Lanes lanes = lanes_at(c, channels);
    const Vec share = lanes.load(dy + c) / Vec(static_cast<float>(pixels));
    for (int64_t i = 0; i < pixels; ++i) lanes.store(share, dx + i * channels + c);
  }
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

using RowLeaf = void (*)(const Pool&, const float*, float*, int64_t, int64_t);
using ImageLeaf = void (*)(const Pool&, const float*, const float*, const float*, float*, int64_t, int64_t);
using GlobalLeaf = void (*)(const float*, float*, int64_t, int64_t);

struct PoolRows {
  RowLeaf leaf;
  Pool pool;
  int64_t rows;
  double cost;  // nanoseconds a row
};

struct PoolImages {
  ImageLeaf leaf;
  Pool pool;
};

struct GlobalPool {
  GlobalLeaf leaf;
  int64_t n, channels, pixels;
  bool spread;
};

void run_rows(const Args& args, Stream& stream) {
  const auto& work = data_of<PoolRows>(args);
  stream.parallel(work.rows, work.cost, [&](int64_t begin, int64_t end, int) {
    work.leaf(work.pool, args.input(0), args.output(0), begin, end);
  });
}

void run_images(const Args& args, Stream& stream) {
  const auto& work = data_of<PoolImages>(args);
  const Pool& p = work.pool;
  stream.parallel(p.n, 0.3 * p.c * (p.h * p.w + p.oh * p.ow * p.kh * p.kw), [&](int64_t begin, int64_t end, int) {
    work.leaf(p, args.input(0), args.input(1), args.input(2), args.output(0), begin, end);
  });
}

void run_global(const Args& args, Stream& stream) {
  const auto& work = data_of<GlobalPool>(args);
  const int64_t step_in = work.channels * (work.spread ? 1 : work.pixels);
  const int64_t step_out = work.channels * (work.spread ? work.pixels : 1);
  stream.parallel(work.n, 0.15 * work.channels * work.pixels, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i)
      work.leaf(args.input(0) + i * step_in, args.output(0) + i * step_out, work.pixels, work.channels);
  });
}

bool is_2x2(const Pool& p) {
  return p.kh == 2 && p.kw == 2 && p.sh == 2 && p.sw == 2 && p.top == 0 && p.left == 0 && p.oh == p.h / 2 &&
         p.ow == p.w / 2;
}

double window_operations(const Pool& p) { return 1.0 * p.n * p.oh * p.ow * p.c * p.kh * p.kw; }

BoundKernel bind_max_pool2d(const Node& node, const Target& target) {
  const Pool pool = decode_pool(node, node.in[0], node.out[0]);
  const bool fast = is_2x2(pool);
  RowLeaf leaf = fast ? NW_DISPATCH(target.isa, max_rows_2x2) : NW_DISPATCH(target.isa, max_rows);
  const PoolRows work{leaf, pool, pool.n * pool.oh, 0.1 * pool.ow * pool.c * pool.kh * pool.kw};
  BoundKernel bound = make_kernel(node, target, run_rows, work, window_operations(pool));
  if (fast) bound.name += " 2x2";
  return bound;
}

BoundKernel bind_max_pool2d_grad(const Node& node, const Target& target) {
  const Pool pool = decode_pool(node, node.in[1], node.in[2]);
  const bool fast = is_2x2(pool);
  ImageLeaf leaf = fast ? NW_DISPATCH(target.isa, max_grad_images_2x2) : NW_DISPATCH(target.isa, max_grad_images);
  BoundKernel bound = make_kernel(node, target, run_images, PoolImages{leaf, pool}, window_operations(pool));
  if (fast) bound.name += " 2x2";
  return bound;
}

BoundKernel bind_average_pool2d(const Node& node, const Target& target) {
  const Pool pool = decode_average_pool(node, node.in[0], node.out[0]);
  RowLeaf leaf = NW_DISPATCH(target.isa, average_rows);
  const PoolRows work{leaf, pool, pool.n * pool.oh, 0.1 * pool.ow * pool.c * pool.kh * pool.kw};
  return make_kernel(node, target, run_rows, work, window_operations(pool));
}

BoundKernel bind_average_pool2d_grad(const Node& node, const Target& target) {
  const Pool pool = decode_average_pool(node, node.out[0], node.in[0]);
  RowLeaf leaf = NW_DISPATCH(target.isa, average_grad_rows);
  const double windows = 1.0 * pool.oh * pool.ow * pool.kh * pool.kw / pool.h;
  const PoolRows work{leaf, pool, pool.n * pool.h, 0.2 * pool.c * (pool.w + windows)};
  return make_kernel(node, target, run_rows, work, window_operations(pool));
}

BoundKernel bind_global(const Node& node, const Target& target, const Tensor& image, GlobalLeaf leaf, bool spread) {
  const GlobalPool work{leaf, image.dim(0), image.dim(1), image.dim(2) * image.dim(3), spread};
  return make_kernel(node, target, run_global, work, 1.0 * image.count());
}

BoundKernel bind_global_average_pool2d(const Node& node, const Target& target) {
  return bind_global(node, target, node.in[0], NW_DISPATCH(target.isa, mean_of_pixels), false);
}

BoundKernel bind_global_average_pool2d_grad(const Node& node, const Target& target) {
  return bind_global(node, target, node.out[0], NW_DISPATCH(target.isa, spread_over_pixels), true);
}

}  // namespace

const OpDef max_pool2d_op = {"max_pool2d", verify_max_pool2d, bind_max_pool2d};
const OpDef max_pool2d_grad_op = {"max_pool2d_grad", verify_max_pool2d_grad, bind_max_pool2d_grad};
const OpDef average_pool2d_op = {"average_pool2d", verify_average_pool2d, bind_average_pool2d};
const OpDef average_pool2d_grad_op = {"average_pool2d_grad", verify_average_pool2d_grad, bind_average_pool2d_grad};
const OpDef global_average_pool2d_op = {"global_average_pool2d", verify_global_average_pool2d,
                                        bind_global_average_pool2d};
const OpDef global_average_pool2d_grad_op = {"global_average_pool2d_grad", verify_global_average_pool2d_grad,
                                             bind_global_average_pool2d_grad};

}  // namespace netwright
#endif
