// Whole products of matrices on tiles in bfloat16.
#pragma once

#include "blas/bf16_pack.h"
#include "blas/gemm.h"
#include "core/stream.h"

namespace netwright {

struct Bf16Gemm {
  GemmShape shape;
  const Bf16Tiles* tiles;
  const Bf16Loops* loops;
  int64_t depth;  // k, padded
  int64_t row;    // of the copy of A

  int64_t bands() const { return (shape.m + kBf16Rows - 1) / kBf16Rows; }
  // Elements of bfloat16; a tile reads 16 rows whatever there is.
  int64_t a_elements() const { return (shape.m + 15) / 16 * 16 * row; }
  int64_t workspace_elements() const { return a_elements() + padded_columns(shape.n) * depth; }
};

Bf16Gemm plan_bf16_gemm(const GemmShape& shape, const Bf16Tiles& tiles, const Bf16Loops& loops);

// `bias` [n] or null; `workspace` has workspace_elements().
void run_bf16_gemm(const Bf16Gemm& plan, const float* a, const float* b, const float* bias, float* c,
                   uint16_t* workspace, Stream& stream);

}  // namespace netwright
