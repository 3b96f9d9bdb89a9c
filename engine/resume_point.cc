#include "engine/resume_point.h"

#include <algorithm>
#include <random>

#include "absl/strings/escaping.h"

namespace reprise {
namespace {

constexpr int64_t kKeptUs = int64_t{30} * 24 * 3600 * 1000000;
// So much input lies between the end of a batch and the place that its record names at most.
constexpr size_t kSlice = 16 << 10;

std::string NewId() {
  std::random_device random;
  std::string id;
  while (id.size() < format::kImportIdBytes) format::AppendU32(&id, random());
  return id;
}

std::string InWords(const LocaleMap& map) {
  std::string words;
  for (const auto& [from, to] : map.entries()) words += (words.empty() ? "" : ",") + from + "=" + to;
  return words;
}

// The options that must be the same when an import goes on, in words.
std::vector<std::string> OptionsOf(const ImportOptions& options) {
  return {"format=" + std::string(FormatName(options.format)),
          "file_name=" + options.file_name,
          "source_locale=" + options.source_locale,
          "target_locale=" + options.target_locale,
          "duplicate_policy=" + std::to_string(static_cast<int>(options.policy)),
          "actor=" + options.actor,
          "locale_map=" + InWords(options.locale_map)};
}

absl::Status TokenError(std::string_view message) {
  return WithReason(FailedPrecondition("resume_token: " + std::string(message)), "IMPORT_NOT_RESUMABLE");
}

absl::Status OtherFile() {
  return WithReason(FailedPrecondition("the file is not the one whose import broke off; give that file, or import "
                                       "this one without resuming"),
                    "IMPORT_OTHER_FILE");
}

absl::StatusOr<std::string> ParseToken(const std::string& token) {
  const bool hex =
      token.size() == 2 * format::kImportIdBytes && token.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex) return FieldError("resume_token", "is none of this server's; give it as it came, or leave it out");
  return absl::HexStringToBytes(token);
}

absl::Status CheckSame(const StoredImport& stored, format::MemoryId memory, const std::vector<std::string>& options) {
  if (stored.memory != memory) return TokenError("the import that broke off went into another memory");
  for (size_t i = 0; i < options.size(); ++i) {
    // An import that an older version began has none of the options that came later.
    const std::string without = options[i].substr(0, options[i].find('=') + 1);
    const std::string& before = i < stored.options.size() ? stored.options[i] : without;
    if (options[i] == before) continue;
    return TokenError("the import that broke off was begun with other options (\"" + before + "\", not \"" +
                      options[i] + "\"); give the same");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ResumePoint>> ResumePoint::Begin(UnitStore* store, format::MemoryId memory,
                                                                const ImportOptions& options) {
  std::unique_ptr<ResumePoint> point(new ResumePoint);
  const bool resumes = !options.resume_token.empty();
  if (!resumes && !options.resumable) return point;
  if (options.dry_run) {
    return FieldError(resumes ? "resume_token" : "resumable", "has no sense with dry_run, which stores nothing");
  }
  StoredImport& import = point->stored_;
  if (resumes) {
    ASSIGN_OR_RETURN(import.id, ParseToken(options.resume_token));
  } else {
    import.id = NewId();
  }
  RETURN_IF_ERROR(store->Write([&](WriteTxn& txn) -> absl::Status {
    if (resumes) {
      ASSIGN_OR_RETURN(std::optional<StoredImport> found, txn.FindImport(import.id));
      if (!found.has_value()) {
        return TokenError(
            "the import is not known here: it began on another server, or ended more than 30 days ago; import the "
            "file anew, what is there already is merged");
      }
      RETURN_IF_ERROR(CheckSame(*found, memory, OptionsOf(options)));
      import = *std::move(found);
    } else {
      import.memory = memory;
      import.options = OptionsOf(options);
      RETURN_IF_ERROR(txn.DropImports(txn.now_us() - kKeptUs));
    }
    ++import.calls;
    txn.PutImport(import);
    return absl::OkStatus();
  }));
  point->before_ = import;
  point->verified_ = import.input_bytes == 0;
  return point;
}

std::string ResumePoint::token() const {
  return absl::BytesToHexString(absl::string_view(stored_.id.data(), stored_.id.size()));
}

size_t ResumePoint::Slice(size_t bytes) const {
  if (!resumable()) return bytes;
  const size_t most = std::min(bytes, kSlice);
  return verified() ? most : static_cast<size_t>(std::min<uint64_t>(most, before_.input_bytes - input_.bytes()));
}

absl::Status ResumePoint::Input(std::string_view bytes) {
  if (!resumable()) return absl::OkStatus();
  input_.Add(bytes);
  if (verified_ || input_.bytes() < before_.input_bytes) return absl::OkStatus();
  verified_ = input_.bytes() == before_.input_bytes && input_.Sum() == before_.input_hash;
  return verified_ ? absl::OkStatus() : OtherFile();
}

absl::Status ResumePoint::InputEnded() const { return verified() ? absl::OkStatus() : OtherFile(); }

ResumePoint::Mark ResumePoint::MarkAt(uint64_t events, uint64_t refused) const {
  if (!resumable()) return {};
  return {events, refused, input_.bytes(), input_.Sum()};
}

absl::Status ResumePoint::CheckPassed(uint64_t events, uint64_t refused) const {
  if (events > before_.events || (events == before_.events && refused == before_.refused)) return absl::OkStatus();
  return TokenError("this version reads the file otherwise than the one that began the import; import it anew");
}

absl::Status ResumePoint::Claim(const WriteTxn& txn) const {
  if (!resumable()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<StoredImport> now, txn.FindImport(stored_.id));
  if (now.has_value() && now->calls == stored_.calls) return absl::OkStatus();
  return WithReason(Aborted("another call goes on with this import"), "IMPORT_TAKEN_OVER");
}

void ResumePoint::Store(const WriteResult* results, size_t count, const Mark& mark, WriteTxn* txn) {
  if (!resumable()) return;
  for (size_t i = 0; i < count; ++i) {
    stored_.added += results[i].outcome == WriteOutcome::kAdded;
    stored_.updated += results[i].outcome == WriteOutcome::kUpdated;
    stored_.merged += results[i].outcome == WriteOutcome::kMerged;
    stored_.skipped += results[i].outcome == WriteOutcome::kSkipped;
  }
  stored_.events = mark.events;
  stored_.refused = mark.refused;
  stored_.input_bytes = mark.bytes;
  stored_.input_hash = mark.hash;
  txn->PutImport(stored_);
}

}  // namespace reprise
