// reprise analyze
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/analysis_output.h"
#include "client/command.h"
#include "client/content.h"
#include "client/document_file.h"
#include "client/filter_options.h"
#include "client/locale_map_option.h"
#include "client/names.h"
#include "client/output_file.h"
#include "client/where_options.h"
#include "reprise/v1/matches.grpc.pb.h"
#include "text/locale.h"

namespace reprise::client {
namespace {

// Below the server's bounds of 1,000 segments and 4 MiB: each comes with its neighbours, three times its size.
constexpr int kSegmentsPerMessage = 500;
constexpr size_t kBytesPerMessage = 1 << 20;

struct AnalyzeCommand {
  WhereOptions where;
  FilterOptions filter;
  std::string from;
  std::string to;
  std::vector<std::string> files;
  std::string count = "words";
  std::vector<std::string> weights;
  std::string format = "table";
  std::string output = "-";
  std::string srx;
  std::vector<std::string> mappings;
  bool repetitions_first = false;
  bool per_file = false;
  bool no_internal = false;
};

// The rows as --weights names them.
const std::map<std::string, v1::AnalysisRow>& RowNames() {
  static const auto& names = *new std::map<std::string, v1::AnalysisRow>{{"locked", v1::ANALYSIS_ROW_LOCKED},
                                                                         {"numbers", v1::ANALYSIS_ROW_NUMBERS},
                                                                         {"repetitions", v1::ANALYSIS_ROW_REPETITION},
                                                                         {"102", v1::ANALYSIS_ROW_102},
                                                                         {"101", v1::ANALYSIS_ROW_101},
                                                                         {"100", v1::ANALYSIS_ROW_100},
                                                                         {"99-95", v1::ANALYSIS_ROW_99_TO_95},
                                                                         {"94-85", v1::ANALYSIS_ROW_94_TO_85},
                                                                         {"84-75", v1::ANALYSIS_ROW_84_TO_75},
                                                                         {"74-50", v1::ANALYSIS_ROW_74_TO_50},
                                                                         {"none", v1::ANALYSIS_ROW_NONE}};
  return names;
}

absl::Status FillWeights(const std::vector<std::string>& weights, v1::AnalysisOptions* options) {
  for (const std::string& weight : weights) {
    const size_t equals = weight.find('=');
    const auto row = RowNames().find(weight.substr(0, equals));
    const std::string percent = equals == std::string::npos ? "" : weight.substr(equals + 1);
    const bool digits = !percent.empty() && percent.size() <= 3 &&
                        std::all_of(percent.begin(), percent.end(), [](unsigned char c) { return std::isdigit(c); });
    if (row == RowNames().end() || !digits) {
      std::string names;
      for (const auto& [name, value] : RowNames()) names += (names.empty() ? "" : ", ") + name;
      return InvalidArgument("--weights \"" + weight + "\": give ROW=PERCENT, the rows being " + names);
    }
    v1::AnalysisWeight* added = options->add_weights();
    added->set_row(row->second);
    added->set_percent(std::stoi(percent));
  }
  return absl::OkStatus();
}

class AnalyzeRun {
 public:
  AnalyzeRun(Session* session, const AnalyzeCommand& command) : session_(session), command_(command) {}

  absl::Status Run() {
    absl::StatusOr<std::string> from = CanonicalLocale(command_.from);
    if (!from.ok()) return WithField(from.status(), "--from");
    from_ = *from;
    ASSIGN_OR_RETURN(locale_map_, ParseLocaleMap(command_.mappings));
    ASSIGN_OR_RETURN(rules_, ReadSrx(command_.srx, from_));
    v1::AnalyzeRequest first;
    RETURN_IF_ERROR(FillFirst(&first));
    RETURN_IF_ERROR(session_->Connect());
    auto stub = v1::Matches::NewStub(session_->channel());
    auto context = session_->NewStreamContext();
    v1::AnalyzeResponse report;
    auto stream = stub->Analyze(context.get(), &report);
    bool open = stream->Write(first);
    absl::Status read = absl::OkStatus();
    for (size_t i = 0; open && read.ok() && i < command_.files.size(); ++i) {
      read = Send(command_.files[i], stream.get(), &open);
    }
    if (!read.ok()) context->TryCancel();
    stream->WritesDone();
    const grpc::Status ended = stream->Finish();
    RETURN_IF_ERROR(read);
    RETURN_IF_ERROR(FromGrpc(ended));
    return Print(report);
  }

 private:
  using Stream = grpc::ClientWriter<v1::AnalyzeRequest>;

