// The memory planner: random graphs are played byte by byte, so that any value overwritten while it is needed shows.
#include "core/memory.h"

#include <algorithm>
#include <random>

#include "check.h"

using namespace netwright;

namespace {

struct Graph {
  std::vector<MemoryValue> values;
  std::vector<MemoryNode> nodes;
};

// Plays the program on memory that holds, for each 64 bytes, which value was written there. Aliases hand their mark on.
class Player {
 public:
  Player(const Graph& graph, const MemoryPlan& plan)
      : graph_(graph), plan_(plan), memory_(plan.total_bytes / kAlignment, kNowhere), mark_(graph.values.size()) {
    for (size_t id = 0; id < mark_.size(); ++id) mark_[id] = id;
  }

  bool play() {
    for (size_t id = 0; id < graph_.values.size(); ++id)
      if (graph_.values[id].from_start) write(id);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) step(i);
    for (size_t id = 0; id < graph_.values.size(); ++id)
      if (graph_.values[id].to_end) read(id);
    return ok_;
  }

 private:
  bool is_here(size_t id) const { return !graph_.values[id].placed_elsewhere; }

  void mark(size_t offset, size_t bytes, size_t as) {
    if (offset % kAlignment != 0 || offset + bytes > plan_.total_bytes) {
      ok_ = false;
      return;
    }
    for (size_t line = offset / kAlignment; line < (offset + align_up(bytes)) / kAlignment; ++line) memory_[line] = as;
  }

  void write(size_t id) {
    if (is_here(id)) mark(plan_.value_offsets[id], graph_.values[id].bytes, mark_[id]);
  }

  void read(size_t id) {
    if (!is_here(id)) return;
    const size_t offset = plan_.value_offsets[id];
    if (offset == kNowhere) {
      ok_ = false;
      return;
    }
    for (size_t line = offset / kAlignment; line < (offset + align_up(graph_.values[id].bytes)) / kAlignment; ++line)
      ok_ = ok_ && memory_[line] == mark_[id];
  }

  bool meet(size_t a, size_t a_bytes, size_t b, size_t b_bytes) const {
    return a < b + align_up(b_bytes) && b < a + align_up(a_bytes);
  }

  void step(size_t index) {
    const MemoryNode& node = graph_.nodes[index];
    for (size_t id : node.in) read(id);
    if (plan_.aliased[index]) {
      ok_ = ok_ && node.is_alias && plan_.value_offsets[node.in[0]] == plan_.value_offsets[node.out[0]];
      mark_[node.out[0]] = mark_[node.in[0]];
      return;
    }
    // While a kernel runs, its operands and its workspace are all in use: only declared pairs may be the same memory.
    for (size_t o = 0; o < node.out.size(); ++o) {
      const size_t out = node.out[o];
      if (!is_here(out)) continue;
      for (size_t other = o + 1; other < node.out.size(); ++other)
        if (is_here(node.out[other])) expect_apart(out, node.out[other]);
      for (size_t i = 0; i < node.in.size(); ++i) {
        if (!is_here(node.in[i])) continue;
        const bool same = plan_.value_offsets[node.in[i]] == plan_.value_offsets[out];
        const auto pair = std::make_pair(static_cast<int>(i), static_cast<int>(o));
        const bool is_declared = std::count(node.in_place.begin(), node.in_place.end(), pair) > 0;
        const auto reads_it = [&](size_t id) {
          return is_here(id) && plan_.value_offsets[id] == plan_.value_offsets[out];
        };
        const bool is_read_once = std::count_if(node.in.begin(), node.in.end(), reads_it) == 1;
        const bool is_as_large = graph_.values[node.in[i]].bytes == graph_.values[out].bytes;
        if (!same || !is_declared || !is_read_once || !is_as_large) expect_apart(out, node.in[i]);
      }
    }
    if (node.workspace_bytes > 0) {
      const size_t offset = plan_.workspace_offsets[index];
      for (const auto* list : {&node.in, &node.out})
        for (size_t id : *list)
          if (is_here(id))
            ok_ = ok_ && !meet(offset, node.workspace_bytes, plan_.value_offsets[id], graph_.values[id].bytes);
      mark(offset, node.workspace_bytes, kNowhere);
    }
    for (size_t id : node.out) write(id);
  }

