#include "bench/brute_force.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>

#include "match/score.h"
#include "match/substitute.h"

namespace reprise::bench {
namespace {

struct Wanted {
  TokenizedContent tokens;
  std::vector<std::pair<uint32_t, uint32_t>> letters;  // (stem, its letters)
};

}  // namespace

std::vector<ScoreCounts> CountByBruteForce(const std::vector<Pair>& pairs, const std::vector<std::string>& queries,
                                           const std::string& from, const std::string& to) {
  std::map<std::string, std::set<std::string>> targets;  // by source text
  for (const Pair& pair : pairs) targets[pair.source].insert(pair.target);
  const std::vector<std::pair<std::string, std::set<std::string>>> sources(targets.begin(), targets.end());
  targets.clear();
  std::vector<Wanted> wanted;
  std::unordered_map<std::string, uint32_t> stems;  // of all queries
  for (const std::string& query : queries) {
    std::map<uint32_t, uint32_t> letters;
    wanted.push_back({TokenizedContent(Content{query, {}}), {}});
    for (const Token& token : wanted.back().tokens.tokens) {
      const auto stem = stems.emplace(token.index_key, static_cast<uint32_t>(stems.size())).first;
      letters[stem->second] += token.weight;
    }
    wanted.back().letters.assign(letters.begin(), letters.end());
  }
  std::vector<ScoreCounts> counts(queries.size());
  std::mutex mu;
  auto compare = [&](size_t begin, size_t step) {
    std::vector<uint32_t> letters(stems.size());  // of the stored text
    for (size_t i = begin; i < sources.size(); i += step) {
      const TokenizedContent stored(Content{sources[i].first, {}});
      std::fill(letters.begin(), letters.end(), 0);
      for (const Token& token : stored.tokens) {
        if (const auto stem = stems.find(token.index_key); stem != stems.end()) letters[stem->second] += token.weight;
      }
      for (size_t q = 0; q < wanted.size(); ++q) {
        // Nothing but this rules a pair out here: words are aligned within a stem alone, so C is at most the smaller
        // of the two sums of each.
        uint64_t most = 0;
        for (const auto& [stem, weight] : wanted[q].letters) most += std::min(weight, letters[stem]);
        const uint64_t of = std::max(wanted[q].tokens.weight, stored.weight);
        if (wanted[q].tokens.bare_form != stored.bare_form && 100 * most < kBruteForceFrom * of) continue;
        const BaseScore base = ScorePair(wanted[q].tokens, stored, {});
        if (base.base < kBruteForceFrom) continue;
        std::lock_guard lock(mu);
        if (base.band != Band::kNearExact) {
          counts[q][base.base] += sources[i].second.size();
          continue;
        }
        for (const std::string& target : sources[i].second) {
          const Substituted done = Substitute({&wanted[q].tokens, from}, {&stored, from}, Content{target, {}}, to);
          ++counts[q][SubstitutedBase(base, done).base];
        }
      }
    }
  };
  std::thread other(compare, 1, 2);
  compare(0, 2);
  other.join();
  return counts;
}

}  // namespace reprise::bench
