// The segments of a write: which texts are new, and which units hold them.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "base/varint.h"
#include "record.pb.h"
#include "storage/unit_store.h"
#include "storage/write_txn.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// True if the variant is a match without a penalty to whoever asks for its locale and has no codes.
bool IsPlain(const Variant& variant) {
  return variant.content.codes.empty() && variant.origin != Origin::kAlignment && variant.origin != Origin::kMachine &&
         variant.status != VariantStatus::kDraft && variant.status != VariantStatus::kRejected;
}

std::set<std::string_view> LocalesOf(const Unit& unit) {
  std::set<std::string_view> locales;
  for (const Variant& v : unit.variants) locales.insert(v.locale);
  return locales;
}

}  // namespace

bool WriteTxn::MustBeRead(const Unit& unit, const Unit* before) {
  const std::set<std::string_view> locales = LocalesOf(unit);
  // A mask keeps the locale that the unit has lost, and shows older readers one that it gains.
  return locales.size() != unit.variants.size() || (before != nullptr && LocalesOf(*before) != locales) ||
         !std::all_of(unit.variants.begin(), unit.variants.end(), IsPlain);
}

absl::Status WriteTxn::Link(format::MemoryId memory, const Unit& unit, const std::vector<PreparedText>& texts,
                            const Unit* linked) {
  std::set<format::LocaleId> locales;
  Linking linking;
  linking.unit = unit.id;
  linking.may_own = linked == nullptr;
  if (MustBeRead(unit, linked)) linking.mask |= kReadToCount;
  for (const Variant& v : unit.variants) {
    format::LocaleId id = Locale(v.locale);
    locales.insert(id);
    linking.mask |= LocaleBit(id);
  }
  format::LocaleId last = 0;
  for (format::LocaleId id : locales) {
    AppendVarint(id - last, &linking.locale_ids);
    last = id;
  }
  std::set<std::pair<format::LocaleId, std::string_view>> done;
  std::set<std::pair<std::string, std::string>> before;
  if (linked != nullptr) {
    for (const Variant& v : linked->variants) before.emplace(v.locale, KeyForm(v.content.text));
  }
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    format::LocaleId locale = Locale(unit.variants[i].locale);
    if (!done.emplace(locale, texts[i].key_form).second) continue;
    bool was_linked = linked != nullptr && before.count({unit.variants[i].locale, texts[i].key_form}) != 0;
    RETURN_IF_ERROR(LinkSegment({memory, locale}, texts[i], was_linked, &linking));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<WriteTxn::SegmentInfo>> WriteTxn::ReadSegment(LocaleKey where,
                                                                           std::string_view key_form) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kSegments, format::ExactKey(where.first, where.second, key_form), &value));
  storage::SegmentRecord record;
  if (found && !record.ParseFromString(value)) return DataLoss("a segment record is damaged; restore a backup");
  if (!found || (!record.key_form().empty() && record.key_form() != key_form)) return std::optional<SegmentInfo>();
  return std::optional<SegmentInfo>({record.id(), record.locale_mask()});
}

void WriteTxn::GrowRow(LocaleKey where, uint64_t segment, uint32_t weight, uint64_t mask) {
  auto mine = row_of_segment_.find(segment);
  if (mine != row_of_segment_.end()) {
    rows_[mine->second].mask = mask;
  } else {
    changes_.push_back({where, segment, weight, mask});
  }
}

// The number of a segment that the unit brings.
format::SegmentId WriteTxn::NewSegment(Linking* linking) {
  if (linking->may_own && linking->owned < format::kNoOwner) {
    return format::MakeSegmentId(linking->unit, linking->owned++);
  }
  return format::MakeSegmentId(NewId(), format::kNoOwner);
}

absl::Status WriteTxn::LinkSegment(LocaleKey where, const PreparedText& text, bool linked, Linking* linking) {
  auto [memory, locale] = where;
  std::string exact_key = format::ExactKey(memory, locale, text.key_form);
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kSegments, exact_key, &value));
  storage::SegmentRecord record;
  uint64_t mask = linking->mask;
  if (found) {
    if (!record.ParseFromString(value)) return DataLoss("a segment record is damaged; restore a backup");
    if (!record.key_form().empty() && record.key_form() != text.key_form) {
      return Internal("two texts of one 128-bit hash; this text can not be stored");
    }
    mask |= record.locale_mask();
    if (!linked && (mask & kSeveralUnits) == 0) {
      // Until now its owner had it alone, without an entry.
      mask |= kSeveralUnits;
      Put(KvTable::kSegments, format::LinkKey(memory, record.id(), format::OwnerOf(record.id())), "");
      RETURN_IF_ERROR(FileOwner(where, text.key_form, format::OwnerOf(record.id())));
    }
    if (mask != record.locale_mask()) {
      record.set_locale_mask(mask);
      GrowRow(where, record.id(), text.weight, mask);
    }
  } else {
    record.set_id(NewSegment(linking));
    if (!format::HasOwner(record.id())) mask |= kSeveralUnits;
    record.set_locale_mask(mask);
    if (text.key_form.size() > format::kMaxLiteralKey) record.set_key_form(text.key_form);
    if (!bulk_) {
      Put(KvTable::kSegments, format::SegmentKey(memory, locale, record.id()), text.key_form);
    }
    row_of_segment_[record.id()] = rows_.size();
    rows_.push_back({where, record.id(), mask, &text});
    ++Tally(memory).locales[locale].segments;
  }
  if (!linked) record.set_units(record.units() + 1);
  Put(KvTable::kSegments, exact_key, record.SerializeAsString());
  if ((mask & kSeveralUnits) != 0) {
    Put(KvTable::kSegments, format::LinkKey(memory, record.id(), linking->unit), linking->locale_ids);
  }
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
  std::string value;
  ASSIGN_OR_RETURN(bool found, Get(KvTable::kSegments, exact_key, &value));
  storage::SegmentRecord record;
  if (!found || !record.ParseFromString(value)) {
    return DataLoss("a segment of unit " + std::to_string(unit) + " is missing or damaged; restore a backup");
  }
  if ((record.locale_mask() & kSeveralUnits) != 0) {
    Delete(KvTable::kSegments, format::LinkKey(memory, record.id(), unit));
  }
  if (record.units() > 1) {
    record.set_units(record.units() - 1);
    Put(KvTable::kSegments, exact_key, record.SerializeAsString());
    return absl::OkStatus();
  }
  const PreparedText text(key_form);  // a key form is its own key form
  Delete(KvTable::kSegments, exact_key);
  if (record.id() >= store_->SealedBelow(where)) {
    Delete(KvTable::kSegments, format::SegmentKey(memory, locale, record.id()));
  }
  GrowRow(where, record.id(), text.weight, 0);
  --Tally(memory).locales[locale].segments;
  return absl::OkStatus();
}

}  // namespace reprise
