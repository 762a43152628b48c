// Conversion between the user's order of elements (NCHW, OIHW, row-major) and the order in native memory.
#pragma once

#include "core/tensor.h"

namespace netwright {

// Elements of four bytes, so that it serves float32 and int32. [c, pixels] -> [pixels, c]
void channels_last(const uint32_t* from, uint32_t* to, int64_t channels, int64_t pixels);

// `tensor` says shape and storage; both sides hold tensor.count() elements of four bytes and do not overlap.
void to_storage(const Tensor& tensor, const void* user, void* native);
void from_storage(const Tensor& tensor, const void* native, void* user);

}  // namespace netwright
