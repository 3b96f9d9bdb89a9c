#include "formats/transcode.h"

#include <algorithm>
#include <utility>

namespace reprise {
namespace {

// Surrogates are encoded like any code point of their size: three bytes that no UTF-8 parser accepts.
void AppendCodePoint(uint32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (c >> 6)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (c >> 12)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (c >> 18)));
    out->push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

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
  if (high_ != 0) AppendCodePoint(high_, out);
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
    AppendCodePoint(0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00), out);
    high_ = 0;
    return;
  }
  if (high_ != 0) AppendCodePoint(high_, out);
  high_ = 0;
  if (unit >= 0xD800 && unit <= 0xDBFF) {
    high_ = unit;
  } else {
    AppendCodePoint(unit, out);
  }
}

}  // namespace reprise
