// Names of the plan's vocabulary, and shapes with a batch put in.
#include "core/plan.h"

namespace netwright {

const char* name_of(Role role) {
  static const char* const names[] = {"input", "param", "state", "grad", "slot", "temp", "output", "metric"};
  return names[static_cast<int>(role)];
}

const char* name_of(Storage storage) {
  static const char* const names[] = {"plain", "nhwc", "hwio"};
  return names[static_cast<int>(storage)];
}

const char* name_of(DType dtype) { return dtype == DType::float32 ? "float32" : "int32"; }

const char* name_of(Mode mode) {
  static const char* const names[] = {"train", "evaluate", "predict"};
  return names[static_cast<int>(mode)];
}

const char* name_of(Phase phase) { return phase == Phase::compute ? "compute" : "update"; }

std::vector<int64_t> substitute_batch(const PlanValue& value, int64_t batch) {
  check(batch >= 1 && batch <= kMostDimension, "ARGUMENT", "a batch has 1 to ", kMostDimension, " rows, got ", batch);
  std::vector<int64_t> shape = value.shape;
  if (value.has_batch()) shape[0] = batch;
  int64_t count = 1;
  for (int64_t dimension : shape) {
    check(dimension >= 1 && count <= kMostElements / dimension, "MEMORY", "value \"", value.name, "\" of shape ",
          shape_text(shape), " has more than ", kMostElements, " elements; use a smaller batch");
    count *= dimension;
  }
  return shape;
}

int64_t row_count(const PlanValue& value) {
  int64_t count = 1;
  for (int64_t dimension : value.shape) count *= dimension == -1 ? 1 : dimension;
  return count;
}

}  // namespace netwright
