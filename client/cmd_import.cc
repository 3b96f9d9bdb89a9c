// reprise import
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "client/command.h"
#include "client/moses.h"
#include "client/names.h"
#include "client/where_options.h"
#include "reprise/v1/transfer.grpc.pb.h"

namespace reprise::client {
namespace {

constexpr size_t kChunkBytes = 64 << 10;

struct ImportCommand {
  WhereOptions where;
  std::string from;
  std::string to;
  std::string format;
  std::string policy;
  bool dry_run = false;
  std::vector<std::string> files;

  bool moses() const { return format == "moses"; }
};

struct FileRefusal {
  std::string file;
  uint64_t line = 0;
  std::string unit;
  std::string reason;
};

// Counts of all files of a run.
struct Totals {
  uint64_t read = 0, added = 0, updated = 0, merged = 0, skipped = 0, refused = 0;
  std::vector<FileRefusal> refusals;  // with --json only; else they are printed as they come

  void Add(const v1::ImportCounts& counts) {
    read += counts.units_read();
    added += counts.added();
    updated += counts.updated();
    merged += counts.merged();
    skipped += counts.skipped();
    refused += counts.refused();
  }
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
  FileImport(Session* session, const ImportCommand& command, const std::string& file, Totals* totals)
      : session_(session), command_(command), file_(file), totals_(totals), line_(session->err().tty()) {}

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
    if (!ended.ok()) {
      return MakeStatus(ended.code(), progress_.name + ": " + MessageOf(ended) + StoredSoFar());
    }
    return done_ ? absl::OkStatus() : Internal(progress_.name + ": the server ended the import without a report");
  }

  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count(); }

 private:
  std::string StoredSoFar() const {
    const uint64_t stored = counts_.added() + counts_.updated() + counts_.merged();
    return stored == 0 ? "" : " (" + Thousands(stored) + " units before it were stored and stay)";
  }

  void FillConfig(v1::ImportConfig* config) const {
    config->set_parent(ParentOf(command_.where));
    config->set_format(command_.moses() ? v1::FORMAT_TSV : FormatOf(command_.format));
    config->set_file_name(file_ == "-" ? "" : file_.substr(file_.rfind('/') + 1));
    config->set_source_locale(command_.from);
    config->set_target_locale(command_.to);
    config->set_duplicate_policy(PolicyOf(command_.policy));
    config->set_dry_run(command_.dry_run);
  }

  // Sends config and bytes. Error: of reading the file; that of the stream comes from Finish().
  absl::Status Send(std::FILE* handle) {
    v1::ImportRequest request;
    FillConfig(request.mutable_config());
    if (!stream_->Write(request)) return absl::OkStatus();
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
      counts_ = response.counts();
      done_ = response.done();
      for (const v1::ImportRefusal& refusal : response.refusals()) Note(refusal);
      progress_.units = counts_.units_read();
      progress_.read = counts_.bytes_read();
      progress_.refused = counts_.refused();
      ShowProgress();
    }
  }

  // REQUIRES: mutex_ held, like all that both threads call.
  void Note(const v1::ImportRefusal& refusal) {
    if (session_->json()) {
      totals_->refusals.push_back({file_, refusal.line(), refusal.unit(), refusal.reason()});
      return;
    }
    line_.Clear();
    const std::string unit = refusal.unit().empty() ? "" : "unit " + Printable(refusal.unit()) + ": ";
    std::fprintf(stderr, "%s:%llu: refused: %s%s\n", Printable(progress_.name).c_str(),
                 static_cast<unsigned long long>(refusal.line()), unit.c_str(), Printable(refusal.reason()).c_str());
  }

  void ShowProgress() {
    progress_.seconds = seconds();
    line_.Show(progress_);
  }

  Session* session_;
  const ImportCommand& command_;
  const std::string file_;
  Totals* totals_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ImportRequest, v1::ImportResponse>> stream_;
  std::chrono::steady_clock::time_point started_;
  std::mutex mutex_;  // guards what follows while both threads run
  ProgressLine line_;
  Progress progress_;
  v1::ImportCounts counts_;
  bool done_ = false;
};

