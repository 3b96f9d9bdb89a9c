// Sealing deltas into runs, merging runs, and giving back what no reader holds any more.
#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "base/memory.h"
#include "base/thread_priority.h"
#include "record.pb.h"
#include "storage/unit_store.h"

namespace reprise {
namespace {

// Runs of one tier are within this factor of each other.
constexpr uint64_t kTierRatio = 8;
// So many times the runs of a merge a locale may have before imports wait for merges.
constexpr size_t kMostRuns = 6;
// Bulk writes after which the engine is told that an import is under way: telling it costs some milliseconds.
constexpr int kBulkWritesOfAnImport = 4;

int TierOf(uint64_t rows, uint64_t smallest) {
  int tier = 0;
  for (uint64_t most = smallest * 2; rows > most; most *= kTierRatio) ++tier;
  return tier;
}

}  // namespace

RunPageSink UnitStore::RunSink(KvIngest* ingest, format::RunId id) {
  return [ingest, id](RunPage kind, uint32_t page, std::string_view bytes) {
    return ingest->Put(KvTable::kIndex, format::RunPageKey(id, static_cast<uint8_t>(kind), page), bytes);
  };
}

void UnitStore::Watch(const std::shared_ptr<Run>& run) {
  run->OnRelease([this](format::RunId id) {
    if (closing_.load()) return;
    std::lock_guard lock(upkeep_mu_);
    retired_.push_back(id);
    upkeep_cv_.notify_all();
  });
}

void UnitStore::WakeUpkeep() {
  std::lock_guard lock(upkeep_mu_);
  upkeep_wanted_ = true;
  upkeep_cv_.notify_all();
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
  return Lead([this]() -> absl::Status {
    std::vector<LocaleKey> all;
    for (const auto& [where, locale] : state_->locales) {
      if (locale->delta_rows != 0) all.push_back(where);
    }
    for (LocaleKey where : all) RETURN_IF_ERROR(Seal(where));
    return absl::OkStatus();
  });
}

absl::StatusOr<format::RunId> UnitStore::NewRunId() {
  if (next_id_ + 1 >= high_water_) {
    KvBatch mark;
    const uint64_t next = next_id_ + 10000;
    mark.Put(KvTable::kCatalog, format::HighWaterKey(), format::U64(next));
    if (absl::Status status = kv_->Commit(mark, Durability::kSync); !status.ok()) return Fail(status, "a run");
    high_water_ = next;
  }
  return next_id_++;
}

// The record of a run list; until it is there, the pages of a new run belong to no run and are removed at the next
// open.
std::string UnitStore::RunListBytes(const std::vector<format::RunId>& runs, uint64_t sealed_below) {
  storage::RunListRecord record;
  for (format::RunId run : runs) record.add_runs(run);
  record.set_sealed_below(sealed_below);
  return record.SerializeAsString();
}

absl::Status UnitStore::Seal(LocaleKey where) {
  const std::shared_ptr<const LocaleState> old = state_->locales.at(where);
  std::vector<IndexRow> rows = old->delta->LiveRows();
  std::vector<format::RunId> list;
  for (const RunView& view : old->runs) list.push_back(view.run->id());
  format::RunId id = 0;
  if (!rows.empty()) {
    ASSIGN_OR_RETURN(id, NewRunId());
    std::unique_ptr<KvIngest> ingest = kv_->NewIngest();
    ingest->MaySeeEarlier(KvTable::kIndex);  // no earlier state knows the run
    absl::Status status = BuildRun(std::move(rows), old->delta->vocabulary(), RunSink(ingest.get(), id));
    if (status.ok()) status = ingest->Finish();
    if (!status.ok()) return Fail(status, "a run");
    list.push_back(id);
  }
  KvBatch swap;
  swap.Put(KvTable::kCatalog, format::RunListKey(where.first, where.second), RunListBytes(list, NextSegment()));
  swap.DeleteRange(KvTable::kSegments, format::SegmentKey(where.first, where.second, 0),
                   format::SegmentKey(where.first, where.second, NextSegment()));
  if (absl::Status status = kv_->Commit(swap, Durability::kSync); !status.ok()) return Fail(status, "a run");
  sealed_below_[where] = NextSegment();
  auto next = std::make_shared<StoreState>(*state_);
  next->snapshot = kv_->Snapshot();
  LocaleState* locale = Writable(next.get(), where);
  if (id != 0) {
    absl::StatusOr<RunView> view = LoadRun(*next->snapshot, id);
    if (!view.ok()) return Fail(view.status(), "a run");
    locale->runs.push_back(*std::move(view));
  }
  locale->delta = nullptr;
  Writable(next.get(), where)->delta_rows = 0;
  SetState(std::move(next));
  WakeUpkeep();
  return absl::OkStatus();
}

bool UnitStore::FindMerge(LocaleKey* where, size_t* first, size_t* count) const {
  const std::shared_ptr<const StoreState> state = this->state();
  for (const auto& [key, locale] : state->locales) {
    // The newest runs that are not above a tier, for the lowest tier that has enough of them.
    const std::vector<RunView>& runs = locale->runs;
    for (int tier = 0; tier < 16; ++tier) {
      size_t n = 0;
      while (n < runs.size() && TierOf(runs[runs.size() - 1 - n].run->rows(), options_.seal_segments) <= tier) ++n;
      if (n >= std::max<size_t>(options_.merge_runs, 2)) {
        *where = key;
        *first = runs.size() - n;
        *count = n;
        return true;
      }
      if (n == runs.size()) break;
    }
  }
  return false;
}

absl::Status UnitStore::Merge(LocaleKey where, size_t first, size_t count, const std::function<bool()>& cancelled) {
  std::lock_guard one(merge_mu_);
  std::shared_ptr<const StoreState> state;
  format::RunId id = 0;
  RETURN_IF_ERROR(Lead([&]() -> absl::Status {
    ASSIGN_OR_RETURN(id, NewRunId());
    state = state_;
    merging_ = true;
    grown_rows_.clear();
    return absl::OkStatus();
  }));
  auto end = [&](const absl::Status& status) {
    absl::Status ended = Lead([this] {
      merging_ = false;
      grown_rows_.clear();
      return absl::OkStatus();
    });
    return status.ok() ? ended : status;
  };
  auto locale = state->locales.find(where);
  if (locale == state->locales.end() || locale->second->runs.size() < first + count) return end(absl::OkStatus());
  std::vector<MergeInput> inputs;
  for (size_t i = first; i < first + count; ++i) {
    inputs.push_back({locale->second->runs[i].run, locale->second->runs[i].deaths});
  }
  RunMerge merge(std::move(inputs), cache_.get());
  absl::Status status = merge.Plan(*state->snapshot, cancelled);
  if (status.ok() && merge.rows() != 0) {
    std::unique_ptr<KvIngest> ingest = kv_->NewIngest();
    ingest->MaySeeEarlier(KvTable::kIndex);  // no earlier state knows the run
    status = merge.Write(*state->snapshot, RunSink(ingest.get(), id), cancelled);
    if (status.ok()) status = ingest->Finish();
  }
  state.reset();
  if (status.ok()) status = Lead([&] { return SwapMerged(where, merge, id); });
  return end(status);
}

// Puts the merged run in the place of its inputs, with what happened to their rows meanwhile.
absl::Status UnitStore::SwapMerged(LocaleKey where, const RunMerge& merge, format::RunId id) {
  auto found = state_->locales.find(where);
  if (found == state_->locales.end()) return absl::OkStatus();  // the memory was dropped; the pages are orphans
  const std::vector<RunView>& runs = found->second->runs;
  const std::vector<MergeInput>& inputs = merge.inputs();
  size_t first = 0;
  while (first < runs.size() && runs[first].run != inputs[0].run) ++first;
  if (first + inputs.size() > runs.size()) return absl::OkStatus();
  KvBatch swap;
  auto deaths = std::make_shared<RunDeaths>();
  for (size_t i = 0; i < inputs.size(); ++i) {
    const RunDeaths* now = runs[first + i].deaths.get();
    if (now == nullptr || now == inputs[i].deaths.get()) continue;
    for (uint32_t row = 0; row < inputs[i].run->rows(); ++row) {
      if (now->IsDead(row) && merge.NewRow(i, row) != Run::kNoRow) deaths->Kill(merge.NewRow(i, row));
    }
  }
  for (uint32_t page = 0; page < deaths->pages(); ++page) {
    if (!deaths->page(page).empty()) {
      swap.Put(KvTable::kIndex, format::TombstoneKey(id, page), deaths->page(page));
    }
  }
  for (const GrownRow& grown : grown_rows_) {
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].run->id() != grown.run || merge.NewRow(i, grown.row) == Run::kNoRow) continue;
      swap.Put(KvTable::kIndex, format::MaskKey(id, merge.NewRow(i, grown.row)), format::U64(grown.mask));
    }
  }
  std::vector<format::RunId> list;
  for (size_t i = 0; i < runs.size(); ++i) {
    if (i == first && merge.rows() != 0) list.push_back(id);
    if (i < first || i >= first + inputs.size()) list.push_back(runs[i].run->id());
  }
  swap.Put(KvTable::kCatalog, format::RunListKey(where.first, where.second), RunListBytes(list, SealedBelow(where)));
  if (absl::Status status = kv_->Commit(swap, Durability::kSync); !status.ok()) return Fail(status, "a run");
  auto next = std::make_shared<StoreState>(*state_);
  next->snapshot = kv_->Snapshot();
  LocaleState* locale = Writable(next.get(), where);
  locale->runs.erase(locale->runs.begin() + static_cast<int64_t>(first),
                     locale->runs.begin() + static_cast<int64_t>(first + inputs.size()));
  if (merge.rows() != 0) {
    absl::StatusOr<RunView> view = LoadRun(*next->snapshot, id);
    if (!view.ok()) return Fail(view.status(), "a run");
    locale->runs.insert(locale->runs.begin() + static_cast<int64_t>(first), *std::move(view));
  }
  SetState(std::move(next));
  return absl::OkStatus();
}

