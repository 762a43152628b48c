// The verifier of plans: the first half of the memory-safety boundary (the other half is each op's verify).
#include <algorithm>
#include <unordered_set>

#include "core/plan.h"

namespace netwright {

namespace {

constexpr size_t kMostAxes = 8;
constexpr size_t kMostOperands = 1u << 16;

int64_t arena_elements(const ArenaSizes& arenas, Role role) {
  return role == Role::state ? arenas.state : arenas.param;
}

// Elements of two arena values that lie in the same memory.
bool overlap(const PlanValue& a, const PlanValue& b) {
  return a.role == b.role && a.slot == b.slot && a.offset < b.offset + row_count(b) &&
         b.offset < a.offset + row_count(a);
}

void verify_shape(const PlanValue& value, size_t id) {
  check(value.shape.size() <= kMostAxes, "PLAN", "plan: value ", id, " has rank ", value.shape.size(), ", at most ",
        kMostAxes, " is supported");
  int64_t count = 1;
  for (size_t axis = 0; axis < value.shape.size(); ++axis) {
    const int64_t dimension = value.shape[axis];
    if (axis == 0 && dimension == -1) continue;
    check(dimension >= 1 && dimension <= kMostDimension && count <= kMostElements / dimension, "PLAN", "plan: value ",
          id, " (\"", value.name, "\") has the impossible shape ", shape_text(value.shape));
    count *= dimension;
  }
  check(value.storage != Storage::nhwc || value.shape.size() == 4, "PLAN", "plan: value ", id,
        " has storage nhwc and shape ", shape_text(value.shape), ", expected four dimensions");
  check(value.storage != Storage::hwio || (value.shape.size() == 4 && !value.has_batch()), "PLAN", "plan: value ", id,
        " has storage hwio and shape ", shape_text(value.shape), ", expected four dimensions without batch");
}

void verify_place(const PlanValue& value, size_t id, const ArenaSizes& arenas) {
  if (!value.in_arena()) {
    check(!value.flat, "PLAN", "plan: value ", id, " is flat but has role ", name_of(value.role));
    return;
  }
  check(!value.has_batch() && value.dtype == DType::float32, "PLAN", "plan: value ", id, " of role ",
        name_of(value.role), " must be float32 and without batch");
  check(!value.flat || (value.shape.size() == 1 && value.storage == Storage::plain), "PLAN", "plan: flat value ", id,
        " has shape ", shape_text(value.shape), ", expected one plain dimension");
  const int64_t size = arena_elements(arenas, value.role);
  check(value.offset >= 0 && value.offset % kArenaAlignment == 0 && value.offset <= size &&
            row_count(value) <= size - value.offset,
        "PLAN", "plan: value ", id, " (\"", value.name, "\") of ", row_count(value), " elements at ", value.offset,
        " does not lie in its arena of ", size);
  const bool has_slot = value.slot >= 0 && value.slot < arenas.slots;
  check(value.role == Role::slot ? has_slot : value.slot == -1, "PLAN", "plan: value ", id, " of role ",
        name_of(value.role), " is in optimizer slot ", value.slot, " of ", arenas.slots);
}

void verify_value(const PlanValue& value, size_t id, const ArenaSizes& arenas) {
  check(!value.name.empty(), "PLAN", "plan: value ", id, " has no name");
  verify_shape(value, id);
  verify_place(value, id, arenas);
  check(!value.init || value.role == Role::param || value.role == Role::state, "PLAN", "plan: value ", id, " of role ",
        name_of(value.role), " has an initializer");
  check(value.role != Role::metric || (value.shape.empty() && value.dtype == DType::float32), "PLAN", "plan: metric ",
        id, " (\"", value.name, "\") has shape ", shape_text(value.shape), ", expected a float32 scalar");
  check(value.role != Role::output || value.dtype == DType::float32, "PLAN", "plan: output ", id, " (\"", value.name,
        "\") is not float32");
}

void verify_disjoint(const std::vector<PlanValue>& values) {
  std::vector<const PlanValue*> placed;
  for (const PlanValue& value : values)
    if (value.in_arena() && !value.flat) placed.push_back(&value);
  std::sort(placed.begin(), placed.end(), [](const PlanValue* a, const PlanValue* b) {
    if (a->role != b->role) return a->role < b->role;
    if (a->slot != b->slot) return a->slot < b->slot;
    return a->offset < b->offset;
  });
  for (size_t i = 1; i < placed.size(); ++i)
    check(!overlap(*placed[i - 1], *placed[i]), "PLAN", "plan: \"", placed[i - 1]->name, "\" and \"", placed[i]->name,
          "\" overlap in the ", name_of(placed[i]->role), " arena");
}

// Follows the nodes in order and remembers what has been written.
class Flow {
 public:
  explicit Flow(const Plan& plan) : plan_(plan), written_(plan.values.size(), false) {
    for (size_t id = 0; id < plan.values.size(); ++id) {
      const Role role = plan.values[id].role;
      written_[id] = role == Role::input || role == Role::param || role == Role::state || role == Role::slot;
      if (role == Role::grad && !plan.values[id].flat) gradients_.push_back(id);
    }
  }

