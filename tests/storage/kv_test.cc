// What every Kv promises, checked on each engine. What only the one on disk does: rocksdb_kv_test.cc.
#include "storage/kv.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"
#include "tests/storage/kv_helpers.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

using testing::Delete;
using testing::Get;
using testing::Keys;
using testing::OpenOrDie;
using testing::Put;
using testing::TempDir;

enum class Engine { kMemory, kRocksDb };

class KvTest : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override { kv_ = GetParam() == Engine::kMemory ? NewMemoryKv() : OpenOrDie(dir_.path() + "/store"); }

  TempDir dir_;
  std::unique_ptr<Kv> kv_;
};

using Strings = std::vector<std::string>;

TEST_P(KvTest, GetsWhatWasPutAndNothingElse) {
  std::string untouched = "as it was";
  auto found = kv_->Snapshot()->Get(KvTable::kUnits, "a", &untouched);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(*found);
  EXPECT_EQ(untouched, "as it was");

  Put(kv_.get(), KvTable::kUnits, "a", "1");
  Put(kv_.get(), KvTable::kUnits, "empty", "");
  Put(kv_.get(), KvTable::kUnits, std::string("nul\0key", 7), std::string("\0\xFF", 2));
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "a"), "1");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "empty"), "");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, std::string("nul\0key", 7)), std::string("\0\xFF", 2));
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "nul"), "(none)");

  Put(kv_.get(), KvTable::kUnits, "a", "2");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "a"), "2");
  Delete(kv_.get(), KvTable::kUnits, "a");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "a"), "(none)");
  Delete(kv_.get(), KvTable::kUnits, "never there");
}

TEST_P(KvTest, TablesAreApart) {
  for (int i = 0; i < kKvTableCount; ++i) Put(kv_.get(), static_cast<KvTable>(i), "k", std::to_string(i));
  for (int i = 0; i < kKvTableCount; ++i) EXPECT_EQ(Get(kv_.get(), static_cast<KvTable>(i), "k"), std::to_string(i));
  Delete(kv_.get(), KvTable::kText, "k");
  EXPECT_EQ(Get(kv_.get(), KvTable::kText, "k"), "(none)");
  EXPECT_EQ(Get(kv_.get(), KvTable::kLog, "k"), "5");
}

TEST_P(KvTest, BatchAppliesInOrder) {
  KvBatch batch;
  batch.Put(KvTable::kUnits, "a", "1");
  batch.Delete(KvTable::kUnits, "a");
  batch.Put(KvTable::kUnits, "b", "1");
  batch.Put(KvTable::kUnits, "b", "2");
  batch.Delete(KvTable::kUnits, "c");
  batch.Put(KvTable::kUnits, "c", "3");
  EXPECT_EQ(batch.bytes(), 10u);
  ASSERT_TRUE(kv_->Commit(batch, Durability::kSync).ok());
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "a"), "(none)");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "b"), "2");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "c"), "3");
}

TEST_P(KvTest, RangesAreDeletedWithTheirBatch) {
  for (const char* key : {"a", "b", "ba", "c", "d"}) Put(kv_.get(), KvTable::kUnits, key, "1");
  Put(kv_.get(), KvTable::kText, "b", "another table");
  ASSERT_TRUE(kv_->Flush().ok());
  Put(kv_.get(), KvTable::kUnits, "bb", "1");
  const auto before = kv_->Snapshot();
  KvBatch batch;
  batch.DeleteRange(KvTable::kUnits, "b", "d");
  batch.Put(KvTable::kUnits, "c", "2");
  ASSERT_TRUE(kv_->Commit(batch, Durability::kSync).ok());
  EXPECT_EQ(Keys(*kv_->Snapshot(), KvTable::kUnits, ""), (Strings{"a", "c", "d"}));
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "c"), "2");
  EXPECT_EQ(Keys(*before, KvTable::kUnits, ""), (Strings{"a", "b", "ba", "bb", "c", "d"}));
  EXPECT_EQ(Keys(*kv_->Snapshot(), KvTable::kText, ""), (Strings{"b"}));
}

