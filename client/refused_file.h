// The file of the units that an import refused, in the input's own format: to be mended and imported again.
//
//   RefusedFile file;
//   RETURN_IF_ERROR(file.Open("bad.tmx", "big.tmx"));
//   RETURN_IF_ERROR(file.Add(refusal));              // in the order in which they come
//   RETURN_IF_ERROR(file.Commit());                  // makes it appear, if there was any
//
// The reason stands before each unit where the format has remarks, else in a file of the same name with ".reasons"
// behind it. Not thread-safe.
#ifndef REPRISE_CLIENT_REFUSED_FILE_H_
#define REPRISE_CLIENT_REFUSED_FILE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/output_file.h"
#include "reprise/v1/transfer.pb.h"

namespace reprise::client {

class RefusedFile {
 public:
  // Error: the file cannot be written, or is the one that is imported.
  absl::Status Open(const std::string& path, const std::string& input);
  // A refusal without raw bytes is a reason alone.
  absl::Status Add(const v1::ImportRefusal& refusal);
  absl::Status Commit();
  // Units that were written.
  uint64_t units() const { return units_; }
  // "" if the reasons stand in the file itself.
  std::string reasons_path() const { return reasons_.empty() ? std::string() : path_ + ".reasons"; }

 private:
  absl::Status Flush();
  absl::Status Enter(const v1::UnitFrame& frame);
  absl::Status Write(std::string_view bytes);
  void Say(const std::string& reason);

  OutputFile file_;
  std::string path_, input_;
  std::string reasons_;  // that stand beside the file
  uint64_t line_ = 1;    // of the file, that is written next
  uint64_t units_ = 0;
  bool begun_ = false;      // the head is written
  v1::UnitFrame frame_;     // that is open
  v1::UnitFrame next_;      // of the unit that is held
  std::string held_;        // a unit whose reasons may not be complete yet
  uint64_t held_line_ = 0;  // in the input
  std::vector<std::string> held_reasons_;
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_REFUSED_FILE_H_
