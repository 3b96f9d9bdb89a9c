// What a suggestion asks and what it answers (docs/fragments.md).
//
// Plain values; SuggestCache is not thread-safe.
#ifndef REPRISE_ENGINE_SUGGEST_QUERY_H_
#define REPRISE_ENGINE_SUGGEST_QUERY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "match/completion.h"
#include "match/match.h"

namespace reprise {

// Bytes of what was typed.
inline constexpr size_t kMaxTypedBytes = 4 << 10;
inline constexpr int kMaxCompletions = 50;

struct SuggestOptions {
  int max_results = 8;  // 1..kMaxCompletions
  int threshold = 50;   // 1..100: the lowest final score of a match whose target is used
  PenaltyTable penalties;
  UnitFilter filter;

  bool operator==(const SuggestOptions&) const = default;
};

struct SuggestResult {
  std::vector<Completion> completions;  // the best first
  uint64_t sequence = 0;                // of the state that was read
};

// Keeps what was found for one source text, so that the next keystroke need not search again. Give the same one to the
// calls of one translator; it forgets when source, options or the store change.
class SuggestCache {
 private:
  friend class SuggestRun;
  bool filled_ = false;
  uint64_t sequence_ = 0;
  std::vector<MemoryRef> memories_;
  Query query_;
  SuggestOptions options_;
  std::vector<CompletionOffer> offers_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_SUGGEST_QUERY_H_
