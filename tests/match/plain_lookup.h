// A lookup by the product's own functions without an index: every unit becomes a candidate.
#ifndef REPRISE_TESTS_MATCH_PLAIN_LOOKUP_H_
#define REPRISE_TESTS_MATCH_PLAIN_LOOKUP_H_

#include <utility>
#include <vector>

#include "match/adapt.h"
#include "match/relevance.h"
#include "match/select.h"
#include "tests/testing/case_text.h"
#include "text/locale.h"

namespace reprise::testing {

inline LookupResult PlainLookup(const std::vector<MemoryRef>& memories, const std::vector<CaseUnit>& units,
                                const Query& query, const LookupOptions& options) {
  const TokenizedContent asked(query.content);
  const CharGrams grams(asked.key_form);
  std::vector<Candidate> found;
  for (const MemoryRef& memory : memories) {
    for (const CaseUnit& held : units) {
      if (held.memory != memory.name) continue;
      for (const Variant& source : held.unit.variants) {
        if (MatchLocale(query.source_locale, source.locale) == LocaleMatch::kNone) continue;
        const TokenizedContent stored(source.content);
        ContextAgreement agreement;
        BestContext(query, held.unit, source, &agreement);
        const BaseScore base = ScorePair(asked, stored, agreement);
        for (const Variant& target : held.unit.variants) {
          if (&target == &source || !PassesFilter(options.filter, held.unit, target)) continue;
          if (MatchLocale(query.target_locale, target.locale) == LocaleMatch::kNone) continue;
          found.push_back(MakeCandidate(query, held.unit, source, target, memory, stored.key_form, base));
          found.back().match.relevance =
              Relevance(base.shared, base.max_weight, Dice(grams, CharGrams(stored.key_form)));
        }
      }
    }
  }
  SubstituteBases(query, asked, &found);
  ApplyPenalties(query.target_locale, options.penalties, &found);
  LookupResult result;
  SelectMatches(std::move(found), options, &result);
  for (Match& match : result.matches) CompleteMatch(query, asked, options, &match);
  return result;
}

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_MATCH_PLAIN_LOOKUP_H_
