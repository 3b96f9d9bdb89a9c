// What the tokenizer asks of a code point, from ICU's properties, as bits of one word; private to text/.
//
//   if (CharFlags(c) & kCharDigit) ...
//   WordClassOf(CharFlags(c)) == WordClass::kLetter
//
// Safe to call concurrently.
#ifndef REPRISE_TEXT_CHAR_CLASS_H_
#define REPRISE_TEXT_CHAR_CLASS_H_

#include <cstdint>

#include "text/page_table.h"

namespace reprise {

enum CharFlag : uint32_t {
  kCharScored = 1u << 0,     // L, M, N: a letter of the score
  kCharLetter = 1u << 1,     // L
  kCharMark = 1u << 2,       // M
  kCharDigit = 1u << 3,      // Nd
  kCharJoins = 1u << 4,      // a letter of the cased alphabets: forms identifiers
  kCharOwnWord = 1u << 5,    // Han and Kana: a token by itself
  kCharClings = 1u << 6,     // a mark or a skin tone: belongs to the symbol before it
  kCharRegional = 1u << 7,   // half a flag
  kCharTrigger = 1u << 8,    // without one of these (or "www.") a text has no placeable
  kCharAt = 1u << 9,         // "@"
  kCharNeedsIcu = 1u << 10,  // only ICU knows its word boundaries (dictionaries, rare classes)
};
constexpr int kWordClassShift = 16;  // four bits of WordClass
constexpr int kStemShift = 20;       // four bits: the length of the stem of a word whose first letter it is; 0 for all

// The classes of UAX #29 that word boundaries depend on.
enum class WordClass : uint8_t {
  kOther,
  kSpace,
  kLetter,
  kHebrew,
  kNumeric,
  kConnector,  // ExtendNumLet, "_"
  kMidLetter,
  kMidNumber,
  kMidBoth,  // "."
  kSingleQuote,
  kDoubleQuote,
  kExtend,  // Extend and Format
  kRegional,
  kHangul,  // syllables, which ICU keeps apart from all other letters
};
constexpr WordClass WordClassOf(uint32_t flags) { return static_cast<WordClass>((flags >> kWordClassShift) & 0xF); }
constexpr uint32_t StemLengthOf(uint32_t flags) { return (flags >> kStemShift) & 0xF; }

// Computed from ICU's properties, without the table.
uint32_t ComputeCharFlags(char32_t c);

struct CharPage {
  explicit CharPage(char32_t number);
  uint32_t operator[](size_t low) const { return flags[low]; }
  std::array<uint32_t, 256> flags;
};
extern PageTable<CharPage> char_pages;

inline uint32_t CharFlags(char32_t c) {
  if (c >= PageTable<CharPage>::kTabled) [[unlikely]] {
    return ComputeCharFlags(c);
  }
  return char_pages.PageOf(c)[c & 0xFF];
}

}  // namespace reprise

#endif  // REPRISE_TEXT_CHAR_CLASS_H_
