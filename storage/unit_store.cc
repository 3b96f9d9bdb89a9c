// The write queue and the publication of states. What a write does to the records is in storage/write_txn.cc, opening
// in storage/unit_store_open.cc, sealing and merging in storage/unit_store_runs.cc.
#include "storage/unit_store.h"

#include <algorithm>
#include <future>
#include <set>
#include <utility>

#include "base/thread_priority.h"
#include "record.pb.h"
#include "storage/codec.h"
#include "storage/run_writer.h"

namespace reprise {
namespace {

constexpr uint32_t kDeltaCapacity = 4 << 20;  // as in unit_store_open.cc
constexpr size_t kMaxGroup = 64;

// Units, log entries and pages of runs have rising numbers in their keys; texts and hashes of them lie anywhere.
KvIngest::Placement PlacementOf(KvTable table, char letter) {
  const bool anywhere = (table == KvTable::kSegments && letter != 'n') || (table == KvTable::kUnits && letter == 'h');
  return anywhere ? KvIngest::Placement::kAmong : KvIngest::Placement::kApart;
}

}  // namespace

std::string EncodeMemory(const StoredMemory& memory, int64_t deleted_us) {
  storage::MemoryRecord record;
  record.set_id(memory.id);
  record.set_name(memory.name);
  record.set_display_name(memory.display_name);
  record.set_description(memory.description);
  for (const auto& [key, values] : memory.attributes) {
    storage::AttributeRecord* attribute = record.add_attributes();
    attribute->set_key(key);
    for (const std::string& value : values) attribute->add_values(value);
  }
  record.set_duplicate_policy(memory.duplicate_policy);
  record.set_min_status(static_cast<uint32_t>(memory.min_status));
  record.set_read_only(memory.read_only);
  record.set_created_us(memory.created_us);
  record.set_updated_us(memory.updated_us);
  record.set_deleted_us(deleted_us);
  EncodeMemoryDefaults(memory.defaults, record.mutable_defaults());
  return record.SerializeAsString();
}

UnitStore::UnitStore(std::unique_ptr<Kv> kv, const UnitStoreOptions& options)
    : kv_(std::move(kv)),
      options_(options),
      cache_(std::make_unique<PageCache>(options.page_cache_bytes)),
      locale_tags_(1) {}

UnitStore::~UnitStore() {
  closing_.store(true);
  {
    std::lock_guard lock(upkeep_mu_);
    upkeep_cv_.notify_all();
  }
  if (upkeep_.joinable()) upkeep_.join();
  // The snapshot must go before the engine does.
  std::lock_guard lock(state_mu_);
  state_.reset();
}

std::shared_ptr<const StoreState> UnitStore::state() const {
  std::lock_guard lock(state_mu_);
  return state_;
}

void UnitStore::SetState(std::shared_ptr<const StoreState> state) {
  std::lock_guard lock(state_mu_);
  state_.swap(state);
}

format::LocaleId UnitStore::FindLocale(std::string_view tag) const {
  std::shared_lock lock(locale_mu_);
  auto it = locale_ids_.find(tag);
  return it == locale_ids_.end() ? 0 : it->second;
}

std::string UnitStore::LocaleTag(format::LocaleId id) const {
  std::shared_lock lock(locale_mu_);
  return id < locale_tags_.size() ? locale_tags_[id] : std::string();
}

absl::StatusOr<Unit> UnitStore::Decode(std::string_view bytes, std::string* identity) const {
  return DecodeUnit(
      bytes, [this](format::LocaleId id) { return LocaleTag(id); }, identity);
}

uint64_t UnitStore::SealedBelow(LocaleKey where) const {
  auto it = sealed_below_.find(where);
  return it == sealed_below_.end() ? 0 : it->second;
}

absl::Status UnitStore::Write(std::function<absl::Status(WriteTxn&)> apply) {
  Job job;
  job.apply = &apply;
  std::unique_lock lock(queue_mu_);
  queue_.push_back(&job);
  queue_cv_.wait(lock, [&] { return job.done || !leading_; });
  if (job.done) return job.status;
  leading_ = true;
  std::vector<Job*> group;
  // Our own job may be far back in the queue: lead until it is done.
  while (!job.done) {
    group.assign(queue_.begin(), queue_.begin() + static_cast<int64_t>(std::min(queue_.size(), kMaxGroup)));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<int64_t>(group.size()));
    lock.unlock();
    absl::Status status = CommitGroup(group);
    if (status.ok()) status = SealFull();
    lock.lock();
    for (Job* done : group) done->done = true;
  }
  leading_ = false;
  queue_cv_.notify_all();
  return job.status;
}

