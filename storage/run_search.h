// The search of one run for one query, level by level, so that a search for the best few reads little (design §7).
//
// A key that the query shares with a row bounds the row's W: a row whose first shared key comes after c letters of the
// query has C <= W(query) - c. So each posting list is read only over a slice of W, and of that only the position
// classes (storage/posting_block.h) which leave the row enough letters: of the short rows at the slice's beginning few,
// more of the longer ones. And a posting's signature is compared with what the query has from this key on: a row that
// shares an earlier key is found in that key's list. Slices grow at both ends, and by classes, as the percent falls:
// what was read at one level is not read again. A posting whose signature allows at least the *lowest* percent is
// remembered under the percent that its signature allows, and aligned when the level comes down to it.
//
//   RunSearch search(run, deaths, bound, target_mask, 50, 70);
//   RETURN_IF_ERROR(search.Advance(90, snapshot, cancelled, &hits));   // hits of 90 and more are all there now
//   RETURN_IF_ERROR(search.Advance(50, snapshot, cancelled, &hits));   // ... of 50 and more
//
// Not thread-safe. A PageCache::Guard must be held throughout.
#ifndef REPRISE_STORAGE_RUN_SEARCH_H_
#define REPRISE_STORAGE_RUN_SEARCH_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/status.h"
#include "storage/row_filter.h"
#include "storage/run.h"
#include "storage/signature.h"

namespace reprise {

// What a search did: the figures of an explained plan, and of the benchmarks.
struct SearchStats {
  uint64_t lists = 0;       // slices of posting lists that were read
  uint64_t postings = 0;    // postings read, each with its signature checked
  uint64_t candidates = 0;  // passed the signature
  uint64_t rows = 0;        // token rows read
  uint64_t aligned = 0;     // alignments begun
  uint64_t hits = 0;

  void Add(const SearchStats& other) {
    lists += other.lists;
    postings += other.postings;
    candidates += other.candidates;
    rows += other.rows;
    aligned += other.aligned;
    hits += other.hits;
  }
};

// What a search may still do where its answer need not be complete. Counted and not timed, so that the same question
// gets the same answer.
struct SearchEffort {
  static constexpr uint64_t kPosting = 1;  // about 30 ns
  static constexpr uint64_t kRow = 16;

  uint64_t left = 0;
  void Spend(uint64_t effort) { left -= std::min(left, effort); }
};

// The same of a search by levels, which reads postings and then, of the rows that they name, the most promising.
struct FillEffort {
  uint64_t postings = 0;  // each with its signature checked: some 20 ns
  uint64_t rows = 0;      // read, and aligned: some 500 ns
};

class RunSearch {
 public:
  // All arguments must outlive the object; `deaths` may be null. Hits of less than `lowest` percent are not wanted.
  // Down to `at_once` percent the lists of a small run are read in one step, unless there is an effort.
  RunSearch(const Run& run, const RunDeaths* deaths, const BoundQuery& bound, uint64_t mask, int lowest, int at_once);

  // After OK *hits holds every live row with a bit of `mask` and S >= percent, each once over all calls, and some
  // below it (>= lowest). The percent must fall from call to call. `cancelled` may be empty.
  // With an `effort` it reads no more postings than that (but for the rest of a block), verifies no more rows, the most
  // promising first, and takes off what it did. *hits may then be incomplete, and what was left out is not come back
  // to. Errors: CANCELLED; as PageTable::Get.
  absl::Status Advance(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                       std::vector<RowHit>* hits, FillEffort* effort = nullptr);
  const SearchStats& stats() const { return stats_; }

 private:
  struct List {
    uint32_t stem = 0;    // of the run: its rank
    uint32_t weight = 0;  // letters of the query under it
    uint32_t before = 0;  // letters of the query under the lists before it
    uint32_t df = 0;
    const Run::Block* blocks = nullptr;
    SignatureBound onward;  // of its key and those behind it
    uint32_t end = 0;       // the ordinal behind those that were read; their beginnings are in firsts_
  };
  // Part of a list, by position class.
  struct Slice {
    OrdinalRange ranges[kPositionClasses];
  };
  struct Candidate {
    uint32_t row = 0;
    uint32_t weight = 0;
    uint32_t letters = 0;  // that its signature allows it to share
  };

  absl::Status ReadSlices(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                          FillEffort* effort);
  absl::Status ReadSlice(const List& list, const Slice& slice, const KvSnapshot& snapshot,
                         const std::function<bool()>& cancelled, FillEffort* effort);
  absl::Status CheckPostings(const List& list, const uint32_t* rows, uint32_t count, const KvSnapshot& snapshot);
  // Pages that are not in memory are asked for together, so that the disk brings several at a time.
  absl::Status FetchList(const Run::Block* block, const Run::Block* end, uint32_t last, const KvSnapshot& snapshot);
  absl::Status FetchSignatures(const uint32_t* rows, uint32_t count, const KvSnapshot& snapshot);
  absl::Status FetchRows(const Candidate* candidates, size_t count, const KvSnapshot& snapshot);
  bool MayMatch(uint32_t row) const;  // alive, and of a wanted locale
  absl::Status Verify(const Candidate& candidate, const KvSnapshot& snapshot, std::vector<RowHit>* hits);
  bool Remember(uint32_t row);

  const Run& run_;
  const RunDeaths* const deaths_;
  const BoundQuery& bound_;
  const uint64_t mask_;
  const int at_once_;
  RowFilter filter_;
  std::vector<List> lists_;            // in the order in which keys count as first
  int read_to_ = 101;                  // percent for which the lists were read
  uint32_t firsts_[kPositionClasses];  // by class: the least ordinal that was read of any list; kNoRow: none
  std::vector<Candidate> waiting_;
  std::vector<uint32_t> seen_;  // open addressing; rows that were verified, plus one
  size_t seen_count_ = 0;
  SearchStats stats_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_RUN_SEARCH_H_
