// Binds the CBLAS that CMake found, with its own threads turned off; without one, says so.
#include "blas/sgemm.h"

#include <cstdlib>

#include "core/error.h"

#ifdef NETWRIGHT_HAVE_CBLAS
#if defined(NETWRIGHT_BLAS_ACCELERATE)
#include <Accelerate/Accelerate.h>
#elif defined(NETWRIGHT_BLAS_MKL)
#include <mkl_cblas.h>
#include <mkl_service.h>
#else
#include <cblas.h>
#endif

#if defined(NETWRIGHT_BLAS_OPENBLAS)
extern "C" void openblas_set_num_threads(int);
extern "C" char* openblas_get_config(void);
#elif defined(NETWRIGHT_BLAS_BLIS)
extern "C" void bli_thread_set_num_threads(long);
extern "C" const char* bli_info_get_version_str(void);
#endif
#endif

namespace netwright {

bool blas_enabled() {
  const char* choice = std::getenv("NETWRIGHT_BLAS");
  if (choice == nullptr || *choice == '\0') return blas_available();
  const std::string name = choice;
  check(name == "builtin" || name == "system", "ARGUMENT", "NETWRIGHT_BLAS is \"", name,
        "\", expected \"builtin\" or \"system\"");
  check(name == "builtin" || blas_available(), "ARGUMENT",
        "NETWRIGHT_BLAS is \"system\", but this build has no BLAS; install one (libopenblas-dev, say) and build again");
  return name == "system";
}

std::string blas_name() { return blas_enabled() ? blas_library() : "builtin"; }

#ifdef NETWRIGHT_HAVE_CBLAS

namespace {

// "OpenBLAS 0.3.21" of "OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY ...".
[[maybe_unused]] std::string first_words(const std::string& text, int words) {
  size_t end = 0;
  while (words-- > 0 && end != std::string::npos) end = text.find(' ', end == 0 ? 0 : end + 1);
  return text.substr(0, end);
}

std::string start_library() {
#if defined(NETWRIGHT_BLAS_OPENBLAS)
  openblas_set_num_threads(1);
  return first_words(openblas_get_config(), 2);
#elif defined(NETWRIGHT_BLAS_MKL)
  mkl_set_num_threads(1);
  MKLVersion version;
  mkl_get_version(&version);
  return text("MKL ", version.MajorVersion, ".", version.MinorVersion, ".", version.UpdateVersion);
#elif defined(NETWRIGHT_BLAS_BLIS)
  bli_thread_set_num_threads(1);
  return text("BLIS ", bli_info_get_version_str());
#else
  return NETWRIGHT_BLAS_VENDOR;
#endif
}

const std::string& started_library() {
  static const std::string name = start_library();
  return name;
}

}  // namespace

bool blas_available() { return true; }

std::string blas_library() { return started_library(); }

bool blas_is_single_threaded() {
#ifdef NETWRIGHT_BLAS_ACCELERATE
  return false;
#else
  return true;
#endif
}

void blas_sgemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                int64_t ldb, float beta, float* c, int64_t ldc) {
  started_library();
  auto narrow = [](int64_t value) { return static_cast<int>(value); };
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, narrow(m), narrow(n),
              narrow(k), 1.0f, a, narrow(lda), b, narrow(ldb), beta, c, narrow(ldc));
}

#else

bool blas_available() { return false; }

std::string blas_library() { return "builtin"; }

bool blas_is_single_threaded() { return true; }

void blas_sgemm(bool, bool, int64_t, int64_t, int64_t, const float*, int64_t, const float*, int64_t, float, float*,
                int64_t) {
  throw Error("ARGUMENT", "this build has no BLAS");
}

#endif

}  // namespace netwright
