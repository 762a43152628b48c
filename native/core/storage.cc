// Transposes images and convolution weights at the edge of native memory.
#include "core/storage.h"

#include <cstring>

namespace netwright {

void channels_last(const uint32_t* from, uint32_t* to, int64_t channels, int64_t pixels) {
  if (channels == 1 || pixels == 1) {
    std::memcpy(to, from, static_cast<size_t>(channels * pixels) * 4);
    return;
  }
  for (int64_t pixel = 0; pixel < pixels; ++pixel)
    for (int64_t channel = 0; channel < channels; ++channel) *to++ = from[channel * pixels + pixel];
}

namespace {

// Calls visit(index in the user's order, index in memory) for every element.
template <class Visit>
void each_element(const Tensor& tensor, const Visit& visit) {
  if (tensor.storage == Storage::nhwc) {
    const int64_t n = tensor.dim(0), c = tensor.dim(1), pixels = tensor.dim(2) * tensor.dim(3);
    for (int64_t image = 0; image < n; ++image)
      for (int64_t channel = 0; channel < c; ++channel)
        for (int64_t pixel = 0; pixel < pixels; ++pixel)
          visit((image * c + channel) * pixels + pixel, (image * pixels + pixel) * c + channel);
    return;
  }
  const int64_t oc = tensor.dim(0), ic = tensor.dim(1), kernel = tensor.dim(2) * tensor.dim(3);
  for (int64_t o = 0; o < oc; ++o)
    for (int64_t i = 0; i < ic; ++i)
      for (int64_t k = 0; k < kernel; ++k) visit((o * ic + i) * kernel + k, (k * ic + i) * oc + o);
}

}  // namespace

void to_storage(const Tensor& tensor, const void* user, void* native) {
  if (tensor.storage == Storage::plain) {
    std::memcpy(native, user, static_cast<size_t>(tensor.count()) * 4);
    return;
  }
  const auto* from = static_cast<const uint32_t*>(user);
  auto* to = static_cast<uint32_t*>(native);
  each_element(tensor, [=](int64_t outside, int64_t inside) { to[inside] = from[outside]; });
}

void from_storage(const Tensor& tensor, const void* native, void* user) {
  if (tensor.storage == Storage::plain) {
    std::memcpy(user, native, static_cast<size_t>(tensor.count()) * 4);
    return;
  }
  const auto* from = static_cast<const uint32_t*>(native);
  auto* to = static_cast<uint32_t*>(user);
  each_element(tensor, [=](int64_t outside, int64_t inside) { to[outside] = from[inside]; });
}

}  // namespace netwright
