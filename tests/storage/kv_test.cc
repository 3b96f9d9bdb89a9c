// What every Kv promises, checked on each engine; then what only the one on disk does.
#include "storage/kv.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

// A directory of the test's own, gone with it.
class TempDir {
 public:
  TempDir() {
    std::string pattern = (fs::temp_directory_path() / "reprise_kv_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempDir() { fs::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::unique_ptr<Kv> OpenOrDie(const std::string& path) {
  auto kv = OpenRocksDbKv({.path = path});
  EXPECT_TRUE(kv.ok()) << kv.status();
  return kv.ok() ? std::move(kv).value() : nullptr;
}

void Put(Kv* kv, KvTable table, std::string_view key, std::string_view value) {
  KvBatch batch;
  batch.Put(table, key, value);
  ASSERT_TRUE(kv->Commit(batch, Durability::kNoSync).ok());
}

void Delete(Kv* kv, KvTable table, std::string_view key) {
  KvBatch batch;
  batch.Delete(table, key);
  ASSERT_TRUE(kv->Commit(batch, Durability::kNoSync).ok());
}

// The value, or "(none)".
std::string Get(const KvSnapshot& snapshot, KvTable table, std::string_view key) {
  std::string value = "(none)";
  auto found = snapshot.Get(table, key, &value);
  EXPECT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, value != "(none)");
  return value;
}
std::string Get(Kv* kv, KvTable table, std::string_view key) { return Get(*kv->Snapshot(), table, key); }

std::vector<std::string> Keys(const KvSnapshot& snapshot, KvTable table, std::string_view prefix) {
  std::vector<std::string> keys;
  auto it = snapshot.Scan(table, prefix);
  for (; it->Valid(); it->Next()) keys.emplace_back(it->key());
  EXPECT_TRUE(it->status().ok()) << it->status();
  return keys;
}

enum class Engine { kMemory, kRocksDb };

class KvTest : public testing::TestWithParam<Engine> {
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

INSTANTIATE_TEST_SUITE_P(Engines, KvTest, testing::Values(Engine::kMemory, Engine::kRocksDb),
                         [](const auto& info) { return info.param == Engine::kMemory ? "Memory" : "RocksDb"; });

TEST(KvTableNameTest, NamesAreAsOnDisk) {
  const Strings names = {"catalog", "units", "segments", "index", "text", "log"};
  for (int i = 0; i < kKvTableCount; ++i) EXPECT_EQ(KvTableName(static_cast<KvTable>(i)), names[i]);
}

TEST(RocksDbKvTest, KeepsAllTablesAcrossReopening) {
  TempDir dir;
  const std::string path = dir.path() + "/with/parents";
  for (int round = 0; round < 3; ++round) {
    auto kv = OpenOrDie(path);
    ASSERT_NE(kv, nullptr);
    for (int t = 0; t < kKvTableCount; ++t) {
      const auto table = static_cast<KvTable>(t);
      for (int earlier = 0; earlier < round; ++earlier) {
        EXPECT_EQ(Get(kv.get(), table, "k" + std::to_string(earlier)), KvTableName(table));
      }
      Put(kv.get(), table, "k" + std::to_string(round), KvTableName(table));
    }
    if (round == 1) {
      ASSERT_TRUE(kv->Flush().ok());
    }
    EXPECT_GT(kv->DiskBytes(), 0u);
  }
}

// Files of tables in a store's directory.
size_t TableFiles(const std::string& path) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(path)) count += entry.path().extension() == ".sst" ? 1 : 0;
  return count;
}

