// ChrF2 against values worked out by hand from the definition.
#include "bench/chrf.h"

#include <gtest/gtest.h>

namespace reprise::bench {
namespace {

TEST(ChrFTest, EndsOfTheScale) {
  EXPECT_DOUBLE_EQ(ChrF2("Guten Tag", "Guten Tag"), 100);
  EXPECT_DOUBLE_EQ(ChrF2("abc", "xyz"), 0);
  EXPECT_DOUBLE_EQ(ChrF2("", "xyz"), 0);
  EXPECT_DOUBLE_EQ(ChrF2("", ""), 0);
}

TEST(ChrFTest, ByHand) {
  // "ab" against "abc": precision 1, 1, and no 3-gram of its own; recall 2/3, 1/2, 0; three orders.
  const double p = (1.0 + 1.0 + 0) / 3, r = (2.0 / 3 + 1.0 / 2 + 0) / 3;
  EXPECT_NEAR(ChrF2("ab", "abc"), 100 * 5 * p * r / (4 * p + r), 1e-9);
  // "aab" against "ab": a gram counts as often as both have it.
  const double p2 = (2.0 / 3 + 1.0 / 2 + 0) / 3, r2 = (1.0 + 1.0 + 0) / 3;
  EXPECT_NEAR(ChrF2("aab", "ab"), 100 * 5 * p2 * r2 / (4 * p2 + r2), 1e-9);
}

TEST(ChrFTest, CountsCodePointsAndIgnoresSpace) {
  EXPECT_DOUBLE_EQ(ChrF2("会 谈", "会谈"), 100);
  EXPECT_NEAR(ChrF2("会谈", "会谈将"), ChrF2("ab", "abc"), 1e-9);
}

}  // namespace
}  // namespace reprise::bench
