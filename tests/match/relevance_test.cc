#include "match/relevance.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

double DiceOf(const char* a, const char* b) { return Dice(CharGrams(a), CharGrams(b)); }

TEST(RelevanceTest, DiceCountsGramsAsMultisets) {
  EXPECT_DOUBLE_EQ(DiceOf("abcd", "abcd"), 1.0);
  EXPECT_DOUBLE_EQ(DiceOf("abcd", "abce"), (2.0 / 3 + 1.0 / 2) / 2);  // ab, bc of three; abc of two
  EXPECT_DOUBLE_EQ(DiceOf("aaaaa", "aaa"),
                   (4.0 / 6 + 2.0 / 4) / 2);                     // four times aa against two; three aaa against one
  EXPECT_DOUBLE_EQ(DiceOf("abc", "xbcd"), (2.0 / 5 + 0.0) / 2);  // bc alone
  EXPECT_DOUBLE_EQ(DiceOf("abc", "xyz"), 0.0);
}

TEST(RelevanceTest, ShortTextsAreOneGram) {
  EXPECT_EQ(CharGrams("a").bigrams().size(), 1u);
  EXPECT_EQ(CharGrams("a").trigrams().size(), 1u);
  EXPECT_EQ(CharGrams("ab").bigrams().size(), 1u);
  EXPECT_EQ(CharGrams("ab").trigrams().size(), 1u);
  EXPECT_EQ(CharGrams("保存").trigrams().size(), 1u);
  EXPECT_EQ(CharGrams("保存する").bigrams().size(), 3u);
  EXPECT_EQ(CharGrams("保存する").trigrams().size(), 2u);
  EXPECT_DOUBLE_EQ(DiceOf("ab", "ab"), 1.0);
  EXPECT_DOUBLE_EQ(DiceOf("ab", "abc"), (2.0 / 3 + 0.0) / 2);
  EXPECT_DOUBLE_EQ(DiceOf("a", "b"), 0.0);
  EXPECT_DOUBLE_EQ(DiceOf("", ""), 1.0);
  EXPECT_DOUBLE_EQ(DiceOf("", "a"), 0.0);
}

TEST(RelevanceTest, CodePointsOutsideTheBasicPlaneAreOneEach) {
  EXPECT_EQ(CharGrams("😀😁😂").trigrams(),
            std::vector<uint64_t>{uint64_t{0x1F600} << 42 | uint64_t{0x1F601} << 21 | 0x1F602});
  EXPECT_EQ(CharGrams("😀😁").bigrams(), std::vector<uint64_t>{uint64_t{0x1F600} << 21 | 0x1F601});
  EXPECT_EQ(CharGrams("éßx").trigrams(), std::vector<uint64_t>{uint64_t{0xE9} << 42 | uint64_t{0xDF} << 21 | 'x'});
}

TEST(RelevanceTest, IsTheMeanOfShareBigramsAndTrigrams) {
  EXPECT_DOUBLE_EQ(Relevance(3, 4, 0.375), 0.5);
  EXPECT_DOUBLE_EQ(Relevance(0, 0, 1.0), 2.0 / 3);
}

}  // namespace
}  // namespace reprise