TEST_P(KvTest, ADroppedRangeIsGone) {
  for (const char* key : {"a", "b", "c"}) Put(kv_.get(), KvTable::kIndex, key, "1");
  ASSERT_TRUE(kv_->Flush().ok());
  Put(kv_.get(), KvTable::kIndex, "ba", "1");
  ASSERT_TRUE(kv_->DropRange(KvTable::kIndex, "b", "c").ok());
  EXPECT_EQ(Keys(*kv_->Snapshot(), KvTable::kIndex, ""), (Strings{"a", "c"}));
  ASSERT_TRUE(kv_->DropRange(KvTable::kIndex, "x", "y").ok()) << "nothing is there";
}

TEST_P(KvTest, AnIngestIsThereAtOnceWhenItIsFinished) {
  Put(kv_.get(), KvTable::kUnits, "a", "old");
  Put(kv_.get(), KvTable::kUnits, "b", "old");
  auto ingest = kv_->NewIngest();
  ASSERT_TRUE(ingest->Put(KvTable::kUnits, "a", "new").ok());
  ASSERT_TRUE(ingest->Delete(KvTable::kUnits, "b").ok());
  ASSERT_TRUE(ingest->Put(KvTable::kUnits, "c", "new").ok());
  ASSERT_TRUE(ingest->Put(KvTable::kIndex, "k", "1").ok());
  ASSERT_TRUE(ingest->EndFile(KvTable::kIndex).ok());
  ASSERT_TRUE(ingest->Put(KvTable::kIndex, "d", "2").ok());  // a second file may lie before the first
  const auto before = kv_->Snapshot();
  EXPECT_EQ(Get(*before, KvTable::kUnits, "a"), "old");
  ASSERT_TRUE(ingest->Finish().ok());
  ingest.reset();
  EXPECT_EQ(Get(*before, KvTable::kUnits, "a"), "old");
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "a"), "new");
  EXPECT_EQ(Keys(*kv_->Snapshot(), KvTable::kUnits, ""), (Strings{"a", "c"}));
  EXPECT_EQ(Keys(*kv_->Snapshot(), KvTable::kIndex, ""), (Strings{"d", "k"}));
}

TEST_P(KvTest, OfAnIngestThatMayBeSeenEarlierOldKeysStayAsTheyWere) {
  Put(kv_.get(), KvTable::kUnits, "a", "old");
  const auto before = kv_->Snapshot();
  auto ingest = kv_->NewIngest();
  ingest->MaySeeEarlier(KvTable::kUnits);
  ASSERT_TRUE(ingest->Put(KvTable::kUnits, "a", "new").ok());
  ASSERT_TRUE(ingest->EndFile(KvTable::kUnits).ok());
  ASSERT_TRUE(ingest->Put(KvTable::kUnits, "x", "new").ok());
  ASSERT_TRUE(ingest->Put(KvTable::kIndex, "k", "1").ok());
  ASSERT_TRUE(ingest->Finish().ok());
  EXPECT_EQ(Get(*before, KvTable::kUnits, "a"), "old");
  EXPECT_EQ(Keys(*before, KvTable::kIndex, ""), Strings{}) << "not allowed for that table";
  EXPECT_EQ(Keys(*kv_->Snapshot(), KvTable::kUnits, ""), (Strings{"a", "x"}));
  EXPECT_EQ(Get(kv_.get(), KvTable::kUnits, "a"), "new");
}

TEST_P(KvTest, AnIngestThatIsNotFinishedLeavesNothing) {
  auto ingest = kv_->NewIngest();
  ASSERT_TRUE(ingest->Put(KvTable::kUnits, "a", "1").ok());
  ingest.reset();
  EXPECT_TRUE(Keys(*kv_->Snapshot(), KvTable::kUnits, "").empty());
  if (GetParam() == Engine::kMemory) return;
  for (const auto& file : fs::directory_iterator(dir_.path() + "/store")) {
    EXPECT_NE(file.path().extension(), ".tmp") << file.path();
  }
}

