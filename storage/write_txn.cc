// What a write does to the records: identity, policies, links, segments, counts, log. storage/unit_store.cc commits it.
#include <algorithm>
#include <chrono>
#include <set>

#include "record.pb.h"
#include "storage/codec.h"
#include "storage/unit_store.h"
#include "text/normalize.h"

namespace reprise {
namespace {

constexpr uint32_t kOpAdd = 1;
constexpr uint32_t kOpUpdate = 2;
constexpr uint32_t kOpDelete = 3;

std::string PendingKey(KvTable table, std::string_view key) {
  std::string out(1, static_cast<char>(table));
  out += key;
  return out;
}

// The variant that an identity calls the source: the one in the unit's source locale, else the first.
size_t SourceIndex(const Unit& unit) {
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (unit.variants[i].locale == unit.source_locale) return i;
  }
  return 0;
}

// Identity of a write (design §4): the client's key if it has one; else source text, document, key, target locales.
std::string IdentityOf(const Unit& unit) {
  std::string out;
  auto add = [&out](std::string_view s) {
    format::AppendU32(&out, static_cast<uint32_t>(s.size()));
    out += s;
  };
  if (!unit.client_key.empty()) {
    out = "c";
    add(unit.client_key);
    return out;
  }
  size_t source = SourceIndex(unit);
  out = "s";
  add(unit.variants[source].locale);
  add(ContentIdentity(unit.variants[source].content));
  add(unit.contexts.empty() ? "" : unit.contexts[0].document);
  add(unit.contexts.empty() ? "" : unit.contexts[0].key);
  std::multiset<std::string> targets;
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (i != source) targets.insert(unit.variants[i].locale);
  }
  for (const std::string& locale : targets) add(locale);
  return out;
}

// The locales and contents of all variants but the source, in a fixed order.
std::string TargetsOf(const Unit& unit) {
  size_t source = SourceIndex(unit);
  // A client's key stands for the unit, not for its source text: there the source is a text like the others.
  bool by_key = !unit.client_key.empty();
  std::multiset<std::string> targets;
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    if (i == source && !by_key) continue;
    targets.insert(unit.variants[i].locale + '\0' + ContentIdentity(unit.variants[i].content));
  }
  std::string out;
  for (const std::string& target : targets) {
    format::AppendU32(&out, static_cast<uint32_t>(target.size()));
    out += target;
  }
  return out;
}

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

PreparedUnit::PreparedUnit(Unit u) : unit(std::move(u)) {
  for (const Variant& v : unit.variants) {
    Text text;
    text.key_form = KeyForm(v.content.text);
    text.tokens = TokenizeKeyForm(text.key_form);
    text.bare_form = BareForm(text.tokens);
    texts.push_back(std::move(text));
  }
}

WriteTxn::WriteTxn(UnitStore* store)
    : store_(store),
      sequence_(store->state_->sequence + 1),
      now_us_(std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
                  .count()) {}

absl::StatusOr<bool> WriteTxn::Get(KvTable table, const std::string& key, std::string* value) const {
  auto it = pending_.find(PendingKey(table, key));
  if (it == pending_.end()) return store_->state_->snapshot->Get(table, key, value);
  if (!it->second.has_value()) return false;
  *value = *it->second;
  return true;
}

void WriteTxn::Put(KvTable table, const std::string& key, std::string value) {
  ++writes_;
  pending_[PendingKey(table, key)] = std::move(value);
}

void WriteTxn::Delete(KvTable table, const std::string& key) {
  ++writes_;
  pending_[PendingKey(table, key)] = std::nullopt;
}

format::LocaleId WriteTxn::Locale(const std::string& tag) {
  format::LocaleId id = store_->FindLocale(tag);
  if (id != 0) return id;
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

absl::StatusOr<std::optional<WriteTxn::Stored>> WriteTxn::ReadUnit(format::MemoryId memory, format::UnitId unit) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, format::UnitKey(memory, unit), &value));
  if (!found) return std::optional<Stored>();
  Stored stored;
  ASSIGN_OR_RETURN(stored.unit, store_->Decode(value));
  storage::UnitRecord record;
  if (!record.ParseFromString(value)) return DataLoss("unit " + std::to_string(unit) + ": its record is damaged");
  stored.identity = record.identity();
  stored.target_identity = record.target_identity();
  return std::optional<Stored>(std::move(stored));
}

