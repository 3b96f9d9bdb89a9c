// Opening a store, the write queue, publication of states, sealing. What a write does is in storage/write_txn.cc.
#include "storage/unit_store.h"

#include <algorithm>

#include "record.pb.h"
#include "storage/codec.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// Rows that a delta can ever hold. It is sealed long before: a group of writes is bounded by the callers' limits.
constexpr uint32_t kDeltaCapacity = 4 << 20;
constexpr size_t kMaxGroup = 64;
constexpr char kRestore[] = "; restore a backup";

absl::Status CheckMeta(const storage::MetaRecord& meta) {
  if (meta.format_version() > format::kFormatVersion) {
    return FailedPrecondition("the store was written by a newer version (format " +
                              std::to_string(meta.format_version()) + ", this build knows " +
                              std::to_string(format::kFormatVersion) + "); use that version");
  }
  if (meta.key_form_version() != kKeyFormVersion || meta.tokenizer_version() != kTokenizerVersion) {
    return FailedPrecondition(
        "the store's key form or tokenizer version differs from this build's; export with the "
        "version that wrote it and import again");
  }
  return absl::OkStatus();
}

std::pair<format::MemoryId, format::LocaleId> ReadLocaleKey(std::string_view after_letter) {
  return {format::ReadU32(after_letter), format::ReadU32(after_letter.substr(4))};
}

RunRow RowOf(uint64_t segment, const storage::SegmentRecord& record, Vocabulary* vocabulary) {
  RunRow row;
  row.segment = segment;
  row.mask = record.locale_mask();
  for (const Token& token : TokenizeKeyForm(record.key_form())) {
    row.weight += token.weight;
    if (token.weight != 0) row.symbols.push_back(vocabulary->Intern(token));
  }
  return row;
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
  return record.SerializeAsString();
}

UnitStore::UnitStore(std::unique_ptr<Kv> kv, const UnitStoreOptions& options)
    : kv_(std::move(kv)), options_(options), locale_tags_(1) {}

UnitStore::~UnitStore() {
  // The snapshot must go before the engine does.
  std::lock_guard lock(state_mu_);
  state_.reset();
}

absl::StatusOr<std::unique_ptr<UnitStore>> UnitStore::Open(std::unique_ptr<Kv> kv, const UnitStoreOptions& options) {
  std::unique_ptr<UnitStore> store(new UnitStore(std::move(kv), options));
  RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status UnitStore::Load() {
  std::shared_ptr<const KvSnapshot> snapshot = kv_->Snapshot();
  RETURN_IF_ERROR(LoadMeta(*snapshot));
  auto state = std::make_shared<StoreState>();
  RETURN_IF_ERROR(LoadCatalog(*snapshot, state.get()));
  RETURN_IF_ERROR(LoadIndex(*snapshot, state.get()));
  RETURN_IF_ERROR(RemoveOrphanRuns(*snapshot));
  state->snapshot = kv_->Snapshot();
  SetState(state);
  return absl::OkStatus();
}

absl::Status UnitStore::LoadMeta(const KvSnapshot& snapshot) {
  std::string value;
  storage::MetaRecord meta;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kCatalog, format::MetaKey(), &value));
  if (found) {
    if (!meta.ParseFromString(value)) return DataLoss(std::string("the store's meta record is damaged") + kRestore);
    return CheckMeta(meta);
  }
  meta.set_format_version(format::kFormatVersion);
  meta.set_key_form_version(kKeyFormVersion);
  meta.set_tokenizer_version(kTokenizerVersion);
  meta.set_unicode_version(UnicodeVersion());
  KvBatch batch;
  batch.Put(KvTable::kCatalog, format::MetaKey(), meta.SerializeAsString());
  return kv_->Commit(batch, Durability::kSync);
}

