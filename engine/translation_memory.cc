#include "engine/translation_memory.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "engine/assembly.h"
#include "engine/concordance.h"
#include "engine/fragments.h"
#include "engine/import.h"
#include "engine/lookup.h"
#include "engine/shared_parts.h"
#include "engine/stored_sentences.h"
#include "engine/suggest.h"
#include "storage/rocksdb_kv.h"
#include "storage/unit_scan.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

absl::Status CheckMemory(const MemoryInfo& info) {
  RETURN_IF_ERROR(CheckName(info.name));
  RETURN_IF_ERROR(CheckDescription(info.display_name, info.description));
  if (info.attributes.size() > kMaxAttributes) {
    return WithField(ResourceExhausted("has more than " + std::to_string(kMaxAttributes) + " keys"), "attributes");
  }
  RETURN_IF_ERROR(WithField(CheckPenalties(info.defaults.penalties), "defaults"));
  const int penalty = info.defaults.penalty.value_or(0);
  if (penalty >= 0 && penalty <= 100) return absl::OkStatus();
  return FieldError("defaults.penalty", "is " + std::to_string(penalty) + "; give 0 to 100");
}

MemoryInfo InfoOf(const StoredMemory& memory) {
  MemoryInfo info;
  info.name = memory.name;
  info.display_name = memory.display_name;
  info.description = memory.description;
  info.attributes = memory.attributes;
  info.duplicate_policy = static_cast<DuplicatePolicy>(memory.duplicate_policy);
  info.min_status = memory.min_status;
  info.read_only = memory.read_only;
  info.defaults = memory.defaults;
  info.created_us = memory.created_us;
  info.updated_us = memory.updated_us;
  return info;
}

void FillFrom(const MemoryInfo& info, StoredMemory* memory) {
  memory->name = info.name;
  memory->display_name = info.display_name;
  memory->description = info.description;
  memory->attributes = info.attributes;
  memory->duplicate_policy = static_cast<uint32_t>(info.duplicate_policy);
  memory->min_status = info.min_status;
  memory->read_only = info.read_only;
  memory->defaults = info.defaults;
}

bool AnyVariantPasses(const UnitFilter& filter, const Unit& unit, std::string_view locale) {
  bool holds = locale.empty();
  bool passes = false;
  for (const Variant& v : unit.variants) {
    holds = holds || MatchLocale(locale, v.locale) != LocaleMatch::kNone;
    passes = passes || PassesFilter(filter, unit, v);
  }
  return holds && passes;
}

PutOutcome ToOutcome(WriteOutcome outcome) {
  switch (outcome) {
    case WriteOutcome::kAdded: return PutOutcome::kAdded;
    case WriteOutcome::kUpdated: return PutOutcome::kUpdated;
    case WriteOutcome::kMerged: return PutOutcome::kMerged;
    case WriteOutcome::kSkipped: return PutOutcome::kSkipped;
  }
  return PutOutcome::kSkipped;
}

class TranslationMemoryImpl final : public TranslationMemory {
 public:
  TranslationMemoryImpl(std::unique_ptr<UnitStore> store, const TranslationMemoryOptions& options)
      : options_(options),
        store_(std::move(store)),
        maintenance_(NewMaintenance(store_.get())),
        profiles_(NewProfiles(store_.get())) {}

