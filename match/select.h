// From scored units to the answer: contexts, penalties, one match a pair, order, threshold, fill.
//
// A lookup finds units whose source is alike, makes one Candidate of each (unit, source variant, target variant),
// and hands all of them over; what comes back is the answer of docs/scoring.md.
//
//   std::vector<Candidate> found;
//   found.push_back(MakeCandidate(query, unit, source, target, memory, key_form, base));
//   SubstituteBases(query, tokenized_query, &found);                                   // match/adapt.h
//   ApplyPenalties(query.target_locale, options.penalties, &found);
//   SelectMatches(std::move(found), options, &result);
//   for (Match& m : result.matches) CompleteMatch(query, tokenized_query, options, &m);  // match/adapt.h
//
// What may be left out without changing the answer: every candidate that does not qualify, and every one below the
// threshold when max_results are found above -- once ApplyPenalties has seen all candidates of base 99
// and more of its memory.
//
// Free functions on values, pure, safe to call concurrently.
#ifndef REPRISE_MATCH_SELECT_H_
#define REPRISE_MATCH_SELECT_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "match/match.h"

namespace reprise {

// At most this many matches of one source segment, unless fewer others qualify.
inline constexpr size_t kMaxPerSegment = 3;

// How many of the best by score the relevance order chooses from: max(20, 4 * max_results).
size_t RelevancePool(const LookupOptions& options);

// The lowest final score that any match of the answer can have: the threshold; with a floor, the floor; in order of
// relevance, a third of the floor. A search has to go down to this, and no further.
int LowestScore(const LookupOptions& options);

// True if a match with this final score and relevance may be in the answer: its score is at or above the threshold, or
// it may fill: its score is at or above the floor, or, in order of relevance, 100 R is (and its score at least
// LowestScore).
bool Qualifies(const Match& match, const LookupOptions& options);

// One unit that may answer, and what Match does not say about it. `match.pivot` tells pivot matches.
struct Candidate {
  Match match;
  std::string segment_key;  // key form of match.source.text: the segment of the cap
  std::string pair_key;     // ContentKey of source and target: candidates of one pair are one match
  int priority = 0;         // of its memory (MemoryTerms), as are the next two
  PenaltyPoints memory_penalty{0, TermSource::kDefault};
  const MemoryDefaults* defaults = nullptr;
  bool codes_differ = false;  // missing or added (CodesMissingOrAdded in score.h), and not repairable (adapt.h)
};

// The context of `unit` that agrees best with the query's: most points, then not partial, then the newest (last). Null
// if the unit has no context; the newest if none agrees. `agreement` gets what agrees.
const Context* BestContext(const Query& query, const Unit& unit, const Variant& source, ContextAgreement* agreement);

// A candidate with everything but score, penalties, relevance and edits. `source` and `target` are two different
// variants of `unit`; `base` is that of ScorePair with the agreement that BestContext gives for this unit.
Candidate MakeCandidate(const Query& query, const Unit& unit, const Variant& source, const Variant& target,
                        const MemoryTerms& memory, std::string segment_key, const BaseScore& base);
// The same, when nothing else is wanted of the unit: takes its texts instead of copying them. `source` and `target` are
// places in its list of variants.
Candidate MakeLastCandidate(const Query& query, Unit unit, size_t source, size_t target, const MemoryTerms& memory,
                            std::string segment_key, const BaseScore& base);

// The source's half of pivot matches: a text in the query's language, and the text of another language that leads on
// from it.
struct PivotSource {
  std::shared_ptr<const PivotLink> link;
  Content source;
  std::string source_locale;
  std::string segment_key;
  BaseScore base;              // with the agreement below
  ContextAgreement agreement;  // of the unit that holds the source
  Context context;             // likewise
};
// A pivot candidate: that source with a target of `unit`, which holds the link's text too.
Candidate MakePivotCandidate(const Query& query, const PivotSource& from, const Unit& unit, const Variant& target,
                             const MemoryTerms& memory);

// Fills `score` and `penalties` of all by the table, with the defaults of each one's memory. A candidate of base >= 99
// without an agreeing context is ambiguous if its memory's candidates of base >= 99 have several different targets
// (text or codes); those that are 99 because placeables were substituted, and pivot candidates, are neither counted nor
// penalized. REQUIRES: all candidates of base >= 99 of each memory are there.
void ApplyPenalties(const std::string& target_locale, const PenaltyTable& table, std::vector<Candidate>* candidates);

// Text and codes as one string: equal for contents of equal bytes and identical codes (pair ids up to renaming).
std::string ContentKey(const Content& content);
// The same for a pair of source and target: what Candidate::pair_key holds.
std::string PairKey(const Content& source, const Content& target);

// The answer list from candidates with score, penalties and relevance set:
//  1. candidates that do not qualify are dropped;
//  2. one match a pair (ContentKey of source and target): the best of those at or above the threshold, if any, else
//     of the rest; best = direct before pivot, then smallest priority, then BetterMatch by kScore. `unit_count` =
//     distinct (memory, unit) among the pair's candidates at or above the threshold (those that qualify, if the match
//     is below the threshold), pivots only if the match is one;
//  3. `total` (if want_total) = matches at or above the threshold;
//  4. in order of score: max_results (kRelevance: RelevancePool) matches at or above the threshold, at most
//     kMaxPerSegment of one segment_key; if that leaves room, those passed over, in order;
//  5. if there are fewer than max_results and a floor is set: likewise the best below the threshold, marked
//     `below_threshold`;
//  6. kRelevance: the same choice again out of the pool, in order of relevance, down to max_results; what is at or
//     above the threshold is never displaced by what is below;
//  7. sorted by BetterMatch in the order asked for.
// `result->sequence` is left alone.
void SelectMatches(std::vector<Candidate> candidates, const LookupOptions& options, LookupResult* result);

}  // namespace reprise

#endif  // REPRISE_MATCH_SELECT_H_
