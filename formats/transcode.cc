#include "formats/transcode.h"

#include <algorithm>
#include <utility>

#include "formats/utf8.h"

namespace reprise {
namespace {

constexpr size_t kHeadBytes = 3;

}  // namespace

void Utf8Transcoder::Feed(std::string_view bytes, std::string* out) {
  if (encoding_ == Encoding::kUnknown) {
    const size_t take = std::min(bytes.size(), kHeadBytes - head_.size());
    head_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (head_.size() < kHeadBytes) return;
    Detect(out);
  }
  if (encoding_ == Encoding::kUtf8) {
    out->append(bytes);
  } else {
    Utf16(bytes, out);
  }
}

void Utf8Transcoder::Finish(std::string* out) {
  if (encoding_ == Encoding::kUnknown) Detect(out);
  if (high_ != 0) AppendUtf8(high_, out);
  high_ = 0;
  if (have_byte_) out->push_back('\xFF');
  have_byte_ = false;
}

void Utf8Transcoder::Detect(std::string* out) {
  const std::string head = std::move(head_);
  head_.clear();
  const std::string_view view = head;
  if (view.substr(0, 2) == "\xFF\xFE") {
    encoding_ = Encoding::kUtf16Le;
    Utf16(view.substr(2), out);
  } else if (view.substr(0, 2) == "\xFE\xFF") {
    encoding_ = Encoding::kUtf16Be;
    Utf16(view.substr(2), out);
  } else if (view.substr(0, 2) == std::string_view("<\0", 2)) {
    encoding_ = Encoding::kUtf16Le;
    Utf16(view, out);
  } else if (view.substr(0, 2) == std::string_view("\0<", 2)) {
    encoding_ = Encoding::kUtf16Be;
    Utf16(view, out);
  } else {
    encoding_ = Encoding::kUtf8;
    out->append(view == "\xEF\xBB\xBF" ? std::string_view() : view);
  }
}

void Utf8Transcoder::Utf16(std::string_view bytes, std::string* out) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (!have_byte_) {
      have_byte_ = true;
      byte_ = byte;
      continue;
    }
    have_byte_ = false;
    CodeUnit(encoding_ == Encoding::kUtf16Le ? (byte << 8 | byte_) : (byte_ << 8 | byte), out);
  }
}

void Utf8Transcoder::CodeUnit(uint32_t unit, std::string* out) {
  const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
  if (high_ != 0 && low) {
    AppendUtf8(0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00), out);
    high_ = 0;
    return;
  }
  if (high_ != 0) AppendUtf8(high_, out);
  high_ = 0;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    high_ = unit;
  } else {
    AppendUtf8(unit, out);
  }
}

}  // namespace reprise
