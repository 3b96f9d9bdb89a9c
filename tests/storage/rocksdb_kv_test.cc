// What the engine on disk does beyond the contract of every Kv (kv_test.cc): reopening, background work, reading ahead,
// refusals, damage.
#include "storage/rocksdb_kv.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "storage/kv.h"
#include "tests/storage/kv_helpers.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

using testing::Get;
using testing::OpenOrDie;
using testing::Put;
using testing::TempDir;

TEST(RocksDbKvTest, KeepsAllTablesAcrossReopening) {
  TempDir dir;
  const std::string path = dir.path() + "/with/parents";
  for (int round = 0; round < 3; ++round) {
    auto kv = OpenOrDie(path);
    ASSERT_NE(kv, nullptr);
    for (int t = 0; t < kKvTableCount; ++t) {
      const auto table = static_cast<KvTable>(t);
      for (int earlier = 0; earlier < round; ++earlier) {
        EXPECT_EQ(Get(kv.get(), table, "k" + std::to_string(earlier)), KvTableName(table));
      }
      Put(kv.get(), table, "k" + std::to_string(round), KvTableName(table));
    }
    if (round == 1) {
      ASSERT_TRUE(kv->Flush().ok());
    }
    EXPECT_GT(kv->DiskBytes(), 0u);
  }
}

// Files of tables in a store's directory.
size_t TableFiles(const std::string& path) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(path)) count += entry.path().extension() == ".sst" ? 1 : 0;
  return count;
}

TEST(RocksDbKvTest, FilesWaitWhileIngestsAreExpectedAndAreSortedInAfterwards) {
  constexpr size_t kIngests = 2 * kFilesOfLevel0;
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  kv->ExpectIngests(true);
  for (size_t i = 0; i < kIngests; ++i) {
    auto ingest = kv->NewIngest();
    for (const std::string& key : {std::string("a"), "m" + std::to_string(i), std::string("z")}) {
      ASSERT_TRUE(ingest->Put(KvTable::kSegments, key, std::to_string(i)).ok());
    }
    ASSERT_TRUE(ingest->Finish().ok());
  }
  EXPECT_GE(TableFiles(dir.path()), kIngests);
  EXPECT_EQ(Get(kv.get(), KvTable::kSegments, "z"), std::to_string(kIngests - 1));
  kv->ExpectIngests(false);
  for (int i = 0; i < 600 && TableFiles(dir.path()) >= kFilesOfLevel0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LT(TableFiles(dir.path()), size_t{kFilesOfLevel0});
  EXPECT_EQ(Get(kv.get(), KvTable::kSegments, "z"), std::to_string(kIngests - 1));
  EXPECT_EQ(Get(kv.get(), KvTable::kSegments, "m0"), "0");
}

// A disk that takes its time, and notes how it is asked.
struct SlowDisk {
  std::atomic<int> files{0};    // tables opened so far
  std::atomic<int> reading{0};  // reads of tables under way
  std::atomic<int> at_once{0};  // the most there were
};

class SlowFile : public rocksdb::FSRandomAccessFileOwnerWrapper {
 public:
  SlowFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, SlowDisk* disk)
      : FSRandomAccessFileOwnerWrapper(std::move(file)), disk_(disk) {}
  rocksdb::IOStatus Read(uint64_t offset, size_t n, const rocksdb::IOOptions& options, rocksdb::Slice* result,
                         char* scratch, rocksdb::IODebugContext* debug) const override {
    const int reading = ++disk_->reading;
    int at_once = disk_->at_once.load();
    while (at_once < reading && !disk_->at_once.compare_exchange_weak(at_once, reading)) {
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
    --disk_->reading;
    return FSRandomAccessFileOwnerWrapper::Read(offset, n, options, result, scratch, debug);
  }
  rocksdb::IOStatus MultiRead(rocksdb::FSReadRequest* requests, size_t count, const rocksdb::IOOptions& options,
                              rocksdb::IODebugContext* debug) override {
    return FSRandomAccessFile::MultiRead(requests, count, options, debug);  // by Read, one after the other
  }

 private:
  SlowDisk* const disk_;
};

class SlowFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit SlowFileSystem(SlowDisk* disk) : FileSystemWrapper(rocksdb::FileSystem::Default()), disk_(disk) {}
  const char* Name() const override { return "SlowFileSystem"; }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name, const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                        rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus s = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
    if (!s.ok() || fs::path(name).extension() != ".sst") return s;
    ++disk_->files;
    *file = std::make_unique<SlowFile>(std::move(*file), disk_);
    return s;
  }

 private:
  SlowDisk* const disk_;
};

