// What the tests of key-value engines share: a directory of their own, and short ways to write and read.
#ifndef REPRISE_TESTS_STORAGE_KV_HELPERS_H_
#define REPRISE_TESTS_STORAGE_KV_HELPERS_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/kv.h"
#include "storage/rocksdb_kv.h"

namespace reprise::testing {

// A directory of the test's own, gone with it.
class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "reprise_kv_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::unique_ptr<Kv> OpenOrDie(const std::string& path) {
  auto kv = OpenRocksDbKv({.path = path});
  EXPECT_TRUE(kv.ok()) << kv.status();
  return kv.ok() ? std::move(kv).value() : nullptr;
}

inline void Put(Kv* kv, KvTable table, std::string_view key, std::string_view value) {
  KvBatch batch;
  batch.Put(table, key, value);
  ASSERT_TRUE(kv->Commit(batch, Durability::kNoSync).ok());
}

inline void Delete(Kv* kv, KvTable table, std::string_view key) {
  KvBatch batch;
  batch.Delete(table, key);
  ASSERT_TRUE(kv->Commit(batch, Durability::kNoSync).ok());
}

// The value, or "(none)".
inline std::string Get(const KvSnapshot& snapshot, KvTable table, std::string_view key) {
  std::string value = "(none)";
  auto found = snapshot.Get(table, key, &value);
  EXPECT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(*found, value != "(none)");
  return value;
}
inline std::string Get(Kv* kv, KvTable table, std::string_view key) { return Get(*kv->Snapshot(), table, key); }

inline std::vector<std::string> Keys(const KvSnapshot& snapshot, KvTable table, std::string_view prefix) {
  std::vector<std::string> keys;
  auto it = snapshot.Scan(table, prefix);
  for (; it->Valid(); it->Next()) keys.emplace_back(it->key());
  EXPECT_TRUE(it->status().ok()) << it->status();
  return keys;
}

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_STORAGE_KV_HELPERS_H_
