// The system's BLAS, where the build found one: one function, its name, and whether it is to be used.
#pragma once

#include <cstdint>
#include <string>

namespace netwright {

// Compiled in and able to run.
bool blas_available();
// Available, and not turned off by NETWRIGHT_BLAS=builtin. Throws Error("ARGUMENT") when NETWRIGHT_BLAS is neither
// "builtin" nor "system", or is "system" without one.
bool blas_enabled();
// What products run on when a session does not choose: "OpenBLAS 0.3.21" or "builtin".
std::string blas_name();
// "OpenBLAS 0.3.21" whether it is to be used or not; "builtin" when there is none.
std::string blas_library();

// C [m, n] = op(A) op(B) + beta C, row-major, on the calling thread alone where the library can be told so. Only where
// blas_available(); no dimension above 2^31 - 1.
void blas_sgemm(bool ta, bool tb, int64_t m, int64_t n, int64_t k, const float* a, int64_t lda, const float* b,
                int64_t ldb, float beta, float* c, int64_t ldc);
// False where the library brings threads that cannot be turned off: then a product is best given to it whole.
bool blas_is_single_threaded();

}  // namespace netwright