absl::Status UnitStore::Lead(const std::function<absl::Status()>& work) {
  std::unique_lock lock(queue_mu_);
  queue_cv_.wait(lock, [this] { return !leading_; });
  leading_ = true;
  lock.unlock();
  absl::Status status = failed_.ok() ? work() : failed_;
  lock.lock();
  leading_ = false;
  queue_cv_.notify_all();
  return status;
}

absl::Status UnitStore::Fail(const absl::Status& status, std::string_view what) {
  failed_ = Unavailable("writes are refused until the server is restarted, since " + std::string(what) +
                        " could not be stored: " + MessageOf(status));
  return status;
}

absl::Status UnitStore::CommitGroup(const std::vector<Job*>& group) {
  auto fail = [&group](const absl::Status& status) {
    for (Job* job : group) {
      if (job->status.ok()) job->status = status;
    }
    return status;
  };
  if (!failed_.ok()) return fail(failed_);
  WriteTxn txn(this, false);
  for (Job* job : group) {
    uint64_t before = txn.pending_.writes();
    job->status = (*job->apply)(txn);
    if (job->status.ok() || txn.pending_.writes() == before) continue;
    // Half of a job was applied to the transaction: none of the group is stored. Numbers that were handed out are lost.
    failed_ = job->status;
    return fail(job->status);
  }
  if (txn.pending_.writes() == 0) return absl::OkStatus();
  if (absl::Status placed = PlaceChanges(&txn); !placed.ok()) {
    failed_ = placed;
    return fail(placed);
  }
  AddCommitRecords(&txn);
  absl::Status status = kv_->Commit(BatchOf(txn), Durability::kSync);
  if (!status.ok()) return fail(Fail(status, "one"));
  SetState(Publish(&txn));
  return absl::OkStatus();
}

absl::Status UnitStore::WriteBulk(const std::function<absl::Status(WriteTxn&)>& apply) {
  WaitForMerges();
  NoteBulkWrite();
  return Lead([&] { return CommitBulk(apply); });
}

// A run of a bulk write, built on a thread of its own.
struct UnitStore::BulkRun {
  LocaleKey where;
  format::RunId id = 0;
  std::vector<const WriteTxn::NewRow*> rows;
  std::vector<std::string> keys, pages;
  std::future<absl::Status> built;

  absl::Status Build() {
    Vocabulary vocabulary;
    std::vector<IndexRow> index_rows;
    index_rows.reserve(rows.size());
    for (const WriteTxn::NewRow* row : rows) {
      index_rows.push_back(MakeIndexRow(row->segment, row->mask, *row->text, &vocabulary));
    }
    return BuildRun(std::move(index_rows), vocabulary, [this](RunPage kind, uint32_t page, std::string_view bytes) {
      keys.push_back(format::RunPageKey(id, static_cast<uint8_t>(kind), page));
      pages.emplace_back(bytes);
      return absl::OkStatus();
    });
  }
};

absl::Status UnitStore::CommitBulk(const std::function<absl::Status(WriteTxn&)>& apply) {
  // Runs cover rising ranges of segments, so what is in deltas goes first.
  std::vector<LocaleKey> open;
  for (const auto& [where, locale] : state_->locales) {
    if (locale->delta_rows != 0) open.push_back(where);
  }
  for (LocaleKey where : open) RETURN_IF_ERROR(Seal(where));
  WriteTxn txn(this, true);
  absl::Status status = apply(txn);
  if (status.ok() && txn.pending_.writes() != 0) status = PlaceChanges(&txn);
  if (!status.ok()) {
    if (txn.pending_.writes() != 0) failed_ = status;
    return status;
  }
  if (txn.pending_.writes() == 0) return absl::OkStatus();
  // The runs are built beside the sorting and writing of the records.
  std::vector<std::unique_ptr<BulkRun>> runs = StartBulkRuns(&txn);
  ListBulkRuns(runs, &txn);
  AddCommitRecords(&txn);
  std::unique_ptr<KvIngest> ingest = kv_->NewIngest();
  // Earlier states end below the new units (storage/unit_scan.h) and know nothing of the new runs; the log is not read.
  for (KvTable table : {KvTable::kUnits, KvTable::kIndex, KvTable::kLog}) ingest->MaySeeEarlier(table);
  status = PutSorted(txn, ingest.get());
  if (status.ok()) status = ingest->EndFile(KvTable::kIndex);
  for (const auto& run : runs) {
    absl::Status built = run->built.get();
    for (size_t i = 0; i < run->keys.size() && status.ok() && built.ok(); ++i) {
      built = ingest->Put(KvTable::kIndex, run->keys[i], run->pages[i]);
    }
    if (built.ok()) built = ingest->EndFile(KvTable::kIndex);
    if (status.ok()) status = built;
  }
  if (status.ok()) status = ingest->Finish();
  if (!status.ok()) return Fail(status, "an import's batch");
  std::shared_ptr<StoreState> next = Publish(&txn);
  for (const auto& run : runs) {
    absl::StatusOr<RunView> view = LoadRun(*next->snapshot, run->id);
    if (!view.ok()) return Fail(view.status(), "an import's batch");
    Writable(next.get(), run->where)->runs.push_back(*std::move(view));
  }
  SetState(std::move(next));
  WakeUpkeep();
  return absl::OkStatus();
}

