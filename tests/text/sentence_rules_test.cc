#include "text/sentence_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>
#include <vector>

#include "text/segmentation.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SentenceRules Make(const std::vector<SentenceRule>& rules) {
  absl::StatusOr<SentenceRules> made = SentenceRules::Make(rules);
  EXPECT_TRUE(made.ok()) << made.status();
  return std::move(made).value();
}

std::vector<std::string> Split(const std::string& text, const std::vector<SentenceRule>& rules) {
  const absl::StatusOr<std::vector<Sentence>> sentences = SplitSentences(text, Make(rules));
  EXPECT_TRUE(sentences.ok()) << sentences.status();
  std::vector<std::string> texts;
  if (sentences.ok()) {
    for (const Sentence& sentence : *sentences) texts.push_back(sentence.text);
  }
  return texts;
}

TEST(SentenceRules, TheFirstRuleThatFitsDecides) {
  const SentenceRule no{false, "\\bMr\\.", "\\s", 1}, yes{true, "[.?!]", "\\s", 2};
  EXPECT_THAT(Split("Mr. Lee left. He waved.", {no, yes}), ElementsAre("Mr. Lee left.", "He waved."));
  EXPECT_THAT(Split("Mr. Lee left. He waved.", {yes, no}), ElementsAre("Mr.", "Lee left.", "He waved."));
  const SentenceRule senior{true, "Mr\\.", " Sr", 3};
  EXPECT_THAT(Split("Mr. Sr left. Mr. Lee.", {senior, no, yes}), ElementsAre("Mr.", "Sr left.", "Mr. Lee."));
}

TEST(SentenceRules, NothingEndsWhereNoRuleFits) {
  EXPECT_THAT(Split("One. Two.", {}), ElementsAre("One. Two."));
  EXPECT_THAT(Split("One. Two.", {{false, "\\.", "\\s", 1}}), ElementsAre("One. Two."));
  EXPECT_THAT(Split("One\nTwo", {}), ElementsAre("One", "Two"));
  EXPECT_THAT(Split("", {{true, "", "", 1}}), IsEmpty());
}

TEST(SentenceRules, AnEmptySideFitsEverywhere) {
  EXPECT_THAT(Split("a😀é", {{true, "", "", 1}}), ElementsAre("a", "😀", "é"));
  EXPECT_THAT(Split("一。二。", {{true, "。", "", 1}}), ElementsAre("一。", "二。"));
  EXPECT_THAT(Split("a;b;c", {{true, "", ";", 1}}), ElementsAre("a", ";b", ";c"));
}

// Every place counts at which some match of `before` ends: not the longest match alone, nor matches side by side.
TEST(SentenceRules, AllMatchesCount) {
  EXPECT_THAT(Split("One. Two. Three.", {{true, ".*\\.", "\\s", 1}}), ElementsAre("One.", "Two.", "Three."));
  EXPECT_THAT(Split("One. Two. Three.", {{true, "^.*?\\.", "\\s", 1}}), ElementsAre("One.", "Two.", "Three."));
  EXPECT_THAT(Split("One. Two. Three.", {{false, "^[^.]*\\.", "\\s", 1}, {true, "\\.", "\\s", 2}}),
              ElementsAre("One. Two.", "Three."));
  EXPECT_THAT(Split("aaa", {{true, "aa", "", 1}}), ElementsAre("aa", "a"));
  EXPECT_THAT(Split("aaaa", {{true, "aa", "", 1}}), ElementsAre("aa", "a", "a"));
  EXPECT_THAT(Split("a  b", {{true, "a\\s*", "\\s+b", 1}}), ElementsAre("a", "b"));
}

TEST(SentenceRules, TheStartOfTheTextIsTheStartHoweverFarItIs) {
  const std::string longer = "x" + std::string(2000, 'a') + "! b! c";
  EXPECT_THAT(Split(longer, {{true, "^xa+!", "\\s", 1}}), ElementsAre("x" + std::string(2000, 'a') + "!", "b! c"));
  // 😀 is two UTF-16 units, so that the window of 512 begins within one.
  std::string faces = "a";
  for (int i = 0; i < 600; ++i) faces += "😀";
  EXPECT_THAT(Split(faces + "! b", {{true, "^😀+!", "\\s", 1}}), ElementsAre(faces + "! b"));
  EXPECT_THAT(Split(faces + "! b", {{true, "😀+!", "\\s", 1}}), ElementsAre(faces + "!", "b"));
}

TEST(SentenceRules, BoundariesAreBytes) {
  const absl::StatusOr<std::vector<size_t>> found = Make({{true, "[.。]", "", 1}}).Boundaries("é😀。x. y.");
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(*found, ElementsAre(9, 11));
}

TEST(SentenceRules, WhatIsNoExpressionIsNamedByItsLine) {
  for (const char* regex : {"(", ")", "a)(b", "[a", "*", "\\p{Nothing}", "(?<n>a)(?<n>b)"}) {
    for (const SentenceRule& rule : {SentenceRule{true, regex, "", 7}, SentenceRule{true, "", regex, 7}}) {
      const absl::Status status = SentenceRules::Make({{true, "a", "b", 1}, rule}).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << regex;
      EXPECT_THAT(MessageOf(status), HasSubstr(rule.before.empty() ? "line 7: <afterbreak>" : "line 7: <beforebreak>"));
    }
  }
}

TEST(SentenceRules, AnExpressionThatTakesForEverIsStopped) {
  const std::string text = std::string(60, 'a') + "! b";
  const std::vector<SentenceRule> rules = {{true, "(a+)+x", "\\s", 5},
                                           {true, "\\s", "(?:[a-z!]|\\w)*x", 5},
                                           {true, "", "(a|a)*x", 5},
                                           {true, "", "(.*)*(.*)*(.*)*x", 5}};
  for (const SentenceRule& rule : rules) {
    const std::clock_t begin = std::clock();
    const absl::Status status = Make({rule}).Boundaries(text + text).status();
    EXPECT_LT(std::clock() - begin, 2 * CLOCKS_PER_SEC) << rule.before << rule.after;
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << rule.before << rule.after;
    EXPECT_THAT(MessageOf(status), HasSubstr("rule in line 5 takes too"));
  }
  // A rule that forbids a break is stopped as well.
  EXPECT_THAT(
      MessageOf(
          Make({{false, "", "\\s(a|a)*x", 3}, {true, "!", "\\s", 9}}).Boundaries("! " + std::string(60, 'a')).status()),
      HasSubstr("rule in line 3 takes too long"));
  EXPECT_FALSE(MatchesWhole("(a|a)*x", std::string(60, 'a')).ok());
}

TEST(SentenceRules, ManyRulesOfManyMatchesEndAsWell) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "ab. ";
  std::vector<SentenceRule> rules;
  for (uint64_t i = 1; i <= 2000; ++i) rules.push_back({false, "^(?:[^q]*)q\\.", "\\s", i});
  rules.push_back({true, "\\.", "\\s", 9999});
  EXPECT_THAT(MessageOf(Make(rules).Boundaries(text).status()), HasSubstr("takes too long"));
}

}  // namespace
}  // namespace reprise
