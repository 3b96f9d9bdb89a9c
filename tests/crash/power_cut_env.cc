#include "tests/crash/power_cut_env.h"

#include <rocksdb/file_system.h>
#include <rocksdb/system_clock.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

namespace reprise {

namespace stdfs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

namespace {

IOStatus PowerIsOff() { return IOStatus::IOError("the power is off"); }

// The harness must not go on with a disk that is not what it believes.
void Check(bool ok, const char* what, const std::string& path) {
  if (ok) return;
  std::fprintf(stderr, "power cut disk: %s: %s\n", what, path.c_str());
  std::abort();
}

bool IsInfoLog(const std::string& path) { return stdfs::path(path).filename().string().rfind("LOG", 0) == 0; }
std::string DirOf(const std::string& path) { return stdfs::path(path).parent_path().lexically_normal().string(); }

// A change of a directory that no sync has covered yet, and how to take it back.
struct DirChange {
  enum class Kind { kCreated, kRenamed, kDeleted, kMadeDir };
  Kind kind;
  std::string path;    // the name that came to be, or went
  std::string from;    // kRenamed: the old name
  std::string buried;  // the file that the name stood for before, in the graveyard; "" if none
};

}  // namespace

class PowerCutFs : public rocksdb::FileSystemWrapper {
 public:
  PowerCutFs(const std::string& graveyard, uint64_t seed)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), graveyard_(graveyard), rng_(seed) {
    Check(stdfs::create_directories(graveyard), "cannot create the graveyard", graveyard);
  }
  ~PowerCutFs() override {
    std::error_code ignored;
    stdfs::remove_all(graveyard_, ignored);
  }
  const char* Name() const override { return "PowerCutFs"; }

  // One write operation: `apply` does it, and tells the books. Serial, so that the books are those of the disk.
  template <typename Apply>
  IOStatus Write(Apply apply) {
    std::function<void()> observer;
    {
      std::lock_guard lock(mu_);
      if (dead_) return PowerIsOff();
      ++writes_;
      if (die_at_ == 0 || writes_ < die_at_) return apply();
      // The disk may still have done it, but no one learns of it.
      if (rng_() % 2 == 0) apply().PermitUncheckedError();
      dead_ = true;
      died_.notify_all();
      observer = observer_;
    }
    if (observer) observer();
    return PowerIsOff();
  }

  // Files.

