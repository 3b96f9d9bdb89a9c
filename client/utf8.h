// Code points of UTF-8 text, for printing: walks, slices and mends text that may be damaged.
//
//   std::string_view rest = text;
//   while (!rest.empty()) { char32_t c = NextCodePoint(&rest); ... }
//
// Pure functions, safe to call concurrently.
#ifndef REPRISE_CLIENT_UTF8_H_
#define REPRISE_CLIENT_UTF8_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::client {

// What a damaged byte becomes.
inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// Takes the next code point off `*text`; kReplacementCharacter (and one byte taken) where the bytes are not UTF-8.
// REQUIRES: !text->empty().
char32_t NextCodePoint(std::string_view* text);

// Appends `c` as UTF-8. REQUIRES: c is a Unicode scalar value.
void AppendCodePoint(char32_t c, std::string* out);

// The code points [begin, end) of `text`; positions past the end are the end.
std::string_view SliceCodePoints(std::string_view text, uint32_t begin, uint32_t end);

// True if `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_UTF8_H_
