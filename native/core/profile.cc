// Writes the times of programs down as rows.
#include "core/profile.h"

#include "core/session.h"

namespace netwright {

namespace {

double bytes_of(const Program& program, const std::vector<int64_t>& values) {
  double bytes = 0;
  for (int64_t id : values) bytes += static_cast<double>(program.values[static_cast<size_t>(id)].bytes);
  return bytes;
}

ProfileRow gather_row(const Program& program, const StepTimes& times) {
  ProfileRow row{"", "gather", "gather", "gather", times.gather_ns * 1e-6 / static_cast<double>(times.runs), 0, 0};
  for (size_t id = 0; id < program.values.size(); ++id)
    if (program.plan->values[id].role == Role::input) row.bytes += 2.0 * static_cast<double>(program.values[id].bytes);
  return row;
}

}  // namespace

std::vector<ProgramProfile> Session::profile() const {
  std::vector<ProgramProfile> result;
  for (int mode = 0; mode < kModes; ++mode)
    for (const auto& resolved : programs_[static_cast<size_t>(mode)]) {
      const StepTimes* times = resolved->times();
      if (times == nullptr || times->runs == 0) continue;
      const Program& program = resolved->program();
      ProgramProfile profile{name_of(static_cast<Mode>(mode)), program.batch, times->runs, {}};
      profile.rows.push_back(gather_row(program, *times));
      for (size_t i = 0; i < program.steps.size(); ++i) {
        const ProgramStep& step = program.steps[i];
        const PlanNode& node = program.plan->nodes[step.node];
        profile.rows.push_back({node.label, node.op, step.kernel.name, name_of(node.phase),
                                times->ns[i] * 1e-6 / static_cast<double>(times->runs), step.kernel.operations,
                                bytes_of(program, node.in) + bytes_of(program, node.out)});
      }
      result.push_back(std::move(profile));
    }
  return result;
}

}  // namespace netwright
