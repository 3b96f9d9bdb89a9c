// reprise export
#include <memory>
#include <vector>

#include "client/command.h"
#include "client/filter_options.h"
#include "client/names.h"
#include "client/output_file.h"
#include "reprise/v1/transfer.grpc.pb.h"

namespace reprise::client {
namespace {

struct ExportCommand {
  FilterOptions filter;
  std::string memory;
  std::string format;
  std::string from;
  std::string to;
  std::string flavor;
  bool no_ids = false;
  std::string output;
};

v1::Format WantedFormat(const ExportCommand& command) {
  if (!command.format.empty()) return FormatOf(command.format);
  const v1::Format named = FormatOfFile(command.output);
  return named == v1::FORMAT_UNSPECIFIED || named == v1::FORMAT_TEXT ? v1::FORMAT_TMX : named;
}

// What the format could not hold, in words; "" if it held all.
std::string Missing(const v1::ExportSummary& summary) {
  std::string text;
  const auto add = [&text](uint64_t count, const char* one, const char* many) {
    if (count != 0) text += (text.empty() ? "" : "; ") + Counted(count, one, many);
  };
  add(summary.skipped(), "unit without a pair of the two languages", "units without a pair of the two languages");
  add(summary.repeated(),
      "further translation of a text that the format holds only once (what was stored first is there)",
      "further translations of a text that the format holds only once (what was stored first is there)");
  add(summary.replaced(), "character that the format cannot hold (U+FFFD stands for it)",
      "characters that the format cannot hold (U+FFFD stands for them)");
  return text;
}

absl::Status Export(Session* session, const ExportCommand& command) {
  RETURN_IF_ERROR(session->Connect());
  v1::ExportRequest request;
  request.set_parent(MemoryName(command.memory));
  request.set_format(WantedFormat(command));
  request.set_source_locale(command.from);
  request.set_target_locale(command.to);
  request.set_flavor(FlavorOf(command.flavor));
  request.set_without_ids(command.no_ids);
  RETURN_IF_ERROR(SetFilter(command.filter, &request));
  OutputFile output;
  RETURN_IF_ERROR(output.Open(command.output));
  auto stub = v1::Transfer::NewStub(session->channel());
  auto context = session->NewStreamContext();
  auto stream = stub->Export(context.get(), request);
  v1::ExportResponse response;
  absl::Status written = absl::OkStatus();
  uint64_t bytes = 0;
  v1::ExportSummary summary;
  while (stream->Read(&response)) {
    if (!written.ok()) continue;
    if (response.has_summary()) summary = response.summary();
    written = output.Write(response.chunk());
    bytes += response.chunk().size();
    if (!written.ok()) context->TryCancel();
  }
  const absl::Status ended = FromGrpc(stream->Finish());
  RETURN_IF_ERROR(written);
  RETURN_IF_ERROR(ended);
  RETURN_IF_ERROR(output.Commit());
  const std::string missing = Missing(summary);
  if (!missing.empty()) std::fprintf(stderr, "reprise: not in the file: %s\n", missing.c_str());
  if (command.output == "-") return absl::OkStatus();  // stdout is the file
  JsonWriter json;
  json.BeginObject().Key("file").String(command.output).Key("bytes").Number(static_cast<int64_t>(bytes));
  json.Key("units").Number(static_cast<int64_t>(summary.units()));
  json.Key("skipped").Number(static_cast<int64_t>(summary.skipped()));
  json.Key("repeated").Number(static_cast<int64_t>(summary.repeated()));
  json.Key("replaced").Number(static_cast<int64_t>(summary.replaced())).EndObject();
  return session->PrintLine(
      session->json() ? json.text() : "wrote " + Printable(command.output) + " (" + Thousands(bytes) + " bytes)");
}

}  // namespace

void AddExportCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<ExportCommand>();
  CLI::App* verb = app->add_subcommand("export", "Write all units of a memory to a file")->fallthrough();
  verb->add_option("--memory", command->memory, "The memory")->type_name("NAME")->required();
  verb->add_option("--format", command->format,
                   "tmx, tsv, csv, xliff (1.2), xliff2 (2.1), po or jsonl (default: told from the name, else tmx)")
      ->check(CLI::IsMember({"tmx", "tsv", "csv", "xliff", "xliff2", "po", "jsonl"}));
  verb->add_option("--flavor", command->flavor,
                   "tmx: whose names contexts, origin and status get (default neutral: our own, nothing is lost)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kFlavorWords), std::end(kFlavorWords))));
  verb->add_flag("--no-ids", command->no_ids, "jsonl: leave out id and revision, which differ from memory to memory");
  verb->add_option("--from", command->from, "Source locale; all but tmx and jsonl need it")->type_name("LOCALE");
  verb->add_option("--to", command->to, "Target locale; all but tmx and jsonl need it")->type_name("LOCALE");
  AddFilterOptions(verb, &command->filter);
  verb->add_option("-o,--output", command->output,
                   "The file; - is stdout. A file that is there is replaced once all "
                   "has come")
      ->type_name("FILE")
      ->required();
  verb->callback([=] { invocation->action = [=](Session* session) { return Export(session, *command); }; });
}

}  // namespace reprise::client
