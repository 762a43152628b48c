// Joins values that are one piece of memory (aliases, in-place results) into buffers, and places these greedily by
// size.
#include "core/memory.h"

#include <algorithm>
#include <numeric>

namespace netwright {

namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

// A piece of memory and the nodes, first to last, during which it is taken.
struct Buffer {
  size_t bytes = 0;
  int64_t first = 0;
  int64_t last = 0;
};

class Lifetimes {
 public:
  Lifetimes(const std::vector<MemoryValue>& values, const std::vector<MemoryNode>& nodes, bool share)
      : values_(values), nodes_(nodes), share_(share), last_read_(values.size(), -1), buffer_of(values.size(), kNone) {
    const int64_t end = static_cast<int64_t>(nodes.size());
    for (int64_t i = 0; i < end; ++i)
      for (size_t id : nodes[static_cast<size_t>(i)].in) last_read_[id] = i;
    for (size_t id = 0; id < values.size(); ++id)
      if (values[id].to_end) last_read_[id] = end;
    for (size_t id = 0; id < values.size(); ++id)
      if (values[id].from_start && !values[id].placed_elsewhere) join(id, open(values[id].bytes, -1));
    aliased.assign(nodes.size(), false);
    for (int64_t i = 0; i < end; ++i) visit(i);
  }

 private:
  const std::vector<MemoryValue>& values_;
  const std::vector<MemoryNode>& nodes_;
  const bool share_;
  std::vector<int64_t> last_read_;

 public:
  std::vector<size_t> buffer_of;  // per value
  std::vector<Buffer> buffers;
  std::vector<bool> aliased;

 private:
  size_t open(size_t bytes, int64_t at) {
    buffers.push_back({align_up(bytes), at, at});
    return buffers.size() - 1;
  }

  void join(size_t id, size_t buffer) {
    buffer_of[id] = buffer;
    buffers[buffer].last = std::max(buffers[buffer].last, last_read_[id]);
  }

  bool is_here(size_t id) const { return !values_[id].placed_elsewhere; }

  void visit(int64_t at) {
    const MemoryNode& node = nodes_[static_cast<size_t>(at)];
    if (node.is_alias && node.in.size() >= 1 && node.out.size() == 1 && is_here(node.in[0]) && is_here(node.out[0]) &&
        values_[node.in[0]].bytes == values_[node.out[0]].bytes) {
      join(node.out[0], buffer_of[node.in[0]]);
      aliased[static_cast<size_t>(at)] = true;
      return;
    }
    if (share_)
      for (const auto& [input, output] : node.in_place)
        overwrite(node, static_cast<size_t>(input), static_cast<size_t>(output), at);
    for (size_t id : node.out)
      if (is_here(id) && buffer_of[id] == kNone) join(id, open(values_[id].bytes, at));
  }

  // Gives the output the memory of the input when this node is the last to need it and reads it only once.
  void overwrite(const MemoryNode& node, size_t input, size_t output, int64_t at) {
    if (input >= node.in.size() || output >= node.out.size()) return;
    const size_t from = node.in[input], to = node.out[output];
    if (!is_here(from) || !is_here(to) || buffer_of[to] != kNone || values_[from].bytes != values_[to].bytes) return;
    const size_t buffer = buffer_of[from];
    if (buffers[buffer].last != at) return;
    for (size_t other = 0; other < node.in.size(); ++other)
      if (other != input && buffer_of[node.in[other]] == buffer) return;
    for (size_t id : node.out)
      if (buffer_of[id] == buffer) return;
    join(to, buffer);
    // An output that nobody reads is still written now.
    buffers[buffer].last = std::max(buffers[buffer].last, at);
  }
};

// Largest first; each at the lowest place where it meets no buffer that is alive at the same time.
std::vector<size_t> place(const std::vector<Buffer>& buffers, bool share, size_t& total) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (buffers[a].bytes != buffers[b].bytes) return buffers[a].bytes > buffers[b].bytes;
    return buffers[a].first < buffers[b].first;
  });
  std::vector<size_t> offsets(buffers.size(), 0);
  std::vector<size_t> placed;  // by offset
  total = 0;
  for (size_t current : order) {
    const Buffer& buffer = buffers[current];
    size_t offset = 0;
    for (size_t other : placed) {
      const bool meets = !share || (buffers[other].first <= buffer.last && buffer.first <= buffers[other].last);
      if (!meets) continue;
      if (offsets[other] >= offset + buffer.bytes) break;
      offset = std::max(offset, offsets[other] + buffers[other].bytes);
    }
    offsets[current] = offset;
    total = std::max(total, offset + buffer.bytes);
    const auto after = std::upper_bound(placed.begin(), placed.end(), offset,
                                        [&](size_t value, size_t other) { return value < offsets[other]; });
    placed.insert(after, current);
  }
  return offsets;
}

size_t most_alive(const std::vector<Buffer>& buffers, size_t nodes) {
  // Index 0 stands for the time before the first node.
  std::vector<size_t> starts(nodes + 3, 0), ends(nodes + 3, 0);
  for (const Buffer& buffer : buffers) {
    starts[static_cast<size_t>(buffer.first + 1)] += buffer.bytes;
    ends[static_cast<size_t>(buffer.last + 2)] += buffer.bytes;
  }
  size_t alive = 0, most = 0;
  for (size_t time = 0; time < starts.size(); ++time) {
    alive += starts[time];
    alive -= ends[time];
    most = std::max(most, alive);
  }
  return most;
}

}  // namespace

MemoryPlan plan_memory(const std::vector<MemoryValue>& values, const std::vector<MemoryNode>& nodes, bool share) {
  Lifetimes lifetimes(values, nodes, share);
  std::vector<Buffer> buffers = lifetimes.buffers;
  std::vector<size_t> workspace_buffer(nodes.size(), kNone);
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].workspace_bytes == 0 || lifetimes.aliased[i]) continue;
    workspace_buffer[i] = buffers.size();
    buffers.push_back({align_up(nodes[i].workspace_bytes), static_cast<int64_t>(i), static_cast<int64_t>(i)});
  }
  MemoryPlan plan;
  const std::vector<size_t> offsets = place(buffers, share, plan.total_bytes);
  plan.lower_bound_bytes = most_alive(buffers, nodes.size());
  plan.aliased = lifetimes.aliased;
  for (size_t buffer : lifetimes.buffer_of) plan.value_offsets.push_back(buffer == kNone ? kNowhere : offsets[buffer]);
  for (size_t buffer : workspace_buffer) plan.workspace_offsets.push_back(buffer == kNone ? kNowhere : offsets[buffer]);
  return plan;
}

}  // namespace netwright
