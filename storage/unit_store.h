// The store: memories, units, segments, the index over them, and the one way in which any of it changes.
//
//   ASSIGN_OR_RETURN(auto store, UnitStore::Open(std::move(kv), {}));
//   RETURN_IF_ERROR(store->Write([&](WriteTxn& txn) { return txn.PutUnit(memory, unit, policy, actor, &result); }));
//   std::shared_ptr<const StoreState> state = store->state();      // one state for the whole lookup
//
// Writes: callers queue, one of them (the leader) applies all that wait to one WriteTxn, commits it as one synced
// batch, publishes the new state, and wakes the others (group commit). Order: kv commit, index published, then OK.
// Much at once goes by WriteBulk: sorted files instead of the log, runs instead of the delta, all of it atomic too.
// Reads: a StoreState holds a kv snapshot, the runs and the delta's count of one moment; it never changes.
// Upkeep: a delta that is full becomes a run; a thread of the store's own merges runs, so that a locale has few.
// After a failed commit the outcome on disk is unknown: the store refuses writes until it is reopened; reads go on.
//
// Thread-safe.
#ifndef REPRISE_STORAGE_UNIT_STORE_H_
#define REPRISE_STORAGE_UNIT_STORE_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/status.h"
#include "storage/format.h"
#include "storage/kv.h"
#include "storage/page_cache.h"
#include "storage/run_merge.h"
#include "storage/store_state.h"
#include "storage/write_txn.h"
#include "text/segment.h"

namespace reprise {

// NOT_FOUND with its reason.
absl::Status ProfileNotFound(std::string_view name);

// The stored form of a memory; deleted_us other than 0 hides it.
std::string EncodeMemory(const StoredMemory& memory, int64_t deleted_us);

struct UnitStoreOptions {
  uint32_t seal_segments = 16384;           // a delta of this many rows becomes a run
  uint32_t merge_runs = 8;                  // this many runs of like size become one; at least 2
  uint64_t page_cache_bytes = 1536u << 20;  // pages of runs in memory
  bool background_merges = true;            // false: only MergeAll merges (tests)
  // How long opening may wait until signatures are read ahead, as far as there is room for them: else the first lookup
  // reads nearly all of them.
  uint32_t open_wait_ms = 0;
  // Makes all that follows from the units anew while opening, whatever key form wrote it: about a minute a million
  // units. A rebuild that is cut off leaves a store that opens for nothing but another one.
  bool rebuild = false;
  std::function<void(uint64_t units)> rebuilt = {};  // told now and then how far it is
};

class UnitStore {
 public:
  // Creates an empty store or opens one. Errors: FAILED_PRECONDITION if another version wrote it or it needs a rebuild,
  // DATA_LOSS.
  static absl::StatusOr<std::unique_ptr<UnitStore>> Open(std::unique_ptr<Kv> kv, const UnitStoreOptions& options);
  ~UnitStore();

  std::shared_ptr<const StoreState> state() const;
  PageCache& page_cache() const { return *cache_; }

  // Runs `apply` and commits what it wrote, synced, together with what other callers queued. An error of `apply` before
  // it wrote anything is its caller's alone; a later one (damage met on the way) fails the group and nothing of it is
  // stored. OK once durable and visible.
  absl::Status Write(std::function<absl::Status(WriteTxn&)> apply);
  // The same, alone and by way of sorted files: for thousands of units and more. Other writes wait meanwhile.
  absl::Status WriteBulk(const std::function<absl::Status(WriteTxn&)>& apply);
  // As long as one of these lives, the store is set for the bulk writes of an import. Pages are read when they are
  // needed and not ahead: the runs that bulk writes bring are soon merged, and their pages would take the room of those
  // that are asked for. Once a few bulk writes came, the engine expects more. The store must outlive it.
  std::shared_ptr<void> ExpectImport();

  // Seals every delta that holds rows.
  absl::Status SealAll();
  // Seals, then merges the runs of every locale into one. Errors: CANCELLED.
  absl::Status MergeAll(const std::function<bool()>& cancelled);

  // Locale numbers <-> tags; 0 / "" if unknown. Thread-safe.
  format::LocaleId FindLocale(std::string_view tag) const;
  std::string LocaleTag(format::LocaleId id) const;

  // A stored unit; `identity` as for DecodeUnit (storage/codec.h).
  absl::StatusOr<Unit> Decode(std::string_view bytes, std::string* identity = nullptr) const;
  uint64_t DiskBytes() { return kv_->DiskBytes(); }

 private:
  friend class WriteTxn;
  struct Job {
    std::function<absl::Status(WriteTxn&)>* apply = nullptr;
    absl::Status status;
    bool done = false;
  };

  UnitStore(std::unique_ptr<Kv> kv, const UnitStoreOptions& options);