TEST_P(KvTest, EmptyBatchesAreLegal) {
  EXPECT_TRUE(kv_->Commit(KvBatch(), Durability::kSync).ok());
  EXPECT_TRUE(kv_->Commit(KvBatch(), Durability::kNoSync).ok());
}

TEST_P(KvTest, SnapshotSeesItsStateOnly) {
  Put(kv_.get(), KvTable::kUnits, "changed", "old");
  Put(kv_.get(), KvTable::kUnits, "deleted", "old");
  auto before = kv_->Snapshot();
  Put(kv_.get(), KvTable::kUnits, "changed", "middle");
  auto middle = kv_->Snapshot();
  Put(kv_.get(), KvTable::kUnits, "changed", "new");
  Delete(kv_.get(), KvTable::kUnits, "deleted");
  Put(kv_.get(), KvTable::kUnits, "added", "new");
  ASSERT_TRUE(kv_->Flush().ok());
  auto after = kv_->Snapshot();

  EXPECT_EQ(Get(*before, KvTable::kUnits, "changed"), "old");
  EXPECT_EQ(Get(*before, KvTable::kUnits, "deleted"), "old");
  EXPECT_EQ(Get(*before, KvTable::kUnits, "added"), "(none)");
  EXPECT_EQ(Keys(*before, KvTable::kUnits, ""), (Strings{"changed", "deleted"}));
  EXPECT_EQ(Get(*middle, KvTable::kUnits, "changed"), "middle");
  EXPECT_EQ(Get(*after, KvTable::kUnits, "changed"), "new");
  EXPECT_EQ(Keys(*after, KvTable::kUnits, ""), (Strings{"added", "changed"}));

  // The middle one still sees its state when the oldest has gone and the key is written again.
  before.reset();
  Put(kv_.get(), KvTable::kUnits, "changed", "newest");
  EXPECT_EQ(Get(*middle, KvTable::kUnits, "changed"), "middle");
  EXPECT_EQ(Get(*middle, KvTable::kUnits, "deleted"), "old");
}

TEST_P(KvTest, ScanIsNotDisturbedByWrites) {
  for (char c = 'a'; c <= 'e'; ++c) Put(kv_.get(), KvTable::kSegments, std::string(1, c), "x");
  auto snapshot = kv_->Snapshot();
  auto it = snapshot->Scan(KvTable::kSegments, "");
  Strings seen;
  for (; it->Valid(); it->Next()) {
    seen.emplace_back(it->key());
    for (char c = 'a'; c <= 'e'; ++c) Delete(kv_.get(), KvTable::kSegments, std::string(1, c));
    Put(kv_.get(), KvTable::kSegments, "bb", "y");
  }
  EXPECT_EQ(seen, (Strings{"a", "b", "c", "d", "e"}));
}

TEST_P(KvTest, ScansByPrefixInByteOrder) {
  const Strings keys = {"",      "a",      "a\x01",     "a\x7F",      "a\x80", "a\xFE",
                        "a\xFF", "a\xFFz", "a\xFF\xFF", "a\xFF\xFFq", "b",     "b\xFF"};
  for (auto it = keys.rbegin(); it != keys.rend(); ++it) Put(kv_.get(), KvTable::kIndex, *it, "v" + *it);
  auto snapshot = kv_->Snapshot();
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, ""), keys);
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "a"), Strings(keys.begin() + 1, keys.begin() + 10));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "a\xFF"), (Strings{"a\xFF", "a\xFFz", "a\xFF\xFF", "a\xFF\xFFq"}));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "a\xFF\xFF"), (Strings{"a\xFF\xFF", "a\xFF\xFFq"}));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "a\xFE"), (Strings{"a\xFE"}));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "c"), Strings());
  EXPECT_EQ(Keys(*snapshot, KvTable::kUnits, ""), Strings());
  auto it = snapshot->Scan(KvTable::kIndex, "b");
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->value(), "vb");
}