TEST(RocksDbKvTest, FilesWaitWhileIngestsAreExpectedAndAreSortedInAfterwards) {
  constexpr size_t kIngests = 2 * kFilesOfLevel0;
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  kv->ExpectIngests(true);
  for (size_t i = 0; i < kIngests; ++i) {
    auto ingest = kv->NewIngest();
    for (const std::string& key : {std::string("a"), "m" + std::to_string(i), std::string("z")}) {
      ASSERT_TRUE(ingest->Put(KvTable::kSegments, key, std::to_string(i)).ok());
    }
    ASSERT_TRUE(ingest->Finish().ok());
  }
  EXPECT_GE(TableFiles(dir.path()), kIngests);
  EXPECT_EQ(Get(kv.get(), KvTable::kSegments, "z"), std::to_string(kIngests - 1));
  kv->ExpectIngests(false);
  for (int i = 0; i < 600 && TableFiles(dir.path()) >= kFilesOfLevel0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LT(TableFiles(dir.path()), size_t{kFilesOfLevel0});
  EXPECT_EQ(Get(kv.get(), KvTable::kSegments, "z"), std::to_string(kIngests - 1));
  EXPECT_EQ(Get(kv.get(), KvTable::kSegments, "m0"), "0");
}

// A disk that takes its time, and notes how it is asked.
struct SlowDisk {
  std::atomic<int> files{0};    // tables opened so far
  std::atomic<int> reading{0};  // reads of tables under way
  std::atomic<int> at_once{0};  // the most there were
};

class SlowFile : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  SlowFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, SlowDisk* disk)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}
  rocksdb::IOStatus Read(uint64_t offset, size_t n, const rocksdb::IOOptions& options, rocksdb::Slice* result,
                         char* scratch, rocksdb::IODebugContext* debug) const override {
    const int reading = ++disk_->reading;
    int at_once = disk_->at_once.load();
    while (at_once < reading && !disk_->at_once.compare_exchange_weak(at_once, reading)) {
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
    --disk_->reading;
    return FSRandomAccessFileOwnerWrapper::Read(offset, n, options, result, scratch, debug);
  }
  rocksdb::IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    return FSRandomAccessFile::MultiRead(requests, count, options, debug);  // by Read, one after the other
  }

 private:
  SlowDisk* const disk_;
};

class SlowFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit SlowFileSystem(SlowDisk* disk) : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "SlowFileSystem"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus s = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
    if (!s.ok() || fs::path(name).extension() != ".sst") return s;
    ++disk_->files;
    *file = std::make_unique<SlowFile>(std::move(*file), disk_);
    return s;
  }

 private:
  SlowDisk* const disk_;
};

std::string Key(int i) { return "k" + std::to_string(1000 + i); }

// `files` files of `keys` keys each, the values apart from each other and not to be packed.
void IngestKeys(Kv* kv, KvTable table, int files, int keys, size_t bytes) {
  std::mt19937 rng(5);
  for (int f = 0; f < files; ++f) {
    auto ingest = kv->NewIngest();
    for (int k = 0; k < keys; ++k) {
      const std::string key = Key(f * keys + k);
      std::string value = key;
      while (value.size() < bytes) value.push_back(static_cast<char>(rng()));
      ASSERT_TRUE(ingest->Put(table, key, value).ok());
    }
    ASSERT_TRUE(ingest->Finish().ok());
  }
}

TEST(RocksDbKvTest, KeysOnASlowDiskAreReadSeveralAtATime) {
  constexpr int kKeys = 100;
  TempDir dir;
  SlowDisk disk;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<SlowFileSystem>(&disk));
  auto kv = OpenRocksDbKv({.path = dir.path(), .block_cache_bytes = 1 << 20, .env = env.get()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  IngestKeys(kv->get(), KvTable::kUnits, 1, kKeys, 20000);
  std::vector<std::string> keys, values;
  for (int i = 0; i < kKeys; ++i) {
    keys.push_back(Key(i));
    if (i % 10 == 0) keys.push_back(Key(i) + " is not there");
  }
  disk.at_once.store(0);
  const auto found = (*kv)->Snapshot()->MultiGet(KvTable::kUnits, keys, &values);
  ASSERT_TRUE(found.ok()) << found.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool there = keys[i].find(' ') == std::string::npos;
    EXPECT_EQ((*found)[i], there) << keys[i];
    if (there) {
      EXPECT_EQ(values[i].substr(0, keys[i].size()), keys[i]);
    }
  }
  EXPECT_GT(disk.at_once.load(), 1);
}

