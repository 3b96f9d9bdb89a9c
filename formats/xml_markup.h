// What the XML readers ask of markup outside of units: a start tag's attributes, the prolog's promises.
//
//   RETURN_IF_ERROR(CheckProlog("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", 1, false));
//   auto attributes = ParseTag("<header srclang=\"en\">");
//
// Safe to call concurrently.
#ifndef REPRISE_FORMATS_XML_MARKUP_H_
#define REPRISE_FORMATS_XML_MARKUP_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "formats/unit_stream.h"

namespace reprise {

using XmlAttributes = std::map<std::string, std::string>;

// The name in a tag or the first word of markup: up to white space, `>`, `/`, a quote or a bracket.
std::string_view FirstWord(std::string_view text);

inline constexpr char kXmlDeclaration[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// What a frame of an XML file needs no reader for: its remarks are comments.
UnitFrame XmlFrame();
// A start tag as an element without content: `<a>` -> `<a/>`; and as one that opens: `<a/>` -> `<a>`. Tags of more than
// 64 KiB lose their attributes.
std::string ClosedTag(std::string_view tag);
std::string OpenTag(std::string_view tag);

// The value of `name="..."` in markup that need not be well-formed, at most 256 bytes; "" if there is none.
std::string SniffValue(std::string_view markup, std::string_view name);

// Whether a file with this processing instruction or DOCTYPE can be read on. Error: INVALID_ARGUMENT with the line if
// it declares an entity (none is expanded, nothing is loaded) or, before the root, an encoding that is not read.
absl::Status CheckProlog(std::string_view markup, uint64_t line, bool seen_root);

// The attributes of a single start tag such as "<header ...>". Error: INVALID_ARGUMENT if it is ill-formed.
absl::StatusOr<XmlAttributes> ParseTag(std::string_view tag);

}  // namespace reprise

#endif  // REPRISE_FORMATS_XML_MARKUP_H_
