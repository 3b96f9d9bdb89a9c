// The delta: what is filed under a bare form, as of the state that asks. Searching it is in row_filter_test.cc and the
// recall tests.
#include "storage/delta.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/storage/random_rows.h"

namespace reprise {
namespace {

using testing::RandomTexts;

TEST(DeltaTest, FindsTheBareFormsOfRowsThatAStateSees) {
  RandomTexts texts(5);
  Delta delta(8000);
  struct Row {
    uint32_t bare = 0;
    uint64_t died = kAlive;
  };
  std::vector<Row> rows;
  for (uint64_t segment = 0; segment < 5000; ++segment) {
    const PreparedText text(texts.Below(3) == 0 ? "save!" : texts.Text());
    delta.Append(MakeIndexRow(segment, 1, text, &delta.vocabulary()));
    rows.push_back({text.bare});
    if (texts.Below(5) != 0) continue;
    const uint32_t row = texts.Below(static_cast<uint32_t>(rows.size()));
    rows[row].died = 1 + texts.Below(100);
    delta.MarkDead(row, rows[row].died);
  }
  for (int round = 0; round < 300; ++round) {
    const uint32_t count = texts.Below(3) == 0 ? 5000 : texts.Below(5000);
    const uint64_t sequence = texts.Below(110);
    std::vector<uint32_t> hashes;
    for (uint32_t i = texts.Below(2) == 0 ? 1 : 1 + texts.Below(40); i > 0; --i) {
      const uint32_t hash = rows[texts.Below(5000)].bare;
      hashes.push_back(hash != 0 ? hash : 77);
    }
    std::sort(hashes.begin(), hashes.end());
    std::map<size_t, std::set<uint64_t>> wanted, found;
    for (size_t i = 0; i < hashes.size(); ++i) {
      for (uint32_t row = 0; row < count; ++row) {
        if (rows[row].bare == hashes[i] && rows[row].died > sequence) wanted[i].insert(row);
      }
    }
    delta.FindBare(count, sequence, hashes,
                   [&](size_t i, uint64_t segment) { EXPECT_TRUE(found[i].insert(segment).second) << "twice"; });
    ASSERT_EQ(found, wanted);
  }
}

}  // namespace
}  // namespace reprise
