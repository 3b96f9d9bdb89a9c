// reprise memory create|update|list|get|delete|stats
#include <google/protobuf/util/time_util.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "client/command.h"
#include "client/names.h"
#include "client/penalty_options.h"
#include "reprise/v1/memories.grpc.pb.h"

namespace reprise::client {
namespace {

// What `create` and `update` take.
struct ChangeOptions {
  std::string name;
  std::string display_name;
  std::string description;
  std::string policy;
  int priority = 0;
  std::vector<std::string> penalties;  // NAME=POINTS
  std::vector<std::string> reset;
  CLI::Option* display_name_option = nullptr;
  CLI::Option* description_option = nullptr;
  CLI::Option* policy_option = nullptr;
  CLI::Option* priority_option = nullptr;
};

constexpr const char* kResettable[] = {"priority", "penalties"};

// The defaults that are set, as words; "" if none are.
std::string DefaultsText(const v1::MemoryDefaults& defaults) {
  std::vector<std::string> parts;
  if (defaults.has_priority()) parts.push_back("priority " + std::to_string(defaults.priority()));
  if (defaults.has_penalty()) parts.push_back("penalty memory " + std::to_string(defaults.penalty()));
  for (const auto& [name, points] : PointsOf(defaults.penalties())) {
    parts.push_back("penalty " + name + " " + std::to_string(points));
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string MemoryJson(const v1::Memory& memory) {
  JsonWriter json;
  json.BeginObject().Key("name").String(ShortMemory(memory.name()));
  json.Key("display_name").String(memory.display_name()).Key("description").String(memory.description());
  json.Key("duplicate_policy").String(PolicyWord(memory.duplicate_policy()));
  json.Key("min_status").String(StatusWord(memory.min_status())).Key("read_only").Bool(memory.read_only());
  json.Key("defaults").BeginObject();
  if (memory.defaults().has_priority()) json.Key("priority").Number(memory.defaults().priority());
  json.Key("penalties").BeginObject();
  if (memory.defaults().has_penalty()) json.Key("memory").Number(memory.defaults().penalty());
  for (const auto& [name, points] : PointsOf(memory.defaults().penalties())) json.Key(name).Number(points);
  json.EndObject().EndObject();
  json.Key("create_time").String(google::protobuf::util::TimeUtil::ToString(memory.create_time()));
  json.Key("update_time").String(google::protobuf::util::TimeUtil::ToString(memory.update_time()));
  return json.EndObject().text();
}

std::string MemoryLine(const v1::Memory& memory) {
  std::string line = Printable(ShortMemory(memory.name()));
  if (!memory.display_name().empty()) line += "  " + Printable(memory.display_name());
  if (memory.read_only()) line += "  (read-only)";
  return line;
}

absl::Status PrintMemory(Session* session, const v1::Memory& memory) {
  if (session->json()) return session->PrintLine(MemoryJson(memory));
  std::string text = MemoryLine(memory) + "\n";
  if (!memory.description().empty()) text += "  description  " + Printable(memory.description()) + "\n";
  text += "  created      " + google::protobuf::util::TimeUtil::ToString(memory.create_time()) + "\n";
  text += "  updated      " + google::protobuf::util::TimeUtil::ToString(memory.update_time()) + "\n";
  const bool says_policy = memory.duplicate_policy() != v1::DUPLICATE_POLICY_UNSPECIFIED;
  text += std::string("  policy       ") +
          (says_policy ? PolicyWord(memory.duplicate_policy()) : "none set (keep-all)") + "\n";
  if (const std::string defaults = DefaultsText(memory.defaults()); !defaults.empty()) {
    text += "  defaults     " + defaults + "\n";
  }
  return session->Print(text);
}

// Puts what the command says over what the memory has.
absl::Status Fill(const ChangeOptions& options, v1::Memory* memory) {
  if (options.display_name_option->count() > 0) memory->set_display_name(options.display_name);
  if (options.description_option->count() > 0) memory->set_description(options.description);
  if (options.policy_option->count() > 0) memory->set_duplicate_policy(PolicyOf(options.policy));
  v1::MemoryDefaults* defaults = memory->mutable_defaults();
  for (const std::string& name : options.reset) {
    if (name == kResettable[0]) {
      defaults->clear_priority();
    } else {
      defaults->clear_penalty();
      defaults->clear_penalties();
    }
  }
  if (options.priority_option->count() > 0) defaults->set_priority(options.priority);
  int penalty = defaults->penalty();
  const bool had = defaults->has_penalty();
  v1::PenaltyTable table = defaults->penalties();
  RETURN_IF_ERROR(FillPenalties(options.penalties, &table, &penalty));
  if (had || penalty != 0) defaults->set_penalty(penalty);
  if (table.ByteSizeLong() > 0) *defaults->mutable_penalties() = table;
  return absl::OkStatus();
}

absl::Status Create(Session* session, const ChangeOptions& options) {
  v1::CreateMemoryRequest request;
  request.set_memory_id(options.name);
  RETURN_IF_ERROR(Fill(options, request.mutable_memory()));
  RETURN_IF_ERROR(session->Connect());
  v1::Memory memory;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->CreateMemory(session->NewContext().get(), request, &memory)));
  if (session->json()) return session->PrintLine(MemoryJson(memory));
  return session->PrintLine("created memory " + MemoryLine(memory));
}

// Sends only the fields that the command changes, so that two people who change different ones undo nothing.
absl::Status Update(Session* session, const ChangeOptions& options) {
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Memories::NewStub(session->channel());
  v1::GetMemoryRequest which;
  which.set_name(MemoryName(options.name));
  v1::Memory old;
  RETURN_IF_ERROR(FromGrpc(stub->GetMemory(session->NewContext().get(), which, &old)));
  v1::UpdateMemoryRequest request;
  *request.mutable_memory() = old;
  RETURN_IF_ERROR(Fill(options, request.mutable_memory()));
  auto* mask = request.mutable_update_mask();
  if (options.display_name_option->count() > 0) mask->add_paths("display_name");
  if (options.description_option->count() > 0) mask->add_paths("description");
  if (options.policy_option->count() > 0) mask->add_paths("duplicate_policy");
  if (request.memory().defaults().SerializeAsString() != old.defaults().SerializeAsString()) {
    mask->add_paths("defaults");
  }
  if (mask->paths().empty()) {
    if (!session->json()) std::fprintf(stderr, "reprise: nothing to change\n");
    return PrintMemory(session, old);
  }
  v1::Memory memory;
  RETURN_IF_ERROR(FromGrpc(stub->UpdateMemory(session->NewContext().get(), request, &memory)));
  return PrintMemory(session, memory);
}

absl::Status List(Session* session) {
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Memories::NewStub(session->channel());
  v1::ListMemoriesRequest request;
  do {
    v1::ListMemoriesResponse response;
    RETURN_IF_ERROR(FromGrpc(stub->ListMemories(session->NewContext().get(), request, &response)));
    for (const v1::Memory& memory : response.memories()) {
      RETURN_IF_ERROR(session->PrintLine(session->json() ? MemoryJson(memory) : MemoryLine(memory)));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::Status Get(Session* session, const std::string& name) {
  RETURN_IF_ERROR(session->Connect());
  v1::GetMemoryRequest request;
  request.set_name(MemoryName(name));
  v1::Memory memory;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->GetMemory(session->NewContext().get(), request, &memory)));
  return PrintMemory(session, memory);
}

absl::Status Delete(Session* session, const std::string& name) {
  RETURN_IF_ERROR(session->Connect());
  v1::DeleteMemoryRequest request;
  request.set_name(MemoryName(name));
  google::protobuf::Empty nothing;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->DeleteMemory(session->NewContext().get(), request, &nothing)));
  if (session->json()) {
    JsonWriter json;
    json.BeginObject().Key("name").String(ShortMemory(request.name())).Key("deleted").Bool(true).EndObject();
    return session->PrintLine(json.text());
  }
  return session->PrintLine("deleted memory " + Printable(ShortMemory(request.name())));
}

std::string StatsJson(const v1::MemoryStats& stats) {
  JsonWriter json;
  json.BeginObject().Key("name").String(ShortMemory(stats.name()));
  json.Key("units").Number(static_cast<int64_t>(stats.units())).Key("locales").BeginArray();
  for (const v1::LocaleStats& locale : stats.locales()) {
    json.BeginObject().Key("locale").String(locale.locale());
    json.Key("variants").Number(static_cast<int64_t>(locale.variants()));
    json.Key("segments").Number(static_cast<int64_t>(locale.segments())).EndObject();
  }
  json.EndArray().Key("sequence").Uint64(stats.sequence());
  json.Key("disk_bytes").Number(static_cast<int64_t>(stats.disk_bytes()));
  return json.EndObject().text();
}

absl::Status Stats(Session* session, const std::string& name) {
  RETURN_IF_ERROR(session->Connect());
  v1::GetMemoryStatsRequest request;
  request.set_name(MemoryName(name));
  v1::MemoryStats stats;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->GetMemoryStats(session->NewContext().get(), request, &stats)));
  if (session->json()) return session->PrintLine(StatsJson(stats));
  std::string text = Printable(ShortMemory(stats.name())) + ": " + Counted(stats.units(), "unit", "units") + ", " +
                     Thousands(stats.disk_bytes()) + " bytes on disk in the whole store\n";
  char row[128];
  std::snprintf(row, sizeof(row), "  %-12s %12s %12s\n", "locale", "variants", "segments");
  text += row;
  for (const v1::LocaleStats& locale : stats.locales()) {
    std::snprintf(row, sizeof(row), "  %-12s %12s %12s\n", Printable(locale.locale()).c_str(),
                  Thousands(locale.variants()).c_str(), Thousands(locale.segments()).c_str());
    text += row;
  }
  return session->Print(text);
}

