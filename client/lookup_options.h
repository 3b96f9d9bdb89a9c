// The options that `lookup` and `localize` share, and the request they make.
#ifndef REPRISE_CLIENT_LOOKUP_OPTIONS_H_
#define REPRISE_CLIENT_LOOKUP_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>

#include "client/filter_options.h"
#include "client/where_options.h"
#include "reprise/v1/matches.pb.h"

namespace reprise::client {

// How to look; what profiles hold too. The server has the defaults and checks the ranges.
struct LookupHow {
  int threshold = 0;  // 0 as default only: what is given is sent as it is
  int floor = 0;
  int max_results = 0;
  std::string order;
  bool adapt = false;
  bool pivot = false;
  bool other_scripts = false;
  CLI::Option* threshold_option = nullptr;
  CLI::Option* floor_option = nullptr;
  CLI::Option* max_results_option = nullptr;
  CLI::Option* adapt_option = nullptr;
  CLI::Option* pivot_option = nullptr;
  CLI::Option* other_scripts_option = nullptr;
};

struct LookupArguments {
  WhereOptions where;
  std::string from;
  LookupHow how;
  FilterOptions filter;
  bool total = false;
  bool explain_plan = false;
  bool fragments = false;
  bool always_fragments = false;
  bool assemble = false;
  bool sentences = false;
};

// Adds --threshold, --floor, --max-results, --order, --adapt, --pivot and --other-scripts to a verb, whose help says
// which threshold is taken if none is given. The last three take "=false", which overrides a profile's.
void AddLookupHow(CLI::App* verb, int default_threshold, LookupHow* how);
// Sets what was given.
void FillHow(const LookupHow& how, v1::LookupOptions* options);

// Adds --memory, --profile, --from, --sentences, what AddLookupHow adds and the options of a filter.
void AddLookupArguments(CLI::App* verb, int default_threshold, LookupArguments* arguments);

// Names the memories or the profile and sets the options that were given. Errors: as FillFilter.
absl::Status FillLookup(const LookupArguments& arguments, v1::LookupStreamRequest* request);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_LOOKUP_OPTIONS_H_
