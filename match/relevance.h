// Relevance: R = (S + D) / 2, which orders what programs fetch as examples (design §6).
//
// Pure, safe to call concurrently.
#ifndef REPRISE_MATCH_RELEVANCE_H_
#define REPRISE_MATCH_RELEVANCE_H_

#include <cstdint>
#include <string_view>
#include <vector>

namespace reprise {

// The multiset of character trigrams of a key form, sorted. Texts of under 3 code points give themselves, one gram.
// Build once a query.
class Trigrams {
 public:
  explicit Trigrams(std::string_view key_form);
  const std::vector<uint64_t>& grams() const { return grams_; }

 private:
  std::vector<uint64_t> grams_;
};

// Dice coefficient of the two multisets, 0..1; two empty ones give 1.
double Dice(const Trigrams& a, const Trigrams& b);

// R in 0..1 from S = shared/max_weight and D.
double Relevance(uint32_t shared, uint32_t max_weight, double dice);

}  // namespace reprise

#endif  // REPRISE_MATCH_RELEVANCE_H_
