// The tests that a stored row must pass before it counts as a hit (design §7), cheapest first.
//
//   RowFilter filter(bound, 70);
//   for (the rows that filter.FittingRows(weights, signatures, count, rows) names) {
//     filter.StartRow(w);
//     for (each token) if (!filter.AddToken(word, stem, weight)) -> out of reach
//     if (filter.Accept(&hit)) ...
//   }
//
// Every test is an upper bound on C, the letters that query and row share: a row is skipped only when that bound is
// below what the percent needs, so nothing at or above it is lost. The alignment (match/score.h) decides.
// Thread-safety: owns scratch memory, one per thread and lookup.
#ifndef REPRISE_STORAGE_ROW_FILTER_H_
#define REPRISE_STORAGE_ROW_FILTER_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "match/score.h"
#include "storage/index_query.h"
#include "storage/signature.h"

namespace reprise {

// Set in the locale mask of a segment unless its owner (format::OwnerOf) is the only unit that holds it.
inline constexpr uint64_t kSeveralUnits = uint64_t{1} << 63;
// Set unless each locale of the mask stands for exactly one text that is fit to be a match without a penalty: the unit
// has one variant a locale, always had, without codes, and none is rejected, a draft, of a machine or of an alignment.
// Without both marks a total counts the row unread.
inline constexpr uint64_t kReadToCount = uint64_t{1} << 62;

// A row that passed: C and the greater W.
struct RowHit {
  uint64_t segment = 0;
  uint64_t mask = 0;  // locales, kSeveralUnits, kReadToCount
  uint32_t shared = 0;
  uint32_t max_weight = 0;
};

class RowFilter {
 public:
  // Rows whose S reaches `percent` (1..100). `bound` must outlive the object.
  RowFilter(const BoundQuery& bound, int percent);

  int percent() const { return percent_; }
  const BoundQuery& bound() const { return bound_; }

  // The least and the greatest W of a row that can reach `percent` when only `reachable` of the query's letters can be
  // shared: percent * W(query) <= 100 C <= 100 W(row), and 100 * reachable >= percent * max(W(query), W(row)).
  // MaxWeight is 0 if no row can.
  static uint32_t MinWeight(int percent, uint32_t query_weight);
  static uint32_t MaxWeight(int percent, uint32_t query_weight, uint32_t reachable);

  bool WeightFits(uint32_t row_weight) const { return row_weight >= min_weight_ && row_weight <= max_weight_; }

  // The letters that a row must share: the least C of the percent.
  uint32_t Needed(uint32_t row_weight) const {
    return SharedNeeded(percent_, std::max(bound_.query().weight(), row_weight));
  }

  // letters[i] is how many the row of *signatures[i] may share. It is out if that is less than Needed().
  void SignatureLetters(const char* const* signatures, uint32_t count, uint32_t* letters) const {
    signature_.Letters(signatures, count, letters);
  }

  // Which of `count` rows that stand side by side have a W that fits and a signature with enough letters: their places
  // rise in *rows, which has room for `count`; returns their number. Without a branch a row, since which of them fit
  // is anyone's guess.
  uint32_t FittingRows(const uint32_t* weights, const Signature* signatures, uint32_t count, uint32_t* rows) const;

  // Takes a row's tokens one after the other; AddToken is false once the row has too many letters under stems that the
  // query lacks. `stem` is of the lexicon that the query is bound to.
  void StartRow(uint32_t row_weight);
  bool AddToken(uint32_t word, uint32_t stem, uint32_t weight) {
    const uint32_t key = bound_.KeyOf(stem);
    if (key == kUnknownId) {
      if (weight > spare_) return false;
      spare_ -= weight;
      return true;
    }
    row_.push_back({word, key, weight});
    return true;
  }
  // Aligns; true and `hit` filled (but for the segment) if the row reaches the percent.
  bool Accept(RowHit* hit);

 private:
  const BoundQuery& bound_;
  const int percent_;
  uint32_t min_weight_ = 0;
  uint32_t max_weight_ = 0;
  SignatureBound signature_;  // of the keys that the lexicon has

  // Of the row under way.
  uint32_t row_weight_ = 0;
  uint32_t needed_ = 0;
  uint32_t spare_ = 0;       // letters that may yet turn out to be strange to the query
  std::vector<Symbol> row_;  // its tokens under the query's keys
  Aligner aligner_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_ROW_FILTER_H_
