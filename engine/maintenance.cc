#include "engine/maintenance.h"

#include <algorithm>
#include <utility>

#include "engine/memory_check.h"
#include "engine/translation_memory.h"
#include "storage/unit_scan.h"
#include "storage/unit_store.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

absl::Status Canonicalize(const char* field, std::string* locale) {
  if (locale->empty()) return absl::OkStatus();
  auto canonical = CanonicalLocale(*locale);
  if (!canonical.ok()) return WithField(canonical.status(), field);
  *locale = *std::move(canonical);
  return absl::OkStatus();
}

absl::Status CheckCount(const std::optional<uint64_t>& expected, uint64_t found, const char* what) {
  if (!expected.has_value() || *expected == found) return absl::OkStatus();
  return WithReason(FailedPrecondition("expected_count is " + std::to_string(*expected) + ", but " +
                                       std::to_string(found) + " " + what + " by now; nothing was changed"),
                    "COUNT_CHANGED");
}

void AddPreview(const ReplaceOptions& options, ReplacePreview preview, ReplaceReport* report) {
  if (report->previews.size() >= options.max_previews) return;
  size_t bytes = preview.before.size() + preview.after.size();
  for (const ReplacePreview& before : report->previews) bytes += before.before.size() + before.after.size();
  if (bytes <= options.max_preview_bytes) report->previews.push_back(std::move(preview));
}

// A unit to be written, if it still has this revision.
struct Wanted {
  uint64_t unit = 0;
  uint64_t revision = 0;
};

class MaintenanceImpl final : public Maintenance {
 public:
  explicit MaintenanceImpl(UnitStore* store) : store_(store) {}

  absl::StatusOr<DeleteReport> DeleteMatching(std::string_view memory, const DeleteOptions& options,
                                              const CancelCheck& cancelled) override;
  absl::StatusOr<ReplaceReport> ReplaceText(std::string_view memory, const ReplaceOptions& options,
                                            const CancelCheck& cancelled) override;
  absl::StatusOr<CheckReport> Check(std::string_view memory, const CheckOptions& options,
                                    const CancelCheck& cancelled) override;
  absl::StatusOr<std::vector<absl::Status>> RecordUse(std::string_view memory,
                                                      const std::vector<UnitUse>& uses) override;

 private:
  using Visit = std::function<absl::Status(Unit unit)>;

  static absl::StatusOr<format::MemoryId> Find(const StoreState& state, std::string_view name, bool for_writing);
  absl::Status ForEach(const StoreState& state, format::MemoryId memory, const CancelCheck& cancelled,
                       const Visit& visit) const;
  absl::Status DeleteBatch(format::MemoryId memory, const Wanted* begin, const Wanted* end, const std::string& actor,
                           DeleteReport* report);
  static bool ReplaceIn(const TextReplacer& replacer, const ReplaceOptions& options, Unit* unit, uint64_t* changes,
                        ReplaceReport* report);
  absl::Status WriteReplaced(format::MemoryId memory, const ReplaceOptions& options,
                             std::vector<std::pair<PreparedUnit, uint64_t>>* batch, ReplaceReport* report);

  UnitStore* const store_;
};

absl::StatusOr<format::MemoryId> MaintenanceImpl::Find(const StoreState& state, std::string_view name,
                                                       bool for_writing) {
  auto it = state.memories.find(name);
  if (it == state.memories.end()) {
    return WithReason(NotFound("memory \"" + std::string(name) + "\" does not exist"), "MEMORY_NOT_FOUND");
  }
  if (for_writing && it->second->read_only) {
    return WithReason(FailedPrecondition("memory \"" + it->second->name + "\" is read-only"), "MEMORY_READ_ONLY");
  }
  return it->second->id;
}

absl::Status MaintenanceImpl::ForEach(const StoreState& state, format::MemoryId memory, const CancelCheck& cancelled,
                                      const Visit& visit) const {
  auto scan = ScanUnits(state, memory);
  for (; scan->Valid(); scan->Next()) {
    if (cancelled && cancelled()) return Cancelled("the call was cancelled before it wrote anything more");
    ASSIGN_OR_RETURN(Unit unit, store_->Decode(scan->value()));
    RETURN_IF_ERROR(visit(std::move(unit)));
  }
  return scan->status();
}