absl::Status UnitStore::MergeAll(const std::function<bool()>& cancelled) {
  RETURN_IF_ERROR(SealAll());
  std::vector<LocaleKey> all;
  {
    const std::shared_ptr<const StoreState> now = state();  // kept: the loop would not hold what state() returns
    for (const auto& [where, locale] : now->locales) all.push_back(where);
  }
  for (LocaleKey where : all) {
    const std::shared_ptr<const StoreState> now = state();
    auto locale = now->locales.find(where);
    if (locale == now->locales.end()) continue;
    const std::vector<RunView>& runs = locale->second->runs;
    if (runs.empty() || (runs.size() == 1 && runs[0].deaths == nullptr)) continue;
    RETURN_IF_ERROR(Merge(where, 0, runs.size(), cancelled));
  }
  DropRetired();
  return absl::OkStatus();
}

void UnitStore::DropRetired() {
  std::vector<format::RunId> retired;
  {
    std::lock_guard lock(upkeep_mu_);
    retired.swap(retired_);
  }
  for (format::RunId id : retired) {
    for (const std::string& table :
         {format::RunTablePrefix(), format::TombstoneTablePrefix(), format::MaskTablePrefix()}) {
      // What is not removed now is removed at the next open.
      if (!kv_->DropRange(KvTable::kIndex, table + format::U64(id), table + format::U64(id + 1)).ok()) return;
    }
  }
}

