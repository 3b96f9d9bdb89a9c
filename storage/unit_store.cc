// The write queue and the publication of states. What a write does to the records is in storage/write_txn.cc, opening
// in storage/unit_store_open.cc, sealing and merging in storage/unit_store_runs.cc.
#include "storage/unit_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "record.pb.h"
#include "storage/codec.h"
#include "storage/run_writer.h"

namespace reprise {
namespace {

constexpr uint32_t kDeltaCapacity = 4 << 20;  // as in unit_store_open.cc
constexpr size_t kMaxGroup = 64;

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

absl::StatusOr<Unit> UnitStore::Decode(std::string_view bytes) const {
  return DecodeUnit(bytes, [this](format::LocaleId id) { return LocaleTag(id); });
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
    uint64_t before = txn.writes_;
    job->status = (*job->apply)(txn);
    if (job->status.ok() || txn.writes_ == before) continue;
    // Half of a job was applied to the transaction: none of the group is stored. Numbers that were handed out are lost.
    failed_ = job->status;
    return fail(job->status);
  }
  if (txn.writes_ == 0) return absl::OkStatus();
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
  return Lead([&] { return CommitBulk(apply); });
}

absl::Status UnitStore::CommitBulk(const std::function<absl::Status(WriteTxn&)>& apply) {
  // Runs cover rising ranges of segments, so what is in deltas goes first.
  std::vector<LocaleKey> open;
  for (const auto& [where, locale] : state_->locales) {
    if (locale->delta_rows != 0) open.push_back(where);
  }
  for (LocaleKey where : open) RETURN_IF_ERROR(Seal(where));
  WriteTxn txn(this, true);
  absl::Status status = apply(txn);
  if (status.ok() && txn.writes_ != 0) status = PlaceChanges(&txn);
  if (!status.ok()) {
    if (txn.writes_ != 0) failed_ = status;
    return status;
  }
  if (txn.writes_ == 0) return absl::OkStatus();
  std::unique_ptr<KvIngest> ingest = kv_->NewIngest();
  std::map<LocaleKey, format::RunId> new_runs;
  status = AddBulkRuns(&txn, ingest.get(), &new_runs);
  if (status.ok()) {
    AddCommitRecords(&txn);
    status = PutSorted(txn, ingest.get());
  }
  if (status.ok()) status = ingest->Finish();
  if (!status.ok()) return Fail(status, "an import's batch");
  std::shared_ptr<StoreState> next = Publish(&txn);
  for (const auto& [where, id] : new_runs) {
    absl::StatusOr<RunView> view = LoadRun(*next->snapshot, id);
    if (!view.ok()) return Fail(view.status(), "an import's batch");
    Writable(next.get(), where)->runs.push_back(*std::move(view));
  }
  SetState(std::move(next));
  WakeUpkeep();
  return absl::OkStatus();
}

// The new segments of a bulk write as runs, one a locale, and their places in the run lists.
absl::Status UnitStore::AddBulkRuns(WriteTxn* txn, KvIngest* ingest, std::map<LocaleKey, format::RunId>* new_runs) {
  std::map<LocaleKey, std::vector<const WriteTxn::NewRow*>> by_locale;
  for (const WriteTxn::NewRow& row : txn->rows_) {
    if (row.mask != 0) by_locale[row.where].push_back(&row);
  }
  for (const auto& [where, rows] : by_locale) {
    const format::RunId id = txn->NewId();
    Vocabulary vocabulary;
    std::vector<IndexRow> index_rows;
    index_rows.reserve(rows.size());
    for (const WriteTxn::NewRow* row : rows) {
      index_rows.push_back(MakeIndexRow(row->segment, row->mask, row->text->key_form, row->text->tokens, &vocabulary));
    }
    RETURN_IF_ERROR(BuildRun(std::move(index_rows), vocabulary, RunSink(ingest, id)));
    RETURN_IF_ERROR(ingest->EndFile(KvTable::kIndex));
    (*new_runs)[where] = id;
  }
  for (const auto& [where, id] : *new_runs) {
    storage::RunListRecord record;
    auto old = state_->locales.find(where);
    if (old != state_->locales.end()) {
      for (const RunView& view : old->second->runs) record.add_runs(view.run->id());
    }
    record.add_runs(id);
    record.set_sealed_below(next_id_);
    txn->Put(KvTable::kCatalog, format::RunListKey(where.first, where.second), record.SerializeAsString());
    sealed_below_[where] = next_id_;
  }
  return absl::OkStatus();
}

absl::Status UnitStore::PutSorted(const WriteTxn& txn, KvIngest* ingest) {
  std::vector<const std::pair<const std::string, std::optional<std::string>>*> sorted;
  sorted.reserve(txn.pending_.size());
  for (const auto& entry : txn.pending_) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* entry : sorted) {
    auto table = static_cast<KvTable>(entry->first[0]);
    std::string_view key = std::string_view(entry->first).substr(1);
    RETURN_IF_ERROR(entry->second.has_value() ? ingest->Put(table, key, *entry->second) : ingest->Delete(table, key));
  }
  return absl::OkStatus();
}

KvBatch UnitStore::BatchOf(const WriteTxn& txn) const {
  KvBatch batch;
  for (const auto& [key, value] : txn.pending_) {
    auto table = static_cast<KvTable>(key[0]);
    std::string_view rest = std::string_view(key).substr(1);
    if (value.has_value()) {
      batch.Put(table, rest, *value);
    } else {
      batch.Delete(table, rest);
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
      delta->Append(MakeIndexRow(row.segment, row.mask, row.text->key_form, row.text->tokens, &delta->vocabulary()));
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
  for (format::MemoryId dropped : txn->dropped_) {
    next->tallies.erase(dropped);
    next->locales.erase(next->locales.lower_bound({dropped, 0}), next->locales.lower_bound({dropped + 1, 0}));
  }
  next->snapshot = kv_->Snapshot();
  return next;
}

}  // namespace reprise
