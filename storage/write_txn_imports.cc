// How far imports have come: records that a write stores beside its units.
#include "record.pb.h"
#include "storage/unit_store.h"
#include "storage/write_txn.h"

namespace reprise {

absl::StatusOr<std::optional<StoredImport>> WriteTxn::FindImport(std::string_view id) const {
  std::string value;
  ASSIGN_OR_RETURN(const bool found, Get(KvTable::kCatalog, format::ImportKey(id), &value));
  if (!found) return std::optional<StoredImport>();
  storage::ImportRecord record;
  if (!record.ParseFromString(value)) return DataLoss("an import's record is damaged; restore a backup");
  StoredImport import;
  import.id = std::string(id);
  import.memory = record.memory();
  import.calls = record.calls();
  import.options.assign(record.options().begin(), record.options().end());
  import.events = record.events();
  import.refused = record.refused();
  import.added = record.added();
  import.updated = record.updated();
  import.merged = record.merged();
  import.skipped = record.skipped();
  import.input_bytes = record.input_bytes();
  import.input_hash = record.input_hash();
  return std::optional<StoredImport>(std::move(import));
}

void WriteTxn::PutImport(const StoredImport& import) {
  storage::ImportRecord record;
  record.set_memory(import.memory);
  record.set_calls(import.calls);
  for (const std::string& option : import.options) record.add_options(option);
  record.set_events(import.events);
  record.set_refused(import.refused);
  record.set_added(import.added);
  record.set_updated(import.updated);
  record.set_merged(import.merged);
  record.set_skipped(import.skipped);
  record.set_input_bytes(import.input_bytes);
  record.set_input_hash(import.input_hash);
  record.set_updated_us(now_us_);
  Put(KvTable::kCatalog, format::ImportKey(import.id), record.SerializeAsString());
}

absl::Status WriteTxn::DropImports(int64_t before_us) {
  auto scan = store_->state_->snapshot->Scan(KvTable::kCatalog, format::ImportPrefix());
  for (; scan->Valid(); scan->Next()) {
    storage::ImportRecord record;
    const bool known = record.ParseFromArray(scan->value().data(), static_cast<int>(scan->value().size()));
    if (!known || record.updated_us() < before_us) Delete(KvTable::kCatalog, scan->key());
  }
  return scan->status();
}

}  // namespace reprise
