// reprise pretranslate
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/bands.h"
#include "client/command.h"
#include "client/document_file.h"
#include "client/document_lookup.h"
#include "client/filter_options.h"
#include "client/locale_map_option.h"
#include "client/lookup_options.h"
#include "client/output_file.h"
#include "formats/localized.h"
#include "text/locale.h"

namespace reprise::client {
namespace {

constexpr int kLowestLimit = 75;
constexpr int kHighestLimit = 102;
// More than a lookup gives unasked: the best may be drafts, which are passed over.
constexpr int kResults = 20;

struct PretranslateCommand {
  WhereOptions where;
  FilterOptions filter;
  std::string from;
  std::string to;
  std::string file;
  std::string output;
  std::string srx;
  std::vector<std::string> mappings;
  int limit = kFillScore;
  bool adapt = false;
};

class PretranslateRun {
 public:
  PretranslateRun(Session* session, const PretranslateCommand& command) : session_(session), command_(command) {}

  absl::Status Run() {
    const absl::StatusOr<std::string> from = CanonicalLocale(command_.from), to = CanonicalLocale(command_.to);
    if (!from.ok()) return WithField(from.status(), "--from");
    if (!to.ok()) return WithField(to.status(), "--to");
    ASSIGN_OR_RETURN(const LocaleMap locale_map, ParseLocaleMap(command_.mappings));
    ASSIGN_OR_RETURN(const auto rules, ReadSrx(command_.srx, *from));
    ASSIGN_OR_RETURN(const std::unique_ptr<Document> document,
                     ReadDocument(command_.file, {.source_locale = *from, .rules = rules, .locale_map = locale_map}));
    const absl::Status status = document->CheckTarget(*to);
    if (!status.ok()) return MakeStatus(status.code(), command_.file + " " + MessageOf(status));
    RETURN_IF_ERROR(session_->Connect());
    const std::string name = std::filesystem::path(command_.file).filename().string();
    ASSIGN_OR_RETURN(const v1::LookupStreamRequest first, FirstRequest());
    ASSIGN_OR_RETURN(const std::vector<LocalizedDocument> localized,
                     LookUpDocument(session_, first, *document, name, *from, {*to}));
    std::vector<SegmentDraft> drafts;
    const std::vector<FillDecision> decisions = DecideFills(*document, localized[0], command_.limit);
    for (const FillDecision& decision : decisions) drafts.push_back(DraftOf(decision, SegmentDraft::Kind::kKeep));
    RETURN_IF_ERROR(WriteFile(command_.output, document->Draft(drafts, *to)));
    return command_.output == "-" ? absl::OkStatus() : Report(localized[0], decisions);
  }

 private:
  absl::StatusOr<v1::LookupStreamRequest> FirstRequest() const {
    v1::LookupStreamRequest request;
    FillWhere(command_.where, &request);
    v1::LookupOptions* options = request.mutable_options();
    options->set_order(v1::MATCH_ORDER_SCORE);
    if (command_.adapt) options->set_adapt(true);
    // Threshold and number say no more than what could be filled in.
    options->set_threshold(std::min(command_.limit, 100));
    options->set_floor(0);
    options->set_max_results(kResults);
    RETURN_IF_ERROR(SetFilter(command_.filter, options));
    return request;
  }

  absl::Status Report(const LocalizedDocument& localized, const std::vector<FillDecision>& decisions) {
    BandCounts filled;
    std::map<FillReason, uint64_t> reasons;
    for (size_t i = 0; i < decisions.size(); ++i) {
      // The lookup's threshold leaves nothing below the limit to be seen.
      const FillReason reason =
          decisions[i].reason == FillReason::kNoMatch ? FillReason::kBelowLimit : decisions[i].reason;
      ++reasons[reason];
      if (decisions[i].proposal == nullptr) continue;
      filled.Add(decisions[i].proposal->score, WordCount(localized.sentences[i].segment.source.text));
    }
    const uint64_t all = decisions.size();
    if (session_->json()) return session_->PrintLine(Json(localized.target_locale, filled, reasons, all));
    std::string text =
        "filled " + Thousands(filled.Total().sentences) + " of " + Counted(all, "segment", "segments") + "\n";
    for (size_t i = 0; i < kBandRows.size(); ++i) {
      if (filled.row(i).sentences == 0) continue;
      text += "  " + std::string(kBandRows[i].label) + ": " + Counted(filled.row(i).sentences, "segment", "segments") +
              ", " + Counted(filled.row(i).words, "word", "words") + "\n";
    }
    for (const auto& [reason, count] : reasons) {
      if (reason == FillReason::kFilled) continue;
      text += "  not filled, " + std::string(FillReasonWord(reason)) + ": " + Thousands(count) + "\n";
    }
    return session_->Print(text + "wrote " + Printable(command_.output) + "\n");
  }

  std::string Json(const std::string& locale, const BandCounts& filled, const std::map<FillReason, uint64_t>& reasons,
                   uint64_t all) const {
    JsonWriter json;
    json.BeginObject().Key("locale").String(locale).Key("segments").Number(static_cast<int64_t>(all));
    json.Key("filled").Number(static_cast<int64_t>(filled.Total().sentences)).Key("bands").BeginArray();
    for (size_t i = 0; i < kBandRows.size(); ++i) {
      if (filled.row(i).sentences == 0) continue;
      json.BeginObject().Key("band").String(kBandRows[i].label);
      json.Key("segments").Number(static_cast<int64_t>(filled.row(i).sentences));
      json.Key("words").Number(static_cast<int64_t>(filled.row(i).words)).EndObject();
    }
    json.EndArray().Key("not_filled").BeginObject();
    for (const auto& [reason, count] : reasons) {
      if (reason != FillReason::kFilled) json.Key(FillReasonWord(reason)).Number(static_cast<int64_t>(count));
    }
    return json.EndObject().Key("file").String(command_.output).EndObject().text();
  }

  Session* session_;
  const PretranslateCommand& command_;
};

}  // namespace

void AddPretranslateCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<PretranslateCommand>();
  CLI::App* verb =
      app->add_subcommand("pretranslate", "Fill a document with the matches that are good enough")->fallthrough();
  AddWhereOptions(verb, "The memory; several: the first wins where they hold the same match", &command->where);
  verb->add_option("--from", command->from, "Locale of the file")->type_name("LOCALE")->required();
  verb->add_option("--to", command->to, "Locale to translate into")->type_name("LOCALE")->required();
  verb->add_option("--limit", command->limit, "The lowest score that is filled in, 75 to 102 (default 100)")
      ->type_name("N")
      ->check(CLI::Range(kLowestLimit, kHighestLimit));
  AddSrxOption(verb, &command->srx);
  AddLocaleMapOption(verb, &command->mappings);
  verb->add_flag("--adapt", command->adapt,
                 "Fit initial case, end marks and outer white space of the translations to the text");
  AddFilterOptions(verb, &command->filter);
  verb->add_option("-o,--output", command->output, "File to write, in the format of FILE; - is stdout, without counts")
      ->type_name("FILE")
      ->required();
  verb->add_option("FILE", command->file, kDocumentHelp)->required();
  verb->footer(
      "Drafts, machine translation, matches of another plural form and those through a third language are never\n"
      "filled in. A segment that has a translation keeps it. Below 100 the state says so: XLIFF 1.2 "
      "needs-translation,\n"
      "PO fuzzy. What is not filled in stays as it is, byte for byte.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return PretranslateRun(session, *command).Run(); };
  });
}

}  // namespace reprise::client
