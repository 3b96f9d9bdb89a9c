// The options that `lookup` and `localize` share, and the request they make.
#ifndef REPRISE_CLIENT_LOOKUP_OPTIONS_H_
#define REPRISE_CLIENT_LOOKUP_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "reprise/v1/matches.pb.h"

namespace reprise::client {

struct LookupArguments {
  std::vector<std::string> memories;  // the first has the highest priority
  std::string from;
  int threshold = 0;  // 0 as default only: what is given is sent as it is
  int floor = 0;
  int max_results = 0;
  std::string order;
  bool total = false;
  bool explain_plan = false;
  bool adapt = false;
  bool fragments = false;
  bool always_fragments = false;
  bool assemble = false;
  CLI::Option* threshold_option = nullptr;
  CLI::Option* floor_option = nullptr;
  CLI::Option* max_results_option = nullptr;
};

// Adds --memory, --from, --threshold, --floor, --max-results, --order and --adapt to a verb, whose help says which
// threshold is taken if none is given.
void AddLookupArguments(CLI::App* verb, int default_threshold, LookupArguments* arguments);

// Names the memories and sets the options that were given: the server has the defaults and checks the ranges.
void FillLookup(const LookupArguments& arguments, v1::LookupStreamRequest* request);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_LOOKUP_OPTIONS_H_
