// The processor as a backend: plain memory, and a stream that is a loop over the steps.
#include "core/backend.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "core/memory.h"

namespace netwright {

namespace {

void* allocate(size_t bytes) {
  void* memory = ::operator new (align_up(bytes), std::align_val_t{kAlignment}, std::nothrow);
  check(memory != nullptr, "MEMORY", "out of memory: ", bytes, " bytes were asked for; use a smaller batch or model");
  std::memset(memory, 0, align_up(bytes));
  return memory;
}

void release(void* memory, size_t) { ::operator delete (memory, std::align_val_t{kAlignment}); }

void copy(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }

BoundKernel bind(const OpDef& op, const Node& node, const Target& target) { return op.bind(node, target); }

void run(const Step* first, const Step* last, Stream& stream) {
  for (const Step* step = first; step != last; ++step) step->run(step->args, stream);
}

}  // namespace

const Backend& cpu_backend() {
  static const Backend backend = {"cpu", allocate, release, copy, copy, bind, run};
  return backend;
}

}  // namespace netwright
