// matmul: the builtin product, or the system's BLAS for large ones.
#include "ops/matmul/matmul.h"

#include <algorithm>

#include "blas/bf16_gemm.h"
#include "blas/gemm.h"
#include "blas/sgemm.h"
#include "ops/kernel.h"
#include "ops/precision.h"

namespace netwright {

namespace {

// The library computes blocks of whole rows or whole columns of C; they depend on the shape alone.
struct BlasProduct {
  GemmShape shape;
  bool split_rows;
  int64_t blocks;
  double block_ns;
};

// BLAS blocks of about this many rows or columns.
constexpr int64_t kBlasBlock = 192;

GemmShape gemm_shape(const Node& node) {
  const bool ta = boolean(node, "ta"), tb = boolean(node, "tb");
  const Tensor& a = node.in[0];
  return {node.out[0].dim(0), node.out[0].dim(1), a.dim(ta ? 0 : 1), ta, tb};
}

BlasProduct plan_blas(const GemmShape& shape) {
  BlasProduct plan = {shape, shape.m >= shape.n, 1, 0};
  const int64_t longest = std::max(shape.m, shape.n);
  if (blas_is_single_threaded()) plan.blocks = (longest + kBlasBlock - 1) / kBlasBlock;
  plan.block_ns =
      static_cast<double>(shape.m * shape.n) * static_cast<double>(shape.k) / 40 / static_cast<double>(plan.blocks);
  return plan;
}

void run_blas(const BlasProduct& plan, const float* a, const float* b, const float* bias, float* c, bool relu,
              Stream& stream) {
  const GemmShape& s = plan.shape;
  const int64_t length = plan.split_rows ? s.m : s.n;
  stream.parallel(plan.blocks, plan.block_ns, [&](int64_t begin, int64_t end, int) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t first = split_begin(length, plan.blocks, block);
      const int64_t count = split_begin(length, plan.blocks, block + 1) - first;
      const int64_t row = plan.split_rows ? first : 0, column = plan.split_rows ? 0 : first;
      const int64_t rows = plan.split_rows ? count : s.m, columns = plan.split_rows ? s.n : count;
      float* to = c + row * s.n + column;
      if (bias != nullptr)
        for (int64_t r = 0; r < rows; ++r) std::copy(bias + column, bias + column + columns, to + r * s.n);
      blas_sgemm(s.ta, s.tb, rows, columns, s.k, a + (s.ta ? row : row * s.k), s.ta ? s.m : s.k,
                 b + (s.tb ? column * s.k : column), s.tb ? s.k : s.n, bias == nullptr ? 0.0f : 1.0f, to, s.n);
      if (relu)
        for (int64_t r = 0; r < rows; ++r)
          for (int64_t i = 0; i < columns; ++i) to[r * s.n + i] = to[r * s.n + i] < 0 ? 0 : to[r * s.n + i];
    }
  });
}

template <class Plan>
struct Matmul {
  Plan plan;
  bool biased, relu;

  const float* bias(const Args& args) const { return biased ? args.input(2) : nullptr; }
};

void run_builtin_step(const Args& args, Stream& stream) {
  const auto& work = data_of<Matmul<Gemm>>(args);
  const Epilogue epilogue = {work.bias(args), nullptr, work.relu};
  run_gemm(work.plan, args.input(0), args.input(1), epilogue, args.output(0), static_cast<float*>(args.workspace),
           stream);
}

void run_blas_step(const Args& args, Stream& stream) {
  const auto& work = data_of<Matmul<BlasProduct>>(args);
  run_blas(work.plan, args.input(0), args.input(1), work.bias(args), args.output(0), work.relu, stream);
}

