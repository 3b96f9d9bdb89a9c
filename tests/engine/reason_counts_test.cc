#include "engine/reason_counts.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

TEST(ReasonCountsTest, NumbersAndQuotesAreOneKind) {
  EXPECT_EQ(ReasonKind("has 3 columns where 5 are expected"), "has N columns where N are expected");
  EXPECT_EQ(ReasonKind("two <bpt> have i=\"12\" (line 7)"), "two <bpt> have i=\"…\"");
  EXPECT_EQ(ReasonKind("an unclosed \" quote"), "an unclosed \" quote");
  EXPECT_EQ(ReasonKind("UTF8 in h264, 1,024.5 bytes"), "UTF8 in h264, N,N.N bytes");
  EXPECT_EQ(ReasonKind("line 47: give a BCP 47 tag"), "line N: give a BCP 47 tag");
  EXPECT_EQ(ReasonKind(""), "");
}

TEST(ReasonCountsTest, TheMostFrequentComesFirst) {
  ReasonCounts counts;
  for (const char* reason : {"b", "a 1", "c", "a 2", "c", "a 3"}) counts.Add(reason);
  const std::vector<std::pair<std::string, uint64_t>> expected = {{"a N", 3}, {"c", 2}, {"b", 1}};
  EXPECT_EQ(counts.Sorted(), expected);
}

TEST(ReasonCountsTest, KindsAreBounded) {
  ReasonCounts counts;
  for (size_t i = 0; i < ReasonCounts::kMaxKinds + 50; ++i) counts.Add(std::string(i + 1, 'x'));
  counts.Add("x");
  ASSERT_EQ(counts.Sorted().size(), ReasonCounts::kMaxKinds + 1);
  EXPECT_EQ(counts.Sorted().front(), (std::pair<std::string, uint64_t>("other reasons", 50)));
}

}  // namespace
}  // namespace reprise
