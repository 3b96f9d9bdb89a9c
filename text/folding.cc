#include "text/folding.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstdlib>
#include <vector>

#include "text/utf8.h"

namespace reprise::folding {
namespace {

const icu::Normalizer2& Instance(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = get(status);
  if (U_FAILURE(status)) std::abort();  // ICU's data is linked in: it cannot be missing
  return *normalizer;
}

UChar32 ToUChar(char32_t c) { return static_cast<UChar32>(c); }

bool IsStable(char32_t c) { return ComputeFolding(c).IsStable(c); }

// What the general algorithm makes of `c` in its first round, standing alone.
std::u32string FirstRound(char32_t c, const Folding& folding) {
  if (folding.Has(Folding::kSingle)) return {folding.mapped};
  icu::UnicodeString result;
  const bool expand = folding.Has(Folding::kExpand);
  if (expand) {
    Nfkc().getRawDecomposition(ToUChar(c), result);
  } else {
    UErrorCode status = U_ZERO_ERROR;
    result = NfkcCasefold().normalize(icu::UnicodeString(ToUChar(Unify(c))), status);
  }
  std::u32string points;
  for (int32_t i = 0; i < result.length(); i = result.moveIndex32(i, 1)) {
    const auto point = static_cast<char32_t>(result.char32At(i));
    points.push_back(expand ? point : Unify(point));
  }
  return points;
}

// The kind of a code point that may interact with those before it but does not change by itself.
QuickFold::Kind MarkKind(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (NfkcCasefold().quickCheck(icu::UnicodeString(ToUChar(c)), status)) {
    case UNORM_YES: return QuickFold::kMark;
    case UNORM_MAYBE: return QuickFold::kMaybeMark;
    default: return QuickFold::kSlow;
  }
}

QuickFold ComputeQuickFold(char32_t c, const Folding& folding, std::string* pool) {
  QuickFold quick;
  const std::u32string points = FirstRound(c, folding);
  if (points.empty()) {
    quick.kind = QuickFold::kVanishes;
    return quick;
  }
  std::string utf8;
  for (char32_t point : points) AppendCodePoint(point, &utf8);
  quick.length = static_cast<uint8_t>(utf8.size());
  if (folding.Has(Folding::kBoundary)) {
    for (char32_t point : points) {
      if (point == c ? !folding.IsStable(c) : !IsStable(point)) return quick;
    }
    quick.kind = points.size() == 1 ? QuickFold::kSimple : QuickFold::kMulti;
  } else if (points.size() == 1 && points[0] == c) {
    quick.kind = MarkKind(c);
    quick.combining_class = NfkcCasefold().getCombiningClass(ToUChar(c));
  }
  if (quick.kind == QuickFold::kMulti) {
    quick.offset = static_cast<uint16_t>(pool->size());
    *pool += utf8;
  } else if (quick.kind != QuickFold::kSlow) {
    utf8.copy(quick.utf8.data(), quick.utf8.size());
  }
  return quick;
}

}  // namespace

constinit PageTable<FoldPage> fold_pages;

const icu::Normalizer2& Nfc() {
  static const icu::Normalizer2& normalizer = Instance(&icu::Normalizer2::getNFCInstance);
  return normalizer;
}
const icu::Normalizer2& Nfkc() {
  static const icu::Normalizer2& normalizer = Instance(&icu::Normalizer2::getNFKCInstance);
  return normalizer;
}
const icu::Normalizer2& NfkcCasefold() {
  static const icu::Normalizer2& normalizer = Instance(&icu::Normalizer2::getNFKCCasefoldInstance);
  return normalizer;
}

bool IsWhiteSpace(char32_t c) { return u_hasBinaryProperty(ToUChar(c), UCHAR_WHITE_SPACE); }

bool IsIgnorable(char32_t c) { return u_hasBinaryProperty(ToUChar(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

int DecompositionType(char32_t c) { return u_getIntPropertyValue(ToUChar(c), UCHAR_DECOMPOSITION_TYPE); }

bool IsProtected(char32_t c) {
  if (c < 0x80) return false;
  const int type = DecompositionType(c);
  if (type == U_DT_SUPER || type == U_DT_SUB || type == U_DT_FRACTION) return true;
  if (type == U_DT_NONE || type == U_DT_CANONICAL) return false;
  if (u_getIntPropertyValue(ToUChar(c), UCHAR_NUMERIC_TYPE) == U_NT_NONE) return false;
  const UBlockCode block = ublock_getCode(ToUChar(c));
  return type == U_DT_CIRCLE || block == UBLOCK_ENCLOSED_ALPHANUMERICS ||
         block == UBLOCK_ENCLOSED_ALPHANUMERIC_SUPPLEMENT;
}

char32_t QuoteFold(char32_t c) {
  switch (c) {
    case '\'':
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2039:
    case 0x203A:
    case 0x00B4:
    case 0x02BC:
    case 0x05F3:
    case 0xFF07: return '\'';
    case 0x05F4: return '"';
    default: return u_hasBinaryProperty(ToUChar(c), UCHAR_QUOTATION_MARK) ? '"' : 0;
  }
}

bool IsDash(char32_t c) {
  switch (c) {
    case 0x2053:
    case 0x2E17:
    case 0x2E40:
    case 0x301C:
    case 0x3030:
    case 0x30A0: return false;
    default: return u_hasBinaryProperty(ToUChar(c), UCHAR_DASH);
  }
}

char32_t Unify(char32_t c) {
  if (IsProtected(c)) return c;
  if (IsWhiteSpace(c)) return ' ';
  if (char32_t quote = QuoteFold(c); quote != 0) return quote;
  if (IsDash(c)) return '-';
  return c == kMidlineEllipsis ? kEllipsis : c;
}

Folding ComputeFolding(char32_t c) {
  if (IsProtected(c)) return {c, Folding::kSingle | Folding::kBoundary | Folding::kProtected};
  const char32_t unified = Unify(c);
  if (unified < 0x80 && unified != c) return {unified, Folding::kSingle | Folding::kBoundary};
  icu::UnicodeString raw;
  if (Nfkc().getRawDecomposition(ToUChar(c), raw)) {
    for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
      if (IsProtected(static_cast<char32_t>(raw.char32At(i)))) return {c, Folding::kBoundary | Folding::kExpand};
    }
  }
  Folding folding;
  if (NfkcCasefold().hasBoundaryBefore(ToUChar(unified))) folding.flags |= Folding::kBoundary;
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString normal = NfkcCasefold().normalize(icu::UnicodeString(ToUChar(unified)), status);
  if (U_SUCCESS(status) && normal.countChar32() == 1) {
    folding.mapped = static_cast<char32_t>(normal.char32At(0));
    folding.flags |= Folding::kSingle;
  }
  return folding;
}

FoldPage::FoldPage(char32_t number) {
  for (char32_t low = 0; low < folding.size(); ++low) {
    const char32_t c = (number << 8) | low;
    folding[low] = ComputeFolding(c);
    quick[low] = ComputeQuickFold(c, folding[low], &pool);
  }
}

}  // namespace reprise::folding
