// The ladder row by row, its parts, and the worked examples of docs/scoring.md.
#include "match/score.h"

#include <gtest/gtest.h>

#include <string>

#include "match/match.h"
#include "tests/testing/case_text.h"
#include "tests/testing/generate.h"

namespace reprise::testing {
namespace {

TokenizedContent Of(const std::string& marked) { return TokenizedContent(ParseContent(marked)); }

BaseScore Score(const std::string& query, const std::string& stored, const ContextAgreement& context = {}) {
  return ScorePair(Of(query), Of(stored), context);
}

TEST(ScoreTest, TheDocumentedExamples) {
  const auto rows = TableRows(ReadFile(REPRISE_SOURCE_DIR "/docs/scoring.md"), "examples");
  ASSERT_GE(rows.size(), 30u);
  for (const auto& row : rows) {
    ASSERT_GE(row.size(), 4u);
    const BaseScore score = Score(row[0], row[1]);
    EXPECT_EQ(std::to_string(score.base), row[2])
        << row[0] << " | " << row[1] << " shared " << score.shared << "/" << score.max_weight;
    EXPECT_EQ(BandName(score.band), row[3]) << row[0] << " | " << row[1];
    const BaseScore turned = Score(row[1], row[0]);
    EXPECT_EQ(turned.base, score.base) << row[0] << " | " << row[1];
  }
}

TEST(ScoreTest, TheDocumentedPenaltiesAreTheDefaults) {
  const auto rows = TableRows(ReadFile(REPRISE_SOURCE_DIR "/docs/scoring.md"), "penalties");
  const PenaltyTable table;
  std::map<std::string, int> defaults{{"memory", MemoryTerms().penalty}};
  for (const PenaltyField& field : kPenaltyFields) defaults[field.name] = table.*field.points;
  EXPECT_EQ(rows.size(), defaults.size());
  for (const auto& row : rows) {
    ASSERT_EQ(defaults.count(row[0]), 1u) << row[0];
    EXPECT_EQ(std::to_string(defaults.at(row[0])), row[1]) << row[0];
  }
}

TEST(ScoreTest, ContextLiftsOnlyIdenticalTexts) {
  ContextAgreement key, both;
  key.key = both.key = both.neighbours = true;
  EXPECT_EQ(Score("Save", "Save").base, 100);
  EXPECT_EQ(Score("Save", "Save").band, Band::kExact);
  EXPECT_EQ(Score("Save", "Save", key).base, 101);
  EXPECT_EQ(Score("Save", "Save", both).base, 102);
  EXPECT_EQ(Score("Save", "Save", both).band, Band::kContext);
  EXPECT_EQ(Score("Save", "save", both).base, 99);
  EXPECT_EQ(Score("Save", "Save:", both).base, 98);
  EXPECT_EQ(Score("Save", "Open", both).base, 0);
}

TEST(ScoreTest, CanonicallyEquivalentTextsAreIdentical) {
  EXPECT_EQ(Score("caf\\u{E9}", "cafe\\u{301}").base, 100);
  EXPECT_EQ(Score("caf\\u{E9} ⟦<br/>⟧", "cafe\\u{301} ⟦<br/>⟧").base, 100);
}

TEST(ScoreTest, FoldedDifferencesAreListed) {
  const BaseScore score = Score("“Save” as…", "\"save\" as...");
  EXPECT_EQ(score.base, 99);
  EXPECT_EQ(score.folded, (std::vector<std::string>{"case", "ellipsis", "quote"}));
  EXPECT_TRUE(Score("Save", "Save").folded.empty());
  EXPECT_TRUE(Score("Save", "Save:").folded.empty());
}

TEST(ScoreTest, ManyDifferingMarksStopAtNinetyFive) {
  EXPECT_EQ(Score("Save", "Save!").base, 98);
  EXPECT_EQ(Score("Save", "Save!!").base, 97);
  EXPECT_EQ(Score("Save", "Save!!!").base, 96);
  EXPECT_EQ(Score("Save", "Save!!!!").base, 95);
  EXPECT_EQ(Score("Save", "Save!!!!!!!!").base, 95);
}

TEST(ScoreTest, WithoutWordsOnlyTheSameKeyFormIsNearExact) {
  EXPECT_EQ(Score("...", "?").band, Band::kFuzzy);
  EXPECT_EQ(Score("3", "5").base, 94);
  EXPECT_EQ(Score("3", "5").band, Band::kFuzzy);
  EXPECT_EQ(Score("3⟦<br/>⟧", "3").base, 98);
  EXPECT_EQ(Score("3⟦<br/>⟧", "3").band, Band::kNearExact);
}

TEST(ScoreTest, MovedCodesAreNearExact) {
  EXPECT_EQ(Score("Save⟦<br/>⟧ file", "Save file⟦<br/>⟧").band, Band::kNearExact);
  EXPECT_EQ(Score("Sa⟦<br/>⟧ve", "S⟦<br/>⟧ave").band, Band::kNearExact);  // within one token
  EXPECT_EQ(Score("⟦open 1 <b>⟧Save⟦close 1 </b>⟧", "⟦open 7 <b>⟧Save⟦close 7 </b>⟧").base, 100);
}

TEST(ScoreTest, PercentAndItsInverse) {
  EXPECT_EQ(Percent(0, 0), 0);
  EXPECT_EQ(Percent(2, 3), 66);
  EXPECT_EQ(Percent(4000000000u, 4000000000u), 100);
  for (uint32_t weight = 0; weight < 130; ++weight) {
    for (int percent = 1; percent <= 100; ++percent) {
      const uint32_t needed = SharedNeeded(percent, weight);
      if (weight > 0) {
        EXPECT_GE(Percent(needed, weight), percent);
        EXPECT_LT(Percent(needed - 1, weight), percent);
      }
    }
  }
  EXPECT_EQ(SharedNeeded(0, 50), 0u);
  EXPECT_EQ(SharedNeeded(100, 4000000000u), 4000000000u);
}

TEST(ScoreTest, CommonPrefixCountsWholeCodePoints) {
  EXPECT_EQ(CommonPrefix("localize", "localized"), 8u);
  EXPECT_EQ(CommonPrefix("straße", "strasse"), 4u);
  EXPECT_EQ(CommonPrefix("é", "è"), 0u);  // same first byte
  EXPECT_EQ(CommonPrefix("aé", "aè"), 1u);
  EXPECT_EQ(CommonPrefix("保存", "保護"), 1u);
  EXPECT_EQ(CommonPrefix("é", "éa"), 1u);
  EXPECT_EQ(CommonPrefix("", "a"), 0u);
}

TEST(ScoreTest, WhatAlignedTokensEarn) {
  const auto earns = [](const char* a, const char* b) { return AlignedWeight(Of(a).tokens[0], Of(b).tokens[0]); };
  EXPECT_EQ(earns("localize", "localized"), 8u);
  EXPECT_EQ(earns("save", "save"), 4u);
  EXPECT_EQ(earns("save", "saved"), 0u);  // four letters are a stem of their own
  EXPECT_EQ(earns("3", "1,000"), 1u);
  EXPECT_EQ(earns("3", "three"), 0u);
  EXPECT_EQ(earns("!", "!"), 1u);
  EXPECT_EQ(earns("!", "?"), 0u);
  EXPECT_EQ(earns("https://a.example", "https://b.example"), 1u);
  EXPECT_EQ(earns("https://a.example", "a@b.example"), 0u);
}

TEST(CodesTest, IdenticalUpToPairNumbers) {
  const auto same = [](const char* a, const char* b) {
    return CodesIdentical(ParseContent(a).codes, ParseContent(b).codes);
  };
  EXPECT_TRUE(same("a", "b"));
  EXPECT_TRUE(same("⟦open 1 <b>⟧a⟦close 1 </b>⟧", "⟦open 2 <b>⟧a⟦close 2 </b>⟧"));
  EXPECT_FALSE(same("⟦open 1 <b>⟧a⟦close 1 </b>⟧", "⟦open 1 <b>⟧a⟦close 2 </b>⟧"));
  EXPECT_FALSE(same("⟦open 1 <b>⟧a⟦close 2 </b>⟧", "⟦open 1 <b>⟧a⟦close 1 </b>⟧"));
  EXPECT_FALSE(same("⟦open 1 <b>⟧a", "⟦open 0 <b>⟧a"));
  EXPECT_FALSE(same("⟦<br/>⟧a", "a⟦<br/>⟧"));
  EXPECT_FALSE(same("⟦<br/>⟧", "⟦<hr/>⟧"));
  EXPECT_FALSE(same("⟦<br/>⟧", ""));
}

TEST(CodesTest, AgreeByPlaceInTheKeyForm) {
  EXPECT_TRUE(CodesAgree(ParseContent("wait… ⟦<br/>⟧now"), ParseContent("wait... ⟦<br/>⟧now")));
  EXPECT_FALSE(CodesAgree(ParseContent("wait… ⟦<br/>⟧now"), ParseContent("wait... n⟦<br/>⟧ow")));
  EXPECT_EQ(Score("wait… ⟦<br/>⟧now", "wait... ⟦<br/>⟧now").base, 99);
}

TEST(CodesTest, MissingOrAdded) {
  const auto differ = [](const char* a, const char* b) {
    return CodesMissingOrAdded(ParseContent(a).codes, ParseContent(b).codes);
  };
  EXPECT_FALSE(differ("⟦<br/>⟧a", "b c⟦<br/>⟧"));
  EXPECT_TRUE(differ("⟦<br/>⟧a", "a"));
  EXPECT_TRUE(differ("⟦<br/>⟧a", "⟦<hr/>⟧a"));
  EXPECT_TRUE(differ("⟦<br/>⟧⟦<br/>⟧⟦<hr/>⟧", "⟦<br/>⟧⟦<hr/>⟧⟦<hr/>⟧"));
}

Neighbour Text(const char* text) { return {.state = Neighbour::State::kText, .text = text}; }
const Neighbour kEdge{.state = Neighbour::State::kEdge, .text = ""};
const Neighbour kUnknown{};

ContextAgreement Neighbours(const Neighbour& query_previous, const Neighbour& query_next,
                            const Neighbour& stored_previous, const Neighbour& stored_next) {
  Context query, stored;
  query.previous["en"] = query_previous;
  query.next["en"] = query_next;
  stored.previous["en-US"] = stored_previous;
  stored.next["en-US"] = stored_next;
  return AgreeContext(query, "en", stored, "en-US");
}

TEST(ContextTest, NeighboursAgreeInKeyForm) {
  const ContextAgreement both = Neighbours(Text("Chapter one"), Text("End."), Text("CHAPTER  ONE"), Text("end."));
  EXPECT_TRUE(both.neighbours);
  EXPECT_FALSE(both.partial_neighbours);
  EXPECT_EQ(both.Points(), 1);
  EXPECT_FALSE(Neighbours(Text("a"), Text("b"), Text("a"), Text("c")).neighbours);
  EXPECT_TRUE(Neighbours(kEdge, Text("b"), kEdge, Text("b")).neighbours);
  EXPECT_FALSE(Neighbours(kEdge, Text("b"), Text(""), Text("b")).neighbours);
}

TEST(ContextTest, UnknownNeverAgrees) {
  EXPECT_FALSE(Neighbours(kUnknown, kUnknown, kUnknown, kUnknown).neighbours);
  const ContextAgreement one = Neighbours(Text("a"), kUnknown, Text("a"), Text("b"));
  EXPECT_TRUE(one.neighbours);
  EXPECT_TRUE(one.partial_neighbours);
  EXPECT_FALSE(Neighbours(Text("a"), kUnknown, Text("c"), Text("b")).neighbours);
  EXPECT_EQ(AgreeContext({}, "en", {}, "en").Points(), 0);
}

TEST(ContextTest, KeysAgreeIfGiven) {
  Context a, b;
  EXPECT_FALSE(AgreeContext(a, "en", b, "en").key);
  a.key = b.key = "menu.save";
  EXPECT_TRUE(AgreeContext(a, "en", b, "en").key);
  b.key = "menu.Save";
  EXPECT_FALSE(AgreeContext(a, "en", b, "en").key);
}

TEST(ScoreTest, SymmetricAndBoundedOnGeneratedTexts) {
  Generator generate(11);
  for (int round = 0; round < 2000; ++round) {
    const char* locale = generate.OneIn(2) ? "en" : generate.OneIn(2) ? "th" : "zh-CN";
    const std::string text = generate.Text(locale);
    const TokenizedContent a({.text = text, .codes = {}});
    const TokenizedContent b(
        {.text = generate.OneIn(5) ? generate.Text(locale) : generate.Mutated(text, locale), .codes = {}});
    const BaseScore ab = ScorePair(a, b, {}), ba = ScorePair(b, a, {});
    ASSERT_EQ(ab.base, ba.base) << a.content.text << " | " << b.content.text;
    ASSERT_EQ(ab.shared, ba.shared);
    ASSERT_LE(ab.shared, std::min(a.weight, b.weight));
    ASSERT_EQ(ScorePair(a, a, {}).base, 100);
    if (ab.band == Band::kFuzzy) {
      ASSERT_LE(ab.base, 94);
      ASSERT_EQ(ab.base, std::min(94, Percent(ab.shared, ab.max_weight)));
    }
  }
}

}  // namespace
}  // namespace reprise::testing
