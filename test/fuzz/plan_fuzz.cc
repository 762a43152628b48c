// Damaged plans through verify, bind and run: whatever happens, only Error may come out. Arguments: iterations, first
// seed.
#include <cstdlib>

#include "../native/check.h"
#include "../native/session_fixture.h"
#include "plan_mutations.h"

using namespace netwright;

static uint32_t current_seed = 0;

// The address sanitizer calls it before it ends the process.
extern "C" void __asan_on_error() { std::fprintf(stderr, "plan_fuzz: seed %u\n", current_seed); }

namespace {

constexpr size_t kMostBytes = 1 << 20;
constexpr double kMostOperations = 1e8;

std::vector<PlanBuilder> seeds() {
  DensePlans dense;
  std::vector<PlanBuilder> plans = {dense.train, dense.evaluate, dense.predict, convolution_plan(), convolution_plan()};
  // Ops that the two networks do not use.
  PlanBuilder b;
  const int64_t x = b.value("x", {-1, 4, 5, 5}, Role::input), y = b.value("y", {-1, 4, 5, 5}, Role::input);
  const std::vector<int64_t> image = {-1, 4, 5, 5};
  const int64_t scale = b.param("scale", {4});
  const std::map<std::string, Attribute> pool = {
      {"kernel", List{3, 2}}, {"stride", List{2, 1}}, {"padding", List{1, 0, 1, 1}}, {"countIncludePad", true}};
  auto pool_grad = pool;
  pool_grad["inputShape"] = List{4, 5, 5};
  const int64_t joined = b.op("concat", {x, y}, {-1, 8, 5, 5});
  const int64_t part = b.op("slice", {joined}, {-1, 3, 5, 5}, "", {{"start", 2.0}, {"end", 5.0}});
  b.op("slice_grad", {part}, {-1, 8, 5, 5}, "", {{"start", 2.0}, {"channels", 8.0}});
  const int64_t pooled = b.op("average_pool2d", {x}, {-1, 4, 3, 5}, "", pool);
  b.op("average_pool2d_grad", {pooled}, image, "", pool_grad);
  const int64_t mean = b.op("global_average_pool2d", {b.op("channel_multiply", {x, scale}, image)}, {-1, 4});
  b.op("global_average_pool2d_grad", {mean}, image, "", {{"inputShape", List{4, 5, 5}}});
  const int64_t soft = b.op("softmax", {mean}, {-1, 4});
  b.op("softmax_grad", {mean, soft}, {-1, 4});
  const int64_t scaled = b.op("standardize", {mean, scale, scale}, {-1, 4});
  b.op("unstandardize", {b.op("affine", {scaled}, {-1, 4}, "", {{"scale", 2.0}, {"offset", 1.0}}), scale, scale},
       {-1, 4});
  b.op("batch_norm_inference", {x, scale, scale, scale, scale}, image, "", {{"epsilon", 1e-5}});
  const int64_t loss = b.op("gaussian_nll", {mean, soft, scaled}, {});
  const int64_t dm = b.value("dm", {-1, 4}), dv = b.value("dv", {-1, 4});
  b.node("gaussian_nll_grad", {loss, mean, soft, scaled}, {dm, dv});
  b.op("mean_absolute_error", {mean, soft}, {});
  const int64_t wide = b.param("depthwise", {4, 1, 3, 3});
  const std::map<std::string, Attribute> conv = {
      {"stride", List{2, 1}}, {"padding", List{1, 1, 0, 1}}, {"dilation", List{1, 2}}, {"groups", 4.0}};
  auto conv_grad = conv;
  conv_grad["inputShape"] = List{4, 5, 5};
  const int64_t filtered = b.op("conv2d", {x, wide, scale}, {-1, 4, 2, 3}, "", conv);
  b.op("conv2d_grad_x", {filtered, wide}, image, "", conv_grad);
  b.op("divide", {b.op("exp", {b.op("tanh", {x}, image)}, image), b.op("sigmoid", {y}, image)}, image);
  plans.push_back(b);
  return plans;
}

std::shared_ptr<const Dataset> data_for(const Plan& plan, int64_t rows) {
  std::vector<std::vector<float>> floats;
  std::vector<Dataset::Source> sources;
  for (const PlanValue& value : plan.values) {
    if (value.role != Role::input || !value.has_batch()) continue;
    const std::vector<int64_t> shape(value.shape.begin() + 1, value.shape.end());
    const size_t count = static_cast<size_t>(row_count(value) * rows);
    // The bits of a float32 zero are a class label too.
    floats.push_back(value.dtype == DType::float32 ? random_floats(count, 7) : std::vector<float>(count));
    sources.push_back({value.name, shape, value.dtype, floats.back().data(), count});
  }
  return std::make_shared<const Dataset>(sources, rows);
}

bool is_small(const Program& program) {
  double operations = 0;
  for (const ProgramStep& step : program.steps) operations += step.kernel.operations;
  const ArenaSizes& arenas = program.plan->arenas;
  return program.activation_bytes <= kMostBytes && operations <= kMostOperations &&
         arenas.param * (2 + arenas.slots) + arenas.state <= static_cast<int64_t>(kMostBytes / 4);
}

enum class Outcome { refused, too_large, ran };

Outcome try_plan(const PlanBuilder& builder, Mutator& mutator) {
  const int64_t rows = static_cast<int64_t>(1 + mutator.below(5)), batch = static_cast<int64_t>(1 + mutator.below(5));
  try {
    verify(builder.plan);
    SessionOptions options;
    const std::shared_ptr<const Plan> plan = builder.share();
    const Isa isa = supported_isas()[mutator.below(supported_isas().size())];
    const int threads = static_cast<int>(1 + mutator.below(3));
    if (!is_small(*bind_program(plan, std::min(batch, rows), cpu_backend(), Target{isa, false, threads})))
      return Outcome::too_large;
    options.plans = {plan, nullptr, nullptr};
    options.isa = isa;
    options.threads = threads;
    Session session(options);
    session.run_epoch(epoch_job(data_for(*plan, rows), batch, 0.1f));
    session.program(Mode::train, batch)->describe();
    everything(session);
    return Outcome::ran;
  } catch (const Error&) {
    return Outcome::refused;
  }
}

}  // namespace

