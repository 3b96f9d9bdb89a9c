// Opening a store: meta record, catalog, runs, deltas.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "record.pb.h"
#include "storage/codec.h"
#include "storage/unit_store.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// Rows that a delta can ever hold. It is sealed long before: a group of writes is bounded by the callers' limits.
constexpr uint32_t kDeltaCapacity = 4 << 20;
constexpr char kRestore[] = "; restore a backup";

constexpr char kRebuild[] =
    "; `reprised --rebuild --data-dir DIR` makes the index anew from the units, and leaves those as they are";

absl::Status CheckMeta(const storage::MetaRecord& meta) {
  if (meta.format_version() > format::kFormatVersion) {
    return FailedPrecondition("the store was written by a newer version (format " +
                              std::to_string(meta.format_version()) + ", this build knows " +
                              std::to_string(format::kFormatVersion) + "); use that version");
  }
  if (meta.rebuilding()) {
    return WithReason(FailedPrecondition(std::string("a rebuild of the store's index was cut off") + kRebuild),
                      "REBUILD_NEEDED");
  }
  if (meta.format_version() < format::kFormatVersion) {
    return WithReason(FailedPrecondition("the store was written by an older version (format " +
                                         std::to_string(meta.format_version()) + ", this build knows " +
                                         std::to_string(format::kFormatVersion) + ")" + kRebuild),
                      "REBUILD_NEEDED");
  }
  if (meta.key_form_version() != kKeyFormVersion || meta.tokenizer_version() != kTokenizerVersion) {
    return WithReason(
        FailedPrecondition("the store's keys were made by another version of the key form or the tokenizer (" +
                           std::to_string(meta.key_form_version()) + ", " + std::to_string(meta.tokenizer_version()) +
                           "; this build has " + std::to_string(kKeyFormVersion) + ", " +
                           std::to_string(kTokenizerVersion) + ")" + kRebuild),
        "REBUILD_NEEDED");
  }
  return absl::OkStatus();
}

LocaleKey ReadLocaleKey(std::string_view after_letter) {
  return {format::ReadU32(after_letter), format::ReadU32(after_letter.substr(4))};
}

}  // namespace

absl::StatusOr<std::unique_ptr<UnitStore>> UnitStore::Open(std::unique_ptr<Kv> kv, const UnitStoreOptions& options) {
  std::unique_ptr<UnitStore> store(new UnitStore(std::move(kv), options));
  RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status UnitStore::Load() {
  std::shared_ptr<const KvSnapshot> snapshot = kv_->Snapshot();
  if (options_.rebuild) {
    RETURN_IF_ERROR(BeginRebuild(*snapshot));
    snapshot = kv_->Snapshot();
  } else {
    RETURN_IF_ERROR(LoadMeta(*snapshot));
  }
  auto state = std::make_shared<StoreState>();
  RETURN_IF_ERROR(LoadCatalog(*snapshot, state.get()));
  state->units_end = next_id_;
  RETURN_IF_ERROR(LoadIndex(*snapshot, state.get()));
  SetState(state);
  RETURN_IF_ERROR(RemoveOrphanRuns(*snapshot));
  auto opened = std::make_shared<StoreState>(*state);
  opened->snapshot = kv_->Snapshot();
  SetState(opened);
  if (options_.background_merges) {
    upkeep_ = std::thread([this] { MergeThread(); });
    std::unique_lock lock(upkeep_mu_);
    upkeep_cv_.wait_for(lock, std::chrono::milliseconds(options_.open_wait_ms), [this] { return signatures_read_; });
  }
  return options_.rebuild ? RebuildAll() : absl::OkStatus();
}

absl::Status UnitStore::LoadMeta(const KvSnapshot& snapshot) {
  std::string value;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kCatalog, format::MetaKey(), &value));
  if (found) {
    storage::MetaRecord meta;
    if (!meta.ParseFromString(value)) return DataLoss(std::string("the store's meta record is damaged") + kRestore);
    return CheckMeta(meta);
  }
  KvBatch batch;
  batch.Put(KvTable::kCatalog, format::MetaKey(), MetaBytes());
  return kv_->Commit(batch, Durability::kSync);
}

