#include "engine/assembly.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "match/assemble.h"
#include "match/select.h"

namespace reprise {
namespace {

LookupOptions SentenceOptions(const LookupOptions& options) {
  LookupOptions out = options;
  out.floor = 0;
  out.max_results = 1;
  out.order = MatchOrder::kScore;
  out.want_total = false;
  out.want_plan = false;
  out.fragments = FragmentMode::kOff;
  out.assemble = false;
  return out;
}

}  // namespace

absl::Status AddAssembled(const Query& query, const LookupOptions& options, const LookUpSentence& look_up,
                          LookupResult* result) {
  const std::vector<QuerySentence> sentences = SentencesOf(query);
  if (sentences.size() < 2) return absl::OkStatus();
  if (sentences.size() > kMaxAssembledSentences) {
    result->not_assembled = "the query has " + std::to_string(sentences.size()) + " sentences; at most " +
                            std::to_string(kMaxAssembledSentences) + " are put together";
    return absl::OkStatus();
  }
  const LookupOptions by_sentence = SentenceOptions(options);
  std::vector<std::optional<Match>> found(sentences.size());
  bool any = false;
  for (size_t i = 0; i < sentences.size(); ++i) {
    const Query sentence = SentenceQuery(query, sentences, i);
    ASSIGN_OR_RETURN(LookupResult answer, look_up(sentence, by_sentence));
    if (answer.matches.empty()) continue;
    found[i] = std::move(answer.matches.front());
    any = true;
  }
  if (!any) return absl::OkStatus();
  std::optional<Match> match = AssembleMatch(query, sentences, std::move(found), &result->not_assembled);
  if (match.has_value()) OfferMatch(*std::move(match), options, result);
  return absl::OkStatus();
}

void OfferMatch(Match match, const LookupOptions& options, LookupResult* result) {
  if (!Qualifies(match, options)) return;
  match.below_threshold = match.score < options.threshold;
  if (!match.below_threshold && options.want_total) ++result->total;
  // What reaches the threshold comes before what does not.
  const auto place = std::find_if(result->matches.begin(), result->matches.end(), [&](const Match& other) {
    if (match.below_threshold != other.below_threshold) return other.below_threshold;
    return BetterMatch(match, other, options.order);
  });
  result->matches.insert(place, std::move(match));
  const auto most = static_cast<size_t>(options.max_results);
  if (result->matches.size() > most) result->matches.resize(most);
}

}  // namespace reprise
