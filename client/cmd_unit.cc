// reprise unit get|delete|put
#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <vector>

#include "client/command.h"
#include "client/names.h"
#include "client/where_options.h"
#include "reprise/v1/units.grpc.pb.h"

namespace reprise::client {
namespace {

constexpr int kPutBatch = 500;
constexpr size_t kPutBatchBytes = 2 << 20;

struct UnitOptions {
  std::string memory;  // of get and delete
  WhereOptions where;  // of put
  std::vector<std::string> units;
  std::string policy;
};

absl::StatusOr<std::string> UnitJson(const v1::Unit& unit) {
  google::protobuf::util::JsonPrintOptions print;
  print.preserve_proto_field_names = true;
  std::string out;
  const auto status = google::protobuf::util::MessageToJsonString(unit, &out, print);
  if (!status.ok()) return Internal("cannot write the unit as JSON: " + status.ToString());
  return out;
}

std::string UnitText(const v1::Unit& unit) {
  std::string text = "unit " + Printable(ShortUnit(unit.name())) + ", revision " + std::to_string(unit.revision());
  if (!unit.client_key().empty()) text += ", key " + Printable(unit.client_key());
  text += "\n";
  for (const v1::Variant& variant : unit.variants()) {
    text += "  " + Printable(variant.locale()) + "  " + Printable(variant.content().text()) + "\n";
    text += std::string("      origin ") + OriginWord(variant.origin()) + ", status " + StatusWord(variant.status());
    if (!variant.changed_by().empty()) text += ", by " + Printable(variant.changed_by());
    text += "\n";
  }
  for (const v1::Context& context : unit.contexts()) {
    text += "  context: document " + JsonString(context.document()) + ", key " + JsonString(context.key()) + "\n";
  }
  if (!unit.note().empty()) text += "  note: " + Printable(unit.note()) + "\n";
  return text;
}

absl::Status Get(Session* session, const UnitOptions& options) {
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Units::NewStub(session->channel());
  for (const std::string& id : options.units) {
    v1::GetUnitRequest request;
    request.set_name(UnitName(options.memory, id));
    v1::Unit unit;
    RETURN_IF_ERROR(FromGrpc(stub->GetUnit(session->NewContext().get(), request, &unit)));
    if (session->json()) {
      ASSIGN_OR_RETURN(const std::string json, UnitJson(unit));
      RETURN_IF_ERROR(session->PrintLine(json));
    } else {
      RETURN_IF_ERROR(session->Print(UnitText(unit)));
    }
  }
  return absl::OkStatus();
}

absl::Status Delete(Session* session, const UnitOptions& options) {
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Units::NewStub(session->channel());
  for (const std::string& id : options.units) {
    v1::DeleteUnitRequest request;
    request.set_name(UnitName(options.memory, id));
    google::protobuf::Empty nothing;
    RETURN_IF_ERROR(FromGrpc(stub->DeleteUnit(session->NewContext().get(), request, &nothing)));
    JsonWriter json;
    json.BeginObject().Key("unit").String(ShortUnit(request.name())).Key("deleted").Bool(true).EndObject();
    RETURN_IF_ERROR(
        session->PrintLine(session->json() ? json.text() : "deleted unit " + Printable(ShortUnit(request.name()))));
  }
  return absl::OkStatus();
}

const char* OutcomeWord(v1::PutOutcome outcome) {
  switch (outcome) {
    case v1::PUT_OUTCOME_ADDED: return "added";
    case v1::PUT_OUTCOME_UPDATED: return "updated";
    case v1::PUT_OUTCOME_MERGED: return "merged";
    case v1::PUT_OUTCOME_SKIPPED: return "skipped";
    default: return "refused";
  }
}

// Sends the batch, prints a line a unit; counts refusals.
absl::Status SendBatch(Session* session, v1::Units::Stub* stub, v1::PutUnitsRequest* request, uint64_t* refused) {
  if (request->items_size() == 0) return absl::OkStatus();
  v1::PutUnitsResponse response;
  RETURN_IF_ERROR(FromGrpc(stub->PutUnits(session->NewContext().get(), *request, &response)));
  for (const v1::PutResult& result : response.results()) {
    const bool bad = result.outcome() == v1::PUT_OUTCOME_REFUSED;
    if (bad) ++*refused;
    const std::string& why = bad ? result.status().message() : result.message();
    JsonWriter json;
    json.BeginObject().Key("line").Number(std::atoll(result.request_id().c_str()));
    json.Key("outcome").String(OutcomeWord(result.outcome())).Key("unit").String(ShortUnit(result.unit()));
    json.Key("revision").Uint64(result.revision()).Key("message").String(why).EndObject();
    std::string line = "line " + result.request_id() + ": " + OutcomeWord(result.outcome());
    if (!bad) line += " unit " + ShortUnit(result.unit());
    if (!why.empty()) line += ": " + Printable(why);
    RETURN_IF_ERROR(session->PrintLine(session->json() ? json.text() : line));
  }
  request->clear_items();
  return absl::OkStatus();
}

// Units as JSON objects, one a line, as `unit get --json` prints them.
absl::Status Put(Session* session, const UnitOptions& options) {
  RETURN_IF_ERROR(session->Connect());
  auto stub = v1::Units::NewStub(session->channel());
  v1::PutUnitsRequest request;
  request.set_parent(ParentOf(options.where));
  request.set_duplicate_policy(PolicyOf(options.policy));
  uint64_t refused = 0;
  uint64_t number = 0;
  size_t bytes = 0;
  for (std::string line; std::getline(std::cin, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    v1::PutItem* item = request.add_items();
    item->set_request_id(std::to_string(number));
    const auto parsed = google::protobuf::util::JsonStringToMessage(line, item->mutable_unit());
    if (!parsed.ok()) {
      request.mutable_items()->RemoveLast();
      RETURN_IF_ERROR(SendBatch(session, stub.get(), &request, &refused));  // the lines before it count
      return InvalidArgument("stdin line " + std::to_string(number) + " is not a unit in JSON: " + parsed.ToString() +
                             "; the lines before it were stored, this one and those after it were not");
    }
    bytes += line.size();
    if (request.items_size() >= kPutBatch || bytes >= kPutBatchBytes) {
      RETURN_IF_ERROR(SendBatch(session, stub.get(), &request, &refused));
      bytes = 0;
    }
  }
  RETURN_IF_ERROR(SendBatch(session, stub.get(), &request, &refused));
  if (refused > 0)
    return InvalidArgument(Counted(refused, "unit was", "units were") + " refused; the lines above say why");
  return absl::OkStatus();
}

// A verb that takes the numbers of units.
void AddVerb(CLI::App* unit, Invocation* invocation, const char* verb, const char* help,
             const std::shared_ptr<UnitOptions>& options, absl::Status (*run)(Session*, const UnitOptions&)) {
  CLI::App* app = unit->add_subcommand(verb, help)->fallthrough();
  app->add_option("--memory", options->memory, "The memory")->required();
  app->add_option("UNIT", options->units, "Number of the unit, as lookup prints it")->required();
  app->callback([=] { invocation->action = [=](Session* session) { return run(session, *options); }; });
}

}  // namespace

void AddUnitCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* unit = app->add_subcommand("unit", "Read, store, delete and change units")->fallthrough();
  unit->require_subcommand(1);
  auto options = std::make_shared<UnitOptions>();
  AddVerb(unit, invocation, "get", "Print units", options, Get);
  AddVerb(unit, invocation, "delete", "Delete units", options, Delete);
  CLI::App* put =
      unit->add_subcommand("put", "Store units from stdin: one JSON object a line, as unit get --json prints them")
          ->fallthrough();
  AddStoreOptions(put, &options->where);
  put->callback([=] {
    RequireWhere(options->where);
    invocation->action = [=](Session* session) { return Put(session, *options); };
  });
  put->footer(kPolicyHelp);
  put->add_option("--policy", options->policy, "What to do with a text that is there already (default: the memory's)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  AddUnitBulkCommands(unit, invocation);
}

}  // namespace reprise::client
