// Convolutions of the timed networks in oneDNN, where the build found it.
#pragma once

#include <string>

namespace netwright {

// A JSON object: { "version", "isa", "rows": [...] }, or "null" without oneDNN. Its threads are OpenMP's:
// OMP_NUM_THREADS.
std::string onednn_json(bool quick);

}  // namespace netwright
