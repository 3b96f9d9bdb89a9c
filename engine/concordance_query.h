// What a concordance search asks and what it answers. text/terms.h says what a query text means.
//
//   ConcordanceQuery query{.source_text = "\"safety valve\"", .target_text = "*ventil", .source_locale = "en"};
//
// Plain values.
#ifndef REPRISE_ENGINE_CONCORDANCE_QUERY_H_
#define REPRISE_ENGINE_CONCORDANCE_QUERY_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "match/match.h"
#include "text/segment.h"
#include "text/terms.h"

namespace reprise {

// Bytes of each text of a query.
inline constexpr size_t kMaxConcordanceTextBytes = 1 << 10;
inline constexpr size_t kMaxConcordancePage = 1000;
inline constexpr size_t kDefaultConcordancePage = 20;

struct ConcordanceQuery {
  std::string source_text;      // what the source must hold; empty: anything, if target_text is given
  std::string target_text;      // what the target must hold; empty: anything, if source_text is given
  std::string target_excludes;  // what the target must not hold; empty: nothing
  std::string source_locale;
  std::string target_locale;  // empty: every other text of the unit is a target
  bool either_side = false;   // source_text in the source or target_text in the target is enough
  bool regex = false;         // the texts are regular expressions (RE2), of the texts as they are written
  bool match_case = false;    // case, width, quotation marks and diacritics count
  bool fuzzy = false;         // words take their other forms and typing errors too; with neither of the two above
};

struct ConcordanceOptions {
  size_t page_size = kDefaultConcordancePage;  // 1..kMaxConcordancePage
  std::string page_token;                      // next_page_token of the page before; empty: the first
  UnitFilter filter;                           // judged by the target, as in a lookup
  bool guess = false;  // also guess what corresponds on the other side; needs one of source_text and target_text alone,
                       // and target_locale
};

struct ConcordanceTarget {
  Variant variant;
  std::vector<TextRange> ranges;   // what target_text found, rising, apart
  std::vector<TextRange> guessed;  // what may correspond to source_text, likewise
};

// A unit: its first source that fits with at least one target, and all targets that fit with it.
struct ConcordanceHit {
  std::string memory;
  uint64_t unit = 0;
  uint64_t revision = 0;
  std::string source_locale;  // stored
  Content source;
  std::vector<TextRange> source_ranges;   // what source_text found
  std::vector<TextRange> source_guessed;  // what may correspond to target_text
  std::vector<ConcordanceTarget> targets;
};

// A word or some words that stand beside what was found much more often than elsewhere.
struct Correspondence {
  std::string text;  // as it is spelled most often
  uint64_t count = 0;
};

// Hits that a guess is made of, from the page's first on: at most so many, or the page if it is longer.
inline constexpr size_t kGuessHits = 200;

struct ConcordanceResult {
  std::vector<ConcordanceHit> hits;
  std::vector<Correspondence> correspondences;  // if a guess was asked for; the most frequent first, at most five
  std::string next_page_token;                  // empty: there are no more
  uint64_t sequence = 0;                        // of the state that was read
};

// The token of the page that begins after this hit.
std::string ConcordancePageToken(const ConcordanceHit& last);

}  // namespace reprise

#endif  // REPRISE_ENGINE_CONCORDANCE_QUERY_H_
