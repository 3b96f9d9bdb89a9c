// reprise import
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/command.h"
#include "client/import_state.h"
#include "client/import_totals.h"
#include "client/locale_map_option.h"
#include "client/moses.h"
#include "client/names.h"
#include "client/refused_file.h"
#include "client/where_options.h"
#include "reprise/v1/transfer.grpc.pb.h"

namespace reprise::client {
namespace {

constexpr size_t kChunkBytes = 64 << 10;
// So many warnings of a file are shown as they come; the report counts all.
constexpr uint64_t kWarningsShown = 20;

struct ImportCommand {
  WhereOptions where;
  std::string from;
  std::string to;
  std::string format;
  std::vector<std::string> mappings;
  std::string policy;
  bool dry_run = false;
  bool resume = false;
  std::string resume_file;
  std::string refused;
  std::vector<std::string> files;

  bool moses() const { return format == "moses"; }
};

struct FileCloser {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using FileHandle = std::unique_ptr<std::FILE, FileCloser>;

absl::Status FileError(const std::string& doing, const std::string& file, int error) {
  const absl::StatusCode code = error == ENOENT ? absl::StatusCode::kNotFound : absl::StatusCode::kUnknown;
  return MakeStatus(code, "cannot " + doing + " " + file + ": " + std::strerror(error));
}

// Opens a file before anything is sent, so that a mistyped name stops the run at its start.
absl::StatusOr<FileHandle> OpenFile(const std::string& file, uint64_t* size) {
  *size = 0;
  if (file == "-") return FileHandle(stdin);
  FileHandle handle(std::fopen(file.c_str(), "rb"));
  if (handle == nullptr) return FileError("open", file, errno);
  if (std::fseek(handle.get(), 0, SEEK_END) == 0) {
    const long end = std::ftell(handle.get());
    if (end > 0 && end < (1L << 62)) *size = static_cast<uint64_t>(end);  // a directory claims the largest number
    std::rewind(handle.get());
  }
  return handle;
}

// One file on its way to the server: this thread writes, another one reads what comes back.
class FileImport {
 public:
  // `refused` may be null.
  FileImport(Session* session, const ImportCommand& command, const LocaleMap& locale_map, const std::string& file,
             ImportState* state, RefusedFile* refused, ImportTotals* totals)
      : session_(session),
        command_(command),
        locale_map_(locale_map),
        file_(file),
        state_(state),
        refused_(refused),
        totals_(totals),
        line_(session->err().tty()) {}

  absl::Status Run() {
    progress_.name = file_ == "-" ? "stdin" : file_;
    ASSIGN_OR_RETURN(FileHandle handle, OpenFile(file_, &progress_.size));
    started_ = std::chrono::steady_clock::now();
    auto stub = v1::Transfer::NewStub(session_->channel());
    auto context = session_->NewStreamContext();
    stream_ = stub->Import(context.get());
    std::thread reader([this] { ReadAnswers(); });
    absl::Status sent = Send(handle.get());
    if (!sent.ok()) context->TryCancel();
    stream_->WritesDone();
    reader.join();
    const absl::Status ended = FromGrpc(stream_->Finish());
    line_.Clear();
    totals_->Add(counts_);
    RETURN_IF_ERROR(sent);
    RETURN_IF_ERROR(kept_);
    if (!ended.ok()) {
      return MakeStatus(ended.code(), progress_.name + ": " + MessageOf(ended) + StoredSoFar());
    }
    return done_ ? absl::OkStatus() : Internal(progress_.name + ": the server ended the import without a report");
  }

  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count(); }

 private:
  std::string StoredSoFar() const {
    const uint64_t stored = counts_.added() + counts_.updated() + counts_.merged();
    return stored == 0 ? ""
                       : " (" + Counted(stored, "unit before it was stored and stays)",
                                        "units before it were stored and stay)");
  }

