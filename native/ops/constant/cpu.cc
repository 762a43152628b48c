// constant on the processor.
#include "ops/constant/constant.h"
#include "ops/kernel.h"

namespace netwright {
namespace {

void run_constant(const Args& args, Stream&) { args.output(0)[0] = data_of<float>(args); }

BoundKernel bind_constant(const Node& node, const Target& target) {
  return make_kernel(node, target, run_constant, static_cast<float>(number(node, "value")), 0);
}

}  // namespace

const OpDef constant_op = {"constant", verify_constant, bind_constant};

}  // namespace netwright
