// The Kv on RocksDB. RocksDB's types stay in the .cc, but for the Env that fault tests hand in.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Kv> kv, OpenRocksDbKv({.path = dir}));
//
// Thread-safe. One process at a time: RocksDB's lock file guards the directory.
#ifndef REPRISE_STORAGE_ROCKSDB_KV_H_
#define REPRISE_STORAGE_ROCKSDB_KV_H_

#include <cstdint>
#include <memory>
#include <string>

#include "base/status.h"
#include "storage/kv.h"

namespace rocksdb {
class Env;
}

namespace reprise {

// Files of level 0 that start a compaction. Fewer make lookups pay less for each, more make imports rewrite less
// (docs/decisions/004).
inline constexpr int kFilesOfLevel0 = 8;
// The same while ingests are expected (Kv::ExpectIngests).
inline constexpr int kFilesOfLevel0InImports = 48;

struct RocksDbKvOptions {
  std::string path;                        // created if missing, parents too
  uint64_t block_cache_bytes = 128 << 20;  // of reads; live memory beyond it is memtables and the index
  bool must_exist = false;                 // nothing is created: a path without a store is an error
  rocksdb::Env* env = nullptr;             // for tests; must outlive the Kv; null = the system's
};

// Error: NOT_FOUND with must_exist (reason STORE_NOT_FOUND); FAILED_PRECONDITION "…is in use by another process"
// (reason DATA_DIR_LOCKED); PERMISSION_DENIED / UNAVAILABLE naming the path (reason DATA_DIR_UNUSABLE); DATA_LOSS that
// says what is damaged and that a backup must be restored or the store repaired.
absl::StatusOr<std::unique_ptr<Kv>> OpenRocksDbKv(const RocksDbKvOptions& options);

}  // namespace reprise

#endif  // REPRISE_STORAGE_ROCKSDB_KV_H_