  absl::StatusOr<MemoryInfo> CreateMemory(const MemoryInfo& info) override {
    RETURN_IF_ERROR(CheckMemory(info));
    StoredMemory memory;
    FillFrom(info, &memory);
    RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
      if (txn.FindMemory(info.name).ok()) {
        return WithReason(AlreadyExists("memory \"" + info.name + "\" exists already"), "MEMORY_EXISTS");
      }
      return txn.PutMemory(&memory);
    }));
    return InfoOf(memory);
  }

  absl::StatusOr<MemoryInfo> GetMemory(std::string_view name) override {
    std::shared_ptr<const StoreState> state = store_->state();
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, Find(*state, name));
    return InfoOf(*memory);
  }

  std::vector<MemoryInfo> ListMemories() override {
    std::vector<MemoryInfo> out;
    std::shared_ptr<const StoreState> state = store_->state();
    for (const auto& [name, memory] : state->memories) out.push_back(InfoOf(*memory));
    return out;
  }

  absl::StatusOr<MemoryInfo> UpdateMemory(const MemoryInfo& info) override {
    RETURN_IF_ERROR(CheckMemory(info));
    StoredMemory memory;
    RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
      ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> old, txn.FindMemory(info.name));
      memory = *old;
      FillFrom(info, &memory);
      return txn.PutMemory(&memory);
    }));
    return InfoOf(memory);
  }

  absl::Status DeleteMemory(std::string_view name) override {
    return store_->Write([&](WriteTxn& txn) { return txn.DropMemory(std::string(name)); });
  }

  absl::StatusOr<MemoryStats> Stats(std::string_view name) override {
    std::shared_ptr<const StoreState> state = store_->state();
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, Find(*state, name));
    const MemoryTally& tally = *state->tallies.at(memory->id);
    MemoryStats stats;
    stats.units = tally.units;
    for (const auto& [id, t] : tally.locales) {
      if (t.variants != 0) stats.locales[store_->LocaleTag(id)] = {t.variants, t.segments};
    }
    stats.sequence = state->sequence;
    stats.disk_bytes = store_->DiskBytes();
    return stats;
  }

  absl::StatusOr<std::vector<PutResult>> PutUnits(std::string_view name, std::vector<Unit> units,
                                                  const PutOptions& options) override {
    if (units.size() > kMaxBatch) {
      return WithField(ResourceExhausted("has " + std::to_string(units.size()) + " units, the limit is " +
                                         std::to_string(kMaxBatch)),
                       "units");
    }
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, FindWritable(name));
    DuplicatePolicy policy = options.policy;
    if (policy == DuplicatePolicy::kUnspecified) policy = static_cast<DuplicatePolicy>(memory->duplicate_policy);
    if (policy == DuplicatePolicy::kUnspecified) policy = DuplicatePolicy::kNewest;
    std::vector<PutResult> results(units.size());
    std::vector<std::pair<size_t, PreparedUnit>> good;
    for (size_t i = 0; i < units.size(); ++i) {
      results[i].status = CheckUnit(&units[i]);
      if (results[i].status.ok()) {
        good.emplace_back(i, PreparedUnit(std::move(units[i])));
      } else {
        results[i].status = WithField(results[i].status, "units[" + std::to_string(i) + "]");
        results[i].message = MessageOf(results[i].status);
      }
    }
    if (good.empty()) return results;
    RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
      for (auto& [i, unit] : good) {
        WriteResult written;
        RETURN_IF_ERROR(txn.PutUnit(memory->id, &unit, ToWritePolicy(policy), options.actor, &written));
        results[i] = {ToOutcome(written.outcome), written.unit, written.revision, written.message, absl::OkStatus()};
      }
      return absl::OkStatus();
    }));
    return results;
  }

  absl::StatusOr<Unit> GetUnit(std::string_view name, uint64_t unit) override {
    std::shared_ptr<const StoreState> state = store_->state();
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, Find(*state, name));
    std::string value;
    ASSIGN_OR_RETURN(bool found, state->snapshot->Get(KvTable::kUnits, format::UnitKey(memory->id, unit), &value));
    if (!found) {
      return WithReason(NotFound("unit " + std::to_string(unit) + " is not in memory \"" + memory->name + "\""),
                        "UNIT_NOT_FOUND");
    }
    return store_->Decode(value);
  }

  absl::StatusOr<std::vector<Unit>> ListUnits(std::string_view name, const UnitFilter& filter, std::string_view locale,
                                              uint64_t after_unit, size_t limit, uint64_t* next) override {
    std::shared_ptr<const StoreState> state = store_->state();
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, Find(*state, name));
    std::string canonical;
    if (!locale.empty()) {
      ASSIGN_OR_RETURN(canonical, CanonicalLocale(locale));
    }
    std::vector<Unit> out;
    *next = 0;
    auto scan = ScanUnits(*state, memory->id);
    if (after_unit != 0) {
      if (after_unit == UINT64_MAX) return out;
      scan->Seek(format::UnitKey(memory->id, after_unit + 1));
    }
    for (; scan->Valid(); scan->Next()) {
      ASSIGN_OR_RETURN(Unit unit, store_->Decode(scan->value()));
      if (Restricts(filter) ? !AnyVariantPasses(filter, unit, canonical) : !Holds(unit, canonical)) continue;
      if (out.size() == limit) {
        *next = out.back().id;
        return out;
      }
      out.push_back(std::move(unit));
    }
    RETURN_IF_ERROR(scan->status());
    return out;
  }

  absl::Status DeleteUnit(std::string_view name, uint64_t unit) override {
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, FindWritable(name));
    return store_->Write([&](WriteTxn& txn) { return txn.DeleteUnit(memory->id, unit, ""); });
  }

  absl::StatusOr<LookupResult> Lookup(const std::vector<MemoryRef>& memories, const Query& query,
                                      const LookupOptions& options, const CancelCheck& cancelled) override {
    if (memories.empty()) return FieldError("memories", "is empty; name at least one memory");
    RETURN_IF_ERROR(CheckLookupOptions(options));
    return LookupIn(*store_->state(), memories, query, options, cancelled);
  }

  absl::StatusOr<std::vector<absl::StatusOr<LookupResult>>> BatchLookup(const std::vector<MemoryRef>& memories,
                                                                        const std::vector<Query>& queries,
                                                                        const LookupOptions& options,
                                                                        const CancelCheck& cancelled,
                                                                        unsigned threads) override {
    constexpr size_t kWorthAThread = 8;  // queries; below this a thread costs more than it brings
    if (memories.empty()) return FieldError("memories", "is empty; name at least one memory");
    RETURN_IF_ERROR(CheckLookupOptions(options));
    const std::shared_ptr<const StoreState> state = store_->state();
    std::vector<absl::StatusOr<LookupResult>> results(queries.size(), LookupResult());
    std::atomic<size_t> next{0};
    auto work = [&] {
      for (size_t i = next.fetch_add(1); i < queries.size(); i = next.fetch_add(1)) {
        results[i] = LookupIn(*state, memories, queries[i], options, cancelled);
        if (absl::IsCancelled(results[i].status())) next.store(queries.size());
      }
    };
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    const size_t helpers = std::min<size_t>(threads - 1, queries.size() / kWorthAThread);
    {
      std::vector<std::future<void>> others;
      for (size_t i = 0; i < helpers; ++i) others.push_back(std::async(std::launch::async, work));
      work();
    }
    if (cancelled && cancelled()) return Cancelled("the batch was cancelled");
    return results;
  }

  absl::StatusOr<ConcordanceResult> Concordance(const std::vector<MemoryRef>& memories, const ConcordanceQuery& query,
                                                const ConcordanceOptions& options,
                                                const CancelCheck& cancelled) override {
    if (memories.empty()) return FieldError("memories", "is empty; name at least one memory");
    ASSIGN_OR_RETURN(const ConcordancePlan plan, ConcordancePlan::Make(query));
    const std::shared_ptr<const StoreState> state = store_->state();
    return ConcordanceRun(*store_, *state, plan, options, cancelled).Execute(memories);
  }

  absl::StatusOr<SuggestResult> Suggest(const std::vector<MemoryRef>& memories, const Query& query,
                                        std::string_view typed, const SuggestOptions& options,
                                        const CancelCheck& cancelled, SuggestCache* cache) override {
    if (memories.empty()) return FieldError("memories", "is empty; name at least one memory");
    RETURN_IF_ERROR(CheckSuggest(typed, options));
    Query checked = query;
    RETURN_IF_ERROR(CheckQuery(&checked));
    const std::shared_ptr<const StoreState> state = store_->state();
    return SuggestRun(*store_, *state, checked, options, cancelled).Execute(memories, typed, cache);
  }

  absl::StatusOr<std::unique_ptr<Importer>> StartImport(std::string_view name, const ImportOptions& options,
                                                        ImportProgress progress) override {
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, FindWritable(name));
    ImportOptions checked = options;
    for (auto [field, tag] : {std::pair<const char*, std::string*>{"source_locale", &checked.source_locale},
                              {"target_locale", &checked.target_locale}}) {
      if (tag->empty()) continue;
      auto canonical = CanonicalLocale(*tag);
      if (!canonical.ok()) return WithField(canonical.status(), field);
      *tag = *std::move(canonical);
    }
    return NewImporter(store_.get(), memory->id, checked, options_.bulk_units, std::move(progress));
  }

  absl::StatusOr<ExportReport> Export(std::string_view name, Format format, const WriteOptions& options,
                                      const UnitFilter& filter, ByteSink* sink, const CancelCheck& cancelled) override {
    ExportReport report;
    std::shared_ptr<const StoreState> state = store_->state();
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, Find(*state, name));
    ASSIGN_OR_RETURN(std::unique_ptr<UnitWriter> writer, NewUnitWriter(format, options, sink));
    auto scan = ScanUnits(*state, memory->id);
    for (; scan->Valid(); scan->Next()) {
      if (cancelled && cancelled()) return Cancelled("the export was cancelled");
      ASSIGN_OR_RETURN(Unit unit, store_->Decode(scan->value()));
      if (Restricts(filter) && !AnyVariantPasses(filter, unit, "")) continue;
      ++report.units;
      RETURN_IF_ERROR(writer->Write(unit));
    }
    RETURN_IF_ERROR(scan->status());
    RETURN_IF_ERROR(writer->Finish());
    report.skipped = writer->skipped();
    report.repeated = writer->repeated();
    report.replaced = writer->replaced();
    return report;
  }

  Maintenance& maintenance() override { return *maintenance_; }
  Profiles& profiles() override { return *profiles_; }

  StoreStatus Status() override {
    const std::shared_ptr<const StoreState> state = store_->state();
    StoreStatus status;
    status.sequence = state->sequence;
    status.disk_bytes = store_->DiskBytes();
    status.memories = state->memories.size();
    for (const auto& [where, locale] : state->locales) {
      status.runs += locale->runs.size();
      status.delta_rows += locale->delta_rows;
      for (const RunView& view : locale->runs) {
        status.run_rows += view.run->rows();
        if (view.deaths != nullptr) status.dead_rows += view.deaths->count();
      }
    }
    const PageCache& cache = store_->page_cache();
    status.page_cache_bytes = cache.bytes();
    status.page_cache_budget = cache.budget();
    status.pages_loaded = cache.loads();
    return status;
  }
  absl::Status Seal() override { return store_->SealAll(); }
  absl::Status Merge(const CancelCheck& cancelled) override { return store_->MergeAll(cancelled); }

 private:
  absl::StatusOr<LookupResult> LookupIn(const StoreState& state, const std::vector<MemoryRef>& memories,
                                        const Query& query, const LookupOptions& options,
                                        const CancelCheck& cancelled) const {
    Query checked = query;
    RETURN_IF_ERROR(CheckQuery(&checked));
    const auto is_match = [](const Match& match) { return !match.below_threshold; };
    const auto look_up = [&](const Query& asked, const LookupOptions& how) -> absl::StatusOr<LookupResult> {
      ASSIGN_OR_RETURN(LookupResult found, LookupRun(*store_, state, asked, how, cancelled).Execute(memories));
      const auto is_best = [&](const Match& match) { return is_match(match) && match.score >= kMaxOfSentence; };
      if (how.sentences && std::none_of(found.matches.begin(), found.matches.end(), is_best)) {
        RETURN_IF_ERROR(StoredSentencesRun(*store_, state, asked, how, cancelled).Execute(memories, &found));
      }
      return found;
    };
    ASSIGN_OR_RETURN(LookupResult result, look_up(checked, options));
    const bool matched = std::any_of(result.matches.begin(), result.matches.end(), is_match);
    if (options.assemble && !matched) RETURN_IF_ERROR(AddAssembled(checked, options, look_up, &result));
    if (options.fragments == FragmentMode::kAlways || (options.fragments == FragmentMode::kIfNoMatch && !matched)) {
      RETURN_IF_ERROR(FragmentRun(*store_, state, checked, options, cancelled).Execute(memories, &result));
      RETURN_IF_ERROR(SharedPartsRun(*store_, state, checked, options, cancelled).Execute(memories, &result));
    }
    return result;
  }

  static bool Holds(const Unit& unit, const std::string& locale) {
    if (locale.empty()) return true;
    return std::any_of(unit.variants.begin(), unit.variants.end(),
                       [&](const Variant& v) { return MatchLocale(locale, v.locale) != LocaleMatch::kNone; });
  }

  static absl::StatusOr<std::shared_ptr<const StoredMemory>> Find(const StoreState& state, std::string_view name) {
    auto it = state.memories.find(name);
    if (it != state.memories.end()) return it->second;
    return WithReason(NotFound("memory \"" + std::string(name) + "\" does not exist"), "MEMORY_NOT_FOUND");
  }

  absl::StatusOr<std::shared_ptr<const StoredMemory>> FindWritable(std::string_view name) {
    std::shared_ptr<const StoreState> state = store_->state();
    ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, Find(*state, name));
    if (memory->read_only) {
      return WithReason(FailedPrecondition("memory \"" + memory->name + "\" is read-only"), "MEMORY_READ_ONLY");
    }
    return memory;
  }

  const TranslationMemoryOptions options_;
  std::unique_ptr<UnitStore> store_;
  const std::unique_ptr<Maintenance> maintenance_;  // on store_
  const std::unique_ptr<Profiles> profiles_;        // likewise
};

}  // namespace

absl::StatusOr<std::unique_ptr<TranslationMemory>> TranslationMemory::Open(const TranslationMemoryOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Kv> kv, OpenRocksDbKv({.path = options.data_dir,
                                                          .block_cache_bytes = options.block_cache_bytes,
                                                          .must_exist = options.rebuild}));
  return OpenOn(std::move(kv), options);
}

absl::StatusOr<std::unique_ptr<TranslationMemory>> TranslationMemory::OpenOn(std::unique_ptr<Kv> kv,
                                                                             const TranslationMemoryOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<UnitStore> store,
                   UnitStore::Open(std::move(kv), {.seal_segments = options.seal_segments,
                                                   .merge_runs = options.merge_runs,
                                                   .page_cache_bytes = options.page_cache_bytes,
                                                   .background_merges = options.background_merges,
                                                   .open_wait_ms = options.open_wait_ms,
                                                   .rebuild = options.rebuild,
                                                   .rebuilt = options.rebuilt}));
  return std::unique_ptr<TranslationMemory>(std::make_unique<TranslationMemoryImpl>(std::move(store), options));
}

}  // namespace reprise
