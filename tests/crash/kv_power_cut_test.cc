// Random writes to the engine on a disk whose power is cut: what Commit(kSync) or Flush acknowledged is there
// afterwards, the rest as a whole number of batches in order, and every opening succeeds. With a disk that lies about
// its syncs the same check must fail, or it would prove nothing.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>

#include "storage/rocksdb_kv.h"
#include "tests/crash/power_cut_env.h"
#include "tests/crash/scratch_dir.h"

namespace reprise {
namespace {

using State = std::map<std::pair<int, std::string>, std::string>;

void Apply(const KvBatch& batch, State* state) {
  for (const KvBatch::Op& op : batch.ops()) {
    const std::pair<int, std::string> key(static_cast<int>(op.table), op.key);
    if (!op.range_end.empty()) {
      state->erase(state->lower_bound(key), state->lower_bound({key.first, op.range_end}));
    } else if (op.is_delete) {
      state->erase(key);
    } else {
      (*state)[key] = op.value;
    }
  }
}

State ReadAll(Kv* kv) {
  State state;
  auto snapshot = kv->Snapshot();
  for (int t = 0; t < kKvTableCount; ++t) {
    auto it = snapshot->Scan(static_cast<KvTable>(t), "");
    for (; it->Valid(); it->Next()) state.emplace(std::pair(t, std::string(it->key())), it->value());
    EXPECT_TRUE(it->status().ok()) << it->status();
  }
  return state;
}

struct Report {
  int cycles = 0;
  int died_opening = 0;
  int lost = 0;     // cycles after which the store was none of the states that it may be in
  int refused = 0;  // openings that failed with the power on
  uint64_t acknowledged = 0;
};

class Trial {
 public:
  Trial(uint64_t seed, bool lying_disk) : rng_(seed), disk_(dir_.graveyard(), seed) { disk_.IgnoreSync(lying_disk); }

  Report Run(int cycles) {
    for (report_.cycles = 0; report_.cycles < cycles; ++report_.cycles) Cycle();
    return report_;
  }

 private:
  void Cycle() {
    const bool while_opening = rng_() % 5 == 0;
    if (while_opening) disk_.DieAfter(1 + rng_() % 40);
    auto kv = OpenRocksDbKv({.path = dir_.store(), .env = disk_.env()});
    if (kv.ok()) {
      if (!disk_.dead()) {
        CheckState(kv->get());
        if (!while_opening) disk_.DieAfter(1 + rng_() % 120);
        WriteUntilDead(kv->get());
      } else {
        ++report_.died_opening;
      }
      kv->reset();
    } else if (disk_.dead()) {
      ++report_.died_opening;
    } else {
      std::cerr << "refused: " << kv.status() << "\n";
      ++report_.refused;
      StartAfresh();
    }
    disk_.PowerCut();
  }

  void WriteUntilDead(Kv* kv) {
    while (true) {
      if (rng_() % 16 == 0) {
        if (!kv->Flush().ok()) break;
        Acknowledge();
        continue;
      }
      unacknowledged_.push_back(RandomBatch());
      const bool sync = rng_() % 4 != 0;
      if (!kv->Commit(unacknowledged_.back(), sync ? Durability::kSync : Durability::kNoSync).ok()) break;
      if (sync) Acknowledge();
    }
    EXPECT_TRUE(disk_.dead());
  }

  KvBatch RandomBatch() {
    KvBatch batch;
    // A range covers what earlier batches wrote, so it stands first.
    if (rng_() % 8 == 0) batch.DeleteRange(static_cast<KvTable>(rng_() % kKvTableCount), "k3", "k5");
    for (uint64_t i = 1 + rng_() % 8; i > 0; --i) {
      const auto table = static_cast<KvTable>(rng_() % kKvTableCount);
      const std::string key = "k" + std::to_string(rng_() % 100);
      if (rng_() % 4 == 0) {
        batch.Delete(table, key);
        continue;
      }
      // Mostly small, now and then longer than a block of the log, never twice the same.
      std::string value = std::to_string(++serial_);
      value.resize(rng_() % 20 == 0 ? rng_() % 100000 + 10 : rng_() % 500 + 10, static_cast<char>('a' + rng_() % 26));
      batch.Put(table, key, value);
    }
    return batch;
  }

  void Acknowledge() {
    for (const KvBatch& batch : unacknowledged_) Apply(batch, &acknowledged_);
    report_.acknowledged += unacknowledged_.size();
    unacknowledged_.clear();
  }

  // The store must be what was acknowledged plus the first so many of the batches behind it.
  void CheckState(Kv* kv) {
    const State seen = ReadAll(kv);
    bool found = seen == acknowledged_;
    for (const KvBatch& batch : unacknowledged_) {
      if (found) break;
      Apply(batch, &acknowledged_);
      found = seen == acknowledged_;
    }
    if (!found) ++report_.lost;
    acknowledged_ = seen;
    unacknowledged_.clear();
  }

  void StartAfresh() {
    std::filesystem::remove_all(dir_.store());
    acknowledged_.clear();
    unacknowledged_.clear();
  }