  void FillConfig(v1::ImportConfig* config) const {
    config->set_parent(ParentOf(command_.where));
    config->set_format(command_.moses() ? v1::FORMAT_TSV : FormatOf(command_.format));
    config->set_file_name(file_ == "-" ? "" : file_.substr(file_.rfind('/') + 1));
    config->set_source_locale(command_.from);
    config->set_target_locale(command_.to);
    config->mutable_locale_map()->insert(locale_map_.entries().begin(), locale_map_.entries().end());
    config->set_duplicate_policy(PolicyOf(command_.policy));
    config->set_dry_run(command_.dry_run);
    config->set_send_raw(refused_ != nullptr);
    config->set_resumable(resumable());
    config->set_resume_token(state_->Token(file_));
  }

  // Where nothing keeps the token it is of no use.
  bool resumable() const { return !command_.dry_run && !state_->path().empty(); }

  // Sends config and bytes. Error: of reading the file; that of the stream comes from Finish().
  absl::Status Send(std::FILE* handle) {
    v1::ImportRequest request;
    FillConfig(request.mutable_config());
    if (!stream_->Write(request)) return absl::OkStatus();
    // The token is kept before the first byte is sent, so that a break at any later moment can be gone on after.
    if (resumable()) {
      std::unique_lock<std::mutex> lock(mutex_);
      answered_.wait(lock, [this] { return has_answer_; });
    }
    if (command_.moses()) return SendMoses(handle, &request);
    std::vector<char> buffer(kChunkBytes);
    for (;;) {
      const size_t bytes = std::fread(buffer.data(), 1, buffer.size(), handle);
      if (bytes == 0) break;
      if (!SendChunk({buffer.data(), bytes}, &request)) return absl::OkStatus();
    }
    return std::ferror(handle) ? FileError("read", file_, errno) : absl::OkStatus();
  }

  // False if the stream is gone; Finish() says why.
  bool SendChunk(std::string_view chunk, v1::ImportRequest* request) {
    request->set_chunk(chunk.data(), chunk.size());
    if (!stream_->Write(*request)) return false;
    std::lock_guard<std::mutex> lock(mutex_);
    ShowProgress();
    return true;
  }

  // The two files as one table: line N of both is row N.
  absl::Status SendMoses(std::FILE* source, v1::ImportRequest* request) {
    uint64_t size = 0;
    ASSIGN_OR_RETURN(FileHandle target, OpenFile(command_.files[1], &size));
    MosesRows rows(source, target.get(), command_.from, command_.to);
    std::string chunk;
    for (bool more = true; more;) {
      ASSIGN_OR_RETURN(more, rows.Next(kChunkBytes, &chunk));
      if (!chunk.empty() && !SendChunk(chunk, request)) break;
    }
    return absl::OkStatus();
  }

  void ReadAnswers() {
    v1::ImportResponse response;
    while (stream_->Read(&response)) {
      std::lock_guard<std::mutex> lock(mutex_);
      Take(response);
    }
    std::lock_guard<std::mutex> lock(mutex_);
    has_answer_ = true;
    answered_.notify_all();
  }

  // REQUIRES: mutex_ held, like all that both threads call.
  void Take(const v1::ImportResponse& response) {
    counts_ = response.counts();
    done_ = response.done();
    if (!response.resume_token().empty() && response.resume_token() != state_->Token(file_)) {
      const absl::Status kept = state_->SetToken(file_, response.resume_token());
      if (!kept.ok()) Warn("the import goes on, but could not be resumed: " + MessageOf(kept));
    }
    has_answer_ = true;
    answered_.notify_all();
    for (const v1::ImportRefusal& refusal : response.refusals()) Note(refusal);
    for (const v1::ImportWarning& warning : response.warnings()) Note(warning);
    if (done_) totals_->AddKinds(response);
    progress_.units = counts_.units_read();
    progress_.read = counts_.bytes_read();
    progress_.refused = counts_.refused();
    ShowProgress();
  }

  void Note(const v1::ImportRefusal& refusal) {
    if (refused_ != nullptr && kept_.ok()) kept_ = refused_->Add(refusal);
    if (session_->json()) {
      totals_->AddRefusal({file_, refusal.line(), refusal.unit(), refusal.reason()});
    } else {
      Tell(refusal.line(), "refused", refusal.unit(), refusal.reason());
    }
  }

