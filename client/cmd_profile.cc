// reprise profile create|get|list|update|delete
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include "client/command.h"
#include "client/filter_options.h"
#include "client/lookup_options.h"
#include "client/names.h"
#include "client/penalty_options.h"
#include "reprise/v1/profiles.grpc.pb.h"

namespace reprise::client {
namespace {

// The server's; said in the help, not sent.
constexpr int kDefaultThreshold = 70;

struct ProfileCommand {
  std::string name;
  std::string display_name;
  std::string description;
  std::vector<std::string> memories;
  LookupHow how;
  std::vector<std::string> penalties;  // NAME=N
  FilterOptions filter;
  std::vector<std::string> reset;
  CLI::Option* display_name_option = nullptr;
  CLI::Option* description_option = nullptr;
};

// NAME[:write|:write-only][:penalty=N][:priority=N]
absl::Status ParseMemory(const std::string& text, int position, v1::ProfileMemory* out) {
  const size_t first = text.find(':');
  out->set_name(MemoryName(text.substr(0, first)));
  out->set_read(true);
  out->set_priority(position);
  for (size_t at = first; at != std::string::npos;) {
    const size_t end = text.find(':', at + 1);
    const std::string word = text.substr(at + 1, end == std::string::npos ? end : end - at - 1);
    at = end;
    const size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    int number = 0;
    const bool numbered = equals != std::string::npos && ReadNumber(word.substr(equals + 1), &number);
    if (word == "write" || word == "write-only") {
      out->set_write(true);
      out->set_read(word == "write");
    } else if (key == "penalty" && numbered) {
      out->set_penalty(number);
    } else if (key == "priority" && numbered) {
      out->set_priority(number);
    } else {
      return InvalidArgument("--memory: '" + text +
                             "' is not NAME[:write|:write-only][:penalty=N][:priority=N]; what does ':" + word +
                             "' mean?");
    }
  }
  return absl::OkStatus();
}

// Puts what the command says over what the profile has.
absl::Status Fill(const ProfileCommand& command, v1::Profile* profile) {
  if (command.display_name_option->count() > 0) profile->set_display_name(command.display_name);
  if (command.description_option->count() > 0) profile->set_description(command.description);
  if (!command.memories.empty()) profile->clear_memories();
  for (size_t i = 0; i < command.memories.size(); ++i) {
    RETURN_IF_ERROR(ParseMemory(command.memories[i], static_cast<int>(i), profile->add_memories()));
  }
  v1::LookupOptions* lookup = profile->mutable_lookup();
  for (const std::string& name : command.reset) {
    std::string field = name;
    std::replace(field.begin(), field.end(), '-', '_');
    lookup->GetReflection()->ClearField(lookup, lookup->GetDescriptor()->FindFieldByName(field));
  }
  FillHow(command.how, lookup);
  if (!command.penalties.empty()) RETURN_IF_ERROR(FillPenalties(command.penalties, lookup->mutable_penalties()));
  v1::UnitFilter filter;
  RETURN_IF_ERROR(FillFilter(command.filter, &filter));
  if (filter.ByteSizeLong() > 0) *lookup->mutable_filter() = filter;
  return absl::OkStatus();
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::ToString(time);
}

void WriteFilter(const v1::UnitFilter& filter, JsonWriter* json) {
  json->BeginObject();
  json->Key("authors").BeginArray();
  for (const std::string& author : filter.authors()) json->String(author);
  json->EndArray().Key("origins").BeginArray();
  for (int origin : filter.origins()) json->String(OriginWord(static_cast<v1::Origin>(origin)));
  json->EndArray().Key("min_status").String(StatusWord(filter.min_status()));
  if (filter.has_changed_from()) json->Key("since").String(TimeText(filter.changed_from()));
  if (filter.has_changed_to()) json->Key("before").String(TimeText(filter.changed_to()));
  json->Key("document").String(filter.document()).Key("exclude_document").String(filter.exclude_document());
  json->Key("attributes").BeginObject();
  const std::map<std::string, v1::AttributeValues> sorted(filter.attributes().begin(), filter.attributes().end());
  for (const auto& [key, values] : sorted) {
    json->Key(key).BeginArray();
    for (const std::string& value : values.values()) json->String(value);
    json->EndArray();
  }
  json->EndObject().EndObject();
}

// Only what is set.
void WriteLookup(const v1::LookupOptions& lookup, JsonWriter* json) {
  json->BeginObject();
  if (lookup.has_threshold()) json->Key("threshold").Number(lookup.threshold());
  if (lookup.has_floor()) json->Key("floor").Number(lookup.floor());
  if (lookup.has_max_results()) json->Key("max_results").Number(lookup.max_results());
  if (lookup.order() != v1::MATCH_ORDER_UNSPECIFIED) json->Key("order").String(OrderWord(lookup.order()));
  if (lookup.has_adapt()) json->Key("adapt").Bool(lookup.adapt());
  if (lookup.has_pivot()) json->Key("pivot").Bool(lookup.pivot());
  if (lookup.has_other_scripts()) json->Key("other_scripts").Bool(lookup.other_scripts());
  if (lookup.has_penalties()) {
    json->Key("penalties").BeginObject();
    for (const auto& [name, points] : PointsOf(lookup.penalties())) json->Key(name).Number(points);
    json->EndObject();
  }
  if (lookup.has_filter()) WriteFilter(lookup.filter(), &json->Key("filter"));
  json->EndObject();
}

std::string ProfileJson(const v1::Profile& profile) {
  JsonWriter json;
  json.BeginObject().Key("name").String(ShortProfile(profile.name()));
  json.Key("display_name").String(profile.display_name()).Key("description").String(profile.description());
  json.Key("memories").BeginArray();
  for (const v1::ProfileMemory& memory : profile.memories()) {
    json.BeginObject().Key("name").String(ShortMemory(memory.name()));
    json.Key("read").Bool(memory.read()).Key("write").Bool(memory.write());
    if (memory.has_priority()) json.Key("priority").Number(memory.priority());
    if (memory.has_penalty()) json.Key("penalty").Number(memory.penalty());
    json.EndObject();
  }
  json.EndArray().Key("lookup");
  WriteLookup(profile.lookup(), &json);
  json.Key("create_time").String(TimeText(profile.create_time()));
  json.Key("update_time").String(TimeText(profile.update_time()));
  return json.EndObject().text();
}

const char* UseWord(const v1::ProfileMemory& memory) {
  return !memory.read() ? "write-only" : memory.write() ? "read and write" : "read";
}

// "ui  User interface: news, old -5, mine (write)"
std::string ProfileLine(const v1::Profile& profile) {
  std::string line = Printable(ShortProfile(profile.name()));
  if (!profile.display_name().empty()) line += "  " + Printable(profile.display_name());
  line += ": ";
  for (int i = 0; i < profile.memories_size(); ++i) {
    const v1::ProfileMemory& memory = profile.memories(i);
    line += (i == 0 ? "" : ", ") + Printable(ShortMemory(memory.name()));
    if (memory.penalty() > 0) line += " -" + std::to_string(memory.penalty());
    if (memory.write()) line += memory.read() ? " (write)" : " (write-only)";
  }
  return line;
}

std::string FilterText(const v1::UnitFilter& filter) {
  JsonWriter json;
  WriteFilter(filter, &json);
  return json.text();
}

std::string LookupText(const v1::LookupOptions& lookup) {
  std::vector<std::string> parts;
  if (lookup.has_threshold()) parts.push_back("threshold " + std::to_string(lookup.threshold()));
  if (lookup.has_floor()) parts.push_back("floor " + std::to_string(lookup.floor()));
  if (lookup.has_max_results()) parts.push_back("max-results " + std::to_string(lookup.max_results()));
  if (lookup.order() != v1::MATCH_ORDER_UNSPECIFIED) parts.push_back(std::string("order ") + OrderWord(lookup.order()));
  for (const auto& [has, on, name] : {std::make_tuple(lookup.has_adapt(), lookup.adapt(), "adapt"),
                                      {lookup.has_pivot(), lookup.pivot(), "pivot"},
                                      {lookup.has_other_scripts(), lookup.other_scripts(), "other-scripts"}}) {
    if (has) parts.push_back(std::string(name) + (on ? "" : " off"));
  }
  for (const auto& [name, points] : PointsOf(lookup.penalties())) {
    parts.push_back("penalty " + name + " " + std::to_string(points));
  }
  if (lookup.has_filter()) parts.push_back("filter " + FilterText(lookup.filter()));
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? "the server's defaults" : text;
}

std::string ProfileText(const v1::Profile& profile) {
  std::string text = Printable(ShortProfile(profile.name()));
  if (!profile.display_name().empty()) text += "  " + Printable(profile.display_name());
  text += "\n";
  if (!profile.description().empty()) text += "  description  " + Printable(profile.description()) + "\n";
  char row[160];
  std::snprintf(row, sizeof(row), "  %-32s %-14s %8s %8s\n", "memory", "use", "priority", "penalty");
  text += row;
  for (const v1::ProfileMemory& memory : profile.memories()) {
    std::snprintf(row, sizeof(row), "  %-32s %-14s %8d %8d\n", Printable(ShortMemory(memory.name())).c_str(),
                  UseWord(memory), memory.priority(), memory.penalty());
    text += row;
  }
  text += "  lookups      " + LookupText(profile.lookup()) + "\n";
  text += "  created      " + TimeText(profile.create_time()) + "\n";
  return text + "  updated      " + TimeText(profile.update_time()) + "\n";
}

absl::Status PrintProfile(Session* session, const char* done, const v1::Profile& profile) {
  if (session->json()) return session->PrintLine(ProfileJson(profile));
  return session->PrintLine(std::string(done) + " profile " + ProfileLine(profile));
}

absl::Status Create(Session* session, const ProfileCommand& command) {
  v1::CreateProfileRequest request;
  request.set_profile_id(command.name);
  RETURN_IF_ERROR(Fill(command, request.mutable_profile()));
  RETURN_IF_ERROR(session->Connect());
  v1::Profile profile;
  auto stub = v1::Profiles::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->CreateProfile(session->NewContext().get(), request, &profile)));
  return PrintProfile(session, "created", profile);
}

