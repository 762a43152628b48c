// Where the pixels of a tile lie.
#include <algorithm>

#include "ops/conv2d/winograd.h"

namespace netwright {

// Transforms round a few larger terms: within the errors of a long sum, but not always within those of a short one.
// So do images of which most kernel positions see nothing.
constexpr int64_t kFewestChannels = 16;
constexpr int64_t kSmallestSide = 3;

// Images of more bytes come from a far cache or from memory.
constexpr int64_t kNearBytes = 1024 * 1024;

WinogradPlace WinogradTiles::place(int64_t tile) const {
  const int64_t of_image = down() * across();
  return {tile / of_image, tile % of_image / across() * 2, tile % across() * 2};
}

void WinogradTiles::advance(WinogradPlace& place) const {
  place.x += 2;
  if (place.x < output_w) return;
  place.x = 0, place.y += 2;
  if (place.y < output_h) return;
  place.y = 0, ++place.image;
}

void WinogradTiles::input_pixels(const WinogradPlace& place, const float* input, int64_t channels, const float* outside,
                                 const float** pixels) const {
  const int64_t y = place.y - top, x = place.x - left;
  const float* corner = input + ((place.image * input_h + y) * input_w + x) * channels;
  if (y >= 0 && y + 4 <= input_h && x >= 0 && x + 4 <= input_w) {
    for (int64_t i = 0; i < 4; ++i)
      for (int64_t k = 0; k < 4; ++k) pixels[i * 4 + k] = corner + (i * input_w + k) * channels;
    return;
  }
  for (int64_t i = 0; i < 4; ++i)
    for (int64_t k = 0; k < 4; ++k) {
      const bool inside = y + i >= 0 && y + i < input_h && x + k >= 0 && x + k < input_w;
      pixels[i * 4 + k] = inside ? corner + (i * input_w + k) * channels : outside;
    }
}

WinogradTiles forward_tiles(const ConvGeometry& g) { return {g.n, g.h, g.w, g.oh, g.ow, g.top, g.left}; }

// The flipped kernel's last tap meets what the first met.
WinogradTiles gradient_tiles(const ConvGeometry& g) { return {g.n, g.oh, g.ow, g.h, g.w, 2 - g.top, 2 - g.left}; }

double image_cycles(const WinogradTiles& tiles, int64_t input_channels, int64_t output_channels, int64_t lanes) {
  const int64_t input_vectors = (input_channels + lanes - 1) / lanes;
  const int64_t output_vectors = (output_channels + lanes - 1) / lanes;
  const int64_t bytes =
      4 * tiles.n *
      (tiles.input_h * tiles.input_w * input_channels + tiles.output_h * tiles.output_w * output_channels);
  return (bytes > kNearBytes ? 2 : 1) * (WinogradCycles::input * static_cast<double>(tiles.count() * input_vectors) +
                                         WinogradCycles::output * static_cast<double>(tiles.count() * output_vectors));
}

bool winograd_fits(const ConvGeometry& g) {
  return g.kh == 3 && g.kw == 3 && g.stride_h == 1 && g.stride_w == 1 && g.dilation_h == 1 && g.dilation_w == 1 &&
         g.groups == 1 && std::min(g.c, g.oc) >= kFewestChannels && std::min({g.h, g.w, g.oh, g.ow}) >= kSmallestSide;
}

}  // namespace netwright
