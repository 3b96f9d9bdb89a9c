#include "client/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace reprise::client {

OutputFile::~OutputFile() {
  if (file_ != nullptr && file_ != stdout) std::fclose(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status OutputFile::Error(const char* doing) const {
  return MakeStatus(absl::StatusCode::kUnknown,
                    std::string("cannot ") + doing + " " + path_ + ": " + std::strerror(errno));
}

absl::Status OutputFile::Open(const std::string& path) {
  path_ = path;
  if (path == "-") {
    file_ = stdout;
    return absl::OkStatus();
  }
  struct stat there {};
  const bool exists = stat(path.c_str(), &there) == 0;
  if (exists && !S_ISREG(there.st_mode)) {
    file_ = std::fopen(path.c_str(), "wb");
    return file_ == nullptr ? Error("write") : absl::OkStatus();
  }
  const std::string temporary = path + ".part" + std::to_string(getpid());
  file_ = std::fopen(temporary.c_str(), "wb");
  if (file_ == nullptr) return Error("write");
  temporary_ = temporary;
  return absl::OkStatus();
}

absl::Status OutputFile::Write(std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size() ? absl::OkStatus() : Error("write");
}

absl::Status OutputFile::Commit() {
  if (std::fflush(file_) != 0) return Error("write");
  if (file_ == stdout) return absl::OkStatus();
  const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
  if (!closed) return Error("write");
  if (temporary_.empty()) return absl::OkStatus();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return Error("replace");
  temporary_.clear();
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, std::string_view bytes) {
  OutputFile file;
  RETURN_IF_ERROR(file.Open(path));
  RETURN_IF_ERROR(file.Write(bytes));
  return file.Commit();
}

}  // namespace reprise::client