absl::Status UnitStore::LoadCatalog(const KvSnapshot& snapshot, StoreState* state) {
  std::string value;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kCatalog, format::SequenceKey(), &value));
  if (found) state->sequence = format::ReadU64(value);
  ASSIGN_OR_RETURN(found, snapshot.Get(KvTable::kCatalog, format::HighWaterKey(), &value));
  if (found) next_id_ = high_water_ = format::ReadU64(value);
  auto locales = snapshot.Scan(KvTable::kCatalog, format::LocalePrefix());
  for (; locales->Valid(); locales->Next()) {
    format::LocaleId id = format::ReadU32(locales->key().substr(1));
    if (id != locale_tags_.size()) return DataLoss(std::string("the table of locales has a gap") + kRestore);
    locale_tags_.emplace_back(locales->value());
    locale_ids_.emplace(std::string(locales->value()), id);
  }
  RETURN_IF_ERROR(locales->status());
  auto memories = snapshot.Scan(KvTable::kCatalog, format::MemoryPrefix());
  for (; memories->Valid(); memories->Next()) {
    storage::MemoryRecord record;
    if (!record.ParseFromArray(memories->value().data(), static_cast<int>(memories->value().size()))) {
      return DataLoss(std::string("a memory's record is damaged") + kRestore);
    }
    next_memory_ = std::max(next_memory_, record.id() + 1);
    if (record.deleted_us() != 0) continue;
    auto memory = std::make_shared<StoredMemory>();
    memory->id = record.id();
    memory->name = record.name();
    memory->display_name = record.display_name();
    memory->description = record.description();
    for (const storage::AttributeRecord& a : record.attributes()) {
      memory->attributes[a.key()].assign(a.values().begin(), a.values().end());
    }
    memory->duplicate_policy = record.duplicate_policy();
    memory->min_status = static_cast<VariantStatus>(record.min_status());
    memory->read_only = record.read_only();
    memory->created_us = record.created_us();
    memory->updated_us = record.updated_us();
    auto tally = std::make_shared<MemoryTally>();
    storage::CountRecord counts;
    ASSIGN_OR_RETURN(found, snapshot.Get(KvTable::kCatalog, format::CountKey(record.id()), &value));
    if (found && !counts.ParseFromString(value)) return DataLoss(std::string("a count record is damaged") + kRestore);
    tally->units = counts.units();
    for (const storage::LocaleCount& c : counts.locales()) tally->locales[c.locale()] = {c.variants(), c.segments()};
    state->tallies[record.id()] = tally;
    state->memories[record.name()] = memory;
  }
  return memories->status();
}

