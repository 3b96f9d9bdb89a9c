// Case and kind of single code points, by ICU: what a text that is fitted to another one needs.
//
//   CaseOf(U'Ü') == LetterCase::kUpper;  WithCase(U"istanbul", LetterCase::kUpper, "tr") == U"İstanbul"
//
// Pure, safe to call concurrently.
#ifndef REPRISE_TEXT_LETTER_CASE_H_
#define REPRISE_TEXT_LETTER_CASE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

enum class LetterCase : uint8_t { kNone, kLower, kUpper };  // title case counts as upper

LetterCase CaseOf(char32_t c);

// The text with its first code point in that case, by the rules of the locale ("i" of Turkish); it may get longer.
std::u32string WithCase(std::u32string_view text, LetterCase wanted, std::string_view locale);

bool IsLetterOrDigit(char32_t c);
bool IsSpaceMark(char32_t c);  // white space

// True for marks that end a sentence or part of one: . , : ; ! ? 。 … and their like in any script.
bool IsEndMark(char32_t c);

// End marks as the locale writes them: wide ones in Chinese and Japanese (":" -> "：", "." -> "。"), plain ones else.
std::u32string LocalEndMarks(std::u32string_view marks, std::string_view locale);

}  // namespace reprise

#endif  // REPRISE_TEXT_LETTER_CASE_H_
