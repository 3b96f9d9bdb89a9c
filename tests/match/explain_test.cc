#include "match/explain.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/case_text.h"
#include "tests/testing/generate.h"
#include "text/normalize.h"

namespace reprise::testing {
namespace {

TokenizedContent Of(const std::string& marked) { return TokenizedContent(ParseContent(marked)); }

// "equal 0-4/0-4; ..."
std::string Script(const std::string& query, const std::string& stored) {
  std::string all;
  for (const Edit& e : ExplainEdits(Of(query), Of(stored))) {
    if (!all.empty()) all += "; ";
    all += std::string(EditName(e.kind)) + " " + std::to_string(e.query_begin) + "-" + std::to_string(e.query_end) +
           "/" + std::to_string(e.stored_begin) + "-" + std::to_string(e.stored_end);
  }
  return all;
}

int Differing(const std::string& query, const std::string& stored) { return DifferingTokens(Of(query), Of(stored)); }

TEST(ExplainTest, NamesEachKindOfStep) {
  EXPECT_EQ(Script("save all files", "save files"), "equal 0-4/0-4; deleted 5-8/4-4; equal 9-14/5-10");
  EXPECT_EQ(Script("save files", "save all files"), "equal 0-4/0-4; inserted 4-4/5-8; equal 5-10/9-14");
  EXPECT_EQ(Script("save it", "save that"), "equal 0-4/0-4; replaced 5-7/5-9");
  EXPECT_EQ(Script("localize", "localized"), "stem 0-8/0-9");
  EXPECT_EQ(Script("page 3", "page 5"), "equal 0-4/0-4; replaced 5-6/5-6");
  EXPECT_EQ(Script("", ""), "");
}

TEST(ExplainTest, OffsetsAreCodePointsOfTheRawText) {
  EXPECT_EQ(Script("“Tür”  auf", "\"tür\" auf"), "equal 0-1/0-1; equal 1-4/1-4; equal 4-5/4-5; equal 7-10/6-9");
  EXPECT_EQ(Script("😀 a", "😀 b"), "equal 0-1/0-1; replaced 2-3/2-3");
}

TEST(ExplainTest, AmongEquallyHeavyAlignmentsTheEqualTokens) {
  // Either number could stand for the 5: both are placeables of one class.
  EXPECT_EQ(Script("3 5", "5"), "deleted 0-1/0-0; equal 2-3/0-1");
  EXPECT_EQ(Script("5 3", "5"), "equal 0-1/0-1; deleted 2-3/1-1");
}

TEST(ExplainTest, MarksDoNotReplaceWords) {
  EXPECT_EQ(Script("save:", "save now"), "equal 0-4/0-4; deleted 4-5/4-4; inserted 5-5/5-8");
}

TEST(ExplainTest, CountsDifferingTokens) {
  EXPECT_EQ(Differing("Save:", "Save"), 1);
  EXPECT_EQ(Differing("Save", "“Save”!"), 3);
  EXPECT_EQ(Differing("page 3 of 10", "page 4 of 12"), 2);
  EXPECT_EQ(Differing("localize", "localized"), 0);
  EXPECT_EQ(Differing("a b", "a b"), 0);
}

TEST(ExplainTest, APairOfCodesCountsOnce) {
  EXPECT_EQ(Differing("⟦open 1 <b>⟧Save⟦close 1 </b>⟧ file", "Save file"), 1);
  EXPECT_EQ(Differing("Save file", "⟦open 1 <b>⟧Save⟦close 1 </b>⟧ ⟦open 2 <i>⟧file⟦close 2 </i>⟧"), 2);
  EXPECT_EQ(Differing("Save⟦<br/>⟧", "Save"), 1);
  EXPECT_EQ(Differing("⟦open 1 <b>⟧Save⟦close 1 </b>⟧", "⟦open 4 <b>⟧Save⟦close 4 </b>⟧"), 0);
  EXPECT_EQ(Differing("⟦open 1 <b>⟧Save⟦close 1 </b>⟧", "⟦open 1 <i>⟧Save⟦close 1 </i>⟧"), 1);
}

// What the script claims must add up to the score and cover every token once, whatever the texts.
TEST(ExplainTest, ScriptsCoverBothTextsAndEarnTheScore) {
  Generator generate(99);
  for (int round = 0; round < 1500; ++round) {
    const char* locale = generate.OneIn(3) ? "ja" : generate.OneIn(2) ? "ar" : "en";
    const std::string text = generate.Text(locale);
    const TokenizedContent a(generate.WithCodes({.text = text, .codes = {}}));
    const TokenizedContent b(generate.WithCodes({.text = generate.Mutated(text, locale), .codes = {}}));
    uint32_t earned = 0;
    size_t i = 0, j = 0;
    for (const Edit& e : ExplainEdits(a, b)) {
      const bool of_query = e.kind != Edit::Kind::kInserted, of_stored = e.kind != Edit::Kind::kDeleted;
      if (of_query) {
        ASSERT_LT(i, a.tokens.size());
        ASSERT_EQ(e.query_begin, a.tokens[i].begin);
        ASSERT_EQ(e.query_end, a.tokens[i].end);
      }
      if (of_stored) {
        ASSERT_LT(j, b.tokens.size());
        ASSERT_EQ(e.stored_begin, b.tokens[j].begin);
        ASSERT_EQ(e.stored_end, b.tokens[j].end);
      }
      if (of_query && of_stored) earned += AlignedWeight(a.tokens[i], b.tokens[j]);
      i += of_query;
      j += of_stored;
    }
    ASSERT_EQ(i, a.tokens.size());
    ASSERT_EQ(j, b.tokens.size());
    ASSERT_EQ(earned, ScorePair(a, b, {}).shared) << a.content.text << " | " << b.content.text;
  }
}

TEST(ExplainTest, LongTextsAreExplainedInBoundedMemory) {
  // More cells than one table may have, so that the halving is used; few distinct tokens, so that much aligns.
  Generator generate(5);
  std::string a, b;
  for (int i = 0; i < 2600; ++i) {
    a += std::string(1, static_cast<char>('a' + generate.Below(6))) + " ";
    b += std::string(1, static_cast<char>('a' + generate.Below(6))) + " ";
  }
  const TokenizedContent query({.text = a, .codes = {}}), stored({.text = b, .codes = {}});
  uint32_t equal = 0;
  for (const Edit& e : ExplainEdits(query, stored)) equal += e.kind == Edit::Kind::kEqual;
  EXPECT_EQ(equal, ScorePair(query, stored, {}).shared);
}

}  // namespace
}  // namespace reprise::testing
