// gzip by zlib, Zstandard by libzstd, xz by liblzma: all are push decoders, which is what a byte sink wants. Zip
// archives are cut by zip_decoder.h. Tested by tests/formats/decompress_test.cc.
#include "formats/decompress.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/zip_decoder.h"

namespace reprise {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr std::string_view kXzMagic(
    "\xFD"
    "7zXZ\0",
    6);
constexpr std::string_view kZipMagics[] = {"PK\x03\x04", "PK\x05\x06"};  // a member; an archive without any
constexpr size_t kMagicBytes = 6;
constexpr uint64_t kXzMemoryBytes = 256 << 20;  // `xz -9` needs 65 MiB
constexpr size_t kOutputBytes = 1 << 16;
constexpr int kMaxWindowLog = 27;  // 128 MiB: what `zstd` itself accepts without --long

}  // namespace

struct Decompressor::Impl {
  enum class Kind { kUnknown, kPlain, kGzip, kZstd, kXz, kZip };

  ByteSink* sink;
  MemberSink* members = nullptr;
  uint64_t max_output;
  uint64_t read = 0;
  uint64_t written = 0;
  Kind kind = Kind::kUnknown;
  std::string head;
  absl::Status status;
  z_stream gzip{};
  bool gzip_open = false;
  ZSTD_DCtx* zstd = nullptr;
  lzma_stream xz = LZMA_STREAM_INIT;
  std::unique_ptr<ZipDecoder> zip;
  bool in_frame = false;  // a member or frame has begun and not ended
  bool padding = false;   // zero bytes after the last gzip member
  std::vector<char> buffer = std::vector<char>(kOutputBytes);

  ~Impl() {
    if (gzip_open) inflateEnd(&gzip);
    ZSTD_freeDCtx(zstd);
    lzma_end(&xz);
  }

  absl::Status Emit(std::string_view bytes) {
    if (bytes.size() > max_output - written) {
      return ResourceExhausted(absl::StrCat("the file is larger than ", max_output, " bytes when decompressed"));
    }
    written += bytes.size();
    if (kind != Kind::kPlain && written > kFreeOutputBytes && written / kMaxRatio > read) {
      return ResourceExhausted(absl::StrCat("the file grows more than ", kMaxRatio,
                                            "-fold when decompressed; if it is meant so, decompress it first"));
    }
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
    } else if (view.substr(0, kZstdMagic.size()) == kZstdMagic) {
      kind = Kind::kZstd;
      in_frame = true;
      zstd = ZSTD_createDCtx();
      if (zstd == nullptr) return ResourceExhausted("no memory to decompress Zstandard");
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, kMaxWindowLog);
    } else if (view.size() >= 3 && view == kXzMagic.substr(0, view.size())) {  // a file cut off there is xz, too
      kind = Kind::kXz;
      in_frame = true;
      if (lzma_stream_decoder(&xz, kXzMemoryBytes, LZMA_CONCATENATED) != LZMA_OK) {
        return ResourceExhausted("no memory to decompress xz");
      }
    } else if (view.substr(0, 4) == kZipMagics[0] || view.substr(0, 4) == kZipMagics[1]) {
      kind = Kind::kZip;
      if (members == nullptr) return InvalidArgument("a zip archive is not read here; give its files one by one");
      zip = std::make_unique<ZipDecoder>(members, [this](std::string_view bytes) { return Emit(bytes); });
    } else {
      kind = Kind::kPlain;
      max_output = max_output == kMaxDecompressedBytes ? UINT64_MAX : max_output;
    }
    const std::string taken = std::move(head);
    head.clear();
    return Decode(taken);
  }

  absl::Status Decode(std::string_view bytes) {
    switch (kind) {
      case Kind::kGzip: return Gzip(bytes);
      case Kind::kZstd: return Zstd(bytes);
      case Kind::kXz: return Xz(bytes, LZMA_RUN);
      case Kind::kZip: return zip->Feed(bytes);
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

  absl::Status Xz(std::string_view bytes, lzma_action action) {
    xz.next_in = reinterpret_cast<const uint8_t*>(bytes.data());
    xz.avail_in = bytes.size();
    for (;;) {
      xz.next_out = reinterpret_cast<uint8_t*>(buffer.data());
      xz.avail_out = buffer.size();
      const lzma_ret result = lzma_code(&xz, action);
      RETURN_IF_ERROR(Emit(std::string_view(buffer.data(), buffer.size() - xz.avail_out)));
      if (result == LZMA_STREAM_END) {
        in_frame = false;
        return absl::OkStatus();
      }
      if (result == LZMA_BUF_ERROR) return absl::OkStatus();  // wants more input
      if (result == LZMA_MEMLIMIT_ERROR || result == LZMA_MEM_ERROR) {
        return ResourceExhausted(
            absl::StrCat("the xz data needs more than ", kXzMemoryBytes >> 20, " MiB to decompress"));
      }
      if (result != LZMA_OK) return InvalidArgument("damaged xz data: it cannot be read on");
      if (xz.avail_in == 0 && xz.avail_out != 0 && action == LZMA_RUN) return absl::OkStatus();
    }
  }
};

Decompressor::Decompressor(ByteSink* sink, uint64_t max_output) : impl_(std::make_unique<Impl>()) {
  impl_->sink = sink;
  impl_->max_output = max_output == 0 ? kMaxDecompressedBytes : max_output;
}

Decompressor::Decompressor(MemberSink* sink, uint64_t max_output)
    : Decompressor(static_cast<ByteSink*>(sink), max_output) {
  impl_->members = sink;
}

Decompressor::~Decompressor() = default;

absl::Status Decompressor::Feed(std::string_view bytes) {
  Impl& impl = *impl_;
  RETURN_IF_ERROR(impl.status);
  impl.read += bytes.size();
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
  if (impl.kind == Impl::Kind::kXz) {
    // Only now it is known that no other stream follows.
    if (impl.in_frame) RETURN_IF_ERROR(impl.status = impl.Xz({}, LZMA_FINISH));
    if (impl.in_frame) return InvalidArgument("the xz data ends early: the file is cut off");
  }
  return impl.kind == Impl::Kind::kZip ? impl.zip->Finish() : absl::OkStatus();
}

}  // namespace reprise
