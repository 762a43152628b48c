// The verifier of plans: good plans pass, each kind of damage is refused with a message that names it.
#include "core/plan.h"

#include <functional>

#include "check.h"
#include "plan_builder.h"

using namespace netwright;

static void good_plans_pass() {
  DensePlans plans;
  verify(plans.train.plan);
  verify(plans.evaluate.plan);
  verify(plans.predict.plan);
  verify(convolution_plan().plan);
  verify(Plan{});
  CHECK(true);
}

// The damage, and a part of the message.
static void damaged(const char* part, const std::function<void(PlanBuilder&)>& damage) {
  PlanBuilder b = DensePlans().train;
  damage(b);
  CHECK_ERROR("PLAN", part, verify(b.plan));
}

static void values_are_checked() {
  damaged("has no name", [](PlanBuilder& b) { b.at(0).name = ""; });
  damaged("two values are called", [](PlanBuilder& b) { b.at(1).name = b.at(0).name; });
  damaged("impossible shape", [](PlanBuilder& b) { b.at(0).shape = {-1, 0}; });
  damaged("impossible shape", [](PlanBuilder& b) { b.at(0).shape = {-1, -1}; });
  damaged("impossible shape", [](PlanBuilder& b) { b.at(0).shape = {3, -1}; });
  damaged("impossible shape", [](PlanBuilder& b) { b.at(0).shape = {-2, 3}; });
  damaged("impossible shape", [](PlanBuilder& b) { b.at(0).shape = {-1, int64_t{1} << 40}; });
  damaged("impossible shape", [](PlanBuilder& b) { b.at(0).shape = {-1, 1 << 30, 1 << 30, 1 << 30, 1 << 30}; });
  damaged("rank", [](PlanBuilder& b) { b.at(0).shape = std::vector<int64_t>(9, 1); });
  damaged("storage nhwc", [](PlanBuilder& b) { b.at(0).storage = Storage::nhwc; });
  damaged("storage hwio", [](PlanBuilder& b) { b.at(0).storage = Storage::hwio; });
  damaged("initializer", [](PlanBuilder& b) { b.at(0).init = Initializer{}; });
  damaged("expected a float32 scalar", [](PlanBuilder& b) { b.at(b.id_of("loss")).shape = {1}; });
  damaged("is not float32", [](PlanBuilder& b) {
    b.at(b.id_of("y")).role = Role::output;
    b.at(b.id_of("y")).dtype = DType::int32;
  });
}

static void places_are_checked() {
  damaged("does not lie in its arena", [](PlanBuilder& b) { b.at(b.id_of("w1")).offset = -1; });
  damaged("does not lie in its arena", [](PlanBuilder& b) { b.at(b.id_of("w1")).offset = 8; });
  damaged("does not lie in its arena", [](PlanBuilder& b) { b.at(b.id_of("b2")).offset += 16; });
  damaged("does not lie in its arena", [](PlanBuilder& b) { b.at(b.id_of("w1")).offset = int64_t{1} << 62; });
  damaged("does not lie in its arena",
          [](PlanBuilder& b) { b.at(b.id_of("parameters")).shape = {b.plan.arenas.param + 1}; });
  damaged("overlap in the param arena", [](PlanBuilder& b) { b.at(b.id_of("w2")).offset = 16; });
  damaged("overlap in the grad arena", [](PlanBuilder& b) { b.at(b.id_of("b1.gradient")).offset = 0; });
  damaged("optimizer slot", [](PlanBuilder& b) { b.at(b.id_of("velocity")).slot = 1; });
  damaged("optimizer slot", [](PlanBuilder& b) { b.at(b.id_of("velocity")).slot = -1; });
  damaged("optimizer slot", [](PlanBuilder& b) { b.at(b.id_of("w1")).slot = 0; });
  damaged("without batch", [](PlanBuilder& b) { b.at(b.id_of("w1")).shape = {-1, 3}; });
  damaged("is flat but has role", [](PlanBuilder& b) { b.at(b.id_of("hidden")).flat = true; });
  damaged("flat value", [](PlanBuilder& b) { b.at(b.id_of("w1")).flat = true; });
  damaged("arenas", [](PlanBuilder& b) { b.plan.arenas.param = int64_t{1} << 60; });
  damaged("arenas", [](PlanBuilder& b) { b.plan.arenas.state = -16; });
  damaged("arenas", [](PlanBuilder& b) { b.plan.arenas.slots = 1000; });
}

