// A file that appears whole or not at all.
//
//   OutputFile file;
//   RETURN_IF_ERROR(file.Open("out.tmx"));
//   RETURN_IF_ERROR(file.Write(bytes));
//   RETURN_IF_ERROR(file.Commit());
//
// Bytes go to a temporary file beside it, which takes its place in Commit(); without Commit() it is removed. "-" is
// stdout; what is there and is no plain file (a pipe, /dev/null) is written directly. Not thread-safe.
#ifndef REPRISE_CLIENT_OUTPUT_FILE_H_
#define REPRISE_CLIENT_OUTPUT_FILE_H_

#include <cstdio>
#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise::client {

class OutputFile {
 public:
  OutputFile() = default;
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  // Error: names the file and the system's reason.
  absl::Status Open(const std::string& path);
  absl::Status Write(std::string_view bytes);
  // Makes the file appear. No calls after it.
  absl::Status Commit();

 private:
  absl::Status Error(const char* doing) const;

  std::string path_;
  std::string temporary_;  // empty = written directly
  std::FILE* file_ = nullptr;
};

// Writes a whole file.
absl::Status WriteFile(const std::string& path, std::string_view bytes);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_OUTPUT_FILE_H_
