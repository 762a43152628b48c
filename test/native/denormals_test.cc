// Denormals: zero while a job runs, on all of its threads, and as they were afterwards.
#include "core/denormals.h"

#include <atomic>
#include <cmath>

#include "check.h"
#include "core/thread_pool.h"

using namespace netwright;

// A product that the compiler cannot compute beforehand.
static bool becomes_zero() {
  volatile float small = 1.5e-38f, half = 0.5f;
  volatile float product = small * half;
  return product == 0.0f;
}

static void the_mode_ends_with_its_scope() {
  CHECK(!becomes_zero());
  {
    const FlushDenormals flush;
    CHECK(becomes_zero() == FlushDenormals::kFlushes);
  }
  CHECK(!becomes_zero());
}

static void a_lease_flushes_on_all_its_threads() {
  ThreadLease lease(3);
  std::atomic<int> flushed{0};
  lease.parallel(
      3, 1e6,
      [](void* context, int64_t begin, int64_t end, int) {
        if (becomes_zero()) static_cast<std::atomic<int>*>(context)->fetch_add(static_cast<int>(end - begin));
      },
      &flushed);
  CHECK(flushed == (FlushDenormals::kFlushes ? 3 : 0));
}

int main() {
  the_mode_ends_with_its_scope();
  a_lease_flushes_on_all_its_threads();
  CHECK(!becomes_zero());
  return checks.report();
}
