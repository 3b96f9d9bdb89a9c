// The search of one memory and locale in one state: its runs and its delta as one.
//
//   LocaleSearch search(locale_state, index_query, target_mask, sequence, 50);
//   RETURN_IF_ERROR(search.Advance(80, *state.snapshot, cancelled, &hits));    // hits of 80 and more are all there now
//
// Not thread-safe. A PageCache::Guard must be held throughout.
#ifndef REPRISE_STORAGE_LOCALE_SEARCH_H_
#define REPRISE_STORAGE_LOCALE_SEARCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/status.h"
#include "storage/run_search.h"
#include "storage/store_state.h"

namespace reprise {

class LocaleSearch {
 public:
  // All arguments must outlive the object. Rows that share no bit with `mask`, or were dead at `sequence`, do not
  // count; hits of less than `lowest` percent are not wanted; `at_once` as RunSearch; the delta is searched down to it
  // in one step.
  LocaleSearch(const LocaleState& locale, const IndexQuery& query, uint64_t mask, uint64_t sequence, int lowest,
               int at_once);

  // As RunSearch::Advance.
  absl::Status Advance(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                       std::vector<RowHit>* hits, FillEffort* effort = nullptr);
  // What the runs took, and the hits of all.
  SearchStats stats() const;

 private:
  struct Part {
    BoundQuery bound;
    RunSearch search;
    const uint64_t rows;
    Part(const IndexQuery& query, const RunView& view, uint64_t mask, int lowest, int at_once)
        : bound(query, view.run->lexicon()),
          search(*view.run, view.deaths.get(), bound, mask, lowest, at_once),
          rows(view.run->rows()) {}
  };

  const LocaleState& locale_;
  const IndexQuery& query_;
  const uint64_t mask_;
  const uint64_t sequence_;
  const int lowest_;
  const int at_once_;
  std::vector<std::unique_ptr<Part>> parts_;
  int delta_done_ = 101;               // hits of the delta of this percent and more were given,
  std::vector<uint64_t> given_below_;  // and these segments of less
  uint64_t delta_hits_ = 0;

  absl::Status SearchDelta(int percent, const std::function<bool()>& cancelled, std::vector<RowHit>* hits,
                           FillEffort* effort);
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_LOCALE_SEARCH_H_
