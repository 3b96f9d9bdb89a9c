// gzip, Zstandard and xz (by their first bytes) -> plain bytes, and zip archives -> their members; streaming, on zlib,
// libzstd and liblzma. Plain input passes through.
//
//   Decompressor d(&sink);  d.Feed(chunk); ...; d.Finish();
//
// Not thread-safe. Memory is bounded. Guards against bombs: more than `max_output` bytes, or after kFreeOutputBytes
// more than kMaxRatio times the input, is RESOURCE_EXHAUSTED.
#ifndef REPRISE_FORMATS_DECOMPRESS_H_
#define REPRISE_FORMATS_DECOMPRESS_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "formats/unit_stream.h"

namespace reprise {

// Text shrinks tenfold, seldom a hundredfold; a bomb grows a thousandfold and more.
inline constexpr uint64_t kMaxRatio = 200;
inline constexpr uint64_t kFreeOutputBytes = 64 << 20;
// What one compressed input may become where the caller has no limit of his own.
inline constexpr uint64_t kMaxDecompressedBytes = uint64_t{64} << 30;

// A sink that also takes archives: the bytes between the two calls belong to one member.
class MemberSink : public ByteSink {
 public:
  // `name` as the archive has it, a path; never open it.
  virtual absl::Status BeginMember(std::string_view name) = 0;
  // `read` says whether the member was read to its end. A non-OK answer stops the decompressor.
  virtual absl::Status EndMember(const absl::Status& read) = 0;
};

class Decompressor {
 public:
  // `sink` outlives the object. `max_output` limits what compressed input becomes; 0 = kMaxDecompressedBytes. Without a
  // MemberSink archives are refused.
  explicit Decompressor(ByteSink* sink, uint64_t max_output = 0);
  explicit Decompressor(MemberSink* sink, uint64_t max_output = 0);
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  // Error: INVALID_ARGUMENT if the compressed data is damaged, or what the sink returned.
  absl::Status Feed(std::string_view bytes);
  // Error: INVALID_ARGUMENT if the data ends early.
  absl::Status Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_DECOMPRESS_H_