  void Note(const v1::ImportWarning& warning) {
    if (session_->json()) {
      totals_->AddWarning({file_, warning.line(), warning.unit(), warning.text()});
    } else if (++warnings_ <= kWarningsShown) {
      Tell(warning.line(), "warning", warning.unit(), warning.text());
    } else if (warnings_ == kWarningsShown + 1) {
      Warn(progress_.name + ": further warnings are counted in the report");
    }
  }

  void Tell(uint64_t line, const char* what, const std::string& name, const std::string& text) {
    line_.Clear();
    const std::string unit = name.empty() ? "" : "unit " + Printable(name) + ": ";
    std::fprintf(stderr, "%s:%llu: %s: %s%s\n", Printable(progress_.name).c_str(),
                 static_cast<unsigned long long>(line), what, unit.c_str(), Printable(text).c_str());
  }

  void Warn(const std::string& message) {
    line_.Clear();
    std::fprintf(stderr, "reprise: %s\n", Printable(message).c_str());
  }

  void ShowProgress() {
    progress_.seconds = seconds();
    line_.Show(progress_);
  }

  Session* session_;
  const ImportCommand& command_;
  const LocaleMap& locale_map_;
  const std::string file_;
  ImportState* const state_;
  RefusedFile* const refused_;
  ImportTotals* const totals_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportRequest, v1::ImportResponse>> stream_;
  std::chrono::steady_clock::time_point started_;
  std::mutex mutex_;  // guards what follows while both threads run
  ProgressLine line_;
  Progress progress_;
  std::condition_variable answered_;
  bool has_answer_ = false;  // or never will
  v1::ImportCounts counts_;
  absl::Status kept_;  // of the file of refused units
  uint64_t warnings_ = 0;
  bool done_ = false;
};

absl::Status CheckMoses(const ImportCommand& command) {
  if (!command.moses()) return absl::OkStatus();
  if (command.files.size() != 2) return InvalidArgument("moses is two files, the source's and the target's: name both");
  if (command.from.empty()) return FieldError("--from", "is missing; moses files do not say their languages");
  if (command.to.empty()) return FieldError("--to", "is missing; moses files do not say their languages");
  return absl::OkStatus();
}

absl::Status CheckOptions(const ImportCommand& command) {
  RETURN_IF_ERROR(CheckMoses(command));
  if (command.dry_run && command.resume) {
    return FieldError("--resume", "has no sense with --dry-run, which stores nothing");
  }
  if (!command.refused.empty() && command.files.size() > 1 && !command.moses()) {
    return FieldError("--refused", "takes the units of one file; import the files one by one");
  }
  for (const std::string& file : command.files) {
    uint64_t size = 0;
    RETURN_IF_ERROR(OpenFile(file, &size).status());
  }
  return absl::OkStatus();
}

// True if the same command may well succeed where this one failed.
bool MayGoOn(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) || absl::IsAborted(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) || absl::IsUnknown(status) ||
         absl::IsInternal(status);
}

// What stands in the file of refused units, for people.
absl::Status CommitRefused(const ImportCommand& command, RefusedFile* refused) {
  if (command.refused.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(refused->Commit());
  if (refused->units() != 0) {
    std::fprintf(stderr, "reprise: %s in %s; mend there and import that file\n",
                 Counted(refused->units(), "refused unit is", "refused units are").c_str(),
                 Printable(command.refused).c_str());
  }
  if (!refused->reasons_path().empty()) {
    std::fprintf(stderr, "reprise: reasons are in %s\n", Printable(refused->reasons_path()).c_str());
  }
  return absl::OkStatus();
}

absl::Status PrepareState(const ImportCommand& command, ImportState* state) {
  if (command.resume) return state->Load();
  if (!command.dry_run && state->Exists()) {
    std::fprintf(stderr,
                 "reprise: an earlier import of this did not end (--resume would go on with it); beginning anew\n");
  }
  return absl::OkStatus();
}

// Where the state of the command's import is kept.
std::string StatePath(const GlobalOptions& global, const ImportCommand& command) {
  if (!command.resume_file.empty()) return command.resume_file;
  const std::string store = global.embedded.empty() ? ServerAddress(global) : global.embedded;
  return ImportState::DefaultPath(store, ParentOf(command.where), command.files);
}

absl::Status Import(Session* session, const GlobalOptions& global, const ImportCommand& command) {
  ASSIGN_OR_RETURN(const LocaleMap locale_map, ParseLocaleMap(command.mappings));
  RETURN_IF_ERROR(CheckOptions(command));
  ImportState state(StatePath(global, command));
  RETURN_IF_ERROR(PrepareState(command, &state));
  RefusedFile refused;
  if (!command.refused.empty()) RETURN_IF_ERROR(refused.Open(command.refused, command.files.front()));
  RETURN_IF_ERROR(session->Connect());
  ImportTotals totals;
  double seconds = 0;
  absl::Status status = absl::OkStatus();
  for (const std::string& file : command.files) {
    FileImport import(session, command, locale_map, file, &state, command.refused.empty() ? nullptr : &refused,
                      &totals);
    status = import.Run();
    seconds += import.seconds();
    if (!status.ok() || command.moses()) break;  // moses: one import of two files
  }
  const absl::Status kept = CommitRefused(command, &refused);
  // What was stored stays, so the counts are printed after a failure, too.
  absl::Status printed = session->PrintLine(session->json() ? totals.Json(command.files.size() > 1)
                                                            : totals.Text(command.dry_run, seconds));
  if (totals.HasRefusals("BCP 47")) {
    std::fprintf(stderr, "reprise: --map-locale FROM=TO reads a locale of the file as another\n");
  }
  if (status.ok()) {
    if (!command.dry_run) state.Remove();
    return kept.ok() ? printed : kept;
  }
  if (!state.empty() && !state.path().empty() && MayGoOn(status)) {
    std::fprintf(stderr, "reprise: the same command with --resume goes on where this one stopped\n");
  }
  return status;
}

}  // namespace

void AddImportCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<ImportCommand>();
  CLI::App* verb =
      app->add_subcommand("import",
                          "Read files of translations into a memory: TMX, XLIFF, PO, TSV, CSV, JSON Lines, plain\n"
                          "text; also .gz, .zst, .xz and .zip")
          ->fallthrough();
  AddStoreOptions(verb, &command->where);
  verb->add_option("--from", command->from, "Source locale, for files that do not say")->type_name("LOCALE");
  verb->add_option("--to", command->to, "Target locale, for files that do not say")->type_name("LOCALE");
  AddLocaleMapOption(verb, &command->mappings);
  verb->add_option(
          "--format", command->format,
          "tmx, xliff, po, tsv, csv, jsonl or text (default: told from content and name); moses: two files, line\n"
          "N of the second translates line N of the first")
      ->check(CLI::IsMember({"auto", "tmx", "tsv", "csv", "text", "xliff", "xliff2", "po", "jsonl", "moses"}));
  verb->add_option("--policy", command->policy, "What to do with a text that is there already (default keep-all)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  verb->add_flag("--dry-run", command->dry_run, "Parse and check, store nothing");
  verb->add_option("--refused", command->refused,
                   "Write the units that are refused to this file, in the input's format and with the reasons, to be\n"
                   "mended and imported again")
      ->type_name("OUT");
  verb->add_flag("--resume", command->resume,
                 "Go on with an import of these files that broke off: what is stored is passed over");
  verb->add_option("--resume-file", command->resume_file,
                   "Where it is kept how to go on (default: a file below ~/.local/state/reprise; stdin needs this)")
      ->type_name("PATH");
  verb->add_option("FILE", command->files, "The files; - is stdin")->type_name("")->required();
  verb->footer(std::string(kPolicyHelp) +
               "\nUnits that cannot be taken are named on stderr by line, or with --json in \"refusals\" of the last\n"
               "line; the rest goes in and the exit code is 0. A file that cannot be read on ends the run with 1.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return Import(session, invocation->global, *command); };
  });
}

}  // namespace reprise::client
