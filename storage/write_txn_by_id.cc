// Writes that name a stored unit: deleting it, changing its texts, counting its use.
#include <algorithm>
#include <string>
#include <vector>

#include "storage/unit_store.h"
#include "storage/write_txn.h"
#include "text/locale.h"

namespace reprise {
namespace {

absl::Status NoSuchUnit(format::UnitId id) {
  return WithReason(NotFound("unit " + std::to_string(id) + " is not in the memory"), "UNIT_NOT_FOUND");
}

absl::Status OtherRevision(const Unit& unit) {
  return Aborted("unit " + std::to_string(unit.id) + " was changed meanwhile; it has revision " +
                 std::to_string(unit.revision));
}

// The variants of a use, by position.
std::vector<size_t> UsedVariants(const Unit& unit, const std::string& locale) {
  std::vector<size_t> same, alike;
  size_t source = 0;
  for (size_t i = unit.variants.size(); i-- > 0;) {
    if (unit.variants[i].locale == unit.source_locale) source = i;
  }
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (locale.empty()) {
      if (i != source) same.push_back(i);
    } else if (unit.variants[i].locale == locale) {
      same.push_back(i);
    } else if (MatchLocale(locale, unit.variants[i].locale) != LocaleMatch::kNone) {
      alike.push_back(i);
    }
  }
  return same.empty() ? alike : same;
}

}  // namespace

absl::Status WriteTxn::DeleteUnit(format::MemoryId memory, format::UnitId id, const std::string& actor,
                                  uint64_t revision) {
  ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadUnit(memory, id));
  if (!stored.has_value()) return NoSuchUnit(id);
  const Unit& unit = stored->unit;
  if (revision != 0 && revision != unit.revision) return OtherRevision(unit);
  RETURN_IF_ERROR(DropIdentity(memory, *stored));
  Delete(KvTable::kUnits, format::UnitKey(memory, id));
  RETURN_IF_ERROR(Unlink(memory, unit, nullptr));
  MemoryTally& tally = Tally(memory);
  --tally.units;
  for (const Variant& v : unit.variants) --tally.locales[Locale(v.locale)].variants;
  Log(kOpDelete, memory, unit, &unit, actor);
  return absl::OkStatus();
}

absl::Status WriteTxn::UpdateUnit(format::MemoryId memory, const PreparedUnit& changed, const std::string& actor,
                                  WriteResult* result) {
  ASSIGN_OR_RETURN(const std::optional<Stored> old, ReadUnit(memory, changed.unit.id));
  if (!old.has_value()) return NoSuchUnit(changed.unit.id);
  if (old->unit.revision != changed.unit.revision) return OtherRevision(old->unit);
  Stored next;
  next.unit = changed.unit;
  Unit& unit = next.unit;
  // A unit may be known by less than its contexts say today; that stays as long as its source does.
  const bool same_identity = IdentityOf(old->unit).hash == changed.identity.hash;
  next.identity = same_identity ? old->identity : changed.identity.hash;
  next.targets = changed.identity.targets;
  const bool moves = next.identity != old->identity || next.targets != old->targets;
  const IdentityPlace place = PlaceOf(memory, unit, changed.texts, next.identity);
  std::optional<Owner> owner;
  if (moves) {
    ASSIGN_OR_RETURN(owner, FindOwner(place));
    ASSIGN_OR_RETURN(const uint64_t twin, FindSame(memory, owner, next));
    if (twin != 0 && twin != unit.id) {
      *result = {WriteOutcome::kSkipped, unit.id, unit.revision,
                 "unit " + std::to_string(twin) + " says the same already"};
      return absl::OkStatus();
    }
    if (!owner.has_value() || owner->unit != unit.id) RETURN_IF_ERROR(DropIdentity(memory, *old));
  }
  ++unit.revision;
  for (size_t i = 0; i < unit.variants.size() && i < old->unit.variants.size(); ++i) {
    Variant& mine = unit.variants[i];
    const Variant& before = old->unit.variants[i];
    mine.usage_count = before.usage_count;
    mine.last_used_us = before.last_used_us;
    if (mine.content == before.content) continue;
    mine.changed_us = now_us_;
    if (!actor.empty()) mine.changed_by = actor;
  }
  PutRecord(memory, next, true);
  RETURN_IF_ERROR(Link(memory, unit, changed.texts, &old->unit));
  RETURN_IF_ERROR(Unlink(memory, old->unit, &unit));
  if (moves) RETURN_IF_ERROR(FileMoved(place, {unit.id, next.targets}, owner));
  Log(kOpUpdate, memory, unit, &old->unit, actor);
  *result = {WriteOutcome::kUpdated, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

absl::Status WriteTxn::RecordUse(format::MemoryId memory, format::UnitId id, const std::string& locale) {
  ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadUnit(memory, id));
  if (!stored.has_value()) return NoSuchUnit(id);
  const std::vector<size_t> used = UsedVariants(stored->unit, locale);
  if (used.empty()) {
    return WithReason(NotFound("unit " + std::to_string(id) + " has no text in " + locale), "VARIANT_NOT_FOUND");
  }
  for (size_t i : used) {
    Variant& variant = stored->unit.variants[i];
    ++variant.usage_count;
    variant.last_used_us = std::max(variant.last_used_us, now_us_);
  }
  PutRecord(memory, *stored, true);
  return absl::OkStatus();
}

}  // namespace reprise
