// Counts what a test program allocates, on all threads; to be included by the one source file of the program.
#pragma once

#include <atomic>
#include <cstddef>
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
// The sanitizers' own allocator reports everything: new, malloc and what libraries take. GCC has this, but no header.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*, size_t),
                                                         void (*on_free)(const volatile void*));

namespace netwright {

__attribute__((no_sanitize("thread"))) inline void on_allocation(const volatile void*, size_t) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
}
inline void on_release(const volatile void*) {}
inline const int allocation_hooks = __sanitizer_install_malloc_and_free_hooks(on_allocation, on_release);

}  // namespace netwright

#else

namespace netwright {

inline void* counted_or_throw(size_t bytes, size_t alignment) {
  allocation_count.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::aligned_alloc(alignment, (bytes + alignment) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

constexpr size_t kUsual = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace netwright

// The array forms and those that do not throw call these. Inlined, GCC takes free() for a mistake.
#define NW_OUT_OF_LINE __attribute__((noinline))
NW_OUT_OF_LINE void* operator new(size_t bytes) { return netwright::counted_or_throw(bytes, netwright::kUsual); }
NW_OUT_OF_LINE void* operator new(size_t bytes, std::align_val_t alignment) {
  return netwright::counted_or_throw(bytes, static_cast<size_t>(alignment));
}
NW_OUT_OF_LINE void operator delete(void* memory) noexcept { std::free(memory); }
NW_OUT_OF_LINE void operator delete(void* memory, size_t) noexcept { std::free(memory); }
NW_OUT_OF_LINE void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
NW_OUT_OF_LINE void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
#endif
