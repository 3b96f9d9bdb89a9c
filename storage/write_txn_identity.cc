// By what a unit is known (design §4, identity of a write), and which unit an identity leads to.
//
// A unit that has its source segment alone, and no client key, is found by that segment: nothing is filed for it, which
// spares most units an entry at a random place. As soon as another unit joins the segment, the identities of both are
// filed, and stay so: the segment keeps its mark kSeveralUnits.
#include <set>
#include <string>
#include <utility>

#include "base/varint.h"
#include "storage/unit_store.h"
#include "storage/write_txn.h"
#include "text/normalize.h"

namespace reprise {

WriteTxn::IdentityPlace WriteTxn::PlaceOf(format::MemoryId memory, const Unit& unit,
                                          const std::vector<PreparedText>& texts, const std::string& identity) {
  const size_t source = SourceVariant(unit);
  return {{memory, Locale(unit.variants[source].locale)}, texts[source].key_form, !unit.client_key.empty(), identity};
}

absl::StatusOr<bool> WriteTxn::IsFiled(const IdentityPlace& place) const {
  if (place.has_client_key) return true;
  ASSIGN_OR_RETURN(const std::optional<SegmentInfo> source, ReadSegment(place.where, place.key_form));
  return source.has_value() && (source->mask & kSeveralUnits) != 0;
}

absl::StatusOr<std::optional<WriteTxn::Owner>> WriteTxn::FindOwner(const IdentityPlace& place) const {
  const format::MemoryId memory = place.where.first;
  if (place.has_client_key) return FindFiled(memory, place.identity);
  ASSIGN_OR_RETURN(const std::optional<SegmentInfo> source, ReadSegment(place.where, place.key_form));
  if (!source.has_value()) return std::optional<Owner>();  // an identity holds the source text
  if ((source->mask & kSeveralUnits) != 0) return FindFiled(memory, place.identity);
  const format::UnitId unit = format::OwnerOf(source->id);
  ASSIGN_OR_RETURN(std::optional<Stored> stored, ReadUnit(memory, unit));
  if (!stored.has_value()) return DataLoss("unit " + std::to_string(unit) + " is missing; restore a backup");
  if (stored->identity != place.identity) return std::optional<Owner>();
  Owner owner = {unit, stored->targets};
  owner.stored = std::move(stored);
  return std::optional<Owner>(std::move(owner));
}

absl::StatusOr<std::optional<WriteTxn::Stored>> WriteTxn::ReadOwner(format::MemoryId memory, Owner* owner) const {
  if (owner->stored.has_value()) return std::exchange(owner->stored, std::nullopt);
  return ReadUnit(memory, owner->unit);
}

absl::StatusOr<std::optional<WriteTxn::Owner>> WriteTxn::FindFiled(format::MemoryId memory,
                                                                   const std::string& identity) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, format::IdentityKey(memory, identity), &value));
  if (!found) return std::optional<Owner>();
  Owner owner;
  const char* at = ReadVarint(value.data(), value.data() + value.size(), &owner.unit);
  if (at == nullptr || value.data() + value.size() - at != 8) {
    return DataLoss("an identity record is damaged; restore a backup");
  }
  owner.targets = format::ReadU64(std::string_view(at, 8));
  return std::optional<Owner>(owner);
}

// The further unit of the identity with these targets; 0 if there is none.
absl::StatusOr<uint64_t> WriteTxn::FindOther(format::MemoryId memory, const std::string& identity,
                                             uint64_t targets) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, format::OtherIdentityKey(memory, identity, targets), &value));
  uint64_t unit = 0;
  if (found && ReadVarint(value.data(), value.data() + value.size(), &unit) == nullptr) {
    return DataLoss("an identity record is damaged; restore a backup");
  }
  return unit;
}

void WriteTxn::PutOwner(format::MemoryId memory, const std::string& identity, const Owner& owner) {
  std::string value;
  AppendVarint(owner.unit, &value);
  format::AppendU64(&value, owner.targets);
  Put(KvTable::kUnits, format::IdentityKey(memory, identity), std::move(value));
}

void WriteTxn::PutOther(format::MemoryId memory, const std::string& identity, const Owner& other) {
  std::string value;
  AppendVarint(other.unit, &value);
  std::string key = format::OtherIdentityKey(memory, identity, other.targets);
  Put(KvTable::kUnits, key, std::move(value));
  other_keys_.insert(std::move(key));
}

