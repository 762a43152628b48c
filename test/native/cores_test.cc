// Reading the quotas of control groups, versions 1 and 2, from a made-up file system.
#include "core/cores.h"

#include <filesystem>
#include <fstream>

#include "check.h"

using namespace netwright;
namespace fs = std::filesystem;

// A root folder that is removed at the end.
class Root {
 public:
  Root()
      : path_(fs::temp_directory_path() /
              ("netwright_cores_" + std::to_string(counter_++) + "_" + std::to_string(::rand()))) {
    fs::create_directories(path_);
  }
  ~Root() { fs::remove_all(path_); }
  Root& file(const std::string& name, const std::string& content) {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name) << content;
    return *this;
  }
  int cores() const { return quota_cores(path_.string()); }

 private:
  static inline int counter_ = 0;
  fs::path path_;
};

int main() {
  CHECK(Root().cores() == 0);
  CHECK(Root().file("proc/self/cgroup", "0::/\n").cores() == 0);
  CHECK(Root().file("proc/self/cgroup", "0::/\n").file("sys/fs/cgroup/cpu.max", "max 100000\n").cores() == 0);
  CHECK(Root().file("proc/self/cgroup", "0::/\n").file("sys/fs/cgroup/cpu.max", "300000 100000\n").cores() == 3);
  // Less than two cores is one; less than one is one too.
  CHECK(Root().file("proc/self/cgroup", "0::/\n").file("sys/fs/cgroup/cpu.max", "190000 100000\n").cores() == 1);
  CHECK(Root().file("proc/self/cgroup", "0::/\n").file("sys/fs/cgroup/cpu.max", "5000 100000\n").cores() == 1);
  // The tightest limit from the process's folder up to the mount counts.
  CHECK(Root()
            .file("proc/self/cgroup", "0::/a/b\n")
            .file("sys/fs/cgroup/a/cpu.max", "200000 100000\n")
            .file("sys/fs/cgroup/a/b/cpu.max", "400000 100000\n")
            .cores() == 2);
  const char* version1 = "5:memory:/x\n4:cpu,cpuacct:/docker/1\n3:cpuset:/y\n";
  CHECK(Root()
            .file("proc/self/cgroup", version1)
            .file("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "400000\n")
            .file("sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us", "100000\n")
            .cores() == 4);
  CHECK(Root()
            .file("proc/self/cgroup", version1)
            .file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
            .file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
            .cores() == 0);
  // Nonsense limits nothing.
  CHECK(Root().file("proc/self/cgroup", "0:\nrubbish\n0::/\n").file("sys/fs/cgroup/cpu.max", "what 7\n").cores() == 0);
  CHECK(Root().file("proc/self/cgroup", "0::/\n").file("sys/fs/cgroup/cpu.max", "100000 0\n").cores() == 0);
  CHECK(detect_cores() >= 1);
  return checks.report();
}
