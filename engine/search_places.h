// Where a query looks: each source locale of each memory that it names, with the target locales that can answer.
//
//   ASSIGN_OR_RETURN(std::vector<SearchPlace> places, FindSearchPlaces(store, state, memories, "en-GB", "de"));
//
// Plain values on a state that must outlive them; the function is safe to call concurrently.
#ifndef REPRISE_ENGINE_SEARCH_PLACES_H_
#define REPRISE_ENGINE_SEARCH_PLACES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "match/match.h"
#include "storage/unit_store.h"

namespace reprise {

// One locale of one memory that holds sources.
struct SearchPlace {
  const MemoryRef* ref = nullptr;
  MemoryTerms terms;
  const StoredMemory* memory = nullptr;
  format::LocaleId locale = 0;
  std::string locale_tag;
  const LocaleState* index = nullptr;
  std::vector<format::LocaleId> targets;  // rising
  uint64_t target_mask = 0;
};

// In the order of the memories; those without such a source or target are left out. Locales are canonical;
// `other_scripts` as in LookupOptions; `memories` must outlive what is returned. Error: NOT_FOUND (memory).
absl::StatusOr<std::vector<SearchPlace>> FindSearchPlaces(const UnitStore& store, const StoreState& state,
                                                          const std::vector<MemoryRef>& memories,
                                                          std::string_view source_locale,
                                                          std::string_view target_locale, bool other_scripts);

// A unit to be read because it holds a segment of a place.
struct WantedUnit {
  const SearchPlace* place = nullptr;
  uint64_t segment = 0;
  uint64_t unit = 0;
};

// Reads them, many at a time, and calls `visit` with each in order. Errors: CANCELLED, DATA_LOSS, those of `visit`.
absl::Status ReadWantedUnits(const UnitStore& store, const StoreState& state, const std::vector<WantedUnit>& wanted,
                             const std::function<bool()>& cancelled,
                             const std::function<absl::Status(const WantedUnit& wanted, Unit unit)>& visit);

// The texts of a unit that may answer a query at this place: a source in the place's locale, and a target that is
// another text, in a wanted locale, passes the filter and has the memory's status. Calls `visit` with the places of
// both in unit.variants.
void ForEachPair(const SearchPlace& place, std::string_view target_locale, bool other_scripts, const UnitFilter& filter,
                 const Unit& unit, const std::function<void(size_t source, size_t target)>& visit);

}  // namespace reprise

#endif  // REPRISE_ENGINE_SEARCH_PLACES_H_
