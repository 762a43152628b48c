// Programs: sharing memory changes no bit, aliases cost no step, and damaged operands are refused when a plan is bound.
#include "core/program.h"

#include <functional>

#include "check.h"
#include "session_fixture.h"

using namespace netwright;

namespace {

const Target kTarget{active_isa(), false, 1};

// One step of a plan with its own arenas: everything that it leaves behind.
struct Played {
  std::vector<float> param, state, grad;
  size_t activation_bytes = 0;
};

Played play(const PlanBuilder& builder, const Dataset& data, int64_t batch, bool share) {
  const std::shared_ptr<const Program> program = bind_program(builder.share(), batch, cpu_backend(), kTarget, share);
  const ArenaSizes& sizes = builder.plan.arenas;
  const auto floats = [](int64_t count) { return static_cast<size_t>(count) * sizeof(float); };
  std::array<Arena, kPlaces> arenas;
  arenas[0] = Arena(cpu_backend(), program->activation_bytes);
  arenas[1] = Arena(cpu_backend(), floats(sizes.param));
  arenas[2] = Arena(cpu_backend(), floats(sizes.state));
  arenas[3] = Arena(cpu_backend(), floats(sizes.param));
  arenas[4] = Arena(cpu_backend(), floats(sizes.param * sizes.slots));
  // Leftovers of an earlier step: a kernel that reads what it should not see gives itself away.
  for (size_t i = 0; i < arenas[0].bytes() / 4; ++i) reinterpret_cast<float*>(arenas[0].data())[i] = std::nanf("");
  const std::vector<float> start = random_floats(static_cast<size_t>(sizes.param), 5);
  std::copy(start.begin(), start.end(), reinterpret_cast<float*>(arenas[1].data()));
  std::array<char*, kPlaces> bases;
  for (size_t i = 0; i < kPlaces; ++i) bases[i] = arenas[i].data();
  ResolvedProgram resolved(program, false);
  resolved.resolve(bases);
  StepState state;
  state.learning_rate = 0.1f;
  ThreadLease lease(1);
  Stream stream(state, lease);
  const Feed feed(data, builder.plan);
  for (const Feed::Input& input : feed.inputs())
    Feed::gather(input, {nullptr, 0, batch, batch}, resolved.address(input.value), stream);
  cpu_backend().run(resolved.begin(), resolved.end(), stream);
  CHECK(state.non_finite == 0);
  const auto copy = [&](size_t place) {
    const float* data = reinterpret_cast<const float*>(arenas[place].data());
    return std::vector<float>(data, data + arenas[place].bytes() / 4);
  };
  return {copy(1), copy(2), copy(3), program->activation_bytes};
}

void sharing_memory_changes_no_bit() {
  for (int64_t batch : {2, 3, 17}) {
    for (const bool images : {false, true}) {
      const PlanBuilder builder = images ? convolution_plan() : DensePlans().train;
      const auto data = images ? image_data(batch) : dense_data(batch);
      const Played shared = play(builder, *data, batch, true), apart = play(builder, *data, batch, false);
      CHECK(shared.param == apart.param && shared.state == apart.state && shared.grad == apart.grad);
      CHECK(shared.activation_bytes < apart.activation_bytes);
    }
  }
}

// x -> flatten (already flat in memory) -> unflatten -> y
PlanBuilder alias_plan(Role source) {
  PlanBuilder b;
  const int64_t x = source == Role::input ? b.value("x", {-1, 3, 1, 1}, Role::input) : b.param("x", {5, 3, 1, 1});
  b.at(x).storage = Storage::nhwc;
  const int64_t rows = source == Role::input ? -1 : 5;
  const int64_t flat = b.op("flatten", {x}, {rows, 3}, "flatten");
  const int64_t y = b.value("y", {rows, 3, 1, 1}, Role::output);
  b.at(y).storage = Storage::nhwc;
  b.node("unflatten", {flat}, {y}, "unflatten", {{"shape", List{3, 1, 1}}});
  return b;
}

void aliases_cost_no_step_and_no_memory() {
  PlanBuilder b = alias_plan(Role::input);
  verify(b.plan);
  const auto program = bind_program(b.share(), 4, cpu_backend(), kTarget);
  CHECK(program->steps.empty() && program->activation_bytes == 64);
  CHECK(program->values[0].offset == program->values[2].offset);
}

void aliases_of_parameters_are_copies() {
  PlanBuilder b = alias_plan(Role::param);
  verify(b.plan);
  const auto program = bind_program(b.share(), 4, cpu_backend(), kTarget);
  CHECK(program->steps.size() == 1 && program->steps[0].kernel.name == "copy");
}

void unknown_ops_are_listed_together() {
  PlanBuilder b = DensePlans().predict;
  b.plan.nodes[0].op = "xyzzy";
  b.plan.nodes[2].op = "abc";
  CHECK_ERROR("PLAN", "backend \"cpu\" has no kernel for abc, xyzzy",
              bind_program(b.share(), 2, cpu_backend(), kTarget));
}

void operands_that_do_not_fit_are_refused() {
  const auto refused = [](const char* part, const std::function<void(PlanBuilder&)>& damage) {
    PlanBuilder b = DensePlans().train;
    damage(b);
    bool is_refused = false;
    std::string message = "nothing";
    try {
      verify(b.plan);
      bind_program(b.share(), 2, cpu_backend(), kTarget);
    } catch (const Error& error) {
      message = error.what();
      is_refused = message.find(part) != std::string::npos;
    }
    checks.add(is_refused, std::string(part) + " in: " + message, __FILE__, __LINE__);
  };
  refused("matmul", [](PlanBuilder& b) { b.at(b.id_of("x")).shape = {-1, 4}; });
  refused("matmul", [](PlanBuilder& b) {
    b.plan.nodes[0].in.pop_back();
    b.plan.nodes[0].in.pop_back();
  });
  refused("attribute \"ta\"", [](PlanBuilder& b) { b.plan.nodes[0].attributes.values.erase("ta"); });
  refused("expected float32", [](PlanBuilder& b) { b.at(b.id_of("x")).dtype = DType::int32; });
  // An op that does not work in place cannot be an update.
  refused("in place", [](PlanBuilder& b) {
    const int64_t square = b.param("square", {4, 4}), factor = b.param("factor", {4, 4});
    b.at(b.id_of("gradients")).shape = b.at(b.id_of("parameters")).shape =
        b.at(b.id_of("velocity")).shape = {b.plan.arenas.param};
    b.node("matmul", {square, factor}, {square}, "bad", transposed(false, false), Phase::update);
  });
}

}  // namespace

int main() {
  sharing_memory_changes_no_bit();
  aliases_cost_no_step_and_no_memory();
  aliases_of_parameters_are_copies();
  unknown_ops_are_listed_together();
  operands_that_do_not_fit_are_refused();
  return checks.report();
}
