// Which memories a verb works on: --memory, or --profile, which names them.
//
//   AddWhereOptions(verb, "The memory; several: in this order", &command->where);
//   verb->callback([=] { RequireWhere(command->where); invocation->action = ...; });
//   FillWhere(command.where, &request);
#ifndef REPRISE_CLIENT_WHERE_OPTIONS_H_
#define REPRISE_CLIENT_WHERE_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "client/names.h"

namespace reprise::client {

struct WhereOptions {
  std::vector<std::string> memories;  // the first has the highest priority
  std::string profile;
};

// For verbs that search several memories: --memory (any number) and --profile.
void AddWhereOptions(CLI::App* verb, const std::string& memory_help, WhereOptions* where);
// For verbs that store to one: --memory (one) and --profile.
void AddStoreOptions(CLI::App* verb, WhereOptions* where);

// Throws CLI::RequiredError if neither was given.
void RequireWhere(const WhereOptions& where);

// Names the memories, with rising priority numbers, or the profile, in a request that has both fields.
template <typename Request>
void FillWhere(const WhereOptions& where, Request* request) {
  int priority = 0;
  for (const std::string& memory : where.memories) {
    auto* ref = request->add_memories();
    ref->set_name(MemoryName(memory));
    ref->set_priority(priority++);
  }
  if (!where.profile.empty()) request->set_profile(ProfileName(where.profile));
}

// The `parent` of a request that stores: the memory's name, or the profile's.
std::string ParentOf(const WhereOptions& where);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_WHERE_OPTIONS_H_
