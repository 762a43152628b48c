// Where the time of a program's runs goes, step by step; kept only in sessions that ask for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace netwright {

// Sums over all runs since the program was bound.
struct StepTimes {
  std::vector<double> ns;  // of each step of the program
  double gather_ns = 0;    // filling of the inputs
  int64_t runs = 0;
};

// One kernel of a program, or the gathering of its batches.
struct ProfileRow {
  std::string label;   // the layer
  std::string op;      // "gather" for the filling of inputs
  std::string kernel;  // which kernel was chosen
  std::string phase;   // "gather", "compute" or "update"
  double ms = 0;       // of one run, the mean
  double operations = 0;
  double bytes = 0;  // of all operands: read and written at least once
};

struct ProgramProfile {
  std::string mode;
  int64_t batch = 0;
  int64_t runs = 0;
  std::vector<ProfileRow> rows;
};

}  // namespace netwright