// Reads the pages of runs that are new here into the cache while there is room: of all runs signatures and segment ids,
// then lists and bare forms, then rows. A lookup after that waits for no disk.
void UnitStore::ReadAhead() {
  constexpr uint32_t kPages = 32;  // of one step
  constexpr uint32_t kExpected =
      4 * kPages;                        // that are on their way: enough for the disk, and not much in a lookup's way
  constexpr uint64_t kPage = 128 << 10;  // more than any page has
  auto is_importing = [this] {
    std::lock_guard lock(upkeep_mu_);
    return imports_ != 0;
  };
  if (is_importing()) return;
  const std::shared_ptr<const StoreState> state = this->state();
  const bool first = read_ahead_.empty();
  std::vector<const Run*> fresh;
  for (const auto& [where, locale] : state->locales) {
    for (const RunView& view : locale->runs) {
      if (read_ahead_.insert(view.run->id()).second) fresh.push_back(view.run.get());
    }
  }
  if (fresh.empty()) return;
  // False where reading ahead ends.
  auto read = [&](PageTable* table) {
    for (uint32_t page = 0; page < table->pages(); page += kPages) {
      const uint32_t end = std::min(table->pages(), page + kPages);
      if (closing_.load() || !cache_->HasRoom(kPage * (end - page))) return false;
      if (is_importing()) {
        for (const Run* run : fresh) read_ahead_.erase(run->id());  // again after it
        return false;
      }
      const uint32_t expected = page == 0 ? 0 : page + kExpected - kPages;
      if (expected < table->pages() && cache_->HasRoom(kPage * kExpected)) {
        const uint32_t to = std::min(table->pages(), page + kExpected);
        kv_->WillRead(KvTable::kIndex, table->Key(expected), table->Key(to));
      }
      std::vector<uint32_t> pages(end - page);
      std::iota(pages.begin(), pages.end(), page);
      const PageCache::Guard guard = cache_->Enter();
      // What is wrong with a page is said to who needs it.
      if (!table->Fetch(std::move(pages), *state->snapshot).ok()) return false;
    }
    return true;
  };
  auto read_all = [&](PageTable& (Run::*table)() const) {
    return std::all_of(fresh.begin(), fresh.end(), [&](const Run* run) { return read(&(run->*table)()); });
  };
  if (!read_all(&Run::signatures)) return;
  NoteSignaturesRead();
  if (!read_all(&Run::segment_pages)) return;
  if (first) {
    auto stopped = [&] { return closing_.load() || is_importing(); };
    for (KvTable table : {KvTable::kUnits, KvTable::kSegments}) kv_->WarmUp(table, stopped);
  }
  if (!read_all(&Run::postings) || !read_all(&Run::bare_pages)) return;
  (void)read_all(&Run::row_pages);
}

