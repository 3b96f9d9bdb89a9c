// A profile: a named, ordered set of memories and how to look in them, what a tool is configured with once.
//
//   LookupOptions options;
//   ApplyDefaults(profile.lookup, TermSource::kProfile, &options);    // then what the request itself says
//
// Plain values; pure functions, safe to call concurrently.
#ifndef REPRISE_MATCH_PROFILE_H_
#define REPRISE_MATCH_PROFILE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "match/match.h"

namespace reprise {

// A memory of a profile.
struct ProfileMemory {
  MemoryRef ref;
  bool read = true;    // lookups, concordances and analyses search it
  bool write = false;  // what is stored by the profile goes there; of one memory only, or none can be written by it

  bool operator==(const ProfileMemory&) const = default;
};

// What takes the place of the defaults of LookupOptions; absent: those.
struct LookupDefaults {
  std::optional<int> threshold;
  std::optional<int> floor;
  std::optional<int> max_results;
  std::optional<MatchOrder> order;
  std::optional<bool> adapt;
  std::optional<bool> pivot;
  std::optional<bool> other_scripts;
  std::map<std::string, int> penalties;  // points by the names of kPenaltyFields
  std::optional<UnitFilter> filter;

  bool operator==(const LookupDefaults&) const = default;
};

struct Profile {
  std::string name;  // [a-z0-9][a-z0-9_-]{0,62}
  std::string display_name;
  std::string description;
  std::vector<ProfileMemory> memories;  // in the order in which a concordance shows them
  LookupDefaults lookup;
  int64_t created_us = 0;
  int64_t updated_us = 0;
};

// Sets the options that the defaults hold, which `source` says. Names of penalties that are not known are passed over.
void ApplyDefaults(const LookupDefaults& defaults, TermSource source, LookupOptions* options);

}  // namespace reprise

#endif  // REPRISE_MATCH_PROFILE_H_
