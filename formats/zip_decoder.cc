// Tested by tests/formats/decompress_test.cc.
#include "formats/zip_decoder.h"

#include <zlib.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "text/normalize.h"

namespace reprise {
namespace {

constexpr uint32_t kLocalHeader = 0x04034b50;
constexpr uint32_t kDescriptor = 0x08074b50;
constexpr uint32_t kDirectory = 0x02014b50;
constexpr uint32_t kArchiveExtra = 0x08064b50;
constexpr uint32_t kEnd = 0x06054b50;
constexpr uint32_t kEnd64 = 0x06064b50;
constexpr std::string_view kEndMark("PK\x05\x06", 4);
constexpr size_t kLocalHeaderBytes = 30;
constexpr size_t kOutputBytes = 1 << 16;
constexpr uint32_t kSaturated = 0xFFFFFFFF;  // the size stands in the zip64 extra field

uint64_t Little(std::string_view bytes, size_t at, size_t length) {
  uint64_t value = 0;
  for (size_t i = length; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

}  // namespace

struct ZipDecoder::Impl {
  enum class State : uint8_t { kHeader, kStored, kDeflated, kSkipped, kDescriptor, kDirectory };

  MemberSink* sink;
  std::function<absl::Status(std::string_view)> emit;
  absl::Status status;
  State state = State::kHeader;
  std::string held;  // of a header or descriptor, until it is whole
  bool seen_end = false;
  bool open = false;  // BeginMember was called, EndMember not yet
  bool descriptor = false, zip64 = false;
  uint64_t left = 0;  // of a stored or skipped member
  uint32_t want_crc = 0;
  uint32_t crc = 0;
  absl::Status member;  // what is wrong with the member alone
  z_stream stream{};
  bool stream_open = false;
  std::vector<char> buffer = std::vector<char>(kOutputBytes);

  ~Impl() {
    if (stream_open) inflateEnd(&stream);
  }

  static absl::Status Damaged(std::string_view what) {
    return InvalidArgument(absl::StrCat("damaged zip archive: ", std::string(what)));
  }

  absl::Status Feed(std::string_view bytes) {
    while (!bytes.empty()) {
      switch (state) {
        case State::kHeader: RETURN_IF_ERROR(Header(&bytes)); break;
        case State::kStored:
        case State::kSkipped: RETURN_IF_ERROR(Stored(&bytes)); break;
        case State::kDeflated: RETURN_IF_ERROR(Deflated(&bytes)); break;
        case State::kDescriptor: RETURN_IF_ERROR(Descriptor(&bytes)); break;
        case State::kDirectory: Directory(&bytes); break;
      }
    }
    return absl::OkStatus();
  }

  // Moves bytes into `held` until it has `size` of them.
  bool Gather(size_t size, std::string_view* bytes) {
    const size_t take = std::min(bytes->size(), size - std::min(size, held.size()));
    held.append(bytes->substr(0, take));
    bytes->remove_prefix(take);
    return held.size() >= size;
  }

  absl::Status Header(std::string_view* bytes) {
    if (!Gather(4, bytes)) return absl::OkStatus();
    const uint64_t signature = Little(held, 0, 4);
    if (signature == kDirectory || signature == kArchiveExtra || signature == kEnd || signature == kEnd64) {
      state = State::kDirectory;
      seen_end = signature == kEnd;
      return absl::OkStatus();
    }
    if (signature != kLocalHeader) return Damaged("a member's header is missing");
    if (!Gather(kLocalHeaderBytes, bytes)) return absl::OkStatus();
    const size_t name = Little(held, 26, 2), extra = Little(held, 28, 2);
    if (!Gather(kLocalHeaderBytes + name + extra, bytes)) return absl::OkStatus();
    const std::string header = std::exchange(held, std::string());
    return Begin(header, std::string_view(header).substr(kLocalHeaderBytes, name),
                 std::string_view(header).substr(kLocalHeaderBytes + name));
  }

  absl::Status Begin(std::string_view header, std::string_view name, std::string_view extra) {
    const uint64_t flags = Little(header, 6, 2), method = Little(header, 8, 2);
    uint64_t size = Little(header, 18, 4);
    const uint64_t plain_size = Little(header, 22, 4);
    want_crc = static_cast<uint32_t>(Little(header, 14, 4));
    descriptor = (flags & 8) != 0;
    zip64 = false;
    for (std::string_view rest = extra; rest.size() >= 4;) {
      const uint64_t id = Little(rest, 0, 2), length = Little(rest, 2, 2);
      if (rest.size() < 4 + length) break;
      if (id == 1) {
        zip64 = true;
        // The plain size stands first, if its field is saturated as well.
        const size_t at = plain_size == kSaturated ? 12 : 4;
        if (size == kSaturated && at + 8 <= 4 + length) size = Little(rest, at, 8);
      }
      rest.remove_prefix(4 + length);
    }
    const bool folder = !name.empty() && name.back() == '/';
    open = !folder;
    crc = 0;
    member = absl::OkStatus();
    left = size;
    if ((flags & 1) != 0) {
      member = InvalidArgument("is encrypted; put it into the archive without a password");
    } else if (method != 0 && method != 8) {
      member =
          InvalidArgument(absl::StrCat("is compressed by method ", method, "; stored and deflated members are read"));
    }
    if (open) {
      const bool utf8 = ValidateUtf8(name).ok();
      RETURN_IF_ERROR(sink->BeginMember(utf8 ? name : std::string_view("(a name that is not UTF-8)")));
    }
    if (descriptor && (!member.ok() || method == 0)) {
      return Damaged(member.ok() ? "a stored member does not say its size" : MessageOf(member));
    }
    state = !member.ok() ? State::kSkipped : method == 0 ? State::kStored : State::kDeflated;
    if (state == State::kDeflated) return BeginInflate();
    return left == 0 ? EndMember() : absl::OkStatus();
  }

  absl::Status BeginInflate() {
    if (stream_open) {
      inflateReset(&stream);
      return absl::OkStatus();
    }
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return ResourceExhausted("no memory to decompress a zip archive");
    stream_open = true;
    return absl::OkStatus();
  }

  absl::Status Emit(std::string_view bytes) {
    crc = static_cast<uint32_t>(
        crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
    return bytes.empty() || !open ? absl::OkStatus() : emit(bytes);
  }

  absl::Status Stored(std::string_view* bytes) {
    const std::string_view piece = bytes->substr(0, std::min<uint64_t>({left, bytes->size(), kOutputBytes}));
    bytes->remove_prefix(piece.size());
    left -= piece.size();
    if (state == State::kStored) RETURN_IF_ERROR(Emit(piece));
    return left == 0 ? EndMember() : absl::OkStatus();
  }

  absl::Status Deflated(std::string_view* bytes) {
    const std::string_view piece = bytes->substr(0, kOutputBytes);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    bool full = false;
    int result = Z_OK;
    while ((stream.avail_in > 0 || full) && result != Z_STREAM_END) {
      stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
      stream.avail_out = static_cast<uInt>(buffer.size());
      result = inflate(&stream, Z_NO_FLUSH);
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return Damaged(stream.msg == nullptr ? "a member cannot be read on" : stream.msg);
      }
      full = stream.avail_out == 0;
      RETURN_IF_ERROR(Emit(std::string_view(buffer.data(), buffer.size() - stream.avail_out)));
    }
    bytes->remove_prefix(piece.size() - stream.avail_in);
    if (result != Z_STREAM_END) return absl::OkStatus();
    if (!descriptor) return EndMember();
    state = State::kDescriptor;
    return absl::OkStatus();
  }

  // [signature] crc size plain-size; the signature is optional.
  absl::Status Descriptor(std::string_view* bytes) {
    if (!Gather(4, bytes)) return absl::OkStatus();
    const size_t mark = Little(held, 0, 4) == kDescriptor ? 4 : 0;
    if (!Gather(mark + (zip64 ? 20 : 12), bytes)) return absl::OkStatus();
    want_crc = static_cast<uint32_t>(Little(held, mark, 4));
    return EndMember();
  }

  absl::Status EndMember() {
    held.clear();
    const bool whole = state != State::kSkipped;
    state = State::kHeader;
    if (whole && member.ok() && crc != want_crc)
      member = InvalidArgument("its checksum is wrong: the archive is damaged");
    if (!std::exchange(open, false)) return absl::OkStatus();
    return sink->EndMember(member);
  }

  void Directory(std::string_view* bytes) {
    // The mark may lie across two chunks.
    held.append(*bytes);
    seen_end = seen_end || held.find(kEndMark) != std::string::npos;
    if (held.size() > kEndMark.size()) held.erase(0, held.size() - kEndMark.size());
    bytes->remove_prefix(bytes->size());
  }

  absl::Status Finish() {
    if (state == State::kDirectory && seen_end) return absl::OkStatus();
    const absl::Status cut = InvalidArgument("the zip archive ends early: the file is cut off");
    if (std::exchange(open, false)) RETURN_IF_ERROR(sink->EndMember(cut));
    return cut;
  }
};

ZipDecoder::ZipDecoder(MemberSink* sink, std::function<absl::Status(std::string_view)> emit)
    : impl_(std::make_unique<Impl>()) {
  impl_->sink = sink;
  impl_->emit = std::move(emit);
}

ZipDecoder::~ZipDecoder() = default;

absl::Status ZipDecoder::Feed(std::string_view bytes) {
  if (impl_->status.ok()) impl_->status = impl_->Feed(bytes);
  return impl_->status;
}

absl::Status ZipDecoder::Finish() {
  if (impl_->status.ok()) impl_->status = impl_->Finish();
  return impl_->status;
}

}  // namespace reprise
