// Draws the affine map of an image.
#include "core/affine.h"

#include <cmath>

#include "core/error.h"
#include "core/rng.h"

namespace netwright {

namespace {

const uint32_t kStream = fnv1a("affine");
constexpr double kRadians = 3.14159265358979323846 / 180;

double either_side(double most, uint32_t word) { return most * (2 * static_cast<double>(uniform_of_word(word)) - 1); }

}  // namespace

void check_range(const AffineRange& range) {
  check(range.rotation >= 0 && range.rotation <= 180, "ARGUMENT", "rotation: expected 0 to 180 degrees, found ",
        range.rotation);
  check(range.translation >= 0 && range.translation <= 1, "ARGUMENT", "translation: expected 0 to 1, found ",
        range.translation);
  check(range.smallest_scale >= 0.01 && range.smallest_scale <= range.largest_scale && range.largest_scale <= 100,
        "ARGUMENT", "scale: expected two numbers from 0.01 to 100, found ", range.smallest_scale, " and ",
        range.largest_scale);
  check(range.shear >= 0 && range.shear <= 80, "ARGUMENT", "shear: expected 0 to 80 degrees, found ", range.shear);
  for (float fill : range.fill) check(std::isfinite(fill), "ARGUMENT", "fill: expected finite numbers, found ", fill);
}

AffineMap draw_affine(const AffineRange& range, const ImageLayout& image, uint64_t seed, uint64_t epoch, uint64_t row) {
  const auto first = random_block(seed, kStream, epoch, 2 * row);
  const auto second = random_block(seed, kStream, epoch, 2 * row + 1);
  const double angle = either_side(range.rotation, first[0]) * kRadians;
  const double right = either_side(range.translation, first[1]) * static_cast<double>(image.width);
  const double down = either_side(range.translation, first[2]) * static_cast<double>(image.height);
  const double scale = range.smallest_scale +
                       (range.largest_scale - range.smallest_scale) * static_cast<double>(uniform_of_word(first[3]));
  const double slant = std::tan(either_side(range.shear, second[0]) * kRadians);
  const double side = range.flip && uniform_of_word(second[1]) >= 0.5f ? -1 : 1;

  // The inverse of scale * rotation * shear about the centre of the image; the determinant of the last two is 1.
  const double sine = std::sin(angle), cosine = std::cos(angle);
  const double xx = (cosine - sine * slant) / scale, xy = (sine + cosine * slant) / scale;
  const double yx = -sine / scale, yy = cosine / scale;
  const double middle = static_cast<double>(image.width - 1) / 2, centre = static_cast<double>(image.height - 1) / 2;
  const double column = side * middle + right, line = centre + down;
  return {static_cast<float>(side * xx), static_cast<float>(xy), static_cast<float>(middle - xx * column - xy * line),
          static_cast<float>(side * yx), static_cast<float>(yy), static_cast<float>(centre - yx * column - yy * line)};
}

}  // namespace netwright
