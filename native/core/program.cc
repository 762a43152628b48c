// Binds a plan for one batch size: substitutes, verifies each op, chooses kernels and lays out memory.
#include "core/program.h"

#include <cstring>
#include <set>
#include <stdexcept>

namespace netwright {

namespace {

constexpr size_t kMostBytes = size_t{1} << 46;

std::vector<ProgramValue> bind_values(const Plan& plan, int64_t batch) {
  std::vector<ProgramValue> values;
  values.reserve(plan.values.size());
  for (const PlanValue& value : plan.values) {
    ProgramValue bound;
    bound.tensor = {value.dtype, value.storage, substitute_batch(value, batch)};
    bound.bytes = static_cast<size_t>(bound.tensor.count()) * 4;  // float32 and int32 alike
    bound.place = place_of(value.role);
    if (value.in_arena()) {
      const int64_t start = value.role == Role::slot ? value.slot * plan.arenas.param : 0;
      bound.offset = static_cast<size_t>(start + value.offset) * 4;
    }
    values.push_back(std::move(bound));
  }
  return values;
}

std::vector<const OpDef*> find_ops(const Plan& plan, const Backend& backend) {
  std::vector<const OpDef*> ops;
  std::set<std::string> missing;
  for (const PlanNode& node : plan.nodes) {
    ops.push_back(find_op(node.op));
    if (ops.back() == nullptr) missing.insert(node.op);
  }
  std::string list;
  for (const std::string& name : missing) list += (list.empty() ? "" : ", ") + name;
  check(missing.empty(), "PLAN", "backend \"", backend.name, "\" has no kernel for ", list);
  return ops;
}

void verify_node(const OpDef& op, const Node& node, const PlanNode& plan_node, size_t index) {
  try {
    op.verify(node);
  } catch (const Error& error) {
    if (error.code() != "PLAN") throw;
    throw Error("PLAN", text("plan: node ", index, ": ", error.what()));
  } catch (const std::out_of_range&) {
    throw Error("PLAN", text("plan: node ", index, " (", node.op, ") lacks operands or dimensions"));
  }
  if (plan_node.phase == Phase::compute) return;
  for (size_t output = 0; output < plan_node.out.size(); ++output) {
    bool allowed = false;
    for (const auto& pair : op.in_place)
      allowed = allowed ||
                (static_cast<size_t>(pair.second) == output && static_cast<size_t>(pair.first) < plan_node.in.size() &&
                 plan_node.in[static_cast<size_t>(pair.first)] == plan_node.out[output]);
    check(allowed, "PLAN", "plan: node ", index, " (", node.op, ") cannot change input \"", node.label, "\" ", output,
          " in place");
  }
}

// For an op whose output is its input in other words, where the two cannot be one piece of memory.
void run_copy(const Args& args, Stream&) {
  std::memcpy(args.out[0], args.in[0], *static_cast<const size_t*>(args.data));
}

BoundKernel copy_kernel(size_t bytes) {
  BoundKernel kernel;
  kernel.run = run_copy;
  kernel.name = "copy";
  kernel.data = std::make_shared<const size_t>(bytes);
  return kernel;
}

std::vector<size_t> indexes(const std::vector<int64_t>& ids) { return std::vector<size_t>(ids.begin(), ids.end()); }

std::vector<MemoryValue> memory_values(const Program& program) {
  std::vector<MemoryValue> values;
  for (size_t id = 0; id < program.values.size(); ++id) {
    const Role role = program.plan->values[id].role;
    values.push_back({program.values[id].bytes, program.values[id].place != Place::activation, role == Role::input,
                      role == Role::output || role == Role::metric});
  }
  return values;
}

// Sizes are bounded one by one; this bounds their sum, so that offsets cannot overflow.
void check_total(const Program& program, const std::vector<MemoryNode>& nodes) {
  size_t total = 0;
  auto add = [&total](size_t bytes) {
    check(bytes <= kMostBytes && total + bytes <= kMostBytes, "MEMORY",
          "a program for this batch size needs more than ", kMostBytes, " bytes; use a smaller batch");
    total += bytes;
  };
  for (const ProgramValue& value : program.values) add(align_up(value.bytes));
  for (const MemoryNode& node : nodes) add(align_up(node.workspace_bytes));
}

}  // namespace

Place place_of(Role role) {
  switch (role) {
    case Role::param:
      return Place::param;
    case Role::state:
      return Place::state;
    case Role::grad:
      return Place::grad;
    case Role::slot:
      return Place::slot;
    default:
      return Place::activation;
  }
}

Node node_of(const Program& program, size_t index) {
  const PlanNode& found = program.plan->nodes[index];
  Node node;
  node.op = found.op;
  node.label = found.label;
  for (int64_t id : found.in) node.in.push_back(program.values[static_cast<size_t>(id)].tensor);
  for (int64_t id : found.out) node.out.push_back(program.values[static_cast<size_t>(id)].tensor);
  node.attributes = found.attributes;
  return node;
}

std::shared_ptr<const Program> bind_program(std::shared_ptr<const Plan> plan, int64_t batch, const Backend& backend,
                                            const Target& target, bool share) {
  auto program = std::make_shared<Program>();
  program->plan = plan;
  program->batch = batch;
  program->target = target;
  program->values = bind_values(*plan, batch);
  const std::vector<const OpDef*> ops = find_ops(*plan, backend);
  std::vector<BoundKernel> kernels;
  std::vector<MemoryNode> memory_nodes;
  for (size_t i = 0; i < plan->nodes.size(); ++i) {
    const Node node = node_of(*program, i);
    const PlanNode& plan_node = plan->nodes[i];
    verify_node(*ops[i], node, plan_node, i);
    const bool is_alias = ops[i]->is_alias != nullptr && ops[i]->is_alias(node);
    kernels.push_back(is_alias ? copy_kernel(program->values[static_cast<size_t>(plan_node.out[0])].bytes)
                               : backend.bind(*ops[i], node, target));
    check(kernels.back().run != nullptr, "PLAN", "backend \"", backend.name, "\" has no kernel for ", node.op, " of ",
          node.in.empty() ? "these operands" : shape_text(node.in[0].shape));
    memory_nodes.push_back(
        {indexes(plan_node.in), indexes(plan_node.out), is_alias, ops[i]->in_place, kernels[i].workspace_bytes});
  }
  check_total(*program, memory_nodes);
  const MemoryPlan memory = plan_memory(memory_values(*program), memory_nodes, share);
  program->activation_bytes = memory.total_bytes;
  program->lower_bound_bytes = memory.lower_bound_bytes;
  for (size_t id = 0; id < program->values.size(); ++id)
    if (program->values[id].place == Place::activation) program->values[id].offset = memory.value_offsets[id];
  for (size_t i = 0; i < plan->nodes.size(); ++i) {
    if (memory.aliased[i]) continue;
    program->steps.push_back({i, std::move(kernels[i]), memory.workspace_offsets[i]});
    program->operand_count += plan->nodes[i].in.size() + plan->nodes[i].out.size();
    if (plan->nodes[i].phase == Phase::compute) program->compute_steps = program->steps.size();
  }
  return program;
}

void ResolvedProgram::resolve(const std::array<char*, kPlaces>& bases) {
  if (bases == bases_ && steps_.size() == program_->steps.size()) return;
  bases_ = bases;
  operands_.clear();
  operands_.reserve(program_->operand_count);  // steps point into it
  steps_.clear();
  for (const ProgramStep& step : program_->steps) {
    const PlanNode& node = program_->plan->nodes[step.node];
    Step resolved;
    resolved.run = step.kernel.run;
    resolved.args.data = step.kernel.data.get();
    if (step.workspace_offset != kNowhere)
      resolved.args.workspace = bases[static_cast<size_t>(Place::activation)] + step.workspace_offset;
    resolved.args.in = operands_.data() + operands_.size();
    for (int64_t id : node.in) operands_.push_back(address(static_cast<size_t>(id)));
    resolved.args.out = operands_.data() + operands_.size();
    for (int64_t id : node.out) operands_.push_back(address(static_cast<size_t>(id)));
    steps_.push_back(resolved);
  }
}

}  // namespace netwright
