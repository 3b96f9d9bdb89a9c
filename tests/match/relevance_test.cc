#include "match/relevance.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {
namespace {

// Both ways to find D, which must agree to the last bit.
double OverlapOf(std::string_view a, std::string_view b) {
  const double overlap = Overlap(CharGrams(a), CharGrams(b));
  OverlapMeter meter(a);
  EXPECT_EQ(meter.Overlap(b), overlap) << a << " / " << b;
  EXPECT_EQ(meter.Overlap(b), overlap) << "the second time, " << a << " / " << b;
  return overlap;
}

TEST(RelevanceTest, CountsGramsAsMultisets) {
  EXPECT_DOUBLE_EQ(OverlapOf("abcd", "abcd"), 1.0);
  EXPECT_DOUBLE_EQ(OverlapOf("abcd", "abce"), (2.0 / 3 + 1.0 / 2) / 2);  // ab, bc of three; abc of two
  EXPECT_DOUBLE_EQ(OverlapOf("aaaaa", "aaa"),
                   (6.0 / 10 + 3.0 / 7) / 2);  // four times aa against two; three aaa against one
  EXPECT_DOUBLE_EQ(OverlapOf("aaa", "aaaaa"), (6.0 / 8 + 3.0 / 5) / 2);  // what the query lacks costs half
  EXPECT_DOUBLE_EQ(OverlapOf("abc", "xbcd"), (3.0 / 7 + 0.0) / 2);       // bc alone
  EXPECT_DOUBLE_EQ(OverlapOf("abc", "xyz"), 0.0);
}

TEST(RelevanceTest, ShortTextsAreOneGram) {
  EXPECT_EQ(CharGrams("a").bigrams().size(), 1u);
  EXPECT_EQ(CharGrams("a").trigrams().size(), 1u);
  EXPECT_EQ(CharGrams("ab").bigrams().size(), 1u);
  EXPECT_EQ(CharGrams("ab").trigrams().size(), 1u);
  EXPECT_EQ(CharGrams("保存").trigrams().size(), 1u);
  EXPECT_EQ(CharGrams("保存する").bigrams().size(), 3u);
  EXPECT_EQ(CharGrams("保存する").trigrams().size(), 2u);
  EXPECT_DOUBLE_EQ(OverlapOf("ab", "ab"), 1.0);
  EXPECT_DOUBLE_EQ(OverlapOf("ab", "abc"), (3.0 / 4 + 0.0) / 2);
  EXPECT_DOUBLE_EQ(OverlapOf("a", "b"), 0.0);
  EXPECT_DOUBLE_EQ(OverlapOf("", ""), 1.0);
  EXPECT_DOUBLE_EQ(OverlapOf("", "a"), 0.0);
}

TEST(RelevanceTest, CodePointsOutsideTheBasicPlaneAreOneEach) {
  EXPECT_EQ(CharGrams("😀😁😂").trigrams(),
            std::vector<uint64_t>{uint64_t{0x1F600} << 42 | uint64_t{0x1F601} << 21 | 0x1F602});
  EXPECT_EQ(CharGrams("😀😁").bigrams(), std::vector<uint64_t>{uint64_t{0x1F600} << 21 | 0x1F601});
  EXPECT_EQ(CharGrams("éßx").trigrams(), std::vector<uint64_t>{uint64_t{0xE9} << 42 | uint64_t{0xDF} << 21 | 'x'});
}

TEST(RelevanceTest, TheMeterMeasuresAsTheDefinition) {
  std::mt19937 rng(7);
  const std::vector<std::string> points = {"a", "b", "c", " ", "é", "保", "存", "😀"};
  std::vector<std::string> texts;
  for (int i = 0; i < 60; ++i) {
    std::string& text = texts.emplace_back();
    for (uint32_t n = rng() % (i < 40 ? 12 : 300); n > 0; --n) text += points[rng() % points.size()];
  }
  for (const std::string& a : texts) {
    OverlapMeter meter(a);
    const CharGrams grams(a);
    for (const std::string& b : texts) EXPECT_EQ(meter.Overlap(b), Overlap(grams, CharGrams(b))) << a << " / " << b;
  }
}

TEST(RelevanceTest, IsTheMeanOfShareBigramsAndTrigrams) {
  EXPECT_DOUBLE_EQ(Relevance(3, 4, 0.375), 0.5);
  EXPECT_DOUBLE_EQ(Relevance(0, 0, 1.0), 2.0 / 3);
}

}  // namespace
}  // namespace reprise
