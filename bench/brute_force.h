// What a lookup must find, by looking at every pair: the other side of search_bench's --recall.
//
//   std::vector<ScoreCounts> counts = CountByBruteForce(pairs, {"Close the file"}, "en", "de");
//   counts[0][84] == how many distinct pairs match with 84
//
// A free function, safe to call concurrently; takes two threads.
#ifndef REPRISE_BENCH_BRUTE_FORCE_H_
#define REPRISE_BENCH_BRUTE_FORCE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/corpus_generator/bitext.h"

namespace reprise::bench {

inline constexpr int kBruteForceFrom = 50;  // lower scores are not counted

using ScoreCounts = std::map<int, uint64_t>;  // distinct pairs by score, without penalties

// One for each query. `from`, `to`: locales of the pairs and queries.
std::vector<ScoreCounts> CountByBruteForce(const std::vector<Pair>& pairs, const std::vector<std::string>& queries,
                                           const std::string& from, const std::string& to);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_BRUTE_FORCE_H_
