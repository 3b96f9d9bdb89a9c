#include "storage/rocksdb_kv.h"

#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/write_batch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/thread_priority.h"
#include "storage/read_threads.h"
#include "storage/rocksdb_options.h"

namespace reprise {
namespace {

// Reads under way at once for one caller, besides its own: four to eight of them get out of a disk what it can.
constexpr size_t kReadThreads = 8;
// Into so many parts the keys of one call are divided among them.
constexpr size_t kMostReads = 64;
// Fewer keys are not worth it; more are an import's, which can wait, and which should not get that many processors.
constexpr size_t kFewKeys = 2;
constexpr size_t kMostKeys = 256;
// A read that took longer came from the disk.
constexpr auto kSlowRead = std::chrono::microseconds(80);
// Of a range that is dropped: what the memtables must have room for at once.
constexpr size_t kKeysOfBatch = 50000;

std::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }
rocksdb::Slice ToSlice(std::string_view view) { return {view.data(), view.size()}; }

absl::Status Damaged(const std::string& path, const std::string& what) {
  return DataLoss(
      "the store in " + path + " is damaged: " + what +
      "; nothing was changed; restore a backup or repair the store, and keep a copy of the directory first");
}

bool IsDiskFull(const rocksdb::Status& s) { return s.IsNoSpace() || s.subcode() == rocksdb::Status::kSpaceLimit; }

// The status of an operation on an open store.
absl::Status FromRocks(const rocksdb::Status& s, const std::string& path) {
  if (s.ok()) return absl::OkStatus();
  const std::string what = s.ToString();
  if (s.IsCorruption()) return Damaged(path, what);
  if (IsDiskFull(s)) {
    return WithReason(
        ResourceExhausted("no space left for the store in " + path + ": " + what + "; free some disk space"),
        "DISK_FULL");
  }
  if (s.IsInvalidArgument() || s.IsNotSupported()) return Internal("the store in " + path + ": " + what);
  return Unavailable("the store in " + path + ": " + what);
}

// The status of opening it, where the same codes of RocksDB mean other things.
absl::Status FromRocksOpen(const rocksdb::Status& s, const std::string& path) {
  if (s.ok() || s.IsCorruption() || IsDiskFull(s)) return FromRocks(s, path);
  const std::string what = s.ToString();
  // The first is another process, the second this one.
  if (s.IsIOError() && (what.find("While lock file: ") != std::string::npos ||
                        what.find("lock hold by current process") != std::string::npos)) {
    return WithReason(FailedPrecondition("the data directory " + path +
                                         " is in use by another process; stop it or choose another directory"),
                      "DATA_DIR_LOCKED");
  }
  if (s.IsInvalidArgument() && what.find("Column families not opened") != std::string::npos) {
    return WithReason(
        FailedPrecondition("the store in " + path + " was written by a newer version: " + what + "; use that version"),
        "STORE_TOO_NEW");
  }
  if (s.IsPathNotFound()) return Damaged(path, "a file is missing: " + what);
  if (s.IsIOError()) {
    const auto code = what.find("Permission denied") != std::string::npos ? absl::StatusCode::kPermissionDenied
                                                                          : absl::StatusCode::kUnavailable;
    return WithReason(MakeStatus(code, "cannot use the data directory " + path + ": " + what), "DATA_DIR_UNUSABLE");
  }
  return FromRocks(s, path);
}

void SyncDirectory(const std::filesystem::path& dir) {
  const int fd = open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  // Some file systems cannot sync a directory; they promise nothing that could be kept here.
  (void)fsync(fd);
  close(fd);
}

// Creates the directory and its parents and makes their names durable: RocksDB syncs what is in the directory, not the
// directory's own entry.
absl::Status CreateDataDir(const std::string& path) {
  std::error_code error;
  const std::filesystem::path full = std::filesystem::absolute(path, error);
  std::vector<std::filesystem::path> to_sync;
  for (auto dir = full; !error && dir.has_relative_path() && !std::filesystem::exists(dir, error);
       dir = dir.parent_path()) {
    to_sync.push_back(dir.parent_path());
  }
  if (!error) std::filesystem::create_directories(full, error);
  if (!error && !std::filesystem::is_directory(full, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (!error) {
    for (const auto& dir : to_sync) SyncDirectory(dir);
    return absl::OkStatus();
  }
  const auto code =
      error == std::errc::permission_denied ? absl::StatusCode::kPermissionDenied : absl::StatusCode::kUnavailable;
  return WithReason(MakeStatus(code, "cannot use the data directory " + path + ": " + error.message() +
                                         "; choose a directory that this user may write to"),
                    "DATA_DIR_UNUSABLE");
}

// Without the file CURRENT, RocksDB takes a directory for new and would delete the tables in it as left-overs.
absl::Status CheckNotBeheaded(const std::string& path, rocksdb::Env* env) {
  if (!env->FileExists(path + "/CURRENT").IsNotFound()) return absl::OkStatus();
  std::vector<std::string> names;
  if (!env->GetChildren(path, &names).ok()) return absl::OkStatus();  // opening says why
  for (const std::string& name : names) {
    if (std::filesystem::path(name).extension() == ".sst") {
      return Damaged(path, "the file CURRENT is missing, but there is data (" + name + ")");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckExists(const std::string& path, rocksdb::Env* env) {
  if (!env->FileExists(path + "/CURRENT").IsNotFound()) return absl::OkStatus();  // opening says what is wrong with it
  return WithReason(NotFound("there is no store in " + path + "; is that the right directory?"), "STORE_NOT_FOUND");
}

// The first key above every key that starts with `prefix`; empty if there is none (the prefix is all 0xFF or empty).
std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// What the Kv and its snapshots share.
struct Handle {
  std::string path;
  rocksdb::DB* db = nullptr;
  rocksdb::Env* env = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;  // by KvTable, then "default"
  std::atomic<int> snapshots{0};
  std::atomic<uint64_t> next_file{1};  // of an ingest
  ReadThreads read_threads{kReadThreads};

  rocksdb::ColumnFamilyHandle* family(KvTable table) const { return families[static_cast<size_t>(table)]; }
};

class RocksIterator : public KvIterator {
 public:
  RocksIterator(const Handle* handle, KvTable table, std::string_view prefix, const rocksdb::Snapshot* snapshot)
      : path_(handle->path), prefix_(prefix), end_(PrefixEnd(prefix)), end_slice_(end_) {
    rocksdb::ReadOptions read;
    read.snapshot = snapshot;
    read.total_order_seek = true;
    if (!end_.empty()) read.iterate_upper_bound = &end_slice_;
    it_.reset(handle->db->NewIterator(read, handle->family(table)));
    it_->Seek(prefix_);
  }
  // A prefix of 0xFF bytes has no upper bound, but then nothing sorts behind its keys either.
  bool Valid() const override { return it_->Valid(); }
  std::string_view key() const override { return View(it_->key()); }
  std::string_view value() const override { return View(it_->value()); }
  void Next() override { it_->Next(); }
  void Seek(std::string_view key) override { it_->Seek(ToSlice(std::max(key, std::string_view(prefix_)))); }
  absl::Status status() const override { return FromRocks(it_->status(), path_); }

 private:
  const std::string path_;
  const std::string prefix_;
  const std::string end_;
  const rocksdb::Slice end_slice_;
  std::unique_ptr<rocksdb::Iterator> it_;  // last: it reads end_slice_
};

class RocksSnapshot : public KvSnapshot {
 public:
  explicit RocksSnapshot(Handle* handle) : handle_(handle), snapshot_(handle->db->GetSnapshot()) {
    handle_->snapshots.fetch_add(1, std::memory_order_relaxed);
  }
  ~RocksSnapshot() override {
    handle_->db->ReleaseSnapshot(snapshot_);
    handle_->snapshots.fetch_sub(1, std::memory_order_relaxed);
  }
  RocksSnapshot(const RocksSnapshot&) = delete;
  RocksSnapshot& operator=(const RocksSnapshot&) = delete;

  absl::StatusOr<bool> Get(KvTable table, std::string_view key, std::string* value) const override {
    rocksdb::PinnableSlice pinned;  // local: it must not outlive the database
    const rocksdb::Status s = handle_->db->Get(Read(table), handle_->family(table), ToSlice(key), &pinned);
    if (s.IsNotFound()) return false;
    if (!s.ok()) return FromRocks(s, handle_->path);
    value->assign(pinned.data(), pinned.size());
    return true;
  }

  absl::StatusOr<std::vector<bool>> MultiGet(KvTable table, const std::vector<std::string>& keys,
                                             std::vector<std::string>* values) const override {
    const size_t n = keys.size();
    std::vector<bool> found(n);
    values->assign(n, std::string());
    if (n == 0) return found;
    std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> pinned(n);
    std::vector<rocksdb::Status> statuses(n);
    auto read = [&](size_t at, size_t count) {
      handle_->db->MultiGet(Read(table), handle_->family(table), count, slices.data() + at, pinned.data() + at,
                            statuses.data() + at);
    };
    // One call reads what it lacks block after block. So the first key goes ahead, and if it has waited for the disk
    // the others are read by several threads; what is in memory goes on in this one, with ever more keys a call.
    size_t at = 0;
    bool slow = false;
    for (size_t step = n > kFewKeys && n <= kMostKeys ? 1 : n; at < n && !slow; step *= 4) {
      const size_t count = std::min(step, n - at);
      const auto start = std::chrono::steady_clock::now();
      read(at, count);
      slow = std::chrono::steady_clock::now() - start > kSlowRead * count;
      at += count;
    }
    if (at < n) {
      const size_t share = (n - at + kMostReads - 1) / kMostReads;
      handle_->read_threads.ForEach((n - at + share - 1) / share,
                                    [&](size_t i) { read(at + i * share, std::min(share, n - at - i * share)); });
    }
    for (size_t i = 0; i < n; ++i) {
      if (statuses[i].IsNotFound()) continue;
      if (!statuses[i].ok()) return FromRocks(statuses[i], handle_->path);
      found[i] = true;
      (*values)[i].assign(pinned[i].data(), pinned[i].size());
    }
    return found;
  }

  std::unique_ptr<KvIterator> Scan(KvTable table, std::string_view prefix) const override {
    return std::make_unique<RocksIterator>(handle_, table, prefix, snapshot_);
  }

 private:
  rocksdb::ReadOptions Read(KvTable table) const {
    rocksdb::ReadOptions read;
    read.snapshot = snapshot_;
    // Pages of runs are kept by the PageCache; twice is once too often, and they would drive out the blocks of units.
    read.fill_cache = table != KvTable::kIndex;
    return read;
  }

  Handle* const handle_;
  const rocksdb::Snapshot* const snapshot_;
};

// Files that are being written for an ingest are named so; what a crash leaves of them is removed at open.
constexpr char kIngestPrefix[] = "ingest-";

class RocksIngest : public KvIngest {
 public:
  explicit RocksIngest(Handle* handle) : handle_(handle) {}
  ~RocksIngest() override {
    for (Table& table : tables_) table.writer.reset();
    for (const Table& table : tables_) {
      for (const std::string& file : table.files) handle_->env->DeleteFile(file).PermitUncheckedError();
    }
  }
  RocksIngest(const RocksIngest&) = delete;
  RocksIngest& operator=(const RocksIngest&) = delete;

  absl::Status Put(KvTable table, std::string_view key, std::string_view value) override {
    RETURN_IF_ERROR(Begin(table));
    return FromRocks(At(table).writer->Put(ToSlice(key), ToSlice(value)), handle_->path);
  }
  absl::Status Delete(KvTable table, std::string_view key) override {
    RETURN_IF_ERROR(Begin(table));
    return FromRocks(At(table).writer->Delete(ToSlice(key)), handle_->path);
  }
  absl::Status EndFile(KvTable table) override {
    Table& t = At(table);
    if (t.writer == nullptr) return absl::OkStatus();
    const rocksdb::Status s = t.writer->Finish();  // syncs the file
    t.writer.reset();
    return FromRocks(s, handle_->path);
  }
  void Place(KvTable table, Placement placement) override { At(table).placement = placement; }
  void MaySeeEarlier(KvTable table) override { At(table).may_see_earlier = true; }
  absl::Status Finish() override {
    std::vector<rocksdb::IngestExternalFileArg> args;
    for (int i = 0; i < kKvTableCount; ++i) {
      const auto table = static_cast<KvTable>(i);
      RETURN_IF_ERROR(EndFile(table));
      if (At(table).files.empty()) continue;
      rocksdb::IngestExternalFileArg& arg = args.emplace_back();
      arg.column_family = handle_->family(table);
      arg.external_files = At(table).files;
      arg.options.move_files = true;
      // Else a file of new keys gets a sequence number as long as anyone holds a snapshot, and RocksDB 7.8 rewrites it
      // as soon as no one needs that number any more.
      arg.options.snapshot_consistency = !At(table).may_see_earlier;
    }
    if (args.empty()) return absl::OkStatus();
    return FromRocks(handle_->db->IngestExternalFiles(args), handle_->path);
  }

 private:
  struct Table {
    std::unique_ptr<rocksdb::SstFileWriter> writer;
    Placement placement = Placement::kApart;
    bool may_see_earlier = false;
    std::vector<std::string> files;
  };
  Table& At(KvTable table) { return tables_[static_cast<size_t>(table)]; }

  absl::Status Begin(KvTable table) {
    Table& t = At(table);
    if (t.writer != nullptr) return absl::OkStatus();
    rocksdb::ColumnFamilyHandle* family = handle_->family(table);
    rocksdb::Options options = handle_->db->GetOptions(family);
    // A file is written as for the bottom unless that is turned off.
    if (t.placement == Placement::kAmong) options.bottommost_compression = rocksdb::kDisableCompressionOption;
    // What was written stays in the page cache: it is read again when it is sorted in, merged or looked up.
    t.writer = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), options, family,
                                                        /*invalidate_page_cache=*/false);
    t.files.push_back(handle_->path + "/" + kIngestPrefix + std::to_string(handle_->next_file.fetch_add(1)) + ".tmp");
    return FromRocks(t.writer->Open(t.files.back()), handle_->path);
  }

  Handle* const handle_;
  std::array<Table, kKvTableCount> tables_;
};

void RemoveIngestLeftovers(const std::string& path, rocksdb::Env* env) {
  std::vector<std::string> names;
  if (!env->GetChildren(path, &names).ok()) return;
  for (const std::string& name : names) {
    if (name.rfind(kIngestPrefix, 0) != 0) continue;
    std::string file = path;
    env->DeleteFile(file.append("/").append(name)).PermitUncheckedError();
  }
}

class RocksDbKv : public Kv {
 public:
  explicit RocksDbKv(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
  ~RocksDbKv() override {
    assert(handle_->snapshots.load() == 0 && "a snapshot outlives its Kv");
    // What was committed without a sync becomes durable on an orderly close. No one is left to take the error of a
    // store that fails here; what was acknowledged as synced does not depend on it.
    if (unsynced_.load()) Sync().PermitUncheckedError();
    rocksdb::CancelAllBackgroundWork(handle_->db, true);
    for (auto* family : handle_->families) handle_->db->DestroyColumnFamilyHandle(family).PermitUncheckedError();
    handle_->db->Close().PermitUncheckedError();
    delete handle_->db;
  }

  absl::Status Commit(const KvBatch& batch, Durability durability) override {
    if (batch.empty()) return durability == Durability::kSync ? FromRocks(Sync(), handle_->path) : absl::OkStatus();
    if (durability == Durability::kNoSync) unsynced_.store(true);
    rocksdb::WriteBatch out(batch.bytes() + 32 * batch.ops().size(), 0, kProtectionBytes, 0);
    for (const KvBatch::Op& op : batch.ops()) {
      rocksdb::ColumnFamilyHandle* family = handle_->family(op.table);
      const rocksdb::Status s = !op.range_end.empty()
                                    ? DeleteKeys(family, op.key, op.range_end, SIZE_MAX, &out, nullptr)
                                : op.is_delete ? out.Delete(family, op.key)
                                               : out.Put(family, op.key, op.value);
      if (!s.ok()) return FromRocks(s, handle_->path);
    }
    rocksdb::WriteOptions write;
    write.sync = durability == Durability::kSync;
    write.protection_bytes_per_key = kProtectionBytes;
    return FromRocks(handle_->db->Write(write, &out), handle_->path);
  }

  std::shared_ptr<const KvSnapshot> Snapshot() override { return std::make_shared<RocksSnapshot>(handle_.get()); }

  std::unique_ptr<KvIngest> NewIngest() override { return std::make_unique<RocksIngest>(handle_.get()); }

  absl::Status DropRange(KvTable table, std::string_view begin, std::string_view end) override {
    rocksdb::ColumnFamilyHandle* family = handle_->family(table);
    const rocksdb::Slice from = ToSlice(begin), to = ToSlice(end);
    // Whole files go at once; this is for what shares a file with other keys, or is in no file yet.
    const rocksdb::Status files = rocksdb::DeleteFilesInRange(handle_->db, family, &from, &to, false);
    if (!files.ok()) return FromRocks(files, handle_->path);
    unsynced_.store(true);
    std::string next(begin);
    while (!next.empty()) {
      rocksdb::WriteBatch rest(0, 0, kProtectionBytes, 0);
      const rocksdb::Status s = DeleteKeys(family, std::string(next), std::string(end), kKeysOfBatch, &rest, &next);
      if (!s.ok()) return FromRocks(s, handle_->path);
      rocksdb::WriteOptions write;
      write.protection_bytes_per_key = kProtectionBytes;
      const rocksdb::Status written = handle_->db->Write(write, &rest);
      if (!written.ok()) return FromRocks(written, handle_->path);
    }
    return absl::OkStatus();
  }

  void ExpectIngests(bool expected) override {
    const int files = expected ? kFilesOfLevel0InImports : kFilesOfLevel0;
    for (KvTable table : {KvTable::kUnits, KvTable::kSegments}) {
      // At worst things stay as they are.
      handle_->db
          ->SetOptions(handle_->family(table),
                       {{"level0_file_num_compaction_trigger", std::to_string(files)},
                        {"level0_slowdown_writes_trigger", std::to_string(SlowdownFiles(files))},
                        {"level0_stop_writes_trigger", std::to_string(StopFiles(files))}})
          .PermitUncheckedError();
    }
  }

  void WillRead(KvTable table, std::string_view begin, std::string_view end) override {
    rocksdb::ColumnFamilyMetaData meta;
    handle_->db->GetColumnFamilyMetaData(handle_->family(table), &meta);
    for (const rocksdb::LevelMetaData& level : meta.levels) {
      for (const rocksdb::SstFileMetaData& file : level.files) {
        if (file.largestkey < begin || end <= file.smallestkey) continue;
        // The places are right to some hundred kilobytes in a gigabyte.
        constexpr uint64_t kSlack = 128 << 10;
        const uint64_t from = PlaceIn(table, file, begin), to = PlaceIn(table, file, end) + kSlack;
        Fetch(file.db_path + file.name, from - std::min(from, kSlack), std::min<uint64_t>(to, file.size));
      }
    }
  }

  void WarmUp(KvTable table, const std::function<bool()>& stopped) override {
    rocksdb::ColumnFamilyMetaData meta;
    handle_->db->GetColumnFamilyMetaData(handle_->family(table), &meta);
    std::vector<std::string> keys;
    for (const rocksdb::LevelMetaData& level : meta.levels) {
      for (const rocksdb::SstFileMetaData& file : level.files) keys.push_back(file.smallestkey);
    }
    // More would be closed again at once.
    keys.resize(std::min<size_t>(keys.size(), kMaxOpenFiles / 2));
    rocksdb::ReadOptions read;
    read.fill_cache = false;
    handle_->read_threads.ForEach(keys.size(), [&](size_t i) {
      if (stopped && stopped()) return;
      // A key that belongs into the file and, most likely, is not there: its filter says so, and no block is read.
      std::string key = keys[i];
      key.push_back('\0');
      rocksdb::PinnableSlice value;
      handle_->db->Get(read, handle_->family(table), key, &value).PermitUncheckedError();
    });
  }

  absl::Status Flush() override {
    return FromRocks(handle_->db->Flush(rocksdb::FlushOptions(), handle_->families), handle_->path);
  }

  uint64_t RangeBytes(KvTable table, std::string_view begin, std::string_view end) override {
    const rocksdb::Range range(ToSlice(begin), ToSlice(end));
    uint64_t bytes = 0;
    handle_->db->GetApproximateSizes(handle_->family(table), &range, 1, &bytes,
                                     rocksdb::DB::SizeApproximationFlags::INCLUDE_FILES);
    return bytes;
  }

  uint64_t DiskBytes() override {
    std::vector<rocksdb::Env::FileAttributes> files;
    if (!handle_->env->GetChildrenFileAttributes(handle_->path, &files).ok()) return 0;
    uint64_t total = 0;
    for (const auto& file : files) total += file.size_bytes;
    return total;
  }

 private:
  // Where in a file the key lies, or would lie, approximately.
  uint64_t PlaceIn(KvTable table, const rocksdb::SstFileMetaData& file, std::string_view key) {
    if (key <= file.smallestkey) return 0;
    if (key > file.largestkey) return file.size;
    return std::min<uint64_t>(file.size, RangeBytes(table, file.smallestkey, key));
  }

  // Has the system read a part of a file into its cache, in the background. The file may be gone meanwhile, or be none
  // of the system's (tests).
  static void Fetch(const std::string& file, uint64_t begin, uint64_t end) {
    // Linux takes no more of one call than it would read ahead by itself, which is this much unless it was set.
    constexpr uint64_t kPiece = 128 << 10;
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    for (; begin < end; begin += kPiece) {
      const auto length = static_cast<off_t>(std::min(kPiece, end - begin));
      if (posix_fadvise(fd, static_cast<off_t>(begin), length, POSIX_FADV_WILLNEED) != 0) break;
    }
    close(fd);
  }

  // Deletes up to `most` keys of [begin, end) one by one; *next, if not null, gets where to go on, "" at the end. Not
  // by DB::DeleteRange: when the disk fails in a compaction that has nothing but range tombstones to write, RocksDB 7.8
  // runs into an assertion, which Debian's build keeps on.
  rocksdb::Status DeleteKeys(rocksdb::ColumnFamilyHandle* family, const std::string& begin, const std::string& end,
                             size_t most, rocksdb::WriteBatch* out, std::string* next) {
    const rocksdb::Slice upper(end);
    rocksdb::ReadOptions read;
    read.iterate_upper_bound = &upper;
    read.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> it(handle_->db->NewIterator(read, family));
    size_t deleted = 0;
    for (it->Seek(begin); it->Valid() && deleted < most; it->Next(), ++deleted) {
      rocksdb::Status s = out->Delete(family, it->key());
      if (!s.ok()) return s;
    }
    if (next != nullptr) *next = it->Valid() ? it->key().ToString() : std::string();
    return it->status();
  }

  // Makes all that was committed durable. An empty write and not DB::SyncWAL: a write is refused after an I/O error,
  // while SyncWAL on a log that failed before runs into an assertion of RocksDB, which Debian's build keeps on.
  rocksdb::Status Sync() {
    rocksdb::WriteOptions write;
    write.sync = true;
    rocksdb::WriteBatch nothing;
    return handle_->db->Write(write, &nothing);
  }

  const std::unique_ptr<Handle> handle_;
  std::atomic<bool> unsynced_{false};  // something was committed without a sync
};

}  // namespace

absl::StatusOr<std::unique_ptr<Kv>> OpenRocksDbKv(const RocksDbKvOptions& options) {
  if (options.path.empty()) return FieldError("data_dir", "is empty; name a directory");
  rocksdb::Env* env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  if (!options.must_exist) RETURN_IF_ERROR(CreateDataDir(options.path));
  RETURN_IF_ERROR(CheckNotBeheaded(options.path, env));
  if (options.must_exist) RETURN_IF_ERROR(CheckExists(options.path, env));

  const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (int i = 0; i < kKvTableCount; ++i) {
    const auto table = static_cast<KvTable>(i);
    families.emplace_back(KvTableName(table), MakeTableOptions(table, cache));
  }
  // RocksDB insists on its default family; it stays empty.
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, MakeTableOptions(KvTable::kCatalog, cache));

  auto handle = std::make_unique<Handle>();
  handle->path = options.path;
  handle->env = env;
  const rocksdb::Status s =
      rocksdb::DB::Open(MakeDbOptions(options.env), options.path, families, &handle->families, &handle->db);
  if (!s.ok()) return FromRocksOpen(s, options.path);
  RemoveIngestLeftovers(options.path, env);
  // Compaction waits for who waits for an answer, but takes turns with imports: RocksDB's own low priority is below
  // theirs, and they would bury it under files. There is one such thread (max_background_jobs).
  env->Schedule([](void*) { LowerThreadPriority(); }, nullptr, rocksdb::Env::LOW);
  return std::make_unique<RocksDbKv>(std::move(handle));
}

}  // namespace reprise
