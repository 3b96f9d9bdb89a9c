// The store: memories, units, segments, the index over them, and the one way in which any of it changes.
//
//   ASSIGN_OR_RETURN(auto store, UnitStore::Open(std::move(kv), {}));
//   RETURN_IF_ERROR(store->Write([&](WriteTxn& txn) { return txn.PutUnit(memory, unit, policy, &result); }));
//   std::shared_ptr<const StoreState> state = store->state();      // one state for the whole lookup
//
// Writes: callers queue, one of them (the leader) applies all that wait to one WriteTxn, commits it as one synced
// batch, publishes the new state, and wakes the others (group commit). Order: kv commit, index published, then OK.
// Reads: a StoreState holds a kv snapshot, the run lists and the delta counts of one moment; it never changes.
// After a failed commit the outcome on disk is unknown: the store refuses writes until it is reopened; reads go on.
//
// Thread-safe.
#ifndef REPRISE_STORAGE_UNIT_STORE_H_
#define REPRISE_STORAGE_UNIT_STORE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "storage/delta.h"
#include "storage/format.h"
#include "storage/kv.h"
#include "storage/run.h"
#include "storage/vocabulary.h"
#include "text/segment.h"
#include "text/tokenize.h"

namespace reprise {

namespace storage {
class MemoryRecord;
class SegmentRecord;
class CountRecord;
}  // namespace storage

// The index of one memory and locale as one state sees it.
struct LocaleState {
  std::shared_ptr<Vocabulary> vocabulary;
  std::vector<std::shared_ptr<Run>> runs;
  std::shared_ptr<Delta> delta;
  uint32_t delta_rows = 0;
};

struct LocaleTally {
  uint64_t variants = 0;
  uint64_t segments = 0;
};
struct MemoryTally {
  uint64_t units = 0;
  std::map<format::LocaleId, LocaleTally> locales;
};

// One memory as stored.
struct StoredMemory {
  format::MemoryId id = 0;
  std::string name;
  std::string display_name;
  std::string description;
  Attributes attributes;
  uint32_t duplicate_policy = 0;
  VariantStatus min_status = VariantStatus::kUnspecified;
  bool read_only = false;
  int64_t created_us = 0;
  int64_t updated_us = 0;
};

// Everything that one call reads. Immutable; hold it as long as the call lasts, not longer: it pins a kv snapshot.
struct StoreState {
  uint64_t sequence = 0;
  std::shared_ptr<const KvSnapshot> snapshot;
  std::map<std::pair<format::MemoryId, format::LocaleId>, std::shared_ptr<const LocaleState>> locales;
  std::map<std::string, std::shared_ptr<const StoredMemory>, std::less<>> memories;  // by name
  std::map<format::MemoryId, std::shared_ptr<const MemoryTally>> tallies;
};

// The stored form of a memory; deleted_us other than 0 hides it.
std::string EncodeMemory(const StoredMemory& memory, int64_t deleted_us);

enum class WritePolicy : uint8_t { kKeepAll, kNewest, kOverwrite, kSkip };
enum class WriteOutcome : uint8_t { kAdded, kUpdated, kMerged, kSkipped };
struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kAdded;
  uint64_t unit = 0;
  uint64_t revision = 0;
  std::string message;
};

// A unit with the costly parts done outside the write lock.
struct PreparedUnit {
  explicit PreparedUnit(Unit u);

  struct Text {
    std::string key_form;
    std::vector<Token> tokens;
    std::string bare_form;
  };
  Unit unit;
  std::vector<Text> texts;  // by variant
};

class UnitStore;

// The changes of one batch, with reads of its own writes. Only inside UnitStore::Write; not thread-safe.
class WriteTxn {
 public:
  // Applies a unit by the policy (design §4, identity of a write). REQUIRES: checked and canonical.
  absl::Status PutUnit(format::MemoryId memory, const PreparedUnit& prepared, WritePolicy policy,
                       const std::string& actor, WriteResult* result);
  // NOT_FOUND if there is no such unit.
  absl::Status DeleteUnit(format::MemoryId memory, format::UnitId unit, const std::string& actor);
  // Adds (id 0) or replaces a memory. The new id is in memory->id.
  absl::Status PutMemory(StoredMemory* memory);
  // Hides the memory and drops its index; its records stay on disk under its number.
  absl::Status DropMemory(const std::string& name);
  absl::StatusOr<std::shared_ptr<const StoredMemory>> FindMemory(std::string_view name) const;

 private:
  friend class UnitStore;
  using LocaleKey = std::pair<format::MemoryId, format::LocaleId>;
  struct NewRow {
    LocaleKey where;
    RunRow row;
  };
  struct RowChange {
    LocaleKey where;
    uint64_t segment = 0;
    uint64_t mask = 0;  // grow by these bits; 0: the segment died
  };

  // A unit as stored, with the keys of its identities.
  struct Stored {
    Unit unit;
    std::string identity;
    std::string target_identity;
  };

  explicit WriteTxn(UnitStore* store);
  absl::StatusOr<bool> Get(KvTable table, const std::string& key, std::string* value) const;
  void Put(KvTable table, const std::string& key, std::string value);
  void Delete(KvTable table, const std::string& key);

