// The changes of one batch, with reads of its own writes: what a write does to records, segments, counts and log.
//
//   RETURN_IF_ERROR(store->Write([&](WriteTxn& txn) { return txn.PutUnit(memory, prepared, policy, actor, &result);
//   }));
//
// Only inside UnitStore::Write and WriteBulk; not thread-safe.
#ifndef REPRISE_STORAGE_WRITE_TXN_H_
#define REPRISE_STORAGE_WRITE_TXN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/status.h"
#include "storage/format.h"
#include "storage/kv.h"
#include "storage/pending_writes.h"
#include "storage/prepared_unit.h"
#include "storage/run.h"
#include "storage/store_state.h"
#include "text/segment.h"

namespace reprise {

class UnitStore;

namespace storage {
class LogRecord;
class UnitRecord;
}  // namespace storage

enum class WritePolicy : uint8_t { kKeepAll, kNewest, kOverwrite, kSkip };
enum class WriteOutcome : uint8_t { kAdded, kUpdated, kMerged, kSkipped };
struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kAdded;
  uint64_t unit = 0;
  uint64_t revision = 0;
  std::string message;
};

class WriteTxn {
 public:
  ~WriteTxn();

  // Reads at once what PutUnit will ask for, for thousands of units: several times as fast as key by key. Changes no
  // outcome.
  absl::Status ReadAhead(format::MemoryId memory, const std::vector<PreparedUnit>& units);
  // Applies a unit by the policy (design §4, identity of a write); prepared->unit may be moved away. REQUIRES: checked
  // and canonical; `prepared` outlives the transaction.
  absl::Status PutUnit(format::MemoryId memory, PreparedUnit* prepared, WritePolicy policy, const std::string& actor,
                       WriteResult* result);
  // Files a unit that is stored, but of which no key knows: a rebuild. REQUIRES: units of a memory come by rising id;
  // `identity` is what the unit is known by.
  absl::Status Relink(format::MemoryId memory, PreparedUnit* prepared, const std::string& identity);
  // NOT_FOUND if there is no such unit; ABORTED if `revision` is not 0 and not the stored one. Either writes nothing.
  absl::Status DeleteUnit(format::MemoryId memory, format::UnitId unit, const std::string& actor,
                          uint64_t revision = 0);
  // Gives the unit of this id and revision other contents, as a new revision; `actor` and the time go to the variants
  // that changed, uses that were recorded meanwhile stay. kSkipped, with the reason in the message, if another unit
  // says the same already. NOT_FOUND; ABORTED if the revision is another by now: both write nothing. REQUIRES: checked
  // and canonical; the variants are those that are stored, in their order.
  absl::Status UpdateUnit(format::MemoryId memory, const PreparedUnit& changed, const std::string& actor,
                          WriteResult* result);
  // Counts one more use, now, of the unit's variants in `locale` (canonical), else of its language and script; of all
  // but the source's if it is empty. Neither a revision nor a log entry. NOT_FOUND if there is no such unit or variant:
  // nothing is written.
  absl::Status RecordUse(format::MemoryId memory, format::UnitId unit, const std::string& locale);
  // Adds (id 0) or replaces a memory. The new id is in memory->id.
  absl::Status PutMemory(StoredMemory* memory);
  // Hides the memory and drops its index; its records stay on disk under its number. FAILED_PRECONDITION while profiles
  // name it.
  absl::Status DropMemory(const std::string& name);
  absl::StatusOr<std::shared_ptr<const StoredMemory>> FindMemory(std::string_view name) const;
  // Adds (created_us 0) or replaces a profile. NOT_FOUND, and nothing is written, if it names a memory that is not
  // there.
  absl::Status PutProfile(Profile* profile);
  absl::Status DropProfile(const std::string& name);
  absl::StatusOr<std::shared_ptr<const Profile>> FindProfile(std::string_view name) const;