  void verify() {
    bool updating = false;
    for (index_ = 0; index_ < plan_.nodes.size(); ++index_) {
      const PlanNode& node = plan_.nodes[index_];
      check(node.in.size() <= kMostOperands && node.out.size() <= kMostOperands, "PLAN", here(),
            " has too many operands");
      check(!updating || node.phase == Phase::update, "PLAN", here(),
            " of phase compute follows a node of phase update");
      updating = node.phase == Phase::update;
      for (int64_t id : node.in) verify_read(id);
      if (updating)
        verify_update(node);
      else
        for (int64_t id : node.out) verify_write(id);
    }
    for (size_t id = 0; id < plan_.values.size(); ++id) {
      const PlanValue& value = plan_.values[id];
      check(written_[id] || (value.role != Role::output && value.role != Role::metric), "PLAN",
            "plan: ", name_of(value.role), " \"", value.name, "\" is never written");
    }
  }

 private:
  std::string here() const { return text("plan: node ", index_, " (", plan_.nodes[index_].op, ")"); }

  const PlanValue& value(int64_t id, const char* verb) const {
    check(id >= 0 && static_cast<uint64_t>(id) < plan_.values.size(), "PLAN", here(), " ", verb, " value ", id, " of ",
          plan_.values.size());
    return plan_.values[static_cast<size_t>(id)];
  }

  void verify_read(int64_t id) const {
    const PlanValue& read = value(id, "reads");
    // A parameter that the loss does not depend on has no gradient value: its part of the arena stays zero.
    if (read.role == Role::grad && read.flat) {
      for (size_t gradient : gradients_)
        check(written_[gradient] || !overlap(plan_.values[gradient], read), "PLAN", here(), " reads \"", read.name,
              "\" before \"", plan_.values[gradient].name, "\" is written");
      return;
    }
    check(written_[static_cast<size_t>(id)], "PLAN", here(), " reads \"", read.name, "\" before it is written");
  }

  void verify_write(int64_t id) {
    const PlanValue& out = value(id, "writes");
    const bool writable = out.role == Role::temp || out.role == Role::output || out.role == Role::metric ||
                          (out.role == Role::grad && !out.flat);
    check(writable, "PLAN", here(), " of phase compute writes \"", out.name, "\" of role ", name_of(out.role));
    check(!written_[static_cast<size_t>(id)], "PLAN", here(), " writes \"", out.name, "\", which was written before");
    written_[static_cast<size_t>(id)] = true;
  }

  void verify_update(const PlanNode& node) const {
    for (size_t i = 0; i < node.out.size(); ++i) {
      const int64_t id = node.out[i];
      const PlanValue& out = value(id, "writes");
      check(out.role == Role::param || out.role == Role::state || out.role == Role::slot, "PLAN", here(),
            " of phase update writes \"", out.name, "\" of role ", name_of(out.role));
      check(std::count(node.in.begin(), node.in.end(), id) == 1, "PLAN", here(), " changes \"", out.name,
            "\" in place, which must be one of its inputs, once");
      for (int64_t other : node.in)
        check(other == id || !overlap(plan_.values[static_cast<size_t>(other)], out), "PLAN", here(), " changes \"",
              out.name, "\" and reads other values in the same memory");
      for (size_t j = 0; j < i; ++j) check(node.out[j] != id, "PLAN", here(), " changes \"", out.name, "\" twice");
    }
  }

  const Plan& plan_;
  std::vector<bool> written_;
  std::vector<size_t> gradients_;
  size_t index_ = 0;
};

}  // namespace

void verify(const Plan& plan) {
  check(plan.values.size() <= kMostPlanItems && plan.nodes.size() <= kMostPlanItems, "PLAN", "plan: has ",
        plan.values.size(), " values and ", plan.nodes.size(), " nodes, at most ", kMostPlanItems,
        " of each are supported");
  const ArenaSizes& arenas = plan.arenas;
  check(arenas.param >= 0 && arenas.param <= kMostElements && arenas.state >= 0 && arenas.state <= kMostElements &&
            arenas.slots >= 0 && arenas.slots <= kMostSlots,
        "PLAN", "plan: arenas of ", arenas.param, " parameters, ", arenas.state, " states and ", arenas.slots,
        " slots are impossible");
  std::unordered_set<std::string> names;
  for (size_t id = 0; id < plan.values.size(); ++id) {
    verify_value(plan.values[id], id, arenas);
    check(names.insert(plan.values[id].name).second, "PLAN", "plan: two values are called \"", plan.values[id].name,
          "\"");
  }
  verify_disjoint(plan.values);
  Flow(plan).verify();
}

}  // namespace netwright
