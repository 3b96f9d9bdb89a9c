#include "storage/memory_kv.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

namespace reprise {
namespace {

// One write of a key. A null value is a deletion.
struct Version {
  uint64_t number = 0;
  std::shared_ptr<const std::string> value;
};

// The state that the Kv and its snapshots share. Every key has its versions, oldest first; a reader at version v sees
// the newest that is not above v.
class Store {
 public:
  using Map = std::map<std::string, std::vector<Version>, std::less<>>;

  void Commit(const KvBatch& batch) {
    std::unique_lock lock(mu_);
    const uint64_t number = ++version_;
    const uint64_t oldest = live_.empty() ? number : *live_.begin();
    for (const KvBatch::Op& op : batch.ops()) {
      Map& map = tables_[static_cast<size_t>(op.table)];
      if (op.range_end.empty()) {
        Write(&map, op.key, op.is_delete ? nullptr : std::make_shared<const std::string>(op.value), number, oldest);
        continue;
      }
      std::vector<std::string> keys;
      for (auto it = map.lower_bound(op.key); it != map.end() && it->first < op.range_end; ++it) {
        keys.push_back(it->first);
      }
      for (const std::string& key : keys) Write(&map, key, nullptr, number, oldest);
    }
  }

  uint64_t Acquire() {
    std::unique_lock lock(mu_);
    live_.insert(version_);
    return version_;
  }
  void Release(uint64_t version) {
    std::unique_lock lock(mu_);
    live_.erase(live_.find(version));
  }

  std::shared_ptr<const std::string> Get(KvTable table, std::string_view key, uint64_t at) const {
    std::shared_lock lock(mu_);
    const Map& map = tables_[static_cast<size_t>(table)];
    auto it = map.find(key);
    return it == map.end() ? nullptr : Visible(it->second, at);
  }

  // The first key seen at `at` that is >= `from` (> if `after`) and starts with `prefix`; null if none.
  std::shared_ptr<const std::string> FirstFrom(KvTable table, std::string_view prefix, std::string_view from,
                                               bool after, uint64_t at, std::string* key) const {
    std::shared_lock lock(mu_);
    const Map& map = tables_[static_cast<size_t>(table)];
    auto it = after ? map.upper_bound(from) : map.lower_bound(from);
    for (; it != map.end() && it->first.compare(0, prefix.size(), prefix) == 0; ++it) {
      if (auto value = Visible(it->second, at)) {
        *key = it->first;
        return value;
      }
    }
    return nullptr;
  }

 private:
  static std::shared_ptr<const std::string> Visible(const std::vector<Version>& versions, uint64_t at) {
    for (auto it = versions.rbegin(); it != versions.rend(); ++it) {
      if (it->number <= at) return it->value;
    }
    return nullptr;
  }

  // REQUIRES: mu_ held for writing.
  static void Write(Map* map, const std::string& key, std::shared_ptr<const std::string> value, uint64_t number,
                    uint64_t oldest) {
    std::vector<Version>& versions = (*map)[key];
    if (!versions.empty() && versions.back().number == number) versions.pop_back();
    versions.push_back({number, std::move(value)});
    Prune(map, key, oldest);
  }

  // Forgets what no snapshot can see any more. REQUIRES: mu_ held for writing.
  static void Prune(Map* map, const std::string& key, uint64_t oldest) {
    auto entry = map->find(key);
    std::vector<Version>& versions = entry->second;
    size_t keep = versions.size() - 1;
    while (keep > 0 && versions[keep].number > oldest) --keep;
    versions.erase(versions.begin(), versions.begin() + static_cast<ptrdiff_t>(keep));
    if (versions.size() == 1 && versions[0].value == nullptr && versions[0].number <= oldest) map->erase(entry);
  }

