// One code point -> UTF-8 bytes. Surrogates are encoded like any code point of their size: three bytes that no UTF-8
// parser accepts. Safe to call concurrently.
//
//   AppendUtf8(0x20AC, &text);   // the euro sign
#ifndef REPRISE_FORMATS_UTF8_H_
#define REPRISE_FORMATS_UTF8_H_

#include <cstdint>
#include <string>

namespace reprise {

// REQUIRES: c <= 0x10FFFF.
inline void AppendUtf8(uint32_t c, std::string* out) {
  if (c < 0x80) {
    out->push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out->push_back(static_cast<char>(0xC0 | (c >> 6)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | (c >> 12)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | (c >> 18)));
    out->push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

}  // namespace reprise

#endif  // REPRISE_FORMATS_UTF8_H_
