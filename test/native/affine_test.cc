// Affine distortion: drawn maps, pixels on every instruction set, maps that lead far away, and the gather of distorted
// rows.
#include "core/affine.h"

#include <cmath>
#include <limits>

#include "check.h"
#include "core/backend.h"
#include "core/dataset.h"
#include "core/storage.h"
#include "plan_builder.h"
#include "session_fixture.h"

using namespace netwright;

constexpr AffineMap kStill = {1, 0, 0, 0, 1, 0};

static std::vector<float> distorted(Isa isa, const ImageLayout& image, const AffineMap& map, const float* fill,
                                    const std::vector<float>& from) {
  std::vector<float> to(from.size());
  cpu_backend().distort(isa)(image, map, fill, from.data(), to.data());
  return to;
}

static ImageLayout layout_of(int64_t channels, int64_t height, int64_t width, bool last = true) {
  return {channels, height, width, last ? 1 : height * width, last ? channels : 1};
}

static void ranges_are_checked() {
  const auto checked = [](auto change) {
    AffineRange range;
    change(range);
    check_range(range);
  };
  checked([](AffineRange& range) { range.rotation = 180; });
  CHECK_ERROR("ARGUMENT", "rotation", checked([](AffineRange& range) { range.rotation = -1; }));
  CHECK_ERROR("ARGUMENT", "translation", checked([](AffineRange& range) { range.translation = std::nan(""); }));
  CHECK_ERROR("ARGUMENT", "scale", checked([](AffineRange& range) { range.smallest_scale = 0; }));
  CHECK_ERROR("ARGUMENT", "scale", checked([](AffineRange& range) { range.smallest_scale = 2; }));
  CHECK_ERROR("ARGUMENT", "shear", checked([](AffineRange& range) { range.shear = 90; }));
  CHECK_ERROR("ARGUMENT", "fill", checked([](AffineRange& range) { range.fill = {INFINITY}; }));
}

static void maps_are_drawn_from_seed_epoch_and_row() {
  AffineRange range;
  range.rotation = 30;
  const ImageLayout image = layout_of(1, 7, 5);
  const auto xy = [&](uint64_t seed, uint64_t epoch, uint64_t row) {
    return draw_affine(range, image, seed, epoch, row).xy;
  };
  CHECK(xy(1, 2, 3) == xy(1, 2, 3));
  CHECK(xy(1, 2, 3) != xy(2, 2, 3));
  CHECK(xy(1, 2, 3) != xy(1, 3, 3));
  CHECK(xy(1, 2, 3) != xy(1, 2, 4));
  CHECK(xy(1, 2, 3) != xy(1, 2, 3 + (uint64_t{1} << 32)));
  // A turn keeps the centre where it is.
  for (uint64_t row = 0; row < 20; ++row) {
    const AffineMap map = draw_affine(range, image, 1, 1, row);
    CHECK(std::abs(map.xx * 2 + map.xy * 3 + map.x - 2) < 1e-5f &&
          std::abs(map.yx * 2 + map.yy * 3 + map.y - 3) < 1e-5f);
    CHECK(std::abs(map.xx * map.yy - map.xy * map.yx - 1) < 1e-5f);
  }
}

static void whole_pixels_are_moved_exactly() {
  for (Isa isa : supported_isas())
    for (int64_t width : {1, 3, 8, 16, 17, 37})
      for (int64_t channels : {1, 3})
        for (bool last : {true, false}) {
          const int64_t height = 5, plane = height * width;
          const ImageLayout image = layout_of(channels, height, width, last);
          const std::vector<float> from = random_floats(static_cast<size_t>(channels * plane), 1);
          const std::vector<float> fill(static_cast<size_t>(channels), -3.0f);
          AffineMap moved = kStill;  // two to the right, one up
          moved.x = -2;
          moved.y = 1;
          for (bool edge : {false, true}) {
            const float* outside = edge ? nullptr : fill.data();
            const auto still = distorted(isa, image, kStill, outside, from);
            const auto found = distorted(isa, image, moved, outside, from);
            int64_t wrong = 0;
            for (int64_t c = 0; c < channels; ++c)
              for (int64_t y = 0; y < height; ++y)
                for (int64_t x = 0; x < width; ++x) {
                  const auto at = static_cast<size_t>(c * image.channel_step + (y * width + x) * image.pixel_step);
                  const auto pixel = [&](int64_t row, int64_t column) {
                    if (!edge && (row < 0 || row >= height || column < 0 || column >= width)) return -3.0f;
                    row = std::max<int64_t>(0, std::min(row, height - 1));
                    column = std::max<int64_t>(0, std::min(column, width - 1));
                    return from[static_cast<size_t>(c * plane + row * width + column)];
                  };
                  // Differences from the fill are rounded: not the last bit.
                  wrong += std::abs(still[at] - pixel(y, x)) > 1e-6f;
                  wrong += std::abs(found[at] - pixel(y + 1, x - 2)) > 1e-6f;
                }
            checks.add(wrong == 0, text(isa_name(isa), ' ', channels, 'x', width, ": ", wrong, " wrong"), __FILE__,
                       __LINE__);
          }
        }
}

