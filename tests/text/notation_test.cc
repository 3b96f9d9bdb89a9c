// Numbers, dates and times in the notation of locales.
#include "text/notation.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

std::vector<Numeral> Find(const std::string& text, const std::string& locale) {
  return FindNumerals(text, Tokenize({text, {}}), locale);
}

// The value of the one number of a text: "1234.5"; "?" if the notation does not tell; "-" if it is not one number.
std::string Value(const std::string& text, const std::string& locale) {
  const auto found = Find(text, locale);
  if (found.size() != 1 || found[0].kind != Numeral::Kind::kNumber) return "-";
  if (!found[0].number) return "?";
  const Decimal& number = *found[0].number;
  return number.whole + (number.fraction.empty() ? "" : "." + number.fraction);
}

// What the only numeral of `target` becomes; "!" and the reason if it is refused; "-" if it is not that of `stored`.
std::string Written(const std::string& stored, const std::string& query, const std::string& from,
                    const std::string& target, const std::string& to) {
  const auto s = Find(stored, from), q = Find(query, from), t = Find(target, to);
  if (s.size() != 1 || q.size() != 1 || t.size() != 1) return "not one";
  if (!Writes(t[0], s[0])) return "-";
  std::string why;
  const auto out = Rewrite(t[0], s[0], q[0], to, &why);
  return out ? FromCodePoints(*out) : "!" + why;
}

TEST(NotationTest, NumbersAreReadByTheirLocale) {
  EXPECT_EQ(Value("42", "en"), "42");
  EXPECT_EQ(Value("1,234.5", "en"), "1234.5");
  EXPECT_EQ(Value("1.234,5", "de"), "1234.5");
  EXPECT_EQ(Value("1,234", "en"), "1234");
  EXPECT_EQ(Value("1,234", "de"), "1.234");
  EXPECT_EQ(Value("1.234", "de"), "1234");
  EXPECT_EQ(Value("2.9", "de"), "2.9");
  EXPECT_EQ(Value("1.234", "fr"), "?");
  EXPECT_EQ(Value("1\u202F234,5", "fr"), "1234.5");
  EXPECT_EQ(Value("1\u202F234", "fr"), "1234");
  EXPECT_EQ(Value("1 234", "fr"), "1234");
  EXPECT_EQ(Value("1 234", "en"), "-");  // two numbers
  EXPECT_EQ(Value("12,34,567", "hi"), "1234567");
  EXPECT_EQ(Value("١٬٢٣٤٫٥", "ar"), "1234.5");
  EXPECT_EQ(Value("۱۲۳", "fa"), "123");
  EXPECT_EQ(Value("１２", "ja"), "12");
  EXPECT_EQ(Value("05", "en"), "5");
  EXPECT_EQ(Value("1'234.50", "de-CH"), "1234.50");
}

TEST(NotationTest, NumbersAreWrittenAsTheTargetWritesThem) {
  EXPECT_EQ(Written("1,234.5", "98,765.4", "en", "1\u202F234,5", "fr"), "98\u202F765,4");
  EXPECT_EQ(Written("1,234.5", "98,765.4", "en", "1\u00A0234,5", "fr"), "98\u00A0765,4");
  EXPECT_EQ(Written("1,234.5", "98,765.4", "en", "1.234,5", "de"), "98.765,4");
  EXPECT_EQ(Written("1,234.5", "98,765.4", "en", "1234,5", "pl"), "98\u00A0765,4");
  EXPECT_EQ(Written("12,345.5", "98,765.4", "en", "12345,5", "pl"), "98765,4");
  EXPECT_EQ(Written("1,234.5", "98,765.4", "en", "١٬٢٣٤٫٥", "ar"), "٩٨٬٧٦٥٫٤");
  EXPECT_EQ(Written("12", "34", "en", "۱۲", "fa"), "۳۴");
  EXPECT_EQ(Written("12,345", "6,789,012", "en", "12,345", "hi"), "6,789,012");
  EXPECT_EQ(Written("5", "1,234,567", "en", "5", "hi"), "12,34,567");
  EXPECT_EQ(Written("05", "07", "en", "05", "de"), "07");
  EXPECT_EQ(Written("05", "07", "en", "5", "de"), "7");
}

TEST(NotationTest, WhatTheTargetDoesNotShowIsTheHabitOfItsLocale) {
  EXPECT_EQ(Written("5", "2.5", "en", "5", "de"), "2,5");
  EXPECT_EQ(Written("5", "1,234", "en", "5", "fr"), "1\u202F234");
  EXPECT_EQ(Written("5", "1,234", "en", "5", "es"), "1234");  // four digits stay together
  EXPECT_EQ(Written("5", "12,345", "en", "5", "es"), "12.345");
  EXPECT_EQ(Written("5", "2024", "en", "5", "de"), "2024");  // the query has no groups
}

