// adam on the processor: one sweep over parameters, gradients and both moments.
#include <cmath>

#include "ops/adam/adam.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/adam/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// Outputs may be the inputs.
static bool adam_leaf(const AdamStep& step, const float* params, const float* grads, const float* m, const float* v,
                      float* new_params, float* new_m, float* new_v, int64_t count) {
  // In registers: a store might change `step` for all the compiler knows.
  const Vec decay(step.decay), clip(step.clip), rest1(step.rest1), beta2(step.beta2), rest2(step.rest2);
  const Vec correction(step.correction), epsilon(step.epsilon), step_size(step.step_size), shrink(step.shrink);
  // A finite number less itself is zero, any other NaN.
  Vec lost = Vec::zero();
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    const Vec old = lanes.load(params + i);
    const Vec g = fma(decay, old, clip * lanes.load(grads + i));
    const Vec mean = lanes.load(m + i);
    const Vec first = fma(rest1, g - mean, mean);
    const Vec second = fma(beta2, lanes.load(v + i), rest2 * g * g);
    const Vec denominator = fma(sqrt(second), correction, epsilon);
    const Vec updated = fnma(step_size, first / denominator, old * shrink);
    lost = lost + (updated - updated);
    lanes.store(updated, new_params + i);
    lanes.store(first, new_m + i);
    lanes.store(second, new_v + i);
  }
  return !any(is_nan(lost));
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

struct AdamWork {
  decltype(&isa_scalar::adam_leaf) leaf;
  Adam adam;
  Clip clip;
  int64_t count;
};

AdamStep step_of(const Adam& adam, float clip, const StepState& state) {
  const double t = static_cast<double>(state.step) + 1;
  const double learning_rate = state.learning_rate;
  AdamStep step;
  step.clip = clip;
  step.decay = adam.decoupled ? 0.0f : static_cast<float>(adam.weight_decay);
  step.shrink = adam.decoupled ? static_cast<float>(1.0 - learning_rate * adam.weight_decay) : 1.0f;
  step.rest1 = static_cast<float>(1.0 - adam.beta1);
  step.beta2 = static_cast<float>(adam.beta2);
  step.rest2 = static_cast<float>(1.0 - adam.beta2);
  step.step_size = static_cast<float>(learning_rate / (1.0 - std::pow(adam.beta1, t)));
  step.correction = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(adam.beta2, t)));
  step.epsilon = adam.epsilon;
  return step;
}

void run_adam(const Args& args, Stream& stream) {
  const auto& work = data_of<AdamWork>(args);
  const AdamStep step = step_of(work.adam, work.clip.factor(args), stream.state());
  sweep_parameters(stream, work.count, 0.5, [&](int64_t begin, int64_t end) {
    return work.leaf(step, args.input(0) + begin, args.input(1) + begin, args.input(2) + begin, args.input(3) + begin,
                     args.output(0) + begin, args.output(1) + begin, args.output(2) + begin, end - begin);
  });
}

BoundKernel bind_adam(const Node& node, const Target& target) {
  const AdamWork work{NW_DISPATCH(target.isa, adam_leaf), decode_adam(node), decode_clip(node), node.in[0].count()};
  return make_kernel(node, target, run_adam, work, 13.0 * work.count);
}

}  // namespace

const OpDef adam_op = {"adam", verify_adam, bind_adam, {{0, 0}, {2, 1}, {3, 2}}};

}  // namespace netwright
#endif
