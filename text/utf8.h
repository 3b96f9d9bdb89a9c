// UTF-8 <-> code points, private to text/. Bad bytes decode to U+FFFD, so hostile input never runs past its end.
#ifndef REPRISE_TEXT_UTF8_H_
#define REPRISE_TEXT_UTF8_H_

#include <unicode/utf8.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace reprise {

// Eight bytes of text as a number, and its bytes with the high bit, which ASCII has not.
inline uint64_t LoadEight(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}
inline constexpr uint64_t kOnes = 0x0101010101010101;
inline constexpr uint64_t kHighBits = 0x80 * kOnes;

inline bool IsAscii(std::string_view text) {
  uint64_t any = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) any |= LoadEight(text.data() + i);
  for (; i < text.size(); ++i) any |= static_cast<unsigned char>(text[i]);
  return (any & kHighBits) == 0;
}

// The code point at byte `*i`, which moves past it. REQUIRES: *i < text.size().
inline char32_t NextCodePoint(std::string_view text, size_t* i) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  int64_t at = static_cast<int64_t>(*i);
  UChar32 c;
  U8_NEXT_OR_FFFD(bytes, at, static_cast<int64_t>(text.size()), c);
  *i = static_cast<size_t>(at);
  return static_cast<char32_t>(c);
}

inline void AppendCodePoint(char32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
    return;
  }
  uint8_t bytes[U8_MAX_LENGTH];
  int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out->append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
}

}  // namespace reprise

#endif  // REPRISE_TEXT_UTF8_H_