  // Opening (unit_store_open.cc).
  absl::Status Load();
  absl::Status LoadMeta(const KvSnapshot& snapshot);
  static std::string MetaBytes();
  absl::Status LoadCatalog(const KvSnapshot& snapshot, StoreState* state);
  absl::Status LoadIndex(const KvSnapshot& snapshot, StoreState* state);
  absl::StatusOr<std::shared_ptr<LocaleState>> LoadLocale(const KvSnapshot& snapshot, LocaleKey where);
  absl::Status LoadDelta(const KvSnapshot& snapshot, LocaleKey where, Delta* delta);
  absl::Status LoadRuns(const KvSnapshot& snapshot, const std::vector<format::RunId>& ids,
                        std::map<format::RunId, RunView>* views);
  void ExpectReads(const std::vector<format::RunId>& ids, const std::atomic<bool>* loaded);
  absl::StatusOr<RunView> LoadRun(const KvSnapshot& snapshot, format::RunId id);
  absl::Status RemoveOrphanRuns(const KvSnapshot& snapshot);

  // Rebuilding (unit_store_rebuild.cc), before anyone else has the store.
  struct Rebuilt;
  absl::Status BeginRebuild(const KvSnapshot& snapshot);
  absl::Status RebuildAll();
  absl::Status RebuildBatch(format::MemoryId memory, const std::vector<std::string>& records);

  // All below: only with the leader's role (leading_ is set by the caller).
  absl::Status Lead(const std::function<absl::Status()>& work);
  absl::Status CommitGroup(const std::vector<Job*>& group);
  absl::Status CommitBulk(const std::function<absl::Status(WriteTxn&)>& apply);
  absl::Status Fail(const absl::Status& status, std::string_view what);
  void AddCommitRecords(WriteTxn* txn);
  absl::Status PlaceChanges(WriteTxn* txn);
  KvBatch BatchOf(const WriteTxn& txn) const;
  std::shared_ptr<StoreState> Publish(WriteTxn* txn);
  LocaleState* Writable(StoreState* state, LocaleKey where);
  void SetState(std::shared_ptr<const StoreState> state);
  uint64_t SealedBelow(LocaleKey where) const;
  // Above every segment there is. REQUIRES: as next_id_.
  format::SegmentId NextSegment() const { return format::MakeSegmentId(next_id_, 0); }

  struct BulkRun;
  std::vector<std::unique_ptr<BulkRun>> StartBulkRuns(WriteTxn* txn);
  void ListBulkRuns(const std::vector<std::unique_ptr<BulkRun>>& runs, WriteTxn* txn);
  absl::Status PutSorted(const WriteTxn& txn, KvIngest* ingest);

  // Runs (unit_store_runs.cc); leader only, but for those that say otherwise.
  absl::Status SealFull();
  absl::Status Seal(LocaleKey where);
  absl::StatusOr<format::RunId> NewRunId();
  static std::string RunListBytes(const std::vector<format::RunId>& runs, uint64_t sealed_below);
  static RunPageSink RunSink(KvIngest* ingest, format::RunId id);
  absl::Status SwapMerged(LocaleKey where, const RunMerge& merge, format::RunId id);
  // Any thread.
  absl::Status Merge(LocaleKey where, size_t first, size_t count, const std::function<bool()>& cancelled);
  void MergeThread();
  bool FindMerge(LocaleKey* where, size_t* first, size_t* count) const;
  void Watch(const std::shared_ptr<Run>& run);
  void DropRetired();
  void WakeUpkeep();
  void ReadAhead();  // upkeep thread
  void NoteSignaturesRead();
  void WaitForMerges();  // an import's thread
  void NoteBulkWrite();  // an import's thread

  const std::unique_ptr<Kv> kv_;
  const UnitStoreOptions options_;
  const std::unique_ptr<PageCache> cache_;

  // The write queue.
  std::mutex queue_mu_;
  std::condition_variable queue_cv_;
  std::deque<Job*> queue_;
  bool leading_ = false;

  // Leader only.
  absl::Status failed_;  // why writes are refused; OK in health
  uint64_t next_id_ = 1;
  uint64_t high_water_ = 1;
  format::MemoryId next_memory_ = 1;
  std::map<LocaleKey, uint64_t> sealed_below_;
  // Rows whose masks grew since the merge under way began: what the new run must be told. Bounded by a merge's time.
  struct GrownRow {
    format::RunId run = 0;
    uint32_t row = 0;
    uint64_t mask = 0;
  };
  std::vector<GrownRow> grown_rows_;
  bool merging_ = false;

  mutable std::shared_mutex locale_mu_;
  std::map<std::string, format::LocaleId, std::less<>> locale_ids_;
  std::vector<std::string> locale_tags_;  // by id; 0 is unused

  mutable std::mutex state_mu_;
  std::shared_ptr<const StoreState> state_;

  // Merging and retiring.
  std::mutex merge_mu_;  // held by the one merge under way
  std::mutex upkeep_mu_;
  std::condition_variable upkeep_cv_;
  std::vector<format::RunId> retired_;  // guarded by upkeep_mu_: pages to be removed
  bool upkeep_wanted_ = false;          // guarded by upkeep_mu_
  bool signatures_read_ = false;        // guarded by upkeep_mu_: ahead, after the open, or given up
  int imports_ = 0;                     // under way; guarded by upkeep_mu_
  int bulk_writes_ = 0;                 // since the first of them began; guarded by upkeep_mu_
  std::set<format::RunId> read_ahead_;  // upkeep thread only
  std::atomic<bool> closing_{false};
  std::thread upkeep_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_UNIT_STORE_H_
