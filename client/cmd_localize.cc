// reprise localize
#include <filesystem>
#include <memory>
#include <set>
#include <vector>

#include "client/article.h"
#include "client/bands.h"
#include "client/command.h"
#include "client/lookup_options.h"
#include "client/lookup_pipeline.h"
#include "client/match_output.h"
#include "client/names.h"
#include "client/output_file.h"
#include "formats/html_report.h"
#include "formats/localized.h"
#include "formats/xliff_writer.h"
#include "reprise/v1/profiles.grpc.pb.h"
#include "text/locale.h"
#include "text/segmentation.h"

namespace reprise::client {
namespace {

// The lowest row of the counts starts here, so that is where the default threshold is.
constexpr int kDefaultThreshold = 50;

struct LocalizeCommand {
  LookupArguments arguments;
  std::vector<std::string> to;
  std::string file;
  std::string directory;
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

Proposal ProposalOf(const v1::Match& match) {
  Proposal proposal;
  proposal.score = match.score();
  proposal.band = BandWord(match.band());
  proposal.source = match.source().text();
  proposal.target = match.target().content().text();
  proposal.source_locale = match.source_locale();
  proposal.target_locale = match.target().locale();
  proposal.origin = OriginWord(match.target().origin());
  proposal.memory = ShortMemory(match.memory());
  proposal.unit_id = ShortUnit(match.unit());
  for (const v1::Penalty& penalty : match.penalties()) {
    proposal.penalties.push_back({penalty.name(), penalty.points(), penalty.detail()});
  }
  for (const v1::Edit& edit : match.edits()) {
    proposal.edits.push_back(
        {EditWord(edit.kind()), edit.query_begin(), edit.query_end(), edit.stored_begin(), edit.stored_end()});
  }
  proposal.below_threshold = match.below_threshold();
  return proposal;
}

class LocalizeRun {
 public:
  LocalizeRun(Session* session, const LocalizeCommand& command)
      : session_(session), command_(command), name_(std::filesystem::path(command.file).filename().string()) {}

  absl::Status Run() {
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(session_->Connect());
    RETURN_IF_ERROR(FindThreshold());
    LookupPipeline pipeline(session_);
    RETURN_IF_ERROR(pipeline.Run([this](v1::LookupStreamRequest* request) { return Fill(request); },
                                 [this](const v1::LookupStreamResponse& answer) { return Take(answer); }));
    std::error_code error;
    std::filesystem::create_directories(command_.directory, error);
    if (error) {
      return MakeStatus(absl::StatusCode::kUnknown, "cannot make " + command_.directory + ": " + error.message());
    }
    for (const LocalizedDocument& document : documents_) RETURN_IF_ERROR(Finish(document));
    return absl::OkStatus();
  }

 private:
  absl::Status Prepare() {
    ASSIGN_OR_RETURN(const std::string text, ReadArticle(command_.file));
    absl::StatusOr<std::string> from = CanonicalLocale(command_.arguments.from);
    if (!from.ok()) return WithField(from.status(), "--from");
    from_ = *from;
    ASSIGN_OR_RETURN(const std::vector<std::string> locales, TargetLocales(command_.to));
    const std::vector<Sentence> sentences = SplitSentences(text, from_);
    if (sentences.empty()) return InvalidArgument(command_.file + " holds no text to localize");
    size_t used = 0;
    LocalizedDocument document;
    document.original = name_;
    document.source_locale = from_;
    for (const Sentence& sentence : sentences) {
      document.sentences.push_back({sentence.paragraph, sentence.sentence, sentence.text, sentence.before, {}});
      used += sentence.before.size() + sentence.text.size();
    }
    document.after = text.substr(std::min(used, text.size()));
    for (const std::string& locale : locales) {
      document.target_locale = locale;
      documents_.push_back(document);
    }
    return absl::OkStatus();
  }

  // The threshold is the command's, else the profile's, else ours, which is lower than the server's.
  absl::Status FindThreshold() {
    FillLookup(command_.arguments, &first_);
    if (first_.options().has_threshold()) return absl::OkStatus();
    if (!first_.profile().empty()) {
      v1::GetProfileRequest request;
      request.set_name(first_.profile());
      v1::Profile profile;
      auto stub = v1::Profiles::NewStub(session_->channel());
      RETURN_IF_ERROR(FromGrpc(stub->GetProfile(session_->NewContext().get(), request, &profile)));
      if (profile.lookup().has_threshold()) return absl::OkStatus();
    }
    first_.mutable_options()->set_threshold(kDefaultThreshold);
    return absl::OkStatus();
  }

  // The writing thread's: it reads the sources only, which no longer change.
  bool Fill(v1::LookupStreamRequest* request) {
    if (asked_ == documents_.size() * documents_[0].sentences.size()) return false;
    const LocalizedDocument& document = documents_[asked_ / documents_[0].sentences.size()];
    const size_t at = asked_ % document.sentences.size();
    if (asked_++ == 0) *request = first_;
    v1::Query* query = request->mutable_query();
    query->mutable_content()->set_text(document.sentences[at].source);
    query->set_source_locale(from_);
    query->set_target_locale(document.target_locale);
    query->mutable_context()->set_document(name_);
    SetNeighbour(document, at == 0 ? document.sentences.size() : at - 1,
                 &(*query->mutable_context()->mutable_previous())[from_]);
    SetNeighbour(document, at + 1, &(*query->mutable_context()->mutable_next())[from_]);
    return true;
  }