TEST(RocksDbKvTest, WarmingUpOpensTheFilesThatReadsWouldOpen) {
  constexpr int kFiles = 64;  // more than RocksDB opens by itself
  TempDir dir;
  IngestKeys(OpenOrDie(dir.path()).get(), KvTable::kUnits, kFiles, 2, 100);
  SlowDisk disk;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<SlowFileSystem>(&disk));
  auto kv = OpenRocksDbKv({.path = dir.path(), .env = env.get()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  const int before = disk.files.load();
  ASSERT_LT(before, kFiles);
  (*kv)->WarmUp(KvTable::kUnits, [] { return true; });
  EXPECT_EQ(disk.files.load(), before) << "although it was stopped";
  (*kv)->WarmUp(KvTable::kUnits, {});
  const int after = disk.files.load();
  EXPECT_GT(after, before);
  for (int i = 0; i < 2 * kFiles; ++i) EXPECT_EQ(Get(kv->get(), KvTable::kUnits, Key(i)).substr(0, 5), Key(i));
  EXPECT_EQ(disk.files.load(), after);
}

// The share of the store's biggest table that is in the system's cache; with `drop` it is put out of there first.
double CachedShare(const std::string& path, bool drop) {
  std::string biggest;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() != ".sst") continue;
    if (biggest.empty() || entry.file_size() > fs::file_size(biggest)) biggest = entry.path().string();
  }
  const size_t size = fs::file_size(biggest), page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const int fd = open(biggest.c_str(), O_RDONLY | O_CLOEXEC);
  if (drop) {
    EXPECT_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
  }
  void* const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (map == MAP_FAILED) return 1;
  std::vector<unsigned char> there((size + page - 1) / page);
  EXPECT_EQ(mincore(map, size, there.data()), 0);
  munmap(map, size);
  double count = 0;
  for (const unsigned char t : there) count += t & 1;
  return count / static_cast<double>(there.size());
}

TEST(RocksDbKvTest, WhatWillBeReadIsFetchedAndLittleElse) {
  constexpr int kKeys = 800;
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  IngestKeys(kv.get(), KvTable::kIndex, 1, kKeys, 20000);
  if (CachedShare(dir.path(), true) > .1) GTEST_SKIP() << "the file system keeps its files in memory";
  kv->WillRead(KvTable::kIndex, "a", "b");
  kv->WillRead(KvTable::kUnits, Key(0), Key(kKeys));
  EXPECT_LT(CachedShare(dir.path(), false), .1);
  auto eventually = [&](double least) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (CachedShare(dir.path(), false) < least && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return CachedShare(dir.path(), false);
  };
  kv->WillRead(KvTable::kIndex, Key(kKeys / 2), Key(kKeys * 3 / 4));
  const double share = eventually(.25);
  EXPECT_GE(share, .25);
  EXPECT_LT(share, .4);
  kv->WillRead(KvTable::kIndex, "a", "z");
  EXPECT_EQ(eventually(1), 1);
}

TEST(RocksDbKvTest, DiskBytesGrowWithTheData) {
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  const uint64_t before = kv->DiskBytes();
  std::mt19937 rng(7);
  std::string noise(4 << 20, '\0');
  for (char& c : noise) c = static_cast<char>(rng());
  Put(kv.get(), KvTable::kText, "k", noise);
  ASSERT_TRUE(kv->Flush().ok());
  EXPECT_GE(kv->DiskBytes(), before + noise.size());
}

TEST(RocksDbKvTest, OptionsOnDiskAreTheSafeOnes) {
  TempDir dir;
  OpenOrDie(dir.path()).reset();
  std::string all;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    if (entry.path().filename().string().rfind("OPTIONS-", 0) != 0) continue;
    std::ifstream in(entry.path());
    all.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (const char* option :
       {"wal_recovery_mode=kTolerateCorruptedTailRecords", "track_and_verify_wals_in_manifest=true",
        "max_open_files=512", "recycle_log_file_num=0", "atomic_flush=true", "paranoid_checks=true",
        "paranoid_file_checks=true", "memtable_protection_bytes_per_key=8", "bottommost_compression=kZSTD",
        "filter_policy=bloomfilter:16"}) {
    EXPECT_NE(all.find(option), std::string::npos) << option;
  }
  EXPECT_EQ(all.find("paranoid_file_checks=false"), std::string::npos);
}

TEST(RocksDbKvTest, SecondOpenInThisProcessIsRefused) {
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  auto second = OpenRocksDbKv({.path = dir.path()});
  ASSERT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << second.status();
  EXPECT_EQ(ReasonOf(second.status()), "DATA_DIR_LOCKED");
  EXPECT_NE(MessageOf(second.status()).find(dir.path() + " is in use by another process"), std::string::npos);
  kv.reset();
  EXPECT_NE(OpenOrDie(dir.path()), nullptr);
}

