// What the key form makes of single code points, and the slow and the quick form of the same table; private to text/.
//
// `Folding` is what the general algorithm in key_form.cc goes by. `QuickFold` is drawn from it: the code points of most
// text fold alone and to something that never folds again, so that one pass over the text yields its fixed point.
//
// Safe to call concurrently.
#ifndef REPRISE_TEXT_FOLDING_H_
#define REPRISE_TEXT_FOLDING_H_

#include <unicode/normalizer2.h>

#include <array>
#include <cstdint>
#include <string>

#include "text/page_table.h"

namespace reprise::folding {

const icu::Normalizer2& Nfc();
const icu::Normalizer2& Nfkc();
const icu::Normalizer2& NfkcCasefold();

inline constexpr char32_t kEllipsis = 0x2026;
inline constexpr char32_t kMidlineEllipsis = 0x22EF;

bool IsWhiteSpace(char32_t c);
bool IsIgnorable(char32_t c);

// U_DT_... of the code point.
int DecompositionType(char32_t c);

// Superscripts, subscripts, fractions and enclosed numbers: to fold them would change what is said (10³ is not 103).
bool IsProtected(char32_t c);

// '\'' or '"' for quotation marks, 0 for all else. The acute accent and the modifier apostrophe stand in for
// apostrophes in typed text, as the ASCII quotes do for Hebrew geresh and gershayim.
char32_t QuoteFold(char32_t c);

// True for the dashes that a typist would replace by '-'; the wavy and double ones say something else.
bool IsDash(char32_t c);

// Our own unification, before NFKC_Casefold sees the code point.
char32_t Unify(char32_t c);

// What the folding needs to know of one code point.
struct Folding {
  enum Flag : uint32_t {
    kSingle = 1,     // alone it becomes exactly `mapped`
    kBoundary = 2,   // never interacts with what stands before it
    kProtected = 4,  // kept as it is
    kExpand = 8,     // its decomposition has protected parts (㎡ is m²): decompose one level first
  };
  char32_t mapped = 0;
  uint32_t flags = 0;
  bool Has(Flag flag) const { return (flags & flag) != 0; }

  // True if it stays what it is, whatever stands beside it.
  bool IsStable(char32_t c) const { return mapped == c && Has(kSingle) && Has(kBoundary); }
};

// The fixed point of one code point, as UTF-8 to append.
struct QuickFold {
  enum Kind : uint8_t {
    kSlow,       // none of these
    kSimple,     // becomes one stable code point
    kMulti,      // becomes several stable code points: "ß", "…"
    kVanishes,   // becomes nothing
    kMark,       // stays, but is ordered among other marks by `combining_class`
    kMaybeMark,  // the same, unless it composes with the code point before it
  };
  // What kSimple and kMulti have in common: nothing before them and no space after them changes.
  bool IsStarter() const { return kind == kSimple || kind == kMulti; }

  std::array<char, 4> utf8{};  // kSimple, marks
  uint16_t offset = 0;         // kMulti: where in the pool of the page
  uint8_t length = 0;          // bytes
  Kind kind = kSlow;
  uint8_t combining_class = 0;  // marks
};

struct FoldPage {
  explicit FoldPage(char32_t number);
  std::array<Folding, 256> folding;
  std::array<QuickFold, 256> quick;
  std::string pool;
};
extern PageTable<FoldPage> fold_pages;

// Computed from ICU's properties, without the table.
Folding ComputeFolding(char32_t c);

inline Folding FoldingOf(char32_t c) {
  if (c >= PageTable<FoldPage>::kTabled) [[unlikely]] {
    return ComputeFolding(c);
  }
  return fold_pages.PageOf(c).folding[c & 0xFF];
}

}  // namespace reprise::folding

#endif  // REPRISE_TEXT_FOLDING_H_
