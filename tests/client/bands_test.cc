#include "client/bands.h"

#include <gtest/gtest.h>

namespace reprise::client {
namespace {

TEST(BandsTest, EveryScoreHasItsRow) {
  const std::pair<int, const char*> cases[] = {
      {102, "102"},  {101, "101"},  {100, "100"},  {99, "99"},    {98, "98–95"}, {95, "98–95"}, {94, "94–85"},
      {85, "94–85"}, {84, "84–75"}, {75, "84–75"}, {74, "74–50"}, {50, "74–50"}, {49, "none"},  {0, "none"}};
  for (const auto& [score, label] : cases) EXPECT_STREQ(kBandRows[BandOf(score)].label, label) << score;
}

TEST(BandsTest, CountsSentencesAndWords) {
  BandCounts counts;
  counts.Add(100, 7);
  counts.Add(100, 3);
  counts.Add(0, 5);
  EXPECT_EQ(counts.row(BandOf(100)).sentences, 2u);
  EXPECT_EQ(counts.row(BandOf(100)).words, 10u);
  EXPECT_EQ(counts.row(BandOf(0)).words, 5u);
  EXPECT_EQ(counts.Total().sentences, 3u);
  EXPECT_EQ(counts.Total().words, 15u);
}

TEST(BandsTest, WordsAreWordsAndPlaceables) {
  EXPECT_EQ(WordCount("The talks will last 3 days."), 6u);
  EXPECT_EQ(WordCount("会谈将持续两天。"), 7u);
  EXPECT_EQ(WordCount("…!"), 0u);
}

TEST(BandsTest, TableHasEveryRowAndATotal) {
  BandCounts counts;
  counts.Add(102, 1);
  counts.Add(0, 3);
  const std::string table = BandTable("de", counts);
  for (const BandRow& row : kBandRows) EXPECT_NE(table.find(row.label), std::string::npos) << row.label;
  EXPECT_NE(table.find("total            2        4    100%"), std::string::npos) << table;
  EXPECT_NE(table.find("none             1        3     75%"), std::string::npos) << table;
}

TEST(BandsTest, EmptyDocumentDoesNotDivideByZero) {
  EXPECT_NE(BandTable("de", BandCounts()).find("total            0        0      0%"), std::string::npos);
}

}  // namespace
}  // namespace reprise::client
