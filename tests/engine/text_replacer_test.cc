// Find and replace in one text: what counts as an occurrence, and where codes end up.
#include "engine/text_replacer.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

std::string Replaced(const TextPattern& pattern, const std::string& text) {
  auto replacer = TextReplacer::Make(pattern);
  EXPECT_TRUE(replacer.ok()) << replacer.status();
  Content after;
  const Content before = {.text = text, .codes = {}};
  return replacer.ok() && replacer->Replace(before, &after) > 0 ? after.text : "(none)";
}

TEST(TextReplacerTest, IsLiteralAndMindsCase) {
  EXPECT_EQ(Replaced({.find = "a.b", .replacement = "X"}, "a.b axb A.B a.ba.b"), "X axb A.B XX");
  EXPECT_EQ(Replaced({.find = "aa", .replacement = "a"}, "aaaaa"), "aaa");
  EXPECT_EQ(Replaced({.find = "早", .replacement = ""}, "早上好早"), "上好");
  EXPECT_EQ(Replaced({.find = "x", .replacement = "y"}, "abc"), "(none)");
}

TEST(TextReplacerTest, FoldsAsLookupsDo) {
  EXPECT_EQ(Replaced({.find = "colour", .replacement = "color", .fold = true}, "Colour, COLOUR"), "color, color");
  EXPECT_EQ(Replaced({.find = "\"x\"", .replacement = "y", .fold = true}, "the “X” is"), "the y is");
  EXPECT_EQ(Replaced({.find = "new york", .replacement = "NY", .fold = true}, "In New\u00a0 York."), "In NY.");
}

TEST(TextReplacerTest, ACharacterThatFoldsToSeveralIsTakenWholeOrNotAtAll) {
  EXPECT_EQ(Replaced({.find = "strasse", .replacement = "Weg", .fold = true}, "Die Straße."), "Die Weg.");
  EXPECT_EQ(Replaced({.find = "tras", .replacement = "X", .fold = true}, "Straße"), "(none)");
  EXPECT_EQ(Replaced({.find = "se", .replacement = "X", .fold = true}, "Straße Rose"), "Straße RoX");
}

TEST(TextReplacerTest, WholeWords) {
  EXPECT_EQ(Replaced({.find = "cat", .replacement = "dog", .whole_word = true}, "cat, concat cats (cat)"),
            "dog, concat cats (dog)");
  EXPECT_EQ(Replaced({.find = "色", .replacement = "红", .whole_word = true}, "颜色"), "颜红");
  EXPECT_EQ(Replaced({.find = "Cat", .replacement = "dog", .fold = true, .whole_word = true}, "CATS CAT"), "CATS dog");
}

TEST(TextReplacerTest, CodesStayWhereTheyWere) {
  auto replacer = TextReplacer::Make({.find = "größe", .replacement = "n"});
  ASSERT_TRUE(replacer.ok());
  Content in = {.text = "a größe b größe c", .codes = {}};
  for (uint32_t position : {2u, 7u, 8u, 12u, 17u}) in.codes.push_back({.position = position});
  Content after;
  // The second occurrence has a code in its midst.
  ASSERT_EQ(replacer->Replace(in, &after), 1u);
  EXPECT_EQ(after.text, "a n b größe c");
  std::vector<uint32_t> positions;
  for (const Code& code : after.codes) positions.push_back(code.position);
  EXPECT_EQ(positions, (std::vector<uint32_t>{2, 3, 4, 8, 13}));
}

TEST(TextReplacerTest, RefusesWhatFindsNothingOrEverything) {
  EXPECT_EQ(FieldOf(TextReplacer::Make({.find = ""}).status()), "find");
  EXPECT_EQ(FieldOf(TextReplacer::Make({.find = "  ", .fold = true}).status()), "find");
  EXPECT_TRUE(TextReplacer::Make({.find = "  "}).ok());
  EXPECT_EQ(FieldOf(TextReplacer::Make({.find = "\xff"}).status()), "find");
  EXPECT_EQ(FieldOf(TextReplacer::Make({.find = std::string(1025, 'a')}).status()), "find");
  EXPECT_EQ(FieldOf(TextReplacer::Make({.find = "a", .replacement = "\xff"}).status()), "replacement");
}

}  // namespace
}  // namespace reprise
