#include "text/folding.h"

#include <algorithm>
#include <set>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "text/normalize.h"

namespace reprise {
namespace {

// The folds of the key form, one bit each, so that a difference can be traced to the folds that hide it.
struct FoldName {
  uint32_t bit;
  const char* name;
};
constexpr uint32_t kCase = 1, kWidth = 2, kQuote = 4, kDash = 8, kEllipsis = 16, kSpace = 32, kEszett = 64,
                   kIgnorable = 128, kCompatibility = 256, kAll = 511;
constexpr FoldName kFolds[] = {{kCase, "case"},          {kCompatibility, "compatibility"}, {kDash, "dash"},
                               {kEllipsis, "ellipsis"},  {kEszett, "eszett"},               {kIgnorable, "ignorable"},
                               {kQuote, "quote"},        {kSpace, "space"},                 {kWidth, "width"}};

bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) != 0; }

// `text` with just the folds of `mask`.
std::u32string FoldOnly(std::string_view text, uint32_t mask) {
  std::u32string out;
  auto add = [&](UChar32 c) {
    if ((mask & kCase) != 0) c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
    out.push_back(static_cast<char32_t>(c));
  };
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(status);
  for (UChar32 c : DecodeUtf8(text)) {
    int type = u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE);
    if ((mask & kQuote) != 0) c = FoldQuote(c);
    if ((mask & kDash) != 0) c = FoldDash(c);
    bool wide = type == U_DT_WIDE || type == U_DT_NARROW;
    if ((mask & kSpace) != 0 && IsSpace(c)) {
      if (!out.empty() && out.back() != U' ') out.push_back(U' ');
    } else if ((mask & kIgnorable) != 0 && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
      continue;
    } else if ((c == 0xDF || c == 0x1E9E) && (mask & kEszett) != 0) {
      add('s');
      add('s');
    } else if (c == 0x2026 || c == 0x2025) {
      for (int i = 0; (mask & kEllipsis) != 0 && i < (c == 0x2026 ? 3 : 2); ++i) add('.');
      if ((mask & kEllipsis) == 0) add(c);
    } else if (type > U_DT_CANONICAL && !IsProtected(c) && !IsSpace(c) && (mask & (wide ? kWidth : kCompatibility)) != 0) {
      icu::UnicodeString mapped;
      if (nfkc->getDecomposition(c, mapped)) {
        for (int32_t i = 0; i < mapped.length(); i = mapped.moveIndex32(i, 1)) add(mapped.char32At(i));
      } else {
        add(c);
      }
    } else {
      add(c);
    }
  }
  if ((mask & kSpace) != 0 && !out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

std::string Nfc(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString in = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  std::string out;
  icu::Normalizer2::getNFCInstance(status)->normalize(in, status).toUTF8String(out);
  return out;
}

}  // namespace

std::vector<UChar32> DecodeUtf8(std::string_view text) {
  std::vector<UChar32> out;
  out.reserve(text.size());
  const auto* s = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t i = 0; i < text.size();) {
    UChar32 c;
    U8_NEXT(s, i, text.size(), c);
    out.push_back(c < 0 ? 0xFFFD : c);
  }
  return out;
}

void AppendUtf8(std::string* out, UChar32 c) {
  uint8_t buffer[4];
  int32_t n = 0;
  U8_APPEND_UNSAFE(buffer, n, c);
  out->append(reinterpret_cast<char*>(buffer), static_cast<size_t>(n));
}

UChar32 FoldQuote(UChar32 c) {
  if ((c >= 0x2018 && c <= 0x201B) || c == 0x2039 || c == 0x203A || c == 0x2032 || c == 0xB4 || c == 0x2BC) return '\'';
  if ((c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || c == 0x2033 || (c >= 0x301D && c <= 0x301F)) return '"';
  return c;
}

UChar32 FoldDash(UChar32 c) {
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xFE58 || c == 0xFE63 || c == 0xFF0D) return '-';
  return c;
}

bool IsProtected(UChar32 c) {
  if (c < 0x80) return false;
  switch (u_getIntPropertyValue(c, UCHAR_DECOMPOSITION_TYPE)) {
    case U_DT_SUPER:
    case U_DT_SUB:
    case U_DT_FRACTION:
    case U_DT_CIRCLE: return true;
    default: return false;
  }
}

bool CanonicallyEqual(std::string_view a, std::string_view b) { return a == b || Nfc(a) == Nfc(b); }

std::vector<std::string> FoldedDifferences(std::string_view a, std::string_view b) {
  std::vector<std::string> out;
  if (CanonicallyEqual(a, b)) return out;
  std::string left = Nfc(a), right = Nfc(b);
  for (const FoldName& fold : kFolds) {
    if (FoldOnly(left, kAll & ~fold.bit) != FoldOnly(right, kAll & ~fold.bit)) out.push_back(fold.name);
  }
  if (out.empty()) out.push_back("compatibility");
  return out;
}

}  // namespace reprise
