#include "engine/search_places.h"

#include <algorithm>
#include <utility>

#include "text/locale.h"

namespace reprise {

absl::StatusOr<std::vector<SearchPlace>> FindSearchPlaces(const UnitStore& store, const StoreState& state,
                                                          const std::vector<MemoryRef>& memories,
                                                          std::string_view source_locale,
                                                          std::string_view target_locale, bool other_scripts) {
  std::vector<SearchPlace> places;
  for (const MemoryRef& ref : memories) {
    auto memory = state.memories.find(ref.name);
    if (memory == state.memories.end()) {
      return WithReason(NotFound("memory \"" + ref.name + "\" does not exist"), "MEMORY_NOT_FOUND");
    }
    const MemoryTally& tally = *state.tallies.at(memory->second->id);
    std::vector<format::LocaleId> targets;
    uint64_t mask = 0;
    for (const auto& [id, counts] : tally.locales) {
      if (!ServesLocale(target_locale, store.LocaleTag(id), other_scripts)) continue;
      targets.push_back(id);
      mask |= LocaleBit(id);
    }
    if (targets.empty()) continue;
    for (const auto& [id, counts] : tally.locales) {
      std::string tag = store.LocaleTag(id);
      if (!ServesLocale(source_locale, tag, other_scripts)) continue;
      auto index = state.locales.find({memory->second->id, id});
      if (index == state.locales.end()) continue;
      SearchPlace place;
      place.ref = &ref;
      place.terms = TermsOf(ref, &memory->second->defaults);
      place.memory = memory->second.get();
      place.locale = id;
      place.locale_tag = std::move(tag);
      place.index = index->second.get();
      place.targets = targets;
      place.target_mask = mask;
      places.push_back(std::move(place));
    }
  }
  return places;
}

absl::Status ReadWantedUnits(const UnitStore& store, const StoreState& state, const std::vector<WantedUnit>& wanted,
                             const std::function<bool()>& cancelled,
                             const std::function<absl::Status(const WantedUnit& wanted, Unit unit)>& visit) {
  constexpr size_t kAtOnce = 128;
  std::vector<std::string> keys, values;
  for (size_t begin = 0; begin < wanted.size(); begin += kAtOnce) {
    if (cancelled && cancelled()) return Cancelled("the lookup was cancelled");
    const size_t end = std::min(wanted.size(), begin + kAtOnce);
    keys.clear();
    for (size_t i = begin; i < end; ++i) keys.push_back(format::UnitKey(wanted[i].place->memory->id, wanted[i].unit));
    ASSIGN_OR_RETURN(const std::vector<bool> found, state.snapshot->MultiGet(KvTable::kUnits, keys, &values));
    for (size_t i = begin; i < end; ++i) {
      if (!found[i - begin]) {
        return DataLoss("segment " + std::to_string(wanted[i].segment) + " names unit " +
                        std::to_string(wanted[i].unit) + ", which is not there");
      }
      ASSIGN_OR_RETURN(Unit unit, store.Decode(values[i - begin]));
      RETURN_IF_ERROR(visit(wanted[i], std::move(unit)));
    }
  }
  return absl::OkStatus();
}

void ForEachPair(const SearchPlace& place, std::string_view target_locale, bool other_scripts, const UnitFilter& filter,
                 const Unit& unit, const std::function<void(size_t source, size_t target)>& visit) {
  const VariantStatus least = place.memory->min_status;
  for (size_t f = 0; f < unit.variants.size(); ++f) {
    if (unit.variants[f].locale != place.locale_tag) continue;
    for (size_t t = 0; t < unit.variants.size(); ++t) {
      const Variant& to = unit.variants[t];
      if (t == f || !ServesLocale(target_locale, to.locale, other_scripts)) continue;
      if (!PassesFilter(filter, unit, to)) continue;
      if (least != VariantStatus::kUnspecified && StatusRank(to.status) < StatusRank(least)) continue;
      visit(f, t);
    }
  }
}

}  // namespace reprise
