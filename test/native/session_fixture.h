// Data and sessions that several native tests use.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/session.h"
#include "plan_builder.h"

namespace netwright {

inline std::vector<float> random_floats(size_t count, uint32_t stream) {
  std::vector<float> numbers(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = 2 * uniform_of_word(random_word(1, stream, 0, i)) - 1;
  return numbers;
}

// Two targets that a small network can learn from three inputs.
inline std::shared_ptr<const Dataset> dense_data(int64_t rows, float spoil = 0, int64_t spoiled_row = -1) {
  std::vector<float> x = random_floats(static_cast<size_t>(rows * 3), 1), target;
  for (int64_t i = 0; i < rows; ++i) {
    const float* row = x.data() + i * 3;
    target.push_back(row[0] + 0.5f * row[1]);
    target.push_back(std::abs(row[2]));
  }
  if (spoiled_row >= 0) x[static_cast<size_t>(spoiled_row * 3)] = spoil;
  return std::make_shared<const Dataset>(
      std::vector<Dataset::Source>{{"x", {3}, DType::float32, x.data(), x.size()},
                                   {"target", {2}, DType::float32, target.data(), target.size()}},
      rows);
}

// Images whose class is the brightest of three corners.
inline std::shared_ptr<const Dataset> image_data(int64_t rows) {
  const std::vector<float> x = random_floats(static_cast<size_t>(rows * 72), 2);
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < rows; ++i) {
    const float* image = x.data() + i * 72;
    const float corners[] = {image[0], image[5], image[71]};
    labels.push_back(corners[0] > corners[1] ? (corners[0] > corners[2] ? 0 : 2) : (corners[1] > corners[2] ? 1 : 2));
  }
  return std::make_shared<const Dataset>(
      std::vector<Dataset::Source>{{"x", {2, 6, 6}, DType::float32, x.data(), x.size()},
                                   {"label", {}, DType::int32, labels.data(), labels.size()}},
      rows);
}

inline SessionOptions dense_options(int threads = 1) {
  DensePlans plans;
  SessionOptions options;
  options.plans = {plans.train.share(), plans.evaluate.share(), plans.predict.share()};
  options.seed = 3;
  options.threads = threads;
  options.isa = active_isa();
  return options;
}

inline SessionOptions image_options(int threads = 1) {
  SessionOptions options;
  options.plans = {convolution_plan().share(), nullptr, nullptr};
  options.seed = 3;
  options.threads = threads;
  options.isa = active_isa();
  return options;
}

inline EpochJob epoch_job(std::shared_ptr<const Dataset> dataset, int64_t batch_size, float learning_rate,
                          uint64_t epoch = 0) {
  EpochJob job;
  job.dataset = std::move(dataset);
  job.batch_size = batch_size;
  const int64_t size = std::min(batch_size, job.dataset->rows());
  job.learning_rates.assign(static_cast<size_t>((job.dataset->rows() + size - 1) / size), learning_rate);
  job.epoch = epoch;
  job.shuffle = true;
  return job;
}

inline double number(const NamedNumbers& numbers, const std::string& name) {
  for (const auto& [key, value] : numbers)
    if (key == name) return value;
  return std::nan("");
}

// All parameters, states, gradients and slots, one after the other.
inline std::vector<float> everything(const Session& session) {
  std::vector<float> all;
  for (const PlanValue& value : session.names()) {
    const std::vector<float> one = session.read(value);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

}  // namespace netwright