  absl::Status FillFirst(v1::AnalyzeRequest* request) const {
    FillWhere(command_.where, request);
    request->set_source_locale(from_);
    request->set_target_locale(command_.to);
    v1::AnalysisOptions* options = request->mutable_options();
    options->set_repetitions_first(command_.repetitions_first);
    options->set_repetitions_per_file(command_.per_file);
    options->set_no_internal_fuzzy(command_.no_internal);
    options->set_count(command_.count == "trados-like" ? v1::COUNT_RULES_TRADOS_LIKE
                       : command_.count == "omegat"    ? v1::COUNT_RULES_OMEGAT
                                                       : v1::COUNT_RULES_DEFAULT);
    RETURN_IF_ERROR(SetFilter(command_.filter, options));
    return FillWeights(command_.weights, options);
  }

  // Sends the sentences of a file; *open gets false if the server has ended the call.
  absl::Status Send(const std::string& path, Stream* stream, bool* open) const {
    ASSIGN_OR_RETURN(const std::unique_ptr<Document> document,
                     ReadDocument(path, {.source_locale = from_, .rules = rules_, .locale_map = locale_map_}));
    const std::vector<DocumentSegment>& segments = document->segments();
    const std::string name = std::filesystem::path(path).filename().string();
    v1::AnalyzeRequest request;
    request.set_file(path);
    size_t bytes = 0;
    for (size_t i = 0; i < segments.size() && *open; ++i) {
      if (segments[i].source.text.size() > kBytesPerMessage) {
        return InvalidArgument(path + " has a sentence of more than 1 MiB; is it text, with line ends?");
      }
      v1::AnalysisSegment* segment = request.add_segments();
      ToProto(segments[i].source, segment->mutable_content());
      FillContext(*document, i, name, from_, segment->mutable_context());
      segment->set_locked(segments[i].locked);
      bytes += segment->content().ByteSizeLong();
      if (request.segments_size() < kSegmentsPerMessage && bytes < kBytesPerMessage) continue;
      *open = stream->Write(request);
      request.clear_segments();
      bytes = 0;
    }
    // A file without a sentence is named in the report all the same.
    if (*open && (request.segments_size() > 0 || segments.empty())) *open = stream->Write(request);
    return absl::OkStatus();
  }

  absl::Status Print(const v1::AnalyzeResponse& report) const {
    const AnalysisHead head{from_, command_.to,
                            std::string(command_.repetitions_first ? "before" : "behind") +
                                " matches of 100 and more, " + (command_.per_file ? "within a file" : "across files")};
    std::string text;
    if (session_->json()) {
      text = AnalysisJson(head, report) + "\n";
    } else if (command_.format == "csv") {
      text = AnalysisCsv(head, report);
    } else if (command_.format == "html") {
      text = AnalysisHtml(head, report);
    } else {
      text = AnalysisTable(head, report);
    }
    return command_.output == "-" ? session_->Print(text) : WriteFile(command_.output, text);
  }

  Session* session_;
  const AnalyzeCommand& command_;
  std::string from_;  // canonical
  std::shared_ptr<const SentenceRules> rules_;
  LocaleMap locale_map_;
};

}  // namespace

void AddAnalyzeCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<AnalyzeCommand>();
  CLI::App* verb = app->add_subcommand("analyze", "Count how much of files a memory knows, before they are translated")
                       ->fallthrough();
  AddWhereOptions(verb, "The memory; several: the first wins where they hold the same match", &command->where);
  verb->add_option("--from", command->from, "Locale of the files")->type_name("LOCALE")->required();
  verb->add_option("--to", command->to, "Locale to translate into")->type_name("LOCALE")->required();
  verb->add_option("--count", command->count, "What a word is: words (default), trados-like or omegat")
      ->check(CLI::IsMember({"words", "trados-like", "omegat"}));
  verb->add_option("--weights", command->weights, "What a word of a row counts: repetitions=10,100=20,none=100")
      ->type_name("ROW=PERCENT,…")
      ->delimiter(',')
      ->allow_extra_args(false);
  AddSrxOption(verb, &command->srx);
  AddLocaleMapOption(verb, &command->mappings);
  verb->add_flag("--repetitions-first", command->repetitions_first,
                 "A repetition is one even if the memory has it at 100 or more");
  verb->add_flag("--repetitions-per-file", command->per_file, "Look for repetitions within a file, not across files");
  verb->add_flag("--no-internal", command->no_internal, "Do not compare with earlier sentences of the files");
  verb->add_option("--format", command->format, "table (default), csv or html; --json goes before it")
      ->check(CLI::IsMember({"table", "csv", "html"}));
  AddFilterOptions(verb, &command->filter);
  verb->add_option("-o,--output", command->output, "File to write to (default: stdout)")->type_name("FILE");
  verb->add_option("FILE", command->files, kDocumentHelp)->required();
  verb->footer(
      "Each sentence is in one row, the first that fits: locked, numbers alone, 102, 101, 100, repetitions, 99–95,\n"
      "94–85, 84–75, 74–50, none. From 99–95 on, earlier sentences of the files count like a memory; what they\n"
      "match is also shown apart, as internal.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return AnalyzeRun(session, *command).Run(); };
  });
}

}  // namespace reprise::client
