// Placeables: the parts of a text in key form that a translation copies or adapts rather than translates. Private to
// text/; Tokenize is what others call.
//
// In the order in which they are tried at a place:
//   URL         https://example.org/a?b=1, www.example.org     (closing punctuation is left out)
//   e-mail      jane.doe@example.org
//   variable    %s %1$s %-5.2f %1 %(name)s %productname {0} {name} {{name}} ${x} $(arg1) $[officename] #{x} $name
//   path        /usr/bin/x, ~/x, ./x, ../x, c:\x, \\host\share
//   identifier  lt-1234, utf-8, v2.9.1, 2.9.1, 192.168.0.1: letters and then digits, or digits with several dots
//   number      42, 3.14, 1,234.5, 1.234,5, 12.05.2024, 1 234 567, 10 000, ١٬٢٣٤٫٥
// A number takes in digit groups after a space only where they can be nothing else: several groups, one that starts
// with 0, or one with a decimal part. Signs and "%" stay apart; so does a unit ("10km" is the number 10 and "km").
//
// Pure, safe to call concurrently. Time is linear in the text: every look-ahead is bounded.
#ifndef REPRISE_TEXT_PLACEABLES_H_
#define REPRISE_TEXT_PLACEABLES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/tokenize.h"

namespace reprise {

// Code points [begin, end) of the text.
struct Placeable {
  uint32_t begin = 0;
  uint32_t end = 0;
  TokenClass cls = TokenClass::kNumber;
};

// False only if `ascii` surely has no placeable: the cheap question that most sentences answer. REQUIRES: ASCII.
bool MayHavePlaceables(std::string_view ascii);

// Appends the placeables of a text in key form, in order, without overlap.
void FindPlaceables(std::u32string_view text, std::vector<Placeable>* found);

// The same for ASCII, where bytes are code points.
void FindPlaceables(std::string_view ascii, std::vector<Placeable>* found);

}  // namespace reprise

#endif  // REPRISE_TEXT_PLACEABLES_H_
