// Which segments of one memory and locale may hold the terms of a concordance query: by the words of their rows.
//
// The words that a pattern takes are found in the dictionary of each part of the index, their stems' posting lists give
// rows, and a row is checked by its words in their order. What comes out holds every segment whose text holds the
// terms; a few more may be among them (numbers and other placeables are one to the index, case and spaces are not in
// it), which a look at the text sorts out.
//
//   RowPattern pattern{.terms = terms};
//   RETURN_IF_ERROR(FindRows(locale_state, pattern, target_mask, sequence, *state.snapshot, cancelled, &found));
//
// Thread-safe: functions of immutable states. A PageCache::Guard must be held throughout.
#ifndef REPRISE_STORAGE_CONCORDANCE_SEARCH_H_
#define REPRISE_STORAGE_CONCORDANCE_SEARCH_H_

#include <cstdint>
#include <functional>
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

struct FoundRow {
  uint64_t segment = 0;
  uint64_t mask = 0;  // as RowHit::mask
};

// Appends the live segments that may hold the pattern and share a bit with `mask`, unordered. Errors: CANCELLED,
// DATA_LOSS.
absl::Status FindRows(const LocaleState& locale, const RowPattern& pattern, uint64_t mask, uint64_t sequence,
                      const KvSnapshot& snapshot, const std::function<bool()>& cancelled, std::vector<FoundRow>* found);

}  // namespace reprise

#endif  // REPRISE_STORAGE_CONCORDANCE_SEARCH_H_
