// The memory planner: from who reads what when, to offsets in one arena. Pure functions, no pointers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace netwright {

constexpr size_t kAlignment = 64;  // bytes

inline size_t align_up(size_t bytes) { return (bytes + kAlignment - 1) / kAlignment * kAlignment; }

struct MemoryValue {
  size_t bytes = 0;
  bool placed_elsewhere = false;  // lives in an arena of its own, gets no offset here
  bool from_start = false;        // filled before the first node
  bool to_end = false;            // read after the last node
};

struct MemoryNode {
  std::vector<size_t> in;
  std::vector<size_t> out;
  bool is_alias = false;                           // output 0 may be the memory of input 0, without a step
  std::vector<std::pair<int, int>> in_place = {};  // (input, output) that may be the same memory
  size_t workspace_bytes = 0;
};

constexpr size_t kNowhere = static_cast<size_t>(-1);

struct MemoryPlan {
  std::vector<size_t> value_offsets;      // bytes; kNowhere for values placed elsewhere or never used
  std::vector<size_t> workspace_offsets;  // per node; kNowhere without workspace
  std::vector<bool> aliased;              // per node: its output is its input, nothing is to be done
  size_t total_bytes = 0;
  size_t lower_bound_bytes = 0;  // the most that is alive at once; no layout can take less
};

// Values that are never alive at the same node may share memory; with `share` false each has its own (aliases excepted,
// because they are one value). A value lives from the node that writes it to the last one that reads it.
MemoryPlan plan_memory(const std::vector<MemoryValue>& values, const std::vector<MemoryNode>& nodes, bool share = true);

}  // namespace netwright
