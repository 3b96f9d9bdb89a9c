#include "storage/locale_search.h"

#include <algorithm>
#include <optional>

namespace reprise {
namespace {

// The share of `rows` among `all`, and what it leaves.
FillEffort TakeShare(uint64_t rows, uint64_t all, FillEffort* effort) {
  const auto part = [rows, all](uint64_t left) { return std::min(left, (left * rows + all - 1) / all); };
  const FillEffort share{part(effort->postings), part(effort->rows)};
  effort->postings -= share.postings;
  effort->rows -= share.rows;
  return share;
}

}  // namespace

LocaleSearch::LocaleSearch(const LocaleState& locale, const IndexQuery& query, uint64_t mask, uint64_t sequence,
                           int lowest, int at_once)
    : locale_(locale), query_(query), mask_(mask), sequence_(sequence), lowest_(lowest), at_once_(at_once) {
  parts_.reserve(locale.runs.size());
  for (const RunView& view : locale.runs) parts_.push_back(std::make_unique<Part>(query, view, mask, lowest, at_once));
}

absl::Status LocaleSearch::Advance(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                                   std::vector<RowHit>* hits, FillEffort* effort) {
  if (effort == nullptr) {
    RETURN_IF_ERROR(SearchDelta(std::min(percent, at_once_), cancelled, hits, nullptr));
    for (const auto& part : parts_) RETURN_IF_ERROR(part->search.Advance(percent, snapshot, cancelled, hits));
    return absl::OkStatus();
  }
  // To each its share, so that the newest rows are not the last; what one leaves goes to those behind it.
  uint64_t rows = locale_.delta_rows;
  for (const auto& part : parts_) rows += part->rows;
  if (rows == 0) return absl::OkStatus();
  FillEffort left = TakeShare(locale_.delta_rows, rows, effort);
  const auto leave = [&](uint64_t done) {
    effort->postings += left.postings;
    effort->rows += left.rows;
    rows -= done;
  };
  RETURN_IF_ERROR(SearchDelta(percent, cancelled, hits, &left));
  leave(locale_.delta_rows);
  for (const auto& part : parts_) {
    left = TakeShare(part->rows, rows, effort);
    RETURN_IF_ERROR(part->search.Advance(percent, snapshot, cancelled, hits, &left));
    leave(part->rows);
  }
  return absl::OkStatus();
}

absl::Status LocaleSearch::SearchDelta(int percent, const std::function<bool()>& cancelled, std::vector<RowHit>* hits,
                                       FillEffort* effort) {
  percent = std::max(percent, lowest_);
  if (locale_.delta_rows == 0 || percent >= delta_done_) return absl::OkStatus();
  const BoundQuery bound(query_, locale_.delta->vocabulary());
  RowFilter fitting(bound, percent);
  // Where rows are counted, those that were looked at in vain for this percent are hits of less, as in a run.
  std::optional<RowFilter> to_lowest;
  if (effort != nullptr) to_lowest.emplace(bound, lowest_);
  RowFilter& filter = to_lowest.has_value() ? *to_lowest : fitting;
  const size_t before = hits->size();
  if (!locale_.delta->Search(fitting, &filter, locale_.delta_rows, sequence_, mask_, cancelled, hits,
                             effort == nullptr ? nullptr : &effort->rows)) {
    return Cancelled("the lookup was cancelled");
  }
  const auto given = [this](const RowHit& hit) {
    return Percent(hit.shared, hit.max_weight) >= delta_done_ ||
           std::binary_search(given_below_.begin(), given_below_.end(), hit.segment);
  };
  const auto fresh = hits->begin() + static_cast<ptrdiff_t>(before);
  hits->erase(std::remove_if(fresh, hits->end(), given), hits->end());
  for (auto hit = hits->begin() + static_cast<ptrdiff_t>(before); hit != hits->end(); ++hit) {
    if (Percent(hit->shared, hit->max_weight) < percent) given_below_.push_back(hit->segment);
  }
  std::sort(given_below_.begin(), given_below_.end());
  delta_hits_ += hits->size() - before;
  delta_done_ = percent;
  return absl::OkStatus();
}

SearchStats LocaleSearch::stats() const {
  SearchStats sum;
  for (const auto& part : parts_) sum.Add(part->search.stats());
  sum.hits += delta_hits_;
  return sum;
}

}  // namespace reprise
