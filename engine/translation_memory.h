// The whole product in one process, without a network. START HERE for behaviour.
//
//   ASSIGN_OR_RETURN(auto tm, TranslationMemory::Open({.data_dir = "/var/lib/reprise"}));
//   RETURN_IF_ERROR(tm->CreateMemory({.name = "news"}).status());
//   ASSIGN_OR_RETURN(auto results, tm->PutUnits("news", {unit}, {}));
//   ASSIGN_OR_RETURN(LookupResult r, tm->Lookup({{.name = "news"}}, {.content = {.text = "Good morning."},
//                                                .source_locale = "en", .target_locale = "zh-CN"}, {}, {}));
//
// Thread-safe: every method may be called from any thread. A call reads one state: everything acknowledged before it
// began, nothing in part. Locale tags in arguments may be in any spelling; answers are canonical.
#ifndef REPRISE_ENGINE_TRANSLATION_MEMORY_H_
#define REPRISE_ENGINE_TRANSLATION_MEMORY_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/concordance_query.h"
#include "engine/maintenance.h"
#include "engine/profiles.h"
#include "engine/reason_counts.h"
#include "engine/suggest_query.h"
#include "formats/unit_stream.h"
#include "match/match.h"
#include "text/locale_map.h"
#include "text/segment.h"

namespace reprise {

class Kv;

// What happens when the identity of a write is there already (design §4). Persisted: never renumber.
enum class DuplicatePolicy : uint8_t { kUnspecified = 0, kKeepAll = 1, kNewest = 2, kOverwrite = 3, kSkip = 4 };

struct MemoryInfo {
  std::string name;  // [a-z0-9][a-z0-9_-]{0,62}
  std::string display_name;
  std::string description;
  Attributes attributes;
  DuplicatePolicy duplicate_policy = DuplicatePolicy::kUnspecified;  // of Put; unspecified = kNewest
  VariantStatus min_status = VariantStatus::kUnspecified;            // lowest status that lookups see
  bool read_only = false;
  MemoryDefaults defaults;  // of calls that search it
  int64_t created_us = 0;
  int64_t updated_us = 0;
};

struct LocaleStats {
  uint64_t variants = 0;
  uint64_t segments = 0;  // distinct normalized texts
};
struct MemoryStats {
  uint64_t units = 0;
  std::map<std::string, LocaleStats> locales;
  uint64_t sequence = 0;    // of the state that was read
  uint64_t disk_bytes = 0;  // of the whole store
};

enum class PutOutcome : uint8_t { kAdded = 1, kUpdated = 2, kMerged = 3, kSkipped = 4, kRefused = 5 };
struct PutResult {
  PutOutcome outcome = PutOutcome::kRefused;
  uint64_t unit = 0;  // 0 if refused
  uint64_t revision = 0;
  std::string message;  // why skipped or refused, or what was noticed (stored beside a locked variant, …)
  absl::Status status;  // OK unless refused; names the field
};
struct PutOptions {
  DuplicatePolicy policy = DuplicatePolicy::kUnspecified;  // unspecified = the memory's
  std::string actor;  // goes to changed_by where the variant has none, and to the change log
};

struct ImportOptions {
  Format format = Format::kAuto;
  std::string file_name;      // helps detection only; never opened
  std::string source_locale;  // for formats that do not say
  std::string target_locale;
  LocaleMap locale_map;                                    // what tags in the file mean
  DuplicatePolicy policy = DuplicatePolicy::kUnspecified;  // unspecified = kKeepAll
  std::string actor;
  bool dry_run = false;   // parse and check, store nothing
  bool keep_raw = false;  // give refusals as they stand in the file
  // Store with each batch how far the import has come, so that it can go on after a break (Importer::resume_token).
  // Costs one synced write at the start. Not with dry_run.
  bool resumable = false;
  // Of an import that broke off, to go on with it: the same file is fed from its beginning, with the same options;
  // what is stored already is passed over. Implies `resumable`.
  std::string resume_token;
};
struct ImportReport {
  uint64_t read = 0;  // added + updated + merged + skipped + refused
  uint64_t added = 0, updated = 0, merged = 0, skipped = 0, refused = 0;
  uint64_t warnings = 0;
  ReasonCounts refusals_by_kind, warnings_by_kind;
  std::vector<Refusal> refusals;  // the first kMaxRefusalsKept, without their bytes
  uint64_t sequence = 0;          // of the last batch
};
inline constexpr size_t kMaxRefusalsKept = 10000;

// What was found since the call before.
struct ImportNews {
  std::vector<Refusal> refusals;
  std::vector<Warning> warnings;
};
// Called after each synced batch with the counts so far, and when many refusals or warnings wait. A non-OK answer
// stops.
using ImportProgress = std::function<absl::Status(const ImportReport& so_far, const ImportNews& news)>;

// An import under way: bytes go in as they come (compressed or not). Not thread-safe; what was committed stays if it is
// dropped.
class Importer {
 public:
  virtual ~Importer() = default;
  // Error: INVALID_ARGUMENT if the file cannot be read on; FAILED_PRECONDITION if it is not the one that is resumed;
  // ABORTED if another call goes on with the import meanwhile; what the progress answered; I/O.
  virtual absl::Status Feed(std::string_view bytes) = 0;
  virtual absl::StatusOr<ImportReport> Finish() = 0;
  // Counts so far; also valid after an error. Refusals and warnings of what is passed over are counted again.
  virtual const ImportReport& report() const = 0;
  // What ImportOptions::resume_token takes, the same from the start to the end; "" if the import is not resumable.
  // Good for 30 days after the last batch, also after the import has ended.
  virtual std::string resume_token() const { return std::string(); }
};

// What an export wrote and what the format could not hold.
struct ExportReport {
  uint64_t units = 0;     // that passed the filter
  uint64_t skipped = 0;   // of these, not written at all: no pair of the two locales
  uint64_t repeated = 0;  // UnitWriter::repeated
  uint64_t replaced = 0;  // UnitWriter::replaced
};

// How the store is, for who runs it.
struct StoreStatus {
  uint64_t sequence = 0;
  uint64_t disk_bytes = 0;
  uint64_t memories = 0;
  uint64_t run_rows = 0;   // segments in runs, dead ones included
  uint64_t dead_rows = 0;  // of these
  uint64_t runs = 0;
  uint64_t delta_rows = 0;  // segments that are in no run yet
  uint64_t page_cache_bytes = 0;
  uint64_t page_cache_budget = 0;
  uint64_t pages_loaded = 0;  // from disk, since the store was opened
};

struct TranslationMemoryOptions {
  std::string data_dir;
  uint64_t block_cache_bytes = 256 << 20;
  uint64_t page_cache_bytes = 1536u << 20;  // index pages in memory; less means more reading, never another answer
  uint32_t seal_segments = 16384;           // the delta of a locale is sealed into a run at this many segments
  uint32_t merge_runs = 8;                  // so many runs of like size are merged into one, in the background
  bool background_merges = true;            // false: only Merge() merges
  uint32_t bulk_units = 65536;              // units of a full batch of an import
  uint32_t open_wait_ms = 0;                // as UnitStoreOptions::open_wait_ms
  bool rebuild = false;                     // first make the index anew from the units: as UnitStoreOptions::rebuild
  std::function<void(uint64_t units)> rebuilt = {};  // told now and then how far that is
};

class TranslationMemory {
 public:
  // Opens or creates the store. Errors: as OpenRocksDbKv; FAILED_PRECONDITION if it was written by a newer version,
  // or by one whose index needs a rebuild (reason REBUILD_NEEDED); NOT_FOUND (reason STORE_NOT_FOUND) if there is none
  // to rebuild.
  static absl::StatusOr<std::unique_ptr<TranslationMemory>> Open(const TranslationMemoryOptions& options);
  // The same on an engine of the caller's (tests).
  static absl::StatusOr<std::unique_ptr<TranslationMemory>> OpenOn(std::unique_ptr<Kv> kv,
                                                                   const TranslationMemoryOptions& options);
  virtual ~TranslationMemory() = default;

