// Varints: small numbers in few bytes, 7 bits a byte, low bits first, the high bit says that more follow (as Protocol
// Buffers and LevelDB write them).
//
//   std::string out;
//   AppendVarint(300, &out);                                  // two bytes
//   const char* next = ReadVarint(p, limit, &value);          // null if the bytes end too early or run on too long
//
// Thread-safety: pure functions.
#ifndef REPRISE_BASE_VARINT_H_
#define REPRISE_BASE_VARINT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

inline void AppendVarint(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

// Reads one number from [p, limit) into *value; returns what follows it, or null if it is cut off or too long for the
// type. For bytes that may be damaged.
template <typename Int>
const char* ReadVarint(const char* p, const char* limit, Int* value) {
  uint64_t result = 0;
  for (int shift = 0; shift < 64 && p < limit; shift += 7) {
    const auto byte = static_cast<uint8_t>(*p++);
    result |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) {
      *value = static_cast<Int>(result);
      return static_cast<uint64_t>(*value) == result ? p : nullptr;
    }
  }
  return nullptr;
}

// The same where the bytes were written by ourselves and are known to be whole: no check, 32 bits.
inline const char* ReadTrustedVarint32(const char* p, uint32_t* value) {
  auto byte = static_cast<uint8_t>(*p++);
  uint32_t result = byte & 0x7Fu;
  for (int shift = 7; byte >= 0x80; shift += 7) {
    byte = static_cast<uint8_t>(*p++);
    result |= (byte & 0x7Fu) << shift;
  }
  *value = result;
  return p;
}

// A length and the bytes.
inline void AppendSized(std::string_view bytes, std::string* out) {
  AppendVarint(bytes.size(), out);
  out->append(bytes);
}
inline const char* ReadSized(const char* p, const char* limit, std::string_view* bytes) {
  uint32_t size = 0;
  p = ReadVarint(p, limit, &size);
  if (p == nullptr || static_cast<size_t>(limit - p) < size) return nullptr;
  *bytes = std::string_view(p, size);
  return p + size;
}

}  // namespace reprise

#endif  // REPRISE_BASE_VARINT_H_
