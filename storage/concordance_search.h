// Which segments of one memory may hold the terms of a concordance query: by the words of their rows, the newest first.
//
// The words that a pattern takes are found in the dictionary of each part of the index, their stems' posting lists give
// rows, and a row is checked by its words in their order, when it is asked for. What comes out holds every segment
// whose text holds the terms; a few more may be among them (numbers and other placeables are one to the index, case and
// spaces are not in it), which a look at the text sorts out.
//
//   RowStream rows(RowPattern{.terms = terms}, target_mask, sequence, *state.snapshot, cancelled);
//   RETURN_IF_ERROR(rows.Add(locale_state, UINT64_MAX));
//   ASSIGN_OR_RETURN(uint64_t unit, rows.Next(UINT64_MAX));   // the newest unit, 0 if there is none
//
// Not thread-safe: one a search, on immutable states. A PageCache::Guard must be held throughout.
#ifndef REPRISE_STORAGE_CONCORDANCE_SEARCH_H_
#define REPRISE_STORAGE_CONCORDANCE_SEARCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/status.h"
#include "storage/store_state.h"
#include "text/terms.h"

namespace reprise {

// What a row must hold.
struct RowPattern {
  std::vector<Term> terms;
  bool any = false;  // one of the terms is enough, and a placeable other than a number too: it may hide one. The terms
                     // have one pattern each.
};

class RowStream {
 public:
  // Of live segments that share a bit with `mask`. All arguments but the numbers must outlive the stream.
  RowStream(const RowPattern& pattern, uint64_t mask, uint64_t sequence, const KvSnapshot& snapshot,
            const std::function<bool()>& cancelled);
  ~RowStream();
  RowStream(const RowStream&) = delete;
  RowStream& operator=(const RowStream&) = delete;

  // Adds the rows of a locale's index whose units are below `below`. Before the first Next; `locale` must outlive the
  // stream. Errors: CANCELLED, DATA_LOSS.
  absl::Status Add(const LocaleState& locale, uint64_t below);

  // Rows that were not looked at yet: an upper bound of what Next gives.
  size_t size() const { return candidates_.size(); }
  // Segments that several units hold, which only their links name; they are not among what Next gives.
  const std::vector<uint64_t>& shared() const { return shared_; }

  // The largest unit of at most `at_most`, and below the one before, that brought a segment which may hold the pattern;
  // 0 if there is none. Units above `at_most` are passed over unseen: it may not rise. Errors: CANCELLED, DATA_LOSS.
  absl::StatusOr<uint64_t> Next(uint64_t at_most);

 private:
  class RunRows;
  // A row of a run, or one of a delta, which was checked already.
  struct Candidate {
    uint64_t segment = 0;
    uint32_t run = 0;  // in runs_, or kChecked
    uint32_t row = 0;

    bool operator<(const Candidate& other) const { return segment < other.segment; }
  };
  static constexpr uint32_t kChecked = UINT32_MAX;

  const RowPattern& pattern_;
  const uint64_t mask_;
  const uint64_t sequence_;
  const KvSnapshot& snapshot_;
  const std::function<bool()>& cancelled_;
  std::vector<std::unique_ptr<RunRows>> runs_;
  std::vector<Candidate> candidates_;  // a heap once Next was called
  std::vector<uint64_t> shared_;
  bool heaped_ = false;
  uint64_t last_ = UINT64_MAX;  // what Next gave
  uint64_t checks_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_CONCORDANCE_SEARCH_H_
