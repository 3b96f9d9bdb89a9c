// Bytes in a named charset, any chunking -> UTF-8, by ICU.
//
//   absl::StatusOr<CharsetDecoder> decoder = CharsetDecoder::Open("ISO-8859-2");
//   decoder->Feed(chunk, &utf8);   // appends
//   decoder->Finish(&utf8);
//
// Bytes that are wrong in the charset come out as a byte that is not UTF-8, so that whoever parses them refuses the
// place. UTF-8 itself passes through unchecked. Not thread-safe.
#ifndef REPRISE_FORMATS_CHARSET_H_
#define REPRISE_FORMATS_CHARSET_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"

struct UConverter;

namespace reprise {

class CharsetDecoder {
 public:
  // Error: INVALID_ARGUMENT that quotes the name if it is no charset.
  static absl::StatusOr<CharsetDecoder> Open(std::string_view name);

  void Feed(std::string_view bytes, std::string* out) { Convert(bytes, false, out); }
  void Finish(std::string* out) { Convert({}, true, out); }

 private:
  struct Closer {
    void operator()(UConverter* converter) const;
  };

  void Convert(std::string_view bytes, bool end, std::string* out);

  std::unique_ptr<UConverter, Closer> converter_;  // null: UTF-8
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_CHARSET_H_
