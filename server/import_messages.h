// The messages of an Import: its config <-> options, its report and what it finds -> answers of bounded size.
//
//   ImportMessages messages;
//   for (v1::ImportResponse& response : messages.Pack(report, news, 0, bytes_read, true)) Write(response);
//
// ImportMessages is not thread-safe, the functions are pure.
#ifndef REPRISE_SERVER_IMPORT_MESSAGES_H_
#define REPRISE_SERVER_IMPORT_MESSAGES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/translation_memory.h"
#include "reprise/v1/transfer.pb.h"

namespace reprise {

// The config without its parent. Errors name the field.
absl::Status FromProto(const v1::ImportConfig& in, ImportOptions* out);
// Counts alone.
v1::ImportCounts ToProto(const ImportReport& in);

// Packs what an import finds. A frame is sent once, with the first refusal that needs it.
class ImportMessages {
 public:
  explicit ImportMessages(std::string resume_token) : resume_token_(std::move(resume_token)) {}

  // At least one message, each below 4 MiB, with the news from refusal `first` on; `done` is set in the last one, with
  // the counts by kind. Quotes of the file are cut and made UTF-8.
  std::vector<v1::ImportResponse> Pack(const ImportReport& report, const ImportNews& news, size_t first,
                                       uint64_t bytes_read, bool done);

 private:
  v1::ImportRefusal Message(const Refusal& refusal);

  const std::string resume_token_;
  std::shared_ptr<const UnitFrame> frame_;  // that was sent last
};

}  // namespace reprise

#endif  // REPRISE_SERVER_IMPORT_MESSAGES_H_
