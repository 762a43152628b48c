// sgd on the processor: one sweep over parameters, gradients and velocity.
#include "ops/sgd/sgd.h"

#undef NW_TARGET_FILE
#define NW_TARGET_FILE "ops/sgd/cpu.cc"
#include "simd/foreach_target.h"
#include "ops/lanes.h"

NW_BEFORE_NAMESPACE

// Outputs may be the inputs.
static bool sgd_plain(const Sgd& sgd, float learning_rate, float clip, const float* params, const float* grads,
                      float* new_params, int64_t count) {
  Mask finite = first_lanes(kLanes);
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    const Vec p = lanes.load(params + i);
    const Vec g = fma(Vec(sgd.weight_decay), p, Vec(clip) * lanes.load(grads + i));
    const Vec updated = fnma(Vec(learning_rate), g, p);
    finite = finite & is_finite(updated);
    lanes.store(updated, new_params + i);
  }
  return all(finite);
}

// The first step sets the velocity, whatever it holds.
static bool sgd_momentum(const Sgd& sgd, float learning_rate, float clip, bool first_step, const float* params,
                         const float* grads, const float* velocity, float* new_params, float* new_velocity,
                         int64_t count) {
  const Vec blend(1.0f - sgd.dampening);
  Mask finite = first_lanes(kLanes);
  for (int64_t i = 0; i < count; i += kLanes) {
    const Lanes lanes = lanes_at(i, count);
    const Vec p = lanes.load(params + i);
    const Vec g = fma(Vec(sgd.weight_decay), p, Vec(clip) * lanes.load(grads + i));
    const Vec v = first_step ? g : fma(Vec(sgd.momentum), lanes.load(velocity + i), blend * g);
    const Vec direction = sgd.nesterov ? fma(Vec(sgd.momentum), v, g) : v;
    const Vec updated = fnma(Vec(learning_rate), direction, p);
    finite = finite & is_finite(updated);
    lanes.store(updated, new_params + i);
    lanes.store(v, new_velocity + i);
  }
  return all(finite);
}

NW_AFTER_NAMESPACE

#if NW_ONCE
namespace netwright {
namespace {

struct SgdWork {
  decltype(&isa_scalar::sgd_plain) plain;
  decltype(&isa_scalar::sgd_momentum) momentum;
  Sgd sgd;
  Clip clip;
  int64_t count;
};

void run_sgd(const Args& args, Stream& stream) {
  const auto& work = data_of<SgdWork>(args);
  const float learning_rate = stream.state().learning_rate, clip = work.clip.factor(args);
  sweep_parameters(stream, work.count, 0.2, [&](int64_t begin, int64_t end) {
    return work.plain(work.sgd, learning_rate, clip, args.input(0) + begin, args.input(1) + begin,
                      args.output(0) + begin, end - begin);
  });
}

void run_sgd_momentum(const Args& args, Stream& stream) {
  const auto& work = data_of<SgdWork>(args);
  const float learning_rate = stream.state().learning_rate, clip = work.clip.factor(args);
  const bool first_step = stream.state().step == 0;
  sweep_parameters(stream, work.count, 0.3, [&](int64_t begin, int64_t end) {
    return work.momentum(work.sgd, learning_rate, clip, first_step, args.input(0) + begin, args.input(1) + begin,
                         args.input(2) + begin, args.output(0) + begin, args.output(1) + begin, end - begin);
  });
}

BoundKernel bind_sgd(const Node& node, const Target& target) {
  const SgdWork work{NW_DISPATCH(target.isa, sgd_plain), NW_DISPATCH(target.isa, sgd_momentum), decode_sgd(node),
                     decode_clip(node), node.in[0].count()};
  const bool momentum = node.out.size() == 2;  // as the contract has it: a tiny momentum is zero in float32
  return make_kernel(node, target, momentum ? run_sgd_momentum : run_sgd, work, (momentum ? 7.0 : 4.0) * work.count);
}

}  // namespace

const OpDef sgd_op = {"sgd", verify_sgd, bind_sgd, {{0, 0}, {2, 1}}};

}  // namespace netwright
#endif