TEST_P(KvTest, ScansPrefixesOfAllOnes) {
  const Strings keys = {"\xFE\xFF", "\xFF",         std::string("\xFF\0", 2), "\xFF\xFE",
                        "\xFF\xFF", "\xFF\xFF\xFF", "\xFF\xFF\xFFz"};
  for (const std::string& key : keys) Put(kv_.get(), KvTable::kIndex, key, "x");
  auto snapshot = kv_->Snapshot();
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "\xFF"), Strings(keys.begin() + 1, keys.end()));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "\xFF\xFF"), Strings(keys.begin() + 4, keys.end()));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "\xFF\xFF\xFF"), Strings(keys.begin() + 5, keys.end()));
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "\xFF\xFF\xFF\xFF"), Strings());
  EXPECT_EQ(Keys(*snapshot, KvTable::kIndex, "\xFE\xFF"), (Strings{"\xFE\xFF"}));
}

TEST_P(KvTest, SeekStaysInThePrefix) {
  for (const char* key : {"a", "m1", "m3", "m5", "z"}) Put(kv_.get(), KvTable::kUnits, key, "x");
  auto snapshot = kv_->Snapshot();
  auto it = snapshot->Scan(KvTable::kUnits, "m");
  it->Seek("m2");
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->key(), "m3");
  it->Seek("m5");
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->key(), "m5");
  it->Seek("m6");
  EXPECT_FALSE(it->Valid());
  it->Seek("a");  // before the prefix: its first key
  ASSERT_TRUE(it->Valid());
  EXPECT_EQ(it->key(), "m1");
  it->Seek("y");  // behind it: the end
  EXPECT_FALSE(it->Valid());
  EXPECT_TRUE(it->status().ok());
}

TEST_P(KvTest, MultiGetAnswersInTheOrderAsked) {
  for (int i = 0; i < 100; i += 2) Put(kv_.get(), KvTable::kUnits, "k" + std::to_string(i), "v" + std::to_string(i));
  ASSERT_TRUE(kv_->Flush().ok());
  for (int i = 50; i < 100; i += 2) Put(kv_.get(), KvTable::kUnits, "k" + std::to_string(i), "w" + std::to_string(i));
  Strings keys;
  for (int i = 99; i >= 0; --i) keys.push_back("k" + std::to_string(i));
  keys.push_back("k0");  // asked twice
  Strings values = {"left over"};
  auto found = kv_->Snapshot()->MultiGet(KvTable::kUnits, keys, &values);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->size(), 101u);
  ASSERT_EQ(values.size(), 101u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ((*found)[99 - i], i % 2 == 0) << i;
    if (i % 2 == 0) {
      EXPECT_EQ(values[99 - i], (i < 50 ? "v" : "w") + std::to_string(i));
    }
  }
  EXPECT_TRUE((*found)[100]);
  EXPECT_EQ(values[100], "v0");

  found = kv_->Snapshot()->MultiGet(KvTable::kUnits, {}, &values);
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->empty());
  EXPECT_TRUE(values.empty());
}

TEST_P(KvTest, HoldsPagesOfOneMebibyte) {
  std::mt19937 rng(1);
  std::string page(1 << 20, '\0');
  for (char& c : page) c = static_cast<char>(rng());
  for (int i = 0; i < 8; ++i) {
    page[0] = static_cast<char>(i);
    Put(kv_.get(), KvTable::kIndex, "p" + std::to_string(i), page);
  }
  ASSERT_TRUE(kv_->Flush().ok());
  for (int i = 0; i < 8; ++i) {
    page[0] = static_cast<char>(i);
    EXPECT_TRUE(Get(kv_.get(), KvTable::kIndex, "p" + std::to_string(i)) == page);
  }
}

