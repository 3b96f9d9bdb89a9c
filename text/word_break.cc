#include "text/word_break.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "text/char_class.h"

namespace reprise {
namespace {

// The thread's own iterator, a clone of one that is loaded once.
icu::BreakIterator& WordIterator() {
  static const icu::BreakIterator* const prototype = [] {
    UErrorCode status = U_ZERO_ERROR;
    icu::BreakIterator* made = icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status);
    if (U_FAILURE(status) || made == nullptr) std::abort();  // ICU's data is linked in: it cannot be missing
    return made;
  }();
  thread_local const std::unique_ptr<icu::BreakIterator> iterator(prototype->clone());
  return *iterator;  // NOLINT(clang-analyzer-cplusplus.NewDelete): taken for a local, which would end here
}

constexpr bool IsAlphabetic(WordClass c) { return c == WordClass::kLetter || c == WordClass::kHebrew; }

// Marks and format characters belong to what stands before them (WB4).
uint32_t SkipExtend(const uint32_t* flags, uint32_t i, uint32_t end) {
  while (i < end && WordClassOf(flags[i]) == WordClass::kExtend) ++i;
  return i;
}

// True for two classes with no boundary in between (WB5, 8-10, 13a, 13b).
constexpr bool Joins(WordClass before, WordClass after) {
  const bool word = IsAlphabetic(after) || after == WordClass::kNumeric || after == WordClass::kConnector;
  return word && (IsAlphabetic(before) || before == WordClass::kNumeric || before == WordClass::kConnector);
}

// True if `middle` stands between the two without a boundary on either side (WB6, 7, 7b, 7c, 11, 12).
constexpr bool JoinsAcross(WordClass before, WordClass middle, WordClass after) {
  switch (middle) {
    case WordClass::kMidLetter: return IsAlphabetic(before) && IsAlphabetic(after);
    case WordClass::kMidNumber: return before == WordClass::kNumeric && after == WordClass::kNumeric;
    case WordClass::kMidBoth:
    case WordClass::kSingleQuote:
      return (IsAlphabetic(before) && IsAlphabetic(after)) ||
             (before == WordClass::kNumeric && after == WordClass::kNumeric);
    case WordClass::kDoubleQuote: return before == WordClass::kHebrew && after == WordClass::kHebrew;
    default: return false;
  }
}

enum class Kind : uint8_t { kOther, kLetter, kDigit, kConnector };

constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (int c = 'a'; c <= 'z'; ++c) kinds[c] = Kind::kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) kinds[c] = Kind::kLetter;
  for (int c = '0'; c <= '9'; ++c) kinds[c] = Kind::kDigit;
  kinds['_'] = Kind::kConnector;
  return kinds;
}();
Kind KindOf(char c) { return kKinds[static_cast<unsigned char>(c)]; }

}  // namespace

void BreakWordsIcu(std::u32string_view text, std::vector<WordSegment>* segments) {
  thread_local std::u16string utf16;
  utf16.clear();
  for (char32_t c : text) {
    if (c > 0xFFFF) {
      utf16.push_back(U16_LEAD(c));
      utf16.push_back(U16_TRAIL(c));
    } else {
      utf16.push_back(static_cast<char16_t>(c));
    }
  }
  icu::BreakIterator& words = WordIterator();
  // The alias is good until the next call, which gives the iterator another text.
  const icu::UnicodeString alias(false, utf16.data(), static_cast<int32_t>(utf16.size()));
  words.setText(alias);
  uint32_t unit = 0;
  uint32_t point = 0;
  for (int32_t next = words.next(); next != icu::BreakIterator::DONE; next = words.next()) {
    const uint32_t begin = point;
    for (; unit < static_cast<uint32_t>(next); ++point) unit += text[point] > 0xFFFF ? 2 : 1;
    segments->push_back({begin, point});
  }
}

uint32_t WordEnd(const uint32_t* flags, uint32_t begin, uint32_t end) {
  WordClass last = WordClassOf(flags[begin]);
  uint32_t i = begin + 1;
  if (last == WordClass::kSpace || last == WordClass::kHangul) {
    while (i < end && WordClassOf(flags[i]) == last) ++i;
    return SkipExtend(flags, i, end);
  }
  i = SkipExtend(flags, i, end);
  if (last == WordClass::kRegional) {
    if (i < end && WordClassOf(flags[i]) == WordClass::kRegional) i = SkipExtend(flags, i + 1, end);
    return i;
  }
  while (i < end) {
    const WordClass next = WordClassOf(flags[i]);
    if (Joins(last, next)) {
      last = next;
      i = SkipExtend(flags, i + 1, end);
      continue;
    }
    const uint32_t after = SkipExtend(flags, i + 1, end);
    if (after < end && JoinsAcross(last, next, WordClassOf(flags[after]))) {
      last = WordClassOf(flags[after]);
      i = SkipExtend(flags, after + 1, end);
      continue;
    }
    // A Hebrew letter keeps the geresh that follows it (WB7a).
    return last == WordClass::kHebrew && next == WordClass::kSingleQuote ? after : i;
  }
  return i;
}

AsciiWord ScanAsciiWord(std::string_view text, uint32_t begin) {
  uint32_t i = begin;
  uint32_t others = 0;  // connectors and marks inside
  Kind last = Kind::kOther;
  while (i < text.size()) {
    const Kind kind = KindOf(text[i]);
    if (kind != Kind::kOther) {
      others += kind == Kind::kConnector;
      last = kind;
      ++i;
      continue;
    }
    // One mark may stand between two letters (don't, e.g) or two digits (1,5).
    if (i + 1 >= text.size() || KindOf(text[i + 1]) != last) break;
    const char c = text[i];
    const bool joins = last == Kind::kLetter  ? (c == '\'' || c == '.')
                       : last == Kind::kDigit ? (c == '\'' || c == '.' || c == ',' || c == ';')
                                              : false;
    if (!joins) break;
    ++others;
    i += 2;
  }
  return {i, i - begin - others};
}

}  // namespace reprise
