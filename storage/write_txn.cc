// What a write does to the records: policies, counts, log; storage/write_txn_by_id.cc deletes and changes stored units,
// storage/write_txn_identity.cc says by what a unit is known, storage/write_txn_segments.cc does its segments.
// storage/unit_store.cc commits it.
#include "storage/write_txn.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>

#include "base/varint.h"
#include "record.pb.h"
#include "storage/codec.h"
#include "storage/unit_store.h"

namespace reprise {
namespace {

// Why `incoming` may not take the place of `old`; empty if it may.
std::string WhyKept(const Unit& old, const Unit& incoming) {
  for (const Variant& theirs : old.variants) {
    auto mine = std::find_if(incoming.variants.begin(), incoming.variants.end(),
                             [&](const Variant& v) { return v.locale == theirs.locale; });
    if (mine != incoming.variants.end() && mine->content == theirs.content) continue;
    if (theirs.locked) return "the " + theirs.locale + " variant of unit " + std::to_string(old.id) + " is locked";
    if (mine != incoming.variants.end() && StatusRank(mine->status) < StatusRank(theirs.status)) {
      return "the " + theirs.locale + " variant of unit " + std::to_string(old.id) + " has a higher status";
    }
  }
  return "";
}

int64_t NewestChange(const Unit& unit) {
  int64_t newest = 0;
  for (const Variant& v : unit.variants) newest = std::max({newest, v.changed_us, v.created_us});
  return newest;
}

void Stamp(Unit* unit, int64_t now_us, const std::string& actor) {
  for (Variant& v : unit->variants) {
    if (v.created_us == 0) v.created_us = v.changed_us != 0 ? v.changed_us : now_us;
    if (v.changed_us == 0) v.changed_us = v.created_us;
    if (v.created_by.empty()) v.created_by = v.changed_by.empty() ? actor : v.changed_by;
    if (v.changed_by.empty()) v.changed_by = v.created_by;
  }
}

void JoinContexts(const std::vector<Context>& more, Unit* unit) {
  for (const Context& context : more) {
    if (std::find(unit->contexts.begin(), unit->contexts.end(), context) == unit->contexts.end()) {
      unit->contexts.push_back(context);
    }
  }
  if (unit->contexts.size() > kMaxContexts) {
    size_t extra = unit->contexts.size() - kMaxContexts;
    unit->contexts.erase(unit->contexts.begin(), unit->contexts.begin() + static_cast<int64_t>(extra));
    unit->dropped_contexts += extra;
  }
}

}  // namespace

WriteTxn::WriteTxn(UnitStore* store, bool bulk)
    : store_(store),
      bulk_(bulk),
      sequence_(store->state_->sequence + 1),
      now_us_(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
                  .count()),
      unit_record_(std::make_unique<storage::UnitRecord>()),
      log_record_(std::make_unique<storage::LogRecord>()) {}

WriteTxn::~WriteTxn() = default;

absl::StatusOr<bool> WriteTxn::Get(KvTable table, const std::string& key, std::string* value) const {
  const PendingWrites::Entry* mine = pending_.Find(table, key);
  if (mine == nullptr) mine = known_.Find(table, key);
  if (mine == nullptr) return store_->state_->snapshot->Get(table, key, value);
  if (mine->is_delete) return false;
  value->assign(mine->value);
  return true;
}

absl::Status WriteTxn::ReadAhead(format::MemoryId memory, const std::vector<PreparedUnit>& units) {
  std::vector<std::string> segments, leads;
  for (const PreparedUnit& unit : units) {
    for (size_t i = 0; i < unit.texts.size(); ++i) {
      segments.push_back(format::ExactKey(memory, Locale(unit.unit.variants[i].locale), unit.texts[i].key_form));
    }
  }
  known_.Reserve(units.size() + segments.size());
  // A unit writes itself, its log entry and its segments.
  pending_.Reserve(2 * units.size() + segments.size());
  RETURN_IF_ERROR(ReadAhead(KvTable::kSegments, std::move(segments)));
  for (const PreparedUnit& unit : units) {
    const IdentityPlace place = PlaceOf(memory, unit);
    ASSIGN_OR_RETURN(const bool filed, IsFiled(place));
    if (filed) {
      leads.push_back(format::IdentityKey(memory, place.identity));
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<SegmentInfo> source, ReadSegment(place.where, place.key_form));
    if (source.has_value()) leads.push_back(format::UnitKey(memory, format::OwnerOf(source->id)));
  }
  return ReadAhead(KvTable::kUnits, std::move(leads));
}

absl::Status WriteTxn::ReadAhead(KvTable table, std::vector<std::string> keys) {
  constexpr size_t kKeys = 512;  // of one read
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::vector<std::string> some, values;
  for (size_t begin = 0; begin < keys.size(); begin += kKeys) {
    const auto end = static_cast<int64_t>(std::min(keys.size(), begin + kKeys));
    some.assign(std::make_move_iterator(keys.begin() + static_cast<int64_t>(begin)),
                std::make_move_iterator(keys.begin() + end));
    ASSIGN_OR_RETURN(const std::vector<bool> found, store_->state_->snapshot->MultiGet(table, some, &values));
    for (size_t i = 0; i < some.size(); ++i) {
      if (found[i]) {
        known_.Put(table, some[i], values[i]);
      } else {
        known_.Delete(table, some[i]);
      }
    }
  }
  return absl::OkStatus();
}

format::LocaleId WriteTxn::Locale(const std::string& tag) {
  auto known = known_locales_.find(tag);
  if (known != known_locales_.end()) return known->second;
  format::LocaleId id = store_->FindLocale(tag);
  if (id != 0) {
    known_locales_.emplace(tag, id);
    return id;
  }
  std::unique_lock lock(store_->locale_mu_);
  id = static_cast<format::LocaleId>(store_->locale_tags_.size());
  store_->locale_tags_.push_back(tag);
  store_->locale_ids_.emplace(tag, id);
  Put(KvTable::kCatalog, format::LocaleKey(id), tag);
  return id;
}

uint64_t WriteTxn::NewId() {
  constexpr uint64_t kBlock = 10000;
  if (store_->next_id_ >= store_->high_water_) {
    // The new mark is in the batch that first uses an id below it: both are there after a crash, or neither.
    store_->high_water_ = store_->next_id_ + kBlock;
    Put(KvTable::kCatalog, format::HighWaterKey(), format::U64(store_->high_water_));
  }
  return store_->next_id_++;
}

MemoryTally& WriteTxn::Tally(format::MemoryId memory) {
  auto [it, added] = tallies_.try_emplace(memory);
  if (added) {
    auto old = store_->state_->tallies.find(memory);
    if (old != store_->state_->tallies.end()) it->second = *old->second;
  }
  return it->second;
}

void WriteTxn::CountUnit(format::MemoryId memory, const Unit& unit) {
  MemoryTally& tally = Tally(memory);
  ++tally.units;
  for (const Variant& v : unit.variants) ++tally.locales[Locale(v.locale)].variants;
}

absl::StatusOr<std::optional<WriteTxn::Stored>> WriteTxn::ReadUnit(format::MemoryId memory, format::UnitId unit) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, format::UnitKey(memory, unit), &value));
  if (!found) return std::optional<Stored>();
  Stored stored;
  ASSIGN_OR_RETURN(stored.unit, store_->Decode(value, &stored.identity));
  const UnitIdentity identity = IdentityOf(stored.unit);
  if (stored.identity.empty()) stored.identity = identity.hash;
  stored.targets = identity.targets;
  return std::optional<Stored>(std::move(stored));
}

