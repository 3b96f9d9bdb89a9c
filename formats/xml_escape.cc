#include "formats/xml_escape.h"

namespace reprise {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length of the well-formed UTF-8 sequence that starts at `p`, or 0. U+FFFE and U+FFFF count as malformed: XML
// cannot hold them either.
size_t SequenceLength(const char* p, size_t left) {
  const auto byte = [p](size_t i) { return static_cast<unsigned char>(p[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && IsContinuation(byte(1)) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (left < 3 || !IsContinuation(byte(1)) || !IsContinuation(byte(2))) return 0;
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    if (lead == 0xEF && byte(1) == 0xBF && byte(2) >= 0xBE) return 0;
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !IsContinuation(byte(1)) || !IsContinuation(byte(2)) || !IsContinuation(byte(3))) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

// What an ASCII character is written as; empty = as it is; null data = it cannot be written.
std::string_view AsciiForm(char c, bool attribute) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return attribute ? std::string_view("&quot;") : std::string_view("");
    case '\t': return attribute ? std::string_view("&#9;") : std::string_view("");
    case '\n': return attribute ? std::string_view("&#10;") : std::string_view("");
    case '\r': return "&#13;";
    default: return static_cast<unsigned char>(c) < 0x20 ? std::string_view() : std::string_view("");
  }
}

}  // namespace

void XmlEscaper::Append(std::string_view text, bool attribute, std::string* out) {
  size_t copied = 0;  // everything before is in `out`
  const auto replace = [&](size_t at, size_t length, std::string_view with) {
    out->append(text, copied, at - copied);
    out->append(with);
    copied = at + length;
  };
  for (size_t i = 0; i < text.size();) {
    const size_t length = SequenceLength(text.data() + i, text.size() - i);
    if (length == 1) {
      const std::string_view form = AsciiForm(text[i], attribute);
      if (form.data() == nullptr) {
        ++replaced_;
        replace(i, 1, kReplacement);
      } else if (!form.empty()) {
        replace(i, 1, form);
      }
      ++i;
    } else if (length == 0) {
      // One replacement for a whole U+FFFE / U+FFFF, one a byte for what is not UTF-8.
      const bool noncharacter = text.size() - i >= 3 && text.compare(i, 2, "\xEF\xBF") == 0 &&
                                static_cast<unsigned char>(text[i + 2]) >= 0xBE &&
                                IsContinuation(static_cast<unsigned char>(text[i + 2]));
      ++replaced_;
      replace(i, noncharacter ? 3 : 1, kReplacement);
      i = copied;
    } else {
      i += length;
    }
  }
  out->append(text, copied, text.size() - copied);
}

}  // namespace reprise
