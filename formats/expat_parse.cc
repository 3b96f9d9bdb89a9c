#include "formats/expat_parse.h"

#include "absl/strings/str_cat.h"

namespace reprise {

absl::Status ParseElement(const ExpatHandlers& handlers, std::string_view xml, uint64_t line, XML_Parser* parser) {
  if (*parser == nullptr) {
    *parser = XML_ParserCreate("UTF-8");
    if (*parser == nullptr) return ResourceExhausted("no memory for an XML parser");
  } else {
    XML_ParserReset(*parser, "UTF-8");
  }
  XML_SetUserData(*parser, handlers.data);
  XML_SetElementHandler(*parser, handlers.start, handlers.end);
  XML_SetCharacterDataHandler(*parser, handlers.characters);
  if (handlers.doctype != nullptr) XML_SetStartDoctypeDeclHandler(*parser, handlers.doctype);
  if (XML_Parse(*parser, xml.data(), static_cast<int>(xml.size()), XML_TRUE) == XML_STATUS_OK &&
      handlers.error->empty()) {
    return absl::OkStatus();
  }
  const uint64_t error_line = line + XML_GetCurrentLineNumber(*parser) - 1;
  std::string reason = !handlers.error->empty()
                           ? *handlers.error
                           : absl::StrCat("not well-formed XML: ", XML_ErrorString(XML_GetErrorCode(*parser)));
  if (error_line != line) reason += absl::StrCat(" (line ", error_line, ")");
  return InvalidArgument(reason);
}

}  // namespace reprise
