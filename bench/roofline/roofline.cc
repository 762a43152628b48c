// What this machine can do at most: products of matrices, memory, and oneDNN's convolutions; prints JSON.
//
// Built with -DNETWRIGHT_TESTS=ON, target roofline. Arguments: threads (default 1), "quick". For oneDNN set
// OMP_NUM_THREADS to the same number.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <sstream>
#include <vector>

#include "blas/gemm.h"
#include "blas/sgemm.h"
#include "clock.h"
#include "core/thread_pool.h"
#include "onednn.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define NETWRIGHT_BEST_TARGET __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define NETWRIGHT_BEST_TARGET
#endif

namespace netwright {
namespace {

std::vector<float> random_numbers(size_t count) {
  std::minstd_rand generator(1);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = uniform(generator);
  return numbers;
}

struct Square {
  explicit Square(int64_t size)
      : a(random_numbers(static_cast<size_t>(size * size))), b(a), c(static_cast<size_t>(size * size)) {}
  std::vector<float> a, b, c;
};

// GFLOP/s of all threads together, each with matrices of its own.
double blas_gflops(int64_t n, int threads) {
  const double operations = 2.0 * static_cast<double>(n * n * n);
  return 1e-9 * best_rate(threads, operations, [n](int) {
           auto square = std::make_shared<Square>(n);
           return [square, n] {
             blas_sgemm(false, false, n, n, n, square->a.data(), n, square->b.data(), n, 0, square->c.data(), n);
           };
         });
}

double builtin_gflops(int64_t n, int threads) {
  const double operations = 2.0 * static_cast<double>(n * n * n);
  const Gemm plan = plan_gemm({n, n, n, false, false}, tile_set(active_isa()), transpose_function(active_isa()), 1);
  return 1e-9 * best_rate(threads, operations, [n, plan](int) {
           auto square = std::make_shared<Square>(n);
           auto workspace = std::make_shared<std::vector<float>>(static_cast<size_t>(plan.workspace_elements()));
           auto state = std::make_shared<StepState>();
           auto lease = std::make_shared<ThreadLease>(1);
           return [=] {
             Stream stream(*state, *lease);
             run_gemm(plan, square->a.data(), square->b.data(), {}, square->c.data(), workspace->data(), stream);
           };
         });
}

NETWRIGHT_BEST_TARGET void triad(const float* a, const float* b, float* c, size_t count) {
  for (size_t i = 0; i < count; ++i) c[i] = a[i] + 0.5f * b[i];
}

// GB/s read and written by all threads together, each with three arrays that take `bytes` together.
double triad_gbytes(size_t bytes, int threads) {
  const size_t count = bytes / 3 / sizeof(float);
  const double moved = static_cast<double>(3 * count * sizeof(float));
  return 1e-9 * best_rate(threads, moved, [count](int) {
           auto a = std::make_shared<std::vector<float>>(count, 1.0f);
           auto b = std::make_shared<std::vector<float>>(*a), c = std::make_shared<std::vector<float>>(*a);
           return [=] { triad(a->data(), b->data(), c->data(), count); };
         });
}

void append(std::ostringstream& json, const char* separator, const char* key, double size, const char* value_name,
            double value) {
  json << separator << "{\"" << key << "\":" << size << ",\"" << value_name << "\":" << value << "}";
}

std::string measure(int threads, bool quick) {
  const std::vector<int64_t> sizes = quick ? std::vector<int64_t>{256, 512} : std::vector<int64_t>{128, 256, 512, 1024};
  std::ostringstream json;
  json.precision(9);
  json << "{\"threads\":" << threads << ",\"instructionSet\":\"" << isa_name(active_isa()) << "\",\"blas\":";
  if (blas_available()) {
    json << "{\"name\":\"" << blas_library() << "\",\"sgemm\":[";
    for (const int64_t n : sizes)
      append(json, n == sizes[0] ? "" : ",", "size", static_cast<double>(n), "gflops", blas_gflops(n, threads));
    json << "]}";
  } else {
    json << "null";
  }
  json << ",\"builtin\":[";
  for (const int64_t n : sizes)
    append(json, n == sizes[0] ? "" : ",", "size", static_cast<double>(n), "gflops", builtin_gflops(n, threads));
  json << "],\"triad\":[";
  // First and second cache, shared caches, memory.
  const std::vector<size_t> bytes = {24u << 10, 192u << 10, 3u << 20, 15u << 20, 192u << 20};
  for (const size_t each : bytes)
    append(json, each == bytes[0] ? "" : ",", "bytesPerThread", static_cast<double>(each), "gbytes",
           triad_gbytes(each, threads));
  json << "],\"onednn\":" << onednn_json(quick) << "}";
  return json.str();
}

}  // namespace
}  // namespace netwright

int main(int argc, char** argv) {
  const int threads = argc > 1 ? std::atoi(argv[1]) : 1;
  const bool quick = argc > 2 && std::strcmp(argv[2], "quick") == 0;
  std::printf("%s\n", netwright::measure(threads, quick).c_str());
}
