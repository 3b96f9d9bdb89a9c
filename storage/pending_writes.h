// The writes of a transaction before they are committed: the last one of each key, found by key, listed in key order.
//
//   PendingWrites writes;
//   writes.Put(KvTable::kUnits, key, value);
//   const PendingWrites::Entry* e = writes.Find(KvTable::kUnits, key);     // null if this transaction wrote it not
//   for (const PendingWrites::Entry* e : writes.Sorted()) ...
//
// Made for hundreds of thousands of small writes: bytes lie side by side in blocks, nothing is allocated a write.
// Not thread-safe.
#ifndef REPRISE_STORAGE_PENDING_WRITES_H_
#define REPRISE_STORAGE_PENDING_WRITES_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "storage/kv.h"
#include "storage/lexicon.h"

namespace reprise {

class PendingWrites {
 public:
  struct Entry {
    KvTable table = KvTable::kCatalog;
    bool is_delete = false;
    std::string_view key;
    std::string_view value;  // of a put
  };

  void Put(KvTable table, std::string_view key, std::string_view value) { Write(table, key, false, value); }
  void Delete(KvTable table, std::string_view key) { Write(table, key, true, {}); }

  // Room for so many keys.
  void Reserve(size_t keys);

  // Valid until the next write.
  const Entry* Find(KvTable table, std::string_view key) const;

  size_t size() const { return entries_.size(); }
  uint64_t writes() const { return writes_; }                     // also those that were written over
  const std::vector<Entry>& entries() const { return entries_; }  // in order of the keys' first writes
  std::vector<const Entry*> Sorted() const;                       // by table and key

 private:
  void Write(KvTable table, std::string_view key, bool is_delete, std::string_view value);
  std::string_view Keep(std::string_view bytes);

  std::vector<Entry> entries_;
  IdTable by_key_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t left_ = 0;  // in the last block
  uint64_t writes_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_PENDING_WRITES_H_
