// Pages of runs in memory, within a budget: what a lookup reads thousands of times may cost no call into the engine.
//
// A run has a PageTable for each of its columns; a slot of the table points to the page while it is loaded. Reading a
// slot is one atomic load. A page that does not fit the budget any more is unlinked at once, but freed only when every
// reader that may have seen it has left: readers announce themselves with a Guard (epoch-based reclamation, Fraser,
// "Practical lock-freedom", 2004).
//
//   PageCache cache(512 << 20);
//   PageTable table(&cache, run, kind, pages, Weight::kHot);
//   PageCache::Guard guard = cache.Enter();                        // once a lookup
//   ASSIGN_OR_RETURN(const char* page, table.Get(3, snapshot));    // valid as long as the guard
//
// Thread-safe. A table must go before its cache, and no reader may be inside it then.
#ifndef REPRISE_STORAGE_PAGE_CACHE_H_
#define REPRISE_STORAGE_PAGE_CACHE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/format.h"
#include "storage/kv.h"

namespace reprise {

class PageTable;

class PageCache {
 public:
  // Pages are unlinked when more than `budget` bytes are loaded; a reader under way may hold a little more.
  explicit PageCache(uint64_t budget);
  ~PageCache();
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  // A reader's stay. Pages seen while it lives are valid until it goes. Movable.
  class Guard {
   public:
    explicit Guard(std::atomic<uint64_t>* slot) : slot_(slot) {}
    Guard(Guard&& other) noexcept : slot_(other.slot_) { other.slot_ = nullptr; }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      if (slot_ != nullptr) slot_->store(0, std::memory_order_release);
    }

   private:
    std::atomic<uint64_t>* slot_;
  };
  Guard Enter();

  uint64_t budget() const { return budget_; }
  uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }  // loaded now
  uint64_t loads() const { return loads_.load(std::memory_order_relaxed); }  // pages read from the engine so far
  // True if `more` bytes fit without unlinking anything: what reading ahead asks.
  bool HasRoom(uint64_t more) const { return bytes() + more <= budget_; }

 private:
  friend class PageTable;
  static constexpr size_t kReaders = 256;
  struct alignas(64) ReaderSlot {
    std::atomic<uint64_t> epoch{0};  // 0: free
  };
  struct Retired {
    uint64_t epoch = 0;
    std::unique_ptr<char[]> bytes;
  };

  void Register(PageTable* table);
  void Unregister(PageTable* table);
  void Loaded(uint64_t bytes);
  void Retire(std::unique_ptr<char[]> bytes);  // REQUIRES: mu_
  void FreeRetired();                          // REQUIRES: mu_
  void Evict();

  const uint64_t budget_;
  std::atomic<uint64_t> bytes_{0};
  std::atomic<uint64_t> loads_{0};
  std::atomic<uint64_t> epoch_{1};
  std::array<ReaderSlot, kReaders> readers_;

  std::mutex mu_;
  std::list<PageTable*> tables_;  // guarded by mu_; the hand of the clock stands at the first
  std::vector<Retired> retired_;  // guarded by mu_
};

class PageTable {
 public:
  // Hot pages (signatures) are unlinked only when nothing else is left.
  enum class Heat : uint8_t { kNormal, kHot };

  // Bytes behind a loaded page that may be read too, all zero: a decoder may look one number ahead.
  static constexpr uint32_t kPadding = 16;

  PageTable(PageCache* cache, format::RunId run, uint8_t kind, uint32_t pages, Heat heat);
  ~PageTable();
  PageTable(const PageTable&) = delete;
  PageTable& operator=(const PageTable&) = delete;

  uint32_t pages() const { return pages_; }

  // The page if it is loaded, else null. REQUIRES: page < pages(), a guard.
  const char* Peek(uint32_t page) const { return slots_[page].bytes.load(std::memory_order_acquire); }
  // The page, read from `snapshot` if it must be; `size` (may be null) gets its length. REQUIRES: as Peek.
  // Error: DATA_LOSS naming run and page, or what the engine says.
  absl::StatusOr<const char*> Get(uint32_t page, const KvSnapshot& snapshot, uint32_t* size = nullptr);
  // Loads those of the pages that are not there yet, several at a time; any order, repeated or not. With little room
  // they may be gone again before they are looked at, and with hardly any nothing is done. REQUIRES: a guard. Error: as
  // Get.
  absl::Status Fetch(std::vector<uint32_t> pages, const KvSnapshot& snapshot);
  // Where the page lies, also of pages().
  std::string Key(uint32_t page) const { return format::RunPageKey(run_, kind_, page); }
  // Unlinks the page, if it is loaded: whoever has seen it may go on reading it. For passes over all of a table, which
  // would fill the budget with what nobody asks for. REQUIRES: page < pages().
  void Forget(uint32_t page);

 private:
  friend class PageCache;
  struct Slot {
    std::atomic<char*> bytes{nullptr};
    std::atomic<uint32_t> size{0};  // set before `bytes`
    std::atomic<bool> used{false};  // since the hand of the clock last passed
  };

  absl::StatusOr<const char*> Load(uint32_t page, const KvSnapshot& snapshot);
  const char* Install(uint32_t page, std::string_view value);
  absl::Status Missing(uint32_t page) const;

  PageCache* const cache_;
  const format::RunId run_;
  const uint8_t kind_;
  const uint32_t pages_;
  const Heat heat_;
  const std::unique_ptr<Slot[]> slots_;
  uint32_t hand_ = 0;  // guarded by the cache's mu_
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_PAGE_CACHE_H_