  // The import of this id (format::kImportIdBytes), if it is known.
  absl::StatusOr<std::optional<StoredImport>> FindImport(std::string_view id) const;
  // Adds or replaces it, with the present time.
  void PutImport(const StoredImport& import);
  // Forgets those that were put last before that time.
  absl::Status DropImports(int64_t before_us);
  // Of this transaction.
  int64_t now_us() const { return now_us_; }

 private:
  friend class UnitStore;

  std::vector<std::string> ProfilesNaming(const std::string& memory) const;

  // A segment that this transaction adds, or one that is there and changes.
  struct NewRow {
    LocaleKey where;
    uint64_t segment = 0;
    uint64_t mask = 0;  // 0: gone again
    const PreparedText* text = nullptr;
  };
  struct RowChange {
    LocaleKey where;
    uint64_t segment = 0;
    uint32_t weight = 0;
    uint64_t mask = 0;  // grow by these bits; 0: the segment died
  };

  // A unit as stored, with the hash of its identity.
  struct Stored {
    Unit unit;
    std::string identity;
    uint64_t targets = 0;
  };
  // The unit that an identity leads to first.
  struct Owner {
    uint64_t unit = 0;
    uint64_t targets = 0;
    std::optional<Stored> stored = {};  // if finding it took reading it
  };
  // Where an identity is looked for.
  struct IdentityPlace {
    LocaleKey where;
    std::string_view key_form;  // of the unit's source text; must outlive this
    bool has_client_key = false;
    std::string identity;
  };
  struct SegmentInfo {
    format::SegmentId id = 0;
    uint64_t mask = 0;
  };

  // `bulk`: new rows go into a run at once, never into the delta.
  WriteTxn(UnitStore* store, bool bulk);
  absl::StatusOr<bool> Get(KvTable table, const std::string& key, std::string* value) const;
  void Put(KvTable table, std::string_view key, std::string_view value) { pending_.Put(table, key, value); }
  void Delete(KvTable table, std::string_view key) { pending_.Delete(table, key); }

  format::LocaleId Locale(const std::string& tag);
  uint64_t NewId();

  absl::StatusOr<std::optional<Stored>> ReadUnit(format::MemoryId memory, format::UnitId unit) const;
  absl::StatusOr<std::optional<SegmentInfo>> ReadSegment(LocaleKey where, std::string_view key_form) const;
  absl::Status ReadAhead(KvTable table, std::vector<std::string> keys);

  // Identities (write_txn_identity.cc).
  IdentityPlace PlaceOf(format::MemoryId memory, const PreparedUnit& unit) {
    return PlaceOf(memory, unit.unit, unit.texts, unit.identity.hash);
  }
  IdentityPlace PlaceOf(format::MemoryId memory, const Unit& unit, const std::vector<PreparedText>& texts,
                        const std::string& identity);
  // Whether the identities of units with this source have entries of their own.
  absl::StatusOr<bool> IsFiled(const IdentityPlace& place) const;
  absl::StatusOr<std::optional<Owner>> FindOwner(const IdentityPlace& place) const;
  absl::StatusOr<std::optional<Owner>> FindFiled(format::MemoryId memory, const std::string& identity) const;
  absl::StatusOr<std::optional<Stored>> ReadOwner(format::MemoryId memory, Owner* owner) const;  // once
  absl::StatusOr<uint64_t> FindOther(format::MemoryId memory, const std::string& identity, uint64_t targets) const;
  absl::StatusOr<uint64_t> FindSame(format::MemoryId memory, const std::optional<Owner>& owner,
                                    const Stored& next) const;
  void PutOwner(format::MemoryId memory, const std::string& identity, const Owner& owner);
  void PutOther(format::MemoryId memory, const std::string& identity, const Owner& other);
  // Files a unit, whose texts are linked: before `owner`, which led its identity until now, or behind it.
  absl::Status FileNew(const IdentityPlace& place, const Owner& self, const std::optional<Owner>& owner, bool leads);
  absl::Status FileMoved(const IdentityPlace& place, const Owner& self, const std::optional<Owner>& owner);
  // Files the unit that had a segment alone until now, if that is its source.
  absl::Status FileOwner(LocaleKey where, const std::string& key_form, format::UnitId unit);
  absl::Status DropIdentity(format::MemoryId memory, const Stored& stored);
  void PutRecord(format::MemoryId memory, const Stored& stored, bool identity_may_differ);

