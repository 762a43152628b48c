// Sessions on small plans: training, evaluation, prediction, values by name, and the same bits whatever the threads.
#include "core/session.h"

#include "check.h"
#include "core/initialize.h"
#include "session_fixture.h"

using namespace netwright;

static std::vector<float> read(const Session& session, const std::string& name) {
  return session.read(session.find(name));
}

static void training_lowers_the_loss() {
  Session session(dense_options());
  const auto data = dense_data(100);
  const double before = number(session.evaluate({data, 32}).metrics, "loss");
  for (uint64_t epoch = 0; epoch < 30; ++epoch) {
    const EpochResult result = session.run_epoch(epoch_job(data, 8, 0.02f, epoch));
    CHECK(result.steps == 13 && result.rows == 100 && !result.cancelled);
  }
  const double after = number(session.evaluate({data, 32}).metrics, "loss");
  CHECK(session.step() == 30 * 13);
  checks.add(before > 0.1 && after < 0.02, text("the loss falls from ", before, " to ", after), __FILE__, __LINE__);
}

static void images_train_too() {
  Session session(image_options());
  const auto data = image_data(60);
  double first = 0, last = 0;
  for (uint64_t epoch = 0; epoch < 12; ++epoch) {
    const EpochResult result = session.run_epoch(epoch_job(data, 16, 0.05f, epoch));
    (epoch == 0 ? first : last) = number(result.metrics, "loss");
  }
  CHECK(first > 0.9 && last < 0.6 * first);
  CHECK(read(session, "norm.mean") != std::vector<float>(4, 0.0f));
}

static void bits_do_not_depend_on_threads() {
  for (const bool images : {false, true}) {
    const auto train = [images](int threads) {
      Session session(images ? image_options(threads) : dense_options(threads));
      for (uint64_t epoch = 0; epoch < 2; ++epoch)
        session.run_epoch(epoch_job(images ? image_data(50) : dense_data(50), 16, 0.02f, epoch));
      return everything(session);
    };
    const std::vector<float> alone = train(1);
    CHECK(alone == train(2));
    CHECK(alone == train(3));
    CHECK(alone == train(0));
  }
}

static void means_are_weighted_by_rows() {
  Session session(dense_options());
  const auto data = dense_data(10);
  const double whole = number(session.evaluate({data, 10}).metrics, "loss");
  for (int64_t size : {1, 3, 4, 9, 1000}) {
    const EvaluateResult parts = session.evaluate({data, size});
    CHECK(parts.rows == 10 && std::abs(number(parts.metrics, "loss") - whole) < 1e-6);
  }
}

static void predictions_do_not_depend_on_the_batch_size() {
  Session session(dense_options());
  const auto data = dense_data(11);
  const std::vector<NamedTensor> whole = session.predict({data, 11});
  CHECK(whole.size() == 1 && whole[0].name == "y" && (whole[0].shape == std::vector<int64_t>{11, 2}));
  for (int64_t size : {1, 2, 3, 4, 5, 6, 7}) {  // more sizes than programs are kept
    const std::vector<NamedTensor> parts = session.predict({data, size});
    double apart = 0;
    for (size_t i = 0; i < whole[0].data.size(); ++i)
      apart = std::max(apart, static_cast<double>(std::abs(whole[0].data[i] - parts[0].data[i])));
    CHECK(parts[0].data.size() == 22 && apart < 1e-6);
  }
}

static void a_single_run_takes_given_inputs() {
  Session session(dense_options());
  const auto data = dense_data(4);
  const auto bits = [&](size_t field) {
    const Dataset::Field& found = data->fields()[field];
    return std::vector<uint32_t>(found.row(0), found.row(4));
  };
  ExecuteJob job;
  job.mode = Mode::train;
  job.batch = 4;
  job.inputs = {{"x", DType::float32, bits(0)}, {"target", DType::float32, bits(1)}};
  const std::vector<NamedTensor> result = session.execute(job);
  CHECK(result.size() == 1 && result[0].name == "loss" && result[0].shape.empty());
  CHECK(std::abs(result[0].data[0] - number(session.evaluate({data, 4}).metrics, "loss")) < 1e-6);
  CHECK(session.step() == 0);
  const std::vector<float> before = read(session, "w1");
  job.update = true;
  job.learning_rate = 0.1f;
  session.execute(job);
  CHECK(session.step() == 1 && read(session, "w1") != before);
  job.batch = 3;
  CHECK_ERROR("ARGUMENT", "expected [3, 3] float32", session.execute(job));
  job.batch = 4;
  job.inputs[0].dtype = DType::int32;
  CHECK_ERROR("ARGUMENT", "int32", session.execute(job));
  job.inputs.erase(job.inputs.begin());
  CHECK_ERROR("ARGUMENT", "input \"x\" is missing", session.execute(job));
}

static void values_are_read_and_written_in_the_users_order() {
  Session session(image_options());
  const PlanValue& weight = session.find("conv.weight");
  CHECK(session.read(weight) == initial_values(*weight.init, "conv.weight", 72, 3));
  const std::vector<float> numbers = random_floats(72, 9);
  session.write(weight, numbers);
  CHECK(session.read(weight) == numbers);
  CHECK(read(session, "parameters") != numbers);
  CHECK_ERROR("SHAPE", "\"conv.weight\" has shape [4, 2, 3, 3], which is 72 numbers; got 3",
              session.write(weight, {1, 2, 3}));
  CHECK_ERROR("ARGUMENT", "called \"nothing\"", session.find("nothing"));
}

