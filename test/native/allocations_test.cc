// A step allocates nothing: jobs of few and of many steps allocate equally often, after the first.
#include "allocations.h"

#include <vector>

#include "check.h"
#include "session_fixture.h"
#include "started_workers.h"

using namespace netwright;

static void the_counter_counts() {
  std::vector<float>* kept = nullptr;
  CHECK(allocations_of([&] { kept = new std::vector<float>(1000); }) == 2);
  CHECK(allocations_of([&] { delete kept; }) == 0);
  CHECK(allocations_of([] { ::operator delete (::operator new (64, std::align_val_t{64}), std::align_val_t{64}); }) ==
        1);
}

// Of jobs with `few` and `many` steps. Threads, programs and arenas come with the first job.
template <class Work>
static void check_same(const char* what, int threads, const Work& work) {
  const int64_t few = 2, many = 40;
  work(few);
  work(many);
  const int64_t short_job = allocations_of([&] { work(few); }), long_job = allocations_of([&] { work(many); });
  checks.add(
      short_job == long_job,
      text(what, " on ", threads, " threads: ", short_job, " allocations in 2 steps, ", long_job, " in 40 steps"),
      __FILE__, __LINE__);
}

int main() {
  const std::shared_ptr<void> workers = started_workers(3);
  the_counter_counts();
  const int64_t rows = 320, size = 8;
  for (int threads : {1, 2, 3})
    for (bool images : {false, true}) {
      Session session(images ? image_options(threads) : dense_options(threads));
      const auto data = images ? image_data(rows) : dense_data(rows);
      EpochJob job = epoch_job(data, size, 0.01f);
      check_same(images ? "training on images" : "training", threads, [&](int64_t steps) {
        job.learning_rates.resize(static_cast<size_t>(steps));
        session.run_epoch(job);
      });
      if (images) {
        job.augment = Augment{"x", {}};
        job.augment->range.rotation = 10;
        job.augment->range.fill = {0, 0};
        check_same("training on distorted images", threads, [&](int64_t steps) {
          job.learning_rates.resize(static_cast<size_t>(steps));
          session.run_epoch(job);
        });
        continue;
      }
      const auto little = dense_data(2 * size), much = dense_data(40 * size);
      check_same("evaluation", threads, [&](int64_t steps) { session.evaluate({steps == 2 ? little : much, size}); });
    }
  return checks.report();
}
