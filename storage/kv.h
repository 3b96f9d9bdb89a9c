// The engine interface under the store: ordered bytes -> bytes in named tables, atomic batches, snapshots.
//
//   KvBatch batch;
//   batch.Put(KvTable::kUnits, key, value);
//   RETURN_IF_ERROR(kv->Commit(batch, Durability::kSync));
//   auto snapshot = kv->Snapshot();
//   ASSIGN_OR_RETURN(bool found, snapshot->Get(KvTable::kUnits, key, &value));
//
// Engines: rocksdb_kv.h (the product), memory_kv.h (tests). All classes are thread-safe unless they say otherwise.
// Keys sort as unsigned bytes.
#ifndef REPRISE_STORAGE_KV_H_
#define REPRISE_STORAGE_KV_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace reprise {

// Named tables (RocksDB: column families of these names). Persisted by name: never rename.
enum class KvTable : uint8_t { kCatalog = 0, kUnits = 1, kSegments = 2, kIndex = 3, kText = 4, kLog = 5 };
inline constexpr int kKvTableCount = 6;
const char* KvTableName(KvTable table);  // "catalog", "units", "segments", "index", "text", "log"

enum class Durability { kSync, kNoSync };

// An ordered list of writes that happen all or not at all. Not thread-safe.
class KvBatch {
 public:
  struct Op {
    KvTable table;
    bool is_delete;
    std::string key;
    std::string value;      // of a put
    std::string range_end;  // not empty: deletes all keys of [key, range_end)
  };
  void Put(KvTable table, std::string_view key, std::string_view value) {
    bytes_ += key.size() + value.size();
    ops_.push_back({table, false, std::string(key), std::string(value), std::string()});
  }
  void Delete(KvTable table, std::string_view key) {
    bytes_ += key.size();
    ops_.push_back({table, true, std::string(key), std::string(), std::string()});
  }
  // All keys of [begin, end) that are there when the batch is committed; no other commit may write there meanwhile.
  // Costs as much as deleting them one by one. REQUIRES: begin < end.
  void DeleteRange(KvTable table, std::string_view begin, std::string_view end) {
    bytes_ += begin.size() + end.size();
    ops_.push_back({table, true, std::string(begin), std::string(), std::string(end)});
  }
  const std::vector<Op>& ops() const { return ops_; }
  size_t bytes() const { return bytes_; }
  bool empty() const { return ops_.empty(); }
  void Clear() {
    ops_.clear();
    bytes_ = 0;
  }

 private:
  std::vector<Op> ops_;
  size_t bytes_ = 0;
};

// A forward scan over one table of one snapshot. Not thread-safe. Views live until the next call.
class KvIterator {
 public:
  virtual ~KvIterator() = default;
  virtual bool Valid() const = 0;
  virtual std::string_view key() const = 0;    // REQUIRES: Valid()
  virtual std::string_view value() const = 0;  // REQUIRES: Valid()
  virtual void Next() = 0;                     // REQUIRES: Valid()
  virtual void Seek(std::string_view key) = 0;
  // OK, or why the scan ended early. Check it once Valid() is false.
  virtual absl::Status status() const = 0;
};

// One state of the store: sees all batches committed before it was taken and none after, but for the new keys of
// ingests that allow it (KvIngest::MaySeeEarlier). Releases on destruction; must not outlive the Kv.
class KvSnapshot {
 public:
  virtual ~KvSnapshot() = default;
  // True and *value filled if there; false and *value untouched if not. Error: DATA_LOSS, UNAVAILABLE.
  virtual absl::StatusOr<bool> Get(KvTable table, std::string_view key, std::string* value) const = 0;
  // One round trip for many keys. (*values)[i] is valid where found[i].
  virtual absl::StatusOr<std::vector<bool>> MultiGet(KvTable table, const std::vector<std::string>& keys,
                                                     std::vector<std::string>* values) const = 0;
  // A scan over keys that start with `prefix`, standing on the first. The snapshot must outlive it.
  virtual std::unique_ptr<KvIterator> Scan(KvTable table, std::string_view prefix) const = 0;
};

