#include "formats/entities.h"

#include <md4c-html.h>

#include "absl/strings/ascii.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// The longest name of HTML has 31 letters; numbers have fewer.
constexpr size_t kMaxReference = 40;

bool IsNameByte(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

void Append(const MD_CHAR* text, MD_SIZE size, void* out) { static_cast<std::string*>(out)->append(text, size); }

}  // namespace

size_t ReferenceLength(std::string_view text) {
  if (text.size() < 3 || text[0] != '&') return 0;
  size_t at = text[1] == '#' ? 2 : 1;
  const size_t name = at;
  while (at < text.size() && at < kMaxReference && IsNameByte(text[at])) ++at;
  return at > name && at < text.size() && text[at] == ';' ? at + 1 : 0;
}

std::optional<std::string> DecodeReference(std::string_view reference) {
  // The table is the Markdown library's, which renders a paragraph of this one reference.
  std::string html;
  if (md_html(reference.data(), static_cast<MD_SIZE>(reference.size()), Append, &html, 0, 0) != 0) return std::nullopt;
  constexpr std::string_view kOpen = "<p>", kClose = "</p>\n";
  if (html.size() <= kOpen.size() + kClose.size() || html.compare(0, kOpen.size(), kOpen) != 0) return std::nullopt;
  const std::string inner = html.substr(kOpen.size(), html.size() - kOpen.size() - kClose.size());
  for (const auto& [escaped, plain] :
       {std::pair("&amp;", "&"), std::pair("&lt;", "<"), std::pair("&gt;", ">"), std::pair("&quot;", "\"")}) {
    if (inner == escaped) return plain;
  }
  // An unknown name comes back as it is; a number that is no character as U+FFFD.
  if (inner.front() == '&' || (inner == "\xEF\xBF\xBD" && reference.substr(0, 2) == "&#")) return std::nullopt;
  // A control, or a surrogate, which the library writes as if it were a character.
  if (static_cast<unsigned char>(inner.front()) < 0x20 || !ValidateUtf8(inner).ok()) return std::nullopt;
  return inner;
}

}  // namespace reprise