TEST(NotationTest, TextThatIsTheSameInBothIsTakenAsItIs) {
  EXPECT_EQ(Written("2.9", "3.1", "en", "2.9", "de"), "3.1");
  EXPECT_EQ(Written("2.9", "3.1", "en", "2,9", "de"), "3,1");
  EXPECT_EQ(Written("2.9", "3.10", "en", "2.9", "fr"), "3.10");
}

TEST(NotationTest, AnotherValueIsNotWritten) {
  EXPECT_EQ(Written("5", "6", "en", "7", "de"), "-");
  EXPECT_EQ(Written("1,234", "6", "en", "1,234", "de"), "6");  // the same text
  EXPECT_EQ(Written("1.5", "2.5", "en", "15", "de"), "-");
  EXPECT_EQ(Written("1.50", "2.5", "en", "1,5", "de"), "-");  // says less
}

TEST(NotationTest, Dates) {
  const auto date = Find("on 13/04/2024 at", "en");
  ASSERT_EQ(date.size(), 1u);
  EXPECT_EQ(date[0].kind, Numeral::Kind::kDate);
  EXPECT_EQ(date[0].fields, (std::array<int, 3>{2024, 4, 13}));
  EXPECT_FALSE(date[0].ambiguous);
  EXPECT_TRUE(Find("03/04/2024", "en")[0].ambiguous);
  EXPECT_FALSE(Find("04/04/2024", "en")[0].ambiguous);
  EXPECT_TRUE(Find("13/04/24", "en")[0].ambiguous);
  EXPECT_EQ(Find("2024-05-12", "en")[0].fields, (std::array<int, 3>{2024, 5, 12}));
  EXPECT_EQ(Find("12.5.2024", "de")[0].fields, (std::array<int, 3>{2024, 5, 12}));
  EXPECT_EQ(Find("2024年5月12日", "ja")[0].fields, (std::array<int, 3>{2024, 5, 12}));
  EXPECT_EQ(Find("2024년 5월 12일", "ko")[0].fields, (std::array<int, 3>{2024, 5, 12}));
  EXPECT_EQ(Find("1/2/3/2024", "en")[0].kind, Numeral::Kind::kNumber);
  EXPECT_EQ(Written("13/04/2024", "25/04/2023", "en", "13.04.2024", "de"), "25.04.2023");
  EXPECT_EQ(Written("04/13/2024", "04/25/2023", "en", "13.4.2024", "de"), "25.4.2023");
  EXPECT_EQ(Written("2024-05-12", "2023-11-02", "en", "2024年5月12日", "ja"), "2023年11月2");
  EXPECT_EQ(Written("2024-05-12", "2023-11-02", "en", "12.05.2024", "de"), "02.11.2023");
  EXPECT_EQ(Written("2024-05-12", "03/04/2024", "en", "12.05.2024", "de"), "!ambiguous date");
  EXPECT_EQ(Written("2024-05-05", "2024-05-06", "en", "05/05/2024", "fr"), "!order of day and month not clear");
  EXPECT_EQ(Written("2024-05-05", "2024-05-06", "en", "05.05.2024", "de"), "06.05.2024");
}

TEST(NotationTest, Times) {
  EXPECT_EQ(Find("at 10:30", "en")[0].kind, Numeral::Kind::kTime);
  EXPECT_EQ(Find("a ratio of 4:3", "en")[0].kind, Numeral::Kind::kNumber);
  EXPECT_EQ(Written("9:05", "10:30", "en", "09:05", "de"), "10:30");
  EXPECT_EQ(Written("10:30", "9:05", "en", "10:30", "de"), "9:05");
  EXPECT_EQ(Written("10:30 AM", "11:15 AM", "en", "10:30", "de"), "11:15");
  EXPECT_EQ(Written("10:30 AM", "12:15 AM", "en", "10:30", "de"), "!another clock");
  EXPECT_EQ(Written("10:30 AM", "1:15 PM", "en", "10:30", "de"), "!another clock");
  EXPECT_EQ(Written("10:30 p.m.", "11:15 p.m.", "en", "22:30", "de"), "-");
  EXPECT_EQ(Written("10:30:00", "11:15", "en", "10:30:00", "de"), "!another clock");
}

TEST(NotationTest, PluralCategoriesAreThoseOfTheLocale) {
  const auto category = [](const char* whole, const char* fraction, const char* locale) {
    return PluralCategory({whole, fraction, 0}, locale);
  };
  EXPECT_EQ(category("1", "", "en"), "one");
  EXPECT_EQ(category("1", "0", "en"), "other");  // 1.0 files
  EXPECT_EQ(category("2", "", "ru"), "few");
  EXPECT_EQ(category("5", "", "ru"), "many");
  EXPECT_EQ(category("21", "", "ru"), "one");
  EXPECT_EQ(category("5", "", "zh-CN"), "other");
  EXPECT_EQ(category("3", "", "ar"), "few");
  EXPECT_EQ(category("3", "", "x-nothing"), "other");
}

}  // namespace
}  // namespace reprise