// The new segments of a bulk write, one run a locale.
std::vector<std::unique_ptr<UnitStore::BulkRun>> UnitStore::StartBulkRuns(WriteTxn* txn) {
  std::map<LocaleKey, std::unique_ptr<BulkRun>> by_locale;
  for (const WriteTxn::NewRow& row : txn->rows_) {
    if (row.mask == 0) continue;
    std::unique_ptr<BulkRun>& run = by_locale[row.where];
    if (run == nullptr) run = std::make_unique<BulkRun>();
    run->rows.push_back(&row);
  }
  std::vector<std::unique_ptr<BulkRun>> runs;
  for (auto& [where, run] : by_locale) {
    run->where = where;
    run->id = txn->NewId();
    run->built = std::async(std::launch::async, [r = run.get()] {
      LowerThreadPriority();
      return r->Build();
    });
    runs.push_back(std::move(run));
  }
  return runs;
}

// Their places in the run lists.
void UnitStore::ListBulkRuns(const std::vector<std::unique_ptr<BulkRun>>& runs, WriteTxn* txn) {
  for (const auto& run : runs) {
    std::vector<format::RunId> list;
    auto old = state_->locales.find(run->where);
    if (old != state_->locales.end()) {
      for (const RunView& view : old->second->runs) list.push_back(view.run->id());
    }
    list.push_back(run->id);
    txn->Put(KvTable::kCatalog, format::RunListKey(run->where.first, run->where.second),
             RunListBytes(list, NextSegment()));
    sealed_below_[run->where] = NextSegment();
  }
}

absl::Status UnitStore::PutSorted(const WriteTxn& txn, KvIngest* ingest) {
  char letter = 0;
  KvTable table = KvTable::kCatalog;
  for (const PendingWrites::Entry* entry : txn.pending_.Sorted()) {
    // A file for each kind of key: kinds whose keys rise from import to import then overlap nothing that is there.
    if (entry->table != table || entry->key[0] != letter) {
      RETURN_IF_ERROR(ingest->EndFile(table));
      table = entry->table;
      letter = entry->key[0];
      ingest->Place(table, PlacementOf(table, letter));
    }
    RETURN_IF_ERROR(entry->is_delete ? ingest->Delete(table, entry->key)
                                     : ingest->Put(table, entry->key, entry->value));
  }
  return absl::OkStatus();
}

KvBatch UnitStore::BatchOf(const WriteTxn& txn) const {
  KvBatch batch;
  for (const PendingWrites::Entry& entry : txn.pending_.entries()) {
    if (entry.is_delete) {
      batch.Delete(entry.table, entry.key);
    } else {
      batch.Put(entry.table, entry.key, entry.value);
    }
  }
  return batch;
}

void UnitStore::AddCommitRecords(WriteTxn* txn) {
  txn->Put(KvTable::kCatalog, format::SequenceKey(), format::U64(txn->sequence_));
  for (const auto& [memory, tally] : txn->tallies_) {
    storage::CountRecord counts;
    counts.set_units(tally.units);
    for (const auto& [locale, t] : tally.locales) {
      storage::LocaleCount* count = counts.add_locales();
      count->set_locale(locale);
      count->set_variants(t.variants);
      count->set_segments(t.segments);
    }
    txn->Put(KvTable::kCatalog, format::CountKey(memory), counts.SerializeAsString());
  }
}

