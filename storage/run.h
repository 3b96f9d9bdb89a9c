// A run: the token rows of many segments of one memory and locale, immutable, searchable (design §7).
//
// Rows are ordered by W, then by words, then by segment id. A posting list per stem holds the ordinals of the rows that
// contain it; a range of W is a slice of a list, found by binary search. What may change beside the run: a row dies
// (tombstone, with the sequence number of its death), and the locale mask of a row grows.
//
//   auto run = Run::Build(id, rows, &vocabulary);
//   run->WritePages(&batch);                               // once
//   auto run = Run::Load(id, *snapshot, &vocabulary);      // at open
//   run->Search(filter, sequence, mask, &scratch, &hits);
//
// Thread-safe: any number of searches beside MarkDead and GrowMask.
#ifndef REPRISE_STORAGE_RUN_H_
#define REPRISE_STORAGE_RUN_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "storage/format.h"
#include "storage/kv.h"
#include "storage/row_filter.h"
#include "storage/vocabulary.h"

namespace reprise {

// A row that goes into a run.
struct RunRow {
  uint64_t segment = 0;
  uint64_t mask = 0;
  uint32_t weight = 0;
  std::vector<Symbol> symbols;
};

// Scratch memory of a search; one per thread.
struct RunScratch {
  std::vector<uint64_t> seen;  // bitmap over the rows of a run, all zero between searches
  std::vector<uint32_t> touched;
};

inline constexpr uint64_t kAlive = UINT64_MAX;

class Run {
 public:
  static std::shared_ptr<Run> Build(format::RunId id, std::vector<RunRow> rows);

  // Errors: DATA_LOSS naming the run and page.
  static absl::StatusOr<std::shared_ptr<Run>> Load(format::RunId id, const KvSnapshot& snapshot,
                                                   Vocabulary* vocabulary);

  // Puts the pages of the run, in batches of a few MiB: `commit` is called with each.
  absl::Status WritePages(const Vocabulary& vocabulary,
                          const std::function<absl::Status(const KvBatch&)>& commit) const;

  // Adds each row that passes the filter, was alive at `sequence` and shares a bit with `mask` to *hits, unordered.
  // False if `cancelled` said so; *hits is then incomplete.
  bool Search(RowFilter* filter, uint64_t sequence, uint64_t mask, RunScratch* scratch,
              const std::function<bool()>& cancelled, std::vector<RowHit>* hits) const;

  // The ordinal of a segment, or kNoRow.
  static constexpr uint32_t kNoRow = UINT32_MAX;
  uint32_t FindRow(uint64_t segment) const;
  // States since `sequence` no longer see the row.
  void MarkDead(uint32_t row, uint64_t sequence) { died_[row].store(sequence, std::memory_order_release); }
  bool IsDead(uint32_t row) const { return died_[row].load(std::memory_order_acquire) != kAlive; }
  void GrowMask(uint32_t row, uint64_t mask) { masks_[row].fetch_or(mask, std::memory_order_acq_rel); }
  uint64_t mask(uint32_t row) const { return masks_[row].load(std::memory_order_acquire); }

  format::RunId id() const { return id_; }
  uint32_t rows() const { return static_cast<uint32_t>(weights_.size()); }
  size_t MemoryBytes() const;

 private:
  Run() = default;
  void IndexRows();
  const Symbol* row(uint32_t ordinal) const { return symbols_.data() + offsets_[ordinal]; }
  size_t row_size(uint32_t ordinal) const { return offsets_[ordinal + 1] - offsets_[ordinal]; }
  bool Check(uint32_t ordinal, RowFilter* filter, uint64_t sequence, uint64_t mask, std::vector<RowHit>* hits) const;

  format::RunId id_ = 0;
  std::vector<uint32_t> weights_;  // by ordinal, rising
  std::vector<uint64_t> offsets_;  // by ordinal, into symbols_; one more than rows
  std::vector<Symbol> symbols_;
  std::vector<Signature> signatures_;
  std::vector<uint64_t> segments_;
  std::vector<uint32_t> by_segment_;   // ordinals by rising segment id
  std::vector<uint32_t> list_stems_;   // stems that occur, rising
  std::vector<uint64_t> list_starts_;  // by place in list_stems_, into postings_; one more
  std::vector<uint32_t> postings_;
  std::unique_ptr<std::atomic<uint64_t>[]> masks_;
  std::unique_ptr<std::atomic<uint64_t>[]> died_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_RUN_H_
