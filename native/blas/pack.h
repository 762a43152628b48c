// Copies of matrices in the order in which products read them.
#pragma once

#include <cstdint>

#include "simd/isa.h"

namespace netwright {

// to[r * to_stride + k] = from[r * from_stride + k] for r < rows, k < columns.
void copy_matrix(const float* from, int64_t from_stride, float* to, int64_t to_stride, int64_t rows, int64_t columns);

// to[k * to_stride + r] = from[r * from_stride + k] for r < rows, k < columns.
using TransposeFunction = void (*)(const float* from, int64_t from_stride, float* to, int64_t to_stride, int64_t rows,
                                   int64_t columns);
TransposeFunction transpose_function(Isa isa);

}  // namespace netwright