std::string Key(int i) { return "k" + std::to_string(1000 + i); }

// `files` files of `keys` keys each, the values apart from each other and not to be packed.
void IngestKeys(Kv* kv, KvTable table, int files, int keys, size_t bytes) {
  std::mt19937 rng(5);
  for (int f = 0; f < files; ++f) {
    auto ingest = kv->NewIngest();
    for (int k = 0; k < keys; ++k) {
      const std::string key = Key(f * keys + k);
      std::string value = key;
      while (value.size() < bytes) value.push_back(static_cast<char>(rng()));
      ASSERT_TRUE(ingest->Put(table, key, value).ok());
    }
    ASSERT_TRUE(ingest->Finish().ok());
  }
}

TEST(RocksDbKvTest, KeysOnASlowDiskAreReadSeveralAtATime) {
  constexpr int kKeys = 100;
  TempDir dir;
  SlowDisk disk;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<SlowFileSystem>(&disk));
  auto kv = OpenRocksDbKv({.path = dir.path(), .block_cache_bytes = 1 << 20, .env = env.get()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  IngestKeys(kv->get(), KvTable::kUnits, 1, kKeys, 20000);
  std::vector<std::string> keys, values;
  for (int i = 0; i < kKeys; ++i) {
    keys.push_back(Key(i));
    if (i % 10 == 0) keys.push_back(Key(i) + " is not there");
  }
  disk.at_once.store(0);
  const auto found = (*kv)->Snapshot()->MultiGet(KvTable::kUnits, keys, &values);
  ASSERT_TRUE(found.ok()) << found.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    const bool there = keys[i].find(' ') == std::string::npos;
    EXPECT_EQ((*found)[i], there) << keys[i];
    if (there) {
      EXPECT_EQ(values[i].substr(0, keys[i].size()), keys[i]);
    }
  }
  EXPECT_GT(disk.at_once.load(), 1);
}

TEST(RocksDbKvTest, WarmingUpOpensTheFilesThatReadsWouldOpen) {
  constexpr int kFiles = 64;  // more than RocksDB opens by itself
  TempDir dir;
  IngestKeys(OpenOrDie(dir.path()).get(), KvTable::kUnits, kFiles, 2, 100);
  SlowDisk disk;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<SlowFileSystem>(&disk));
  auto kv = OpenRocksDbKv({.path = dir.path(), .env = env.get()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  const int before = disk.files.load();
  ASSERT_LT(before, kFiles);
  (*kv)->WarmUp(KvTable::kUnits, [] { return true; });
  EXPECT_EQ(disk.files.load(), before) << "although it was stopped";
  (*kv)->WarmUp(KvTable::kUnits, {});
  const int after = disk.files.load();
  EXPECT_GT(after, before);
  for (int i = 0; i < 2 * kFiles; ++i) EXPECT_EQ(Get(kv->get(), KvTable::kUnits, Key(i)).substr(0, 5), Key(i));
  EXPECT_EQ(disk.files.load(), after);
}

// The share of the store's biggest table that is in the system's cache; with `drop` it is put out of there first.
double CachedShare(const std::string& path, bool drop) {
  std::string biggest;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() != ".sst") continue;
    if (biggest.empty() || entry.file_size() > fs::file_size(biggest)) biggest = entry.path().string();
  }
  const size_t size = fs::file_size(biggest), page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const int fd = open(biggest.c_str(), O_RDONLY | O_CLOEXEC);
  if (drop) {
    EXPECT_EQ(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
  }
  void* const map = mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (map == MAP_FAILED) return 1;
  std::vector<unsigned char> there((size + page - 1) / page);
  EXPECT_EQ(mincore(map, size, there.data()), 0);
  munmap(map, size);
  double count = 0;
  for (const unsigned char t : there) count += t & 1;
  return count / static_cast<double>(there.size());
}