// Measured with bench/kernels.cc: on AVX-512 and AVX2 the builtin product is as fast as OpenBLAS 0.3.21 from 64^3 to
// 1024^3, except where on AVX-512 a transposed B would have to be copied for few rows (10 x 100 x 512: 9 us against 16;
// on AVX2 the library takes 28, the copy 19). The other instruction sets have no tiles of their own tuning, so there
// the library takes all but the smallest products.
bool prefer_blas(const GemmShape& s, Isa isa) {
  constexpr int64_t kMost = (int64_t{1} << 31) - 1;
  if (s.m > kMost || s.n > kMost || s.k > kMost) return false;
  if (isa == Isa::avx2) return false;
  if (isa == Isa::avx512) return s.tb && !s.ta && s.m <= 32 && s.n * s.k >= 8192;
  return static_cast<double>(s.m) * static_cast<double>(s.n * s.k) >= 32.0 * 32 * 32;
}

template <bool biased>
void run_bf16_step(const Args& args, Stream& stream) {
  run_bf16_gemm(data_of<Bf16Gemm>(args), args.input(0), args.input(1), biased ? args.input(2) : nullptr, args.output(0),
                static_cast<uint16_t*>(args.workspace), stream);
}

BoundKernel bind_bf16_matmul(const Node& node, const Target& target, const Bf16Tiles& tiles) {
  const GemmShape shape = gemm_shape(node);
  Bf16Gemm plan = plan_bf16_gemm(shape, tiles, bf16_loops(target.isa));
  const size_t bytes = static_cast<size_t>(plan.workspace_elements()) * sizeof(uint16_t);
  const double operations = 2.0 * static_cast<double>(shape.m * shape.n) * static_cast<double>(shape.k);
  BoundKernel bound = make_kernel(node, target, node.in.size() == 3 ? run_bf16_step<true> : run_bf16_step<false>,
                                  std::move(plan), operations);
  bound.workspace_bytes = bytes;
  return bound;
}

BoundKernel bind_matmul(const Node& node, const Target& target) {
  const GemmShape shape = gemm_shape(node);
  const bool biased = node.in.size() == 3, relu = has_relu(node);
  const double operations = 2.0 * static_cast<double>(shape.m * shape.n) * static_cast<double>(shape.k);
  if (target.use_blas && prefer_blas(shape, target.isa)) {
    const Matmul<BlasProduct> work = {plan_blas(shape), biased, relu};
    BoundKernel bound = make_kernel(node, target, run_blas_step, work, operations);
    bound.name = "matmul " + blas_library();
    return bound;
  }
  Gemm plan = plan_gemm(shape, tile_set(target.isa), transpose_function(target.isa), target.max_threads);
  const size_t workspace = static_cast<size_t>(plan.workspace_elements()) * sizeof(float);
  const std::string name = text(" tile ", plan.tiles->most_rows[plan.tiling.vectors], "x", plan.tiling.vectors,
                                plan.copy_a ? " copied a" : "",
                                plan.copy_b   ? " copied b"
                                : plan.pack_b ? " packed b"
                                              : "");
  BoundKernel bound =
      make_kernel(node, target, run_builtin_step, Matmul<Gemm>{std::move(plan), biased, relu}, operations);
  bound.name += name + (relu ? " relu" : "");
  bound.workspace_bytes = workspace;
  return bound;
}

}  // namespace

void verify_matmul(const Node& node) {
  verify_precision(node);
  expect_operands(node, node.in.size() == 3 ? 3 : 2, 1);
  has_relu(node);
  const bool ta = boolean(node, "ta"), tb = boolean(node, "tb");
  const Tensor &a = node.in[0], &b = node.in[1], &y = node.out[0];
  expect_plain(node, a, 2);
  expect_plain(node, b, 2);
  expect_plain(node, y, 2);
  const int64_t m = a.dim(ta ? 1 : 0), k = a.dim(ta ? 0 : 1), n = b.dim(tb ? 0 : 1);
  expect_shape(node, b.dim(tb ? 1 : 0) == k, "the left side has ", k, " columns, the right side ", b.dim(tb ? 1 : 0),
               " rows");
  expect_dimensions(node, y, {m, n});
  if (node.in.size() == 3) {
    expect_plain(node, node.in[2], 1);
    expect_dimensions(node, node.in[2], {n});
  }
}

const OpDef matmul_op = {"matmul", verify_matmul, bind_with_precision<bind_matmul, bind_bf16_matmul>};

}  // namespace netwright