  mutable std::shared_mutex mu_;
  std::array<Map, kKvTableCount> tables_;  // guarded by mu_
  uint64_t version_ = 0;                   // guarded by mu_
  std::multiset<uint64_t> live_;           // versions of the snapshots that exist; guarded by mu_
};

// Goes by key, not by map iterator, so that commits beside a scan cannot disturb it.
class MemoryIterator final : public KvIterator {
 public:
  MemoryIterator(const Store* store, KvTable table, std::string_view prefix, uint64_t at)
      : store_(store), table_(table), prefix_(prefix), at_(at) {
    Seek(prefix_);
  }
  bool Valid() const override { return value_ != nullptr; }
  std::string_view key() const override { return key_; }
  std::string_view value() const override { return *value_; }
  void Next() override {
    const std::string last = key_;
    value_ = store_->FirstFrom(table_, prefix_, last, true, at_, &key_);
  }
  void Seek(std::string_view key) override {
    const std::string from(std::max(key, std::string_view(prefix_)));
    value_ = store_->FirstFrom(table_, prefix_, from, false, at_, &key_);
  }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const Store* store_;
  const KvTable table_;
  const std::string prefix_;
  const uint64_t at_;
  std::string key_;
  std::shared_ptr<const std::string> value_;
};

class MemorySnapshot : public KvSnapshot {
 public:
  explicit MemorySnapshot(std::shared_ptr<Store> store) : store_(std::move(store)), at_(store_->Acquire()) {}
  ~MemorySnapshot() override { store_->Release(at_); }

  absl::StatusOr<bool> Get(KvTable table, std::string_view key, std::string* value) const override {
    auto found = store_->Get(table, key, at_);
    if (found != nullptr) *value = *found;
    return found != nullptr;
  }
  absl::StatusOr<std::vector<bool>> MultiGet(KvTable table, const std::vector<std::string>& keys,
                                             std::vector<std::string>* values) const override {
    std::vector<bool> found(keys.size());
    values->assign(keys.size(), std::string());
    for (size_t i = 0; i < keys.size(); ++i) {
      auto value = store_->Get(table, keys[i], at_);
      found[i] = value != nullptr;
      if (value != nullptr) (*values)[i] = *value;
    }
    return found;
  }
  std::unique_ptr<KvIterator> Scan(KvTable table, std::string_view prefix) const override {
    return std::make_unique<MemoryIterator>(store_.get(), table, prefix, at_);
  }

 private:
  const std::shared_ptr<Store> store_;
  const uint64_t at_;
};

class MemoryIngest : public KvIngest {
 public:
  explicit MemoryIngest(std::shared_ptr<Store> store) : store_(std::move(store)) {}
  absl::Status Put(KvTable table, std::string_view key, std::string_view value) override {
    batch_.Put(table, key, value);
    return absl::OkStatus();
  }
  absl::Status Delete(KvTable table, std::string_view key) override {
    batch_.Delete(table, key);
    return absl::OkStatus();
  }
  absl::Status EndFile(KvTable) override { return absl::OkStatus(); }
  void Place(KvTable, Placement) override {}
  absl::Status Finish() override {
    store_->Commit(batch_);
    return absl::OkStatus();
  }

 private:
  const std::shared_ptr<Store> store_;
  KvBatch batch_;
};

class MemoryKv : public Kv {
 public:
  absl::Status Commit(const KvBatch& batch, Durability) override {
    store_->Commit(batch);
    return absl::OkStatus();
  }
  std::shared_ptr<const KvSnapshot> Snapshot() override { return std::make_shared<MemorySnapshot>(store_); }
  std::unique_ptr<KvIngest> NewIngest() override { return std::make_unique<MemoryIngest>(store_); }
  absl::Status DropRange(KvTable table, std::string_view begin, std::string_view end) override {
    KvBatch batch;
    batch.DeleteRange(table, begin, end);
    store_->Commit(batch);
    return absl::OkStatus();
  }
  absl::Status Flush() override { return absl::OkStatus(); }
  uint64_t DiskBytes() override { return 0; }
  uint64_t RangeBytes(KvTable, std::string_view, std::string_view) override { return 0; }

 private:
  const std::shared_ptr<Store> store_ = std::make_shared<Store>();
};

}  // namespace

std::unique_ptr<Kv> NewMemoryKv() { return std::make_unique<MemoryKv>(); }

}  // namespace reprise