// What `create` and `update` share.
void AddChangeOptions(CLI::App* verb, ChangeOptions* options) {
  verb->add_option("NAME", options->name, "Name: a-z, 0-9, _ and -, up to 63")->required();
  options->display_name_option = verb->add_option("--display-name", options->display_name, "A name for people");
  options->description_option = verb->add_option("--description", options->description, "What it is for");
  options->policy_option =
      verb->add_option("--policy", options->policy,
                       "What unit put does with a text that is there already (default\nnewest); an import has its own")
          ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  options->priority_option =
      verb->add_option("--priority", options->priority,
                       "Of two memories that hold the same match, the one with the smaller number\nis named")
          ->type_name("N");
  verb->add_option("--penalty", options->penalties,
                   "Points taken off its matches, e.g. machine=10; memory=5 off all of them;\nseveral with commas")
      ->type_name("NAME=POINTS")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->footer(
      std::string(kPolicyHelp) +
      "\n--priority and --penalty hold in every call that searches the memory, unless the call or its profile\n"
      "says otherwise. Several --memory of a command are an order, which is a priority that the call says.");
}

// A verb of `memory` that takes the name of one.
void AddNamed(CLI::App* memory, Invocation* invocation, const char* verb, const char* help,
              absl::Status (*run)(Session*, const std::string&)) {
  auto name = std::make_shared<std::string>();
  CLI::App* app = memory->add_subcommand(verb, help)->fallthrough();
  app->add_option("NAME", *name, "Name of the memory")->required();
  app->callback([=] { invocation->action = [=](Session* session) { return run(session, *name); }; });
}

}  // namespace

void AddMemoryCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* memory =
      app->add_subcommand("memory", "Make, list, describe, count, check, merge and delete memories")->fallthrough();
  memory->require_subcommand(1);
  auto created = std::make_shared<ChangeOptions>();
  CLI::App* create = memory->add_subcommand("create", "Make an empty memory")->fallthrough();
  AddChangeOptions(create, created.get());
  create->callback([=] { invocation->action = [=](Session* session) { return Create(session, *created); }; });
  auto changed = std::make_shared<ChangeOptions>();
  CLI::App* update =
      memory->add_subcommand("update", "Change what a memory says of itself, leaving the rest")->fallthrough();
  AddChangeOptions(update, changed.get());
  update->add_option("--reset", changed->reset, "Back to the server's default: priority, penalties")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kResettable), std::end(kResettable))))
      ->delimiter(',')
      ->allow_extra_args(false);
  update->callback([=] { invocation->action = [=](Session* session) { return Update(session, *changed); }; });
  CLI::App* list = memory->add_subcommand("list", "List the memories by name")->fallthrough();
  list->callback([=] { invocation->action = List; });
  AddNamed(memory, invocation, "get", "Describe a memory", Get);
  AddNamed(memory, invocation, "delete", "Delete a memory and all its units, without asking", Delete);
  AddNamed(memory, invocation, "stats", "Count what a memory holds, by locale", Stats);
  AddMemoryUpkeepCommands(memory, invocation);
}

}  // namespace reprise::client