TEST(RocksDbKvTest, WhatWillBeReadIsFetchedAndLittleElse) {
  constexpr int kKeys = 800;
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  IngestKeys(kv.get(), KvTable::kIndex, 1, kKeys, 20000);
  if (CachedShare(dir.path(), true) > .1) GTEST_SKIP() << "the file system keeps its files in memory";
  kv->WillRead(KvTable::kIndex, "a", "b");
  kv->WillRead(KvTable::kUnits, Key(0), Key(kKeys));
  EXPECT_LT(CachedShare(dir.path(), false), .1);
  auto eventually = [&](double least) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (CachedShare(dir.path(), false) < least && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return CachedShare(dir.path(), false);
  };
  kv->WillRead(KvTable::kIndex, Key(kKeys / 2), Key(kKeys * 3 / 4));
  const double share = eventually(.25);
  EXPECT_GE(share, .25);
  EXPECT_LT(share, .4);
  kv->WillRead(KvTable::kIndex, "a", "z");
  EXPECT_EQ(eventually(1), 1);
}

TEST(RocksDbKvTest, DiskBytesGrowWithTheData) {
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  const uint64_t before = kv->DiskBytes();
  std::mt19937 rng(7);
  std::string noise(4 << 20, '\0');
  for (char& c : noise) c = static_cast<char>(rng());
  Put(kv.get(), KvTable::kText, "k", noise);
  ASSERT_TRUE(kv->Flush().ok());
  EXPECT_GE(kv->DiskBytes(), before + noise.size());
}

TEST(RocksDbKvTest, OptionsOnDiskAreTheSafeOnes) {
  TempDir dir;
  OpenOrDie(dir.path()).reset();
  std::string all;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    if (entry.path().filename().string().rfind("OPTIONS-", 0) != 0) continue;
    std::ifstream in(entry.path());
    all.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (const char* option :
       {"wal_recovery_mode=kTolerateCorruptedTailRecords", "track_and_verify_wals_in_manifest=true",
        "max_open_files=512", "recycle_log_file_num=0", "atomic_flush=true", "paranoid_checks=true",
        "paranoid_file_checks=true", "memtable_protection_bytes_per_key=8", "bottommost_compression=kZSTD",
        "filter_policy=bloomfilter:16"}) {
    EXPECT_NE(all.find(option), std::string::npos) << option;
  }
  EXPECT_EQ(all.find("paranoid_file_checks=false"), std::string::npos);
}

TEST(RocksDbKvTest, SecondOpenInThisProcessIsRefused) {
  TempDir dir;
  auto kv = OpenOrDie(dir.path());
  auto second = OpenRocksDbKv({.path = dir.path()});
  ASSERT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition) << second.status();
  EXPECT_EQ(ReasonOf(second.status()), "DATA_DIR_LOCKED");
  EXPECT_NE(MessageOf(second.status()).find(dir.path() + " is in use by another process"), std::string::npos);
  kv.reset();
  EXPECT_NE(OpenOrDie(dir.path()), nullptr);
}

