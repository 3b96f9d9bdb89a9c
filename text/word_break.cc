#include "text/word_break.h"

#include <unicode/brkiter.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <cstdlib>
#include <memory>
#include <string>

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

enum class Kind : uint8_t { kOther, kLetter, kDigit, kJoiner };

constexpr Kind KindOf(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return Kind::kLetter;
  if (c >= '0' && c <= '9') return Kind::kDigit;
  return c == '_' ? Kind::kJoiner : Kind::kOther;
}

}  // namespace

void BreakWordsIcu(std::u32string_view text, std::vector<WordSegment>* segments) {
  std::u16string utf16;
  utf16.reserve(text.size() + 8);
  for (char32_t c : text) {
    if (c > 0xFFFF) {
      utf16.push_back(U16_LEAD(c));
      utf16.push_back(U16_TRAIL(c));
    } else {
      utf16.push_back(static_cast<char16_t>(c));
    }
  }
  icu::BreakIterator& words = WordIterator();
  // The alias lives only as long as `utf16`; the iterator is given another text before it is used again.
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

uint32_t AsciiWordEnd(std::string_view text, uint32_t begin) {
  uint32_t i = begin + 1;
  Kind last = KindOf(text[begin]);
  while (i < text.size()) {
    const Kind kind = KindOf(text[i]);
    if (kind != Kind::kOther) {
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
    i += 2;
  }
  return i;
}

}  // namespace reprise