absl::Status UnitStore::LoadIndex(const KvSnapshot& snapshot, StoreState* state) {
  auto lists = snapshot.Scan(KvTable::kCatalog, format::RunListPrefix());
  for (; lists->Valid(); lists->Next()) {
    storage::RunListRecord record;
    if (lists->key().size() != 9 ||
        !record.ParseFromArray(lists->value().data(), static_cast<int>(lists->value().size()))) {
      return DataLoss(std::string("a run list is damaged") + kRestore);
    }
    LocaleKey where = ReadLocaleKey(lists->key().substr(1));
    run_lists_[where].assign(record.runs().begin(), record.runs().end());
    sealed_below_[where] = record.sealed_below();
  }
  RETURN_IF_ERROR(lists->status());
  for (const auto& [id, tally] : state->tallies) {
    for (const auto& [locale, counts] : tally->locales) {
      if (counts.segments == 0 && run_lists_.count({id, locale}) == 0) continue;
      ASSIGN_OR_RETURN(state->locales[LocaleKey(id, locale)], LoadLocale(snapshot, {id, locale}));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<LocaleState>> UnitStore::LoadLocale(const KvSnapshot& snapshot, LocaleKey where) {
  auto locale = std::make_shared<LocaleState>();
  locale->vocabulary = VocabularyOf(where);
  locale->delta = std::make_shared<Delta>(kDeltaCapacity);
  for (uint64_t id : run_lists_[where]) {
    ASSIGN_OR_RETURN(std::shared_ptr<Run> run, Run::Load(id, snapshot, locale->vocabulary.get()));
    auto pages = snapshot.Scan(KvTable::kIndex, format::TombstonePrefix(id));
    for (; pages->Valid(); pages->Next()) {
      uint32_t page = format::ReadU32(pages->key().substr(9));
      std::string bitmap(pages->value());
      for (uint32_t i = 0; i < bitmap.size() * 8; ++i) {
        uint32_t row = page * format::kTombstonePageRows + i;
        if ((bitmap[i / 8] >> (i % 8) & 1) != 0 && row < run->rows()) run->MarkDead(row, 0);
      }
      tombstones_[{id, page}] = std::move(bitmap);
    }
    RETURN_IF_ERROR(pages->status());
    locale->runs.push_back(std::move(run));
  }
  auto masks = snapshot.Scan(KvTable::kIndex, format::MaskPrefix(where.first, where.second));
  for (; masks->Valid(); masks->Next()) {
    uint64_t segment = format::ReadU64(masks->key().substr(9));
    for (const auto& run : locale->runs) {
      uint32_t row = run->FindRow(segment);
      if (row != Run::kNoRow) run->GrowMask(row, format::ReadU64(masks->value()));
    }
  }
  RETURN_IF_ERROR(masks->status());
  RETURN_IF_ERROR(LoadDelta(snapshot, where, sealed_below_[where], locale.get()));
  return locale;
}

absl::Status UnitStore::LoadDelta(const KvSnapshot& snapshot, LocaleKey where, uint64_t sealed_below,
                                  LocaleState* locale) {
  auto scan = snapshot.Scan(KvTable::kSegments, format::SegmentPrefix(where.first, where.second));
  for (scan->Seek(format::SegmentKey(where.first, where.second, sealed_below)); scan->Valid(); scan->Next()) {
    storage::SegmentRecord record;
    if (!record.ParseFromArray(scan->value().data(), static_cast<int>(scan->value().size()))) {
      return DataLoss(std::string("a segment record is damaged") + kRestore);
    }
    locale->delta->Append(RowOf(format::ReadU64(scan->key().substr(9)), record, locale->vocabulary.get()));
  }
  locale->delta_rows = locale->delta->size();
  return scan->status();
}

absl::Status UnitStore::RemoveOrphanRuns(const KvSnapshot& snapshot) {
  std::vector<uint64_t> listed;
  for (const auto& [where, runs] : run_lists_) listed.insert(listed.end(), runs.begin(), runs.end());
  std::sort(listed.begin(), listed.end());
  KvBatch batch;
  auto scan = snapshot.Scan(KvTable::kIndex, format::RunTablePrefix());
  for (; scan->Valid(); scan->Next()) {
    uint64_t run = format::ReadU64(scan->key().substr(1));
    if (!std::binary_search(listed.begin(), listed.end(), run)) batch.Delete(KvTable::kIndex, scan->key());
  }
  RETURN_IF_ERROR(scan->status());
  return batch.empty() ? absl::OkStatus() : kv_->Commit(batch, Durability::kSync);
}

const std::shared_ptr<Vocabulary>& UnitStore::VocabularyOf(LocaleKey where) {
  std::shared_ptr<Vocabulary>& vocabulary = vocabularies_[where];
  if (vocabulary == nullptr) vocabulary = std::make_shared<Vocabulary>();
  return vocabulary;
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

absl::StatusOr<std::string> UnitStore::SegmentKeyForm(const KvSnapshot& snapshot, format::MemoryId memory,
                                                      format::LocaleId locale, format::SegmentId segment) const {
  std::string bytes;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kSegments, format::SegmentKey(memory, locale, segment), &bytes));
  storage::SegmentRecord record;
  if (!found || !record.ParseFromString(bytes)) {
    return DataLoss("segment " + std::to_string(segment) + ": its record is missing or damaged" + kRestore);
  }
  return record.key_form();
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

absl::Status UnitStore::CommitGroup(const std::vector<Job*>& group) {
  auto fail = [&group](const absl::Status& status) {
    for (Job* job : group) {
      if (job->status.ok()) job->status = status;
    }
    return status;
  };
  if (!failed_.ok()) return fail(failed_);
  WriteTxn txn(this);
  for (Job* job : group) {
    uint64_t before = txn.writes_;
    job->status = (*job->apply)(txn);
    if (job->status.ok() || txn.writes_ == before) continue;
    // Half of a job was applied to the transaction: none of the group is stored. Numbers that were handed out are lost.
    failed_ = job->status;
    return fail(job->status);
  }
  if (txn.writes_ == 0) return absl::OkStatus();
  AddTombstones(&txn);
  AddCommitRecords(&txn);
  absl::Status status = kv_->Commit(BatchOf(txn), Durability::kSync);
  if (!status.ok()) {
    failed_ = Unavailable("writes are refused until the server is restarted, since one could not be stored: " +
                          MessageOf(status));
    return fail(status);
  }
  SetState(Publish(&txn));
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

void UnitStore::AddTombstones(WriteTxn* txn) {
  for (const WriteTxn::RowChange& change : txn->changes_) {
    if (change.mask != 0) continue;
    auto locale = state_->locales.find(change.where);
    if (locale == state_->locales.end()) continue;
    for (const auto& run : locale->second->runs) {
      uint32_t row = run->FindRow(change.segment);
      if (row == Run::kNoRow) continue;
      uint32_t page = row / format::kTombstonePageRows;
      uint32_t bit = row % format::kTombstonePageRows;
      std::string& bitmap = tombstones_[{run->id(), page}];
      bitmap.resize(format::kTombstonePageRows / 8, '\0');
      bitmap[bit / 8] = static_cast<char>(bitmap[bit / 8] | 1 << (bit % 8));
      txn->Put(KvTable::kIndex, format::TombstoneKey(run->id(), page), bitmap);
    }
  }
}

LocaleState* UnitStore::Writable(StoreState* state, LocaleKey where) {
  std::shared_ptr<const LocaleState>& slot = state->locales[where];
  auto copy = slot == nullptr ? std::make_shared<LocaleState>() : std::make_shared<LocaleState>(*slot);
  if (slot == nullptr) {
    copy->vocabulary = VocabularyOf(where);
    copy->delta = std::make_shared<Delta>(kDeltaCapacity);
  }
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
  for (WriteTxn::NewRow& row : txn->rows_) {
    LocaleState* locale = writable(row.where);
    locale->delta->Append(std::move(row.row));
    locale->delta_rows = locale->delta->size();
  }
  for (const WriteTxn::RowChange& change : txn->changes_) {
    LocaleState* locale = writable(change.where);
    auto apply = [&](auto& rows, uint32_t row) {
      if (change.mask != 0) {
        rows.GrowMask(row, change.mask);
      } else {
        rows.MarkDead(row, txn->sequence_);
      }
    };
    uint32_t row = locale->delta->FindRow(change.segment);
    if (row != Delta::kNoRow) {
      apply(*locale->delta, row);
      continue;
    }
    for (const auto& run : locale->runs) {
      row = run->FindRow(change.segment);
      if (row != Run::kNoRow) apply(*run, row);
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

absl::Status UnitStore::SealFull() {
  std::vector<LocaleKey> full;
  for (const auto& [where, locale] : state_->locales) {
    if (locale->delta_rows >= options_.seal_segments) full.push_back(where);
  }
  for (LocaleKey where : full) RETURN_IF_ERROR(Seal(where));
  return absl::OkStatus();
}

absl::Status UnitStore::SealAll() {
  // Sealing is the leader's work, between two groups: inside one, rows would be counted as sealed before they are
  // there.
  std::unique_lock lock(queue_mu_);
  queue_cv_.wait(lock, [this] { return !leading_; });
  leading_ = true;
  lock.unlock();
  absl::Status status = failed_;
  if (status.ok()) {
    std::vector<LocaleKey> all;
    for (const auto& [where, locale] : state_->locales) {
      if (locale->delta_rows != 0) all.push_back(where);
    }
    for (size_t i = 0; i < all.size() && status.ok(); ++i) status = Seal(all[i]);
  }
  lock.lock();
  leading_ = false;
  queue_cv_.notify_all();
  return status;
}

absl::Status UnitStore::Seal(LocaleKey where) {
  std::shared_ptr<const LocaleState> old = state_->locales.at(where);
  uint64_t id = next_id_++;
  auto commit = [this](const KvBatch& batch) {
    absl::Status status = kv_->Commit(batch, Durability::kSync);
    if (!status.ok()) {
      failed_ = Unavailable("writes are refused until the server is restarted, since a run could not be stored: " +
                            MessageOf(status));
    }
    return status;
  };
  if (next_id_ >= high_water_) {
    KvBatch mark;
    high_water_ = next_id_ + 10000;
    mark.Put(KvTable::kCatalog, format::HighWaterKey(), format::U64(high_water_));
    RETURN_IF_ERROR(commit(mark));
  }
  std::shared_ptr<Run> run = Run::Build(id, old->delta->LiveRows());
  RETURN_IF_ERROR(run->WritePages(*old->vocabulary, commit));
  // The swap: until this record is there, the pages belong to no run and are removed at the next open.
  std::vector<uint64_t> runs = run_lists_[where];
  runs.push_back(id);
  storage::RunListRecord record;
  for (uint64_t r : runs) record.add_runs(r);
  record.set_sealed_below(next_id_);
  KvBatch swap;
  swap.Put(KvTable::kCatalog, format::RunListKey(where.first, where.second), record.SerializeAsString());
  RETURN_IF_ERROR(commit(swap));
  run_lists_[where] = std::move(runs);
  sealed_below_[where] = next_id_;
  auto next = std::make_shared<StoreState>(*state_);
  LocaleState* locale = Writable(next.get(), where);
  locale->runs.push_back(std::move(run));
  locale->delta = std::make_shared<Delta>(kDeltaCapacity);
  locale->delta_rows = 0;
  SetState(std::move(next));
  return absl::OkStatus();
}

}  // namespace reprise
