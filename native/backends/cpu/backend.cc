// The processor as a backend: plain memory, and a stream that is a loop over the steps.
#include "core/backend.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "backends/cpu/distort.h"
#include "core/memory.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace netwright {

namespace {

// Arenas of several pages of this size ask for them: fewer translations of addresses, which cost double in a virtual
// machine (batch 64 of the USPS network on two threads: 7.1 to 6.2 ms, medians of pairs).
constexpr size_t kHugePage = size_t{1} << 21;

std::align_val_t alignment_of(size_t bytes) { return std::align_val_t{bytes >= kHugePage ? kHugePage : kAlignment}; }

void* allocate(size_t bytes) {
  void* memory = ::operator new(align_up(bytes), alignment_of(bytes), std::nothrow);
  check(memory != nullptr, "MEMORY", "out of memory: ", bytes, " bytes were asked for; use a smaller batch or model");
#ifdef __linux__
  // Advice: where it is not taken, nothing changes.
  if (bytes >= kHugePage) madvise(memory, align_up(bytes), MADV_HUGEPAGE);
#endif
  std::memset(memory, 0, align_up(bytes));
  return memory;
}

void release(void* memory, size_t bytes) { ::operator delete(memory, alignment_of(bytes)); }

void copy(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }

BoundKernel bind(const OpDef& op, const Node& node, const Target& target) { return op.bind(node, target); }

void run(const Step* first, const Step* last, Stream& stream) {
  for (const Step* step = first; step != last; ++step) step->run(step->args, stream);
}

}  // namespace

const Backend& cpu_backend() {
  static const Backend backend = {"cpu", allocate, release, copy, copy, bind, run, distort_function};
  return backend;
}

}  // namespace netwright
