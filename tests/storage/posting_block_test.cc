// Blocks of postings: what is written is read, class by class; no class that a match may be in is left out.
#include "storage/posting_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace reprise {
namespace {

TEST(PostingBlockTest, ReadsTheClassesThatWereAskedFor) {
  std::mt19937_64 rng(5);
  for (int round = 0; round < 4000; ++round) {
    const auto count = static_cast<uint32_t>(1 + rng() % kPostingBlock);
    std::vector<uint32_t> ordinals;
    std::vector<uint8_t> classes;
    uint32_t ordinal = static_cast<uint32_t>(rng() % 1000000);
    for (uint32_t i = 0; i < count; ++i) {
      ordinals.push_back(ordinal);
      ordinal += static_cast<uint32_t>(1 + rng() % (rng() % 3 == 0 ? 100000 : 3));
      classes.push_back(static_cast<uint8_t>(rng() % 4 == 0 ? 7 : rng() % (1 + rng() % kPositionClasses)));
    }
    std::string bytes = "before";
    AppendPostingBlock(ordinals.data(), classes.data(), count, &bytes);
    const auto begin = static_cast<uint32_t>(rng() % kPositionClasses);
    const auto end = static_cast<uint32_t>(begin + rng() % (kPositionClasses + 1 - begin));
    std::vector<uint32_t> wanted;
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t c = count < kClassedBlock ? 0 : classes[i];
      if (c >= begin && (c < end || (count < kClassedBlock && begin == 0))) wanted.push_back(ordinals[i]);
    }
    uint32_t out[kPostingBlock];
    const uint32_t n = DecodePostingBlock(ordinals[0], bytes.data() + 6, count, begin, end, out);
    std::sort(out, out + n);
    ASSERT_EQ(std::vector<uint32_t>(out, out + n), wanted) << count << " postings, classes " << begin << " to " << end;
  }
}

// The bound itself, on a million pairs: a row that has enough letters left is in a class that is read.
TEST(PostingBlockTest, NoClassThatMayHoldAMatchIsLeftOut) {
  std::mt19937_64 rng(6);
  int out = 0;
  for (int i = 0; i < 1000000; ++i) {
    const auto weight = static_cast<uint32_t>(1 + rng() % (rng() % 8 == 0 ? 30000 : 90));
    const auto before = static_cast<uint32_t>(rng() % (weight + 1));
    const int percent = static_cast<int>(rng() % 101);
    const bool may_match = uint64_t{100} * (weight - before) >= static_cast<uint64_t>(percent) * weight;
    const bool read = PositionClass(before, weight) < PositionClassesFor(percent);
    if (may_match) {
      ASSERT_TRUE(read) << before << " of " << weight << " letters before, " << percent << " %";
    }
    out += !read;
  }
  EXPECT_GT(out, 300000);  // nor is it all that is read
  EXPECT_EQ(PositionClassesFor(95), 1u);
  EXPECT_EQ(PositionClassesFor(70), 4u);
  EXPECT_EQ(PositionClassesFor(0), kPositionClasses);
}

TEST(PostingBlockTest, PositionsGrowWithTheListsBefore) {
  RowPositions positions({{10, 2}, {20, 1}});  // rows 0 and 1 have 10 letters, row 2 has 20
  std::vector<uint8_t> classes;
  positions.NextList({0, 2}, 4, &classes);
  EXPECT_EQ(classes, (std::vector<uint8_t>{0, 0}));
  positions.NextList({0, 1, 2}, 2, &classes);
  EXPECT_EQ(classes, (std::vector<uint8_t>{4, 0, 2}));  // 40 %, 0, 20 %
  positions.NextList({0, 1, 2}, 2, &classes);
  EXPECT_EQ(classes, (std::vector<uint8_t>{6, 2, 3}));  // 60 %, 20 %, 30 %
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