  // The sentence at `at`, or the edge of the document past the last.
  static void SetNeighbour(const LocalizedDocument& document, size_t at, v1::Neighbour* neighbour) {
    if (at >= document.sentences.size()) {
      neighbour->set_state(v1::Neighbour::STATE_EDGE);
      return;
    }
    neighbour->set_state(v1::Neighbour::STATE_TEXT);
    neighbour->set_text(document.sentences[at].source);
  }

  absl::Status Take(const v1::LookupStreamResponse& answer) {
    LocalizedDocument& document = documents_[taken_ / documents_[0].sentences.size()];
    LocalizedSentence& sentence = document.sentences[taken_ % document.sentences.size()];
    ++taken_;
    absl::Status status = AnswerStatus(answer);
    if (!status.ok()) {
      // One sentence that cannot be looked up (too long, nothing but invisible characters) has no match; what is wrong
      // with the call is wrong with all.
      const bool only_this = MessageOf(status).find("query.content") != std::string::npos ||
                             MessageOf(status).find("query.context") != std::string::npos;
      if (!only_this) return status;
      std::fprintf(stderr, "reprise: sentence %s has no match: %s\n", SentenceId(sentence).c_str(),
                   Printable(MessageOf(status)).c_str());
      return absl::OkStatus();
    }
    for (const v1::Match& match : answer.response().matches()) sentence.proposals.push_back(ProposalOf(match));
    return absl::OkStatus();
  }

  // Writes the three files of a language and prints its counts.
  absl::Status Finish(const LocalizedDocument& document) {
    const std::string base = (std::filesystem::path(command_.directory) /
                              (std::filesystem::path(name_).stem().string() + "." + document.target_locale))
                                 .string();
    StringSink xliff;
    StringSink html;
    RETURN_IF_ERROR(WriteXliff(document, &xliff).status());
    RETURN_IF_ERROR(WriteHtmlReport(document, &html).status());
    RETURN_IF_ERROR(WriteFile(base + ".xlf", xliff.text()));
    RETURN_IF_ERROR(WriteFile(base + ".txt", DraftText(document)));
    RETURN_IF_ERROR(WriteFile(base + ".html", html.text()));
    BandCounts counts;
    for (const LocalizedSentence& sentence : document.sentences) {
      const bool found = !sentence.proposals.empty() && !sentence.proposals[0].below_threshold;
      counts.Add(found ? sentence.proposals[0].score : 0, WordCount(sentence.source));
    }
    if (session_->json()) return session_->PrintLine(CountsJson(document.target_locale, counts, base));
    return session_->Print(BandTable(document.target_locale, counts) + "  wrote " + Printable(base) + ".xlf, " +
                           Printable(base) + ".txt, " + Printable(base) + ".html\n");
  }

  static std::string CountsJson(const std::string& locale, const BandCounts& counts, const std::string& base) {
    JsonWriter json;
    json.BeginObject().Key("locale").String(locale);
    json.Key("sentences").Number(static_cast<int64_t>(counts.Total().sentences));
    json.Key("words").Number(static_cast<int64_t>(counts.Total().words)).Key("bands").BeginArray();
    for (size_t i = 0; i < kBandRows.size(); ++i) {
      json.BeginObject().Key("band").String(kBandRows[i].label);
      json.Key("sentences").Number(static_cast<int64_t>(counts.row(i).sentences));
      json.Key("words").Number(static_cast<int64_t>(counts.row(i).words)).EndObject();
    }
    json.EndArray().Key("files").BeginObject().Key("xliff").String(base + ".xlf").Key("draft").String(base + ".txt");
    return json.Key("html").String(base + ".html").EndObject().EndObject().text();
  }

  Session* session_;
  const LocalizeCommand& command_;
  const std::string name_;  // of the file, which is the document of every context
  std::string from_;
  v1::LookupStreamRequest first_;             // where and how to look
  std::vector<LocalizedDocument> documents_;  // one a language
  size_t asked_ = 0;                          // the writing thread's
  size_t taken_ = 0;
};

}  // namespace

void AddLocalizeCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<LocalizeCommand>();
  CLI::App* verb =
      app->add_subcommand("localize", "Look all sentences of an article up and write drafts of it")->fallthrough();
  AddLookupArguments(verb, kDefaultThreshold, &command->arguments);
  verb->add_option("--to", command->to, "Locales to write, with commas between them")
      ->type_name("LOCALE,…")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->add_option("-o,--output", command->directory, "Directory to write to; made if it is not there")
      ->type_name("DIR")
      ->required();
  verb->add_option("FILE", command->file, "The article: plain text in UTF-8; a line end ends a sentence")->required();
  verb->footer(
      "Writes for each locale DIR/NAME.LOCALE.xlf (XLIFF 1.2 with the matches as proposals), .txt (the draft:\n"
      "matches of 100 and above filled in, the rest as it is in ⟦ ⟧) and .html (side by side), and prints how\n"
      "many sentences and words fall in each band. XLIFF ids are p<paragraph>-s<sentence>, as in the page.");
  verb->callback([=] {
    RequireWhere(command->arguments.where);
    invocation->action = [=](Session* session) { return LocalizeRun(session, *command).Run(); };
  });
}

}  // namespace reprise::client
