// Which segments of one memory may hold the terms of a concordance query: by the words of their rows, the newest first.
//
// Rows of one weight rise by segment, so that a run's rows, newest first, are a merge of its weight classes, and a row
// is checked by its words when it is asked for. Posting lists say which rows are worth a look; they are read only once
// as many rows were looked at as reading them costs: a page of a frequent word is full before. What comes out holds
// every segment whose text holds the terms; a few more may be among them (numbers and other placeables are one to the
// index, case and spaces are not in it), which a look at the text sorts out.
//
//   RowStream rows(RowPattern{.terms = terms}, target_mask, sequence, *state.snapshot, cancelled);
//   RETURN_IF_ERROR(rows.Add(locale_state, "en"));
//   RETURN_IF_ERROR(rows.FindShared(&segments));                  // those that several units hold
//   ASSIGN_OR_RETURN(uint64_t unit, rows.Next(UINT64_MAX));       // the newest unit of the others, 0 if there is none
//
// Not thread-safe: one a search, on immutable states. A PageCache::Guard must be held throughout.
#ifndef REPRISE_STORAGE_CONCORDANCE_SEARCH_H_
#define REPRISE_STORAGE_CONCORDANCE_SEARCH_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "storage/store_state.h"
#include "storage/word_sets.h"
#include "text/segment.h"

namespace reprise {

class RowStream {
 public:
  // Of live segments that share a bit with `mask`. All arguments but the numbers must outlive the stream.
  RowStream(const RowPattern& pattern, uint64_t mask, uint64_t sequence, const KvSnapshot& snapshot,
            const std::function<bool()>& cancelled);
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  // Adds the rows of the index of a locale, whose tag is `tag`. Before FindShared; `locale` must outlive the stream.
  // Errors: CANCELLED, DATA_LOSS.
  absl::Status Add(const LocaleState& locale, const std::string& tag);

  // How many rows FindShared has to look at.
  uint64_t shared_rows() const;
  // Appends the segments that may hold the pattern and that several units hold, rising: only links name their units, so
  // they are not among what Next gives. Once, before the first Next. Errors: CANCELLED, DATA_LOSS.
  absl::Status FindShared(std::vector<uint64_t>* segments);

  // The largest unit of at most `at_most`, and below the one before, that brought a segment which may hold the pattern;
  // 0 if there is none. Units above `at_most` are passed over unseen: it may not rise. Errors: CANCELLED, DATA_LOSS.
  absl::StatusOr<uint64_t> Next(uint64_t at_most);

  // Tells what a unit that Next gave holds, so that the next search knows it; units in the order in which they came,
  // some may be left out.
  void Learn(const Unit& unit);

 private:
  class RunRows;
  // The newest row left of a weight class of a run, or a row of a delta, which was checked already.
  struct Head {
    uint64_t segment = 0;
    uint32_t run = 0;  // in runs_, or kChecked
    uint32_t weight_class = 0;
    uint32_t row = 0;

    bool operator<(const Head& other) const { return segment < other.segment; }
  };
  static constexpr uint32_t kChecked = UINT32_MAX;
  // A row that Next gave because nobody knows its placeables.
  struct Unknown {
    uint64_t unit = 0;
    uint32_t run = 0, row = 0;
  };

  absl::Status AddDelta(const LocaleState& locale);
  // Puts the newest row of the weight class below `head.row` and of at most `limit` back, if there is one.
  absl::Status Advance(Head head, uint64_t limit);
  absl::Status Begin(uint64_t limit);

  const RowPattern& pattern_;
  const uint64_t mask_;
  const uint64_t sequence_;
  const KvSnapshot& snapshot_;
  const std::function<bool()>& cancelled_;
  std::vector<std::unique_ptr<RunRows>> runs_;
  std::vector<Head> heads_;       // a heap once Next was called
  std::vector<uint64_t> shared_;  // of deltas
  std::deque<Unknown> unknown_;   // the newest first
  bool begun_ = false;
  uint64_t last_ = UINT64_MAX;  // what Next gave
  uint64_t looks_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_CONCORDANCE_SEARCH_H_
