// Pages in memory: what is fetched together is there, what is missing is named, and the budget holds.
#include "storage/page_cache.h"

#include <gtest/gtest.h>

#include "storage/memory_kv.h"

namespace reprise {
namespace {

constexpr format::RunId kRun = 7;
constexpr uint8_t kKind = 2;
constexpr uint32_t kPages = 200;
constexpr size_t kPageBytes = 1000;

class PageCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KvBatch batch;
    for (uint32_t page = 0; page < kPages; ++page) {
      batch.Put(KvTable::kIndex, format::RunPageKey(kRun, kKind, page), Bytes(page));
    }
    ASSERT_TRUE(kv_->Commit(batch, Durability::kSync).ok());
    snapshot_ = kv_->Snapshot();
  }
  static std::string Bytes(uint32_t page) { return std::string(kPageBytes, static_cast<char>('a' + page % 26)); }
  static std::vector<uint32_t> AllPages() {
    std::vector<uint32_t> pages;
    for (uint32_t page = 0; page < kPages; ++page) pages.push_back(page);
    return pages;
  }

  const std::unique_ptr<Kv> kv_ = NewMemoryKv();
  std::shared_ptr<const KvSnapshot> snapshot_;
};

TEST_F(PageCacheTest, WhatIsFetchedIsThere) {
  PageCache cache(1 << 20);
  PageTable table(&cache, kRun, kKind, kPages, PageTable::Heat::kNormal);
  const PageCache::Guard guard = cache.Enter();
  ASSERT_TRUE(table.Get(5, *snapshot_).ok());
  ASSERT_TRUE(table.Fetch({9, 5, 3, 9, 9, 150}, *snapshot_).ok());
  EXPECT_EQ(cache.loads(), 4u) << "each once, and not what was there";
  EXPECT_EQ(cache.bytes(), 4 * kPageBytes);
  EXPECT_EQ(table.Peek(4), nullptr);
  for (const uint32_t page : {3u, 5u, 9u, 150u}) {
    ASSERT_NE(table.Peek(page), nullptr);
    uint32_t size = 0;
    const auto got = table.Get(page, *snapshot_, &size);
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(std::string(*got, size), Bytes(page));
  }
  ASSERT_TRUE(table.Fetch({}, *snapshot_).ok());
  ASSERT_TRUE(table.Fetch(AllPages(), *snapshot_).ok());
  EXPECT_EQ(cache.loads(), kPages);
}

TEST_F(PageCacheTest, AMissingPageIsNamed) {
  KvBatch batch;
  batch.Delete(KvTable::kIndex, format::RunPageKey(kRun, kKind, 8));
  ASSERT_TRUE(kv_->Commit(batch, Durability::kSync).ok());
  snapshot_ = kv_->Snapshot();
  PageCache cache(1 << 20);
  PageTable table(&cache, kRun, kKind, kPages, PageTable::Heat::kNormal);
  const PageCache::Guard guard = cache.Enter();
  for (const absl::Status& status : {table.Get(8, *snapshot_).status(), table.Fetch({7, 8, 9}, *snapshot_)}) {
    EXPECT_TRUE(absl::IsDataLoss(status));
    EXPECT_NE(MessageOf(status).find("run 7: page 2/8 is missing"), std::string::npos) << status;
  }
}

TEST_F(PageCacheTest, TheBudgetHolds) {
  constexpr uint64_t kBudget = 2 << 20;
  PageCache cache(kBudget);
  std::vector<std::unique_ptr<PageTable>> tables;
  for (int i = 0; i < 20; ++i) {
    tables.push_back(std::make_unique<PageTable>(&cache, kRun, kKind, kPages, PageTable::Heat::kNormal));
    const PageCache::Guard guard = cache.Enter();
    ASSERT_TRUE(tables.back()->Fetch(AllPages(), *snapshot_).ok());
    EXPECT_LE(cache.bytes(), kBudget);
  }
  EXPECT_EQ(cache.loads(), 20u * kPages);
}

}  // namespace
}  // namespace reprise
