// reprise learn
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

#include "client/command.h"
#include "client/learn_stream.h"
#include "client/locale_map_option.h"
#include "client/names.h"
#include "client/where_options.h"
#include "formats/confirmed.h"
#include "reprise/v1/memories.grpc.pb.h"
#include "reprise/v1/profiles.grpc.pb.h"

namespace reprise::client {
namespace {

constexpr size_t kReadBytes = 64 << 10;
// A hostile file is nothing but refusals: more are counted, not named.
constexpr size_t kMaxRefusals = 10000;
constexpr const char* kMinStatusWords[] = {"translated", "reviewed", "final"};

struct LearnCommand {
  WhereOptions where;
  std::string min_status = kMinStatusWords[0];
  std::string actor;
  std::string from;
  std::string to;
  std::vector<std::string> mappings;
  std::string policy;
  bool dry_run = false;
  std::vector<std::string> files;
};

struct FileRefusal {
  std::string file;
  Refusal refusal;
};

// Of all files of a run.
struct LearnTotals {
  uint64_t added = 0, updated = 0, merged = 0, skipped = 0, not_confirmed = 0, unchanged = 0, refused = 0;
  std::vector<FileRefusal> refusals;  // the first kMaxRefusals

  void Refuse(const std::string& file, Refusal refusal) {
    ++refused;
    if (refusals.size() < kMaxRefusals) refusals.push_back({file, std::move(refusal)});
  }
};

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

VariantStatus MinStatus(const std::string& word) {
  return word == "final"      ? VariantStatus::kFinal
         : word == "reviewed" ? VariantStatus::kReviewed
                              : VariantStatus::kTranslated;
}

// One file: read here, its confirmed units sent on.
class FileLearning : private UnitSink {
 public:
  FileLearning(Session* session, const LearnCommand& command, const LocaleMap& locale_map, v1::DuplicatePolicy policy,
               const std::string& file, LearnTotals* totals)
      : command_(command),
        locale_map_(locale_map),
        file_(file),
        totals_(totals),
        now_(NowMicros()),
        stream_(session, Config(command, policy)),
        confirmed_(MinStatus(command.min_status), this) {}

  absl::Status Run() {
    const absl::Status read = Read();
    // A file that is cut off: what came before it is stored all the same.
    const absl::Status stored = stream_.Finish();
    const v1::ImportCounts& counts = stream_.counts();
    totals_->added += counts.added();
    totals_->updated += counts.updated();
    totals_->merged += counts.merged();
    totals_->skipped += counts.skipped();
    totals_->not_confirmed += confirmed_.not_confirmed();
    totals_->unchanged += confirmed_.unchanged();
    for (const Refusal& refusal : stream_.refusals()) totals_->Refuse(file_, refusal);
    const absl::Status& status = stored.ok() ? read : stored;
    return status.ok() ? status : MakeStatus(status.code(), file_ + ": " + MessageOf(status));
  }

 private:
  static v1::ImportConfig Config(const LearnCommand& command, v1::DuplicatePolicy policy) {
    v1::ImportConfig config;
    config.set_parent(ParentOf(command.where));
    config.set_duplicate_policy(policy);
    config.set_actor(command.actor);
    config.set_dry_run(command.dry_run);
    return config;
  }

  absl::Status Read() {
    std::ifstream file(file_, std::ios::binary);
    if (!file) return NotFound(std::string("cannot be opened: ") + std::strerror(errno));
    std::vector<char> buffer(kReadBytes);
    std::unique_ptr<UnitReader> reader;
    while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
      const std::string_view bytes(buffer.data(), static_cast<size_t>(file.gcount()));
      if (reader == nullptr) {
        ASSIGN_OR_RETURN(reader, NewReader(bytes));
      }
      RETURN_IF_ERROR(reader->Feed(bytes));
    }
    if (file.bad()) return MakeStatus(absl::StatusCode::kUnknown, "cannot be read");
    return reader == nullptr ? InvalidArgument("is empty; nothing to learn") : reader->Finish();
  }

