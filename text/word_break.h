// Word boundaries of UAX #29 with the root locale, private to text/: what is left between placeables.
//
// "@" must not be in the text: versions of ICU differ in whether it is a letter, so tokenize.cc takes it out first.
// Two implementations that must agree (tests/text/tokenize_test.cc compares them on generated text): ICU's, and a
// scan for plain ASCII, which is most of what a Latin-script memory holds and ten times as cheap.
// Safe to call concurrently: ICU's iterator is kept per thread.
#ifndef REPRISE_TEXT_WORD_BREAK_H_
#define REPRISE_TEXT_WORD_BREAK_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace reprise {

// A segment [begin, end) between two word boundaries, in the units of the text given.
struct WordSegment {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const WordSegment&) const = default;
};

// Appends the segments of `text`, offsets in code points. White space yields segments as well.
void BreakWordsIcu(std::u32string_view text, std::vector<WordSegment>* segments);

// The end of the segment that starts at text[begin]. REQUIRES: text is ASCII and text[begin] a letter, digit or '_'.
uint32_t AsciiWordEnd(std::string_view text, uint32_t begin);

// True for the ASCII characters that AsciiWordEnd starts at; each other one is a segment of its own (runs of spaces
// and CR LF aside, which are no tokens).
constexpr bool IsAsciiWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace reprise

#endif  // REPRISE_TEXT_WORD_BREAK_H_
