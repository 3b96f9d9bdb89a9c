#include "text/char_fold.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "text/char_class.h"
#include "text/folding.h"
#include "text/page_table.h"
#include "text/utf8.h"

namespace reprise {
namespace {

// A mark that a reader leaves out.
bool IsDiacritic(char32_t c) {
  const bool accent = (c >= 0x0300 && c <= 0x036F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
                      (c >= 0x20D0 && c <= 0x20F0) || (c >= 0xFE20 && c <= 0xFE2F);
  const bool semitic =
      (c >= 0x0591 && c <= 0x05C7) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 || (c >= 0x06D6 && c <= 0x06ED);
  return (accent || semitic) && u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK;
}

char32_t ComputeFold(char32_t c) {
  if (IsDiacritic(c)) return 0;
  switch (c) {
    case U'ø': return U'o';
    case U'ł': return U'l';
    case U'đ': return U'd';
    case U'ħ': return U'h';
    case U'ŧ': return U't';
    case U'ı': return U'i';
    case U'й':
    case U'Й': return c;
    default: break;
  }
  icu::UnicodeString parts;
  if (!folding::Nfc().getDecomposition(static_cast<UChar32>(c), parts)) return c;
  const UChar32 base = parts.char32At(0);
  for (int32_t i = U16_LENGTH(base); i < parts.length(); i += U16_LENGTH(parts.char32At(i))) {
    if (!IsDiacritic(static_cast<char32_t>(parts.char32At(i)))) return c;
  }
  return static_cast<char32_t>(base);
}

bool ComputeSpaceless(char32_t c) {
  return (CharFlags(c) & kCharOwnWord) != 0 ||
         u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

struct CharFoldPage {
  explicit CharFoldPage(char32_t number) {
    for (char32_t low = 0; low < 256; ++low) {
      fold[low] = ComputeFold(number << 8 | low);
      spaceless[low] = ComputeSpaceless(number << 8 | low);
    }
  }
  std::array<char32_t, 256> fold;
  std::array<bool, 256> spaceless;
};

constinit PageTable<CharFoldPage> char_fold_pages;

}  // namespace

char32_t FoldChar(char32_t c) {
  if (c >= PageTable<CharFoldPage>::kTabled) return ComputeFold(c);
  return char_fold_pages.PageOf(c).fold[c & 0xFF];
}

bool IsSpaceless(char32_t c) {
  if (c < 0x80) return false;
  if (c >= PageTable<CharFoldPage>::kTabled) return ComputeSpaceless(c);
  return char_fold_pages.PageOf(c).spaceless[c & 0xFF];
}

void FoldWord(std::string_view word, std::string* out) {
  out->clear();
  if (!IsAscii(word)) {
    for (size_t i = 0; i < word.size();) {
      const char32_t c = FoldChar(NextCodePoint(word, &i));
      if (c != 0) AppendCodePoint(c, out);
    }
  }
  if (out->empty()) out->assign(word);
}

std::string LongestLetters(std::string_view literal) {
  std::string run, best;
  size_t count = 0, most = 0;
  for (size_t i = 0; i < literal.size();) {
    const char32_t c = NextCodePoint(literal, &i);
    const folding::Folding fold = folding::FoldingOf(c);
    const uint32_t flags = CharFlags(fold.mapped);
    // A mark that follows in the text makes another letter of и, one that stays when folded.
    const bool may_change = c == U'и' && i == literal.size();
    if (!fold.Has(folding::Folding::kSingle) || (flags & kCharJoins) == 0 || (flags & kCharLetter) == 0 || may_change) {
      run.clear();
      count = 0;
      continue;
    }
    AppendCodePoint(FoldChar(fold.mapped), &run);
    if (++count > most) {
      most = count;
      best = run;
    }
  }
  return best;
}

}  // namespace reprise
