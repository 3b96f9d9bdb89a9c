#include "formats/xml_markup.h"

#include <expat.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace reprise {
namespace {

// The name of the first entity that the DOCTYPE declares beyond XML's own five; "" if none.
std::string DeclaredEntity(std::string_view doctype) {
  constexpr std::string_view kDeclaration = "<!ENTITY";
  for (size_t at = 0; at < doctype.size();) {
    if (doctype.substr(at, 4) == "<!--") {
      at = std::min(doctype.find("-->", at + 4), doctype.size());
      continue;
    }
    if (doctype.substr(at, kDeclaration.size()) != kDeclaration) {
      ++at;
      continue;
    }
    at += kDeclaration.size();
    while (at < doctype.size() && absl::ascii_isspace(static_cast<unsigned char>(doctype[at]))) ++at;
    const std::string_view name = FirstWord(doctype.substr(at));
    if (name != "lt" && name != "gt" && name != "amp" && name != "apos" && name != "quot") {
      return name.empty() ? "?" : std::string(name.substr(0, 64));
    }
  }
  return std::string();
}

absl::Status LineError(uint64_t line, std::string_view problem) {
  return InvalidArgument(absl::StrCat("line ", line, ": ", std::string(problem)));
}

}  // namespace

std::string_view FirstWord(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of(" \t\r\n>/\"'[", 1), text.size()));
}

std::string SniffValue(std::string_view markup, std::string_view name) {
  for (size_t at = markup.find(name); at != std::string_view::npos; at = markup.find(name, at + 1)) {
    if (at == 0 || !absl::ascii_isspace(static_cast<unsigned char>(markup[at - 1]))) continue;
    size_t i = at + name.size();
    while (i < markup.size() && absl::ascii_isspace(static_cast<unsigned char>(markup[i]))) ++i;
    if (i >= markup.size() || markup[i] != '=') continue;
    ++i;
    while (i < markup.size() && absl::ascii_isspace(static_cast<unsigned char>(markup[i]))) ++i;
    if (i >= markup.size() || (markup[i] != '"' && markup[i] != '\'')) continue;
    const size_t end = markup.find(markup[i], i + 1);
    if (end == std::string_view::npos) return std::string();
    return std::string(markup.substr(i + 1, std::min<size_t>(end - i - 1, 256)));
  }
  return std::string();
}

absl::Status CheckProlog(std::string_view markup, uint64_t line, bool seen_root) {
  if (markup.substr(0, 2) == "<!") {
    const std::string entity = DeclaredEntity(markup);
    if (entity.empty()) return absl::OkStatus();
    return LineError(line, absl::StrCat("the DOCTYPE declares the entity \"", entity,
                                        "\"; entities are not expanded: write the text itself"));
  }
  if (seen_root || FirstWord(markup.substr(2)) != "xml") return absl::OkStatus();
  const std::string encoding = absl::AsciiStrToLower(SniffValue(markup, "encoding"));
  if (encoding.empty() || encoding == "utf-8" || encoding == "utf8" || encoding == "us-ascii" || encoding == "ascii" ||
      encoding.rfind("utf-16", 0) == 0) {
    return absl::OkStatus();
  }
  return LineError(line, absl::StrCat("the encoding \"", encoding, "\" is not read; convert the file to UTF-8"));
}

absl::StatusOr<XmlAttributes> ParseTag(std::string_view tag) {
  struct Found {
    XmlAttributes attributes;
    bool whole = false;
  } found;
  XML_Parser parser = XML_ParserCreate("UTF-8");
  if (parser == nullptr) return ResourceExhausted("no memory for an XML parser");
  XML_SetUserData(parser, &found);
  XML_SetStartElementHandler(parser, [](void* data, const XML_Char*, const XML_Char** list) {
    auto* out = static_cast<Found*>(data);
    out->whole = true;
    for (; *list != nullptr; list += 2) out->attributes.emplace(list[0], list[1]);
  });
  const bool ok = XML_Parse(parser, tag.data(), static_cast<int>(tag.size()), XML_FALSE) == XML_STATUS_OK;
  const std::string reason = ok ? "the tag has no end" : XML_ErrorString(XML_GetErrorCode(parser));
  XML_ParserFree(parser);
  if (!ok || !found.whole) return InvalidArgument(reason);
  return std::move(found.attributes);
}

UnitFrame XmlFrame() {
  UnitFrame frame;
  frame.remark_begin = "<!-- ";
  frame.remark_end = " -->\n";
  return frame;
}

std::string ClosedTag(std::string_view tag) {
  const std::string open = OpenTag(tag);
  return open.substr(0, open.size() - 1) + "/>";
}

std::string OpenTag(std::string_view tag) {
  constexpr size_t kMost = 1 << 16;
  if (!tag.empty() && tag.back() == '>') tag.remove_suffix(1);
  if (!tag.empty() && tag.back() == '/') tag.remove_suffix(1);
  return absl::StrCat(std::string(tag.size() <= kMost ? tag : tag.substr(0, 1 + FirstWord(tag.substr(1)).size())), ">");
}

}  // namespace reprise
