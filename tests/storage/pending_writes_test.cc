// PendingWrites against a map: last write of each key, found and listed in the order of the keys.
#include "storage/pending_writes.h"

#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <random>
#include <string>
#include <utility>

namespace reprise {
namespace {

// Keys as the store's: kinds begin alike, and many agree for longer than any prefix that is compared as a number.
std::string RandomKey(std::mt19937* random) {
  static constexpr size_t kShared[] = {0, 1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 40};
  std::string key(kShared[(*random)() % std::size(kShared)], 'k');
  for (size_t rest = (*random)() % 4; rest > 0; --rest) key.push_back("\0\x01k\xff"[(*random)() % 4]);
  return key;
}

TEST(PendingWritesTest, KeepsTheLastWriteOfEachKeyInOrder) {
  std::mt19937 random(20);
  for (int round = 0; round < 200; ++round) {
    PendingWrites writes;
    if (round % 2 == 0) writes.Reserve(100);
    std::map<std::pair<KvTable, std::string>, std::pair<bool, std::string>> expected;
    for (int i = 0; i < 400; ++i) {
      const KvTable table = random() % 2 == 0 ? KvTable::kUnits : KvTable::kSegments;
      const std::string key = RandomKey(&random);
      const bool gone = random() % 4 == 0;
      const std::string value = gone ? "" : std::string(random() % 5, 'v') + std::to_string(i);
      if (gone) {
        writes.Delete(table, key);
      } else {
        writes.Put(table, key, value);
      }
      expected[{table, key}] = {gone, value};
    }
    const std::vector<const PendingWrites::Entry*> sorted = writes.Sorted();
    ASSERT_EQ(sorted.size(), expected.size());
    size_t at = 0;
    for (const auto& [key, value] : expected) {
      const PendingWrites::Entry& entry = *sorted[at++];
      ASSERT_EQ(entry.table, key.first);
      ASSERT_EQ(entry.key, key.second);
      ASSERT_EQ(entry.is_delete, value.first);
      ASSERT_EQ(entry.is_delete ? "" : entry.value, value.second);
      ASSERT_EQ(writes.Find(key.first, key.second), &entry);
    }
    EXPECT_EQ(writes.writes(), 400U);
    EXPECT_EQ(writes.Find(KvTable::kLog, "k"), nullptr);
  }
}

}  // namespace
}  // namespace reprise
