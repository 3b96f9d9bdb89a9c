#include "storage/rocksdb_options.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include "storage/rocksdb_kv.h"

namespace reprise {
namespace {

// All memtables of all tables together; a flush starts at seven eighths of it. Kept below the promised 128 MB, since
// what is being flushed lives on until it is on disk.
constexpr size_t kMemtableBudget = 72 << 20;
constexpr size_t kWriteBuffer = 24 << 20;
constexpr uint64_t kMaxWalBytes = 128 << 20;  // what a restart replays at most

}  // namespace

rocksdb::DBOptions MakeDbOptions(rocksdb::Env* env) {
  rocksdb::DBOptions db;
  if (env != nullptr) db.env = env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.paranoid_checks = true;
  // The default mode opens without a word when the log is damaged, and acknowledged writes are gone. This one forgives
  // only a torn tail, which a power cut leaves behind what was synced; it needs logs that are not reused.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.recycle_log_file_num = 0;
  db.track_and_verify_wals_in_manifest = true;
  db.atomic_flush = true;
  db.max_open_files = kMaxOpenFiles;
  db.max_background_jobs = 2;
  db.max_total_wal_size = kMaxWalBytes;
  db.write_buffer_manager = std::make_shared<rocksdb::WriteBufferManager>(kMemtableBudget);
  db.bytes_per_sync = 1 << 20;  // smooths the writing of tables; durability comes from the sync at their end
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.max_log_file_size = 1 << 20;
  db.keep_log_file_num = 3;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  return db;
}

rocksdb::ColumnFamilyOptions MakeTableOptions(KvTable table, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = cache;
  // One false answer in some thousand. An import asks for five keys a pair that are not there, in each file of level 0,
  // and a false answer costs a block.
  // Log entries are only read in order.
  if (table != KvTable::kLog) blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(16));
  blocks.format_version = 5;
  // Filters and indexes of open tables stay in memory beside the cache: some 10 bytes a key, so that asking for what is
  // not there costs no look into the cache for each of them.
  blocks.cache_index_and_filter_blocks = false;
  // Runs and the log are read in order and compress better in bigger blocks; the rest is read key by key.
  const bool in_order = table == KvTable::kIndex || table == KvTable::kLog;
  blocks.block_size = in_order ? 32 << 10 : 8 << 10;
  if (!in_order) {
    // A lookup reads some dozen units: found by hash within a block, they take a tenth less, for nine bytes a pair.
    blocks.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
    blocks.block_restart_interval = 4;
  }

  rocksdb::ColumnFamilyOptions cf;
  cf.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  cf.write_buffer_size = kWriteBuffer;
  cf.max_write_buffer_number = 2;
  // Pages of runs are dense already, and a lookup should not wait for them to be unpacked.
  cf.compression = table == KvTable::kIndex ? rocksdb::kNoCompression : rocksdb::kLZ4Compression;
  cf.bottommost_compression = table == KvTable::kIndex ? rocksdb::kNoCompression : rocksdb::kZSTD;
  // Level 1 packs nearly as well as the default here, and an import spends a tenth of its time on it.
  cf.bottommost_compression_opts.enabled = true;
  cf.bottommost_compression_opts.level = 1;
  cf.level_compaction_dynamic_level_bytes = true;
  // Up to this size one level takes all: a level between would have each key rewritten twice as often.
  cf.max_bytes_for_level_base = uint64_t{4} << 30;
  // A batch of an import is a file of level 0; each compaction of them rewrites what is below, so they wait for more.
  cf.level0_file_num_compaction_trigger = kFilesOfLevel0;
  // The catalog gets a tiny file with each batch, and those wait their turn behind compactions of a gigabyte: they must
  // never stop anyone.
  const int files = table == KvTable::kCatalog ? 1 << 16 : kFilesOfLevel0;
  cf.level0_slowdown_writes_trigger = SlowdownFiles(files);
  cf.level0_stop_writes_trigger = StopFiles(files);
  cf.paranoid_file_checks = true;
  cf.memtable_protection_bytes_per_key = kProtectionBytes;
  return cf;
}

}  // namespace reprise
