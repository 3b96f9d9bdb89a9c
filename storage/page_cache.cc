#include "storage/page_cache.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <thread>

namespace reprise {
namespace {

// How much more than the budget's overrun is unlinked at a time, so that not every load has to look for a victim.
constexpr uint64_t kSlack = 1 << 20;

}  // namespace

PageCache::PageCache(uint64_t budget) : budget_(budget) {}

PageCache::~PageCache() = default;

PageCache::Guard PageCache::Enter() {
  static thread_local size_t at = std::hash<std::thread::id>()(std::this_thread::get_id());
  for (size_t tries = 0;; ++tries, ++at) {
    std::atomic<uint64_t>& slot = readers_[at % kReaders].epoch;
    uint64_t expected = 0;
    if (slot.load(std::memory_order_relaxed) == 0 &&
        slot.compare_exchange_strong(expected, epoch_.load(std::memory_order_seq_cst), std::memory_order_seq_cst)) {
      return Guard(&slot);
    }
    if (tries >= kReaders) {
      std::this_thread::yield();  // more lookups at once than slots: wait for one to end
      tries = 0;
    }
  }
}

void PageCache::Register(PageTable* table) {
  std::lock_guard lock(mu_);
  tables_.push_back(table);
}

void PageCache::Unregister(PageTable* table) {
  std::lock_guard lock(mu_);
  tables_.remove(table);
}

void PageCache::Loaded(uint64_t bytes) {
  loads_.fetch_add(1, std::memory_order_relaxed);
  if (bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes > budget_) Evict();
}

void PageCache::Retire(std::unique_ptr<char[]> bytes) {
  retired_.push_back({epoch_.load(std::memory_order_seq_cst), std::move(bytes)});
}

void PageCache::FreeRetired() {
  // A reader that announced an epoch above a page's can not have seen it.
  const uint64_t now = epoch_.fetch_add(1, std::memory_order_seq_cst) + 1;
  uint64_t oldest = now;
  for (const ReaderSlot& reader : readers_) {
    const uint64_t epoch = reader.epoch.load(std::memory_order_seq_cst);
    if (epoch != 0) oldest = std::min(oldest, epoch);
  }
  std::erase_if(retired_, [oldest](const Retired& page) { return page.epoch < oldest; });
}

void PageCache::Evict() {
  std::lock_guard lock(mu_);
  const uint64_t goal = budget_ > kSlack ? budget_ - kSlack : 0;
  // Two rounds over the pages that are not hot (the first only clears their marks), then whatever there is.
  for (int round = 0; round < 3 && bytes() > goal; ++round) {
    for (size_t n = tables_.size(); n > 0 && bytes() > goal; --n) {
      PageTable* table = tables_.front();
      tables_.splice(tables_.end(), tables_, tables_.begin());
      if (table->heat_ == PageTable::Heat::kHot && round < 2) continue;
      for (uint32_t i = 0; i < table->pages_ && bytes() > goal; ++i) {
        PageTable::Slot& slot = table->slots_[table->hand_];
        table->hand_ = table->hand_ + 1 == table->pages_ ? 0 : table->hand_ + 1;
        if (slot.bytes.load(std::memory_order_relaxed) == nullptr) continue;
        if (round == 0 && slot.used.exchange(false, std::memory_order_relaxed)) continue;
        char* page = slot.bytes.exchange(nullptr, std::memory_order_seq_cst);
        if (page == nullptr) continue;
        bytes_.fetch_sub(slot.size.load(std::memory_order_relaxed), std::memory_order_relaxed);
        Retire(std::unique_ptr<char[]>(page));
      }
    }
  }
  FreeRetired();
}

PageTable::PageTable(PageCache* cache, format::RunId run, uint8_t kind, uint32_t pages, Heat heat)
    : cache_(cache), run_(run), kind_(kind), pages_(pages), heat_(heat), slots_(new Slot[pages]) {
  cache_->Register(this);
}

PageTable::~PageTable() {
  cache_->Unregister(this);
  for (uint32_t i = 0; i < pages_; ++i) {
    char* page = slots_[i].bytes.load(std::memory_order_acquire);
    if (page == nullptr) continue;
    cache_->bytes_.fetch_sub(slots_[i].size.load(std::memory_order_relaxed), std::memory_order_relaxed);
    delete[] page;
  }
}

absl::StatusOr<const char*> PageTable::Get(uint32_t page, const KvSnapshot& snapshot, uint32_t* size) {
  Slot& slot = slots_[page];
  const char* bytes = slot.bytes.load(std::memory_order_acquire);
  if (bytes == nullptr) {
    ASSIGN_OR_RETURN(bytes, Load(page, snapshot));
  }
  if (!slot.used.load(std::memory_order_relaxed)) slot.used.store(true, std::memory_order_relaxed);
  if (size != nullptr) *size = slot.size.load(std::memory_order_relaxed);
  return bytes;
}

void PageTable::Forget(uint32_t page) {
  std::lock_guard lock(cache_->mu_);
  char* const bytes = slots_[page].bytes.exchange(nullptr, std::memory_order_seq_cst);
  if (bytes == nullptr) return;
  cache_->bytes_.fetch_sub(slots_[page].size.load(std::memory_order_relaxed), std::memory_order_relaxed);
  cache_->Retire(std::unique_ptr<char[]>(bytes));
  cache_->FreeRetired();
}

absl::Status PageTable::Fetch(std::vector<uint32_t> pages, const KvSnapshot& snapshot) {
  constexpr size_t kAtOnce = 32;  // bounds what is held twice
  constexpr uint64_t kLeastBudget = 256 << 10;
  if (cache_->budget() < kLeastBudget) return absl::OkStatus();  // the first would be gone when the last is there
  std::erase_if(pages, [this](uint32_t page) { return Peek(page) != nullptr; });
  std::sort(pages.begin(), pages.end());
  pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
  std::vector<std::string> keys, values;
  for (size_t begin = 0; begin < pages.size(); begin += kAtOnce) {
    const size_t end = std::min(pages.size(), begin + kAtOnce);
    keys.clear();
    for (size_t i = begin; i < end; ++i) keys.push_back(Key(pages[i]));
    ASSIGN_OR_RETURN(const std::vector<bool> found, snapshot.MultiGet(KvTable::kIndex, keys, &values));
    for (size_t i = begin; i < end; ++i) {
      if (!found[i - begin]) return Missing(pages[i]);
      Install(pages[i], values[i - begin]);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<const char*> PageTable::Load(uint32_t page, const KvSnapshot& snapshot) {
  std::string value;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kIndex, Key(page), &value));
  if (!found) return Missing(page);
  return Install(page, value);
}

absl::Status PageTable::Missing(uint32_t page) const {
  return DataLoss("run " + std::to_string(run_) + ": page " + std::to_string(kind_) + "/" + std::to_string(page) +
                  " is missing; restore a backup, or rebuild the index");
}

const char* PageTable::Install(uint32_t page, std::string_view value) {
  std::unique_ptr<char[]> bytes(new char[value.size() + kPadding]);
  std::memcpy(bytes.get(), value.data(), value.size());
  std::memset(bytes.get() + value.size(), 0, kPadding);
  Slot& slot = slots_[page];
  // A page has one size for ever, so it does not matter who stores it.
  slot.size.store(static_cast<uint32_t>(value.size()), std::memory_order_relaxed);
  char* expected = nullptr;
  if (!slot.bytes.compare_exchange_strong(expected, bytes.get(), std::memory_order_acq_rel)) return expected;
  const char* loaded = bytes.release();
  cache_->Loaded(value.size());
  return loaded;
}

}  // namespace reprise
