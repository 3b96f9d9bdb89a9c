#include "tests/server/fake_memory.h"

#include <thread>
#include <utility>

namespace reprise {
namespace {

class FakeImporter final : public Importer {
 public:
  FakeImporter(FakeMemory* memory, std::string name, ImportProgress progress)
      : memory_(memory), name_(std::move(name)), progress_(std::move(progress)) {}

  absl::Status Feed(std::string_view bytes) override {
    rest_.append(bytes);
    ImportNews fresh;
    size_t end = 0;
    while ((end = rest_.find('\n')) != std::string::npos) {
      RETURN_IF_ERROR(Line(rest_.substr(0, end), &fresh));
      rest_.erase(0, end + 1);
    }
    return progress_ ? progress_(report_, fresh) : absl::OkStatus();
  }
  absl::StatusOr<ImportReport> Finish() override {
    if (!rest_.empty()) return InvalidArgument("line " + std::to_string(line_ + 1) + ": the file is cut off");
    return report_;
  }
  const ImportReport& report() const override { return report_; }

 private:
  absl::Status Line(const std::string& line, ImportNews* fresh) {
    ++line_;
    if (line == "stop") return InvalidArgument("line " + std::to_string(line_) + ": stop");
    ++report_.read;
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) {
      ++report_.refused;
      fresh->refusals.push_back({line_, "", "no tab"});
      report_.refusals.push_back(fresh->refusals.back());
      return absl::OkStatus();
    }
    Unit unit;
    unit.variants.resize(2);
    unit.variants[0].locale = "en";
    unit.variants[0].content.text = line.substr(0, tab);
    unit.variants[1].locale = "de";
    unit.variants[1].content.text = line.substr(tab + 1);
    ++report_.added;
    return memory_->PutUnits(name_, {unit}, {}).status();
  }

  FakeMemory* const memory_;
  const std::string name_;
  const ImportProgress progress_;
  std::string rest_;
  uint64_t line_ = 0;
  ImportReport report_;
};

}  // namespace

absl::StatusOr<FakeMemory::Data*> FakeMemory::Find(std::string_view name) {
  auto it = memories_.find(std::string(name));
  if (it == memories_.end()) {
    return WithReason(NotFound("no memory '" + std::string(name) + "'"), "MEMORY_NOT_FOUND");
  }
  return &it->second;
}

absl::StatusOr<MemoryInfo> FakeMemory::CreateMemory(const MemoryInfo& info) {
  std::lock_guard<std::mutex> lock(mu_);
  auto [it, added] = memories_.try_emplace(info.name);
  if (!added) return WithReason(AlreadyExists("memory '" + info.name + "' is there already"), "MEMORY_EXISTS");
  it->second.info = info;
  return info;
}

absl::StatusOr<MemoryInfo> FakeMemory::GetMemory(std::string_view name) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(name));
  return data->info;
}

std::vector<MemoryInfo> FakeMemory::ListMemories() {
  std::lock_guard<std::mutex> lock(mu_);
  std::vector<MemoryInfo> out;
  for (const auto& [name, data] : memories_) out.push_back(data.info);
  return out;
}

absl::StatusOr<MemoryInfo> FakeMemory::UpdateMemory(const MemoryInfo& info) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(info.name));
  data->info = info;
  return info;
}

absl::Status FakeMemory::DeleteMemory(std::string_view name) {
  std::lock_guard<std::mutex> lock(mu_);
  RETURN_IF_ERROR(Find(name).status());
  memories_.erase(std::string(name));
  return absl::OkStatus();
}

absl::StatusOr<MemoryStats> FakeMemory::Stats(std::string_view memory) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(memory));
  MemoryStats out;
  out.units = data->units.size();
  out.locales["en"].variants = data->units.size();
  return out;
}

absl::StatusOr<std::vector<PutResult>> FakeMemory::PutUnits(std::string_view memory, std::vector<Unit> units,
                                                            const PutOptions&) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(memory));
  std::vector<PutResult> out;
  for (Unit& unit : units) {
    PutResult result;
    if (unit.variants[0].content.text == "refuse me") {
      result.status = FieldError("units[" + std::to_string(out.size()) + "].variants[0].content.text", "asked for it");
    } else {
      unit.id = ++last_id_;
      unit.revision = 1;
      result.outcome = PutOutcome::kAdded;
      result.unit = unit.id;
      result.revision = 1;
      data->units[unit.id] = std::move(unit);
    }
    out.push_back(std::move(result));
  }
  return out;
}

