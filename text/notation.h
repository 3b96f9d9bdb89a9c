// Numbers, dates and times as texts of a locale write them: read, compared, written anew.
//
//   std::vector<Numeral> en = FindNumerals("Total: 1,234.5 km", tokens, "en");     // one number: 1234.5
//   std::vector<Numeral> fr = FindNumerals("Total : 1 234,5 km", fr_tokens, "fr");  // the same
//   Writes(fr[0], en[0]) == true
//   Rewrite(fr[0], en[0], FindNumerals("98,765.4", …, "en")[0], "fr", &why) == "98 765,4"   // with the same space
//
// What a token alone does not tell is found here: "03/04/2024" is five tokens and one date, "1 234" two tokens and, in
// French, one number. Separators, digit groups, digits and plural rules are those of ICU's locale data. Pure, safe to
// call concurrently; each thread keeps the data of the locales that it met.
#ifndef REPRISE_TEXT_NOTATION_H_
#define REPRISE_TEXT_NOTATION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenize.h"

namespace reprise {

// A decimal number without its notation.
struct Decimal {
  std::string whole;     // ASCII digits without leading zeros; "0" if there is nothing else
  std::string fraction;  // ASCII digits as written, zeros included; "" if there is no decimal part
  uint32_t zeros = 0;    // leading zeros that were written: 1 for "05"; not part of the value

  bool SameValue(const Decimal& other) const { return whole == other.whole && fraction == other.fraction; }
};

// One number, date or time of a text.
struct Numeral {
  enum class Kind : uint8_t { kNumber, kDate, kTime };
  enum class Half : uint8_t { kNone, kMorning, kAfternoon };  // what "AM" or "PM" says behind a time

  Kind kind = Kind::kNumber;
  uint32_t begin = 0, end = 0;             // code points of the raw text
  size_t first_token = 0, last_token = 0;  // of the text's tokens, both included
  std::u32string text;                     // as written
  std::optional<Decimal> number;           // kNumber; none if the locale does not tell ("1,234" in French)
  std::array<int, 3> fields{};             // kDate: year, month, day; kTime: hour, minute, second (-1: not written)
  std::array<uint32_t, 3> widths{};        // kDate, kTime: digits that each field is written with
  bool ambiguous = false;                  // kDate: which is the day and which the month is not clear
  Half half = Half::kNone;                 // kTime
  bool grouped = false;                    // kNumber: written in groups of digits
  bool part = false;                       // kNumber: part of something else, as the 10 of "10³" is
};

// The numbers, dates and times among the tokens, in order, without overlap: every token of class kNumber is in exactly
// one, a date perhaps with the path that the tokenizer sees in "/04/2024". Dates are digits alone, with a year of four
// digits or, then ambiguous, of two: 2024-05-12, 2024年5月12日, 13/04/2024, 12.5.2024 (day first, as all locales with
// points have it); 03/04/2024 is ambiguous. Times have a colon. REQUIRES: `tokens` are Tokenize's of `text`.
std::vector<Numeral> FindNumerals(std::string_view text, const std::vector<Token>& tokens, std::string_view locale);

// True if both say the same: the same kind and value. Ambiguous ones say nothing.
bool SameValue(const Numeral& a, const Numeral& b);

// True if `target`, in whatever notation, may be the value of `stored`.
bool Writes(const Numeral& target, const Numeral& stored);

// `target` with the value of `query` in place of that of `stored`, written as `target` writes it: its separators,
// spaces, digits and padding; what it does not show is the habit of `locale`. Text that is the same in both and has
// separators ("2.9") is taken as it is: "3.1". None, with the reason in *why, if that would be guessing.
// REQUIRES: Writes(target, stored).
std::optional<std::u32string> Rewrite(const Numeral& target, const Numeral& stored, const Numeral& query,
                                      std::string_view locale, std::string* why);

// The CLDR plural category of a number in a locale: "one", "few", "other", …
std::string PluralCategory(const Decimal& number, std::string_view locale);

// UTF-8 to code points and back. REQUIRES: valid UTF-8.
std::u32string ToCodePoints(std::string_view text);
std::string FromCodePoints(std::u32string_view points);

}  // namespace reprise

#endif  // REPRISE_TEXT_NOTATION_H_
