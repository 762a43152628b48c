// Initial values of parameters and states, the same bits as initialValues() in lib/ops/rng.ts.
#pragma once

#include <string>
#include <vector>

#include "core/plan.h"

namespace netwright {

// In the user's order, keyed by the name.
std::vector<float> initial_values(const Initializer& init, const std::string& name, int64_t count, uint64_t seed);

// The order in which an epoch takes the rows: Fisher-Yates with the words of stream "shuffle", the epoch as its step.
std::vector<int32_t> shuffle_order(uint64_t seed, uint64_t epoch, int64_t rows);

}  // namespace netwright
