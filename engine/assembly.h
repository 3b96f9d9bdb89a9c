// What a lookup does for a query of several sentences that nothing matches: it looks each sentence up and puts an
// answer together (match/assemble.h, docs/fragments.md).
//
//   RETURN_IF_ERROR(AddAssembled(query, options, look_up, &result));
//
// A function of values; thread-safe if `look_up` is.
#ifndef REPRISE_ENGINE_ASSEMBLY_H_
#define REPRISE_ENGINE_ASSEMBLY_H_

#include <cstddef>
#include <functional>

#include "base/status.h"
#include "match/match.h"

namespace reprise {

// A query of more sentences is not assembled.
inline constexpr size_t kMaxAssembledSentences = 100;

// The lookup of one sentence, in the state that the query was looked up in.
using LookUpSentence = std::function<absl::StatusOr<LookupResult>(const Query& query, const LookupOptions& options)>;

// Puts a match that was made beside the search into the answer: at its place by the order asked for if it qualifies.
// REQUIRES: no match of the search itself reaches the threshold.
void OfferMatch(Match match, const LookupOptions& options, LookupResult* result);

// If the query has several sentences of which one or more have a match, adds the assembled match, if its score
// qualifies, or says in result->not_assembled why there can be none. REQUIRES: `result` is the answer to `query` and
// `options`, and no match of it reaches the threshold. Errors: those of `look_up`.
absl::Status AddAssembled(const Query& query, const LookupOptions& options, const LookUpSentence& look_up,
                          LookupResult* result);

}  // namespace reprise

#endif  // REPRISE_ENGINE_ASSEMBLY_H_
