// From the stored target to the answer's: placeables substituted, codes made the query's, and, if asked for, initial
// case, end punctuation and outer white space.
//
//   SubstituteBases(query, tokenized, &candidates);          // before ApplyPenalties
//   ApplyPenalties(query.target_locale, options.penalties, &candidates);
//   SelectMatches(std::move(candidates), options, &result);
//   for (Match& match : result.matches) CompleteMatch(query, tokenized, options, &match);
//
// The choice of matches is made on what is stored, so that only the few that are returned are changed. Pure, safe to
// call concurrently.
#ifndef REPRISE_MATCH_ADAPT_H_
#define REPRISE_MATCH_ADAPT_H_

#include <string_view>
#include <vector>

#include "match/match.h"
#include "match/score.h"
#include "match/select.h"

namespace reprise {

// Gives near-exact candidates whose placeables differ from the query's the base that they have once these are
// substituted (SubstitutedBase). `asked` is the query's content. Costs nothing if the query has no placeable.
void SubstituteBases(const Query& query, const TokenizedContent& asked, std::vector<Candidate>* candidates);

// Fills edits, substitutions and plural_changed, and makes match->target.content the answer's: placeables, then codes,
// then, if options.adapt, what AdaptTarget does. REQUIRES: the rest of the match is filled, its target as stored.
void CompleteMatch(const Query& query, const TokenizedContent& asked, const LookupOptions& options, Match* match);

// True if the codes of the target can be made the query's: query and stored source have as many codes, of the same
// kinds in the same order and paired alike, and the stored target has those of its source, each once.
bool CodesRepairable(const std::vector<Code>& query, const std::vector<Code>& stored, const std::vector<Code>& target);

// Gives each code of the target the data, pair id, equivalent text and type of the query's code in the place of the
// source's that it stands for; positions stay. None is lost or doubled. False, and nothing is changed, if the codes
// are not repairable.
bool RepairCodes(const std::vector<Code>& query, const std::vector<Code>& stored, std::vector<Code>* target);

// Gives the target the initial case, the end marks and the outer white space of the query where query and stored source
// differ in them and the target is as the source is: "Save" / "Speichern" asked with " save:" is " speichern:".
// Appends what was changed to *changes and moves the offsets of those that are there.
void AdaptTarget(const Content& query, const Content& stored, std::string_view target_locale, Content* target,
                 std::vector<Substitution>* changes);

}  // namespace reprise

#endif  // REPRISE_MATCH_ADAPT_H_
