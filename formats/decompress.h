// gzip and zstd (by magic bytes) -> plain bytes, streaming, on libarchive or zlib/libzstd; plain input passes through.
//
//   Decompressor d(&sink);  d.Feed(chunk); ...; d.Finish();
//
// Not thread-safe. Memory is bounded. Guards against bombs: more than `max_output` bytes is RESOURCE_EXHAUSTED.
#ifndef REPRISE_FORMATS_DECOMPRESS_H_
#define REPRISE_FORMATS_DECOMPRESS_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/status.h"
#include "formats/unit_stream.h"

namespace reprise {

class Decompressor {
 public:
  // `sink` outlives the object. `max_output` 0 = unlimited.
  explicit Decompressor(ByteSink* sink, uint64_t max_output = 0);
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