absl::StatusOr<DeleteReport> MaintenanceImpl::DeleteMatching(std::string_view memory, const DeleteOptions& options,
                                                             const CancelCheck& cancelled) {
  DeleteOptions wanted = options;
  RETURN_IF_ERROR(Canonicalize("locale", &wanted.locale));
  RETURN_IF_ERROR(WithField(ValidateUtf8(wanted.contains), "contains"));
  const std::string key = KeyForm(wanted.contains);
  if (!wanted.contains.empty() && key.empty()) {
    return FieldError("contains", "holds nothing but white space and invisible characters");
  }
  const bool restricts = Restricts(wanted.filter);
  if (!restricts && wanted.locale.empty() && key.empty() && !wanted.all) {
    return FieldError("filter", "is empty, and so are locale and contains; set `all` to delete every unit");
  }
  const std::shared_ptr<const StoreState> state = store_->state();
  ASSIGN_OR_RETURN(const format::MemoryId id, Find(*state, memory, !wanted.dry_run));
  std::vector<Wanted> found;
  RETURN_IF_ERROR(ForEach(*state, id, cancelled, [&](const Unit& unit) {
    const bool matches = std::any_of(unit.variants.begin(), unit.variants.end(), [&](const Variant& v) {
      return (wanted.locale.empty() || v.locale == wanted.locale) &&
             (!restricts || PassesFilter(wanted.filter, unit, v)) &&
             (key.empty() || KeyForm(v.content.text).find(key) != std::string::npos);
    });
    if (matches) found.push_back({unit.id, unit.revision});
    return absl::OkStatus();
  }));
  DeleteReport report;
  report.matched = found.size();
  if (wanted.dry_run) return report;
  RETURN_IF_ERROR(CheckCount(wanted.expected_count, report.matched, "units match"));
  for (size_t begin = 0; begin < found.size(); begin += kUpkeepBatch) {
    if (cancelled && cancelled()) {
      return Cancelled("the call was cancelled; " + std::to_string(report.deleted) + " units had been deleted");
    }
    const size_t end = std::min(found.size(), begin + kUpkeepBatch);
    RETURN_IF_ERROR(DeleteBatch(id, found.data() + begin, found.data() + end, wanted.actor, &report));
  }
  return report;
}

absl::Status MaintenanceImpl::DeleteBatch(format::MemoryId memory, const Wanted* begin, const Wanted* end,
                                          const std::string& actor, DeleteReport* report) {
  DeleteReport batch;
  RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
    for (const Wanted* at = begin; at != end; ++at) {
      absl::Status status = txn.DeleteUnit(memory, at->unit, actor, at->revision);
      // Neither of the two has written anything, so the batch goes on.
      if (absl::IsNotFound(status) || absl::IsAborted(status)) {
        ++batch.changed;
      } else if (!status.ok()) {
        return status;
      } else {
        ++batch.deleted;
      }
    }
    return absl::OkStatus();
  }));
  report->deleted += batch.deleted;
  report->changed += batch.changed;
  return absl::OkStatus();
}

// True if the unit is another afterwards; *changes gets how many of its variants are.
bool MaintenanceImpl::ReplaceIn(const TextReplacer& replacer, const ReplaceOptions& options, Unit* unit,
                                uint64_t* changes, ReplaceReport* report) {
  const Unit before = *unit;
  const bool restricts = Restricts(options.filter);
  *changes = 0;
  for (size_t i = 0; i < unit->variants.size(); ++i) {
    Variant& variant = unit->variants[i];
    if (variant.locale != options.locale) continue;
    if (restricts && !PassesFilter(options.filter, before, before.variants[i])) continue;
    Content after;
    const size_t occurrences = replacer.Replace(variant.content, &after);
    if (occurrences == 0 || after == variant.content) continue;
    if (variant.locked) {
      ++report->locked;
      continue;
    }
    std::swap(variant.content, after);
    Unit checked = *unit;
    if (!CheckUnit(&checked).ok()) {
      std::swap(variant.content, after);
      ++report->refused;
      continue;
    }
    ++*changes;
    report->occurrences += occurrences;
    if (options.dry_run) {
      AddPreview(options, {unit->id, before.variants[i].content.text, variant.content.text}, report);
    }
  }
  report->variants += *changes;
  return *changes != 0;
}

