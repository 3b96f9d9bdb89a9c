// gzip by zlib, Zstandard by libzstd: both are push decoders, which is what a byte sink wants.
// Tested by tests/formats/decompress_test.cc.
#include "formats/decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace reprise {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr size_t kMagicBytes = 4;
constexpr size_t kOutputBytes = 1 << 16;
constexpr int kMaxWindowLog = 27;  // 128 MiB: what `zstd` itself accepts without --long

}  // namespace

struct Decompressor::Impl {
  enum class Kind { kUnknown, kPlain, kGzip, kZstd };

  ByteSink* sink;
  uint64_t max_output;
  uint64_t written = 0;
  Kind kind = Kind::kUnknown;
  std::string head;
  absl::Status status;
  z_stream gzip{};
  bool gzip_open = false;
  ZSTD_DCtx* zstd = nullptr;
  bool in_frame = false;  // a member or frame has begun and not ended
  bool padding = false;   // zero bytes after the last gzip member
  std::vector<char> buffer = std::vector<char>(kOutputBytes);

  ~Impl() {
    if (gzip_open) inflateEnd(&gzip);
    ZSTD_freeDCtx(zstd);
  }

  absl::Status Emit(std::string_view bytes) {
    if (max_output != 0 && bytes.size() > max_output - written) {
      return ResourceExhausted(absl::StrCat("the file is larger than ", max_output, " bytes when decompressed"));
    }
    written += bytes.size();
    return bytes.empty() ? absl::OkStatus() : sink->Write(bytes);
  }

  // Takes the kind from `head`.
  absl::Status Begin() {
    const std::string_view view = head;
    if (view.substr(0, kGzipMagic.size()) == kGzipMagic) {
      kind = Kind::kGzip;
      in_frame = true;
      if (inflateInit2(&gzip, 16 + MAX_WBITS) != Z_OK) return ResourceExhausted("no memory to decompress gzip");
      gzip_open = true;
    } else if (view == kZstdMagic) {
      kind = Kind::kZstd;
      in_frame = true;
      zstd = ZSTD_createDCtx();
      if (zstd == nullptr) return ResourceExhausted("no memory to decompress Zstandard");
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, kMaxWindowLog);
    } else {
      kind = Kind::kPlain;
    }
    const std::string taken = std::move(head);
    head.clear();
    return Decode(taken);
  }

  absl::Status Decode(std::string_view bytes) {
    switch (kind) {
      case Kind::kGzip: return Gzip(bytes);
      case Kind::kZstd: return Zstd(bytes);
      case Kind::kPlain:
      case Kind::kUnknown: break;
    }
    return Emit(bytes);
  }

  absl::Status Gzip(std::string_view bytes) {
    // zlib counts in 32 bits.
    for (; bytes.size() > kOutputBytes; bytes.remove_prefix(kOutputBytes)) {
      RETURN_IF_ERROR(GzipPiece(bytes.substr(0, kOutputBytes)));
    }
    return GzipPiece(bytes);
  }

  absl::Status GzipPiece(std::string_view bytes) {
    gzip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    gzip.avail_in = static_cast<uInt>(bytes.size());
    bool full = false;  // zlib may hold output back when the buffer was filled
    while (gzip.avail_in > 0 || full) {
      if (!in_frame) {
        if (*gzip.next_in == 0) {  // tape blocks are filled up with zeros
          padding = true;
          ++gzip.next_in;
          --gzip.avail_in;
          continue;
        }
        if (padding) return InvalidArgument("damaged gzip data: something follows the end");
        inflateReset(&gzip);
        in_frame = true;
      }
      gzip.next_out = reinterpret_cast<Bytef*>(buffer.data());
      gzip.avail_out = static_cast<uInt>(buffer.size());
      const int result = inflate(&gzip, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return InvalidArgument(absl::StrCat("damaged gzip data: ", gzip.msg == nullptr ? "cannot go on" : gzip.msg));
      }
      full = gzip.avail_out == 0 && result == Z_OK;
      RETURN_IF_ERROR(Emit(std::string_view(buffer.data(), buffer.size() - gzip.avail_out)));
      if (result == Z_STREAM_END) in_frame = false;
    }
    return absl::OkStatus();
  }

  absl::Status Zstd(std::string_view bytes) {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
      const size_t result = ZSTD_decompressStream(zstd, &out, &in);
      if (ZSTD_isError(result) != 0) {
        return InvalidArgument(absl::StrCat("damaged Zstandard data: ", ZSTD_getErrorName(result)));
      }
      full = out.pos == out.size && result != 0;
      in_frame = result != 0;
      RETURN_IF_ERROR(Emit(std::string_view(buffer.data(), out.pos)));
    }
    return absl::OkStatus();
  }
};

Decompressor::Decompressor(ByteSink* sink, uint64_t max_output) : impl_(std::make_unique<Impl>()) {
  impl_->sink = sink;
  impl_->max_output = max_output;
}

Decompressor::~Decompressor() = default;

absl::Status Decompressor::Feed(std::string_view bytes) {
  Impl& impl = *impl_;
  RETURN_IF_ERROR(impl.status);
  if (impl.kind == Impl::Kind::kUnknown) {
    const size_t take = std::min(bytes.size(), kMagicBytes - impl.head.size());
    impl.head.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (impl.head.size() < kMagicBytes) return absl::OkStatus();
    impl.status = impl.Begin();
  }
  if (impl.status.ok() && !bytes.empty()) impl.status = impl.Decode(bytes);
  return impl.status;
}

absl::Status Decompressor::Finish() {
  Impl& impl = *impl_;
  if (impl.status.ok() && impl.kind == Impl::Kind::kUnknown) impl.status = impl.Begin();
  RETURN_IF_ERROR(impl.status);
  if (impl.kind == Impl::Kind::kGzip && impl.in_frame) {
    return InvalidArgument("the gzip data ends early: the file is cut off");
  }
  if (impl.kind == Impl::Kind::kZstd && impl.in_frame) {
    return InvalidArgument("the Zstandard data ends early: the file is cut off");
  }
  return absl::OkStatus();
}

}  // namespace reprise
