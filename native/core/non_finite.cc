// What happens when numbers stop being finite: the step is replayed to name the layer, or the last good weights return.
#include <cmath>

#include "core/run.h"

namespace netwright {

namespace {

bool all_finite(const float* values, size_t count) {
  for (size_t i = 0; i < count; ++i)
    if (!std::isfinite(values[i])) return false;
  return true;
}

}  // namespace

// Runs the step once more, one kernel at a time, and looks at each result before a later kernel can overwrite it.
// The inputs have been filled again; nothing was updated, so every number comes out as before.
void Session::fail_compute(const ResolvedProgram& program, Run& run) {
  const Program& bound = program.program();
  const Plan& model = *bound.plan;
  std::vector<float> host;
  const auto is_finite = [&](size_t id) {
    const ProgramValue& value = bound.values[id];
    if (value.tensor.dtype != DType::float32) return true;
    host.resize(value.bytes / sizeof(float));
    backend_.download(host.data(), program.address(id), value.bytes);
    return all_finite(host.data(), host.size());
  };
  std::string bad_input;
  for (size_t id = 0; id < model.values.size(); ++id)
    if (model.values[id].role == Role::input && bad_input.empty() && !is_finite(id)) bad_input = model.values[id].name;
  const PlanNode* first = nullptr;
  bool loss_is_finite = true;
  for (size_t i = 0; i < bound.compute_steps; ++i) {
    const PlanNode& node = model.nodes[bound.steps[i].node];
    // The check of the step reads the loss first, then the gradients.
    if (node.op == "all_finite" && !node.in.empty()) loss_is_finite = is_finite(static_cast<size_t>(node.in[0]));
    backend_.run(program.begin() + i, program.begin() + i + 1, run.stream);
    for (int64_t id : node.out)
      if (first == nullptr && !is_finite(static_cast<size_t>(id))) first = &node;
  }
  const std::string what = loss_is_finite ? "gradient" : "loss";
  const std::string layer = first == nullptr ? "" : first->label.empty() ? first->op : first->label;
  std::string message = text("training step ", step_ + 1, ": the ", what, " is not finite");
  if (first != nullptr) message += text("; the first values that are not come from \"", layer, "\" (", first->op, ")");
  if (!bad_input.empty())
    message += text("; this batch's \"", bad_input, "\" holds NaN or infinity, remove those rows");
  throw NonFiniteError(message + ". Nothing was changed by this step.", step_, layer, what);
}

void Session::fail_update() {
  const uint64_t failed = step_;
  std::string name;
  for (const PlanValue& value : names_) {
    if (!name.empty() || value.flat || (value.role != Role::param && value.role != Role::state)) continue;
    const std::vector<float> data = read(value);
    if (!all_finite(data.data(), data.size())) name = value.name;
  }
  restore("last");
  throw NonFiniteError(text("training step ", failed + 1, ": parameter \"", name,
                            "\" is no longer finite. The weights after step ", step_, " were restored."),
                       failed, name, "parameter");
}

}  // namespace netwright