absl::StatusOr<std::optional<WriteTxn::Stored>> WriteTxn::FindIdentity(format::MemoryId memory,
                                                                       const std::string& identity_key) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, identity_key, &value));
  if (!found || value.size() != 8) return std::optional<Stored>();
  return ReadUnit(memory, format::ReadU64(value));
}

void WriteTxn::PutRecord(format::MemoryId memory, const Stored& stored) {
  storage::UnitRecord record;
  EncodeUnit(
      stored.unit, [this](const std::string& tag) { return Locale(tag); }, &record);
  record.set_identity(stored.identity);
  record.set_target_identity(stored.target_identity);
  Put(KvTable::kUnits, format::UnitKey(memory, stored.unit.id), record.SerializeAsString());
  Put(KvTable::kUnits, stored.identity, format::U64(stored.unit.id));
  Put(KvTable::kUnits, stored.target_identity, format::U64(stored.unit.id));
}

absl::Status WriteTxn::PutUnit(format::MemoryId memory, const PreparedUnit& prepared, WritePolicy policy,
                               const std::string& actor, WriteResult* result) {
  const Unit& unit = prepared.unit;
  std::string identity = IdentityOf(unit);
  std::string with_targets = format::IdentityKey(memory, 1, identity + TargetsOf(unit));
  ASSIGN_OR_RETURN(std::optional<Stored> same, FindIdentity(memory, with_targets));
  if (same.has_value()) {
    if (policy != WritePolicy::kSkip) return Merge(memory, *std::move(same), prepared, actor, result);
    *result = {WriteOutcome::kSkipped, same->unit.id, same->unit.revision, "the same unit is there already"};
    return absl::OkStatus();
  }
  if (policy == WritePolicy::kKeepAll) return Add(memory, prepared, actor, result);
  ASSIGN_OR_RETURN(std::optional<Stored> old, FindIdentity(memory, format::IdentityKey(memory, 0, identity)));
  if (!old.has_value()) return Add(memory, prepared, actor, result);
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
    RETURN_IF_ERROR(Add(memory, prepared, actor, result));
    result->message = "stored beside it: " + why;
    // The identity still leads to the unit that could not be replaced.
    Put(KvTable::kUnits, old->identity, format::U64(old->unit.id));
    return absl::OkStatus();
  }
  return Replace(memory, *old, prepared, actor, result);
}

