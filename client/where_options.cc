#include "client/where_options.h"

namespace reprise::client {
namespace {

void AddProfile(CLI::App* verb, const char* help, CLI::Option* memory, WhereOptions* where) {
  memory->type_name("NAME")->allow_extra_args(false);  // the TEXT or FILE that may follow is not a memory
  verb->add_option("--profile", where->profile, help)->type_name("NAME")->excludes(memory);
}

}  // namespace

void AddWhereOptions(CLI::App* verb, const std::string& memory_help, WhereOptions* where) {
  CLI::Option* memory = verb->add_option("--memory", where->memories, memory_help)->delimiter(',');
  AddProfile(verb, "Instead of --memory: the memories of this profile, by its defaults", memory, where);
}

void AddStoreOptions(CLI::App* verb, WhereOptions* where) {
  CLI::Option* memory = verb->add_option("--memory", where->memories, "The memory")->expected(1);
  AddProfile(verb, "Instead of --memory: the one memory that this profile writes", memory, where);
}

void RequireWhere(const WhereOptions& where) {
  if (where.memories.empty() && where.profile.empty()) throw CLI::RequiredError("--memory or --profile");
}

std::string ParentOf(const WhereOptions& where) {
  return where.profile.empty() ? MemoryName(where.memories.at(0)) : ProfileName(where.profile);
}

}  // namespace reprise::client