absl::StatusOr<Unit> FakeMemory::GetUnit(std::string_view memory, uint64_t unit) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(memory));
  auto it = data->units.find(unit);
  if (it == data->units.end()) return WithReason(NotFound("no such unit"), "UNIT_NOT_FOUND");
  return it->second;
}

absl::StatusOr<std::vector<Unit>> FakeMemory::ListUnits(std::string_view memory, const UnitFilter&, std::string_view,
                                                        uint64_t after_unit, size_t limit, uint64_t* next) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(memory));
  std::vector<Unit> out;
  *next = 0;
  for (auto it = data->units.upper_bound(after_unit); it != data->units.end(); ++it) {
    if (out.size() == limit) {
      *next = out.back().id;
      break;
    }
    out.push_back(it->second);
  }
  return out;
}

absl::Status FakeMemory::DeleteUnit(std::string_view memory, uint64_t unit) {
  std::lock_guard<std::mutex> lock(mu_);
  ASSIGN_OR_RETURN(Data * data, Find(memory));
  return data->units.erase(unit) == 1 ? absl::OkStatus() : WithReason(NotFound("no such unit"), "UNIT_NOT_FOUND");
}

void FakeMemory::Await(const int* count, int lookups) {
  std::unique_lock<std::mutex> lock(waits_mu_);
  waits_changed_.wait(lock, [&] { return *count >= lookups; });
}

void FakeMemory::Count(int* count) {
  std::lock_guard<std::mutex> lock(waits_mu_);
  ++*count;
  waits_changed_.notify_all();
}

absl::StatusOr<std::vector<absl::StatusOr<LookupResult>>> FakeMemory::BatchLookup(
    const std::vector<MemoryRef>& memories, const std::vector<Query>& queries, const LookupOptions& options,
    const CancelCheck& cancelled, unsigned) {
  std::vector<absl::StatusOr<LookupResult>> results;
  for (const Query& query : queries) {
    if (cancelled()) return Cancelled("the batch was cancelled");
    results.push_back(Lookup(memories, query, options, cancelled));
  }
  if (cancelled()) return Cancelled("the batch was cancelled");
  return results;
}

absl::StatusOr<LookupResult> FakeMemory::Lookup(const std::vector<MemoryRef>& memories, const Query& query,
                                                const LookupOptions& options, const CancelCheck& cancelled) {
  if (query.content.text == "wait") {
    Count(&started_);
    while (!cancelled()) std::this_thread::yield();
    Count(&cancelled_);
    return Cancelled("cancelled");
  }
  std::lock_guard<std::mutex> lock(mu_);
  LookupResult out;
  for (const MemoryRef& ref : memories) {
    ASSIGN_OR_RETURN(Data * data, Find(ref.name));
    for (const auto& [id, unit] : data->units) {
      if (unit.variants[0].content.text != query.content.text) continue;
      Match match;
      match.score = match.base.base = 100;
      match.base.band = Band::kExact;
      match.source = unit.variants[0].content;
      match.target = unit.variants[1];
      match.source_locale = unit.variants[0].locale;
      match.memory = ref.name;
      match.unit = id;
      ++out.total;
      if (out.matches.size() < static_cast<size_t>(options.max_results)) out.matches.push_back(std::move(match));
    }
  }
  return out;
}

absl::StatusOr<SuggestResult> FakeMemory::Suggest(const std::vector<MemoryRef>&, const Query&, std::string_view typed,
                                                  const SuggestOptions&, const CancelCheck& cancelled, SuggestCache*) {
  if (typed == "wait") {
    Count(&started_);
    while (!cancelled()) std::this_thread::yield();
    Count(&cancelled_);
    return Cancelled("cancelled");
  }
  SuggestResult result;
  result.completions.push_back({.append = std::string(typed), .text = std::string(typed), .memory = "news", .unit = 1});
  return result;
}

absl::StatusOr<ConcordanceResult> FakeMemory::Concordance(const std::vector<MemoryRef>& memories,
                                                          const ConcordanceQuery& query, const ConcordanceOptions&,
                                                          const CancelCheck&) {
  std::lock_guard<std::mutex> lock(mu_);
  ConcordanceResult result;
  for (const MemoryRef& ref : memories) {
    ASSIGN_OR_RETURN(Data * data, Find(ref.name));
    for (const auto& [id, unit] : data->units) {
      const Variant& source = unit.variants[0];
      if (source.content.text.find(query.source_text) == std::string::npos) continue;
      result.hits.push_back({ref.name, id, unit.revision, source.locale, source.content, {{0, 1}}, {}});
      result.hits.back().targets.push_back({unit.variants[1], {}});
    }
  }
  return result;
}

