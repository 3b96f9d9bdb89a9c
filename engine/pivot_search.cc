#include "engine/pivot_search.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// A memory may say which status lookups see at all.
bool Visible(const StoredMemory& memory, const Variant& variant) {
  if (variant.status == VariantStatus::kRejected) return false;
  return memory.min_status == VariantStatus::kUnspecified ||
         StatusRank(variant.status) >= StatusRank(memory.min_status);
}

// The two lead from one source text to one segment: true if BetterMatch puts `a`'s matches before `b`'s.
bool LeadsBetter(const PivotSource& a, const PivotSource& b) {
  Match of_a, of_b;
  of_a.agreement = a.agreement;
  of_a.pivot = a.link;
  of_b.agreement = b.agreement;
  of_b.pivot = b.link;
  return BetterMatch(of_a, of_b, MatchOrder::kScore);
}

}  // namespace

PivotPlace PivotSearch::PlaceOf(const MemoryTerms& terms, const StoredMemory& memory, const MemoryTally& tally,
                                std::vector<format::LocaleId> targets) const {
  PivotPlace place{terms, &memory, std::move(targets), {}};
  for (const auto& [id, counts] : tally.locales) {
    const std::string tag = store_.LocaleTag(id);
    if (ServesLocale(query_.source_locale, tag, options_.other_scripts)) continue;
    if (ServesLocale(query_.target_locale, tag, options_.other_scripts)) continue;
    place.locales.push_back(id);
  }
  return place;
}

void PivotSearch::Add(const PivotPlace& place, const Unit& unit, const Variant& source, const std::string& segment_key,
                      const BaseScore& base) {
  for (const Variant& through : unit.variants) {
    if (!std::binary_search(place.locales.begin(), place.locales.end(), store_.FindLocale(through.locale))) continue;
    if (!Visible(*place.memory, through)) continue;
    std::string key_form = KeyForm(through.content.text);
    Link& link = links_[{place.memory->id, through.locale, key_form}];
    if (link.place == nullptr) link = {&place, through.locale, std::move(key_form), {}};
    PivotSource from;
    from.link = std::make_shared<PivotLink>(PivotLink{through.content, through.locale, unit.id});
    from.source = source.content;
    from.source_locale = source.locale;
    from.segment_key = segment_key;
    from.base = base;
    if (const Context* context = BestContext(query_, unit, source, &from.agreement); context != nullptr) {
      from.context = *context;
    }
    auto same = std::find_if(link.sources.begin(), link.sources.end(), [&from](const PivotSource& other) {
      return other.source_locale == from.source_locale && other.source == from.source;
    });
    if (same == link.sources.end()) {
      link.sources.push_back(std::move(from));
    } else if (LeadsBetter(from, *same)) {
      *same = std::move(from);
    }
  }
}

absl::Status PivotSearch::Find(const CancelCheck& cancelled, std::vector<Candidate>* out) {
  constexpr size_t kAtOnce = 128;
  std::vector<uint64_t> units;
  std::vector<std::string> keys, values;
  for (const auto& [where, link] : links_) {
    units.clear();
    RETURN_IF_ERROR(FindUnits(link, &units));
    for (size_t begin = 0; begin < units.size(); begin += kAtOnce) {
      if (cancelled && cancelled()) return Cancelled("the lookup was cancelled");
      const size_t end = std::min(units.size(), begin + kAtOnce);
      keys.clear();
      for (size_t i = begin; i < end; ++i) keys.push_back(format::UnitKey(link.place->memory->id, units[i]));
      ASSIGN_OR_RETURN(const std::vector<bool> found, state_.snapshot->MultiGet(KvTable::kUnits, keys, &values));
      for (size_t i = begin; i < end; ++i) {
        if (!found[i - begin]) {
          return DataLoss("a segment names unit " + std::to_string(units[i]) + ", which is not there");
        }
        ASSIGN_OR_RETURN(const Unit unit, store_.Decode(values[i - begin]));
        AddTargets(link, unit, out);
      }
    }
  }
  links_.clear();
  return absl::OkStatus();
}

// The units that hold the link's segment in any region of its language, and the target.
absl::Status PivotSearch::FindUnits(const Link& link, std::vector<uint64_t>* units) {
  const PivotPlace& place = *link.place;
  for (const format::LocaleId id : place.locales) {
    if (MatchLocale(link.locale, store_.LocaleTag(id)) == LocaleMatch::kNone) continue;
    ASSIGN_OR_RETURN(const uint64_t segment, reader_.FindExact(place.memory->id, id, link.key_form));
    if (segment != 0) RETURN_IF_ERROR(reader_.FindUnits(place.memory->id, segment, place.targets, units));
  }
  std::sort(units->begin(), units->end());
  units->erase(std::unique(units->begin(), units->end()), units->end());
  return absl::OkStatus();
}

void PivotSearch::AddTargets(const Link& link, const Unit& unit, std::vector<Candidate>* out) const {
  for (const Variant& target : unit.variants) {
    if (!ServesLocale(query_.target_locale, target.locale, options_.other_scripts)) continue;
    if (!PassesFilter(options_.filter, unit, target) || !Visible(*link.place->memory, target)) continue;
    for (const PivotSource& from : link.sources) {
      // A unit that holds the source itself is a direct match.
      const bool direct = std::any_of(unit.variants.begin(), unit.variants.end(), [&from](const Variant& variant) {
        return variant.locale == from.source_locale && variant.content == from.source;
      });
      if (!direct) out->push_back(MakePivotCandidate(query_, from, unit, target, link.place->terms));
    }
  }
}

}  // namespace reprise
