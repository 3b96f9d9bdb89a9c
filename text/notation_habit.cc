#include "text/notation_habit.h"

#include <unicode/dcfmtsym.h>
#include <unicode/dtfmtsym.h>
#include <unicode/locid.h>
#include <unicode/numberformatter.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "text/normalize.h"

namespace reprise {
namespace {

// More locales than one thread meets; hostile tags must not pile up.
constexpr size_t kMaxKept = 64;

char32_t FirstPoint(const icu::UnicodeString& text, char32_t otherwise) {
  // A mark of direction may stand before the sign.
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (u_charType(c) != U_FORMAT_CHAR) return static_cast<char32_t>(c);
  }
  return otherwise;
}

void FindGroups(const icu::Locale& locale, Habit* habit) {
  const auto formatter = icu::number::NumberFormatter::withLocale(locale);
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString big = formatter.formatInt(123456789, status).toString(status);
  const icu::UnicodeString four = formatter.formatInt(1234, status).toString(status);
  if (U_FAILURE(status)) return;
  std::vector<uint32_t> lengths{0};
  for (int32_t i = 0; i < big.length(); i = big.moveIndex32(i, 1)) {
    if (u_isdigit(big.char32At(i))) {
      ++lengths.back();
    } else {
      lengths.push_back(0);
    }
  }
  if (lengths.size() >= 3) {
    habit->primary = std::max(1u, lengths.back());
    habit->secondary = std::max(1u, lengths[lengths.size() - 2]);
  }
  habit->groups_four = four.countChar32() > 4;
}

Habit MakeHabit(std::string_view tag) {
  Habit habit;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale =
      icu::Locale::forLanguageTag(icu::StringPiece(tag.data(), static_cast<int32_t>(tag.size())), status);
  status = U_ZERO_ERROR;
  const icu::DecimalFormatSymbols symbols(locale, status);
  if (U_SUCCESS(status)) {
    using Symbols = icu::DecimalFormatSymbols;
    habit.decimal = FirstPoint(symbols.getConstSymbol(Symbols::kDecimalSeparatorSymbol), '.');
    habit.group = FirstPoint(symbols.getConstSymbol(Symbols::kGroupingSeparatorSymbol), ',');
  }
  FindGroups(locale, &habit);
  status = U_ZERO_ERROR;
  const icu::DateFormatSymbols dates(locale, status);
  int32_t count = 0;
  const icu::UnicodeString* halves = U_SUCCESS(status) ? dates.getAmPmStrings(count) : nullptr;
  if (count >= 2) {
    std::string morning, afternoon;
    habit.morning = WithoutPoints(halves[0].toUTF8String(morning));
    habit.afternoon = WithoutPoints(halves[1].toUTF8String(afternoon));
  }
  status = U_ZERO_ERROR;
  habit.plural.reset(icu::PluralRules::forLocale(locale, status));
  if (U_FAILURE(status)) habit.plural.reset();
  return habit;
}

}  // namespace

std::string WithoutPoints(std::string_view text) {
  std::string key = KeyForm(text);
  key.erase(std::remove_if(key.begin(), key.end(), [](char c) { return c == '.' || c == ' '; }), key.end());
  return key;
}

const Habit& HabitOf(std::string_view locale) {
  thread_local std::map<std::string, Habit, std::less<>> kept;
  const auto it = kept.find(locale);
  if (it != kept.end()) return it->second;
  if (kept.size() >= kMaxKept) kept.clear();
  return kept.emplace(std::string(locale), MakeHabit(locale)).first->second;
}

}  // namespace reprise
