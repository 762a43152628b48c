// Sessions in trouble: numbers that are not finite, cancelled jobs, sessions side by side, and ticks.
#include <atomic>
#include <chrono>
#include <limits>
#include <thread>

#include "check.h"
#include "core/runner.h"
#include "session_fixture.h"

using namespace netwright;

static std::vector<float> read(const Session& session, const std::string& name) {
  return session.read(session.find(name));
}

// Runs the epoch, which must fail, and hands over the error.
static NonFiniteError failure(Session& session, const EpochJob& job) {
  try {
    session.run_epoch(job);
  } catch (const NonFiniteError& error) {
    return error;
  }
  return NonFiniteError("no error", 0, "", "");
}

static void a_nan_in_the_data_stops_training_and_names_the_input() {
  Session session(dense_options());
  EpochJob job = epoch_job(dense_data(40, std::numeric_limits<float>::quiet_NaN(), 25), 10, 0.01f);
  job.shuffle = false;
  const NonFiniteError error = failure(session, job);
  CHECK(error.step == 2 && error.layer == "first" && error.what_failed == "loss");
  CHECK(std::string(error.what()).find("this batch's \"x\" holds NaN") != std::string::npos);
  CHECK(session.step() == 2);
  // As after two good steps.
  Session good(dense_options());
  EpochJob two = epoch_job(dense_data(40), 10, 0.01f);
  two.shuffle = false;
  two.learning_rates.resize(2);
  good.run_epoch(two);
  CHECK(read(session, "parameters") == read(good, "parameters") && read(session, "velocity") == read(good, "velocity"));
}

static void a_loss_that_overflows_names_its_layer() {
  Session session(dense_options());
  session.write(session.find("w2"), std::vector<float>(16, 1e30f));
  const NonFiniteError error = failure(session, epoch_job(dense_data(10), 10, 0.01f));
  CHECK(error.layer == "mse" && error.what_failed == "loss" && error.step == 0);
}

static void a_gradient_that_overflows_names_its_layer() {
  Session session(dense_options());
  session.write(session.find("w1"), std::vector<float>(24, 1e30f));
  session.write(session.find("w2"), std::vector<float>(16, 1e-20f));
  const NonFiniteError error = failure(session, epoch_job(dense_data(10), 10, 0.01f));
  CHECK(error.layer == "second" && error.what_failed == "gradient");
}

static void a_parameter_that_overflows_brings_the_last_weights_back() {
  Session session(dense_options());
  session.run_epoch(epoch_job(dense_data(20), 5, 0.01f));
  const std::vector<float> weights = read(session, "parameters"), velocity = read(session, "velocity");
  const NonFiniteError error =
      failure(session, epoch_job(dense_data(20), 5, std::numeric_limits<float>::infinity(), 1));
  CHECK(error.what_failed == "parameter" && error.step == 4 && session.find(error.layer).role == Role::param);
  CHECK(read(session, "parameters") == weights && read(session, "velocity") == velocity && session.step() == 4);
  // Training goes on from there.
  session.run_epoch(epoch_job(dense_data(20), 5, 0.01f, 1));
}

// One step on four rows.
static ExecuteJob single_step(float learning_rate) {
  const auto data = dense_data(4);
  ExecuteJob job;
  job.mode = Mode::train;
  job.batch = 4;
  for (const Dataset::Field& field : data->fields())
    job.inputs.push_back({field.name, field.dtype, {field.row(0), field.row(4)}});
  job.update = true;
  job.learning_rate = learning_rate;
  return job;
}

// The copy of the last good weights must not be older than what a user has set since.
static void a_single_step_that_fails_brings_back_what_the_user_set() {
  const float infinity = std::numeric_limits<float>::infinity();
  Session session(dense_options());
  session.execute(single_step(0.01f));
  const std::vector<float> own(16, 0.25f);
  session.write(session.find("w2"), own);
  CHECK_ERROR("NON_FINITE", "after step 1 were restored", session.execute(single_step(infinity)));
  CHECK(read(session, "w2") == own && session.step() == 1);

  session.snapshot("best");
  for (int i = 0; i < 3; ++i) session.execute(single_step(0.01f));
  session.restore("best");
  CHECK_ERROR("NON_FINITE", "after step 4 were restored", session.execute(single_step(infinity)));
  CHECK(read(session, "w2") == own && session.step() == 4);

  session.set_step(0);
  CHECK_ERROR("NON_FINITE", "after step 0 were restored", session.execute(single_step(infinity)));
  CHECK(session.step() == 0);
}