static void snapshots_bring_weights_back() {
  Session session(dense_options());
  const auto data = dense_data(20);
  session.run_epoch(epoch_job(data, 8, 0.05f));
  const std::vector<float> weights = read(session, "parameters"), velocity = read(session, "velocity");
  session.snapshot("best");
  session.snapshot("last");
  session.run_epoch(epoch_job(data, 8, 0.05f, 1));
  CHECK(read(session, "parameters") != weights);
  session.restore("best");
  CHECK(read(session, "parameters") == weights && read(session, "velocity") != velocity && session.step() == 6);
  // Each epoch keeps its start as "last".
  session.restore("last");
  CHECK(read(session, "parameters") == weights && read(session, "velocity") == velocity && session.step() == 3);
  CHECK_ERROR("ARGUMENT", "snapshots are called", session.snapshot("other"));
  CHECK_ERROR("ARGUMENT", "no snapshot", Session(dense_options()).restore("best"));
}

static void jobs_that_cannot_run_say_why() {
  Session session(dense_options());
  const auto data = dense_data(10);
  EpochJob job = epoch_job(data, 4, 0.1f);
  job.learning_rates.push_back(0.1f);
  CHECK_ERROR("ARGUMENT", "1 to 3 steps, got 4", session.run_epoch(job));
  job.learning_rates.clear();
  CHECK_ERROR("ARGUMENT", "got 0", session.run_epoch(job));
  job = epoch_job(data, 4, 0.1f);
  job.batch_size = 0;
  CHECK_ERROR("ARGUMENT", "at least 1 row", session.run_epoch(job));
  CHECK_ERROR("DISPOSED", "data set was closed", session.predict({nullptr, 4}));
  CHECK_ERROR("DATA", "has no field \"x\"",
              Session(image_options())
                  .run_epoch(epoch_job(std::make_shared<const Dataset>(std::vector<Dataset::Source>{}, 3), 2, 0.1f)));
  CHECK_ERROR("ARGUMENT", "no plan to predict", Session(image_options()).predict({data, 4}));
  // Batch norm on a remainder of one row.
  CHECK_ERROR("SHAPE", "norm", [] {
    PlanBuilder b = convolution_plan();
    for (PlanValue& value : b.plan.values)
      if (value.shape.size() == 4 && value.shape[0] == -1 && value.shape[2] == 6) value.shape[2] = value.shape[3] = 1;
    verify(b.plan);
    bind_program(b.share(), 1, cpu_backend(), Target{active_isa(), false, 1});
  }());
}

static void plans_of_a_session_must_agree() {
  SessionOptions options = dense_options();
  PlanBuilder other = DensePlans().predict;
  other.at(other.id_of("b1")).shape = {7};
  options.plans[2] = other.share();
  CHECK_ERROR("PLAN", "disagree about \"b1\"", Session session(options));
  other = DensePlans().predict;
  other.plan.arenas.state = 16;
  options.plans[2] = other.share();
  CHECK_ERROR("PLAN", "different arenas", Session session(options));
  CHECK_ERROR("PLAN", "at least one plan", Session session(SessionOptions{}));
}

static void expected_time_is_known_after_a_run() {
  Session session(dense_options());
  const auto data = dense_data(11);
  const auto is_known = [&](int64_t size) { return std::isfinite(session.expected_ns({data, size})); };
  CHECK(!is_known(11) && !is_known(4));
  session.predict({data, 4});
  CHECK(is_known(4) && session.expected_ns({data, 4}) > 0 && !is_known(11));
  session.predict({data, 11});
  CHECK(is_known(11) && is_known(99));
  session.program(Mode::predict, 5);  // bound, never run
  CHECK(!is_known(5));
  CHECK_ERROR("DISPOSED", "data set was closed", session.expected_ns({nullptr, 4}));
  CHECK_ERROR("ARGUMENT", "a batch has at least 1 row", session.expected_ns({data, 0}));
}

static void bare_rows_are_copied_for_the_only_input() {
  Session session(dense_options());
  std::vector<float> x = random_floats(33, 1);
  const std::vector<float> expected = session.predict({dense_data(11), 11})[0].data;
  const auto rows = session.input_rows(x.data(), x.size(), 11);
  std::fill(x.begin(), x.end(), 0.0f);
  CHECK(session.predict({rows, 11})[0].data == expected);
  CHECK_ERROR("DATA", "field \"x\" has 33 numbers", session.input_rows(x.data(), x.size(), 10));
  CHECK_ERROR("DATA", "expected 1 to", session.input_rows(x.data(), 0, 0));
  CHECK_ERROR("ARGUMENT", "no plan to predict", Session(image_options()).input_rows(x.data(), x.size(), 11));
}

static void programs_say_what_they_do() {
  Session session(image_options());
  const std::shared_ptr<const Program> program = session.program(Mode::train, 5);
  const std::string text = program->describe();
  CHECK(text.find("conv2d") != std::string::npos && text.find("[5, 4, 6, 6]") != std::string::npos);
  CHECK(program->lower_bound_bytes <= program->activation_bytes && program->activation_bytes > 0);
  CHECK(session.program(Mode::train, 5) == program);
  CHECK_ERROR("MEMORY", "smaller batch", session.program(Mode::train, kMostDimension));
  CHECK_ERROR("ARGUMENT", "a batch has", session.program(Mode::train, 0));
}

int main() {
  training_lowers_the_loss();
  images_train_too();
  bits_do_not_depend_on_threads();
  means_are_weighted_by_rows();
  predictions_do_not_depend_on_the_batch_size();
  a_single_run_takes_given_inputs();
  values_are_read_and_written_in_the_users_order();
  snapshots_bring_weights_back();
  jobs_that_cannot_run_say_why();
  plans_of_a_session_must_agree();
  expected_time_is_known_after_a_run();
  bare_rows_are_copied_for_the_only_input();
  programs_say_what_they_do();
  return checks.report();
}