  IOStatus NewWritableFile(const std::string& path, const FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* dbg) override;
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& options,
                              std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* dbg) override;
  // Not offered: the store must not reuse files, whose old bytes could pass for new ones.
  IOStatus ReuseWritableFile(const std::string&, const std::string&, const FileOptions&,
                             std::unique_ptr<rocksdb::FSWritableFile>*, IODebugContext*) override {
    return IOStatus::NotSupported("files are not reused");
  }
  IOStatus NewRandomRWFile(const std::string&, const FileOptions&, std::unique_ptr<rocksdb::FSRandomRWFile>*,
                           IODebugContext*) override {
    return IOStatus::NotSupported("files are not written at random places");
  }
  IOStatus NewSequentialFile(const std::string& path, const FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file, IODebugContext* dbg) override {
    return dead() ? PowerIsOff() : target_->NewSequentialFile(path, options, file, dbg);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& options,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* file, IODebugContext* dbg) override {
    return dead() ? PowerIsOff() : target_->NewRandomAccessFile(path, options, file, dbg);
  }
  IOStatus Truncate(const std::string& path, size_t size, const IOOptions& options, IODebugContext* dbg) override {
    return Write([&] {
      IOStatus s = target_->Truncate(path, size, options, dbg);
      if (s.ok()) SetSynced(path, std::min<uint64_t>(Synced(path), size));
      return s;
    });
  }

  // Directories.

  IOStatus NewDirectory(const std::string& path, const IOOptions& options, std::unique_ptr<rocksdb::FSDirectory>* dir,
                        IODebugContext* dbg) override;
  IOStatus GetChildren(const std::string& dir, const IOOptions& options, std::vector<std::string>* names,
                       IODebugContext* dbg) override {
    return dead() ? PowerIsOff() : target_->GetChildren(dir, options, names, dbg);
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& options, IODebugContext* dbg) override {
    return Write([&] {
      IOStatus s = target_->CreateDir(path, options, dbg);
      if (s.ok()) Note({DirChange::Kind::kMadeDir, path, "", ""});
      return s;
    });
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& options, IODebugContext* dbg) override {
    return stdfs::is_directory(path) && !dead() ? IOStatus::OK() : CreateDir(path, options, dbg);
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options, IODebugContext* dbg) override {
    if (IsInfoLog(path)) return target_->DeleteFile(path, options, dbg);
    return Write([&] {
      if (!stdfs::exists(path)) return IOStatus::PathNotFound(path);
      const std::string buried = Bury(path);
      Note({DirChange::Kind::kDeleted, path, "", buried});
      return IOStatus::OK();
    });
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& options,
                      IODebugContext* dbg) override {
    if (IsInfoLog(from)) return target_->RenameFile(from, to, options, dbg);
    return Write([&] {
      if (!stdfs::exists(from)) return IOStatus::PathNotFound(from);
      const std::string buried = stdfs::exists(to) ? Bury(to) : "";
      Move(from, to);
      Note({DirChange::Kind::kRenamed, to, from, buried});
      return IOStatus::OK();
    });
  }
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& options,
                    IODebugContext* dbg) override {
    return Write([&] {
      const uint64_t synced = Synced(from);
      IOStatus s = target_->LinkFile(from, to, options, dbg);
      if (s.ok()) {
        SetSynced(to, synced);
        Note({DirChange::Kind::kCreated, to, "", ""});
      }
      return s;
    });
  }

  // The books. REQUIRES for all of them: mu_ is held (Write() holds it).

  uint64_t Synced(const std::string& path) {
    auto it = synced_.find(path);
    if (it != synced_.end()) return it->second;
    // Not written since the power came on: all of it is on the disk.
    std::error_code error;
    const uint64_t size = stdfs::file_size(path, error);
    return error ? 0 : size;
  }
  void SetSynced(const std::string& path, uint64_t size) { synced_[path] = size; }
  bool ignores_sync() const { return ignore_sync_; }
  // A name is durable: what was done in this directory before cannot be taken back.
  void DirSynced(const std::string& dir) {
    for (const DirChange& change : changes_[dir]) {
      if (change.buried.empty()) continue;
      stdfs::remove(change.buried);
      synced_.erase(change.buried);
    }
    changes_.erase(dir);
  }

  // For PowerCutDisk.

  uint64_t writes() const {
    std::lock_guard lock(mu_);
    return writes_;
  }
  bool dead() const {
    std::lock_guard lock(mu_);
    return dead_;
  }
  bool WaitForDeath(std::chrono::milliseconds most) const {
    std::unique_lock lock(mu_);
    return died_.wait_for(lock, most, [this] { return dead_; });
  }
  void DieAtWrite(uint64_t n) {
    std::lock_guard lock(mu_);
    die_at_ = n;
  }
  void DieAfter(uint64_t n) {
    std::lock_guard lock(mu_);
    die_at_ = n == 0 ? 0 : writes_ + n;
  }
  void OnDeath(std::function<void()> observer) {
    std::lock_guard lock(mu_);
    observer_ = std::move(observer);
  }
  void IgnoreSync(bool ignore) {
    std::lock_guard lock(mu_);
    ignore_sync_ = ignore;
  }
  void PowerCut();

 private:
  void Note(DirChange change) { changes_[DirOf(change.path)].push_back(std::move(change)); }

  // A rename of the file and of what the books say of it.
  void Move(const std::string& from, const std::string& to) {
    const uint64_t synced = Synced(from);
    std::error_code error;
    stdfs::rename(from, to, error);
    Check(!error, "cannot rename", from + " to " + to);
    synced_.erase(from);
    synced_[to] = synced;
  }
  std::string Bury(const std::string& path) {
    std::string grave = graveyard_ + "/" + std::to_string(++graves_);
    Move(path, grave);
    return grave;
  }
  void TakeBack(const DirChange& change);

  const std::string graveyard_;
  mutable std::mutex mu_;
  mutable std::condition_variable died_;
  std::mt19937_64 rng_;  // the rest is guarded by mu_
  uint64_t writes_ = 0;
  uint64_t die_at_ = 0;
  uint64_t graves_ = 0;
  bool dead_ = false;
  bool ignore_sync_ = false;
  std::function<void()> observer_;
  std::map<std::string, uint64_t> synced_;                 // of files written since the power came on
  std::map<std::string, std::vector<DirChange>> changes_;  // by directory, in order
};