// Sorted files that become part of the store at once: the way in for much data, past the log and the memtables.
//
//   auto ingest = kv->NewIngest();
//   RETURN_IF_ERROR(ingest->Put(KvTable::kUnits, key, value));     // keys of a file rise
//   RETURN_IF_ERROR(ingest->Finish());                             // all of it is there, durably, or nothing
//
// What was put and not finished is forgotten on destruction (or at the next open). Not thread-safe, but different
// objects may be filled at the same time.
class KvIngest {
 public:
  // Where a file's keys lie among those that are there: above or between all of them, so that the file stays as it is;
  // or here and there, so that it is rewritten soon and is packed only lightly until then.
  enum class Placement : uint8_t { kApart, kAmong };

  virtual ~KvIngest() = default;
  // REQUIRES: `key` is above every key of the table's file under way. Error: UNAVAILABLE, RESOURCE_EXHAUSTED.
  virtual absl::Status Put(KvTable table, std::string_view key, std::string_view value) = 0;
  virtual absl::Status Delete(KvTable table, std::string_view key) = 0;
  // Ends the table's file under way, so that keys may begin anew in a range that no other file of this object covers.
  virtual absl::Status EndFile(KvTable table) = 0;
  // Of the table's files from the next one on; kApart unless said. A hint: it changes no answer.
  virtual void Place(KvTable table, Placement placement) = 0;
  // Allows snapshots that were taken before Finish() to see the table's new keys: for keys that no holder of such a
  // snapshot looks at. An engine that need not tell the files' age then need not rewrite them later to forget it.
  virtual void MaySeeEarlier(KvTable /*table*/) {}
  // As Kv::Commit with kSync: OK once durable. No calls after it.
  virtual absl::Status Finish() = 0;
};

class Kv {
 public:
  virtual ~Kv() = default;
  // Applies the batch atomically. kSync: it survives a power cut once this returned OK.
  // Error: UNAVAILABLE (I/O error; the caller must treat the outcome as unknown until reopened), RESOURCE_EXHAUSTED
  // (disk full).
  virtual absl::Status Commit(const KvBatch& batch, Durability durability) = 0;
  virtual std::shared_ptr<const KvSnapshot> Snapshot() = 0;
  virtual std::unique_ptr<KvIngest> NewIngest() = 0;
  // Gives back the space of [begin, end), which nothing reads any more, snapshots included. Durable at some later
  // time: after a power cut the keys may be back.
  virtual absl::Status DropRange(KvTable table, std::string_view begin, std::string_view end) = 0;
  // A hint: from now on (or no longer) many ingests follow one another. Their files may then wait longer until they are
  // sorted into the others, which makes reads a little slower and ingests cheaper. It changes no answer.
  virtual void ExpectIngests(bool /*expected*/) {}
  // A hint: these keys will be read soon. What of [begin, end) is not in memory is fetched in the background, as one
  // piece where it lies so. It changes no answer, and what fails of it fails silently.
  virtual void WillRead(KvTable /*table*/, std::string_view /*begin*/, std::string_view /*end*/) {}
  // A hint: keys of all of the table will be read singly. Gets ready what each such read needs besides its key's own
  // place, and returns when that is done or `stopped`. It changes no answer, and what fails of it fails silently.
  virtual void WarmUp(KvTable /*table*/, const std::function<bool()>& /*stopped*/) {}
  // Makes everything committed so far durable and moves it out of the write-ahead log.
  virtual absl::Status Flush() = 0;
  // Bytes on disk, approximately; 0 where there is no disk.
  virtual uint64_t DiskBytes() = 0;
  // Of these, the bytes of a table's keys of [begin, end), without what is still in the log.
  virtual uint64_t RangeBytes(KvTable table, std::string_view begin, std::string_view end) = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_KV_H_