std::string TotalsJson(const Totals& totals, bool name_files) {
  JsonWriter json;
  const auto count = [&](const char* name, uint64_t value) { json.Key(name).Number(static_cast<int64_t>(value)); };
  json.BeginObject();
  count("read", totals.read);
  count("added", totals.added);
  count("updated", totals.updated);
  count("merged", totals.merged);
  count("skipped", totals.skipped);
  count("refused", totals.refused);
  json.Key("refusals").BeginArray();
  for (const FileRefusal& refusal : totals.refusals) {
    json.BeginObject().Key("line").Number(static_cast<int64_t>(refusal.line)).Key("unit").String(refusal.unit);
    json.Key("reason").String(refusal.reason);
    if (name_files) json.Key("file").String(refusal.file);
    json.EndObject();
  }
  return json.EndArray().EndObject().text();
}

std::string TotalsText(const Totals& totals, bool dry_run, double seconds) {
  std::string text = dry_run ? "would import: " : "";
  text += Thousands(totals.read) + " units read: " + Thousands(totals.added) + " added, " + Thousands(totals.updated) +
          " updated, " + Thousands(totals.merged) + " merged, " + Thousands(totals.skipped) + " skipped, " +
          Thousands(totals.refused) + " refused";
  char took[64];
  std::snprintf(took, sizeof(took), " in %.1f s", seconds);
  return text + took;
}

absl::Status CheckMoses(const ImportCommand& command) {
  if (!command.moses()) return absl::OkStatus();
  if (command.files.size() != 2) return InvalidArgument("moses is two files, the source's and the target's: name both");
  if (command.from.empty()) return FieldError("--from", "is missing; moses files do not say their languages");
  if (command.to.empty()) return FieldError("--to", "is missing; moses files do not say their languages");
  return absl::OkStatus();
}

absl::Status Import(Session* session, const ImportCommand& command) {
  RETURN_IF_ERROR(CheckMoses(command));
  for (const std::string& file : command.files) {
    uint64_t size = 0;
    RETURN_IF_ERROR(OpenFile(file, &size).status());
  }
  RETURN_IF_ERROR(session->Connect());
  Totals totals;
  double seconds = 0;
  absl::Status status = absl::OkStatus();
  for (const std::string& file : command.files) {
    FileImport import(session, command, file, &totals);
    status = import.Run();
    seconds += import.seconds();
    if (!status.ok() || command.moses()) break;  // moses: one import of two files
  }
  // What was stored stays, so the counts are printed after a failure, too.
  absl::Status printed = session->PrintLine(session->json() ? TotalsJson(totals, command.files.size() > 1)
                                                            : TotalsText(totals, command.dry_run, seconds));
  RETURN_IF_ERROR(status);
  return printed;
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
  verb->add_option(
          "--format", command->format,
          "tmx, xliff, po, tsv, csv, jsonl or text (default: told from content and name); moses: two files, line\n"
          "N of the second translates line N of the first")
      ->check(CLI::IsMember({"auto", "tmx", "tsv", "csv", "text", "xliff", "xliff2", "po", "jsonl", "moses"}));
  verb->add_option("--policy", command->policy, "What to do with a text that is there already (default keep-all)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  verb->add_flag("--dry-run", command->dry_run, "Parse and check, store nothing");
  verb->add_option("FILE", command->files, "The files; - is stdin")->type_name("")->required();
  verb->footer(std::string(kPolicyHelp) +
               "\nUnits that cannot be taken are named on stderr by line, or with --json in \"refusals\" of the last\n"
               "line; the rest goes in and the exit code is 0. A file that cannot be read on ends the run with 1.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return Import(session, *command); };
  });
}

}  // namespace reprise::client