TEST(RocksDbKvTest, DirectoryLockedByAnotherProcessIsRefused) {
  TempDir dir;
  OpenOrDie(dir.path()).reset();
  const std::string lock_path = dir.path() + "/LOCK";
  int ready[2], done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    close(done[1]);
    const int fd = open(lock_path.c_str(), O_RDWR);
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const char held = fcntl(fd, F_SETLK, &lock) == 0 ? 'y' : 'n';
    char c;
    if (write(ready[1], &held, 1) != 1 || read(done[0], &c, 1) < 0) _exit(1);
    _exit(0);
  }
  char held = 'n';
  EXPECT_EQ(read(ready[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  auto refused = OpenRocksDbKv({.path = dir.path()});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
  EXPECT_EQ(ReasonOf(refused.status()), "DATA_DIR_LOCKED");
  for (int fd : {done[1], done[0], ready[0], ready[1]}) close(fd);
  waitpid(child, nullptr, 0);
  EXPECT_NE(OpenOrDie(dir.path()), nullptr);
}

TEST(RocksDbKvTest, WhatMustExistIsNotMade) {
  TempDir dir;
  for (const std::string& path : {dir.path() + "/new/deeper", dir.path()}) {
    auto kv = OpenRocksDbKv({.path = path, .must_exist = true});
    EXPECT_TRUE(absl::IsNotFound(kv.status())) << kv.status();
    EXPECT_EQ(ReasonOf(kv.status()), "STORE_NOT_FOUND");
    EXPECT_NE(MessageOf(kv.status()).find("there is no store in " + path), std::string::npos) << kv.status();
  }
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
  ASSERT_TRUE(OpenRocksDbKv({.path = dir.path()}).ok());
  EXPECT_TRUE(OpenRocksDbKv({.path = dir.path(), .must_exist = true}).ok());
}

TEST(RocksDbKvTest, UnusablePathIsNamed) {
  TempDir dir;
  const std::string file = dir.path() + "/file";
  std::ofstream(file) << "x";
  for (const std::string& path : {file, file + "/below"}) {
    auto kv = OpenRocksDbKv({.path = path});
    ASSERT_EQ(kv.status().code(), absl::StatusCode::kUnavailable) << kv.status();
    EXPECT_EQ(ReasonOf(kv.status()), "DATA_DIR_UNUSABLE");
    EXPECT_NE(MessageOf(kv.status()).find(path), std::string::npos) << kv.status();
  }
  auto kv = OpenRocksDbKv({.path = ""});
  EXPECT_EQ(kv.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(kv.status()), "data_dir");
}

TEST(RocksDbKvTest, PathWithoutPermissionIsNamed) {
  TempDir dir;
  const std::string existing = dir.path() + "/existing";
  fs::create_directory(existing);
  ASSERT_EQ(chmod(existing.c_str(), 0555), 0);
  ASSERT_EQ(chmod(dir.path().c_str(), 0555), 0);
  const bool root = geteuid() == 0;  // to whom permissions do not apply: become nobody for the calls
  if (root) {
    ASSERT_EQ(seteuid(65534), 0);
  }
  auto in_it = OpenRocksDbKv({.path = existing});
  auto below = OpenRocksDbKv({.path = dir.path() + "/new/deeper"});
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  chmod(dir.path().c_str(), 0755);
  for (const absl::Status& status : {in_it.status(), below.status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << status;
    EXPECT_EQ(ReasonOf(status), "DATA_DIR_UNUSABLE");
    EXPECT_NE(MessageOf(status).find(dir.path()), std::string::npos) << status;
  }
}

TEST(RocksDbKvTest, TablesOfANewerVersionAreRefused) {
  TempDir dir;
  OpenOrDie(dir.path()).reset();
  std::vector<std::string> names;
  ASSERT_TRUE(rocksdb::DB::ListColumnFamilies({}, dir.path(), &names).ok());
  EXPECT_EQ(names.size(), size_t{kKvTableCount} + 1);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  ASSERT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), dir.path(), families, &handles, &db).ok());
  rocksdb::ColumnFamilyHandle* extra = nullptr;
  ASSERT_TRUE(db->CreateColumnFamily({}, "of_tomorrow", &extra).ok());
  handles.push_back(extra);
  for (auto* handle : handles) ASSERT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
  delete db;
  auto kv = OpenRocksDbKv({.path = dir.path()});
  ASSERT_EQ(kv.status().code(), absl::StatusCode::kFailedPrecondition) << kv.status();
  EXPECT_EQ(ReasonOf(kv.status()), "STORE_TOO_NEW");
  EXPECT_NE(MessageOf(kv.status()).find("of_tomorrow"), std::string::npos);
}

