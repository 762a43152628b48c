// flatten and unflatten on the processor: one matrix [rows, columns] an image, transposed by tiles.
#include "ops/flatten/flatten.h"
#include "ops/kernel.h"

namespace netwright {
namespace {

constexpr int64_t kTile = 16;  // floats in a cache line

struct Transpose {
  int64_t n, rows, columns;  // of the input
};

void run_transpose(const Args& args, Stream& stream) {
  const auto& work = data_of<Transpose>(args);
  const int64_t bands = block_count(work.rows, kTile);
  const int64_t size = work.rows * work.columns;
  stream.parallel(work.n * bands, 0.5 * static_cast<double>(std::min(kTile, work.rows) * work.columns),
                  [&](int64_t begin, int64_t end, int) {
                    for (int64_t band = begin; band < end; ++band) {
                      const float* x = args.input(0) + band / bands * size;
                      float* y = args.output(0) + band / bands * size;
                      const int64_t top = band % bands * kTile, bottom = std::min(top + kTile, work.rows);
                      for (int64_t left = 0; left < work.columns; left += kTile) {
                        const int64_t right = std::min(left + kTile, work.columns);
                        for (int64_t column = left; column < right; ++column)
                          for (int64_t row = top; row < bottom; ++row)
                            y[column * work.rows + row] = x[row * work.columns + column];
                      }
                    }
                  });
}

BoundKernel bind_flatten(const Node& node, const Target& target) {
  const Tensor& image = node.in[0];
  return make_kernel(node, target, run_transpose, Transpose{image.dim(0), image.dim(2) * image.dim(3), image.dim(1)},
                     0);
}

BoundKernel bind_unflatten(const Node& node, const Target& target) {
  const Tensor& image = node.out[0];
  return make_kernel(node, target, run_transpose, Transpose{image.dim(0), image.dim(1), image.dim(2) * image.dim(3)},
                     0);
}

bool same_order(const Tensor& image) { return image.dim(1) == 1 || image.dim(2) * image.dim(3) == 1; }
bool flatten_is_alias(const Node& node) { return same_order(node.in[0]); }
bool unflatten_is_alias(const Node& node) { return same_order(node.out[0]); }

}  // namespace

const OpDef flatten_op = {"flatten", verify_flatten, bind_flatten, {}, flatten_is_alias};
const OpDef unflatten_op = {"unflatten", verify_unflatten, bind_unflatten, {}, unflatten_is_alias};

}  // namespace netwright
