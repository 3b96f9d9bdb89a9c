// Queries that are hard for an index by their shape: too short to say much, too long, or made of what is everywhere.
//
//   for (const QueryGroup& group : HardQueries(sources, 1)) ... group.name, group.texts
//
// Pure, safe to call concurrently.
#ifndef REPRISE_BENCH_HARD_QUERIES_H_
#define REPRISE_BENCH_HARD_QUERIES_H_

#include <cstdint>
#include <string>
#include <vector>

namespace reprise::bench {

struct QueryGroup {
  std::string name;
  std::vector<std::string> texts;
};

// Twenty queries of each kind, of the words of `sources` (some thousands of texts of the memory). The same `seed` gives
// the same queries. Empty if `sources` have no words.
std::vector<QueryGroup> HardQueries(const std::vector<std::string>& sources, uint64_t seed);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_HARD_QUERIES_H_