// A store with some flushed and some logged data, then one file of it harmed.
class DamageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto kv = OpenOrDie(dir_.path());
    for (int i = 0; i < 500; ++i) Put(kv.get(), KvTable::kUnits, "flushed" + std::to_string(i), std::string(100, 'x'));
    ASSERT_TRUE(kv->Flush().ok());
    for (int i = 0; i < 500; ++i) {
      Put(kv.get(), KvTable::kUnits, "logged" + std::to_string(i), std::string(100, 'y') + std::to_string(i));
    }
  }

  // The biggest file with this ending.
  fs::path Biggest(const std::string& extension) {
    fs::path best;
    for (const auto& entry : fs::directory_iterator(dir_.path())) {
      if (entry.path().extension() == extension && (best.empty() || entry.file_size() > fs::file_size(best))) {
        best = entry.path();
      }
    }
    return best;
  }
  static void FlipBit(const fs::path& path, uint64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char c = static_cast<char>(file.get() ^ 4);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(c);
  }
  void ExpectRefused() {
    auto kv = OpenRocksDbKv({.path = dir_.path()});
    ASSERT_EQ(kv.status().code(), absl::StatusCode::kDataLoss) << kv.status();
    EXPECT_NE(MessageOf(kv.status()).find(dir_.path()), std::string::npos);
    EXPECT_NE(MessageOf(kv.status()).find("restore a backup or repair"), std::string::npos) << kv.status();
  }

  TempDir dir_;
};

TEST_F(DamageTest, FlippedBitInTheLogIsRefused) {
  const fs::path log = Biggest(".log");
  ASSERT_GT(fs::file_size(log), 50000u);
  FlipBit(log, fs::file_size(log) / 2);
  ExpectRefused();
}

TEST_F(DamageTest, TornTailOfTheLogIsForgiven) {
  const fs::path log = Biggest(".log");
  // Closing wrote an empty record of 19 bytes behind the last batch.
  fs::resize_file(log, fs::file_size(log) - 30);
  auto kv = OpenOrDie(dir_.path());
  ASSERT_NE(kv, nullptr);
  EXPECT_EQ(Get(kv.get(), KvTable::kUnits, "logged498"), std::string(100, 'y') + "498");
  EXPECT_EQ(Get(kv.get(), KvTable::kUnits, "logged499"), "(none)");
}

TEST_F(DamageTest, FlippedBitInATableIsReported) {
  const fs::path table = Biggest(".sst");
  FlipBit(table, 100);
  auto kv = OpenRocksDbKv({.path = dir_.path()});
  ASSERT_TRUE(kv.ok()) << kv.status();
  auto snapshot = (*kv)->Snapshot();
  std::string value;
  EXPECT_EQ(snapshot->Get(KvTable::kUnits, "flushed0", &value).status().code(), absl::StatusCode::kDataLoss);
  std::vector<std::string> values;
  EXPECT_EQ(snapshot->MultiGet(KvTable::kUnits, {"flushed0", "flushed1"}, &values).status().code(),
            absl::StatusCode::kDataLoss);
  auto it = snapshot->Scan(KvTable::kUnits, "flushed");
  while (it->Valid()) it->Next();
  EXPECT_EQ(it->status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(DamageTest, MissingTableIsRefused) {
  fs::remove(Biggest(".sst"));
  ExpectRefused();
}

TEST_F(DamageTest, MissingManifestIsRefused) {
  const fs::path current = dir_.path() + "/CURRENT";
  std::string manifest;
  std::ifstream(current) >> manifest;
  fs::remove(dir_.path() + "/" + manifest);
  ExpectRefused();
}

TEST_F(DamageTest, MissingCurrentIsRefusedAndNothingIsDeleted) {
  const fs::path table = Biggest(".sst");
  fs::remove(dir_.path() + "/CURRENT");
  ExpectRefused();
  EXPECT_TRUE(fs::exists(table));
}

}  // namespace
}  // namespace reprise
