// UTF-8 and UTF-16 bytes, any chunking -> UTF-8 bytes without a byte order mark.
//
//   Utf8Transcoder transcoder;
//   std::string utf8;
//   transcoder.Feed(chunk, &utf8);   // appends
//   transcoder.Finish(&utf8);
//
// UTF-16 is known by its byte order mark or by a `<` of two bytes at the start. UTF-8 passes through unchecked. Half a
// surrogate pair comes out as bytes that are not UTF-8, so that whoever parses them refuses the place. Not thread-safe.
#ifndef REPRISE_FORMATS_TRANSCODE_H_
#define REPRISE_FORMATS_TRANSCODE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

class Utf8Transcoder {
 public:
  void Feed(std::string_view bytes, std::string* out);
  // Gives out what was held back; an odd last byte of UTF-16 becomes a byte that is not UTF-8.
  void Finish(std::string* out);
  // True once the bytes proved to be UTF-16.
  bool was_utf16() const { return encoding_ == Encoding::kUtf16Le || encoding_ == Encoding::kUtf16Be; }

 private:
  enum class Encoding : uint8_t { kUnknown, kUtf8, kUtf16Le, kUtf16Be };
  void Detect(std::string* out);
  void Utf16(std::string_view bytes, std::string* out);
  void CodeUnit(uint32_t unit, std::string* out);

  Encoding encoding_ = Encoding::kUnknown;
  std::string head_;        // until the encoding is known
  bool have_byte_ = false;  // first half of a UTF-16 code unit
  unsigned char byte_ = 0;
  uint32_t high_ = 0;  // a high surrogate that waits for its low one
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_TRANSCODE_H_