absl::StatusOr<std::unique_ptr<Importer>> FakeMemory::StartImport(std::string_view memory, const ImportOptions&,
                                                                  ImportProgress progress) {
  RETURN_IF_ERROR(GetMemory(memory).status());
  return std::unique_ptr<Importer>(new FakeImporter(this, std::string(memory), std::move(progress)));
}

absl::StatusOr<ExportReport> FakeMemory::Export(std::string_view memory, Format, const WriteOptions&, const UnitFilter&,
                                                ByteSink* sink, const CancelCheck&) {
  uint64_t next = 0;
  ASSIGN_OR_RETURN(const std::vector<Unit> units, ListUnits(memory, {}, "", 0, SIZE_MAX, &next));
  for (const Unit& unit : units) RETURN_IF_ERROR(sink->Write(unit.variants[0].content.text + "\n"));
  return ExportReport{.units = units.size(), .skipped = 1, .repeated = 2, .replaced = 3};
}

absl::StatusOr<Profile> FakeProfiles::Create(const Profile& profile) {
  std::lock_guard<std::mutex> lock(mu_);
  const bool added = profiles_.emplace(profile.name, profile).second;
  if (!added) return WithReason(AlreadyExists("profile '" + profile.name + "' is there already"), "PROFILE_EXISTS");
  return profile;
}

absl::StatusOr<Profile> FakeProfiles::Get(std::string_view name) {
  std::lock_guard<std::mutex> lock(mu_);
  const auto it = profiles_.find(name);
  if (it == profiles_.end()) return WithReason(NotFound("no such profile"), "PROFILE_NOT_FOUND");
  return it->second;
}

std::vector<Profile> FakeProfiles::List() {
  std::lock_guard<std::mutex> lock(mu_);
  std::vector<Profile> out;
  for (const auto& [name, profile] : profiles_) out.push_back(profile);
  return out;
}

absl::StatusOr<Profile> FakeProfiles::Update(const Profile& profile) {
  RETURN_IF_ERROR(Get(profile.name).status());
  std::lock_guard<std::mutex> lock(mu_);
  return profiles_[profile.name] = profile;
}

absl::Status FakeProfiles::Delete(std::string_view name) {
  RETURN_IF_ERROR(Get(name).status());
  std::lock_guard<std::mutex> lock(mu_);
  profiles_.erase(profiles_.find(name));
  return absl::OkStatus();
}

absl::StatusOr<DeleteReport> FakeMaintenance::DeleteMatching(std::string_view name, const DeleteOptions& options,
                                                             const CancelCheck&) {
  std::lock_guard<std::mutex> lock(mu_);
  memory_ = name;
  deleted_ = options;
  if (options.expected_count == 13) return WithReason(FailedPrecondition("another count"), "COUNT_CHANGED");
  return DeleteReport{.matched = 5, .deleted = 3, .changed = 2};
}

absl::StatusOr<ReplaceReport> FakeMaintenance::ReplaceText(std::string_view name, const ReplaceOptions& options,
                                                           const CancelCheck&) {
  std::lock_guard<std::mutex> lock(mu_);
  memory_ = name;
  replaced_ = options;
  ReplaceReport report = {1, 2, 3, 4, 5, 6, 7, {}};
  report.previews.push_back({8, "before", "after"});
  return report;
}

absl::StatusOr<CheckReport> FakeMaintenance::Check(std::string_view name, const CheckOptions& options,
                                                   const CancelCheck&) {
  std::lock_guard<std::mutex> lock(mu_);
  memory_ = name;
  checked_ = options;
  CheckReport report;
  report.units = 9;
  report.pairs = 10;
  report.counts[FindingKind::kIdentical] = 11;
  report.findings.push_back({FindingKind::kIdentical, "en", "de", "", 1, {{12, "London", "London"}}});
  return report;
}

absl::StatusOr<std::vector<absl::Status>> FakeMaintenance::RecordUse(std::string_view name,
                                                                     const std::vector<UnitUse>& uses) {
  std::lock_guard<std::mutex> lock(mu_);
  memory_ = name;
  if (name == "gone") return WithReason(NotFound("no such memory"), "MEMORY_NOT_FOUND");
  std::vector<absl::Status> out;
  for (const UnitUse& use : uses) {
    used_.push_back(use);
    out.push_back(use.unit == 404 ? WithReason(NotFound("no such unit"), "UNIT_NOT_FOUND") : absl::OkStatus());
  }
  return out;
}

}  // namespace reprise