  absl::StatusOr<std::unique_ptr<UnitReader>> NewReader(std::string_view head) {
    const std::string name = std::filesystem::path(file_).filename().string();
    const Format format = DetectFormat(name, head);
    if (format != Format::kXliff12 && format != Format::kXliff2 && format != Format::kPo) {
      return InvalidArgument(
          "is neither XLIFF nor PO, so it does not say what is confirmed; `reprise import` takes it");
    }
    ReadOptions options;
    options.source_locale = command_.from;
    options.target_locale = command_.to;
    options.locale_map = locale_map_;
    options.document = name;
    options.for_learning = true;
    return NewUnitReader(format, options, &confirmed_);
  }

  // What `confirmed_` lets through. Confirmed now, by who learns: a time that the file says is that of the text before.
  absl::Status OnUnit(Unit unit, uint64_t line) override {
    Variant& target = unit.variants.back();
    target.changed_us = now_;
    if (!command_.actor.empty()) target.changed_by = command_.actor;
    return stream_.Add(unit, line);
  }

  absl::Status OnRefusal(Refusal refusal) override {
    totals_->Refuse(file_, std::move(refusal));
    return absl::OkStatus();
  }

  const LearnCommand& command_;
  const LocaleMap& locale_map_;
  const std::string file_;
  LearnTotals* const totals_;
  const int64_t now_;
  LearnStream stream_;
  ConfirmedUnits confirmed_;
};

std::string TotalsJson(const LearnTotals& totals, bool dry_run) {
  JsonWriter json;
  const auto count = [&](const char* name, uint64_t value) { json.Key(name).Number(static_cast<int64_t>(value)); };
  json.BeginObject();
  count("stored", totals.added + totals.updated + totals.merged);
  count("added", totals.added);
  count("updated", totals.updated);
  count("merged", totals.merged);
  count("skipped", totals.skipped);
  count("not_confirmed", totals.not_confirmed);
  count("unchanged", totals.unchanged);
  count("refused", totals.refused);
  json.Key("dry_run").Bool(dry_run).Key("refusals").BeginArray();
  for (const FileRefusal& at : totals.refusals) {
    json.BeginObject().Key("file").String(at.file).Key("line").Number(static_cast<int64_t>(at.refusal.line));
    json.Key("unit").String(at.refusal.unit).Key("reason").String(at.refusal.reason).EndObject();
  }
  return json.EndArray().EndObject().text();
}

std::string TotalsText(const LearnTotals& totals, bool dry_run) {
  const uint64_t stored = totals.added + totals.updated + totals.merged;
  // A dry run does not ask what is stored already.
  std::string text = dry_run ? "would store " + Thousands(stored)
                             : "stored " + Thousands(stored) + " (" + Thousands(totals.added) + " added, " +
                                   Thousands(totals.updated) + " updated, " + Thousands(totals.merged) + " merged)";
  text += ", " + Thousands(totals.not_confirmed) + " not confirmed, " + Thousands(totals.unchanged) +
          " unchanged proposals, ";
  if (totals.skipped > 0) text += Thousands(totals.skipped) + " skipped by the policy, ";
  return text + Thousands(totals.refused) + " refused";
}

void PrintRefusals(const LearnTotals& totals) {
  for (const FileRefusal& at : totals.refusals) {
    const std::string unit = at.refusal.unit.empty() ? "" : "unit " + Printable(at.refusal.unit) + ": ";
    std::fprintf(stderr, "%s:%llu: refused: %s%s\n", Printable(at.file).c_str(),
                 static_cast<unsigned long long>(at.refusal.line), unit.c_str(), Printable(at.refusal.reason).c_str());
  }
}

// The memory that is stored to: the one given, or the one that the profile writes.
absl::StatusOr<std::string> StoredTo(Session* session, const WhereOptions& where) {
  if (where.profile.empty()) return ParentOf(where);
  v1::GetProfileRequest request;
  request.set_name(ParentOf(where));
  v1::Profile profile;
  auto stub = v1::Profiles::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->GetProfile(session->NewContext().get(), request, &profile)));
  std::vector<std::string> written;
  for (const v1::ProfileMemory& memory : profile.memories()) {
    if (memory.write()) written.push_back(memory.name());
  }
  if (written.size() == 1) return written[0];
  return FailedPrecondition("profile \"" + ShortProfile(profile.name()) + "\" writes " +
                            (written.empty() ? "no memory" : std::to_string(written.size()) + " memories") +
                            "; name one with --memory, or let the profile write exactly one");
}