absl::StatusOr<ReplaceReport> MaintenanceImpl::ReplaceText(std::string_view memory, const ReplaceOptions& options,
                                                           const CancelCheck& cancelled) {
  ReplaceOptions wanted = options;
  if (wanted.locale.empty()) return FieldError("locale", "is empty; name the locale whose texts are to be changed");
  RETURN_IF_ERROR(Canonicalize("locale", &wanted.locale));
  ASSIGN_OR_RETURN(const TextReplacer replacer, TextReplacer::Make(wanted.pattern));
  const std::shared_ptr<const StoreState> state = store_->state();
  ASSIGN_OR_RETURN(const format::MemoryId id, Find(*state, memory, !wanted.dry_run));
  ReplaceReport report;
  uint64_t changes = 0;
  if (wanted.dry_run || wanted.expected_count.has_value()) {
    RETURN_IF_ERROR(ForEach(*state, id, cancelled, [&](Unit unit) {
      ReplaceIn(replacer, wanted, &unit, &changes, &report);
      return absl::OkStatus();
    }));
    if (wanted.dry_run) return report;
    RETURN_IF_ERROR(CheckCount(wanted.expected_count, report.variants, "texts would change"));
    report = ReplaceReport();
  }
  std::vector<std::pair<PreparedUnit, uint64_t>> batch;
  RETURN_IF_ERROR(ForEach(*state, id, cancelled, [&](Unit unit) -> absl::Status {
    if (!ReplaceIn(replacer, wanted, &unit, &changes, &report)) return absl::OkStatus();
    batch.emplace_back(PreparedUnit(std::move(unit)), changes);
    return batch.size() < kUpkeepBatch ? absl::OkStatus() : WriteReplaced(id, wanted, &batch, &report);
  }));
  RETURN_IF_ERROR(WriteReplaced(id, wanted, &batch, &report));
  return report;
}

absl::Status MaintenanceImpl::WriteReplaced(format::MemoryId memory, const ReplaceOptions& options,
                                            std::vector<std::pair<PreparedUnit, uint64_t>>* batch,
                                            ReplaceReport* report) {
  if (batch->empty()) return absl::OkStatus();
  ReplaceReport written;
  RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
    for (const auto& [unit, changes] : *batch) {
      WriteResult result;
      absl::Status status = txn.UpdateUnit(memory, unit, options.actor, &result);
      if (absl::IsNotFound(status) || absl::IsAborted(status)) {
        ++written.changed;
      } else if (!status.ok()) {
        return status;
      } else if (result.outcome == WriteOutcome::kSkipped) {
        ++written.doubled;
      } else {
        written.replaced += changes;
      }
    }
    return absl::OkStatus();
  }));
  report->changed += written.changed;
  report->doubled += written.doubled;
  report->replaced += written.replaced;
  batch->clear();
  return absl::OkStatus();
}

absl::StatusOr<CheckReport> MaintenanceImpl::Check(std::string_view memory, const CheckOptions& options,
                                                   const CancelCheck& cancelled) {
  CheckOptions wanted = options;
  RETURN_IF_ERROR(Canonicalize("source_locale", &wanted.source_locale));
  RETURN_IF_ERROR(Canonicalize("target_locale", &wanted.target_locale));
  const std::shared_ptr<const StoreState> state = store_->state();
  ASSIGN_OR_RETURN(const format::MemoryId id, Find(*state, memory, false));
  MemoryCheck check(wanted);
  RETURN_IF_ERROR(ForEach(*state, id, cancelled, [&](const Unit& unit) {
    check.Add(unit);
    return absl::OkStatus();
  }));
  return check.Finish([&](uint64_t unit) -> absl::StatusOr<Unit> {
    std::string value;
    ASSIGN_OR_RETURN(const bool found, state->snapshot->Get(KvTable::kUnits, format::UnitKey(id, unit), &value));
    if (!found) return DataLoss("unit " + std::to_string(unit) + " is missing; restore a backup");
    return store_->Decode(value);
  });
}

absl::StatusOr<std::vector<absl::Status>> MaintenanceImpl::RecordUse(std::string_view memory,
                                                                     const std::vector<UnitUse>& uses) {
  if (uses.size() > kUpkeepBatch) {
    return WithField(ResourceExhausted("has " + std::to_string(uses.size()) + " entries, the limit is " +
                                       std::to_string(kUpkeepBatch)),
                     "uses");
  }
  ASSIGN_OR_RETURN(const format::MemoryId id, Find(*store_->state(), memory, true));
  std::vector<absl::Status> statuses(uses.size());
  std::vector<std::string> locales;
  for (size_t i = 0; i < uses.size(); ++i) {
    locales.push_back(uses[i].target_locale);
    statuses[i] = Canonicalize("target_locale", &locales.back());
  }
  RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
    for (size_t i = 0; i < uses.size(); ++i) {
      if (!statuses[i].ok()) continue;
      statuses[i] = txn.RecordUse(id, uses[i].unit, locales[i]);
      if (!statuses[i].ok() && !absl::IsNotFound(statuses[i])) return statuses[i];
    }
    return absl::OkStatus();
  }));
  return statuses;
}

}  // namespace

bool Restricts(const UnitFilter& f) {
  return !f.origins.empty() || f.min_status != VariantStatus::kUnspecified || !f.authors.empty() ||
         f.changed_from_us != 0 || f.changed_to_us != 0 || !f.document.empty() || !f.exclude_document.empty() ||
         !f.attributes.empty();
}

std::unique_ptr<Maintenance> NewMaintenance(UnitStore* store) { return std::make_unique<MaintenanceImpl>(store); }

}  // namespace reprise
