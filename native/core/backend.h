// What a device has to offer: memory, copies to and from it, kernels, and a way to run a list of steps.
#pragma once

#include <cstddef>
#include <utility>

#include "core/affine.h"
#include "core/op.h"

namespace netwright {

// One kernel call with everything resolved.
struct Step {
  RunFunction run = nullptr;
  Args args{};
};

struct Backend {
  const char* name;
  void* (*allocate)(size_t bytes);  // zeroed and 64-byte aligned; throws Error("MEMORY")
  void (*release)(void* memory, size_t bytes);
  void (*upload)(void* device, const void* host, size_t bytes);
  void (*download)(void* host, const void* device, size_t bytes);
  BoundKernel (*bind)(const OpDef& op, const Node& node, const Target& target);  // run is null when there is no kernel
  void (*run)(const Step* first, const Step* last, Stream& stream);
  DistortFunction (*distort)(Isa isa);
};

const Backend& cpu_backend();

// A piece of a backend's memory.
class Arena {
 public:
  Arena() = default;
  Arena(const Backend& backend, size_t bytes)
      : backend_(&backend), bytes_(bytes), memory_(bytes == 0 ? nullptr : backend.allocate(bytes)) {}
  Arena(Arena&& other) noexcept { swap(other); }
  Arena& operator=(Arena&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Arena() {
    if (memory_ != nullptr) backend_->release(memory_, bytes_);
  }
  char* data() const { return static_cast<char*>(memory_); }
  size_t bytes() const { return bytes_; }

 private:
  void swap(Arena& other) {
    std::swap(backend_, other.backend_);
    std::swap(bytes_, other.bytes_);
    std::swap(memory_, other.memory_);
  }

  const Backend* backend_ = nullptr;
  size_t bytes_ = 0;
  void* memory_ = nullptr;
};

}  // namespace netwright
