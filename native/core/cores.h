// How many cores this process may use: affinity mask and cgroup quota.
#pragma once

#include <string>

namespace netwright {

// Whole cores that the cgroup quota of this process leaves (rounded down, at least 1), or 0 without a quota. Version 1
// and 2. `root` stands for / in tests.
int quota_cores(const std::string& root = "");

// The smallest of affinity mask, cgroup quota and hardware; at least 1. Read anew by each call.
int detect_cores();

}  // namespace netwright
