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

// D: the mean of the Dice coefficients of the bigrams and of the trigrams, 0..1; two empty texts give 1.
double Dice(const CharGrams& a, const CharGrams& b);

// R in 0..1 from S = shared/max_weight and D.
double Relevance(uint32_t shared, uint32_t max_weight, double dice);

}  // namespace reprise

#endif  // REPRISE_MATCH_RELEVANCE_H_
