// reprise memory create|list|get|delete|stats
#include <google/protobuf/util/time_util.h>

#include <memory>
#include <vector>

#include "client/command.h"
#include "client/names.h"
#include "reprise/v1/memories.grpc.pb.h"

namespace reprise::client {
namespace {

struct CreateOptions {
  std::string name;
  std::string display_name;
  std::string description;
  std::string policy;
};

std::string MemoryJson(const v1::Memory& memory) {
  JsonWriter json;
  json.BeginObject().Key("name").String(ShortMemory(memory.name()));
  json.Key("display_name").String(memory.display_name()).Key("description").String(memory.description());
  json.Key("duplicate_policy").String(PolicyWord(memory.duplicate_policy()));
  json.Key("min_status").String(StatusWord(memory.min_status())).Key("read_only").Bool(memory.read_only());
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
  text += std::string("  policy       ") + PolicyWord(memory.duplicate_policy()) + "\n";
  return session->Print(text);
}

absl::Status Create(Session* session, const CreateOptions& options) {
  RETURN_IF_ERROR(session->Connect());
  v1::CreateMemoryRequest request;
  request.set_memory_id(options.name);
  request.mutable_memory()->set_display_name(options.display_name);
  request.mutable_memory()->set_description(options.description);
  request.mutable_memory()->set_duplicate_policy(PolicyOf(options.policy));
  v1::Memory memory;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->CreateMemory(session->NewContext().get(), request, &memory)));
  if (session->json()) return session->PrintLine(MemoryJson(memory));
  return session->PrintLine("created memory " + MemoryLine(memory));
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
  std::string text = Printable(ShortMemory(stats.name())) + ": " + Thousands(stats.units()) + " units, " +
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
  auto options = std::make_shared<CreateOptions>();
  CLI::App* create = memory->add_subcommand("create", "Make an empty memory")->fallthrough();
  create->add_option("NAME", options->name, "Name: a-z, 0-9, _ and -, up to 63")->required();
  create->add_option("--display-name", options->display_name, "A name for people");
  create->add_option("--description", options->description, "What it is for");
  create
      ->add_option("--policy", options->policy,
                   "What unit put does with a text that is there already (default\nnewest); an import has its own")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  create->footer(kPolicyHelp);
  create->callback([=] { invocation->action = [=](Session* session) { return Create(session, *options); }; });
  CLI::App* list = memory->add_subcommand("list", "List the memories by name")->fallthrough();
  list->callback([=] { invocation->action = List; });
  AddNamed(memory, invocation, "get", "Describe a memory", Get);
  AddNamed(memory, invocation, "delete", "Delete a memory and all its units, without asking", Delete);
  AddNamed(memory, invocation, "stats", "Count what a memory holds, by locale", Stats);
  AddMemoryUpkeepCommands(memory, invocation);
}

}  // namespace reprise::client
