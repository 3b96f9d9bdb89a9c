#include "match/relevance.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

double DiceOf(const char* a, const char* b) { return Dice(Trigrams(a), Trigrams(b)); }

TEST(RelevanceTest, DiceCountsTrigramsAsMultisets) {
  EXPECT_DOUBLE_EQ(DiceOf("abcd", "abcd"), 1.0);
  EXPECT_DOUBLE_EQ(DiceOf("abcd", "abce"), 0.5);          // abc of {abc, bcd} and {abc, bce}
  EXPECT_DOUBLE_EQ(DiceOf("aaaaa", "aaa"), 2.0 * 1 / 4);  // aaa three times against once
  EXPECT_DOUBLE_EQ(DiceOf("abc", "xyz"), 0.0);
}

TEST(RelevanceTest, ShortTextsAreOneGram) {
  EXPECT_EQ(Trigrams("ab").grams().size(), 1u);
  EXPECT_EQ(Trigrams("保存").grams().size(), 1u);
  EXPECT_EQ(Trigrams("保存する").grams().size(), 2u);
  EXPECT_DOUBLE_EQ(DiceOf("ab", "ab"), 1.0);
  EXPECT_DOUBLE_EQ(DiceOf("ab", "abc"), 0.0);
  EXPECT_DOUBLE_EQ(DiceOf("a", "b"), 0.0);
  EXPECT_DOUBLE_EQ(DiceOf("", ""), 1.0);
  EXPECT_DOUBLE_EQ(DiceOf("", "a"), 0.0);
}

TEST(RelevanceTest, CodePointsOutsideTheBasicPlaneAreOneEach) {
  EXPECT_EQ(Trigrams("😀😁😂").grams().size(), 1u);
  EXPECT_EQ(Trigrams("😀😁😂").grams()[0], uint64_t{0x1F600} << 42 | uint64_t{0x1F601} << 21 | 0x1F602);
  EXPECT_EQ(Trigrams("éßx").grams()[0], uint64_t{0xE9} << 42 | uint64_t{0xDF} << 21 | 'x');
}

TEST(RelevanceTest, IsTheMeanOfShareAndDice) {
  EXPECT_DOUBLE_EQ(Relevance(3, 4, 0.25), 0.5);
  EXPECT_DOUBLE_EQ(Relevance(0, 0, 1.0), 0.5);
}

}  // namespace
}  // namespace reprise
