// Copies fields, matches them with a plan's inputs and gathers rows.
#include "core/dataset.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/storage.h"

namespace netwright {

namespace {

std::string field_text(const std::string& name, const std::vector<int64_t>& shape, DType dtype) {
  return text('"', name, "\" ", shape_text(shape), ' ', name_of(dtype));
}

std::string fields_text(const Dataset& dataset) {
  std::string all;
  for (const Dataset::Field& field : dataset.fields())
    all += (all.empty() ? "" : ", ") + field_text(field.name, field.shape, field.dtype);
  return all.empty() ? "none" : all;
}

int64_t checked_row_count(const Dataset::Source& source) {
  int64_t count = 1;
  for (int64_t dimension : source.shape) {
    check(dimension >= 1 && dimension <= kMostElements && count <= kMostElements / dimension, "DATA",
          "data set: field \"", source.name, "\" has rows of the impossible shape ", shape_text(source.shape));
    count *= dimension;
  }
  return count;
}

}  // namespace

Dataset::Dataset(const std::vector<Source>& sources, int64_t rows) : rows_(rows) {
  check(rows >= 1 && rows <= kMostDimension, "DATA", "data set: has ", rows, " rows, expected 1 to ", kMostDimension);
  for (const Source& source : sources) {
    for (const Field& field : fields_)
      check(field.name != source.name, "DATA", "data set: two fields are called \"", source.name, '"');
    Field field;
    field.name = source.name;
    field.shape = source.shape;
    field.dtype = source.dtype;
    field.row_count = checked_row_count(source);
    if (field.row_count > kMostElements / rows || source.count != static_cast<size_t>(field.row_count * rows))
      throw Error("DATA", text("data set: field \"", source.name, "\" has ", source.count, " numbers, expected ", rows,
                               " rows of ", shape_text(source.shape)));
    field.data.reset(new (std::nothrow) uint32_t[source.count]);
    check(field.data != nullptr, "MEMORY", "out of memory: field \"", source.name, "\" has ", source.count, " numbers");
    std::memcpy(field.data.get(), source.data, source.count * 4);
    bytes_ += source.count * 4;
    fields_.push_back(std::move(field));
  }
}

Feed::Feed(const Dataset& dataset, const Plan& plan) {
  for (size_t id = 0; id < plan.values.size(); ++id) {
    const PlanValue& value = plan.values[id];
    if (value.role != Role::input) continue;
    check(value.has_batch(), "DATA", "input \"", value.name, "\" has no batch and cannot be filled from a data set");
    const std::vector<int64_t> row(value.shape.begin() + 1, value.shape.end());
    const Dataset::Field* found = nullptr;
    for (const Dataset::Field& field : dataset.fields())
      if (field.name == value.name) found = &field;
    if (found == nullptr)
      throw Error("DATA", text("the data set has no field \"", value.name, "\", which the model needs (it has ",
                               fields_text(dataset), ")"));
    // The texts are made for the error only: a short prediction would feel them.
    if (found->shape != row || found->dtype != value.dtype)
      throw Error("DATA", text("the data set's field ", field_text(found->name, found->shape, found->dtype),
                               " does not fit the model, which expects ", field_text(value.name, row, value.dtype),
                               " for one row"));
    inputs_.push_back({found, id, value.storage == Storage::nhwc ? row[0] : 1});
  }
}

namespace {

// Up to here a float is exact, and with it the place of a pixel in its image.
constexpr int64_t kMostPixels = int64_t{1} << 24;

}  // namespace

void Feed::distort(const std::string& name, const AffineRange& range, DistortFunction function, uint64_t seed,
                   uint64_t epoch) {
  check_range(range);
  const auto input =
      std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& one) { return one.field->name == name; });
  check(input != inputs_.end(), "ARGUMENT", "there is no input \"", name, "\" to distort");
  const Dataset::Field& field = *input->field;
  check(field.shape.size() == 3 && field.dtype == DType::float32 && field.shape[1] <= kMostPixels / field.shape[2],
        "ARGUMENT",
        "only images [channels, height, width] of float32 with up to 2^24 pixels can be distorted, the input is ",
        field_text(field.name, field.shape, field.dtype));
  const int64_t channels = field.shape[0], height = field.shape[1], width = field.shape[2];
  check(range.fill.empty() || static_cast<int64_t>(range.fill.size()) == channels, "ARGUMENT", "fill: expected ",
        channels, " numbers, one for each channel, found ", range.fill.size());
  const bool channels_last = input->channels > 1;
  const ImageLayout image = {channels, height, width, channels_last ? 1 : height * width, channels_last ? channels : 1};
  input->distortion = Distortion{&range, image, function, seed, epoch};
}

namespace {

// Most bytes of a row that are fetched ahead: the whole next batch should fit a private cache.
constexpr int64_t kFetchedBytes = 1024;

// Rough nanoseconds of a distorted row: its map, and every element.
constexpr double kMapCost = 200, kDistortedElementCost = 4;

void fetch(const uint32_t* row, int64_t count) {
  const int64_t bytes = std::min<int64_t>(count * 4, kFetchedBytes);
  for (int64_t at = 0; at < bytes; at += 64) __builtin_prefetch(reinterpret_cast<const char*>(row) + at, 0, 2);
}

void gather_row(const Feed::Input& input, int64_t row, uint32_t* to) {
  const Dataset::Field& field = *input.field;
  if (!input.distortion) return channels_last(field.row(row), to, input.channels, field.row_count / input.channels);
  const Feed::Distortion& all = *input.distortion;
  const AffineMap map = draw_affine(*all.range, all.image, all.seed, all.epoch, static_cast<uint64_t>(row));
  all.distort(all.image, map, all.range->fill.empty() ? nullptr : all.range->fill.data(),
              reinterpret_cast<const float*>(field.row(row)), reinterpret_cast<float*>(to));
}

}  // namespace

void Feed::gather(const Input& input, const BatchRows& rows, void* to, Stream& stream) {
  const Dataset::Field& field = *input.field;
  const int64_t row_count = field.row_count;
  auto* copies = static_cast<uint32_t*>(to);
  const double cost = input.distortion ? kMapCost + static_cast<double>(row_count) * kDistortedElementCost
                                       : 20 + static_cast<double>(row_count) * (input.channels == 1 ? 0.1 : 1.0);
  stream.parallel(rows.count, cost, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; ++i) {
      gather_row(input, rows.row(i), copies + i * row_count);
      if (const int64_t next = rows.next(i); next >= 0) fetch(field.row(next), row_count);
    }
  });
}

}  // namespace netwright
