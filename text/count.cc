#include "text/count.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <string>
#include <vector>

#include "text/char_class.h"
#include "text/notation.h"
#include "text/tokenize.h"
#include "text/word_break.h"

namespace reprise {
namespace {

bool IsSpace(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }
bool IsLetterOrDigit(char32_t c) { return u_isalnum(static_cast<UChar32>(c)); }
bool IsOwnWord(char32_t c) { return (CharFlags(c) & kCharOwnWord) != 0; }

// Scripts that write no spaces and whose words only a dictionary knows.
bool NeedsDictionary(char32_t c) {
  return u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT;
}

bool IsHangul(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status) == USCRIPT_HANGUL;
}

// Segments of UAX #29 that have a letter or digit.
uint64_t SegmentsWithLetters(std::u32string_view text) {
  // "@" must not be in what BreakWordsIcu gets; it is no letter.
  std::u32string plain(text);
  std::replace(plain.begin(), plain.end(), U'@', U' ');
  std::vector<WordSegment> segments;
  BreakWordsIcu(plain, &segments);
  uint64_t words = 0;
  for (const WordSegment& segment : segments) {
    words += std::any_of(plain.begin() + segment.begin, plain.begin() + segment.end, IsLetterOrDigit);
  }
  return words;
}

// The words of a stretch without spaces, Han and Kana.
uint64_t WordsOfStretch(std::u32string_view text) {
  if (std::any_of(text.begin(), text.end(), NeedsDictionary)) return SegmentsWithLetters(text);
  return std::any_of(text.begin(), text.end(), IsLetterOrDigit) ? 1 : 0;
}

uint64_t DefaultWords(std::u32string_view text) {
  uint64_t words = 0;
  size_t begin = 0;  // of the stretch
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool own = i < text.size() && IsOwnWord(text[i]);
    if (i < text.size() && !own && !IsSpace(text[i])) continue;
    words += WordsOfStretch(text.substr(begin, i - begin)) + (own ? 1 : 0);
    begin = i + 1;
  }
  return words;
}

}  // namespace

void TextCount::Add(const TextCount& other) {
  words += other.words;
  characters += other.characters;
  characters_without_spaces += other.characters_without_spaces;
  asian_characters += other.asian_characters;
  placeables += other.placeables;
  tags += other.tags;
}

TextCount CountText(const Content& content, CountRules rules) {
  const std::u32string text = ToCodePoints(content.text);
  TextCount count;
  count.characters = text.size();
  for (char32_t c : text) {
    count.characters_without_spaces += IsSpace(c) ? 0 : 1;
    count.asian_characters += IsOwnWord(c) || IsHangul(c) ? 1 : 0;
  }
  uint64_t words = 0;
  for (const Token& token : Tokenize({content.text, {}})) {
    words += token.cls == TokenClass::kWord ? 1 : 0;
    count.placeables += IsPlaceable(token.cls) ? 1 : 0;
  }
  count.tags = content.codes.size();
  switch (rules) {
    case CountRules::kDefault: count.words = DefaultWords(text); break;
    case CountRules::kTradosLike: count.words = words + count.placeables; break;
    case CountRules::kOmegat: count.words = SegmentsWithLetters(text); break;
  }
  return count;
}

}  // namespace reprise
