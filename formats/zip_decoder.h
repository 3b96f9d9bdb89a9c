// A zip archive's bytes, any chunking -> its members one after the other, without a second look at the archive.
//
//   ZipDecoder zip(&member_sink);   // BeginMember("a.tmx"), Write(...)*, EndMember(OK), BeginMember("b.po"), ...
//   zip.Feed(chunk); ...; zip.Finish();
//
// Reads the local headers as they come (stored and deflated members, zip64, data descriptors); the directory at the end
// only says that the archive is whole. A member that cannot be read (encrypted, another method, a wrong checksum) ends
// with an error and the next one follows. Folders are passed over. Not thread-safe; memory is bounded.
#ifndef REPRISE_FORMATS_ZIP_DECODER_H_
#define REPRISE_FORMATS_ZIP_DECODER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "formats/decompress.h"

namespace reprise {

class ZipDecoder {
 public:
  // `emit` takes the members' bytes; `sink` hears of their begin and end and outlives the object.
  ZipDecoder(MemberSink* sink, std::function<absl::Status(std::string_view)> emit);
  ~ZipDecoder();
  ZipDecoder(const ZipDecoder&) = delete;
  ZipDecoder& operator=(const ZipDecoder&) = delete;

  // Error: INVALID_ARGUMENT if the archive is damaged beyond the member, or what the sink or `emit` returned.
  absl::Status Feed(std::string_view bytes);
  // Error: INVALID_ARGUMENT if the archive ends early; a member that is open is ended with that error first.
  absl::Status Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_ZIP_DECODER_H_
