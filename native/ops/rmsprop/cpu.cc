// rmsprop on the processor: one sweep over parameters, gradients and averages.
#include "ops/rmsprop/rmsprop.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/rmsprop/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// Values of a range; averages and velocity are null where the variant has none. Outputs may be the inputs.
static bool rmsprop_leaf(const RmsProp& rms, float learning_rate, float clip, const float* params, const float* grads,
                         const float* square, const float* average, const float* velocity, float* new_params,
                         float* new_square, float* new_average, float* new_velocity, int64_t count) {
  const Vec alpha(rms.alpha), rest(1.0f - rms.alpha);
  Mask finite = first_lanes(kLanes);
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    const Vec p = lanes.load(params + i);
    const Vec g = fma(Vec(rms.weight_decay), p, Vec(clip) * lanes.load(grads + i));
    const Vec s = fma(alpha, lanes.load(square + i), rest * g * g);
    Vec variance = s;
    if (rms.centered) {
      const Vec old = lanes.load(average + i);
      const Vec mean = fma(rest, g - old, old);
      // Rounding can leave a little less than nothing, whose root would be NaN.
      variance = fnma(mean, mean, s);
      variance = select(lt(variance, Vec::zero()), Vec::zero(), variance);
      lanes.store(mean, new_average + i);
    }
    Vec direction = g / (sqrt(variance) + Vec(rms.epsilon));
    if (rms.has_momentum) {
      direction = fma(Vec(rms.momentum), lanes.load(velocity + i), direction);
      lanes.store(direction, new_velocity + i);
    }
    const Vec updated = fnma(Vec(learning_rate), direction, p);
    finite = finite & is_finite(updated);
    lanes.store(s, new_square + i);
    lanes.store(updated, new_params + i);
  }
  return all(finite);
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

struct RmsPropWork {
  decltype(&isa_scalar::rmsprop_leaf) leaf;
  RmsProp rms;
  Clip clip;
  int64_t count;
};

void run_rmsprop(const Args& args, Stream& stream) {
  const auto& work = data_of<RmsPropWork>(args);
  const bool centered = work.rms.centered, momentum = work.rms.has_momentum;
  const size_t velocity = centered ? 2 : 1;  // slot
  const float learning_rate = stream.state().learning_rate, clip = work.clip.factor(args);
  sweep_parameters(stream, work.count, 0.5, [&](int64_t begin, int64_t end) {
    return work.leaf(work.rms, learning_rate, clip, args.input(0) + begin, args.input(1) + begin, args.input(2) + begin,
                     centered ? args.input(3) + begin : nullptr, momentum ? args.input(2 + velocity) + begin : nullptr,
                     args.output(0) + begin, args.output(1) + begin, centered ? args.output(2) + begin : nullptr,
                     momentum ? args.output(1 + velocity) + begin : nullptr, end - begin);
  });
}

BoundKernel bind_rmsprop(const Node& node, const Target& target) {
  const RmsPropWork work{NW_DISPATCH(target.isa, rmsprop_leaf), decode_rmsprop(node), decode_clip(node),
                         node.in[0].count()};
  return make_kernel(node, target, run_rmsprop, work, 10.0 * work.count);
}

}  // namespace

const OpDef rmsprop_op = {"rmsprop", verify_rmsprop, bind_rmsprop, {{0, 0}, {2, 1}, {3, 2}, {4, 3}}};

}  // namespace netwright
#endif
