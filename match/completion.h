// Completions of a translation that is being typed, from texts that may hold what comes next.
//
//   std::vector<CompletionOffer> offers = {{.text = "Die Datei speichern", .origin = kMatch, .score = 88, ...}};
//   RankCompletions(offers, "Die Da", "de", 8)[0].append == "tei speichern"
//
// Pure, safe to call concurrently.
#ifndef REPRISE_MATCH_COMPLETION_H_
#define REPRISE_MATCH_COMPLETION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

// Where a completion comes from. On the wire: never renumber.
enum class CompletionOrigin : uint8_t {
  kMatch = 1,     // the target of a match of the source text
  kFragment = 2,  // the target of a stored segment that is part of the source text
  kMemory = 3,    // a target that begins with what was typed, whatever its source
};

// A text that may hold what comes next.
struct CompletionOffer {
  std::string text;
  CompletionOrigin origin = CompletionOrigin::kMatch;
  int score = 0;       // of the match; 0: of none
  std::string memory;  // name
  uint64_t unit = 0;
  uint64_t revision = 0;
};

struct Completion {
  std::string append;  // what comes behind the cursor
  std::string text;    // the word under way and what comes: what a list shows
  bool whole = false;  // with it what was typed is the offered text to its end
  uint32_t words = 0;  // whole words that were typed before the one under way and stand before it there too
  CompletionOrigin origin = CompletionOrigin::kMatch;
  int score = 0;
  std::string memory;
  uint64_t unit = 0;
  uint64_t revision = 0;
};

// Up to `max_results` different completions of `typed`, the best first: of texts that begin with all that was typed
// (fragments do not count as such); of those with more words before that agree, up to four; by origin; by score; by
// the order of the offers; the longer one of a place. A fragment is offered from its beginning too where no word is
// under way, unless it was typed already. REQUIRES: valid UTF-8.
std::vector<Completion> RankCompletions(const std::vector<CompletionOffer>& offers, std::string_view typed,
                                        std::string_view target_locale, size_t max_results);

}  // namespace reprise

#endif  // REPRISE_MATCH_COMPLETION_H_
