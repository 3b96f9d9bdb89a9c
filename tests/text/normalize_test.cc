#include "text/normalize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/utf8.h>

#include <random>
#include <string>
#include <vector>

#include "text/utf8.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Utf8(char32_t c) {
  std::string out;
  AppendCodePoint(c, &out);
  return out;
}

// Text rich in what folds: marks, ignorables, compatibility forms, quotes, Hangul parts, spaces; and any code point.
std::string RandomText(std::mt19937* random) {
  static const std::u32string kSpecial =
      U"aAzZ "
      U"ß\u1E9EıİſK\u00AD\u200D\u200B\uFE0F\u0300\u0301\u0323\u0308\u0338\u0345\u05B0\u05BF\u3099\u309A\u1100\u1161"
      U"\u11A8\uAC00\u00A0\u3000\u2003\n\t“”‘’«»„´—–−…⋯‥³²½①㎡㎏ﬁﬃǆ\u0385\u1FC1\u2126\u212B\uFF76\uFF9E\uFDFA\u1FB3ς"
      U"\U0001F468\U0001F3FD\U0001D15E\U0001F1E9⁻₂™㍿\u0344\u0F73\u0F81\u180E<>=";
  std::string text;
  const int length = static_cast<int>((*random)() % 12);
  for (int i = 0; i < length; ++i) {
    char32_t c;
    switch ((*random)() % 4) {
      case 0: c = (*random)() % 0x110000; break;
      case 1: c = (*random)() % 0x3400; break;
      default: c = kSpecial[(*random)() % kSpecial.size()];
    }
    if (c == 0 || (c >= 0xD800 && c <= 0xDFFF)) c = 'x';
    AppendCodePoint(c, &text);
  }
  return text;
}

TEST(ValidateUtf8, AcceptsText) {
  for (const char* text : {"", "plain", "Grüße", "早上好", "مرحبا", "👍🏽", "\x01"})
    EXPECT_TRUE(ValidateUtf8(text).ok()) << text;
}

TEST(ValidateUtf8, NamesTheByte) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"abc\x80", "byte 3"},
      {"é\xC3", "byte 2"},
      {"\xC0\xAF", "byte 0"},
      {"ab\xED\xA0\x80", "byte 2"},
      {"\xF4\x90\x80\x80", "byte 0"},
      {"x\xE2\x82", "byte 1"},
      {"\xFF", "byte 0"},
      {std::string("ab\0c", 4), "byte 2"},
  };
  for (const auto& [text, want] : cases) {
    const absl::Status status = ValidateUtf8(text);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(MessageOf(status), HasSubstr(want));
  }
}

TEST(CodePointCount, CountsCodePointsNotBytesOrUtf16) {
  EXPECT_EQ(CodePointCount(""), 0u);
  EXPECT_EQ(CodePointCount("añ早👍"), 4u);
}

TEST(KeyForm, ProtectsWhatFoldingWouldFalsify) {
  EXPECT_NE(KeyForm("10³"), KeyForm("103"));
  EXPECT_NE(KeyForm("H₂O"), KeyForm("H2O"));
  EXPECT_NE(KeyForm("5½"), KeyForm("51/2"));
  EXPECT_NE(KeyForm("①"), KeyForm("1"));
  EXPECT_EQ(KeyForm("㎡"), KeyForm("m²"));
}

TEST(KeyForm, MeetsSpellingsOfOneText) {
  EXPECT_EQ(KeyForm("Straße"), KeyForm("STRASSE"));
  EXPECT_EQ(KeyForm("e\u0301te\u0301"), KeyForm("Été"));
  EXPECT_EQ(KeyForm("“Save”\u00A0As…"), "\"save\" as...");
  EXPECT_EQ(KeyForm("Ｓａｖｅ　ａｓ"), "save as");
  EXPECT_EQ(KeyForm("ﾌｧｲﾙ"), KeyForm("ファイル"));
  EXPECT_EQ(KeyForm("co\u00ADop\u200B"), "coop");
  EXPECT_EQ(KeyForm(" \t\n "), "");
}

TEST(KeyForm, IsAFixedPointOfItself) {
  std::mt19937 random(7);
  for (int i = 0; i < 60000; ++i) {
    const std::string text = RandomText(&random);
    const std::string key = KeyForm(text);
    ASSERT_EQ(KeyForm(key), key) << "of " << text;
  }
}