  // `owner`: of the identity, if there is one; `takes_over`: the new unit becomes it.
  absl::Status Add(format::MemoryId memory, PreparedUnit* prepared, const std::optional<Owner>& owner, bool takes_over,
                   const std::string& actor, WriteResult* result);
  absl::Status Replace(format::MemoryId memory, const Stored& old, const PreparedUnit& incoming,
                       const std::string& actor, WriteResult* result);
  absl::Status Merge(format::MemoryId memory, const Stored& old, const PreparedUnit& incoming, const std::string& actor,
                     WriteResult* result);

  // A unit and what its links need.
  struct Linking {
    uint64_t unit = 0;
    uint64_t mask = 0;
    std::string locale_ids;
    bool may_own = false;  // it is new
    uint32_t owned = 0;    // segments that it brought so far
  };
  // True if the segments of the unit get kReadToCount (row_filter.h). `before`: what it was until now; null: new.
  static bool MustBeRead(const Unit& unit, const Unit* before);
  absl::Status Link(format::MemoryId memory, const Unit& unit, const std::vector<PreparedText>& texts,
                    const Unit* linked);
  absl::Status Unlink(format::MemoryId memory, const Unit& unit, const Unit* keep);
  absl::Status LinkSegment(LocaleKey where, const PreparedText& text, bool linked, Linking* linking);
  format::SegmentId NewSegment(Linking* linking);
  absl::Status UnlinkSegment(LocaleKey where, const std::string& key_form, uint64_t unit);
  void GrowRow(LocaleKey where, uint64_t segment, uint32_t weight, uint64_t mask);

  // Of log records; persisted, never renumber.
  static constexpr uint32_t kOpAdd = 1, kOpUpdate = 2, kOpDelete = 3;
  void Log(uint32_t op, format::MemoryId memory, const Unit& unit, const Unit* before, const std::string& actor);
  MemoryTally& Tally(format::MemoryId memory);
  void CountUnit(format::MemoryId memory, const Unit& unit);  // one more

  UnitStore* store_;
  const bool bulk_;
  uint64_t sequence_;
  int64_t now_us_;
  uint32_t log_entries_ = 0;
  PendingWrites pending_;
  PendingWrites known_;  // what ReadAhead found in the store, and as deletes what it did not
  std::unique_ptr<storage::UnitRecord> unit_record_;  // scratch: a message that is cleared keeps its memory
  std::unique_ptr<storage::LogRecord> log_record_;
  std::map<std::string, format::LocaleId, std::less<>> known_locales_;
  std::set<std::string> other_keys_;  // of further units of identities, put or deleted by this transaction
  std::vector<NewRow> rows_;
  std::unordered_map<uint64_t, size_t> row_of_segment_;  // into rows_
  std::vector<RowChange> changes_;
  std::map<format::MemoryId, MemoryTally> tallies_;
  std::map<std::string, std::shared_ptr<const StoredMemory>, std::less<>> memories_;  // null: dropped
  std::map<std::string, std::shared_ptr<const Profile>, std::less<>> profiles_;       // likewise
  std::vector<format::MemoryId> dropped_;
  // Filled when the batch is made: where the changed rows are.
  std::map<format::RunId, std::shared_ptr<RunDeaths>> deaths_;
  struct Grown {
    std::shared_ptr<Run> run;
    uint32_t row = 0;
    uint64_t mask = 0;
  };
  std::vector<Grown> grown_;
  std::vector<RowChange> delta_changes_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_WRITE_TXN_H_
