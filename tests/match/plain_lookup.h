// A lookup by the product's own functions without an index: every unit becomes a candidate.
#ifndef REPRISE_TESTS_MATCH_PLAIN_LOOKUP_H_
#define REPRISE_TESTS_MATCH_PLAIN_LOOKUP_H_

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "match/adapt.h"
#include "match/relevance.h"
#include "match/select.h"
#include "tests/testing/case_text.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise::testing {

// Appends what `source` of `from` leads to by way of a third language.
inline void AddPivots(const MemoryTerms& memory, const std::vector<CaseUnit>& units, const Unit& from,
                      const Variant& source, const Query& query, const LookupOptions& options, PivotSource half,
                      std::vector<Candidate>* found) {
  const auto serves = [&](const std::string& wanted, const Variant& v) {
    return ServesLocale(wanted, v.locale, options.other_scripts);
  };
  for (const Variant& through : from.variants) {
    if (serves(query.source_locale, through) || serves(query.target_locale, through)) continue;
    if (through.status == VariantStatus::kRejected) continue;
    half.link = std::make_shared<PivotLink>(PivotLink{through.content, through.locale, from.id});
    for (const CaseUnit& to : units) {
      const std::vector<Variant>& texts = to.unit.variants;
      const bool linked = std::any_of(texts.begin(), texts.end(), [&](const Variant& v) {
        return MatchLocale(through.locale, v.locale) != LocaleMatch::kNone &&
               KeyForm(v.content.text) == KeyForm(through.content.text);
      });
      const bool direct = std::any_of(texts.begin(), texts.end(), [&](const Variant& v) {
        return v.locale == source.locale && v.content == source.content;
      });
      if (to.memory != memory.name || !linked || direct) continue;
      for (const Variant& target : texts) {
        if (!serves(query.target_locale, target) || !PassesFilter(options.filter, to.unit, target)) continue;
        found->push_back(MakePivotCandidate(query, half, to.unit, target, memory));
      }
    }
  }
}

inline LookupResult PlainLookup(const std::vector<MemoryRef>& memories, const std::vector<CaseUnit>& units,
                                const Query& query, const LookupOptions& options,
                                const std::map<std::string, MemoryDefaults>& defaults = {}) {
  const TokenizedContent asked(query.content);
  const CharGrams grams(asked.key_form);
  std::vector<Candidate> found;
  for (const MemoryRef& ref : memories) {
    const auto its = defaults.find(ref.name);
    const MemoryTerms memory = TermsOf(ref, its == defaults.end() ? nullptr : &its->second);
    for (const CaseUnit& held : units) {
      if (held.memory != memory.name) continue;
      for (const Variant& source : held.unit.variants) {
        if (!ServesLocale(query.source_locale, source.locale, options.other_scripts)) continue;
        const TokenizedContent stored(source.content);
        ContextAgreement agreement;
        const Context* context = BestContext(query, held.unit, source, &agreement);
        const BaseScore base = ScorePair(asked, stored, agreement);
        const double relevance = Relevance(base.shared, base.max_weight, Overlap(grams, CharGrams(stored.key_form)));
        const size_t first = found.size();
        for (const Variant& target : held.unit.variants) {
          if (&target == &source || !PassesFilter(options.filter, held.unit, target)) continue;
          if (!ServesLocale(query.target_locale, target.locale, options.other_scripts)) continue;
          found.push_back(MakeCandidate(query, held.unit, source, target, memory, stored.key_form, base));
        }
        if (options.pivot) {
          const PivotSource half{nullptr,
                                 source.content,
                                 source.locale,
                                 stored.key_form,
                                 base,
                                 agreement,
                                 context == nullptr ? Context() : *context};
          AddPivots(memory, units, held.unit, source, query, options, half, &found);
        }
        for (size_t i = first; i < found.size(); ++i) found[i].match.relevance = relevance;
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