  format::LocaleId Locale(const std::string& tag);
  uint64_t NewId();
  absl::StatusOr<std::optional<Stored>> ReadUnit(format::MemoryId memory, format::UnitId unit) const;
  absl::StatusOr<std::optional<Stored>> FindIdentity(format::MemoryId memory, const std::string& identity_key) const;
  void PutRecord(format::MemoryId memory, const Stored& stored);
  absl::Status Add(format::MemoryId memory, const PreparedUnit& prepared, const std::string& actor,
                   WriteResult* result);
  absl::Status Replace(format::MemoryId memory, const Stored& old, const PreparedUnit& incoming,
                       const std::string& actor, WriteResult* result);
  absl::Status Merge(format::MemoryId memory, Stored old, const PreparedUnit& incoming, const std::string& actor,
                     WriteResult* result);
  absl::Status Link(format::MemoryId memory, const Unit& unit, const std::vector<PreparedUnit::Text>& texts,
                    const Unit* linked);
  absl::Status Unlink(format::MemoryId memory, const Unit& unit, const Unit* keep);
  absl::Status LinkSegment(LocaleKey where, const PreparedUnit::Text& text, uint64_t unit, uint64_t mask,
                           const std::string& locale_ids, bool linked);
  absl::Status UnlinkSegment(LocaleKey where, const std::string& key_form, uint64_t unit);
  void Log(uint32_t op, format::MemoryId memory, const Unit& unit, const Unit* before, const std::string& actor);
  MemoryTally& Tally(format::MemoryId memory);

  UnitStore* store_;
  uint64_t sequence_;
  int64_t now_us_;
  uint32_t log_entries_ = 0;
  uint64_t writes_ = 0;
  std::unordered_map<std::string, std::optional<std::string>> pending_;  // table number + key; nullopt: deleted
  std::vector<NewRow> rows_;
  std::vector<RowChange> changes_;
  std::map<format::MemoryId, MemoryTally> tallies_;
  std::map<std::string, std::shared_ptr<const StoredMemory>, std::less<>> memories_;  // null: dropped
  std::vector<format::MemoryId> dropped_;
};

struct UnitStoreOptions {
  uint32_t seal_segments = 16384;
};

class UnitStore {
 public:
  // Creates an empty store or opens one. Errors: FAILED_PRECONDITION if a newer version wrote it or it needs a rebuild,
  // DATA_LOSS.
  static absl::StatusOr<std::unique_ptr<UnitStore>> Open(std::unique_ptr<Kv> kv, const UnitStoreOptions& options);
  ~UnitStore();

  std::shared_ptr<const StoreState> state() const;

  // Runs `apply` and commits what it wrote, synced, together with what other callers queued. An error of `apply` before
  // it wrote anything is its caller's alone; a later one (damage met on the way) fails the group and nothing of it is
  // stored. OK once durable and visible.
  absl::Status Write(std::function<absl::Status(WriteTxn&)> apply);

  // Seals every delta that holds rows.
  absl::Status SealAll();

  // Locale numbers <-> tags; 0 / "" if unknown. Thread-safe.
  format::LocaleId FindLocale(std::string_view tag) const;
  std::string LocaleTag(format::LocaleId id) const;

  absl::StatusOr<Unit> Decode(std::string_view bytes) const;
  // The key form of a segment. Error: DATA_LOSS if it is not there.
  absl::StatusOr<std::string> SegmentKeyForm(const KvSnapshot& snapshot, format::MemoryId memory,
                                             format::LocaleId locale, format::SegmentId segment) const;
  uint64_t DiskBytes() { return kv_->DiskBytes(); }

 private:
  friend class WriteTxn;
  using LocaleKey = std::pair<format::MemoryId, format::LocaleId>;
  struct Job {
    std::function<absl::Status(WriteTxn&)>* apply = nullptr;
    absl::Status status;
    bool done = false;
  };

  UnitStore(std::unique_ptr<Kv> kv, const UnitStoreOptions& options);
  absl::Status Load();
  absl::Status LoadMeta(const KvSnapshot& snapshot);
  absl::Status LoadCatalog(const KvSnapshot& snapshot, StoreState* state);
  absl::Status LoadIndex(const KvSnapshot& snapshot, StoreState* state);
  absl::StatusOr<std::shared_ptr<LocaleState>> LoadLocale(const KvSnapshot& snapshot, LocaleKey where);
  absl::Status LoadDelta(const KvSnapshot& snapshot, LocaleKey where, uint64_t sealed_below, LocaleState* locale);
  absl::Status RemoveOrphanRuns(const KvSnapshot& snapshot);

  // All below: only with the leader's role (leading_ is set by the caller).
  absl::Status CommitGroup(const std::vector<Job*>& group);
  void AddCommitRecords(WriteTxn* txn);
  void AddTombstones(WriteTxn* txn);
  KvBatch BatchOf(const WriteTxn& txn) const;
  std::shared_ptr<StoreState> Publish(WriteTxn* txn);
  LocaleState* Writable(StoreState* state, LocaleKey where);
  absl::Status SealFull();
  absl::Status Seal(LocaleKey where);
  void SetState(std::shared_ptr<const StoreState> state);
  const std::shared_ptr<Vocabulary>& VocabularyOf(LocaleKey where);

  const std::unique_ptr<Kv> kv_;
  const UnitStoreOptions options_;

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
  std::map<LocaleKey, std::shared_ptr<Vocabulary>> vocabularies_;
  std::map<LocaleKey, std::vector<uint64_t>> run_lists_;
  std::map<LocaleKey, uint64_t> sealed_below_;
  std::map<std::pair<uint64_t, uint32_t>, std::string> tombstones_;  // (run, page) -> bitmap

  mutable std::shared_mutex locale_mu_;
  std::map<std::string, format::LocaleId, std::less<>> locale_ids_;
  std::vector<std::string> locale_tags_;  // by id; 0 is unused

  mutable std::mutex state_mu_;
  std::shared_ptr<const StoreState> state_;
};

// The bit of a locale in a mask.
inline uint64_t LocaleBit(format::LocaleId locale) { return uint64_t{1} << (locale % 64); }

}  // namespace reprise

#endif  // REPRISE_STORAGE_UNIT_STORE_H_
