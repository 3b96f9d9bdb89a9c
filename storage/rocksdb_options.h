// How the store's RocksDB is set up: each option with its reason, for nobody but storage/rocksdb_kv.cc.
//
// Thread-safety: pure functions.
#ifndef REPRISE_STORAGE_ROCKSDB_OPTIONS_H_
#define REPRISE_STORAGE_ROCKSDB_OPTIONS_H_

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <cstddef>
#include <memory>

#include "storage/kv.h"

namespace reprise {

// Bytes of checksum that each key carries from the batch through the memtable: what memory garbles is not written.
inline constexpr size_t kProtectionBytes = 8;
inline constexpr int kMaxOpenFiles = 512;

// So many files of level 0 slow writers down, or stop them, where `trigger` start a compaction. Far above it, as who
// writes single units beside an import should not wait for its compactions.
inline int SlowdownFiles(int trigger) { return trigger + 56; }
inline int StopFiles(int trigger) { return 2 * trigger + 112; }

// Of the whole. `env` may be null: the system's.
rocksdb::DBOptions MakeDbOptions(rocksdb::Env* env);
// Of one table, whose blocks are kept in `cache`.
rocksdb::ColumnFamilyOptions MakeTableOptions(KvTable table, const std::shared_ptr<rocksdb::Cache>& cache);

}  // namespace reprise

#endif  // REPRISE_STORAGE_ROCKSDB_OPTIONS_H_
