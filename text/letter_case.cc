#include "text/letter_case.h"

#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "text/locale.h"

namespace reprise {
namespace {

constexpr char32_t kEllipsis = 0x2026;
constexpr char32_t kIdeographicStop = 0x3002;
constexpr char32_t kWideOffset = 0xFEE0;  // from ASCII to its wide forms

}  // namespace

LetterCase CaseOf(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  if (u_isUUppercase(point) || u_istitle(point)) return LetterCase::kUpper;
  return u_isULowercase(point) ? LetterCase::kLower : LetterCase::kNone;
}

std::u32string WithCase(std::u32string_view text, LetterCase wanted, std::string_view locale) {
  if (text.empty() || wanted == LetterCase::kNone) return std::u32string(text);
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale rules =
      icu::Locale::forLanguageTag(icu::StringPiece(locale.data(), static_cast<int32_t>(locale.size())), status);
  icu::UnicodeString first(static_cast<UChar32>(text[0]));
  if (wanted == LetterCase::kLower) {
    first.toLower(rules);
  } else {
    first.toTitle(nullptr, rules);
  }
  std::u32string out;
  for (int32_t i = 0; i < first.length(); i = first.moveIndex32(i, 1)) {
    out += static_cast<char32_t>(first.char32At(i));
  }
  return out.append(text.substr(1));
}

bool IsLetterOrDigit(char32_t c) { return u_isalnum(static_cast<UChar32>(c)); }

bool IsSpaceMark(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }

bool IsEndMark(char32_t c) {
  return c == kEllipsis || u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_TERMINAL_PUNCTUATION);
}

std::u32string LocalEndMarks(std::u32string_view marks, std::string_view locale) {
  const bool wide = WritesWide(locale);
  std::u32string out;
  for (char32_t c : marks) {
    if (wide && c == '.' && marks.size() == 1) {
      c = kIdeographicStop;
    } else if (wide && (c == ',' || c == ':' || c == ';' || c == '!' || c == '?')) {
      c += kWideOffset;
    } else if (!wide && c == kIdeographicStop) {
      c = '.';
    } else if (!wide && c > kWideOffset + ' ' && c <= kWideOffset + '~') {
      c -= kWideOffset;
    }
    out += c;
  }
  return out;
}

}  // namespace reprise