TEST(RocksDbKvTest, DirectoryLockedByAnotherProcessIsRefused) {
  TempDir dir;
  OpenOrDie(dir.path()).reset();
  const std::string lock_path = dir.path() + "/LOCK";
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(done[1]);
    const int fd = open(lock_path.c_str(), O_RDWR);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const char held = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
    char c;
    if (write(ready[1], &held, 1) != 1 || read(done[0], &c, 1) < 0) _exit(1);
    _exit(0);
  }
  char held = 'n';
  EXPECT_EQ(read(ready[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  auto refused = OpenRocksDbKv({.path = dir.path()});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
  EXPECT_EQ(ReasonOf(refused.status()), "DATA_DIR_LOCKED");
  for (int fd : {done[1], done[0], ready[0], ready[1]}) close(fd);
  waitpid(child, nullptr, 0);
  EXPECT_NE(OpenOrDie(dir.path()), nullptr);
}

TEST(RocksDbKvTest, WhatMustExistIsNotMade) {
  TempDir dir;
  for (const std::string& path : {dir.path() + "/new/deeper", dir.path()}) {
    auto kv = OpenRocksDbKv({.path = path, .must_exist = true});
    EXPECT_TRUE(absl::IsNotFound(kv.status())) << kv.status();
    EXPECT_EQ(ReasonOf(kv.status()), "STORE_NOT_FOUND");
    EXPECT_NE(MessageOf(kv.status()).find("there is no store in " + path), std::string::npos) << kv.status();
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  ASSERT_TRUE(OpenRocksDbKv({.path = dir.path()}).ok());
  EXPECT_TRUE(OpenRocksDbKv({.path = dir.path(), .must_exist = true}).ok());
}

TEST(RocksDbKvTest, UnusablePathIsNamed) {
  TempDir dir;
  const std::string file = dir.path() + "/file";
  std::ofstream(file) << "x";
  for (const std::string& path : {file, file + "/below"}) {
    auto kv = OpenRocksDbKv({.path = path});
    ASSERT_EQ(kv.status().code(), absl::StatusCode::kUnavailable) << kv.status();
    EXPECT_EQ(ReasonOf(kv.status()), "DATA_DIR_UNUSABLE");
    EXPECT_NE(MessageOf(kv.status()).find(path), std::string::npos) << kv.status();
  }
  auto kv = OpenRocksDbKv({.path = ""});
  EXPECT_EQ(kv.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(kv.status()), "data_dir");
}

TEST(RocksDbKvTest, PathWithoutPermissionIsNamed) {
  TempDir dir;
  const std::string existing = dir.path() + "/existing";
  fs::create_directory(existing);
  ASSERT_EQ(chmod(existing.c_str(), 0555), 0);
  ASSERT_EQ(chmod(dir.path().c_str(), 0555), 0);
  const bool root = geteuid() == 0;  // to whom permissions do not apply: become nobody for the calls
  if (root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  auto in_it = OpenRocksDbKv({.path = existing});
  auto below = OpenRocksDbKv({.path = dir.path() + "/new/deeper"});
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  chmod(dir.path().c_str(), 0755);
  for (const absl::Status& status : {in_it.status(), below.status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
    EXPECT_EQ(ReasonOf(status), "DATA_DIR_UNUSABLE");
    EXPECT_NE(MessageOf(status).find(dir.path()), std::string::npos) << status;
  }
}

TEST(RocksDbKvTest, TablesOfANewerVersionAreRefused) {
  TempDir dir;
  OpenOrDie(dir.path()).reset();
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, dir.path(), &names).ok());
  EXPECT_EQ(names.size(), size_t{kKvTableCount} + 1);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), dir.path(), families, &handles, &db).ok());
  rocksdb::ColumnFamilyHandle* extra = nullptr;
  ASSERT_TRUE(db->CreateColumnFamily({}, "of_tomorrow", &extra).ok());
  handles.push_back(extra);
  for (auto* handle : handles) ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  delete db;
  auto kv = OpenRocksDbKv({.path = dir.path()});
  ASSERT_EQ(kv.status().code(), absl::StatusCode::kFailedPrecondition) << kv.status();
  EXPECT_EQ(ReasonOf(kv.status()), "STORE_TOO_NEW");
  EXPECT_NE(MessageOf(kv.status()).find("of_tomorrow"), std::string::npos);
}

