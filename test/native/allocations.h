// Counts what a test program allocates, on all threads; to be included by the one source file of the program.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace netwright {

inline std::atomic<int64_t> allocation_count{0};

// How often `work` allocates.
template <class Work>
int64_t allocations_of(const Work& work) {
  const int64_t before = allocation_count.load();
  work();
  return allocation_count.load() - before;
}

}  // namespace netwright

#ifdef NETWRIGHT_SANITIZED
// The sanitizers' own allocator reports everything: new, malloc and what libraries take.
#include <sanitizer/allocator_interface.h>

namespace netwright {

__attribute__((no_sanitize("thread"))) inline void on_allocation(const volatile void*, size_t) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
}
inline void on_release(const volatile void*) {}
inline const int allocation_hooks = __sanitizer_install_malloc_and_free_hooks(on_allocation, on_release);

}  // namespace netwright

#else

namespace netwright {

inline void* counted_allocation(size_t bytes, size_t alignment) noexcept {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  return std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
}

inline void* counted_or_throw(size_t bytes, size_t alignment) {
  void* memory = counted_allocation(bytes, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr size_t kUsual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace netwright

// The array forms and those for nothrow call these, except where the default goes around them.
void* operator new(size_t bytes) { return netwright::counted_or_throw(bytes, netwright::kUsual); }
void* operator new(size_t bytes, std::align_val_t alignment) {
  return netwright::counted_or_throw(bytes, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
