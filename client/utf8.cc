#include "client/utf8.h"

namespace reprise::client {
namespace {

// Length of the well-formed sequence at the start of `text`, with its code point in `*c`; 0 if there is none.
size_t DecodeOne(std::string_view text, char32_t* c) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    *c = lead;
    return 1;
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  char32_t value = lead & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    value = value << 6 | (byte(i) & 0x3F);
  }
  // Overlong forms, surrogates and values past the last plane are not UTF-8.
  if (length == 3 && value < 0x800) return 0;
  if (length == 4 && (value < 0x10000 || value > 0x10FFFF)) return 0;
  if (value >= 0xD800 && value <= 0xDFFF) return 0;
  *c = value;
  return length;
}

}  // namespace

char32_t NextCodePoint(std::string_view* text) {
  char32_t c = kReplacementCharacter;
  const size_t length = DecodeOne(*text, &c);
  text->remove_prefix(length == 0 ? 1 : length);
  return length == 0 ? kReplacementCharacter : c;
}

void AppendCodePoint(char32_t c, std::string* out) {
  const auto tail = [&](int shift) { out->push_back(static_cast<char>(0x80 | (c >> shift & 0x3F))); };
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | c >> 12));
    tail(6);
    tail(0);
  } else {
    out->push_back(static_cast<char>(0xF0 | c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string_view SliceCodePoints(std::string_view text, uint32_t begin, uint32_t end) {
  std::string_view rest = text;
  for (uint32_t i = 0; i < begin && !rest.empty(); ++i) NextCodePoint(&rest);
  const std::string_view from = rest;
  for (uint32_t i = begin; i < end && !rest.empty(); ++i) NextCodePoint(&rest);
  return from.substr(0, from.size() - rest.size());
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    char32_t c = 0;
    const size_t length = DecodeOne(text, &c);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace reprise::client
