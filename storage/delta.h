// The delta: rows of segments that are in no run yet, in memory, rebuilt from the segment records at open.
//
// Rows are only ever appended. A reader that holds a state looks at the rows below the state's count; a row dies at a
// sequence number, so that older states still see it. A lookup scans all rows by W and signature, which lie side by
// side for that.
//
// Thread-safe: one writer (Append, MarkDead, GrowMask) beside any number of readers.
#ifndef REPRISE_STORAGE_DELTA_H_
#define REPRISE_STORAGE_DELTA_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "storage/prepared_unit.h"
#include "storage/row_filter.h"
#include "storage/signature.h"
#include "storage/vocabulary.h"

namespace reprise {

// A row on its way into a delta or a run: a segment's tokens of weight, as symbols of some vocabulary.
struct IndexRow {
  uint64_t segment = 0;
  uint64_t mask = 0;
  uint32_t weight = 0;
  uint32_t bare = 0;  // PreparedText::bare
  Signature signature;
  std::vector<Symbol> symbols;
};

// The row of a segment. Words go into `vocabulary`.
IndexRow MakeIndexRow(uint64_t segment, uint64_t mask, const PreparedText& text, Vocabulary* vocabulary);

inline constexpr uint64_t kAlive = UINT64_MAX;

class Delta {
 public:
  // `capacity`: how many rows can ever be appended.
  explicit Delta(uint32_t capacity);
  ~Delta();
  Delta(const Delta&) = delete;
  Delta& operator=(const Delta&) = delete;

  // The words of its rows.
  Vocabulary& vocabulary() { return vocabulary_; }
  const Vocabulary& vocabulary() const { return vocabulary_; }

  // REQUIRES: size() < capacity(). Writer only.
  void Append(IndexRow row);
  uint32_t size() const { return size_; }  // writer only; readers use their state's count
  uint32_t capacity() const { return capacity_; }

  static constexpr uint32_t kNoRow = UINT32_MAX;
  uint32_t FindRow(uint64_t segment) const;  // writer only
  void MarkDead(uint32_t row, uint64_t sequence) {
    chunk(row).died[row % kChunk].store(sequence, std::memory_order_release);
  }
  void GrowMask(uint32_t row, uint64_t mask) {
    chunk(row).mask[row % kChunk].fetch_or(mask, std::memory_order_acq_rel);
  }

  // Adds each of the first `count` rows that fits the filter `fitting` by W and signature, passes *filter, was alive at
  // `sequence` and shares a bit with `mask` to *hits, unordered. Both filters may be the same. False if `cancelled`
  // said so; *hits is then incomplete. With `most` it aligns no more rows than that, and takes off what it did.
  bool Search(const RowFilter& fitting, RowFilter* filter, uint32_t count, uint64_t sequence, uint64_t mask,
              const std::function<bool()>& cancelled, std::vector<RowHit>* hits, uint64_t* most = nullptr) const;

  // Calls `visit` with each of the first `count` rows that was alive at `sequence` and shares a bit with `mask`. False
  // if `cancelled` said so.
  using Visitor = std::function<void(uint64_t segment, uint64_t mask, const std::vector<Symbol>& symbols)>;
  bool Visit(uint32_t count, uint64_t sequence, uint64_t mask, const std::function<bool()>& cancelled,
             const Visitor& visit) const;

  // Calls `found(i, segment)` with each of the first `count` rows that was alive at `sequence` and is filed under
  // hashes[i] (PreparedText::bare), which rise.
  void FindBare(uint32_t count, uint64_t sequence, const std::vector<uint32_t>& hashes,
                const std::function<void(size_t i, uint64_t segment)>& found) const;

  // The rows that are alive. Writer only.
  std::vector<IndexRow> LiveRows() const;

 private:
  static constexpr uint32_t kChunk = 1024;
  struct Chunk {
    Signature signature[kChunk];
    uint32_t weight[kChunk];
    uint32_t bare[kChunk];
    std::atomic<uint64_t> mask[kChunk];
    std::atomic<uint64_t> died[kChunk];
    uint64_t segment[kChunk];
    std::vector<Symbol> symbols[kChunk];
  };
  Chunk& chunk(uint32_t row) const { return *chunks_[row / kChunk].load(std::memory_order_acquire); }

  const uint32_t capacity_;
  uint32_t size_ = 0;
  std::unique_ptr<std::atomic<Chunk*>[]> chunks_;
  std::unordered_map<uint64_t, uint32_t> by_segment_;
  Vocabulary vocabulary_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_DELTA_H_
