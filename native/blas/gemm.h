// The builtin product of matrices: tiles of the microkernel, with copies of the operands where these would be read
// badly.
#pragma once

#include "blas/brgemm.h"
#include "blas/pack.h"
#include "core/stream.h"

namespace netwright {

// C [m, n] = op(A) op(B) + bias, all row-major and dense; A is [m, k], or [k, m] when ta; B is [k, n], or [n, k] when
// tb.
struct GemmShape {
  int64_t m, n, k;
  bool ta, tb;
};

struct Gemm {
  GemmShape shape;
  const TileSet* tiles;
  TransposeFunction transpose;
  Tiling tiling;
  bool copy_a, copy_b;
  bool pack_b;  // an item copies its panel of B, a block of k at a time, into memory of its thread
  int workers;
  int64_t a_stride;       // of the copy of A, [m, a_stride]
  int64_t k_block;        // depth of one pass
  int64_t bands_of_item;  // neighbouring bands share a panel of B in the cache
  double item_ns;

  int64_t copy_a_elements() const { return copy_a ? shape.m * a_stride : 0; }
  int64_t copy_b_elements() const { return copy_b ? shape.k * shape.n : 0; }
  int64_t panel_elements() const { return pack_b ? k_block * tiling.vectors * tiling.lanes : 0; }
  int64_t workspace_elements() const { return copy_a_elements() + copy_b_elements() + workers * panel_elements(); }
};

// `workers`: the threads that may run it.
Gemm plan_gemm(const GemmShape& shape, const TileSet& tiles, TransposeFunction transpose, int workers);

// `workspace` has workspace_elements().
void run_gemm(const Gemm& plan, const float* a, const float* b, const Epilogue& epilogue, float* c, float* workspace,
              Stream& stream);

}  // namespace netwright