void WriteTxn::PutRecord(format::MemoryId memory, const Stored& stored, bool identity_may_differ) {
  storage::UnitRecord& record = *unit_record_;
  record.Clear();
  EncodeUnit(
      stored.unit, [this](const std::string& tag) { return Locale(tag); }, &record);
  // Contexts join a unit without changing what it was known by; then the record has to say so.
  if (identity_may_differ && IdentityOf(stored.unit).hash != stored.identity) record.set_identity(stored.identity);
  Put(KvTable::kUnits, format::UnitKey(memory, stored.unit.id), record.SerializeAsString());
}

absl::Status WriteTxn::PutUnit(format::MemoryId memory, PreparedUnit* incoming, WritePolicy policy,
                               const std::string& actor, WriteResult* result) {
  const PreparedUnit& prepared = *incoming;
  const Unit& unit = prepared.unit;
  const UnitIdentity& identity = prepared.identity;
  ASSIGN_OR_RETURN(std::optional<Owner> owner, FindOwner(PlaceOf(memory, prepared)));
  if (!owner.has_value()) return Add(memory, incoming, owner, true, actor, result);
  uint64_t same_id = owner->unit;
  if (owner->targets != identity.targets) {
    ASSIGN_OR_RETURN(same_id, FindOther(memory, identity.hash, identity.targets));
  }
  if (same_id != 0) {
    ASSIGN_OR_RETURN(std::optional<Stored> same,
                     same_id == owner->unit ? ReadOwner(memory, &*owner) : ReadUnit(memory, same_id));
    if (!same.has_value()) return DataLoss("unit " + std::to_string(same_id) + " is missing; restore a backup");
    if (policy != WritePolicy::kSkip) return Merge(memory, *same, prepared, actor, result);
    *result = {WriteOutcome::kSkipped, same->unit.id, same->unit.revision, "the same unit is there already"};
    return absl::OkStatus();
  }
  if (policy == WritePolicy::kKeepAll) return Add(memory, incoming, owner, true, actor, result);
  ASSIGN_OR_RETURN(std::optional<Stored> old, ReadOwner(memory, &*owner));
  if (!old.has_value()) return DataLoss("unit " + std::to_string(owner->unit) + " is missing; restore a backup");
  if (policy == WritePolicy::kSkip) {
    *result = {WriteOutcome::kSkipped, old->unit.id, old->unit.revision, "another translation is there already"};
    return absl::OkStatus();
  }
  int64_t incoming_time = NewestChange(unit);
  if (policy == WritePolicy::kNewest && incoming_time != 0 && incoming_time < NewestChange(old->unit)) {
    *result = {WriteOutcome::kSkipped, old->unit.id, old->unit.revision, "the stored translation is newer"};
    return absl::OkStatus();
  }
  std::string why = WhyKept(old->unit, unit);
  if (!why.empty()) {
    // The identity still leads to the unit that could not be replaced.
    RETURN_IF_ERROR(Add(memory, incoming, owner, false, actor, result));
    result->message = "stored beside it: " + why;
    return absl::OkStatus();
  }
  return Replace(memory, *old, prepared, actor, result);
}

