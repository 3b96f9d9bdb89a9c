// Relevance: R = (S + 2 D) / 3, which orders what programs fetch as examples (docs/scoring.md; why so:
// docs/decisions/003-relevance.md).
//
// Pure, safe to call concurrently.
#ifndef REPRISE_MATCH_RELEVANCE_H_
#define REPRISE_MATCH_RELEVANCE_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace reprise {

// The multisets of character bigrams and of character trigrams of a key form, sorted. A text too short for one gives
// itself, one gram. Build once a query.
class CharGrams {
 public:
  explicit CharGrams(std::string_view key_form);
  const std::vector<uint64_t>& bigrams() const { return bigrams_; }
  const std::vector<uint64_t>& trigrams() const { return trigrams_; }

 private:
  std::vector<uint64_t> bigrams_, trigrams_;
};

// D: how much of the query's bigrams and trigrams the stored text has, and little else; 0..1, two empty texts give 1.
// For each of the two the share of the query's grams (recall) and of the stored text's (precision) in their weighted
// harmonic mean, recall with twice the weight; D is the mean of both.
double Overlap(const CharGrams& query, const CharGrams& stored);

// The same D of one query and many texts, without sorting or allocating for each.
//
//   OverlapMeter meter(query_key_form);
//   double d = meter.Overlap(stored_key_form);     // == Overlap(CharGrams(query…), CharGrams(stored…))
//
// Not thread-safe: it owns scratch memory.
class OverlapMeter {
 public:
  explicit OverlapMeter(std::string_view key_form);
  double Overlap(std::string_view key_form);

 private:
  // A gram of the first text: how often it has it, and how many of these the text of `round` has met.
  struct Slot {
    uint64_t gram = 0;
    uint32_t count = 0;
    uint32_t met = 0;
    uint32_t round = 0;
  };
  Slot& At(uint64_t gram);

  std::vector<Slot> slots_;
  uint32_t bigrams_ = 0, trigrams_ = 0;
  uint32_t round_ = 0;
};

// R in 0..1 from S = shared/max_weight and D.
double Relevance(uint32_t shared, uint32_t max_weight, double overlap);

}  // namespace reprise

#endif  // REPRISE_MATCH_RELEVANCE_H_