static void the_order_of_writes_and_reads_is_checked() {
  damaged("node 0 (matmul) reads value 99 of", [](PlanBuilder& b) { b.plan.nodes[0].in[0] = 99; });
  damaged("reads value -1 of", [](PlanBuilder& b) { b.plan.nodes[0].in[0] = -1; });
  damaged("writes value 99 of", [](PlanBuilder& b) { b.plan.nodes[0].out[0] = 99; });
  damaged("before it is written", [](PlanBuilder& b) { std::swap(b.plan.nodes[0], b.plan.nodes[1]); });
  damaged("before it is written", [](PlanBuilder& b) { b.plan.nodes[1].in = b.plan.nodes[1].out; });
  damaged("written before", [](PlanBuilder& b) { b.plan.nodes[1].out = b.plan.nodes[0].out; });
  damaged("of role param", [](PlanBuilder& b) { b.plan.nodes[0].out[0] = b.id_of("w1"); });
  damaged("of role input", [](PlanBuilder& b) { b.plan.nodes[0].out[0] = b.id_of("target"); });
  damaged("of role grad", [](PlanBuilder& b) { b.plan.nodes[0].out[0] = b.id_of("gradients"); });
  damaged("\"loss\" is never written",
          [](PlanBuilder& b) { b.plan.nodes.erase(b.plan.nodes.begin() + 3, b.plan.nodes.end()); });
  // The check of the gradients must come after all of them.
  damaged("before \"b1.gradient\" is written", [](PlanBuilder& b) {
    const size_t last = b.plan.nodes.size() - 1;
    std::swap(b.plan.nodes[last - 1], b.plan.nodes[last - 2]);
  });
}

static void updates_are_checked() {
  damaged("follows a node of phase update",
          [](PlanBuilder& b) { std::swap(b.plan.nodes.back(), b.plan.nodes[b.plan.nodes.size() - 2]); });
  damaged("of phase update writes", [](PlanBuilder& b) { b.plan.nodes[0].phase = Phase::update; });
  damaged("must be one of its inputs", [](PlanBuilder& b) { b.plan.nodes.back().out[0] = b.id_of("w1"); });
  damaged("of role grad", [](PlanBuilder& b) { b.plan.nodes.back().out[0] = b.id_of("gradients"); });
  damaged("twice", [](PlanBuilder& b) { b.plan.nodes.back().out[1] = b.plan.nodes.back().out[0]; });
  damaged("must be one of its inputs, once",
          [](PlanBuilder& b) { b.plan.nodes.back().in[1] = b.plan.nodes.back().in[0]; });
  damaged("reads other values in the same memory", [](PlanBuilder& b) { b.plan.nodes.back().in[1] = b.id_of("w1"); });
}

static void batches_are_bounded() {
  PlanValue value;
  value.name = "x";
  value.shape = {-1, 1 << 20};
  CHECK((substitute_batch(value, 7) == std::vector<int64_t>{7, 1 << 20}));
  CHECK_ERROR("ARGUMENT", "a batch has", substitute_batch(value, 0));
  CHECK_ERROR("ARGUMENT", "a batch has", substitute_batch(value, -5));
  CHECK_ERROR("MEMORY", "use a smaller batch", substitute_batch(value, 1 << 30));
  CHECK(row_count(value) == 1 << 20);
}

int main() {
  good_plans_pass();
  values_are_checked();
  places_are_checked();
  the_order_of_writes_and_reads_is_checked();
  updates_are_checked();
  batches_are_bounded();
  return checks.report();
}
