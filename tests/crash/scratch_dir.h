// A directory of a test's own, in memory where the machine offers that (a power cut is simulated, so nothing is gained
// by a real disk), and gone with the object.
#ifndef REPRISE_TESTS_CRASH_SCRATCH_DIR_H_
#define REPRISE_TESTS_CRASH_SCRATCH_DIR_H_

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace reprise {

class ScratchDir {
 public:
  ScratchDir() {
    const bool in_memory = access("/dev/shm", W_OK | X_OK) == 0;
    const std::filesystem::path root = in_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    path_ = (root / "reprise_crash_XXXXXX").string();
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~ScratchDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;

  std::string store() const { return path_ + "/store"; }
  std::string graveyard() const { return path_ + "/graveyard"; }

 private:
  std::string path_;
};

}  // namespace reprise

#endif  // REPRISE_TESTS_CRASH_SCRATCH_DIR_H_