  void expect_apart(size_t a, size_t b) {
    ok_ = ok_ && !meet(plan_.value_offsets[a], graph_.values[a].bytes, plan_.value_offsets[b], graph_.values[b].bytes);
  }

  const Graph& graph_;
  const MemoryPlan& plan_;
  std::vector<size_t> memory_;  // per line of 64 bytes: the mark of the value written last
  std::vector<size_t> mark_;
  bool ok_ = true;
};

Graph random_graph(std::mt19937& random) {
  const auto below = [&](size_t limit) { return static_cast<size_t>(random() % limit); };
  Graph graph;
  const size_t kinds = 1 + below(4);
  std::vector<size_t> sizes;
  for (size_t i = 0; i < kinds; ++i) sizes.push_back(4 * (1 + below(200)));
  std::vector<size_t> available;
  const auto add = [&](MemoryValue value) {
    graph.values.push_back(value);
    return graph.values.size() - 1;
  };
  for (size_t i = 0; i < 1 + below(3); ++i) available.push_back(add({sizes[below(kinds)], false, true, false}));
  for (size_t i = 0; i < below(3); ++i) available.push_back(add({sizes[below(kinds)], true, false, false}));
  const size_t node_count = 1 + below(30);
  for (size_t i = 0; i < node_count; ++i) {
    MemoryNode node;
    for (size_t j = 0; j < below(4); ++j) {
      // Mostly recent values, so that memory gets free.
      const size_t back = below(4) == 0 ? available.size() : std::min<size_t>(4, available.size());
      node.in.push_back(available[available.size() - 1 - below(back)]);
    }
    const size_t outputs = below(8) == 0 ? 0 : 1 + (below(4) == 0 ? below(3) : 0);
    for (size_t j = 0; j < outputs; ++j) {
      const bool like_input = !node.in.empty() && below(3) > 0;
      const size_t bytes = like_input ? graph.values[node.in[below(node.in.size())]].bytes : sizes[below(kinds)];
      node.out.push_back(add({bytes, below(10) == 0, false, below(10) == 0}));
    }
    for (size_t input = 0; input < node.in.size() + below(2); ++input)
      for (size_t output = 0; output < node.out.size() + below(2); ++output)
        if (below(2) == 0) node.in_place.emplace_back(static_cast<int>(input), static_cast<int>(output));
    node.is_alias = node.out.size() == 1 && !node.in.empty() && below(5) == 0 &&
                    graph.values[node.in[0]].bytes == graph.values[node.out[0]].bytes;
    if (below(3) == 0) node.workspace_bytes = 1 + below(2000);
    available.insert(available.end(), node.out.begin(), node.out.end());
    graph.nodes.push_back(node);
  }
  return graph;
}

void random_graphs_never_lose_a_value() {
  std::mt19937 random(1);
  bool all_play = true, all_unshared_play = true, bounded = true, distinct = true;
  size_t total = 0, unshared_total = 0, lower = 0;
  for (int round = 0; round < 4000; ++round) {
    const Graph graph = random_graph(random);
    const MemoryPlan plan = plan_memory(graph.values, graph.nodes);
    const MemoryPlan unshared = plan_memory(graph.values, graph.nodes, false);
    all_play = all_play && Player(graph, plan).play();
    all_unshared_play = all_unshared_play && Player(graph, unshared).play();
    bounded = bounded && plan.lower_bound_bytes <= plan.total_bytes && plan.total_bytes <= unshared.total_bytes;
    for (size_t a = 0; a < graph.values.size(); ++a)
      for (size_t b = 0; b < a; ++b)
        if (unshared.value_offsets[a] != kNowhere && unshared.value_offsets[a] == unshared.value_offsets[b]) {
          bool is_alias = false;  // only chains of aliases may meet
          for (size_t i = 0; i < graph.nodes.size(); ++i) is_alias = is_alias || unshared.aliased[i];
          distinct = distinct && is_alias;
        }
    total += plan.total_bytes;
    unshared_total += unshared.total_bytes;
    lower += plan.lower_bound_bytes;
  }
  CHECK(all_play);
  CHECK(all_unshared_play);
  CHECK(bounded);
  CHECK(distinct);
  // Greedy by size stays close to what cannot be undercut.
  CHECK(static_cast<double>(total) < 1.1 * static_cast<double>(lower));
  CHECK(total < unshared_total);
}

