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
};

struct ConcordanceOptions {
  size_t page_size = kDefaultConcordancePage;  // 1..kMaxConcordancePage
  std::string page_token;                      // next_page_token of the page before; empty: the first
  UnitFilter filter;                           // judged by the target, as in a lookup
};

struct ConcordanceTarget {
  Variant variant;
  std::vector<TextRange> ranges;  // what target_text found, rising, apart
};

// A unit: its first source that fits with at least one target, and all targets that fit with it.
struct ConcordanceHit {
  std::string memory;
  uint64_t unit = 0;
  uint64_t revision = 0;
  std::string source_locale;  // stored
  Content source;
  std::vector<TextRange> source_ranges;  // what source_text found
  std::vector<ConcordanceTarget> targets;
};

struct ConcordanceResult {
  std::vector<ConcordanceHit> hits;
  std::string next_page_token;  // empty: there are no more
  uint64_t sequence = 0;        // of the state that was read
};

// The token of the page that begins after this hit.
std::string ConcordancePageToken(const ConcordanceHit& last);

}  // namespace reprise

#endif  // REPRISE_ENGINE_CONCORDANCE_QUERY_H_
