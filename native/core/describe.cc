// A program as text for people: one line a step, with the kernel chosen and where its result lies.
#include <algorithm>
#include <iomanip>

#include "core/program.h"

namespace netwright {

namespace {

std::string bytes_text(size_t bytes) {
  if (bytes < 1024) return text(bytes, " B");
  std::ostringstream out;
  const bool small = bytes < 1024 * 1024;
  out << std::fixed << std::setprecision(1) << static_cast<double>(bytes) / (small ? 1024.0 : 1024.0 * 1024.0)
      << (small ? " KiB" : " MiB");
  return out.str();
}

using Row = std::vector<std::string>;

std::string table(const std::vector<Row>& rows) {
  std::vector<size_t> widths;
  for (const Row& row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string result;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  }
  return result;
}

Row row_of(const Program& program, size_t index) {
  const ProgramStep& step = program.steps[index];
  const PlanNode& node = program.plan->nodes[step.node];
  Row row = {std::to_string(index), node.label.empty() ? "-" : node.label, step.kernel.name};
  if (node.out.empty()) {
    row.insert(row.end(), {"-", "-"});
  } else {
    const size_t out = static_cast<size_t>(node.out[0]);
    const ProgramValue& value = program.values[out];
    row.push_back(shape_text(value.tensor.shape));
    row.push_back(text(program.plan->values[out].in_arena() ? name_of(program.plan->values[out].role) : "",
                       value.place == Place::activation ? "" : " ", value.offset,
                       program.in_place(step) ? " in place" : ""));
  }
  row.push_back(step.kernel.workspace_bytes == 0 ? "-" : bytes_text(step.kernel.workspace_bytes));
  row.push_back(step.kernel.operations == 0 ? "-"
                                            : text(std::fixed, std::setprecision(3), step.kernel.operations / 1e6));
  return row;
}

}  // namespace

bool Program::in_place(const ProgramStep& step) const {
  const PlanNode& node = plan->nodes[step.node];
  for (int64_t out : node.out)
    for (int64_t in : node.in) {
      const ProgramValue &to = values[static_cast<size_t>(out)], &from = values[static_cast<size_t>(in)];
      if (to.place == from.place && to.offset == from.offset && to.offset != kNowhere) return true;
    }
  return false;
}

std::string Program::describe() const {
  std::vector<Row> rows = {{"step", "layer", "kernel", "result", "at byte", "workspace", "MFLOP"}};
  double operations = 0;
  for (size_t i = 0; i < steps.size(); ++i) {
    rows.push_back(row_of(*this, i));
    operations += steps[i].kernel.operations;
  }
  const size_t parameters = static_cast<size_t>(plan->arenas.param) * 4,
               states = static_cast<size_t>(plan->arenas.state) * 4;
  return text("batch ", batch, ": ", steps.size(), " steps, ", compute_steps, " of them compute and ",
              steps.size() - compute_steps, " update; ", std::fixed, std::setprecision(3), operations / 1e6, " MFLOP; ",
              isa_name(target.isa), target.use_blas ? ", system BLAS" : ", builtin kernels", ", at most ",
              target.max_threads, target.max_threads == 1 ? " thread" : " threads", "\nactivations ",
              bytes_text(activation_bytes), " (at least ", bytes_text(lower_bound_bytes),
              " are alive at once), parameters ", bytes_text(parameters), ", states ", bytes_text(states),
              ", optimizer slots ", bytes_text(parameters * static_cast<size_t>(plan->arenas.slots)), "\n",
              table(rows));
}

}  // namespace netwright