absl::StatusOr<v1::Profile> Fetch(Session* session, const std::string& name) {
  RETURN_IF_ERROR(session->Connect());
  v1::GetProfileRequest request;
  request.set_name(ProfileName(name));
  v1::Profile profile;
  auto stub = v1::Profiles::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->GetProfile(session->NewContext().get(), request, &profile)));
  return profile;
}

absl::Status Get(Session* session, const std::string& name) {
  ASSIGN_OR_RETURN(const v1::Profile profile, Fetch(session, name));
  return session->json() ? session->PrintLine(ProfileJson(profile)) : session->Print(ProfileText(profile));
}

absl::Status List(Session* session) {
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Profiles::NewStub(session->channel());
  v1::ListProfilesRequest request;
  do {
    v1::ListProfilesResponse response;
    RETURN_IF_ERROR(FromGrpc(stub->ListProfiles(session->NewContext().get(), request, &response)));
    for (const v1::Profile& profile : response.profiles()) {
      RETURN_IF_ERROR(session->PrintLine(session->json() ? ProfileJson(profile) : ProfileLine(profile)));
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

// Sends only the fields that the command touches.
absl::Status Update(Session* session, const ProfileCommand& command) {
  ASSIGN_OR_RETURN(const v1::Profile old, Fetch(session, command.name));
  v1::UpdateProfileRequest request;
  *request.mutable_profile() = old;
  RETURN_IF_ERROR(Fill(command, request.mutable_profile()));
  auto* mask = request.mutable_update_mask();
  if (command.display_name_option->count() > 0) mask->add_paths("display_name");
  if (command.description_option->count() > 0) mask->add_paths("description");
  if (!command.memories.empty()) mask->add_paths("memories");
  if (request.profile().lookup().SerializeAsString() != old.lookup().SerializeAsString()) mask->add_paths("lookup");
  if (mask->paths().empty()) return PrintProfile(session, "nothing to change in", old);
  v1::Profile profile;
  auto stub = v1::Profiles::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->UpdateProfile(session->NewContext().get(), request, &profile)));
  return PrintProfile(session, "updated", profile);
}

absl::Status Delete(Session* session, const std::string& name) {
  RETURN_IF_ERROR(session->Connect());
  v1::DeleteProfileRequest request;
  request.set_name(ProfileName(name));
  google::protobuf::Empty nothing;
  auto stub = v1::Profiles::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->DeleteProfile(session->NewContext().get(), request, &nothing)));
  JsonWriter json;
  json.BeginObject().Key("name").String(ShortProfile(request.name())).Key("deleted").Bool(true).EndObject();
  return session->PrintLine(session->json() ? json.text()
                                            : "deleted profile " + Printable(ShortProfile(request.name())));
}

