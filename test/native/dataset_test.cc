// Data sets: copies, errors that name field and shapes, and the gather with its change of storage.
#include "core/dataset.h"

#include <numeric>

#include "check.h"
#include "core/storage.h"
#include "plan_builder.h"

using namespace netwright;

static Dataset::Source source(const std::string& name, std::vector<int64_t> shape, const std::vector<float>& data) {
  return {name, std::move(shape), DType::float32, data.data(), data.size()};
}

static std::vector<float> counting(size_t count) {
  std::vector<float> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0.0f);
  return numbers;
}

static void sizes_are_checked() {
  const std::vector<float> six = counting(6);
  CHECK_ERROR("DATA", "expected 1 to", Dataset({source("x", {2}, six)}, 0));
  CHECK_ERROR("DATA", "has 6 numbers, expected 2 rows of [2]", Dataset({source("x", {2}, six)}, 2));
  CHECK_ERROR("DATA", "impossible shape", Dataset({source("x", {-3}, six)}, 2));
  CHECK_ERROR("DATA", "impossible shape", Dataset({source("x", {int64_t{1} << 35, int64_t{1} << 35}, six)}, 2));
  CHECK_ERROR("DATA", "two fields are called \"x\"", Dataset({source("x", {2}, six), source("x", {2}, six)}, 3));
  CHECK_ERROR("DATA", "expected 1 to", Dataset({source("x", {1}, six)}, int64_t{1} << 40));
  const Dataset good({source("x", {2}, six)}, 3);
  CHECK(good.rows() == 3 && good.bytes() == 24);
}

static void fields_must_fit_the_plan() {
  const Plan plan = DensePlans().train.plan;
  const std::vector<float> x = counting(6), target = counting(4);
  CHECK(Feed(Dataset({source("target", {2}, target), source("x", {3}, x), source("unused", {1}, counting(2))}, 2), plan)
            .inputs()
            .size() == 2);
  CHECK_ERROR("DATA", "has no field \"target\"", Feed(Dataset({source("x", {3}, x)}, 2), plan));
  CHECK_ERROR("DATA", "\"x\" [1, 3] float32 does not fit the model, which expects \"x\" [3] float32",
              Feed(Dataset({source("x", {1, 3}, x), source("target", {2}, target)}, 2), plan));
  Dataset::Source labels = source("target", {2}, target);
  labels.dtype = DType::int32;
  CHECK_ERROR("DATA", "int32", Feed(Dataset({source("x", {3}, x), labels}, 2), plan));
  PlanBuilder fixed;
  fixed.value("scale", {2}, Role::input);
  CHECK_ERROR("DATA", "has no batch", Feed(Dataset({source("scale", {2}, target)}, 2), fixed.plan));
}

static void rows_are_gathered_in_the_order_given() {
  PlanBuilder b;
  b.value("x", {-1, 2}, Role::input);
  const std::vector<float> numbers = counting(10);
  const Dataset data({source("x", {2}, numbers)}, 5);
  const Feed feed(data, b.plan);
  StepState state;
  ThreadLease lease(2);
  Stream stream(state, lease);
  std::vector<float> batch(4);
  const int32_t order[] = {4, 1};
  Feed::gather(feed.inputs()[0], {order, 0, 2, 2}, batch.data(), stream);
  CHECK((batch == std::vector<float>{8, 9, 2, 3}));
  Feed::gather(feed.inputs()[0], {nullptr, 3, 2, 5}, batch.data(), stream);
  CHECK((batch == std::vector<float>{6, 7, 8, 9}));
}

static void images_are_gathered_channels_last() {
  PlanBuilder b;
  b.value("x", {-1, 3, 2, 2}, Role::input);
  const std::vector<float> numbers = counting(24);
  const Dataset data({source("x", {3, 2, 2}, numbers)}, 2);
  const Feed feed(data, b.plan);
  StepState state;
  ThreadLease lease(1);
  Stream stream(state, lease);
  std::vector<float> batch(12), expected(12);
  const int32_t order[] = {1};
  Feed::gather(feed.inputs()[0], {order, 0, 1, 1}, batch.data(), stream);
  to_storage({DType::float32, Storage::nhwc, {1, 3, 2, 2}}, numbers.data() + 12, expected.data());
  CHECK(batch == expected);
  CHECK((std::vector<float>(batch.begin(), batch.begin() + 4) == std::vector<float>{12, 16, 20, 13}));
}

static void storage_comes_back_as_it_went() {
  for (const Tensor& tensor :
       {Tensor{DType::float32, Storage::nhwc, {2, 3, 4, 5}}, Tensor{DType::float32, Storage::hwio, {2, 3, 4, 5}},
        Tensor{DType::float32, Storage::plain, {2, 3, 4, 5}}}) {
    const std::vector<float> user = counting(120);
    std::vector<float> native(120), back(120);
    to_storage(tensor, user.data(), native.data());
    from_storage(tensor, native.data(), back.data());
    CHECK(back == user);
    CHECK((native == user) == (tensor.storage == Storage::plain));
  }
  // OIHW element (o, i, h, w) lies at ((h * kw + w) * ic + i) * oc + o.
  std::vector<float> native(120);
  to_storage({DType::float32, Storage::hwio, {2, 3, 4, 5}}, counting(120).data(), native.data());
  CHECK(native[((1 * 5 + 2) * 3 + 2) * 2 + 1] == static_cast<float>(((1 * 3 + 2) * 4 + 1) * 5 + 2));
}

int main() {
  sizes_are_checked();
  fields_must_fit_the_plan();
  rows_are_gathered_in_the_order_given();
  images_are_gathered_channels_last();
  storage_comes_back_as_it_went();
  return checks.report();
}
