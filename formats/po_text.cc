#include "formats/po_text.h"

#include "absl/strings/str_cat.h"

namespace reprise {
namespace {

uint64_t Escape(std::string_view text, std::string* out) {
  uint64_t replaced = 0;
  for (const char c : text) {
    switch (c) {
      case '\n': *out += "\\n"; break;
      case '\t': *out += "\\t"; break;
      case '\r': *out += "\\r"; break;
      case '"': *out += "\\\""; break;
      case '\\': *out += "\\\\"; break;
      case '\0':
        *out += "\xEF\xBF\xBD";  // C strings end there
        ++replaced;
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          absl::StrAppend(out, "\\", absl::Dec(c >> 6), absl::Dec((c >> 3) & 7), absl::Dec(c & 7));
        } else {
          out->push_back(c);
        }
    }
  }
  return replaced;
}

}  // namespace

uint64_t AppendPoField(std::string_view keyword, std::string_view text, std::string* out, std::string_view prefix) {
  uint64_t replaced = 0;
  absl::StrAppend(out, std::string(prefix), std::string(keyword), " ");
  const size_t first = text.find('\n');
  bool line_start = first != std::string_view::npos && first + 1 < text.size();
  if (line_start) *out += "\"\"\n";
  do {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == std::string_view::npos ? end : end + 1);
    if (line_start) *out += prefix;
    line_start = true;
    out->push_back('"');
    replaced += Escape(line, out);
    *out += "\"\n";
    text.remove_prefix(line.size());
  } while (!text.empty());
  return replaced;
}

std::string PoReferenceFile(std::string_view reference) {
  const size_t colon = reference.rfind(':');
  const bool numbered = colon != std::string_view::npos && colon + 1 < reference.size() &&
                        reference.find_first_not_of("0123456789,", colon + 1) == std::string_view::npos;
  return std::string(numbered ? reference.substr(0, colon) : reference);
}

}  // namespace reprise