absl::Status WriteTxn::Add(format::MemoryId memory, PreparedUnit* prepared, const std::optional<Owner>& owner,
                           bool takes_over, const std::string& actor, WriteResult* result) {
  Stored stored;
  stored.unit = std::move(prepared->unit);
  Unit& unit = stored.unit;
  unit.id = NewId();
  unit.revision = 1;
  std::vector<Context> contexts;
  contexts.swap(unit.contexts);
  JoinContexts(contexts, &unit);
  Stamp(&unit, now_us_, actor);
  stored.identity = prepared->identity.hash;
  stored.targets = prepared->identity.targets;
  PutRecord(memory, stored, unit.dropped_contexts != 0);
  RETURN_IF_ERROR(Link(memory, unit, prepared->texts, nullptr));
  RETURN_IF_ERROR(
      FileNew(PlaceOf(memory, unit, prepared->texts, stored.identity), {unit.id, stored.targets}, owner, takes_over));
  CountUnit(memory, unit);
  Log(kOpAdd, memory, unit, nullptr, actor);
  *result = {WriteOutcome::kAdded, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

absl::Status WriteTxn::Relink(format::MemoryId memory, PreparedUnit* prepared, const std::string& identity) {
  const Unit& unit = prepared->unit;
  const IdentityPlace place = PlaceOf(memory, unit, prepared->texts, identity);
  ASSIGN_OR_RETURN(std::optional<Owner> owner, FindOwner(place));
  bool leads = true;
  if (owner.has_value()) {
    ASSIGN_OR_RETURN(const std::optional<Stored> old, ReadOwner(memory, &*owner));
    if (!old.has_value()) return DataLoss("unit " + std::to_string(owner->unit) + " is missing; restore a backup");
    leads = WhyKept(old->unit, unit).empty();
  }
  RETURN_IF_ERROR(Link(memory, unit, prepared->texts, nullptr));
  RETURN_IF_ERROR(FileNew(place, {unit.id, prepared->identity.targets}, owner, leads));
  CountUnit(memory, unit);
  return absl::OkStatus();
}

// `old` is the one that its identity leads to.
absl::Status WriteTxn::Replace(format::MemoryId memory, const Stored& old, const PreparedUnit& incoming,
                               const std::string& actor, WriteResult* result) {
  Stored next = old;
  next.unit = incoming.unit;
  Unit& unit = next.unit;
  unit.id = old.unit.id;
  unit.revision = old.unit.revision + 1;
  unit.contexts = old.unit.contexts;
  unit.dropped_contexts = old.unit.dropped_contexts;
  JoinContexts(incoming.unit.contexts, &unit);
  for (Variant& v : unit.variants) {
    if (v.created_us != 0) continue;
    for (const Variant& before : old.unit.variants) {
      if (before.locale == v.locale) {
        v.created_us = before.created_us;
        v.created_by = before.created_by;
        if (v.changed_us == 0) v.changed_us = now_us_;
        if (v.changed_by.empty()) v.changed_by = actor;
      }
    }
  }
  Stamp(&unit, now_us_, actor);
  next.targets = incoming.identity.targets;
  PutRecord(memory, next, true);
  RETURN_IF_ERROR(Link(memory, unit, incoming.texts, &old.unit));
  RETURN_IF_ERROR(Unlink(memory, old.unit, &unit));
  ASSIGN_OR_RETURN(const bool filed, IsFiled(PlaceOf(memory, unit, incoming.texts, next.identity)));
  if (filed) PutOwner(memory, next.identity, {unit.id, next.targets});
  MemoryTally& tally = Tally(memory);
  for (const Variant& v : old.unit.variants) --tally.locales[Locale(v.locale)].variants;
  for (const Variant& v : unit.variants) ++tally.locales[Locale(v.locale)].variants;
  Log(kOpUpdate, memory, unit, &old.unit, actor);
  *result = {WriteOutcome::kUpdated, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

absl::Status WriteTxn::Merge(format::MemoryId memory, const Stored& old, const PreparedUnit& incoming,
                             const std::string& actor, WriteResult* result) {
  Stored next = old;
  Unit& unit = next.unit;
  JoinContexts(incoming.unit.contexts, &unit);
  for (const Variant& theirs : incoming.unit.variants) {
    auto mine = std::find_if(unit.variants.begin(), unit.variants.end(), [&](const Variant& v) {
      return v.locale == theirs.locale && v.content == theirs.content;
    });
    if (mine == unit.variants.end()) continue;
    bool older = theirs.changed_us != 0 && theirs.changed_us < mine->changed_us;
    if (!older) {
      for (const auto& [key, values] : theirs.attributes) mine->attributes[key] = values;
      if (!theirs.note.empty()) mine->note = theirs.note;
      if (theirs.origin != Origin::kUnspecified) mine->origin = theirs.origin;
      if (theirs.changed_us > mine->changed_us) mine->changed_us = theirs.changed_us;
      if (!theirs.changed_by.empty()) mine->changed_by = theirs.changed_by;
    }
    if (StatusRank(theirs.status) > StatusRank(mine->status)) mine->status = theirs.status;
    mine->locked |= theirs.locked;
    mine->usage_count = std::max(mine->usage_count, theirs.usage_count);
    mine->last_used_us = std::max(mine->last_used_us, theirs.last_used_us);
  }
  for (const auto& [key, values] : incoming.unit.attributes) unit.attributes[key] = values;
  if (!incoming.unit.note.empty()) unit.note = incoming.unit.note;
  if (!incoming.unit.group.empty()) unit.group = incoming.unit.group;
  if (unit == old.unit) {
    *result = {WriteOutcome::kMerged, unit.id, unit.revision, "nothing new"};
    return absl::OkStatus();
  }
  ++unit.revision;
  PutRecord(memory, next, true);
  if (MustBeRead(unit, nullptr) && !MustBeRead(old.unit, nullptr)) {
    const PreparedUnit marked(unit);
    RETURN_IF_ERROR(Link(memory, unit, marked.texts, &old.unit));
  }
  Log(kOpUpdate, memory, unit, &old.unit, actor);
  *result = {WriteOutcome::kMerged, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

void WriteTxn::Log(uint32_t op, format::MemoryId memory, const Unit& unit, const Unit* before,
                   const std::string& actor) {
  storage::LogRecord& record = *log_record_;
  record.Clear();
  record.set_op(op);
  record.set_memory(memory);
  record.set_unit(unit.id);
  record.set_revision(unit.revision);
  record.set_time_us(now_us_);
  record.set_actor(actor);
  if (before != nullptr) {
    EncodeUnit(
        *before, [this](const std::string& tag) { return Locale(tag); }, record.mutable_before());
  }
  Put(KvTable::kLog, format::LogKey(sequence_, log_entries_++), record.SerializeAsString());
}

absl::StatusOr<std::shared_ptr<const StoredMemory>> WriteTxn::FindMemory(std::string_view name) const {
  auto mine = memories_.find(name);
  if (mine != memories_.end() && mine->second != nullptr) return mine->second;
  auto it = store_->state_->memories.find(name);
  if (it == store_->state_->memories.end() || mine != memories_.end()) {
    return WithReason(NotFound("memory \"" + std::string(name) + "\" does not exist"), "MEMORY_NOT_FOUND");
  }
  return it->second;
}

absl::Status WriteTxn::PutMemory(StoredMemory* memory) {
  if (memory->id == 0) {
    memory->id = store_->next_memory_++;
    memory->created_us = now_us_;
  }
  memory->updated_us = now_us_;
  memories_[memory->name] = std::make_shared<StoredMemory>(*memory);
  Put(KvTable::kCatalog, format::MemoryKey(memory->id), EncodeMemory(*memory, 0));
  return absl::OkStatus();
}

absl::Status WriteTxn::DropMemory(const std::string& name) {
  ASSIGN_OR_RETURN(std::shared_ptr<const StoredMemory> memory, FindMemory(name));
  const std::vector<std::string> profiles = ProfilesNaming(name);
  if (!profiles.empty()) {
    std::string names;
    for (const std::string& profile : profiles) names += (names.empty() ? "\"" : ", \"") + profile + "\"";
    return WithReason(
        FailedPrecondition("memory \"" + name + "\" is named by the profile" + (profiles.size() == 1 ? " " : "s ") +
                           names + "; take it out of them or delete them first"),
        "MEMORY_IN_USE");
  }
  memories_[name] = nullptr;
  dropped_.push_back(memory->id);
  Put(KvTable::kCatalog, format::MemoryKey(memory->id), EncodeMemory(*memory, now_us_));
  return absl::OkStatus();
}

}  // namespace reprise