  // Memories. Unknown names: NOT_FOUND (reason MEMORY_NOT_FOUND); taken: ALREADY_EXISTS.
  virtual absl::StatusOr<MemoryInfo> CreateMemory(const MemoryInfo& info) = 0;
  virtual absl::StatusOr<MemoryInfo> GetMemory(std::string_view name) = 0;
  virtual std::vector<MemoryInfo> ListMemories() = 0;  // by name
  // Replaces everything but name and times.
  virtual absl::StatusOr<MemoryInfo> UpdateMemory(const MemoryInfo& info) = 0;
  // FAILED_PRECONDITION (reason MEMORY_IN_USE) while profiles name it, which the message lists.
  virtual absl::Status DeleteMemory(std::string_view name) = 0;
  virtual absl::StatusOr<MemoryStats> Stats(std::string_view memory) = 0;

  // Stores units, all of one call in one atomic, synced batch; a bad unit is refused in its result, the others go in.
  // Error (for the call): unknown or read-only memory, over 1,000 units, I/O.
  virtual absl::StatusOr<std::vector<PutResult>> PutUnits(std::string_view memory, std::vector<Unit> units,
                                                          const PutOptions& options) = 0;
  virtual absl::StatusOr<Unit> GetUnit(std::string_view memory, uint64_t unit) = 0;
  // Up to `limit` units with ids above `after_unit`, by id, that pass the filter (of some variant) and hold `locale`
  // (any if empty). `*next` gets the id to go on from, 0 at the end.
  virtual absl::StatusOr<std::vector<Unit>> ListUnits(std::string_view memory, const UnitFilter& filter,
                                                      std::string_view locale, uint64_t after_unit, size_t limit,
                                                      uint64_t* next) = 0;
  virtual absl::Status DeleteUnit(std::string_view memory, uint64_t unit) = 0;