// Finds the rows that the transaction changes and adds their records: tombstones and grown masks of runs.
absl::Status UnitStore::PlaceChanges(WriteTxn* txn) {
  const PageCache::Guard guard = cache_->Enter();
  std::map<format::RunId, std::set<uint32_t>> pages;
  for (const WriteTxn::RowChange& change : txn->changes_) {
    if (change.segment >= SealedBelow(change.where)) {
      txn->delta_changes_.push_back(change);
      continue;
    }
    for (const RunView& view : state_->locales.at(change.where)->runs) {
      ASSIGN_OR_RETURN(const uint32_t row, view.run->FindRow(change.segment, change.weight, *state_->snapshot));
      if (row == Run::kNoRow) continue;
      const format::RunId id = view.run->id();
      if (change.mask != 0) {
        txn->grown_.push_back({view.run, row, change.mask});
        txn->Put(KvTable::kIndex, format::MaskKey(id, row), format::U64(change.mask));
        continue;
      }
      std::shared_ptr<RunDeaths>& deaths = txn->deaths_[id];
      if (deaths == nullptr) {
        deaths = view.deaths == nullptr ? std::make_shared<RunDeaths>() : std::make_shared<RunDeaths>(*view.deaths);
      }
      deaths->Kill(row);
      pages[id].insert(row / format::kTombstonePageRows);
    }
  }
  for (const auto& [id, of_run] : pages) {
    for (uint32_t page : of_run) {
      txn->Put(KvTable::kIndex, format::TombstoneKey(id, page), std::string(txn->deaths_[id]->page(page)));
    }
  }
  return absl::OkStatus();
}

LocaleState* UnitStore::Writable(StoreState* state, LocaleKey where) {
  std::shared_ptr<const LocaleState>& slot = state->locales[where];
  auto copy = slot == nullptr ? std::make_shared<LocaleState>() : std::make_shared<LocaleState>(*slot);
  if (copy->delta == nullptr) copy->delta = std::make_shared<Delta>(kDeltaCapacity);
  slot = copy;
  return copy.get();
}

std::shared_ptr<StoreState> UnitStore::Publish(WriteTxn* txn) {
  auto next = std::make_shared<StoreState>(*state_);
  next->sequence = txn->sequence_;
  next->units_end = next_id_;
  std::map<LocaleKey, LocaleState*> open;
  auto writable = [&](LocaleKey where) {
    LocaleState*& locale = open[where];
    if (locale == nullptr) locale = Writable(next.get(), where);
    return locale;
  };
  if (!txn->bulk_) {
    for (const WriteTxn::NewRow& row : txn->rows_) {
      if (row.mask == 0) continue;
      LocaleState* locale = writable(row.where);
      Delta* delta = locale->delta.get();
      delta->Append(MakeIndexRow(row.segment, row.mask, *row.text, &delta->vocabulary()));
      locale->delta_rows = delta->size();
    }
  }
  for (const WriteTxn::RowChange& change : txn->delta_changes_) {
    Delta* delta = writable(change.where)->delta.get();
    const uint32_t row = delta->FindRow(change.segment);
    if (row == Delta::kNoRow) continue;
    if (change.mask != 0) {
      delta->GrowMask(row, change.mask);
    } else {
      delta->MarkDead(row, txn->sequence_);
    }
  }
  for (const WriteTxn::Grown& grown : txn->grown_) {
    grown.run->GrowMask(grown.row, grown.mask);
    grown_rows_.push_back({grown.run->id(), grown.row, grown.mask});
  }
  if (!merging_) grown_rows_.clear();
  if (!txn->deaths_.empty()) {
    for (const auto& [where, locale] : state_->locales) {
      for (size_t i = 0; i < locale->runs.size(); ++i) {
        auto deaths = txn->deaths_.find(locale->runs[i].run->id());
        if (deaths != txn->deaths_.end()) writable(where)->runs[i].deaths = deaths->second;
      }
    }
  }
  for (auto& [memory, tally] : txn->tallies_) next->tallies[memory] = std::make_shared<MemoryTally>(std::move(tally));
  for (auto& [name, memory] : txn->memories_) {
    if (memory != nullptr) {
      next->memories[name] = memory;
      if (next->tallies.count(memory->id) == 0) next->tallies[memory->id] = std::make_shared<MemoryTally>();
    } else {
      next->memories.erase(name);
    }
  }
  for (auto& [name, profile] : txn->profiles_) {
    if (profile != nullptr) {
      next->profiles[name] = profile;
    } else {
      next->profiles.erase(name);
    }
  }
  for (format::MemoryId dropped : txn->dropped_) {
    next->tallies.erase(dropped);
    next->locales.erase(next->locales.lower_bound({dropped, 0}), next->locales.lower_bound({dropped + 1, 0}));
  }
  next->snapshot = kv_->Snapshot();
  return next;
}

}  // namespace reprise
