// Reads the affinity mask and the cgroup files that limit a container.
#include "core/cores.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace netwright {

namespace {

// Two numbers of a quota; a missing file, "max" and -1 all mean no limit.
int cores_of(const std::string& quota, const std::string& period) {
  char* end = nullptr;
  const double quota_us = std::strtod(quota.c_str(), &end);
  if (end == quota.c_str()) return 0;
  const double period_us = std::strtod(period.c_str(), &end);
  if (end == period.c_str() || !(quota_us > 0) || !(period_us > 0)) return 0;
  return static_cast<int>(std::clamp(quota_us / period_us, 1.0, 4096.0));
}

std::vector<std::string> words_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string word; words.size() < 16 && file >> word;) words.push_back(word);
  return words;
}

int quota_of_folder(const std::string& folder, bool version2) {
  if (version2) {
    const std::vector<std::string> words = words_of(folder + "/cpu.max");
    return words.size() == 2 ? cores_of(words[0], words[1]) : 0;
  }
  const std::vector<std::string> quota = words_of(folder + "/cpu.cfs_quota_us");
  const std::vector<std::string> period = words_of(folder + "/cpu.cfs_period_us");
  return quota.empty() || period.empty() ? 0 : cores_of(quota[0], period[0]);
}

// A limit may be set on any folder from the process's own up to the mount point. In a container the path often
// names the host's tree and is not visible: then the mount point itself holds the limit.
int smallest_quota(const std::string& mount, std::string path, bool version2) {
  int smallest = 0;
  for (;;) {
    const int cores = quota_of_folder(mount + path, version2);
    if (cores > 0) smallest = smallest == 0 ? cores : std::min(smallest, cores);
    const size_t slash = path.rfind('/');
    if (path.empty() || slash == std::string::npos) return smallest;
    path.resize(slash);
  }
}

bool has_cpu(const std::string& controllers) {
  std::istringstream list(controllers);
  for (std::string one; std::getline(list, one, ',');)
    if (one == "cpu") return true;
  return false;
}

}  // namespace

int quota_cores(const std::string& root) {
  std::ifstream groups(root + "/proc/self/cgroup");
  int smallest = 0;
  for (std::string line; std::getline(groups, line);) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool version2 = controllers.empty();
    if (!version2 && !has_cpu(controllers)) continue;
    for (const char* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"}) {
      const int cores = smallest_quota(root + mount, line.substr(second + 1), version2);
      if (cores > 0) smallest = smallest == 0 ? cores : std::min(smallest, cores);
    }
  }
  return smallest;
}

int detect_cores() {
  int cores = static_cast<int>(std::thread::hardware_concurrency());
#ifdef __linux__
  cpu_set_t mask;
  CPU_ZERO(&mask);
  // Fails on machines with more than 1,024 processors; the hardware's number stands then.
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) cores = CPU_COUNT(&mask);
  const int quota = quota_cores();
  if (quota > 0) cores = std::min(cores, quota);
#endif
  return std::max(cores, 1);
}

}  // namespace netwright
