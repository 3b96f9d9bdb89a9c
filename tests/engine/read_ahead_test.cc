// What is read ahead when a store is opened: all pages if there is room, no more than there is room for, and nothing
// that would keep the store from opening.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "engine/translation_memory.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"
#include "storage/run_writer.h"
#include "tests/testing/forwarding_kv.h"

namespace reprise {
namespace {

constexpr int kUnits = 2000;

// What the test has the engine do, and what it was told. Shared by an engine and its snapshots.
struct Watched {
  std::atomic<bool> failing{false};  // reads of the pages of lookups
  std::mutex mu;
  std::set<uint8_t> expected;  // kinds of pages that were to be read soon; guarded by mu
  std::set<KvTable> warm;      // guarded by mu
};

bool IsLookupPage(std::string_view key) {
  constexpr size_t kKind = 9;  // behind the letter and the run
  if (key.size() <= kKind || key[0] != format::RunTablePrefix()[0]) return false;
  const auto kind = static_cast<RunPage>(key[kKind]);
  return kind == RunPage::kSignatures || kind == RunPage::kRows || kind == RunPage::kSegments ||
         kind == RunPage::kPostings || kind == RunPage::kBareForms;
}

class WatchedSnapshot : public KvSnapshot {
 public:
  WatchedSnapshot(std::shared_ptr<const KvSnapshot> snapshot, const Watched* watched)
      : snapshot_(std::move(snapshot)), watched_(watched) {}
  absl::StatusOr<bool> Get(KvTable table, std::string_view key, std::string* value) const override {
    if (Fails(table, key)) return Unavailable("the disk does not answer");
    return snapshot_->Get(table, key, value);
  }
  absl::StatusOr<std::vector<bool>> MultiGet(KvTable table, const std::vector<std::string>& keys,
                                             std::vector<std::string>* values) const override {
    for (const std::string& key : keys) {
      if (Fails(table, key)) return Unavailable("the disk does not answer");
    }
    return snapshot_->MultiGet(table, keys, values);
  }
  std::unique_ptr<KvIterator> Scan(KvTable table, std::string_view prefix) const override {
    return snapshot_->Scan(table, prefix);
  }

 private:
  bool Fails(KvTable table, std::string_view key) const {
    return watched_->failing.load() && table == KvTable::kIndex && IsLookupPage(key);
  }
  const std::shared_ptr<const KvSnapshot> snapshot_;
  const Watched* const watched_;
};

class WatchedKv : public testing::ForwardingKv {
 public:
  WatchedKv(std::unique_ptr<Kv> kv, Watched* watched) : ForwardingKv(std::move(kv)), watched_(watched) {}
  std::shared_ptr<const KvSnapshot> Snapshot() override {
    return std::make_shared<WatchedSnapshot>(ForwardingKv::Snapshot(), watched_);
  }
  void WillRead(KvTable table, std::string_view begin, std::string_view end) override {
    ForwardingKv::WillRead(table, begin, end);
    ASSERT_EQ(table, KvTable::kIndex);
    ASSERT_LT(begin, end);
    std::lock_guard lock(watched_->mu);
    const bool whole = end.substr(10) == std::string_view("\0\0\0\0", 4);  // up to the first page of the next kind
    const int last = end[9] - (whole ? 1 : 0);
    for (int kind = begin[9]; kind <= last; ++kind) watched_->expected.insert(static_cast<uint8_t>(kind));
  }
  void WarmUp(KvTable table, const std::function<bool()>& stopped) override {
    ForwardingKv::WarmUp(table, stopped);
    std::lock_guard lock(watched_->mu);
    watched_->warm.insert(table);
  }

