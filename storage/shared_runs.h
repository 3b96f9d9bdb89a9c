// Which segments of one memory and locale share a run of tokens with a query, and which run.
//
// A run is words, marks and placeables that follow each other in both, the words equal in key form, placeables of one
// class alike; it begins and ends with a word and has `least_words` of them at least. Every row that holds such a run
// holds that many words of the query in a row (a window), so of each window only the rarest stem's posting list is
// read; the signature, then the row itself tell the rest. The rarest lists come first, so that a search which ends
// early has read what is likely to be long.
//
//   SearchEffort effort{1 << 18};
//   RETURN_IF_ERROR(FindSharedRuns(locale_state, tokens, 3, mask, sequence, *state.snapshot, cancelled, &effort,
//   &runs));
//
// Thread-safe: functions of immutable states. A PageCache::Guard must be held throughout.
#ifndef REPRISE_STORAGE_SHARED_RUNS_H_
#define REPRISE_STORAGE_SHARED_RUNS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "base/status.h"
#include "storage/run_search.h"
#include "storage/store_state.h"
#include "text/tokenize.h"

namespace reprise {

// Tokens [begin, end) of the query stand in the segment, and neither the token before nor the one behind does, but for
// marks and placeables at the ends.
struct SharedRun {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint64_t segment = 0;
  uint64_t mask = 0;  // as RowHit::mask
};

// Appends the runs of all live segments that share a bit with `mask`, unordered; all of them if effort->left is not 0
// afterwards. `tokens` are the query's without codes. REQUIRES: least_words >= 1. Errors: CANCELLED, DATA_LOSS.
absl::Status FindSharedRuns(const LocaleState& locale, const std::vector<Token>& tokens, size_t least_words,
                            uint64_t mask, uint64_t sequence, const KvSnapshot& snapshot,
                            const std::function<bool()>& cancelled, SearchEffort* effort,
                            std::vector<SharedRun>* found);

}  // namespace reprise

#endif  // REPRISE_STORAGE_SHARED_RUNS_H_
