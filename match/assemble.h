// A query of several sentences put together from the matches of each (docs/fragments.md).
//
//   std::vector<QuerySentence> sentences = SentencesOf(query);
//   for (size_t i = 0; i < sentences.size(); ++i) found.push_back(best match of SentenceQuery(query, sentences, i));
//   std::string why;
//   std::optional<Match> match = AssembleMatch(query, sentences, std::move(found), &why);
//
// Pure functions, safe to call concurrently.
#ifndef REPRISE_MATCH_ASSEMBLE_H_
#define REPRISE_MATCH_ASSEMBLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "match/match.h"

namespace reprise {

// A sentence of a query: its code points.
struct QuerySentence {
  uint32_t begin = 0;
  uint32_t end = 0;
};

// In order; white space in between belongs to none.
std::vector<QuerySentence> SentencesOf(const Query& query);

// True if no code pair of the content begins in one of the sentences and ends inside another.
bool SentencesKeepCodes(const Content& content, const std::vector<QuerySentence>& sentences);

// A sentence as a query of its own; the sentences beside it are its neighbours.
Query SentenceQuery(const Query& query, const std::vector<QuerySentence>& sentences, size_t index);

// The assembled match: base = the mean of the parts' scores (at most 100 each) by the letters of their sentences, 0 for
// a sentence without a match, at most 94; score = base. Its target is theirs, the query's own sentence where there is
// none, joined with what stands between the query's sentences; between scripts with and without spaces that becomes
// what the target writes. `found` has one entry a sentence. Nothing, and the reason in *why, if a code pair of the
// query begins in one sentence and ends inside another.
std::optional<Match> AssembleMatch(const Query& query, const std::vector<QuerySentence>& sentences,
                                   std::vector<std::optional<Match>> found, std::string* why);

}  // namespace reprise

#endif  // REPRISE_MATCH_ASSEMBLE_H_
