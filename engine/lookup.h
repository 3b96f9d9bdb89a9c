// One lookup over one state of the store: exact points, then the index level by level, then the answer (design §6, §7).
//
//   LookupRun run(store, state, query, options, cancelled);
//   return run.Execute(memories);
//
// Not thread-safe: one object a lookup.
#ifndef REPRISE_ENGINE_LOOKUP_H_
#define REPRISE_ENGINE_LOOKUP_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/pivot_search.h"
#include "engine/search_places.h"
#include "engine/translation_memory.h"
#include "match/relevance.h"
#include "match/select.h"
#include "storage/locale_search.h"
#include "storage/segment_reader.h"
#include "storage/unit_store.h"

namespace reprise {

class LookupRun {
 public:
  // All arguments must outlive the object. `query` and `options` are checked and canonical.
  LookupRun(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
            const CancelCheck& cancelled);

  // Errors: NOT_FOUND (memory), CANCELLED, DATA_LOSS.
  absl::StatusOr<LookupResult> Execute(const std::vector<MemoryRef>& memories);

 private:
  // One locale of one memory that holds sources, and how far its search is.
  struct Source : SearchPlace {
    PivotPlace pivots;           // if wanted
    std::vector<uint64_t> seen;  // segments whose units were read by point reads
    uint64_t countable = 0;      // hits of this mask, seen through target_mask, count unread; 0: none do
    std::unique_ptr<LocaleSearch> search;
  };
  struct Hit {
    size_t source = 0;
    int percent = 0;
    RowHit row;
  };

  // A unit to be read because it holds the segment; `row` null: score it by the whole ladder.
  struct Wanted {
    size_t source = 0;
    uint64_t segment = 0;
    uint64_t unit = 0;
    const RowHit* row = nullptr;
  };
  absl::Status FindSources(const std::vector<MemoryRef>& memories);
  absl::Status ReadExact();
  absl::Status ReadFuzzy();
  // Searches down to `percent` and reads what reaches it; true if the answer is complete.
  absl::StatusOr<bool> ReadLevel(int percent, FillEffort* effort);
  // The levels below the threshold, within a budget.
  absl::Status Fill(const std::vector<int>& levels);
  // `effort`: as RunSearch::Advance.
  absl::Status SearchLevel(int percent, FillEffort* effort);
  // What the fill may cost in all, by what was found so far.
  FillEffort MostEffort() const;
  // Reads the units of waiting hits of `percent` and more, the best first; true if the answer is complete.
  absl::StatusOr<bool> ReadHits(int percent);
  // Reads `wanted` and the units of the hits, whose scores reach `percent` at most. Of very many hits the newest come
  // first, and the rest is left out once the answer is full of matches with that score: it could tie with them at best.
  using HitRange = std::pair<std::vector<Hit>::iterator, std::vector<Hit>::iterator>;
  // `all`: none is left out. Returns how many were.
  absl::StatusOr<size_t> ReadAlike(HitRange hits, int percent, bool all, std::vector<Wanted> wanted);
  // Finds out which hits count without being read, for a total.
  void FindCountable();
  bool Countable(const Hit& hit) const;
  std::vector<int> Levels() const;
  // Appends the units of a segment.
  absl::Status FindUnits(size_t source, uint64_t segment, const RowHit* row, std::vector<Wanted>* wanted);
  // Reads them all, many at a time, and appends what they offer to candidates_.
  absl::Status ReadUnits(const std::vector<Wanted>& wanted);
  absl::Status AddUnit(const Source& source, uint64_t segment, Unit unit, const RowHit* row,
                       std::vector<Candidate>* out);
  BaseScore ScoreOf(const Content& source, const RowHit* row, const ContextAgreement& agreement);
  void Append(std::vector<Candidate> fresh);
  // One match of the answer in the making.
  struct Standing {
    int score = 0;
    std::string_view segment;
  };
  std::vector<Standing> Standings() const;
  int FullAt() const;
  void SetRelevance(std::vector<Candidate>* candidates, int least_score);
  bool Cancelled() const { return cancelled_ && cancelled_(); }
  void FillPlan(uint64_t loads_before);

  const UnitStore& store_;
  const StoreState& state_;
  const Query& query_;
  const LookupOptions& options_;
  const CancelCheck& cancelled_;
  TokenizedContent tokenized_;
  IndexQuery index_query_;
  std::optional<OverlapMeter> meter_;  // made when a relevance is wanted
  const PageCache::Guard pages_;
  SegmentReader reader_;
  std::vector<Source> sources_;
  std::vector<Hit> hits_;  // found, their units not yet read
  uint64_t counted_ = 0;   // hits that are matches for certain, and cannot be in the answer
  std::vector<Candidate> candidates_;
  std::optional<PivotSearch> pivots_;  // if wanted
  LookupPlan plan_;
  std::unordered_map<std::string, TokenizedContent> stored_;  // by content key, of the whole ladder
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_LOOKUP_H_