// The meta record of a store that this build wrote.
std::string UnitStore::MetaBytes() {
  storage::MetaRecord meta;
  meta.set_format_version(format::kFormatVersion);
  meta.set_key_form_version(kKeyFormVersion);
  meta.set_tokenizer_version(kTokenizerVersion);
  meta.set_unicode_version(UnicodeVersion());
  return meta.SerializeAsString();
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
    memory->defaults = DecodeMemoryDefaults(record.defaults());
    auto tally = std::make_shared<MemoryTally>();
    storage::CountRecord counts;
    ASSIGN_OR_RETURN(found, snapshot.Get(KvTable::kCatalog, format::CountKey(record.id()), &value));
    if (found && !counts.ParseFromString(value)) return DataLoss(std::string("a count record is damaged") + kRestore);
    tally->units = counts.units();
    for (const storage::LocaleCount& c : counts.locales()) tally->locales[c.locale()] = {c.variants(), c.segments()};
    state->tallies[record.id()] = tally;
    state->memories[record.name()] = memory;
  }
  RETURN_IF_ERROR(memories->status());
  auto profiles = snapshot.Scan(KvTable::kCatalog, format::ProfilePrefix());
  for (; profiles->Valid(); profiles->Next()) {
    ASSIGN_OR_RETURN(Profile profile, DecodeProfile(profiles->value()));
    auto& slot = state->profiles[profile.name];
    slot = std::make_shared<Profile>(std::move(profile));
  }
  return profiles->status();
}

absl::Status UnitStore::LoadIndex(const KvSnapshot& snapshot, StoreState* state) {
  std::map<LocaleKey, std::vector<uint64_t>> run_lists;
  auto lists = snapshot.Scan(KvTable::kCatalog, format::RunListPrefix());
  for (; lists->Valid(); lists->Next()) {
    storage::RunListRecord record;
    if (lists->key().size() != 9 ||
        !record.ParseFromArray(lists->value().data(), static_cast<int>(lists->value().size()))) {
      return DataLoss(std::string("a run list is damaged") + kRestore);
    }
    LocaleKey where = ReadLocaleKey(lists->key().substr(1));
    // A dropped memory's index is gone with it.
    if (state->tallies.count(where.first) == 0) continue;
    run_lists[where].assign(record.runs().begin(), record.runs().end());
    sealed_below_[where] = record.sealed_below();
  }
  RETURN_IF_ERROR(lists->status());
  std::vector<format::RunId> ids;
  for (const auto& [where, runs] : run_lists) ids.insert(ids.end(), runs.begin(), runs.end());
  std::map<format::RunId, RunView> views;
  RETURN_IF_ERROR(LoadRuns(snapshot, ids, &views));
  for (const auto& [id, tally] : state->tallies) {
    for (const auto& [locale, counts] : tally->locales) {
      const LocaleKey where(id, locale);
      if (counts.segments == 0 && run_lists.count(where) == 0) continue;
      auto loaded = std::make_shared<LocaleState>();
      for (format::RunId run : run_lists[where]) loaded->runs.push_back(views.at(run));
      loaded->delta = std::make_shared<Delta>(kDeltaCapacity);
      RETURN_IF_ERROR(LoadDelta(snapshot, where, loaded->delta.get()));
      loaded->delta_rows = loaded->delta->size();
      state->locales[where] = std::move(loaded);
    }
  }
  return absl::OkStatus();
}

// Loads runs on several threads, while the disk brings what they and the first lookups will read.
absl::Status UnitStore::LoadRuns(const KvSnapshot& snapshot, const std::vector<format::RunId>& ids,
                                 std::map<format::RunId, RunView>* views) {
  if (ids.empty()) return absl::OkStatus();
  constexpr unsigned kMostThreads = 8;
  std::atomic<bool> loaded{false};
  std::thread ahead([&] { ExpectReads(ids, &loaded); });
  std::vector<absl::StatusOr<RunView>> results(ids.size(), RunView());
  std::atomic<size_t> next{0};
  auto load = [&] {
    for (size_t i = next.fetch_add(1); i < ids.size(); i = next.fetch_add(1)) results[i] = LoadRun(snapshot, ids[i]);
  };
  const size_t parts = std::min<size_t>(ids.size(), std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads));
  std::vector<std::thread> others;
  for (size_t i = 1; i < parts; ++i) others.emplace_back(load);
  load();
  for (std::thread& other : others) other.join();
  loaded.store(true);
  ahead.join();
  for (size_t i = 0; i < ids.size(); ++i) {
    RETURN_IF_ERROR(results[i].status());
    views->emplace(ids[i], *std::move(results[i]));
  }
  return absl::OkStatus();
}

