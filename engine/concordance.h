// One concordance search over one state of the store: candidates by the index where it can tell, else all units of the
// memory; each is read and its texts are looked at.
//
//   ASSIGN_OR_RETURN(const ConcordancePlan plan, ConcordancePlan::Make(query));
//   return ConcordanceRun(store, state, plan, options, cancelled).Execute(memories);
//
// A plan is immutable; a run is not thread-safe: one object a search.
#ifndef REPRISE_ENGINE_CONCORDANCE_H_
#define REPRISE_ENGINE_CONCORDANCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/text_condition.h"
#include "engine/translation_memory.h"
#include "engine/unit_candidates.h"
#include "storage/segment_reader.h"
#include "storage/unit_store.h"

namespace reprise {

// A query, checked: its locales are canonical, its texts are conditions.
struct ConcordancePlan {
  std::unique_ptr<TextCondition> source;    // null: any text
  std::unique_ptr<TextCondition> target;    // null: any text
  std::unique_ptr<TextCondition> excluded;  // null: nothing is excluded
  std::string source_locale;
  std::string target_locale;  // empty: any
  bool either = false;

  // Errors: as TranslationMemory::Concordance.
  static absl::StatusOr<ConcordancePlan> Make(const ConcordanceQuery& query);
};

class ConcordanceRun {
 public:
  // All arguments must outlive the object.
  ConcordanceRun(const UnitStore& store, const StoreState& state, const ConcordancePlan& plan,
                 const ConcordanceOptions& options, const CancelCheck& cancelled);

  // Errors: INVALID_ARGUMENT (guess, page_size, page_token), NOT_FOUND (memory), CANCELLED, DATA_LOSS.
  absl::StatusOr<ConcordanceResult> Execute(const std::vector<MemoryRef>& memories);

 private:
  // One memory, and the locales of each side that it holds, rising.
  struct Place {
    const StoredMemory* memory = nullptr;
    std::vector<format::LocaleId> sources;
    std::vector<format::LocaleId> targets;
  };

  // The index in `memories` and the unit that the page begins after; the unit is UINT64_MAX on a memory's first page.
  absl::StatusOr<std::pair<size_t, uint64_t>> Start(const std::vector<MemoryRef>& memories) const;
  absl::StatusOr<Place> FindPlace(const std::string& name) const;
  absl::Status SearchMemory(const Place& place, uint64_t before);
  // Rows of texts of `locales` that may hold the condition, of segments with a text in one of `others`; null if there
  // is no condition or the index cannot tell.
  absl::StatusOr<std::unique_ptr<RowStream>> Rows(const Place& place, const TextCondition* condition,
                                                  const std::vector<format::LocaleId>& locales,
                                                  const std::vector<format::LocaleId>& others) const;
  // Their units; null if `rows` is.
  absl::StatusOr<std::unique_ptr<UnitCandidates>> UnitsOf(const Place& place, std::unique_ptr<RowStream> rows,
                                                          const std::vector<format::LocaleId>& others);
  absl::Status ReadUnits(const Place& place, std::unique_ptr<UnitCandidates> candidates, uint64_t before);
  // Looks at units below *before, the newest first: at `most` of them or a few more, until the page is full. All units
  // of at least *before were looked at then; 0: there are no more.
  absl::Status ScanUnits(const Place& place, uint64_t most, uint64_t* before);
  // True and *hit filled if the unit is one.
  bool IsHit(const Place& place, Unit unit, ConcordanceHit* hit) const;
  // Guesses what corresponds to what was searched, and marks it in the hits.
  std::vector<Correspondence> Guess(const std::vector<Place>& places);
  bool Full() const { return hits_.size() >= wanted_; }
  bool Cancelled() const { return cancelled_ && cancelled_(); }

  const UnitStore& store_;
  const StoreState& state_;
  const ConcordancePlan& plan_;
  const ConcordanceOptions& options_;
  const CancelCheck& cancelled_;
  const PageCache::Guard pages_;
  SegmentReader reader_;
  size_t wanted_ = 0;                 // hits: one more than the page holds, or what a guess needs
  std::vector<ConcordanceHit> hits_;  // at most wanted_
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_CONCORDANCE_H_
