// Counts by match band: how much of a document a memory covers.
//
//   BandCounts counts;
//   counts.Add(best_score, WordCount(sentence));
//   std::fputs(BandTable("de", counts).c_str(), stdout);
//
// Not thread-safe (a plain value).
#ifndef REPRISE_CLIENT_BANDS_H_
#define REPRISE_CLIENT_BANDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::client {

// One row: the best scores from `low` to `high`. The last row takes all that no other does.
struct BandRow {
  const char* label;  // "98–95"
  int high;
  int low;
};
inline constexpr std::array<BandRow, 9> kBandRows = {{{"102", 102, 102},
                                                      {"101", 101, 101},
                                                      {"100", 100, 100},
                                                      {"99", 99, 99},
                                                      {"98–95", 98, 95},
                                                      {"94–85", 94, 85},
                                                      {"84–75", 84, 75},
                                                      {"74–50", 74, 50},
                                                      {"none", 49, 0}}};

// The row of a best score; 0 (no match) and everything under 50 is the last one.
size_t BandOf(int score);

class BandCounts {
 public:
  struct Count {
    uint64_t sentences = 0;
    uint64_t words = 0;
  };

  // Counts a sentence of `words` words whose best match scores `score` (0 = none).
  void Add(int score, uint64_t words);
  const Count& row(size_t band) const { return rows_[band]; }
  Count Total() const;

 private:
  std::array<Count, kBandRows.size()> rows_;
};

// Words as a score counts them: word tokens (in Han and Kana each character) and placeables; no punctuation.
// REQUIRES: valid UTF-8.
uint64_t WordCount(std::string_view text);

// A table for people, a row a band and a total, each line ended.
std::string BandTable(std::string_view locale, const BandCounts& counts);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_BANDS_H_