TEST(KeyForm, OfEveryCodePointIsAFixedPoint) {
  for (char32_t c = 1; c < 0x110000; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    const std::string key = KeyForm(Utf8(c));
    if (key.empty()) continue;
    ASSERT_EQ(KeyForm(key), key) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(KeyForm, MarksMeetWhateverStandsAround) {
  // The dot below takes the place of the dots above, in any part of a text.
  EXPECT_EQ(KeyForm("Zụ̈ge"), "zụ̈ge");
  EXPECT_EQ(KeyForm("Züge zụ̈ge"), "züge zụ̈ge");
  // What vanishes does not keep a letter from its mark; marks of two classes are put in order.
  EXPECT_EQ(KeyForm("e‍́"), "é");
  EXPECT_EQ(KeyForm("בַּ"), KeyForm("בַּ"));
  // A space keeps what it bears, but not at the beginning, nor does it come twice.
  EXPECT_EQ(KeyForm("a ́"), "a ́");
  EXPECT_EQ(KeyForm("a  ́"), "a ́");
  EXPECT_EQ(KeyForm(" ́a ​"), "́a");
}

TEST(KeyForm, TakesMemoryOfItsOwnText) {
  std::string text = "  STRASSE ß…";
  KeyForm(text, &text);
  EXPECT_EQ(text, "strasse ss...");
}

TEST(KeyForm, OfCanonicalEquivalentsIsOne) {
  EXPECT_EQ(KeyForm("a\u0323\u0307"), KeyForm("a\u0307\u0323"));
  EXPECT_EQ(KeyForm("\u1112\u1161\u11AB"), KeyForm("한"));
  EXPECT_EQ(KeyForm("\u212B"), KeyForm("Å"));
}

TEST(KeyForm, TheAsciiPathEqualsTheGeneralOne) {
  std::mt19937 random(11);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int n = static_cast<int>(random() % 20); n > 0; --n) text += static_cast<char>(1 + random() % 127);
    // "ǿ" cannot join with its neighbours across the letter x.
    const std::string general = KeyForm("ǿx" + text + "xǿ");
    const std::string ascii = KeyForm("x" + text + "x");
    ASSERT_EQ(general, "ǿ" + ascii + "ǿ");
  }
}

TEST(KeyFormWithMap, IsTheKeyFormAndPointsIntoTheRawText) {
  std::mt19937 random(13);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = RandomText(&random);
    const MappedKeyForm mapped = KeyFormWithMap(text);
    ASSERT_EQ(mapped.key, KeyForm(text));
    ASSERT_EQ(mapped.raw_begin.size(), CodePointCount(mapped.key));
    ASSERT_EQ(mapped.raw_end.size(), mapped.raw_begin.size());
    for (size_t k = 0; k < mapped.raw_begin.size(); ++k) {
      ASSERT_LT(mapped.raw_begin[k], mapped.raw_end[k]);
      ASSERT_LE(mapped.raw_end[k], CodePointCount(text));
      if (k == 0) continue;
      ASSERT_LE(mapped.raw_begin[k - 1], mapped.raw_begin[k]);
      ASSERT_LE(mapped.raw_end[k - 1], mapped.raw_end[k]);
    }
  }
}

TEST(KeyFormWithMap, MapsSpacesLigaturesAndSurrogatePairs) {
  const MappedKeyForm ascii = KeyFormWithMap("  A  b ");
  EXPECT_EQ(ascii.key, "a b");
  EXPECT_THAT(ascii.raw_begin, ElementsAre(2u, 3u, 5u));
  EXPECT_THAT(ascii.raw_end, ElementsAre(3u, 5u, 6u));
  const MappedKeyForm mapped = KeyFormWithMap("👍 ﬁß");
  EXPECT_EQ(mapped.key, "👍 fiss");
  EXPECT_THAT(mapped.raw_begin, ElementsAre(0u, 1u, 2u, 2u, 3u, 3u));
  EXPECT_THAT(mapped.raw_end, ElementsAre(1u, 2u, 3u, 3u, 4u, 4u));
}

TEST(CanonicallyEqual, IsNfcEquality) {
  EXPECT_TRUE(CanonicallyEqual("é", "e\u0301"));
  EXPECT_FALSE(CanonicallyEqual("a", "A"));
  EXPECT_FALSE(CanonicallyEqual("ﬁ", "fi"));
}

TEST(FoldedDifferences, NamesEachKind) {
  EXPECT_THAT(FoldedDifferences("é", "e\u0301"), IsEmpty());
  EXPECT_THAT(FoldedDifferences("Save", "save"), ElementsAre("case"));
  EXPECT_THAT(FoldedDifferences("Ａ", "A"), ElementsAre("width"));
  EXPECT_THAT(FoldedDifferences("“a”", "\"a\""), ElementsAre("quote"));
  EXPECT_THAT(FoldedDifferences("a–b", "a-b"), ElementsAre("dash"));
  EXPECT_THAT(FoldedDifferences("a…", "a..."), ElementsAre("ellipsis"));
  EXPECT_THAT(FoldedDifferences("a\u00A0b", "a b"), ElementsAre("space"));
  EXPECT_THAT(FoldedDifferences(" a", "a"), ElementsAre("space"));
  EXPECT_THAT(FoldedDifferences("Maße", "Masse"), ElementsAre("eszett"));
  EXPECT_THAT(FoldedDifferences("Straße", "STRASSE"), ElementsAre("case", "eszett"));
  EXPECT_THAT(FoldedDifferences("co\u00ADop", "coop"), ElementsAre("ignorable"));
  EXPECT_THAT(FoldedDifferences("ﬁn", "fin"), ElementsAre("compatibility"));
  EXPECT_THAT(FoldedDifferences("“Save”  As…", "\"save\" as..."), ElementsAre("case", "ellipsis", "quote", "space"));
}

TEST(FoldedDifferences, IsNeverEmptyForFoldedTexts) {
  std::mt19937 random(17);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = RandomText(&random);
    const std::string key = KeyForm(text);
    ASSERT_EQ(FoldedDifferences(text, key).empty(), CanonicallyEqual(text, key)) << text;
  }
}

}  // namespace
}  // namespace reprise
