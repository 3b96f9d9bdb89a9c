// Why a match has its score: the token-level edit script.
//
//   for (const Edit& e : ExplainEdits(query, stored)) ...
//
// Pure, safe to call concurrently.
#ifndef REPRISE_MATCH_EXPLAIN_H_
#define REPRISE_MATCH_EXPLAIN_H_

#include <cstdint>
#include <vector>

#include "match/score.h"

namespace reprise {

// One step from the query to the stored text. Offsets are code points of the raw plain texts; an empty range marks
// where nothing stands. kInserted = stands in the stored text alone; kDeleted = stands in the query alone.
struct Edit {
  enum class Kind : uint8_t { kEqual = 1, kStem = 2, kReplaced = 3, kInserted = 4, kDeleted = 5 };
  Kind kind = Kind::kEqual;
  uint32_t query_begin = 0, query_end = 0;
  uint32_t stored_begin = 0, stored_end = 0;

  bool operator==(const Edit&) const = default;
};
const char* EditName(Edit::Kind kind);  // "equal", "stem", "replaced", "inserted", "deleted"

// The edit script of the heaviest alignment, in text order, one step a token (placeables of one class whose text
// differs are kReplaced though the score counts them equal). Deterministic among equal alignments.
std::vector<Edit> ExplainEdits(const std::vector<Token>& query, const std::vector<Token>& stored);
inline std::vector<Edit> ExplainEdits(const TokenizedContent& query, const TokenizedContent& stored) {
  return ExplainEdits(query.tokens, stored.tokens);
}

// The same script with the tokens that each step is about: indexes into the two lists, -1 where nothing stands.
struct TokenStep {
  Edit::Kind kind = Edit::Kind::kEqual;
  int64_t query = -1;
  int64_t stored = -1;
};
std::vector<TokenStep> AlignTokens(const std::vector<Token>& query, const std::vector<Token>& stored);

// Tokens that are not kEqual nor kStem, a pair of codes counted once: the d of "max(95, 99 - d)".
int DifferingTokens(const TokenizedContent& query, const TokenizedContent& stored);

}  // namespace reprise

#endif  // REPRISE_MATCH_EXPLAIN_H_
