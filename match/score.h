// The score ladder of docs/scoring.md: how alike are two contents?
//
//   TokenizedContent query(content), stored(other);
//   BaseScore score = ScorePair(query, stored, {});
//   score.base == 98, score.band == Band::kNearExact
//
// This is the definition; the index (storage/) may only skip what provably scores below the threshold by it.
// Pure functions; Aligner is not thread-safe (it owns scratch memory), one per thread.
#ifndef REPRISE_MATCH_SCORE_H_
#define REPRISE_MATCH_SCORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/segment.h"
#include "text/tokenize.h"

namespace reprise {

// A content with everything the ladder looks at. Build once a query, reuse for every candidate.
struct TokenizedContent {
  TokenizedContent() = default;
  explicit TokenizedContent(Content c);

  Content content;
  std::string key_form;
  std::string bare_form;
  std::vector<Token> tokens;  // codes included
  uint32_t weight = 0;        // sum of W
};

// The row of the ladder that gave the base score.
enum class Band : uint8_t { kContext = 1, kExact = 2, kFolded = 3, kNearExact = 4, kFuzzy = 5 };
const char* BandName(Band band);  // "context", "exact", "folded", "near-exact", "fuzzy"

// How many of key and neighbours agree (design §4). 0, 1 or 2 context points lift an exact match to 100, 101, 102.
struct ContextAgreement {
  bool key = false;
  bool neighbours = false;
  bool partial_neighbours = false;  // only one neighbour was known on a side; the other agreed
  int Points() const { return (key ? 1 : 0) + (neighbours ? 1 : 0); }
};

// `query` is what the caller said about the segment, `stored` a context of the unit; `query_locale` and
// `stored_locale` choose the neighbours. Neighbours are compared in key form; unknown never agrees.
ContextAgreement AgreeContext(const Context& query, std::string_view query_locale, const Context& stored,
                              std::string_view stored_locale);

struct BaseScore {
  int base = 0;  // 0..102
  Band band = Band::kFuzzy;
  uint32_t shared = 0;              // C, letters aligned
  uint32_t max_weight = 0;          // max(W(query), W(stored))
  std::vector<std::string> folded;  // for kFolded: what the key form folded; "placeable" if some were substituted
  bool substituted = false;         // for kFolded: the placeables differ and were all substituted
};

// floor(100 * shared / max_weight) in integers; 0 if max_weight is 0.
int Percent(uint32_t shared, uint32_t max_weight);

// The smallest C that reaches `percent` of max_weight: ceil(percent * max_weight / 100).
uint32_t SharedNeeded(int percent, uint32_t max_weight);

// What two tokens earn when aligned with each other: W if equal in key form (or placeables of one class), the length
// in code points of the common prefix (at most either's W) for words that share a stem, else 0.
uint32_t AlignedWeight(const Token& a, const Token& b);

// True if both have the same codes: position, kind and data in sequence, pair ids up to renaming. Equivalent text and
// type are descriptions and do not count.
bool CodesIdentical(const std::vector<Code>& a, const std::vector<Code>& b);

// The same for contents whose key forms are equal though their bytes may not be: positions are compared in key form
// ("a … <x/>" and "a ... <x/>" agree). This is what the ladder asks. False if the key forms differ and there are codes.
bool CodesAgree(const Content& a, const Content& b);

// True if one content has a code (kind and data) that the other has not, or has more often; positions do not count.
// What the "codes" penalty asks.
bool CodesMissingOrAdded(const std::vector<Code>& a, const std::vector<Code>& b);

// Code points that both start with: what words of one stem earn (at most either's W, which the caller sees to).
// REQUIRES: valid UTF-8.
uint32_t CommonPrefix(std::string_view a, std::string_view b);

// The base score of a pair, by the ladder. `context` counts only where text and codes are identical.
BaseScore ScorePair(const TokenizedContent& query, const TokenizedContent& stored, const ContextAgreement& context);

// The heaviest in-order alignment over ids, for the hot loop: no strings, no allocation after warm-up.
// A symbol carries `id` (equal ids = equal tokens; placeables of one class share an id), `stem` (equal stems share a
// prefix) and `weight`. For two symbols of one stem but different ids `prefix(a_id, b_id)` gives the shared letters
// (CommonPrefix of the two words; Align caps it at either's weight). Symbols that are no words need a stem of their
// own.
struct Symbol {
  uint32_t id = 0;
  uint32_t stem = 0;
  uint32_t weight = 0;
};
class Aligner {
 public:
  using PrefixFn = uint32_t (*)(const void* arg, uint32_t a_id, uint32_t b_id);

  // The query of the alignments to come. Copies it. Symbols of weight 0 must have been left out.
  void SetQuery(const Symbol* query, size_t size);

  // C of the query and `stored` if it is at least `needed`, else any value below `needed` (it stops as soon as `needed`
  // is out of reach). Any lengths. Stored symbols under stems that the query lacks may be left out.
  uint32_t Align(const Symbol* stored, size_t size, uint32_t needed, PrefixFn prefix, const void* prefix_arg);

  // Both in one.
  uint32_t Align(const Symbol* query, size_t query_size, const Symbol* stored, size_t stored_size, uint32_t needed,
                 PrefixFn prefix, const void* prefix_arg) {
    SetQuery(query, query_size);
    return Align(stored, stored_size, needed, prefix, prefix_arg);
  }

 private:
  // The query's positions under one stem: places_[begin, end), falling.
  struct Places {
    uint32_t begin = 0;
    uint32_t end = 0;
  };
  Places PlacesOf(uint32_t stem) const;

  std::vector<Symbol> query_;
  uint32_t query_weight_ = 0;
  std::vector<uint32_t> places_;  // positions, by stem, then falling
  std::vector<Places> by_stem_;   // if the stems are small numbers: by stem
  std::vector<uint32_t> best_;    // by i: C of the first i query symbols and the stored ones so far
};

}  // namespace reprise

#endif  // REPRISE_MATCH_SCORE_H_
