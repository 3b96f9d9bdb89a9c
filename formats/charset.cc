#include "formats/charset.h"

#include <unicode/ucnv.h>
#include <unicode/utf16.h>

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/utf8.h"

namespace reprise {
namespace {

void AppendUnits(const UChar* units, size_t count, std::string* out) {
  for (size_t i = 0; i < count; ++i) {
    uint32_t c = units[i];
    if (U16_IS_LEAD(c) && i + 1 < count) c = 0x10000 + ((c - 0xD800) << 10) + (units[++i] - 0xDC00u);
    AppendUtf8(c, out);
  }
}

bool IsUtf8(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  return lower.empty() || lower == "utf-8" || lower == "utf8" || lower == "us-ascii" || lower == "ascii" ||
         lower == "charset";  // what a PO template says before anyone chose
}

}  // namespace

void CharsetDecoder::Closer::operator()(UConverter* converter) const { ucnv_close(converter); }

absl::StatusOr<CharsetDecoder> CharsetDecoder::Open(std::string_view name) {
  CharsetDecoder decoder;
  if (IsUtf8(name)) return decoder;
  std::string shown;
  for (const char c : name.substr(0, 40)) shown += c >= 0x21 && c < 0x7F ? c : '?';
  UErrorCode error = U_ZERO_ERROR;
  if (name.size() <= 40) decoder.converter_.reset(ucnv_open(std::string(name).c_str(), &error));
  if (decoder.converter_ == nullptr) {
    return InvalidArgument(absl::StrCat("the charset \"", shown, "\" is not known; convert the file to UTF-8"));
  }
  ucnv_setToUCallBack(decoder.converter_.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  if (U_FAILURE(error)) return Internal(absl::StrCat("the charset \"", shown, "\" cannot be set up"));
  return decoder;
}

void CharsetDecoder::Convert(std::string_view bytes, bool end, std::string* out) {
  if (converter_ == nullptr) {
    out->append(bytes);
    return;
  }
  std::array<UChar, 4096> buffer;
  const char* from = bytes.data();
  const char* const limit = from + bytes.size();
  size_t kept = 0;  // a surrogate at the end of the full buffer waits there for its other half
  for (;;) {
    UChar* to = buffer.data() + kept;
    UErrorCode error = U_ZERO_ERROR;
    ucnv_toUnicode(converter_.get(), &to, buffer.data() + buffer.size(), &from, limit, nullptr, end, &error);
    const size_t count = static_cast<size_t>(to - buffer.data());
    kept = error == U_BUFFER_OVERFLOW_ERROR && count > 0 && U16_IS_LEAD(buffer[count - 1]) ? 1 : 0;
    AppendUnits(buffer.data(), count - kept, out);
    if (kept != 0) buffer[0] = buffer[count - 1];
    if (error == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_SUCCESS(error)) return;
    out->push_back('\xFF');
    if (from == limit && end && error == U_TRUNCATED_CHAR_FOUND) return;
  }
}

}  // namespace reprise
