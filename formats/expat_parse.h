// One parse of one element that was cut out of a file (xml_splitter.h): what the unit parsers of TMX and XLIFF share.
//
//   RETURN_IF_ERROR(ParseElement({&impl, OnStart, OnEnd, OnCharacters, &impl.error}, xml, line, &impl.parser));
//
// Thread-safety: as the parser that is handed in.
#ifndef REPRISE_FORMATS_EXPAT_PARSE_H_
#define REPRISE_FORMATS_EXPAT_PARSE_H_

#include <expat.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise {

struct ExpatHandlers {
  void* data = nullptr;
  XML_StartElementHandler start = nullptr;
  XML_EndElementHandler end = nullptr;
  XML_CharacterDataHandler characters = nullptr;
  const std::string* error = nullptr;             // what the handlers object to; empty = nothing
  XML_StartDoctypeDeclHandler doctype = nullptr;  // for whole files
};

// Parses `xml`, which is whole and begins in line `line` of its file. *parser is made if it is null, and is the
// caller's to free. Error: INVALID_ARGUMENT with the handlers' objection or expat's, and the line if it is a later one.
absl::Status ParseElement(const ExpatHandlers& handlers, std::string_view xml, uint64_t line, XML_Parser* parser);

}  // namespace reprise

#endif  // REPRISE_FORMATS_EXPAT_PARSE_H_