  // The matches of one query in the given memories (design §6). Errors: INVALID_ARGUMENT with the field
  // (query.content.text, query.source_locale, query.target_locale, threshold, floor, max_results), NOT_FOUND,
  // CANCELLED.
  virtual absl::StatusOr<LookupResult> Lookup(const std::vector<MemoryRef>& memories, const Query& query,
                                              const LookupOptions& options, const CancelCheck& cancelled) = 0;
  // The same for many queries, which all see one state: the answer or error of each, in their order. Works on up to
  // `threads` threads (0: one a processor), the caller's among them; `cancelled` is asked from all of them.
  // Errors of the whole: INVALID_ARGUMENT (memories, options), CANCELLED.
  virtual absl::StatusOr<std::vector<absl::StatusOr<LookupResult>>> BatchLookup(const std::vector<MemoryRef>& memories,
                                                                                const std::vector<Query>& queries,
                                                                                const LookupOptions& options,
                                                                                const CancelCheck& cancelled,
                                                                                unsigned threads = 0) = 0;

  // The units whose texts hold words, phrases or a regular expression: in the order of the memories, then the newest
  // (largest id) first, a page at a time. Errors: INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the field (memories,
  // source_text, target_text, target_excludes, source_locale, target_locale, either_side, fuzzy, guess, page_size,
  // page_token), NOT_FOUND, CANCELLED.
  virtual absl::StatusOr<ConcordanceResult> Concordance(const std::vector<MemoryRef>& memories,
                                                        const ConcordanceQuery& query,
                                                        const ConcordanceOptions& options,
                                                        const CancelCheck& cancelled) = 0;

  // Completions of `typed`, what stands of the target of `query` up to the cursor. `cache` may be null; one that is
  // kept from call to call spares the search while source, options and store stay the same. Not from two threads at
  // once. Errors: INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the field (memories, query.…, prefix, threshold,
  // max_results), NOT_FOUND, CANCELLED.
  virtual absl::StatusOr<SuggestResult> Suggest(const std::vector<MemoryRef>& memories, const Query& query,
                                                std::string_view typed, const SuggestOptions& options,
                                                const CancelCheck& cancelled, SuggestCache* cache) = 0;

  // Errors: NOT_FOUND, FAILED_PRECONDITION (read-only memory; a token whose import is not known here or had other
  // options), INVALID_ARGUMENT (source_locale, target_locale, resume_token).
  virtual absl::StatusOr<std::unique_ptr<Importer>> StartImport(std::string_view memory, const ImportOptions& options,
                                                                ImportProgress progress) = 0;
  // Writes all units of one state of the memory, by id. All formats but kText.
  virtual absl::StatusOr<ExportReport> Export(std::string_view memory, Format format, const WriteOptions& options,
                                              const UnitFilter& filter, ByteSink* sink,
                                              const CancelCheck& cancelled) = 0;

  // Changes and checks of many units at once; lives as long as this.
  virtual Maintenance& maintenance() = 0;
  // Named sets of memories; lives as long as this.
  virtual Profiles& profiles() = 0;

  virtual StoreStatus Status() = 0;
  // Seals every delta into runs now (tests, maintenance).
  virtual absl::Status Seal() = 0;
  // Seals, then merges all runs of each locale into one: the fastest lookups. Readers and writers go on meanwhile.
  virtual absl::Status Merge(const CancelCheck& cancelled) = 0;
};

// Limits on what callers send (design §9). All are refused with the field named.
inline constexpr size_t kMaxTextBytes = 32 << 10;
inline constexpr size_t kMaxVariants = 200;
inline constexpr size_t kMaxCodes = 1000;
inline constexpr size_t kMaxAttributes = 64;
inline constexpr size_t kMaxAttributeBytes = 1 << 10;
inline constexpr size_t kMaxBatch = 1000;

// What memories and profiles share: [a-z0-9][a-z0-9_-]{0,62}, field "name"; fields "display_name", "description".
absl::Status CheckName(std::string_view name);
absl::Status CheckDescription(const std::string& display_name, const std::string& description);
// Points by names of penalties: known names, 0 to 100; field "penalties" or "penalties.NAME".
absl::Status CheckPenalties(const std::map<std::string, int>& penalties);
// OK, or INVALID_ARGUMENT / RESOURCE_EXHAUSTED naming the field. Canonicalizes the locales in place.
absl::Status CheckUnit(Unit* unit);
// The same for a query.
absl::Status CheckQuery(Query* query);
absl::Status CheckLookupOptions(const LookupOptions& options);

}  // namespace reprise

#endif  // REPRISE_ENGINE_TRANSLATION_MEMORY_H_
