#include "storage/locale_search.h"

namespace reprise {

LocaleSearch::LocaleSearch(const LocaleState& locale, const IndexQuery& query, uint64_t mask, uint64_t sequence,
                           int lowest)
    : locale_(locale), query_(query), mask_(mask), sequence_(sequence), lowest_(lowest) {
  parts_.reserve(locale.runs.size());
  for (const RunView& view : locale.runs) parts_.push_back(std::make_unique<Part>(query, view, mask, lowest));
}

absl::Status LocaleSearch::Advance(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                                   std::vector<RowHit>* hits, SearchEffort* effort) {
  if (!delta_done_ && locale_.delta_rows != 0) {
    const BoundQuery bound(query_, locale_.delta->vocabulary());
    RowFilter filter(bound, lowest_);
    if (!locale_.delta->Search(&filter, locale_.delta_rows, sequence_, mask_, cancelled, hits)) {
      return Cancelled("the lookup was cancelled");
    }
  }
  delta_done_ = true;
  for (const auto& part : parts_) RETURN_IF_ERROR(part->search.Advance(percent, snapshot, cancelled, hits, effort));
  return absl::OkStatus();
}

SearchStats LocaleSearch::stats() const {
  SearchStats sum;
  for (const auto& part : parts_) sum.Add(part->search.stats());
  return sum;
}

}  // namespace reprise