 private:
  Watched* const watched_;
};

class ReadAheadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ =
        ::testing::TempDir() + "/reprise_read_ahead_" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(dir_);
    Open({});
    ASSERT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
    auto importer = tm_->StartImport("m", {.format = Format::kTsv}, {});
    ASSERT_TRUE(importer.ok()) << importer.status();
    ASSERT_TRUE((*importer)->Feed("source_lang\ttarget_lang\tsource\ttarget\n").ok());
    for (int i = 0; i < kUnits; ++i) {
      const std::string word = "word" + std::to_string(i);
      ASSERT_TRUE((*importer)->Feed("en\tde\tOpen the " + word + "\tÖffne das " + word + "\n").ok());
    }
    ASSERT_TRUE((*importer)->Finish().ok());
    importer->reset();
    ASSERT_TRUE(tm_->Merge({}).ok());
    tm_.reset();
    std::lock_guard lock(watched_.mu);
    watched_.expected.clear();
    watched_.warm.clear();
  }
  void TearDown() override {
    tm_.reset();
    std::filesystem::remove_all(dir_);
  }
  void Open(TranslationMemoryOptions options) {
    auto kv = OpenRocksDbKv({.path = dir_});
    ASSERT_TRUE(kv.ok()) << kv.status();
    auto tm = TranslationMemory::OpenOn(std::make_unique<WatchedKv>(*std::move(kv), &watched_), options);
    ASSERT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
  }
  absl::StatusOr<LookupResult> Ask() {
    Query query;
    query.content.text = "Open the word77 now";
    query.source_locale = "en";
    query.target_locale = "de";
    return tm_->Lookup({{.name = "m"}}, query, {.threshold = 50, .want_plan = true}, {});
  }
  bool Eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < end) {
      if (holds()) return true;
      std::this_thread::yield();
    }
    return false;
  }
  bool IsWarm() {
    std::lock_guard lock(watched_.mu);
    return watched_.warm == std::set<KvTable>{KvTable::kUnits, KvTable::kSegments};
  }

  std::string dir_;
  Watched watched_;
  std::unique_ptr<TranslationMemory> tm_;
};

TEST_F(ReadAheadTest, ALookupAfterItReadsNoPage) {
  Open({});
  EXPECT_TRUE(Eventually([this] { return IsWarm(); }));
  // Rows are the last that is read.
  EXPECT_TRUE(Eventually([this] {
    const auto result = Ask();
    return result.ok() && result->plan.pages_loaded == 0 && result->plan.rows != 0;
  }));
}

// Where a run is loaded before its pages were announced they are not announced any more: so in some open, not in each.
TEST_F(ReadAheadTest, AllPagesAreAnnounced) {
  std::set<uint8_t> all;
  for (int kind = 0; kind <= static_cast<int>(RunPage::kHeader); ++kind) all.insert(static_cast<uint8_t>(kind));
  EXPECT_TRUE(Eventually([&] {
    Open({});
    // Rows are the last of what is read ahead; what opening itself announces it has announced when it returns.
    const bool done = Eventually([this] {
      std::lock_guard lock(watched_.mu);
      return watched_.expected.count(static_cast<uint8_t>(RunPage::kRows)) != 0;
    });
    tm_.reset();
    std::lock_guard lock(watched_.mu);
    return done && watched_.expected == all;
  }));
}

TEST_F(ReadAheadTest, OpeningMayWaitForSignatures) {
  constexpr uint32_t kLong = 60000;
  for (int i = 0; i < 20; ++i) {
    Open({.open_wait_ms = kLong});
    EXPECT_GT(tm_->Status().pages_loaded, 0u) << "each time, not now and then";
    tm_.reset();
  }
  // It waits for nothing that does not come.
  watched_.failing.store(true);
  Open({.open_wait_ms = kLong});
  tm_.reset();
  watched_.failing.store(false);
  Open({.page_cache_bytes = 1 << 10, .open_wait_ms = kLong});
}

TEST_F(ReadAheadTest, WithoutRoomNothingIsReadAhead) {
  Open({.page_cache_bytes = 1 << 10});
  const auto result = Ask();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->matches.empty());
  EXPECT_GT(result->plan.pages_loaded, 0u);
  EXPECT_LE(tm_->Status().page_cache_bytes, 1u << 10);
  std::lock_guard lock(watched_.mu);
  EXPECT_EQ(watched_.expected.count(static_cast<uint8_t>(RunPage::kRows)), 0u);
}

TEST_F(ReadAheadTest, WhatFailsOfItIsSaidToWhoNeedsIt) {
  watched_.failing.store(true);
  Open({});
  const auto failed = Ask();
  EXPECT_EQ(MessageOf(failed.status()), "the disk does not answer");
  watched_.failing.store(false);
  const auto result = Ask();
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_FALSE(result->matches.empty());
}

TEST_F(ReadAheadTest, ClosingDoesNotWaitForIt) {
  for (int i = 0; i < 20; ++i) {
    Open({});
    tm_.reset();
  }
}

}  // namespace
}  // namespace reprise