namespace {

class PowerCutFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  PowerCutFile(PowerCutFs* fs, std::string path, uint64_t size, std::unique_ptr<rocksdb::FSWritableFile> file)
      : FSWritableFileOwnerWrapper(std::move(file)), fs_(fs), path_(std::move(path)), size_(size) {}

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* dbg) override {
    return fs_->Write([&] {
      IOStatus s = target()->Append(data, options, dbg);
      if (s.ok()) size_ += data.size();
      return s;
    });
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo&,
                  IODebugContext* dbg) override {
    return Append(data, options, dbg);
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            IODebugContext* dbg) override {
    return fs_->Write([&] {
      IOStatus s = target()->PositionedAppend(data, offset, options, dbg);
      if (s.ok()) size_ = std::max<uint64_t>(size_, offset + data.size());
      return s;
    });
  }
  IOStatus PositionedAppend(const Slice& data, uint64_t offset, const IOOptions& options,
                            const rocksdb::DataVerificationInfo&, IODebugContext* dbg) override {
    return PositionedAppend(data, offset, options, dbg);
  }
  IOStatus Truncate(uint64_t size, const IOOptions& options, IODebugContext* dbg) override {
    return fs_->Write([&] {
      IOStatus s = target()->Truncate(size, options, dbg);
      if (s.ok()) {
        size_ = size;
        fs_->SetSynced(path_, std::min(fs_->Synced(path_), size));
      }
      return s;
    });
  }
  IOStatus Sync(const IOOptions&, IODebugContext*) override { return SyncAll(); }
  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return SyncAll(); }
  // Starts the writing out, promises nothing.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&, IODebugContext*) override { return IOStatus::OK(); }
  // A file handle of a dead machine is given back to the real one all the same.
  IOStatus Close(const IOOptions& options, IODebugContext* dbg) override {
    IOStatus s = target()->Close(options, dbg);
    return fs_->dead() ? PowerIsOff() : s;
  }

 private:
  // The page cache of the real machine is as good as its disk here: only the books change.
  IOStatus SyncAll() {
    return fs_->Write([&] {
      if (!fs_->ignores_sync()) fs_->SetSynced(path_, size_);
      return IOStatus::OK();
    });
  }

  PowerCutFs* const fs_;
  const std::string path_;
  uint64_t size_;  // changes under the lock of PowerCutFs::Write
};

class PowerCutDirectory : public rocksdb::FSDirectoryWrapper {
 public:
  PowerCutDirectory(PowerCutFs* fs, std::string dir, std::unique_ptr<rocksdb::FSDirectory> target)
      : FSDirectoryWrapper(std::move(target)), fs_(fs), dir_(std::move(dir)) {}

  IOStatus Fsync(const IOOptions&, IODebugContext*) override { return SyncNames(); }
  IOStatus FsyncWithDirOptions(const IOOptions&, IODebugContext*, const rocksdb::DirFsyncOptions&) override {
    return SyncNames();
  }

 private:
  IOStatus SyncNames() {
    return fs_->Write([&] {
      if (!fs_->ignores_sync()) fs_->DirSynced(dir_);
      return IOStatus::OK();
    });
  }

  PowerCutFs* const fs_;
  const std::string dir_;
};

// After an error in the background RocksDB sleeps for a second; no test needs to wait for a dead machine.
class ImpatientClock : public rocksdb::SystemClockWrapper {
 public:
  explicit ImpatientClock(const std::shared_ptr<rocksdb::SystemClock>& clock) : SystemClockWrapper(clock) {}
  const char* Name() const override { return "ImpatientClock"; }
  void SleepForMicroseconds(int micros) override { target_->SleepForMicroseconds(std::min(micros, 1000)); }
};

class PowerCutEnv : public rocksdb::EnvWrapper {
 public:
  explicit PowerCutEnv(const std::shared_ptr<PowerCutFs>& fs) : EnvWrapper(rocksdb::NewCompositeEnv(fs)) {
    system_clock_ = std::make_shared<ImpatientClock>(system_clock_);
  }
  const char* Name() const override { return "PowerCutEnv"; }
};

}  // namespace