static void a_cancelled_job_ends_after_its_step() {
  Session session(dense_options());
  Runner runner;
  std::atomic<bool> started{false}, ended{false};
  EpochResult result;
  session.begin_job();
  runner.start([&] {
    EpochJob job = epoch_job(dense_data(200000), 1, 0.001f);
    job.tick_ms = 0;
    result = session.run_epoch(job, [&](Tick) { started = true; });
    ended = true;
  });
  while (!started) std::this_thread::yield();
  CHECK_ERROR("BUSY", "is running a job", session.check_idle());
  CHECK_ERROR("BUSY", "is running a job", session.begin_job());
  session.cancel();
  runner.stop();
  CHECK(ended && result.cancelled && result.steps > 0 && result.steps < 200000);
  CHECK(static_cast<uint64_t>(result.steps) == session.step());
  session.end_job();
  session.check_idle();
  session.cancel();
  CHECK_ERROR("CANCELLED", "cancelled", session.evaluate({dense_data(4), 2}));
  session.begin_job();
  CHECK(session.evaluate({dense_data(4), 2}).rows == 4);
  session.end_job();
}

static void a_runner_takes_one_task_after_the_other(std::chrono::nanoseconds spin) {
  Runner runner(spin);
  std::atomic<int> done{0};
  for (int i = 0; i < 100; ++i) {
    runner.start([&] { ++done; });
    while (done != i + 1) std::this_thread::yield();
  }
  runner.stop();
  runner.stop();
  runner.start([&] { ++done; });
  CHECK(done == 100);
  Runner unused;
}

static void ticks_carry_means_so_far() {
  Session session(dense_options());
  EpochJob job = epoch_job(dense_data(30), 7, 0.01f);
  job.tick_ms = 0;
  std::vector<Tick> ticks;
  const EpochResult result = session.run_epoch(job, [&](Tick tick) { ticks.push_back(std::move(tick)); });
  CHECK(ticks.size() == 5 && ticks.back().rows == 30 && ticks[0].step == 1 && ticks[0].rows == 7);
  CHECK(number(ticks.back().metrics, "loss") == number(result.metrics, "loss"));
  job.tick_ms = 1e9;
  ticks.clear();
  session.run_epoch(job, [&](Tick tick) { ticks.push_back(std::move(tick)); });
  CHECK(ticks.empty());
}

static void sessions_run_side_by_side_on_one_data_set() {
  const auto data = image_data(40);
  const auto train = [&](int threads) {
    Session session(image_options(threads));
    for (uint64_t epoch = 0; epoch < 2; ++epoch) session.run_epoch(epoch_job(data, 8, 0.05f, epoch));
    return everything(session);
  };
  const std::vector<float> alone = train(1);
  std::atomic<int> same{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back([&, i] { same += train(i % 4) == alone; });
  for (std::thread& thread : threads) thread.join();
  CHECK(same == 6);
}

int main() {
  a_nan_in_the_data_stops_training_and_names_the_input();
  a_loss_that_overflows_names_its_layer();
  a_gradient_that_overflows_names_its_layer();
  a_parameter_that_overflows_brings_the_last_weights_back();
  a_single_step_that_fails_brings_back_what_the_user_set();
  a_cancelled_job_ends_after_its_step();
  a_runner_takes_one_task_after_the_other(std::chrono::nanoseconds(0));
  a_runner_takes_one_task_after_the_other(std::chrono::milliseconds(1));
  ticks_carry_means_so_far();
  sessions_run_side_by_side_on_one_data_set();
  return checks.report();
}