static void places_far_away_are_the_fill_or_the_edge() {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> from(35, 2.0f);
  const float fill = 7;
  for (Isa isa : supported_isas())
    for (float far : {1e30f, -1e30f, infinity, -infinity, nan}) {
      const ImageLayout image = layout_of(1, 5, 7);
      const AffineMap maps[] = {{1, 0, far, 0, 1, 0}, {1, 0, 0, 0, 1, far}, {far, far, far, far, far, far}};
      for (const AffineMap& map : maps) {
        CHECK(distorted(isa, image, map, &fill, from) == std::vector<float>(35, 7.0f));
        CHECK(distorted(isa, image, map, nullptr, from) == from);
      }
    }
}

static Feed image_feed(const Dataset& data) {
  PlanBuilder b;
  b.value("x", {-1, 3, 9, 11}, Role::input);
  b.value("label", {-1}, Role::input);
  b.at(1).dtype = DType::int32;
  return Feed(data, b.plan);
}

static void gathered_rows_are_distorted_alike_on_any_number_of_threads() {
  const int64_t rows = 40, row_count = 3 * 9 * 11;
  const std::vector<float> x = random_floats(static_cast<size_t>(rows * row_count), 1);
  const std::vector<int32_t> labels(static_cast<size_t>(rows), 1);
  const Dataset data({{"x", {3, 9, 11}, DType::float32, x.data(), x.size()},
                      {"label", {}, DType::int32, labels.data(), labels.size()}},
                     rows);
  AffineRange range;
  range.rotation = 20;
  range.translation = 0.1;
  range.flip = true;
  range.fill = {1, 2, 3};
  Feed feed = image_feed(data);
  CHECK_ERROR("ARGUMENT", "no input \"y\"", feed.distort("y", range, cpu_backend().distort(Isa::scalar), 1, 1));
  CHECK_ERROR("ARGUMENT", "only images", feed.distort("label", range, cpu_backend().distort(Isa::scalar), 1, 1));
  AffineRange two = range;
  two.fill = {1, 2};
  CHECK_ERROR("ARGUMENT", "expected 3 numbers", feed.distort("x", two, cpu_backend().distort(Isa::scalar), 1, 1));

  std::vector<int32_t> order;
  for (int32_t i = 0; i < rows; ++i) order.push_back((i * 7) % static_cast<int32_t>(rows));
  for (Isa isa : supported_isas()) {
    const DistortFunction distort = cpu_backend().distort(isa);
    feed.distort("x", range, distort, 5, 2);
    std::vector<float> expected;
    for (int32_t row : order) {
      const ImageLayout image = layout_of(3, 9, 11);
      std::vector<float> one(static_cast<size_t>(row_count));
      distort(image, draw_affine(range, image, 5, 2, static_cast<uint64_t>(row)), range.fill.data(),
              x.data() + row * row_count, one.data());
      expected.insert(expected.end(), one.begin(), one.end());
    }
    for (int threads : {1, 3}) {
      StepState state;
      ThreadLease lease(threads);
      Stream stream(state, lease);
      std::vector<float> batch(static_cast<size_t>(rows * row_count));
      Feed::gather(feed.inputs()[0], {order.data(), 0, rows, rows}, batch.data(), stream);
      CHECK(batch == expected);
    }
  }
}

static void epochs_distort_by_their_number() {
  const auto data = image_data(30);
  EpochJob job = epoch_job(data, 7, 0.05f, 1);
  const auto trained = [&](int threads) {
    Session session(image_options(threads));
    session.run_epoch(job);
    return everything(session);
  };
  const std::vector<float> plain = trained(1);
  job.augment = Augment{"x", {}};
  job.augment->range.fill = {0, 0};
  CHECK(trained(1) == plain);  // nothing varied
  job.augment->range.rotation = 15;
  const std::vector<float> turned = trained(1);
  CHECK(turned != plain);
  CHECK(trained(2) == turned);
  CHECK(trained(3) == turned);
  job.epoch = 2;
  job.shuffle = false;
  const std::vector<float> second = trained(1);
  job.epoch = 3;
  CHECK(trained(1) != second);
}

int main() {
  ranges_are_checked();
  maps_are_drawn_from_seed_epoch_and_row();
  whole_pixels_are_moved_exactly();
  places_far_away_are_the_fill_or_the_edge();
  gathered_rows_are_distorted_alike_on_any_number_of_threads();
  epochs_distort_by_their_number();
  return checks.report();
}
