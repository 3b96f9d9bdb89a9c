// The query as the index sees it, and the tests that a stored row must pass before it is aligned (design §7).
//
//   IndexQuery q(tokens, vocabulary);
//   RowFilter filter(q, 70);
//   if (filter.WeightFits(w) && filter.SignatureFits(sig, w) && filter.RowFits(row, n, w)) ... align
//
// Every test is an upper bound on C, the letters that query and row share: a row is skipped only when that bound is
// below what the threshold needs, so nothing at or above it is lost. Thread-safety: IndexQuery is immutable once built;
// RowFilter owns scratch memory, one per thread and lookup.
#ifndef REPRISE_STORAGE_ROW_FILTER_H_
#define REPRISE_STORAGE_ROW_FILTER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "match/score.h"
#include "storage/vocabulary.h"
#include "text/tokenize.h"

namespace reprise {

// 128 bits, one for each stem of a row (hashed, so several stems may share one).
struct Signature {
  uint64_t bits[2] = {0, 0};

  static uint32_t BitOf(uint32_t stem) { return static_cast<uint32_t>((stem * 0x9E3779B97F4A7C15ull) >> 57); }
  void Add(uint32_t stem) {
    uint32_t b = BitOf(stem);
    bits[b >> 6] |= uint64_t{1} << (b & 63);
  }
};

// The query's tokens as symbols of one vocabulary. Words that the vocabulary lacks get numbers of their own.
class IndexQuery {
 public:
  // Letters of the query under one stem. Unknown stems have stem == Vocabulary::kUnknown.
  struct Key {
    uint32_t stem = 0;
    uint32_t weight = 0;
  };

  // `tokens` and `vocabulary` must outlive the object. Codes are left out.
  IndexQuery(const std::vector<Token>& tokens, const Vocabulary& vocabulary);

  const std::vector<Symbol>& symbols() const { return symbols_; }
  const std::vector<Key>& keys() const { return keys_; }
  uint32_t weight() const { return weight_; }
  const Vocabulary& vocabulary() const { return *vocabulary_; }

  // Letters shared by the query's symbol number `query_id` and the stored word `stored_id` of the same stem.
  // The Aligner's PrefixFn; `arg` is the IndexQuery.
  static uint32_t SharedPrefix(const void* arg, uint32_t query_id, uint32_t stored_id);

 private:
  static constexpr uint32_t kOwnWords = 0x80000000u;  // numbers of words that the vocabulary lacks start here

  const Vocabulary* vocabulary_;
  std::vector<Symbol> symbols_;
  std::vector<Key> keys_;
  std::vector<std::string_view> own_words_;
  uint32_t weight_ = 0;
};

// A row that passed: its place, C and the greater W.
struct RowHit {
  uint64_t segment = 0;
  uint32_t shared = 0;
  uint32_t max_weight = 0;
};

class RowFilter {
 public:
  // Rows whose S reaches `percent` (1..100). `query` must outlive the object.
  RowFilter(const IndexQuery& query, int percent);

  int percent() const { return percent_; }
  const IndexQuery& query() const { return query_; }

  // The least and the greatest W of a row that can reach the percent when only `reachable` of the query's letters can
  // be shared: percent * W(query) <= 100 C <= 100 W(row), and 100 * reachable >= percent * W(row).
  uint32_t MinWeight() const;
  uint32_t MaxWeight(uint32_t reachable) const;

  bool WeightFits(uint32_t row_weight) const { return row_weight >= min_weight_ && row_weight <= max_weight_; }
  bool SignatureFits(const Signature& signature, uint32_t row_weight) const;
  bool RowFits(const Symbol* row, size_t size, uint32_t row_weight) const;

  // Aligns; true and `hit` filled (but for the segment) if the row reaches the percent.
  bool Accept(const Symbol* row, size_t size, uint32_t row_weight, RowHit* hit);

 private:
  struct Bit {
    uint32_t word = 0;  // 0 or 1
    uint64_t mask = 0;
    uint32_t weight = 0;
  };

  const IndexQuery& query_;
  int percent_;
  uint32_t min_weight_;
  uint32_t max_weight_;
  uint32_t unknown_weight_ = 0;    // letters of the query that no row has
  std::vector<Bit> bits_;          // by falling weight, so that a bad row fails early
  std::vector<uint32_t> by_stem_;  // stem -> letters of the query, for all stems known when the filter was made
  Aligner aligner_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_ROW_FILTER_H_