void UnitStore::NoteSignaturesRead() {
  std::lock_guard lock(upkeep_mu_);
  signatures_read_ = true;
  upkeep_cv_.notify_all();
}

std::shared_ptr<void> UnitStore::ExpectImport() {
  std::lock_guard lock(upkeep_mu_);
  ++imports_;
  return {nullptr, [this](void*) {
            std::lock_guard lock(upkeep_mu_);
            if (--imports_ != 0) return;
            if (std::exchange(bulk_writes_, 0) >= kBulkWritesOfAnImport) kv_->ExpectIngests(false);
            upkeep_wanted_ = true;
            upkeep_cv_.notify_all();
          }};
}

void UnitStore::NoteBulkWrite() {
  std::lock_guard lock(upkeep_mu_);
  if (imports_ != 0 && ++bulk_writes_ == kBulkWritesOfAnImport) kv_->ExpectIngests(true);
}

void UnitStore::WaitForMerges() {
  if (!options_.background_merges) return;
  const size_t most = kMostRuns * std::max<size_t>(options_.merge_runs, 2);
  auto too_many = [&] {
    const std::shared_ptr<const StoreState> state = this->state();
    return std::any_of(state->locales.begin(), state->locales.end(),
                       [&](const auto& entry) { return entry.second->runs.size() > most; });
  };
  while (!closing_.load() && too_many()) {
    WakeUpkeep();
    std::unique_lock lock(upkeep_mu_);
    upkeep_cv_.wait_for(lock, std::chrono::milliseconds(100));
  }
}

void UnitStore::MergeThread() {
  LowerThreadPriority();
  auto cancelled = [this] { return closing_.load(); };
  ReadAhead();  // who opened the store waits for its first answers, and merges can wait
  NoteSignaturesRead();
  while (!closing_.load()) {
    DropRetired();
    LocaleKey where;
    size_t first = 0, count = 0;
    const bool merged = FindMerge(&where, &first, &count) && Merge(where, first, count, cancelled).ok();
    if (merged) {
      bool importing = false;
      {
        std::lock_guard lock(upkeep_mu_);
        upkeep_cv_.notify_all();  // an import may wait for it
        importing = imports_ != 0;
      }
      // What the merge took and what its runs held, which an import would add its own to.
      if (importing) ReleaseFreeMemory();
      continue;
    }
    ReadAhead();
    std::unique_lock lock(upkeep_mu_);
    upkeep_cv_.wait(lock, [this] { return closing_.load() || upkeep_wanted_ || !retired_.empty(); });
    upkeep_wanted_ = false;
  }
}

}  // namespace reprise