// A store with some flushed and some logged data, then one file of it harmed.
class DamageTest : public testing::Test {
 protected:
  void SetUp() override {
    auto kv = OpenOrDie(dir_.path());
    for (int i = 0; i < 500; ++i) Put(kv.get(), KvTable::kUnits, "flushed" + std::to_string(i), std::string(100, 'x'));
    ASSERT_TRUE(kv->Flush().ok());
    for (int i = 0; i < 500; ++i) {
      Put(kv.get(), KvTable::kUnits, "logged" + std::to_string(i), std::string(100, 'y') + std::to_string(i));
    }
  }

  // The biggest file with this ending.
  fs::path Biggest(const std::string& extension) {
    fs::path best;
    for (const auto& entry : fs::directory_iterator(dir_.path())) {
      if (entry.path().extension() == extension && (best.empty() || entry.file_size() > fs::file_size(best))) {
        best = entry.path();
      }
    }
    return best;
  }
  static void FlipBit(const fs::path& path, uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char c = static_cast<char>(file.get() ^ 4);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(c);
  }
  void ExpectRefused() {
    auto kv = OpenRocksDbKv({.path = dir_.path()});
    ASSERT_EQ(kv.status().code(), absl::StatusCode::kDataLoss) << kv.status();
    EXPECT_NE(MessageOf(kv.status()).find(dir_.path()), std::string::npos);
    EXPECT_NE(MessageOf(kv.status()).find("restore a backup or repair"), std::string::npos) << kv.status();
  }

  TempDir dir_;
};

TEST_F(DamageTest, FlippedBitInTheLogIsRefused) {
  const fs::path log = Biggest(".log");
  ASSERT_GT(fs::file_size(log), 50000u);
  FlipBit(log, fs::file_size(log) / 2);
  ExpectRefused();
}

TEST_F(DamageTest, TornTailOfTheLogIsForgiven) {
  const fs::path log = Biggest(".log");
  // Closing wrote an empty record of 19 bytes behind the last batch.
  fs::resize_file(log, fs::file_size(log) - 30);
  auto kv = OpenOrDie(dir_.path());
  ASSERT_NE(kv, nullptr);
  EXPECT_EQ(Get(kv.get(), KvTable::kUnits, "logged498"), std::string(100, 'y') + "498");
  EXPECT_EQ(Get(kv.get(), KvTable::kUnits, "logged499"), "(none)");
}

TEST_F(DamageTest, FlippedBitInATableIsReported) {
  const fs::path table = Biggest(".sst");
  FlipBit(table, 100);
  auto kv = OpenRocksDbKv({.path = dir_.path()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  auto snapshot = (*kv)->Snapshot();
  std::string value;
  EXPECT_EQ(snapshot->Get(KvTable::kUnits, "flushed0", &value).status().code(), absl::StatusCode::kDataLoss);
  std::vector<std::string> values;
  EXPECT_EQ(snapshot->MultiGet(KvTable::kUnits, {"flushed0", "flushed1"}, &values).status().code(),
            absl::StatusCode::kDataLoss);
  auto it = snapshot->Scan(KvTable::kUnits, "flushed");
  while (it->Valid()) it->Next();
  EXPECT_EQ(it->status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(DamageTest, MissingTableIsRefused) {
  fs::remove(Biggest(".sst"));
  ExpectRefused();
}

TEST_F(DamageTest, MissingManifestIsRefused) {
  const fs::path current = dir_.path() + "/CURRENT";
  std::string manifest;
  std::ifstream(current) >> manifest;
  fs::remove(dir_.path() + "/" + manifest);
  ExpectRefused();
}

TEST_F(DamageTest, MissingCurrentIsRefusedAndNothingIsDeleted) {
  const fs::path table = Biggest(".sst");
  fs::remove(dir_.path() + "/CURRENT");
  ExpectRefused();
  EXPECT_TRUE(fs::exists(table));
}

}  // namespace
}  // namespace reprise
