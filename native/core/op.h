// The contract between the core and the ops: how an op is verified, bound to a kernel and run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/stream.h"
#include "core/tensor.h"
#include "simd/isa.h"

namespace netwright {

// A plan node with all shapes known (batch substituted).
struct Node {
  std::string op;
  std::string label;  // the layer that the user wrote, for messages
  std::vector<Tensor> in;
  std::vector<Tensor> out;
  Attributes attributes;
};

struct Bf16Tiles;

// How convolutions are computed: by estimated time, or as tests and benchmarks want to see it.
enum class ConvKernel : uint8_t { chosen, direct, winograd };

// What a kernel is chosen for.
struct Target {
  Isa isa = Isa::scalar;
  bool use_blas = false;
  int max_threads = 1;              // workers that Stream::parallel may report
  const Bf16Tiles* bf16 = nullptr;  // how products in bfloat16 are computed; null: as this machine does best
  ConvKernel convolution = ConvKernel::chosen;
};

// Everything a kernel sees in a step. Nothing here changes between steps: what does is in Stream::state().
struct Args {
  void* const* in;
  void* const* out;
  void* workspace;   // 64-byte aligned, uninitialised, shared with other steps
  const void* data;  // what bind() prepared

  const float* input(size_t i) const { return static_cast<const float*>(in[i]); }
  const int32_t* input_int(size_t i) const { return static_cast<const int32_t*>(in[i]); }
  float* output(size_t i) const { return static_cast<float*>(out[i]); }
};

using RunFunction = void (*)(const Args&, Stream&);

struct BoundKernel {
  RunFunction run = nullptr;
  std::string name;  // for describe(): "conv2d direct avx512 tile 8x2"
  size_t workspace_bytes = 0;
  std::shared_ptr<const void> data;
  double operations = 0;  // floating-point operations of one run, for profiles; 0 when it makes no sense
};

struct OpDef {
  const char* name;
  // Throws Error("PLAN" or "SHAPE") unless every shape, dtype, storage and attribute fits. After it the kernel trusts
  // the node: this is the memory-safety boundary.
  void (*verify)(const Node&);
  BoundKernel (*bind)(const Node&, const Target&);
  // Pairs (input, output) that may share memory: the kernel reads an element of the input before it writes that
  // element.
  std::vector<std::pair<int, int>> in_place = {};
  // True when output 0 is bit for bit input 0 in memory, so that no step is needed at all. May be null.
  bool (*is_alias)(const Node&) = nullptr;
};

const OpDef* find_op(const std::string& name);  // null when unknown
const std::vector<const OpDef*>& registered_ops();

}  // namespace netwright
