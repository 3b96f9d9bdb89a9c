// reprise localize
#include <filesystem>
#include <memory>
#include <set>
#include <vector>

#include "client/bands.h"
#include "client/command.h"
#include "client/document_file.h"
#include "client/document_lookup.h"
#include "client/locale_map_option.h"
#include "client/lookup_options.h"
#include "client/output_file.h"
#include "formats/html_report.h"
#include "formats/localized.h"
#include "formats/xliff_writer.h"
#include "reprise/v1/profiles.grpc.pb.h"
#include "text/locale.h"

namespace reprise::client {
namespace {

// The lowest row of the counts starts here, so that is where the default threshold is.
constexpr int kDefaultThreshold = 50;

struct LocalizeCommand {
  LookupArguments arguments;
  std::vector<std::string> to;
  std::string file;
  std::string directory;
  std::string srx;
  std::vector<std::string> mappings;
  std::string xliff = "1.2";
  bool no_marks = false;
};

class StringSink : public ByteSink {
 public:
  absl::Status Write(std::string_view bytes) override {
    text_ += bytes;
    return absl::OkStatus();
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The canonical tags, each once, in the order given. They are parts of file names, so they are checked here.
absl::StatusOr<std::vector<std::string>> TargetLocales(const std::vector<std::string>& tags) {
  std::vector<std::string> locales;
  std::set<std::string> seen;
  for (const std::string& tag : tags) {
    absl::StatusOr<std::string> locale = CanonicalLocale(tag);
    if (!locale.ok()) return WithField(locale.status(), "--to");
    if (seen.insert(*locale).second) locales.push_back(*locale);
  }
  return locales;
}

class LocalizeRun {
 public:
  LocalizeRun(Session* session, const LocalizeCommand& command)
      : session_(session), command_(command), name_(std::filesystem::path(command.file).filename().string()) {}

  absl::Status Run() {
    absl::StatusOr<std::string> from = CanonicalLocale(command_.arguments.from);
    if (!from.ok()) return WithField(from.status(), "--from");
    ASSIGN_OR_RETURN(const std::vector<std::string> locales, TargetLocales(command_.to));
    ASSIGN_OR_RETURN(const LocaleMap locale_map, ParseLocaleMap(command_.mappings));
    ASSIGN_OR_RETURN(const auto rules, ReadSrx(command_.srx, *from));
    ASSIGN_OR_RETURN(document_,
                     ReadDocument(command_.file, {.source_locale = *from, .rules = rules, .locale_map = locale_map}));
    if (document_->segments().empty()) return InvalidArgument(command_.file + " holds no text to localize");
    for (const std::string& locale : locales) {
      const absl::Status status = document_->CheckTarget(locale);
      if (!status.ok()) return MakeStatus(status.code(), command_.file + " " + MessageOf(status));
    }
    RETURN_IF_ERROR(session_->Connect());
    ASSIGN_OR_RETURN(const v1::LookupStreamRequest first, FirstRequest());
    ASSIGN_OR_RETURN(const std::vector<LocalizedDocument> documents,
                     LookUpDocument(session_, first, *document_, name_, *from, locales));
    std::error_code error;
    std::filesystem::create_directories(command_.directory, error);
    if (error) {
      return MakeStatus(absl::StatusCode::kUnknown, "cannot make " + command_.directory + ": " + error.message());
    }
    for (const LocalizedDocument& localized : documents) RETURN_IF_ERROR(Finish(localized));
    return absl::OkStatus();
  }

 private:
  struct Files {
    std::string xliff, draft, html;
  };

  // The threshold is the command's, else the profile's, else ours, which is lower than the server's.
  absl::StatusOr<v1::LookupStreamRequest> FirstRequest() {
    v1::LookupStreamRequest first;
    RETURN_IF_ERROR(FillLookup(command_.arguments, &first));
    if (first.options().has_threshold()) return first;
    if (!first.profile().empty()) {
      v1::GetProfileRequest request;
      request.set_name(first.profile());
      v1::Profile profile;
      auto stub = v1::Profiles::NewStub(session_->channel());
      RETURN_IF_ERROR(FromGrpc(stub->GetProfile(session_->NewContext().get(), request, &profile)));
      if (profile.lookup().has_threshold()) return first;
    }
    first.mutable_options()->set_threshold(kDefaultThreshold);
    return first;
  }

  // The draft has the input's extension; where that is another output's, it says that it is the draft.
  Files FilesOf(const std::string& locale) const {
    const std::filesystem::path name(name_);
    const std::string base =
        (std::filesystem::path(command_.directory) / (name.stem().string() + "." + locale)).string();
    Files files{base + ".xlf", base + name.extension().string(), base + ".html"};
    if (files.draft == files.xliff || files.draft == files.html || !name.has_extension()) {
      files.draft = base + ".draft" + name.extension().string();
    }
    return files;
  }

  // Writes the three files of a language and prints its counts.
  absl::Status Finish(const LocalizedDocument& localized) {
    const Files files = FilesOf(localized.target_locale);
    StringSink xliff;
    StringSink html;
    const XliffVersion version = command_.xliff == "2.1" ? XliffVersion::k21 : XliffVersion::k12;
    RETURN_IF_ERROR(WriteXliff(localized, version, &xliff).status());
    RETURN_IF_ERROR(WriteHtmlReport(localized, &html).status());
    std::vector<SegmentDraft> drafts;
    for (const FillDecision& decision : DecideFills(*document_, localized, kFillScore)) {
      const bool mark = !command_.no_marks && decision.reason != FillReason::kLocked;
      drafts.push_back(DraftOf(decision, mark ? SegmentDraft::Kind::kMark : SegmentDraft::Kind::kKeep));
    }
    RETURN_IF_ERROR(WriteFile(files.xliff, xliff.text()));
    RETURN_IF_ERROR(WriteFile(files.draft, document_->Draft(drafts, localized.target_locale)));
    RETURN_IF_ERROR(WriteFile(files.html, html.text()));
    BandCounts counts;
    for (const LocalizedSentence& sentence : localized.sentences) {
      if (sentence.segment.locked) continue;
      const bool found = !sentence.proposals.empty() && !sentence.proposals[0].below_threshold;
      counts.Add(found ? sentence.proposals[0].score : 0, WordCount(sentence.segment.source.text));
    }
    if (session_->json()) return session_->PrintLine(CountsJson(localized.target_locale, counts, files));
    return session_->Print(BandTable(localized.target_locale, counts) + "  wrote " + Printable(files.xliff) + ", " +
                           Printable(files.draft) + ", " + Printable(files.html) + "\n");
  }

  static std::string CountsJson(const std::string& locale, const BandCounts& counts, const Files& files) {
    JsonWriter json;
    json.BeginObject().Key("locale").String(locale);
    json.Key("sentences").Number(static_cast<int64_t>(counts.Total().sentences));
    json.Key("words").Number(static_cast<int64_t>(counts.Total().words)).Key("bands").BeginArray();
    for (size_t i = 0; i < kBandRows.size(); ++i) {
      json.BeginObject().Key("band").String(kBandRows[i].label);
      json.Key("sentences").Number(static_cast<int64_t>(counts.row(i).sentences));
      json.Key("words").Number(static_cast<int64_t>(counts.row(i).words)).EndObject();
    }
    json.EndArray().Key("files").BeginObject().Key("xliff").String(files.xliff).Key("draft").String(files.draft);
    return json.Key("html").String(files.html).EndObject().EndObject().text();
  }

  Session* session_;
  const LocalizeCommand& command_;
  const std::string name_;  // of the file, which is the document of every context
  std::unique_ptr<Document> document_;
};

}  // namespace

void AddLocalizeCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<LocalizeCommand>();
  CLI::App* verb =
      app->add_subcommand("localize", "Look all sentences of a document up and write drafts of it")->fallthrough();
  AddLookupArguments(verb, kDefaultThreshold, &command->arguments);
  verb->add_option("--to", command->to, "Locales to write, with commas between them")
      ->type_name("LOCALE,…")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->add_option("-o,--output", command->directory, "Directory to write to; made if it is not there")
      ->type_name("DIR")
      ->required();
  AddSrxOption(verb, &command->srx);
  AddLocaleMapOption(verb, &command->mappings);
  verb->add_option("--xliff", command->xliff, "Version of the XLIFF file: 1.2 (default) or 2.1")
      ->check(CLI::IsMember({"1.2", "2.1"}));
  verb->add_flag("--no-marks", command->no_marks, "Leave what is not filled in as it is, without ⟦ ⟧");
  verb->add_option("FILE", command->file, kDocumentHelp)->required();
  verb->footer(
      "Writes for each locale DIR/NAME.LOCALE.xlf (XLIFF with the matches as proposals), the draft in the file's own\n"
      "format (matches of 100 and above filled in, the rest as it is, in text, Markdown and HTML between ⟦ ⟧) and\n"
      ".html (side by side), and prints how many sentences and words fall in each band. The draft is\n"
      "DIR/NAME.LOCALE.EXTENSION, for XLIFF and HTML DIR/NAME.LOCALE.draft.EXTENSION. XLIFF ids are\n"
      "p<paragraph>-s<sentence>, as in the page.");
  verb->callback([=] {
    RequireWhere(command->arguments.where);
    invocation->action = [=](Session* session) { return LocalizeRun(session, *command).Run(); };
  });
}

}  // namespace reprise::client
