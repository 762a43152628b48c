// A program: a plan bound for one batch size, with a kernel per step and a place for every value. Immutable.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/backend.h"
#include "core/memory.h"
#include "core/plan.h"
#include "core/profile.h"

namespace netwright {

// Which memory a value lies in. All but the activations belong to the session for good.
enum class Place : uint8_t { activation, param, state, grad, slot };
constexpr size_t kPlaces = 5;
Place place_of(Role role);

struct ProgramValue {
  Tensor tensor;
  Place place = Place::activation;
  size_t offset = kNowhere;  // bytes; kNowhere when no step touches the value
  size_t bytes = 0;
};

struct ProgramStep {
  size_t node = 0;  // in the plan
  BoundKernel kernel;
  size_t workspace_offset = kNowhere;
};

struct Program {
  std::shared_ptr<const Plan> plan;
  int64_t batch = 0;
  Target target;
  std::vector<ProgramValue> values;  // as in the plan
  std::vector<ProgramStep> steps;
  size_t compute_steps = 0;  // the others are of phase update
  size_t activation_bytes = 0;
  size_t lower_bound_bytes = 0;
  size_t operand_count = 0;

  // Whether a step's result takes the memory of one of its operands.
  bool in_place(const ProgramStep& step) const;
  std::string describe() const;
};

// Throws Error("PLAN" or "SHAPE") when an op refuses its operands or has no kernel, Error("MEMORY") when sizes
// overflow. The plan must have been verified. With `share` false no two values share memory.
std::shared_ptr<const Program> bind_program(std::shared_ptr<const Plan> plan, int64_t batch, const Backend& backend,
                                            const Target& target, bool share = true);

// The node with the batch put in, as ops see it.
Node node_of(const Program& program, size_t node);

// A program with addresses: what the run loop walks over.
class ResolvedProgram {
 public:
  ResolvedProgram(std::shared_ptr<const Program> program, bool profile) : program_(std::move(program)) {
    if (profile) times_ = std::make_unique<StepTimes>(StepTimes{std::vector<double>(program_->steps.size()), 0, 0});
  }

  // `bases` are the starts of the places. Does nothing when they are those of the last call.
  void resolve(const std::array<char*, kPlaces>& bases);

  const Program& program() const { return *program_; }
  StepTimes* times() const { return times_.get(); }  // null unless the session profiles
  const Step* begin() const { return steps_.data(); }
  const Step* update() const { return steps_.data() + program_->compute_steps; }
  const Step* end() const { return steps_.data() + steps_.size(); }
  // Nanoseconds of the last batch that a prediction or evaluation computed with it, 0 before the first.
  double batch_ns() const { return batch_ns_; }
  void set_batch_ns(double nanoseconds) { batch_ns_ = nanoseconds; }
  char* address(size_t value) const {
    const ProgramValue& found = program_->values[value];
    return bases_[static_cast<size_t>(found.place)] + found.offset;
  }

 private:
  std::shared_ptr<const Program> program_;
  std::array<char*, kPlaces> bases_{};
  std::vector<void*> operands_;  // of all steps, one after the other
  std::vector<Step> steps_;
  std::unique_ptr<StepTimes> times_;
  double batch_ns_ = 0;
};

}  // namespace netwright