absl::Status Learn(Session* session, const LearnCommand& command) {
  ASSIGN_OR_RETURN(const LocaleMap locale_map, ParseLocaleMap(command.mappings));
  for (const std::string& file : command.files) {
    if (!std::ifstream(file)) return NotFound("cannot open " + file + ": " + std::strerror(errno));
  }
  RETURN_IF_ERROR(session->Connect());
  v1::GetMemoryRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), StoredTo(session, command.where));
  v1::Memory memory;
  auto stub = v1::Memories::NewStub(session->channel());
  RETURN_IF_ERROR(FromGrpc(stub->GetMemory(session->NewContext().get(), request, &memory)));
  // Import keeps all translations of a text by default; a translator's correction replaces the one before.
  v1::DuplicatePolicy policy = command.policy.empty() ? memory.duplicate_policy() : PolicyOf(command.policy);
  if (policy == v1::DUPLICATE_POLICY_UNSPECIFIED) policy = v1::DUPLICATE_POLICY_NEWEST;
  LearnTotals totals;
  absl::Status status;
  for (const std::string& file : command.files) {
    status = FileLearning(session, command, locale_map, policy, file, &totals).Run();
    if (!status.ok()) break;
  }
  if (!session->json()) PrintRefusals(totals);
  // What was stored stays, so the counts are printed after a failure, too.
  absl::Status printed =
      session->PrintLine(session->json() ? TotalsJson(totals, command.dry_run) : TotalsText(totals, command.dry_run));
  RETURN_IF_ERROR(status);
  return printed;
}

}  // namespace

void AddLearnCommand(CLI::App* app, Invocation* invocation) {
  auto command = std::make_shared<LearnCommand>();
  CLI::App* verb =
      app->add_subcommand("learn", "Store what a translator confirmed in XLIFF or PO files")->fallthrough();
  AddStoreOptions(verb, &command->where);
  verb->add_option("--min-status", command->min_status, "The lowest status that is stored (default translated)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kMinStatusWords), std::end(kMinStatusWords))));
  verb->add_option("--actor", command->actor, "Who confirmed it; lookups show it as the one who changed it last")
      ->type_name("NAME");
  verb->add_option("--from", command->from, "Source locale, for files that do not say")->type_name("LOCALE");
  verb->add_option("--to", command->to, "Target locale, for files that do not say")->type_name("LOCALE");
  AddLocaleMapOption(verb, &command->mappings);
  verb->add_option("--policy", command->policy, "What to do with a text that is there already (default: the memory's)")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kPolicyWords), std::end(kPolicyWords))));
  verb->add_flag("--dry-run", command->dry_run, "Read and check, store nothing");
  verb->add_option("FILE", command->files, "XLIFF 1.2 or 2.x (also SDLXLIFF, MQXLIFF, MXLIFF) or PO")
      ->type_name("")
      ->required();
  verb->footer(std::string(kPolicyHelp) +
               "\nStored is what a state of the file says is translated, and what has no such state but differs from\n"
               "the best proposal that the file offers. Drafts, rejected texts and <alt-trans> are not.");
  verb->callback([=] {
    RequireWhere(command->where);
    invocation->action = [=](Session* session) { return Learn(session, *command); };
  });
}

}  // namespace reprise::client