  ScratchDir dir_;
  std::mt19937_64 rng_;
  PowerCutDisk disk_;
  State acknowledged_;
  std::vector<KvBatch> unacknowledged_;
  uint64_t serial_ = 0;
  Report report_;
};

std::ostream& operator<<(std::ostream& out, const Report& r) {
  return out << r.cycles << " cycles, " << r.died_opening << " of them died while opening; " << r.acknowledged
             << " batches acknowledged, " << r.lost << " cycles lost some, " << r.refused << " openings refused";
}

TEST(KvPowerCutTest, NothingAcknowledgedIsLost) {
  const uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << std::endl;
  const Report report = Trial(seed, false).Run(100);
  std::cout << report << std::endl;
  EXPECT_EQ(report.lost, 0) << "seed " << seed;
  EXPECT_EQ(report.refused, 0) << "seed " << seed;
  EXPECT_GE(report.died_opening, 3);
  EXPECT_GE(report.acknowledged, 500u);
}

TEST(KvPowerCutTest, ADiskThatLiesIsFoundOut) {
  const Report report = Trial(1, true).Run(20);
  std::cout << report << std::endl;
  EXPECT_GE(report.lost + report.refused, 5);
}

// What was committed without a sync is durable after an empty synced batch, and after an orderly close.
TEST(KvPowerCutTest, AnEmptySyncedBatchAndAnOrderlyCloseMakeDurable) {
  for (const bool close : {false, true}) {
    ScratchDir dir;
    PowerCutDisk disk(dir.graveyard(), 1);
    auto kv = OpenRocksDbKv({.path = dir.store(), .env = disk.env()});
    ASSERT_TRUE(kv.ok()) << kv.status();
    KvBatch batch;
    batch.Put(KvTable::kUnits, "k", "v");
    ASSERT_TRUE((*kv)->Commit(batch, Durability::kNoSync).ok());
    if (!close) {
      ASSERT_TRUE((*kv)->Commit(KvBatch(), Durability::kSync).ok());
      disk.DieAfter(1);
      ASSERT_FALSE((*kv)->Commit(batch, Durability::kSync).ok());
    }
    kv->reset();
    disk.PowerCut();
    kv = OpenRocksDbKv({.path = dir.store(), .env = disk.env()});
    ASSERT_TRUE(kv.ok()) << kv.status();
    std::string value;
    EXPECT_TRUE(*(*kv)->Snapshot()->Get(KvTable::kUnits, "k", &value)) << "closed: " << close;
  }
}

// The disk fails while RocksDB compacts what is nothing but deleted keys: the store fails with an error and opens
// again.
TEST(KvPowerCutTest, ADiskThatFailsWhileDeletedKeysAreCompactedIsAnError) {
  int deaths = 0;
  for (uint64_t writes = 1; writes <= 18; ++writes) {
    ScratchDir dir;
    PowerCutDisk disk(dir.graveyard(), writes);
    auto kv = OpenRocksDbKv({.path = dir.store(), .env = disk.env()});
    ASSERT_TRUE(kv.ok()) << kv.status();
    for (int file = 1; file <= kFilesOfLevel0; ++file) {  // the last one starts a compaction
      KvBatch put, remove;
      put.Put(KvTable::kIndex, "m", "1");
      remove.DeleteRange(KvTable::kIndex, "a", "z");
      if (file == kFilesOfLevel0) disk.DieAfter(writes);
      if (!(*kv)->Commit(put, Durability::kNoSync).ok()) break;
      if (!(*kv)->Commit(remove, Durability::kSync).ok() || !(*kv)->Flush().ok()) break;
    }
    if (disk.WaitForDeath(std::chrono::milliseconds(50))) ++deaths;  // in the background
    kv->reset();
    disk.PowerCut();
    kv = OpenRocksDbKv({.path = dir.store(), .env = disk.env()});
    EXPECT_TRUE(kv.ok()) << kv.status();
  }
  EXPECT_GE(deaths, 12);
}

// Counts, so that a test that aims at a write hits it.
TEST(PowerCutDiskTest, DiesAtTheWriteThatWasNamed) {
  ScratchDir dir;
  PowerCutDisk disk(dir.graveyard(), 1);
  int deaths = 0;
  disk.OnDeath([&] { ++deaths; });
  auto kv = OpenRocksDbKv({.path = dir.store(), .env = disk.env()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  KvBatch batch;
  batch.Put(KvTable::kUnits, "k", "v");
  ASSERT_TRUE((*kv)->Commit(batch, Durability::kSync).ok());
  const uint64_t before = disk.writes();
  ASSERT_TRUE((*kv)->Commit(batch, Durability::kSync).ok());
  EXPECT_EQ(disk.writes(), before + 2) << "an append and a sync";
  disk.DieAfter(3);
  EXPECT_TRUE((*kv)->Commit(batch, Durability::kSync).ok());
  EXPECT_EQ(deaths, 0);
  EXPECT_EQ((*kv)->Commit(batch, Durability::kSync).code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(disk.dead());
  EXPECT_EQ(deaths, 1);
  EXPECT_FALSE((*kv)->Commit(batch, Durability::kNoSync).ok());
  std::string value;
  EXPECT_TRUE(*(*kv)->Snapshot()->Get(KvTable::kUnits, "k", &value));
  kv->reset();
  EXPECT_FALSE(OpenRocksDbKv({.path = dir.store(), .env = disk.env()}).ok());
  EXPECT_EQ(deaths, 1);
  disk.PowerCut();
  EXPECT_FALSE(disk.dead());
  EXPECT_TRUE(OpenRocksDbKv({.path = dir.store(), .env = disk.env()}).ok());
}

}  // namespace
}  // namespace reprise
