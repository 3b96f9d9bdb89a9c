// How a locale writes numbers and times, out of ICU's locale data. Private to text/notation.
//
//   const Habit& habit = HabitOf("de");   // habit.decimal == ','
//
// Safe to call concurrently.
#ifndef REPRISE_TEXT_NOTATION_HABIT_H_
#define REPRISE_TEXT_NOTATION_HABIT_H_

#include <unicode/plurrule.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reprise {

// What a locale writes.
struct Habit {
  char32_t decimal = '.';
  char32_t group = ',';
  uint32_t primary = 3;            // digits of the last group
  uint32_t secondary = 3;          // of the others
  bool groups_four = true;         // 1,234 rather than 1234
  std::string morning, afternoon;  // "am", "pm": in key form, without points
  std::unique_ptr<icu::PluralRules> plural;
};

// "P. M." -> "pm": key form without points and spaces, as Habit::morning is.
std::string WithoutPoints(std::string_view text);

// Of a canonical locale; what ICU does not know is as in English. Each thread keeps those that it met: valid until the
// thread asks for many others.
const Habit& HabitOf(std::string_view locale);

}  // namespace reprise

#endif  // REPRISE_TEXT_NOTATION_HABIT_H_