// The unit leaves its identity; if it was the one that leads, the newest of the others leads from now on. REQUIRES: its
// texts are linked still.
absl::Status WriteTxn::DropIdentity(format::MemoryId memory, const Stored& stored) {
  const Variant& source = stored.unit.variants[SourceVariant(stored.unit)];
  const std::string key_form = KeyForm(source.content.text);
  ASSIGN_OR_RETURN(
      const bool filed,
      IsFiled({{memory, Locale(source.locale)}, key_form, !stored.unit.client_key.empty(), stored.identity}));
  if (!filed) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::optional<Owner> owner, FindFiled(memory, stored.identity));
  if (!owner.has_value() || owner->unit != stored.unit.id) {
    ASSIGN_OR_RETURN(uint64_t other, FindOther(memory, stored.identity, stored.targets));
    if (other != stored.unit.id) return absl::OkStatus();
    std::string key = format::OtherIdentityKey(memory, stored.identity, stored.targets);
    Delete(KvTable::kUnits, key);
    other_keys_.insert(std::move(key));
    return absl::OkStatus();
  }
  const std::string prefix = format::OtherIdentityPrefix(memory, stored.identity);
  std::set<std::string> keys;
  auto scan = store_->state_->snapshot->Scan(KvTable::kUnits, prefix);
  for (; scan->Valid(); scan->Next()) keys.emplace(scan->key());
  RETURN_IF_ERROR(scan->status());
  for (auto it = other_keys_.lower_bound(prefix); it != other_keys_.end() && it->compare(0, prefix.size(), prefix) == 0;
       ++it) {
    keys.insert(*it);
  }
  Owner heir;
  std::string heir_key;
  for (const std::string& key : keys) {
    std::string value;
    ASSIGN_OR_RETURN(bool found, Get(KvTable::kUnits, key, &value));
    uint64_t unit = 0;
    if (!found || ReadVarint(value.data(), value.data() + value.size(), &unit) == nullptr || unit <= heir.unit)
      continue;
    heir = {unit, format::ReadU64(std::string_view(key).substr(prefix.size()))};
    heir_key = key;
  }
  if (heir.unit == 0) {
    Delete(KvTable::kUnits, format::IdentityKey(memory, stored.identity));
    return absl::OkStatus();
  }
  Delete(KvTable::kUnits, heir_key);
  other_keys_.insert(heir_key);
  PutOwner(memory, stored.identity, heir);
  return absl::OkStatus();
}

// The unit that says just what `next` does; 0 if there is none. `owner`: of its identity.
absl::StatusOr<uint64_t> WriteTxn::FindSame(format::MemoryId memory, const std::optional<Owner>& owner,
                                            const Stored& next) const {
  if (!owner.has_value()) return uint64_t{0};
  if (owner->targets == next.targets) return owner->unit;
  return FindOther(memory, next.identity, next.targets);
}

absl::Status WriteTxn::FileNew(const IdentityPlace& place, const Owner& self, const std::optional<Owner>& owner,
                               bool leads) {
  ASSIGN_OR_RETURN(const bool filed, IsFiled(place));
  if (!filed) return absl::OkStatus();
  const format::MemoryId memory = place.where.first;
  if (leads) {
    if (owner.has_value()) PutOther(memory, place.identity, *owner);
    PutOwner(memory, place.identity, self);
  } else {
    PutOther(memory, place.identity, self);
  }
  return absl::OkStatus();
}

// A unit that leads its identity goes on leading it; elsewhere it comes last.
absl::Status WriteTxn::FileMoved(const IdentityPlace& place, const Owner& self, const std::optional<Owner>& owner) {
  return FileNew(place, self, std::nullopt, !owner.has_value() || owner->unit == self.unit);
}

absl::Status WriteTxn::FileOwner(LocaleKey where, const std::string& key_form, format::UnitId unit) {
  ASSIGN_OR_RETURN(const std::optional<Stored> stored, ReadUnit(where.first, unit));
  if (!stored.has_value()) return DataLoss("unit " + std::to_string(unit) + " is missing; restore a backup");
  if (!stored->unit.client_key.empty()) return absl::OkStatus();  // filed from the start
  const Variant& source = stored->unit.variants[SourceVariant(stored->unit)];
  if (Locale(source.locale) == where.second && KeyForm(source.content.text) == key_form) {
    PutOwner(where.first, stored->identity, {unit, stored->targets});
  }
  return absl::OkStatus();
}

}  // namespace reprise
