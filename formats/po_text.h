// Strings as PO files write them. Private to formats/; safe to call concurrently.
//
//   AppendPoField("msgstr", "a\nb", &out);   // msgstr ""\n"a\n"\n"b"\n
#ifndef REPRISE_FORMATS_PO_TEXT_H_
#define REPRISE_FORMATS_PO_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

// Appends a keyword and its string; a text of several lines has one string for each. `prefix` stands before each line
// ("#| "). Returns the characters that PO cannot hold (NUL) and that became U+FFFD.
uint64_t AppendPoField(std::string_view keyword, std::string_view text, std::string* out, std::string_view prefix = {});

// "src/main.c:12" -> "src/main.c".
std::string PoReferenceFile(std::string_view reference);

}  // namespace reprise

#endif  // REPRISE_FORMATS_PO_TEXT_H_