absl::Status WriteTxn::Add(format::MemoryId memory, const PreparedUnit& prepared, const std::string& actor,
                           WriteResult* result) {
  Stored stored;
  stored.unit = prepared.unit;
  Unit& unit = stored.unit;
  unit.id = NewId();
  unit.revision = 1;
  std::vector<Context> contexts;
  contexts.swap(unit.contexts);
  JoinContexts(contexts, &unit);
  Stamp(&unit, now_us_, actor);
  std::string identity = IdentityOf(prepared.unit);
  stored.identity = format::IdentityKey(memory, 0, identity);
  stored.target_identity = format::IdentityKey(memory, 1, identity + TargetsOf(prepared.unit));
  PutRecord(memory, stored);
  RETURN_IF_ERROR(Link(memory, unit, prepared.texts, nullptr));
  MemoryTally& tally = Tally(memory);
  ++tally.units;
  for (const Variant& v : unit.variants) ++tally.locales[Locale(v.locale)].variants;
  Log(kOpAdd, memory, unit, nullptr, actor);
  *result = {WriteOutcome::kAdded, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

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
  std::string identity = IdentityOf(incoming.unit);
  std::string target_identity = format::IdentityKey(memory, 1, identity + TargetsOf(incoming.unit));
  if (target_identity != old.target_identity) Delete(KvTable::kUnits, old.target_identity);
  next.target_identity = target_identity;
  PutRecord(memory, next);
  RETURN_IF_ERROR(Link(memory, unit, incoming.texts, &old.unit));
  RETURN_IF_ERROR(Unlink(memory, old.unit, &unit));
  MemoryTally& tally = Tally(memory);
  for (const Variant& v : old.unit.variants) --tally.locales[Locale(v.locale)].variants;
  for (const Variant& v : unit.variants) ++tally.locales[Locale(v.locale)].variants;
  Log(kOpUpdate, memory, unit, &old.unit, actor);
  *result = {WriteOutcome::kUpdated, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

absl::Status WriteTxn::Merge(format::MemoryId memory, Stored old, const PreparedUnit& incoming,
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
  PutRecord(memory, next);
  Log(kOpUpdate, memory, unit, &old.unit, actor);
  *result = {WriteOutcome::kMerged, unit.id, unit.revision, ""};
  return absl::OkStatus();
}

absl::Status WriteTxn::DeleteUnit(format::MemoryId memory, format::UnitId id, const std::string& actor) {
  ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadUnit(memory, id));
  if (!stored.has_value()) {
    return WithReason(NotFound("unit " + std::to_string(id) + " is not in the memory"), "UNIT_NOT_FOUND");
  }
  const Unit& unit = stored->unit;
  for (const std::string& key : {stored->identity, stored->target_identity}) {
    std::string owner;
    ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, key, &owner));
    if (found && owner == format::U64(id)) Delete(KvTable::kUnits, key);
  }
  Delete(KvTable::kUnits, format::UnitKey(memory, id));
  RETURN_IF_ERROR(Unlink(memory, unit, nullptr));
  MemoryTally& tally = Tally(memory);
  --tally.units;
  for (const Variant& v : unit.variants) --tally.locales[Locale(v.locale)].variants;
  Log(kOpDelete, memory, unit, &unit, actor);
  return absl::OkStatus();
}

absl::Status WriteTxn::Link(format::MemoryId memory, const Unit& unit, const std::vector<PreparedUnit::Text>& texts,
                            const Unit* linked) {
  std::set<format::LocaleId> locales;
  uint64_t mask = 0;
  for (const Variant& v : unit.variants) {
    format::LocaleId id = Locale(v.locale);
    locales.insert(id);
    mask |= LocaleBit(id);
  }
  std::string locale_ids;
  for (format::LocaleId id : locales) format::AppendU32(&locale_ids, id);
  std::set<std::pair<format::LocaleId, std::string_view>> done;
  std::set<std::pair<std::string, std::string>> before;
  if (linked != nullptr) {
    for (const Variant& v : linked->variants) before.emplace(v.locale, KeyForm(v.content.text));
  }
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    format::LocaleId locale = Locale(unit.variants[i].locale);
    if (!done.emplace(locale, texts[i].key_form).second) continue;
    bool was_linked = before.count({unit.variants[i].locale, texts[i].key_form}) != 0;
    RETURN_IF_ERROR(LinkSegment({memory, locale}, texts[i], unit.id, mask, locale_ids, was_linked));
  }
  return absl::OkStatus();
}

