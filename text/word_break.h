// Word boundaries of UAX #29 with the root locale, private to text/: what is left between placeables.
//
// "@" must not be in the text: versions of ICU differ in whether it is a letter, so tokenize.cc takes it out first.
// Three implementations that must agree (tests/text compares them on generated text): ICU's; the rules themselves for
// all that needs no dictionary, on the classes of text/char_class.h; and a scan for plain ASCII.
// Safe to call concurrently: ICU's iterator and its scratch are kept per thread.
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

// The end of the segment that starts at `begin` in a text whose code points have these flags (CharFlags) and which ends
// at `end`. REQUIRES: begin < end is a word boundary; no code point in [begin, end) has kCharNeedsIcu.
uint32_t WordEnd(const uint32_t* flags, uint32_t begin, uint32_t end);

// The segment that starts at text[begin], and how many of its characters are letters or digits.
// REQUIRES: text is ASCII and text[begin] a letter, digit or '_'.
struct AsciiWord {
  uint32_t end = 0;
  uint32_t letters = 0;
};
AsciiWord ScanAsciiWord(std::string_view text, uint32_t begin);
inline uint32_t AsciiWordEnd(std::string_view text, uint32_t begin) { return ScanAsciiWord(text, begin).end; }

// True for the ASCII characters that ScanAsciiWord starts at; each other one is a segment of its own (runs of spaces
// and CR LF aside, which are no tokens).
constexpr bool IsAsciiWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace reprise

#endif  // REPRISE_TEXT_WORD_BREAK_H_
