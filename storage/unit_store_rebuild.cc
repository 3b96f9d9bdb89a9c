// Making everything that follows from the units anew: identities, keys, links, counts and runs. Needed when the key
// form or the tokenizer of this build is another than the store's, and of use where an index is damaged.
#include <future>
#include <thread>
#include <utility>

#include "record.pb.h"
#include "storage/codec.h"
#include "storage/unit_scan.h"
#include "storage/unit_store.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// Units of a batch: as a bulk write's, so that a rebuild takes no more memory than an import.
constexpr size_t kBatch = 65536;
// The oldest format whose units are written as today's.
constexpr uint32_t kOldestFormat = 3;

struct Derived {
  KvTable table;
  char letter;  // keys that start with it
};
constexpr Derived kDerived[] = {
    {KvTable::kUnits, 'h'},    {KvTable::kSegments, 'b'}, {KvTable::kSegments, 'k'}, {KvTable::kSegments, 'n'},
    {KvTable::kSegments, 's'}, {KvTable::kIndex, 'p'},    {KvTable::kIndex, 't'},    {KvTable::kIndex, 'x'},
    {KvTable::kCatalog, 'c'},  {KvTable::kCatalog, 'r'},
};

}  // namespace

// A unit on its way back in.
struct UnitStore::Rebuilt {
  explicit Rebuilt(Unit unit) : prepared(std::move(unit)) {}
  PreparedUnit prepared;
  std::string identity;
};

// From here to the last record the store opens for nothing but another rebuild.
absl::Status UnitStore::BeginRebuild(const KvSnapshot& snapshot) {
  std::string value;
  storage::MetaRecord meta;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kCatalog, format::MetaKey(), &value));
  if (!found) return absl::OkStatus();  // a new store
  if (!meta.ParseFromString(value)) return DataLoss("the store's meta record is damaged; restore a backup");
  if (meta.format_version() > format::kFormatVersion || meta.format_version() < kOldestFormat) {
    return FailedPrecondition("the store has format " + std::to_string(meta.format_version()) +
                              ", which this build cannot rebuild (it can from " + std::to_string(kOldestFormat) +
                              " to " + std::to_string(format::kFormatVersion) + "); use the version that wrote it");
  }
  meta.set_rebuilding(true);
  KvBatch mark;
  mark.Put(KvTable::kCatalog, format::MetaKey(), meta.SerializeAsString());
  RETURN_IF_ERROR(kv_->Commit(mark, Durability::kSync));
  RETURN_IF_ERROR(kv_->Flush());  // whole files go faster than keys
  for (const Derived& derived : kDerived) {
    const std::string begin(1, derived.letter), end(1, static_cast<char>(derived.letter + 1));
    RETURN_IF_ERROR(kv_->DropRange(derived.table, begin, end));
  }
  return absl::OkStatus();
}

absl::Status UnitStore::RebuildAll() {
  uint64_t done = 0;
  const std::shared_ptr<const StoreState> before = state();
  for (const auto& [name, memory] : before->memories) {
    auto scan = ScanUnits(*before, memory->id);
    while (scan->Valid()) {
      std::vector<std::string> records;
      for (; scan->Valid() && records.size() < kBatch; scan->Next()) records.emplace_back(scan->value());
      RETURN_IF_ERROR(RebuildBatch(memory->id, records));
      done += records.size();
      if (options_.rebuilt) options_.rebuilt(done);
    }
    RETURN_IF_ERROR(scan->status());
  }
  KvBatch end;
  end.Put(KvTable::kCatalog, format::MetaKey(), MetaBytes());
  return kv_->Commit(end, Durability::kSync);
}

absl::Status UnitStore::RebuildBatch(format::MemoryId memory, const std::vector<std::string>& records) {
  std::vector<std::unique_ptr<Rebuilt>> units(records.size());
  auto prepare = [&](size_t begin, size_t end) -> absl::Status {
    for (size_t i = begin; i < end; ++i) {
      std::string identity;
      ASSIGN_OR_RETURN(Unit unit, Decode(records[i], &identity));
      units[i] = std::make_unique<Rebuilt>(std::move(unit));
      units[i]->identity = identity.empty() ? units[i]->prepared.identity.hash : std::move(identity);
    }
    return absl::OkStatus();
  };
  // The text work is most of it, so it is done on every processor.
  const size_t parts = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::future<absl::Status>> pending;
  for (size_t part = 0; part < parts; ++part) {
    pending.push_back(
        std::async(std::launch::async, prepare, units.size() * part / parts, units.size() * (part + 1) / parts));
  }
  absl::Status status;
  for (std::future<absl::Status>& part : pending) {
    absl::Status of_part = part.get();
    if (status.ok()) status = std::move(of_part);
  }
  RETURN_IF_ERROR(status);
  return WriteBulk([&](WriteTxn& txn) -> absl::Status {
    for (const std::unique_ptr<Rebuilt>& unit : units) {
      RETURN_IF_ERROR(txn.Relink(memory, &unit->prepared, unit->identity));
    }
    return absl::OkStatus();
  });
}

}  // namespace reprise