IOStatus PowerCutFs::NewWritableFile(const std::string& path, const FileOptions& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* dbg) {
  return Write([&] {
    const std::string buried = stdfs::exists(path) ? Bury(path) : "";
    std::unique_ptr<rocksdb::FSWritableFile> base;
    IOStatus s = target_->NewWritableFile(path, options, &base, dbg);
    if (!s.ok()) return s;
    SetSynced(path, 0);
    Note({DirChange::Kind::kCreated, path, "", buried});
    *file = std::make_unique<PowerCutFile>(this, path, 0, std::move(base));
    return s;
  });
}

IOStatus PowerCutFs::ReopenWritableFile(const std::string& path, const FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* dbg) {
  return Write([&] {
    const bool existed = stdfs::exists(path);
    const uint64_t synced = existed ? Synced(path) : 0;
    std::unique_ptr<rocksdb::FSWritableFile> base;
    IOStatus s = target_->ReopenWritableFile(path, options, &base, dbg);
    if (!s.ok()) return s;
    SetSynced(path, synced);
    if (!existed) Note({DirChange::Kind::kCreated, path, "", ""});
    *file = std::make_unique<PowerCutFile>(this, path, stdfs::file_size(path), std::move(base));
    return s;
  });
}

IOStatus PowerCutFs::NewDirectory(const std::string& path, const IOOptions& options,
                                  std::unique_ptr<rocksdb::FSDirectory>* dir, IODebugContext* dbg) {
  if (dead()) return PowerIsOff();
  std::unique_ptr<rocksdb::FSDirectory> base;
  IOStatus s = target_->NewDirectory(path, options, &base, dbg);
  if (s.ok()) *dir = std::make_unique<PowerCutDirectory>(this, DirOf(path + "/x"), std::move(base));
  return s;
}

void PowerCutFs::TakeBack(const DirChange& change) {
  switch (change.kind) {
    case DirChange::Kind::kMadeDir: stdfs::remove_all(change.path); return;
    case DirChange::Kind::kCreated:
      stdfs::remove(change.path);
      synced_.erase(change.path);
      break;
    case DirChange::Kind::kRenamed: Move(change.path, change.from); break;
    case DirChange::Kind::kDeleted: break;
  }
  if (!change.buried.empty()) Move(change.buried, change.path);
}

void PowerCutFs::PowerCut() {
  std::lock_guard lock(mu_);
  for (auto& [dir, changes] : changes_) {
    // Half of the time nothing unsynced stays; else the first few, as a file system writes its journal in order.
    const size_t kept = rng_() % 2 == 0 ? 0 : rng_() % (changes.size() + 1);
    for (size_t i = changes.size(); i > kept; --i) TakeBack(changes[i - 1]);
    changes.resize(kept);
  }
  for (const auto& [dir, changes] : changes_) {
    for (const DirChange& change : changes) {
      if (change.buried.empty()) continue;
      stdfs::remove(change.buried);
      synced_.erase(change.buried);
    }
  }
  changes_.clear();
  for (const auto& [path, synced] : synced_) {
    std::error_code error;
    const uint64_t size = stdfs::file_size(path, error);
    if (error || size <= synced) continue;
    stdfs::resize_file(path, synced + rng_() % (size - synced + 1));
  }
  synced_.clear();
  dead_ = false;
  die_at_ = 0;
}

PowerCutDisk::PowerCutDisk(const std::string& graveyard, uint64_t seed)
    : fs_(std::make_shared<PowerCutFs>(graveyard, seed)), env_(std::make_unique<PowerCutEnv>(fs_)) {}
PowerCutDisk::~PowerCutDisk() = default;

rocksdb::Env* PowerCutDisk::env() { return env_.get(); }
uint64_t PowerCutDisk::writes() const { return fs_->writes(); }
void PowerCutDisk::DieAfter(uint64_t n) { fs_->DieAfter(n); }
void PowerCutDisk::DieAtWrite(uint64_t n) { fs_->DieAtWrite(n); }
bool PowerCutDisk::dead() const { return fs_->dead(); }

bool PowerCutDisk::WaitForDeath(std::chrono::milliseconds most) const { return fs_->WaitForDeath(most); }
void PowerCutDisk::OnDeath(std::function<void()> observer) { fs_->OnDeath(std::move(observer)); }
void PowerCutDisk::IgnoreSync(bool ignore) { fs_->IgnoreSync(ignore); }
void PowerCutDisk::PowerCut() { fs_->PowerCut(); }

}  // namespace reprise
