// reprise admin status|seal|merge|rebuild
#include <memory>
#include <string>

#include "client/command.h"
#include "client/names.h"
#include "reprise/v1/admin.grpc.pb.h"

namespace reprise::client {
namespace {

std::string StatusJson(const v1::StoreStatus& status) {
  JsonWriter json;
  json.BeginObject().Key("sequence").Uint64(status.sequence());
  const std::pair<const char*, uint64_t> numbers[] = {{"disk_bytes", status.disk_bytes()},
                                                      {"memories", status.memories()},
                                                      {"run_rows", status.run_rows()},
                                                      {"dead_rows", status.dead_rows()},
                                                      {"runs", status.runs()},
                                                      {"delta_rows", status.delta_rows()},
                                                      {"page_cache_bytes", status.page_cache_bytes()},
                                                      {"page_cache_budget", status.page_cache_budget()},
                                                      {"pages_loaded", status.pages_loaded()}};
  for (const auto& [name, value] : numbers) json.Key(name).Number(static_cast<int64_t>(value));
  return json.EndObject().text();
}

absl::Status Status(Session* session) {
  RETURN_IF_ERROR(session->Connect());
  v1::StoreStatus status;
  auto stub = v1::Admin::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->GetStoreStatus(session->NewContext().get(), {}, &status)));
  if (session->json()) return session->PrintLine(StatusJson(status));
  std::string text =
      Counted(status.memories(), "memory", "memories") + ", " + Thousands(status.disk_bytes()) + " bytes on disk\n";
  text += "  index        " + Thousands(status.run_rows()) + " segments in " + Thousands(status.runs()) + " runs (" +
          Thousands(status.dead_rows()) + " dead), " + Thousands(status.delta_rows()) + " not yet in a run\n";
  text += "  page cache   " + Thousands(status.page_cache_bytes()) + " of " + Thousands(status.page_cache_budget()) +
          " bytes, " + Thousands(status.pages_loaded()) + " pages read since the start\n";
  text += "  sequence     " + std::to_string(status.sequence()) + "\n";
  return session->Print(text);
}

absl::Status Compact(Session* session, bool seal_only) {
  RETURN_IF_ERROR(session->Connect());
  v1::CompactStoreRequest request;
  request.set_seal_only(seal_only);
  v1::CompactStoreResponse response;
  auto stub = v1::Admin::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->CompactStore(session->NewStreamContext().get(), request, &response)));
  if (session->json()) {
    JsonWriter json;
    json.BeginObject().Key("runs_before").Number(static_cast<int64_t>(response.runs_before()));
    json.Key("runs_after").Number(static_cast<int64_t>(response.runs_after())).EndObject();
    return session->PrintLine(json.text());
  }
  return session->PrintLine(Thousands(response.runs_before()) + " runs before, " + Thousands(response.runs_after()) +
                            " after");
}

absl::Status Rebuild(Session* session) {
  uint64_t total = 0;
  ProgressLine progress(session->err().tty());
  RETURN_IF_ERROR(session->ConnectRebuilding([&](uint64_t units) {
    total = units;
    progress.Show({.name = "rebuild", .units = units});
  }));
  progress.Clear();
  if (session->json()) {
    JsonWriter json;
    json.BeginObject().Key("units").Number(static_cast<int64_t>(total)).EndObject();
    return session->PrintLine(json.text());
  }
  return session->PrintLine("rebuilt the index of " + Counted(total, "unit", "units"));
}

}  // namespace

void AddAdminCommand(CLI::App* app, Invocation* invocation) {
  CLI::App* admin = app->add_subcommand("admin", "Look after the store")->fallthrough();
  admin->require_subcommand(1);
  CLI::App* status = admin->add_subcommand("status", "Say what the store holds and how its index is")->fallthrough();
  status->callback([=] { invocation->action = Status; });
  CLI::App* seal = admin->add_subcommand("seal", "Write what the index has in memory to disk, as runs")->fallthrough();
  seal->callback([=] { invocation->action = [](Session* session) { return Compact(session, true); }; });
  CLI::App* merge = admin
                        ->add_subcommand("merge",
                                         "Seal, then merge all runs of each memory and locale into one: the fastest\n"
                                         "lookups, and the space of what was deleted. Lookups and writes go on")
                        ->fallthrough();
  merge->callback([=] { invocation->action = [](Session* session) { return Compact(session, false); }; });
  CLI::App* rebuild =
      admin
          ->add_subcommand(
              "rebuild",
              "Make keys, counts and index anew from the stored units: after an upgrade that asks for it,\n"
              "or if the index is damaged. Needs --embedded DIR, as no server may have the store open")
          ->fallthrough();
  rebuild->callback([=] { invocation->action = Rebuild; });
}

}  // namespace reprise::client