// Tells the engine which pages of the runs to be loaded will be asked for, in the order in which that happens: what
// stays in memory, then, until the runs are loaded and as far as the cache has room, signatures. The rest is left to
// ReadAhead.
void UnitStore::ExpectReads(const std::vector<format::RunId>& ids, const std::atomic<bool>* loaded) {
  auto expect = [this](format::RunId id, RunPage first, RunPage last) {
    kv_->WillRead(KvTable::kIndex, format::RunPageKey(id, static_cast<uint8_t>(first), 0),
                  format::RunPageKey(id, static_cast<uint8_t>(last) + 1, 0));
  };
  for (format::RunId id : ids) {
    if (loaded->load()) return;
    expect(id, RunPage::kStems, RunPage::kHeader);
    expect(id, RunPage::kWords, RunPage::kWords);
    expect(id, RunPage::kMasks, RunPage::kMasks);
  }
  constexpr uint32_t kPages = 16;  // of one call, which may have to wait for the disk
  constexpr uint64_t kPage = kSignaturePageRows * sizeof(Signature);
  constexpr auto kKind = static_cast<uint8_t>(RunPage::kSignatures);
  uint64_t room = cache_->budget();
  for (format::RunId id : ids) {
    const uint64_t bytes =
        kv_->RangeBytes(KvTable::kIndex, format::RunPageKey(id, kKind, 0), format::RunPageKey(id, kKind + 1, 0));
    if (bytes > room) return;
    room -= bytes;
    for (uint32_t page = 0; page * kPage < bytes; page += kPages) {
      if (loaded->load()) return;
      kv_->WillRead(KvTable::kIndex, format::RunPageKey(id, kKind, page), format::RunPageKey(id, kKind, page + kPages));
    }
  }
}

absl::StatusOr<RunView> UnitStore::LoadRun(const KvSnapshot& snapshot, format::RunId id) {
  RunView view;
  ASSIGN_OR_RETURN(view.run, Run::Load(id, snapshot, cache_.get()));
  Watch(view.run);
  std::shared_ptr<RunDeaths> deaths;
  auto pages = snapshot.Scan(KvTable::kIndex, format::TombstonePrefix(id));
  for (; pages->Valid(); pages->Next()) {
    if (deaths == nullptr) deaths = std::make_shared<RunDeaths>();
    deaths->SetPage(format::ReadU32(pages->key().substr(9)), std::string(pages->value()));
  }
  RETURN_IF_ERROR(pages->status());
  view.deaths = std::move(deaths);
  return view;
}

absl::Status UnitStore::LoadDelta(const KvSnapshot& snapshot, LocaleKey where, Delta* delta) {
  auto scan = snapshot.Scan(KvTable::kSegments, format::SegmentPrefix(where.first, where.second));
  for (scan->Seek(format::SegmentKey(where.first, where.second, SealedBelow(where))); scan->Valid(); scan->Next()) {
    const uint64_t segment = format::ReadU64(scan->key().substr(9));
    const PreparedText text{std::string(scan->value())};
    storage::SegmentRecord record;
    std::string value;
    ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kSegments,
                                              format::ExactKey(where.first, where.second, text.key_form), &value));
    if (!found || !record.ParseFromString(value) || record.id() != segment) {
      return DataLoss("segment " + std::to_string(segment) + ": its record is missing or damaged" + kRestore);
    }
    delta->Append(MakeIndexRow(segment, record.locale_mask(), text, &delta->vocabulary()));
  }
  return scan->status();
}

// Pages of runs that no list names: a seal, a merge or an import that was cut off, or a dropped memory.
absl::Status UnitStore::RemoveOrphanRuns(const KvSnapshot& snapshot) {
  std::vector<uint64_t> listed;
  for (const auto& [where, locale] : state_->locales) {
    for (const RunView& view : locale->runs) listed.push_back(view.run->id());
  }
  std::sort(listed.begin(), listed.end());
  for (const std::string& table :
       {format::RunTablePrefix(), format::TombstoneTablePrefix(), format::MaskTablePrefix()}) {
    auto scan = snapshot.Scan(KvTable::kIndex, table);
    while (scan->Valid()) {
      const uint64_t run = format::ReadU64(scan->key().substr(1));
      const std::string begin = table + format::U64(run), end = table + format::U64(run + 1);
      if (!std::binary_search(listed.begin(), listed.end(), run)) {
        RETURN_IF_ERROR(kv_->DropRange(KvTable::kIndex, begin, end));
      }
      scan->Seek(end);
    }
    RETURN_IF_ERROR(scan->status());
  }
  return absl::OkStatus();
}

}  // namespace reprise