absl::Status WriteTxn::LinkSegment(LocaleKey where, const PreparedUnit::Text& text, uint64_t unit, uint64_t mask,
                                   const std::string& locale_ids, bool linked) {
  auto [memory, locale] = where;
  std::string exact_key = format::ExactKey(memory, locale, text.key_form);
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kSegments, exact_key, &value));
  uint64_t segment = 0;
  storage::SegmentRecord record;
  if (found) {
    segment = format::ReadU64(value);
    std::string bytes;
    ASSIGN_OR_RETURN(bool there, Get(KvTable::kSegments, format::SegmentKey(memory, locale, segment), &bytes));
    if (!there || !record.ParseFromString(bytes) || record.key_form() != text.key_form) {
      return DataLoss("segment " + std::to_string(segment) + ": its record is missing or damaged; restore a backup");
    }
    if ((record.locale_mask() | mask) != record.locale_mask()) {
      record.set_locale_mask(record.locale_mask() | mask);
      changes_.push_back({where, segment, record.locale_mask()});
      auto sealed = store_->sealed_below_.find(where);
      if (sealed != store_->sealed_below_.end() && segment < sealed->second) {
        Put(KvTable::kIndex, format::MaskKey(memory, locale, segment), format::U64(record.locale_mask()));
      }
    }
  } else {
    segment = NewId();
    record.set_key_form(text.key_form);
    record.set_locale_mask(mask);
    Put(KvTable::kSegments, exact_key, format::U64(segment));
    if (!text.bare_form.empty()) {
      Put(KvTable::kSegments, format::BareKey(memory, locale, text.bare_form, segment), "");
    }
    NewRow row{where, {}};
    row.row.segment = segment;
    row.row.mask = mask;
    row.row.weight = TotalWeight(text.tokens);
    const std::shared_ptr<Vocabulary>& vocabulary = store_->VocabularyOf(where);
    for (const Token& token : text.tokens) {
      if (token.weight != 0) row.row.symbols.push_back(vocabulary->Intern(token));
    }
    rows_.push_back(std::move(row));
    ++Tally(memory).locales[locale].segments;
  }
  if (!linked) record.set_units(record.units() + 1);
  Put(KvTable::kSegments, format::SegmentKey(memory, locale, segment), record.SerializeAsString());
  Put(KvTable::kSegments, format::LinkKey(memory, segment, unit), locale_ids);
  return absl::OkStatus();
}

absl::Status WriteTxn::Unlink(format::MemoryId memory, const Unit& unit, const Unit* keep) {
  std::set<std::pair<std::string, std::string>> kept, done;
  if (keep != nullptr) {
    for (const Variant& v : keep->variants) kept.emplace(v.locale, KeyForm(v.content.text));
  }
  for (const Variant& v : unit.variants) {
    std::pair<std::string, std::string> segment(v.locale, KeyForm(v.content.text));
    if (kept.count(segment) != 0 || !done.insert(segment).second) continue;
    RETURN_IF_ERROR(UnlinkSegment({memory, Locale(v.locale)}, segment.second, unit.id));
  }
  return absl::OkStatus();
}

absl::Status WriteTxn::UnlinkSegment(LocaleKey where, const std::string& key_form, uint64_t unit) {
  auto [memory, locale] = where;
  std::string exact_key = format::ExactKey(memory, locale, key_form);
  std::string value, bytes;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kSegments, exact_key, &value));
  if (!found) return DataLoss("a segment of unit " + std::to_string(unit) + " is missing; restore a backup");
  uint64_t segment = format::ReadU64(value);
  std::string segment_key = format::SegmentKey(memory, locale, segment);
  ASSIGN_OR_RETURN(bool there, Get(KvTable::kSegments, segment_key, &bytes));
  storage::SegmentRecord record;
  if (!there || !record.ParseFromString(bytes)) {
    return DataLoss("segment " + std::to_string(segment) + ": its record is missing or damaged; restore a backup");
  }
  Delete(KvTable::kSegments, format::LinkKey(memory, segment, unit));
  if (record.units() > 1) {
    record.set_units(record.units() - 1);
    Put(KvTable::kSegments, segment_key, record.SerializeAsString());
    return absl::OkStatus();
  }
  std::string bare = BareForm(TokenizeKeyForm(key_form));
  Delete(KvTable::kSegments, segment_key);
  Delete(KvTable::kSegments, exact_key);
  if (!bare.empty()) Delete(KvTable::kSegments, format::BareKey(memory, locale, bare, segment));
  changes_.push_back({where, segment, 0});
  --Tally(memory).locales[locale].segments;
  return absl::OkStatus();
}

void WriteTxn::Log(uint32_t op, format::MemoryId memory, const Unit& unit, const Unit* before,
                   const std::string& actor) {
  storage::LogRecord record;
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
  memories_[name] = nullptr;
  dropped_.push_back(memory->id);
  Put(KvTable::kCatalog, format::MemoryKey(memory->id), EncodeMemory(*memory, now_us_));
  return absl::OkStatus();
}

}  // namespace reprise