// What create and update share.
CLI::App* AddEditor(CLI::App* profile, Invocation* invocation, const char* verb, const char* help,
                    const std::shared_ptr<ProfileCommand>& command,
                    absl::Status (*run)(Session*, const ProfileCommand&)) {
  CLI::App* app = profile->add_subcommand(verb, help)->fallthrough();
  app->add_option("NAME", command->name, "Name: a-z, 0-9, _ and -, up to 63")->required();
  app->add_option("--memory", command->memories, "A memory; several: in this order, the first has the highest priority")
      ->type_name("NAME[:write|:write-only][:penalty=N][:priority=N]")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->display_name_option = app->add_option("--display-name", command->display_name, "A name for people");
  command->description_option = app->add_option("--description", command->description, "What it is for");
  AddLookupHow(app, kDefaultThreshold, &command->how);
  app->add_option("--penalty", command->penalties, "Points taken off, e.g. machine=10; several with commas")
      ->type_name("NAME=POINTS")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddFilterOptions(app, &command->filter);
  app->callback([=] { invocation->action = [=](Session* session) { return run(session, *command); }; });
  return app;
}

// A verb that takes the name of one.
void AddNamed(CLI::App* profile, Invocation* invocation, const char* verb, const char* help,
              absl::Status (*run)(Session*, const std::string&)) {
  auto name = std::make_shared<std::string>();
  CLI::App* app = profile->add_subcommand(verb, help)->fallthrough();
  app->add_option("NAME", *name, "Name of the profile")->required();
  app->callback([=] { invocation->action = [=](Session* session) { return run(session, *name); }; });
}

}  // namespace

void AddProfileCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* profile =
      app->add_subcommand("profile",
                          "Make, list, describe, change and delete profiles: named sets of memories with\n"
                          "the defaults of lookups in them, which --profile takes")
          ->fallthrough();
  profile->require_subcommand(1);
  CLI::App* create =
      AddEditor(profile, invocation, "create", "Make a profile", std::make_shared<ProfileCommand>(), Create);
  create->get_option("--memory")->required();
  create->footer("Searches read every memory but those of :write-only; what is stored goes to the one that is :write.");
  auto changes = std::make_shared<ProfileCommand>();
  CLI::App* update =
      AddEditor(profile, invocation, "update", "Change what is given, and leave the rest", changes, Update);
  update
      ->add_option("--reset", changes->reset,
                   "Back to the server's default: threshold, floor, max-results, order, adapt,\n"
                   "pivot, other-scripts, penalties or filter")
      ->check(CLI::IsMember(
          {"threshold", "floor", "max-results", "order", "adapt", "pivot", "other-scripts", "penalties", "filter"}))
      ->delimiter(',')
      ->allow_extra_args(false);
  update->footer("--memory gives the whole list anew, a filter's options the whole filter.");
  AddNamed(profile, invocation, "get", "Describe a profile", Get);
  CLI::App* list = profile->add_subcommand("list", "List the profiles by name")->fallthrough();
  list->callback([=] { invocation->action = List; });
  AddNamed(profile, invocation, "delete", "Delete a profile; its memories stay", Delete);
}

}  // namespace reprise::client
