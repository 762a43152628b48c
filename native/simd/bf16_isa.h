// Which instructions for bfloat16 this machine has.
#pragma once

namespace netwright {

// AVX512-BF16, with what isa_avx512 needs besides.
bool has_avx512_bf16();
// AMX for bfloat16, as processor and operating system say; using it takes request_amx() first.
bool has_amx_bf16();
// Asks the system for AMX's registers, once for the process; false when it refuses.
bool request_amx();

}  // namespace netwright
