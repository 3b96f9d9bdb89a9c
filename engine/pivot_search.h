// Pivot matches: en-zh and en-ru are two units, but they share the English, which leads from the Chinese to the Russian
// (design §4, docs/scoring.md "Pivot").
//
//   PivotSearch pivots(store, state, query, options, &reader);
//   PivotPlace place = pivots.PlaceOf(terms, memory, tally, target_locales);
//   pivots.Add(place, unit, source_variant, key_form, base);      // each unit that holds a source
//   RETURN_IF_ERROR(pivots.Find(cancelled, &candidates));         // what all of them lead to
//
// A lookup uses it only if it was asked for pivots. Not thread-safe: one object a lookup.
#ifndef REPRISE_ENGINE_PIVOT_SEARCH_H_
#define REPRISE_ENGINE_PIVOT_SEARCH_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/translation_memory.h"
#include "match/select.h"
#include "storage/segment_reader.h"
#include "storage/unit_store.h"

namespace reprise {

// One memory, and what of it a pivot may use.
struct PivotPlace {
  MemoryTerms terms;
  const StoredMemory* memory = nullptr;
  std::vector<format::LocaleId> targets;  // that serve the target, rising
  std::vector<format::LocaleId> locales;  // that serve neither source nor target: those of pivots, rising
};

class PivotSearch {
 public:
  // All arguments must outlive the object. `query` and `options` are checked and canonical.
  PivotSearch(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
              SegmentReader* reader)
      : store_(store), state_(state), query_(query), options_(options), reader_(*reader) {}

  // `targets`: the memory's locales that serve the target, rising. The arguments must outlive the place.
  PivotPlace PlaceOf(const MemoryTerms& terms, const StoredMemory& memory, const MemoryTally& tally,
                     std::vector<format::LocaleId> targets) const;

  // Notes where `source`, a text of `unit` in the query's language, leads on from. Of several units that lead from the
  // same source to the same segment one is kept, the one that BetterMatch puts first. `place` must outlive Find.
  void Add(const PivotPlace& place, const Unit& unit, const Variant& source, const std::string& segment_key,
           const BaseScore& base);

  // Appends a candidate for each target that what was noted leads to, and forgets that. Errors: CANCELLED, DATA_LOSS.
  absl::Status Find(const CancelCheck& cancelled, std::vector<Candidate>* out);

 private:
  // A segment of a third language, in any region of it.
  struct Link {
    const PivotPlace* place = nullptr;
    std::string locale;
    std::string key_form;
    std::vector<PivotSource> sources;  // different texts
  };

  absl::Status FindUnits(const Link& link, std::vector<uint64_t>* units);
  void AddTargets(const Link& link, const Unit& unit, std::vector<Candidate>* out) const;

  const UnitStore& store_;
  const StoreState& state_;
  const Query& query_;
  const LookupOptions& options_;
  SegmentReader& reader_;
  std::map<std::tuple<format::MemoryId, std::string, std::string>, Link> links_;  // by memory, locale, key form
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_PIVOT_SEARCH_H_
