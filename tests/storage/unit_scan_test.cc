// Going through the units of a state: what an import brings later is not in it, though the engine shows it.
#include "storage/unit_scan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/rocksdb_kv.h"
#include "storage/unit_store.h"
#include "tests/crash/scratch_dir.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

using testing::MakeUnit;

class UnitScanTest : public ::testing::Test {
 protected:
  UnitScanTest() {
    auto kv = OpenRocksDbKv({.path = dir_.store()});
    EXPECT_TRUE(kv.ok()) << kv.status();
    auto store = UnitStore::Open(*std::move(kv), {.background_merges = false});
    EXPECT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    StoredMemory memory;
    memory.name = "m";
    EXPECT_TRUE(store_->Write([&](WriteTxn& txn) { return txn.PutMemory(&memory); }).ok());
    memory_ = memory.id;
  }

  void Put(size_t count, bool bulk) {
    std::vector<PreparedUnit> units;
    for (size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(++last_);
      units.emplace_back(MakeUnit("Text " + number, "Satz " + number));
    }
    auto apply = [&](WriteTxn& txn) -> absl::Status {
      WriteResult result;
      for (PreparedUnit& unit : units) {
        RETURN_IF_ERROR(txn.PutUnit(memory_, &unit, WritePolicy::kKeepAll, "", &result));
      }
      return absl::OkStatus();
    };
    const absl::Status status = bulk ? store_->WriteBulk(apply) : store_->Write(apply);
    EXPECT_TRUE(status.ok()) << status;
  }

  static size_t Count(KvIterator* scan) {
    size_t count = 0;
    for (; scan->Valid(); scan->Next()) ++count;
    EXPECT_TRUE(scan->status().ok());
    return count;
  }
  size_t Count(const StoreState& state) const { return Count(ScanUnits(state, memory_).get()); }

  ScratchDir dir_;
  std::unique_ptr<UnitStore> store_;
  format::MemoryId memory_ = 0;
  size_t last_ = 0;
};

TEST_F(UnitScanTest, AStateHasTheUnitsOfItsTime) {
  EXPECT_EQ(Count(*store_->state()), 0u);
  Put(30, true);
  Put(5, false);
  const auto before = store_->state();
  EXPECT_EQ(Count(*before), 35u);
  Put(40, true);
  Put(7, false);
  const auto after = store_->state();
  EXPECT_EQ(Count(*before), 35u);
  EXPECT_EQ(Count(*after), 82u);
  // It takes the end that the state knows: the engine shows the import's units to earlier snapshots.
  EXPECT_EQ(Count(before->snapshot->Scan(KvTable::kUnits, format::UnitPrefix(memory_)).get()), 75u);
}

TEST_F(UnitScanTest, SeeksWithinTheState) {
  Put(10, true);
  const auto state = store_->state();
  Put(10, true);
  auto scan = ScanUnits(*state, memory_);
  ASSERT_TRUE(scan->Valid());
  const uint64_t first = format::ReadU64(scan->key().substr(5));
  scan->Seek(format::UnitKey(memory_, first + 9));
  EXPECT_EQ(Count(scan.get()), 1u);
  scan->Seek(format::UnitKey(memory_, first + 10));
  EXPECT_FALSE(scan->Valid());
}

}  // namespace
}  // namespace reprise
