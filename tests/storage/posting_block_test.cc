// Blocks of postings: what is written is read, class by class; nothing that a match may be in is left out.
#include "storage/posting_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reprise {
namespace {

TEST(PostingBlockTest, ReadsTheRangesThatWereAskedFor) {
  std::mt19937_64 rng(5);
  for (int round = 0; round < 4000; ++round) {
    const auto count = static_cast<uint32_t>(1 + rng() % kPostingBlock);
    std::vector<uint32_t> ordinals;
    std::vector<uint8_t> classes;
    uint32_t ordinal = static_cast<uint32_t>(rng() % 1000000);
    for (uint32_t i = 0; i < count; ++i) {
      ordinals.push_back(ordinal);
      ordinal += static_cast<uint32_t>(1 + rng() % (rng() % 3 == 0 ? 100000 : 3));
      classes.push_back(static_cast<uint8_t>(rng() % 4 == 0 ? 13 : rng() % (1 + rng() % kPositionClasses)));
    }
    std::string bytes = "before";
    AppendPostingBlock(ordinals.data(), classes.data(), count, &bytes);
    // What follows a block is not part of it.
    for (uint32_t i = 0; i < kPostingSlack; ++i) bytes.push_back(static_cast<char>(rng()));
    OrdinalRange ranges[kPositionClasses];
    for (OrdinalRange& range : ranges) {
      range.begin = rng() % 3 == 0 ? 0 : ordinals[rng() % count] + static_cast<uint32_t>(rng() % 2);
      range.end = rng() % 3 == 0 ? UINT32_MAX : ordinals[rng() % count] + static_cast<uint32_t>(rng() % 2);
    }
    std::vector<uint32_t> wanted;
    for (uint32_t i = 0; i < count; ++i) {
      const OrdinalRange& range = ranges[count < kClassedBlock ? 0 : classes[i]];
      if (ordinals[i] >= range.begin && ordinals[i] < range.end) wanted.push_back(ordinals[i]);
    }
    uint32_t out[kPostingBlock];
    const uint32_t n = DecodePostingBlock(ordinals[0], bytes.data() + 6, count, ranges, out);
    std::sort(out, out + n);
    ASSERT_EQ(std::vector<uint32_t>(out, out + n), wanted) << count << " postings";
    DecodePostingBlock(ordinals[0], bytes.data() + 6, count, out);
    std::sort(out, out + count);
    ASSERT_EQ(std::vector<uint32_t>(out, out + count), ordinals);
  }
}

// The bound itself, on a million pairs: a row that has enough letters left is of a class and a W that are read.
TEST(PostingBlockTest, NoRowThatMayMatchIsLeftOut) {
  std::mt19937_64 rng(6);
  int out = 0, by_weight = 0;
  for (int i = 0; i < 1000000; ++i) {
    const auto weight = static_cast<uint32_t>(1 + rng() % (rng() % 8 == 0 ? 30000 : 90));
    const auto before = static_cast<uint32_t>(rng() % (weight + 1));
    const auto query = static_cast<uint32_t>(rng() % 2 == 0 ? weight + rng() % (weight + 1) : 1 + rng() % 90);
    const int percent = static_cast<int>(rng() % 101);
    const uint32_t position_class = PositionClass(before, weight);
    const bool may_match =
        uint64_t{100} * (weight - before) >= static_cast<uint64_t>(percent) * std::max(weight, query);
    const bool read = weight >= MinWeightOfClass(position_class, percent, query);
    if (may_match) {
      ASSERT_TRUE(read) << before << " of " << weight << " letters before, query " << query << ", " << percent << " %";
    }
    out += !read;
    by_weight += !read && weight >= MinWeightOfClass(position_class, percent, 0);
  }
  EXPECT_GT(out, 300000);  // nor is it all that is read
  EXPECT_GT(by_weight, 100000);
  EXPECT_EQ(MinWeightOfClass(0, 70, 100), 70u);
  EXPECT_EQ(MinWeightOfClass(1, 70, 100), 73u);  // 97 % of 72 letters are less than 70
  EXPECT_EQ(MinWeightOfClass(3, 70, 100), 78u);
  EXPECT_EQ(MinWeightOfClass(7, 70, 100), UINT32_MAX);
  EXPECT_EQ(MinWeightOfClass(1, 97, 100), UINT32_MAX);
  EXPECT_EQ(MinWeightOfClass(13, 0, 100), 1u);
}

TEST(PostingBlockTest, PositionsGrowWithTheListsBefore) {
  RowPositions positions({{10, 2}, {20, 1}});  // rows 0 and 1 have 10 letters, row 2 has 20
  std::vector<uint8_t> classes;
  positions.NextList({0, 2}, 4, &classes);
  EXPECT_EQ(classes, (std::vector<uint8_t>{0, 0}));
  positions.NextList({0, 1, 2}, 2, &classes);
  EXPECT_EQ(classes, (std::vector<uint8_t>{8, 0, 4}));  // 40 %, 0, 20 %
  positions.NextList({0, 1, 2}, 2, &classes);
  EXPECT_EQ(classes, (std::vector<uint8_t>{11, 4, 6}));  // 60 %, 20 %, 30 %
}

// Of a row that is longer than a book only so many letters are counted: its class stays the one of the greatest count.
TEST(PostingBlockTest, PositionsOfHugeRowsStopGrowing) {
  RowPositions positions({{100000, 1}});
  std::vector<uint8_t> classes;
  for (uint32_t letters : {60000u, 60000u, 60000u, 1u}) positions.NextList({0}, letters, &classes);
  EXPECT_EQ(classes[0], PositionClass(65535, 100000));
}

}  // namespace
}  // namespace reprise