void a_chain_of_elementwise_ops_takes_one_buffer() {
  Graph graph;
  graph.values.push_back({256, false, true, false});
  for (size_t i = 0; i < 5; ++i) {
    graph.values.push_back({256, false, false, i == 4});
    graph.nodes.push_back({{i}, {i + 1}, false, {{0, 0}}, 0});
  }
  const MemoryPlan plan = plan_memory(graph.values, graph.nodes);
  CHECK(plan.total_bytes == 256 && plan.lower_bound_bytes == 256);
  CHECK(plan_memory(graph.values, graph.nodes, false).total_bytes == 6 * 256);
}

void a_value_read_later_is_not_overwritten() {
  Graph graph;
  graph.values = {{64, false, true, false}, {64, false, false, false}, {64, false, false, true}};
  graph.nodes = {{{0}, {1}, false, {{0, 0}}, 0}, {{0, 1}, {2}, false, {{0, 0}, {1, 0}}, 0}};
  const MemoryPlan plan = plan_memory(graph.values, graph.nodes);
  CHECK(plan.value_offsets[0] != plan.value_offsets[1]);
  CHECK(plan.value_offsets[2] == plan.value_offsets[0]);
}

void an_operand_that_appears_twice_is_not_overwritten() {
  Graph graph;
  graph.values = {{64, false, true, false}, {64, false, false, true}};
  graph.nodes = {{{0, 0}, {1}, false, {{0, 0}, {1, 0}}, 0}};
  const MemoryPlan plan = plan_memory(graph.values, graph.nodes);
  CHECK(plan.value_offsets[0] != plan.value_offsets[1]);
}

void an_alias_keeps_its_source_alive() {
  Graph graph;
  graph.values = {
      {64, false, true, false}, {64, false, false, false}, {64, false, false, false}, {64, false, false, true}};
  // 0 -> alias 1; node reads 0 for the last time and could be in place; the alias is read after that.
  graph.nodes = {{{0}, {1}, true, {}, 0}, {{0}, {2}, false, {{0, 0}}, 0}, {{1, 2}, {3}, false, {}, 0}};
  const MemoryPlan plan = plan_memory(graph.values, graph.nodes);
  CHECK(plan.aliased[0] && plan.value_offsets[0] == plan.value_offsets[1]);
  CHECK(plan.value_offsets[2] != plan.value_offsets[0]);
}

void an_alias_of_memory_elsewhere_is_copied() {
  Graph graph;
  graph.values = {{64, true, false, false}, {64, false, false, true}};
  graph.nodes = {{{0}, {1}, true, {}, 0}};
  const MemoryPlan plan = plan_memory(graph.values, graph.nodes);
  CHECK(!plan.aliased[0] && plan.value_offsets[0] == kNowhere && plan.value_offsets[1] == 0);
}

}  // namespace

int main() {
  random_graphs_never_lose_a_value();
  a_chain_of_elementwise_ops_takes_one_buffer();
  a_value_read_later_is_not_overwritten();
  an_operand_that_appears_twice_is_not_overwritten();
  an_alias_keeps_its_source_alive();
  an_alias_of_memory_elsewhere_is_copied();
  return checks.report();
}
