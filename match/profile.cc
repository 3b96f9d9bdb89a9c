#include "match/profile.h"

namespace reprise {

void ApplyDefaults(const LookupDefaults& defaults, TermSource source, LookupOptions* options) {
  options->threshold = defaults.threshold.value_or(options->threshold);
  options->floor = defaults.floor.value_or(options->floor);
  options->max_results = defaults.max_results.value_or(options->max_results);
  options->order = defaults.order.value_or(options->order);
  options->adapt = defaults.adapt.value_or(options->adapt);
  options->pivot = defaults.pivot.value_or(options->pivot);
  options->other_scripts = defaults.other_scripts.value_or(options->other_scripts);
  for (const PenaltyField& field : kPenaltyFields) {
    const auto points = defaults.penalties.find(field.name);
    if (points != defaults.penalties.end()) options->penalties.*field.points = {points->second, source};
  }
  if (defaults.filter.has_value()) options->filter = *defaults.filter;
}

}  // namespace reprise
