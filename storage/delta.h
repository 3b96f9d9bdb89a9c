// The delta: rows of segments that are in no run yet, in memory, rebuilt from the segment records at open.
//
// Rows are only ever appended. A reader that holds a state looks at the rows below the state's count; a row dies at a
// sequence number, so that older states still see it. A lookup scans all rows by W and signature: a full delta of
// 65,536 rows costs it some tens of microseconds.
//
// Thread-safe: one writer (Append, MarkDead) beside any number of readers.
#ifndef REPRISE_STORAGE_DELTA_H_
#define REPRISE_STORAGE_DELTA_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "storage/row_filter.h"
#include "storage/run.h"

namespace reprise {

class Delta {
 public:
  // `capacity`: how many rows can ever be appended.
  explicit Delta(uint32_t capacity);
  ~Delta();
  Delta(const Delta&) = delete;
  Delta& operator=(const Delta&) = delete;

  // REQUIRES: size() < capacity(). Writer only.
  void Append(RunRow row);
  uint32_t size() const { return size_; }  // writer only; readers use their state's count
  uint32_t capacity() const { return capacity_; }

  static constexpr uint32_t kNoRow = UINT32_MAX;
  uint32_t FindRow(uint64_t segment) const;  // writer only
  void MarkDead(uint32_t row, uint64_t sequence) { at(row).died.store(sequence, std::memory_order_release); }
  void GrowMask(uint32_t row, uint64_t mask) { at(row).mask.fetch_or(mask, std::memory_order_acq_rel); }

  // As Run::Search, over the first `count` rows.
  bool Search(RowFilter* filter, uint32_t count, uint64_t sequence, uint64_t mask,
              const std::function<bool()>& cancelled, std::vector<RowHit>* hits) const;

  // The rows that are alive, for a run. Writer only.
  std::vector<RunRow> LiveRows() const;

 private:
  struct Row {
    Signature signature;
    uint32_t weight = 0;
    std::atomic<uint64_t> mask{0};
    std::atomic<uint64_t> died{kAlive};
    uint64_t segment = 0;
    std::vector<Symbol> symbols;
  };
  static constexpr uint32_t kChunk = 1024;
  Row& at(uint32_t row) const { return chunks_[row / kChunk].load(std::memory_order_acquire)[row % kChunk]; }

  uint32_t capacity_;
  uint32_t size_ = 0;
  std::unique_ptr<std::atomic<Row*>[]> chunks_;
  std::unordered_map<uint64_t, uint32_t> by_segment_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_DELTA_H_
