#include "storage/pending_writes.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace reprise {
namespace {

constexpr size_t kBlockBytes = 256 << 10;

uint64_t HashOf(KvTable table, std::string_view key) {
  return XXH3_64bits_withSeed(key.data(), key.size(), static_cast<XXH64_hash_t>(table));
}

// Eight bytes from `at` on as a number that sorts as they do.
uint64_t Prefix(std::string_view key, size_t at) {
  uint64_t out = 0;
  if (at + 8 <= key.size()) {  // a loop of fixed length becomes one load
    for (size_t i = 0; i < 8; ++i) out = out << 8 | static_cast<uint8_t>(key[at + i]);
    return out;
  }
  for (size_t i = at; i < at + 8; ++i) out = out << 8 | (i < key.size() ? static_cast<uint8_t>(key[i]) : 0);
  return out;
}

}  // namespace

void PendingWrites::Reserve(size_t keys) {
  entries_.reserve(keys);
  by_key_.Reserve(keys);
}

const PendingWrites::Entry* PendingWrites::Find(KvTable table, std::string_view key) const {
  const uint32_t id = by_key_.Find(HashOf(table, key),
                                   [&](uint32_t i) { return entries_[i].table == table && entries_[i].key == key; });
  return id == kUnknownId ? nullptr : &entries_[id];
}

std::string_view PendingWrites::Keep(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (bytes.size() > left_) {
    left_ = std::max(kBlockBytes, bytes.size());
    blocks_.emplace_back(new char[left_]);
    // A block that is filled from its end needs no other number than what is left.
  }
  left_ -= bytes.size();
  char* at = blocks_.back().get() + left_;
  std::memcpy(at, bytes.data(), bytes.size());
  return {at, bytes.size()};
}

void PendingWrites::Write(KvTable table, std::string_view key, bool is_delete, std::string_view value) {
  ++writes_;
  const uint64_t hash = HashOf(table, key);
  uint32_t id = by_key_.Find(hash, [&](uint32_t i) { return entries_[i].table == table && entries_[i].key == key; });
  if (id == kUnknownId) {
    id = static_cast<uint32_t>(entries_.size());
    entries_.push_back({table, is_delete, Keep(key), {}});
    by_key_.Insert(hash, id);
  }
  Entry& entry = entries_[id];
  entry.is_delete = is_delete;
  // A value that is no longer than the one it replaces takes its place: counters are written again and again.
  if (!value.empty() && value.size() <= entry.value.size()) {
    std::memcpy(const_cast<char*>(entry.value.data()), value.data(), value.size());
    entry.value = entry.value.substr(0, value.size());
  } else {
    entry.value = Keep(value);
  }
}

std::vector<const PendingWrites::Entry*> PendingWrites::Sorted() const {
  // Most keys differ in their first 24 bytes, and those are compared as numbers.
  // Keys of a kind begin alike (letter, memory, locale), so that only the next sixteen tell most of them apart.
  struct Item {
    KvTable table;
    uint64_t first, second, third;
    const Entry* entry;
  };
  constexpr size_t kNumbered = 24;
  std::vector<Item> items;
  items.reserve(entries_.size());
  for (const Entry& e : entries_) {
    items.push_back({e.table, Prefix(e.key, 0), Prefix(e.key, 8), Prefix(e.key, 16), &e});
  }
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    if (a.table != b.table) return a.table < b.table;
    if (a.first != b.first) return a.first < b.first;
    if (a.second != b.second) return a.second < b.second;
    if (a.third != b.third) return a.third < b.third;
    const std::string_view x = a.entry->key, y = b.entry->key;
    if (x.size() <= kNumbered || y.size() <= kNumbered) return x < y;
    return x.substr(kNumbered) < y.substr(kNumbered);
  });
  std::vector<const Entry*> sorted;
  sorted.reserve(items.size());
  for (const Item& item : items) sorted.push_back(item.entry);
  return sorted;
}

}  // namespace reprise