// Readers beside a writer see each batch whole or not at all, in all tables, by each way of reading.
TEST_P(KvTest, BatchesAreAtomicToConcurrentReaders) {
  auto write = [this](int n) {
    KvBatch batch;
    for (int t = 0; t < kKvTableCount; ++t) batch.Put(static_cast<KvTable>(t), "k", std::to_string(n));
    // Which of two keys is there changes with each batch, too.
    batch.Put(KvTable::kLog, n % 2 == 0 ? "even" : "odd", "");
    batch.Delete(KvTable::kLog, n % 2 == 0 ? "odd" : "even");
    return kv_->Commit(batch, Durability::kNoSync).ok();
  };
  ASSERT_TRUE(write(0));
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::atomic<int> reads{0};
  auto read = [&] {
    while (!stop.load()) {
      auto snapshot = kv_->Snapshot();
      const std::string first = Get(*snapshot, KvTable::kCatalog, "k");
      for (int t = 1; t < kKvTableCount; ++t) torn += Get(*snapshot, static_cast<KvTable>(t), "k") != first;
      const std::string parity = std::stoi(first) % 2 == 0 ? "even" : "odd";
      torn += Keys(*snapshot, KvTable::kLog, "") != (parity == "even" ? Strings{"even", "k"} : Strings{"k", "odd"});
      Strings values;
      auto found = snapshot->MultiGet(KvTable::kLog, {"even", "odd"}, &values);
      torn += !found.ok() || (*found)[0] != (parity == "even") || (*found)[1] != (parity == "odd");
      ++reads;
    }
  };
  std::thread a(read), b(read);
  bool ok = true;
  for (int n = 1; (n < 3000 || reads.load() < 100) && ok; ++n) ok = write(n);
  stop = true;
  a.join();
  b.join();
  EXPECT_TRUE(ok);
  EXPECT_EQ(torn.load(), 0) << "of " << reads.load() << " reads";
}

// The same random writes to the engine and to a std::map.
TEST_P(KvTest, AgreesWithAMap) {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 rng(seed);
    std::map<std::string, std::string> model;
    auto prefix = "s" + std::to_string(seed);
    std::vector<std::pair<std::shared_ptr<const KvSnapshot>, decltype(model)>> held;
    for (int step = 0; step < 300; ++step) {
      KvBatch batch;
      for (uint32_t i = rng() % 8; i > 0; --i) {
        const std::string key = prefix + static_cast<char>(rng() % 4 * 85) + static_cast<char>(rng() % 16 * 17);
        if (rng() % 3 == 0) {
          batch.Delete(KvTable::kUnits, key);
          model.erase(key);
        } else {
          model[key] = std::to_string(rng());
          batch.Put(KvTable::kUnits, key, model[key]);
        }
      }
      ASSERT_TRUE(kv_->Commit(batch, Durability::kNoSync).ok());
      if (rng() % 20 == 0) held.emplace_back(kv_->Snapshot(), model);
      if (rng() % 60 == 0) {
        ASSERT_TRUE(kv_->Flush().ok());
      }
      if (held.size() > 4) held.erase(held.begin() + static_cast<int64_t>(rng() % held.size()));
    }
    held.emplace_back(kv_->Snapshot(), model);
    for (const auto& [snapshot, state] : held) {
      decltype(model) seen;
      for (auto it = snapshot->Scan(KvTable::kUnits, prefix); it->Valid(); it->Next()) {
        seen.emplace(it->key(), it->value());
      }
      EXPECT_EQ(seen, state);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, KvTest, ::testing::Values(Engine::kMemory, Engine::kRocksDb),
                         [](const auto& info) { return info.param == Engine::kMemory ? "Memory" : "RocksDb"; });

TEST(KvTableNameTest, NamesAreAsOnDisk) {
  const Strings names = {"catalog", "units", "segments", "index", "text", "log"};
  for (int i = 0; i < kKvTableCount; ++i) EXPECT_EQ(KvTableName(static_cast<KvTable>(i)), names[i]);
}

}  // namespace
}  // namespace reprise