int main(int count, char** arguments) {
  const int iterations = count > 1 ? std::atoi(arguments[1]) : 6000;
  const uint32_t first = count > 2 ? static_cast<uint32_t>(std::atoi(arguments[2])) : 1;
  const std::vector<PlanBuilder> plans = seeds();
  for (size_t i = 0; i < plans.size(); ++i) {
    Mutator none(1);
    checks.add(try_plan(plans[i], none) == Outcome::ran, text("undamaged plan ", i, " runs"), __FILE__, __LINE__);
  }
  int outcomes[3] = {0, 0, 0};
  for (int i = 0; i < iterations; ++i) {
    current_seed = first + static_cast<uint32_t>(i);
    Mutator mutator(current_seed);
    PlanBuilder damaged = plans[mutator.below(plans.size())];
    for (size_t times = mutator.below(3) == 0 ? 3 : 1; times > 0; --times) mutator.mutate(damaged.plan);
    bool only_errors = true;
    try {
      ++outcomes[static_cast<int>(try_plan(damaged, mutator))];
    } catch (const std::exception& error) {
      only_errors = false;
      std::printf("seed %u: %s\n", current_seed, error.what());
    }
    checks.add(only_errors, "only Error comes out", __FILE__, __LINE__);
  }
  std::printf("%d refused, %d too large to run here, %d ran\n", outcomes[0], outcomes[1], outcomes[2]);
  // Damage that changes nothing that matters must get through, or nothing is tested.
  if (iterations >= 1000) CHECK(outcomes[2] > iterations / 20);
  return checks.report();
}
