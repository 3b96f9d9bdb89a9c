#include "storage/codec.h"

#include "record.pb.h"

namespace reprise {
namespace {

using AttributeField = google::protobuf::RepeatedPtrField<storage::AttributeRecord>;
using NeighbourField = google::protobuf::RepeatedPtrField<storage::NeighbourRecord>;

void EncodeAttributes(const Attributes& attributes, AttributeField* out) {
  for (const auto& [key, values] : attributes) {
    storage::AttributeRecord* record = out->Add();
    record->set_key(key);
    for (const std::string& value : values) record->add_values(value);
  }
}

Attributes DecodeAttributes(const AttributeField& in) {
  Attributes out;
  for (const storage::AttributeRecord& record : in) {
    out[record.key()].assign(record.values().begin(), record.values().end());
  }
  return out;
}

void EncodeNeighbours(const std::map<std::string, Neighbour>& neighbours, NeighbourField* out) {
  for (const auto& [locale, neighbour] : neighbours) {
    storage::NeighbourRecord* record = out->Add();
    record->set_locale(locale);
    record->set_state(static_cast<uint32_t>(neighbour.state));
    record->set_text(neighbour.text);
  }
}

std::map<std::string, Neighbour> DecodeNeighbours(const NeighbourField& in) {
  std::map<std::string, Neighbour> out;
  for (const storage::NeighbourRecord& record : in) {
    out[record.locale()] = {static_cast<Neighbour::State>(record.state()), record.text()};
  }
  return out;
}

// Differences of times that may lie anywhere: they wrap round and come back.
int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }

void EncodeVariant(const Variant& variant, const storage::UnitRecord& unit, const LocaleIdOf& locale_id,
                   storage::VariantRecord* out) {
  out->set_locale(locale_id(variant.locale));
  out->set_text(variant.content.text);
  for (const Code& code : variant.content.codes) {
    storage::CodeRecord* record = out->add_codes();
    record->set_position(code.position);
    record->set_kind(static_cast<uint32_t>(code.kind));
    record->set_pair_id(code.pair_id);
    record->set_data(code.data);
    record->set_equivalent_text(code.equivalent_text);
    record->set_type(code.type);
  }
  out->set_origin(static_cast<uint32_t>(variant.origin));
  out->set_status(static_cast<uint32_t>(variant.status));
  out->set_locked(variant.locked);
  out->set_created_us(Minus(variant.created_us, unit.stamp_us()));
  out->set_changed_us(Minus(variant.changed_us, variant.created_us));
  if (variant.created_by != unit.author()) out->set_created_by(variant.created_by);
  if (variant.changed_by != variant.created_by) out->set_changed_by(variant.changed_by);
  out->set_usage_count(variant.usage_count);
  out->set_last_used_us(variant.last_used_us);
  out->set_note(variant.note);
  EncodeAttributes(variant.attributes, out->mutable_attributes());
}

Variant DecodeVariant(const storage::VariantRecord& in, const storage::UnitRecord& unit,
                      const LocaleTagOf& locale_tag) {
  Variant out;
  out.locale = locale_tag(in.locale());
  out.content.text = in.text();
  for (const storage::CodeRecord& record : in.codes()) {
    out.content.codes.push_back({record.position(), static_cast<Code::Kind>(record.kind()), record.pair_id(),
                                 record.data(), record.equivalent_text(), record.type()});
  }
  out.origin = static_cast<Origin>(in.origin());
  out.status = static_cast<VariantStatus>(in.status());
  out.locked = in.locked();
  out.created_us = Plus(unit.stamp_us(), in.created_us());
  out.changed_us = Plus(out.created_us, in.changed_us());
  out.created_by = in.has_created_by() ? in.created_by() : unit.author();
  out.changed_by = in.has_changed_by() ? in.changed_by() : out.created_by;
  out.usage_count = in.usage_count();
  out.last_used_us = in.last_used_us();
  out.note = in.note();
  out.attributes = DecodeAttributes(in.attributes());
  return out;
}

}  // namespace

void EncodeUnit(const Unit& unit, const LocaleIdOf& locale_id, storage::UnitRecord* record) {
  record->set_id(unit.id);
  record->set_client_key(unit.client_key);
  record->set_source_locale(unit.source_locale);
  if (!unit.variants.empty()) {
    record->set_stamp_us(unit.variants[0].created_us);
    record->set_author(unit.variants[0].created_by);
  }
  for (const Variant& variant : unit.variants) EncodeVariant(variant, *record, locale_id, record->add_variants());
  for (const Context& context : unit.contexts) {
    storage::ContextRecord* out = record->add_contexts();
    out->set_document(context.document);
    out->set_key(context.key);
    EncodeNeighbours(context.previous, out->mutable_previous());
    EncodeNeighbours(context.next, out->mutable_next());
  }
  record->set_dropped_contexts(unit.dropped_contexts);
  record->set_group(unit.group);
  record->set_revision(unit.revision);
  EncodeAttributes(unit.attributes, record->mutable_attributes());
  record->set_note(unit.note);
}

std::string EncodeUnit(const Unit& unit, const LocaleIdOf& locale_id) {
  storage::UnitRecord record;
  EncodeUnit(unit, locale_id, &record);
  return record.SerializeAsString();
}

absl::StatusOr<Unit> DecodeUnit(std::string_view bytes, const LocaleTagOf& locale_tag, std::string* identity) {
  storage::UnitRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return DataLoss("a unit record is damaged; restore a backup");
  }
  Unit unit;
  unit.id = record.id();
  unit.client_key = record.client_key();
  unit.source_locale = record.source_locale();
  for (const storage::VariantRecord& v : record.variants())
    unit.variants.push_back(DecodeVariant(v, record, locale_tag));
  for (const storage::ContextRecord& c : record.contexts()) {
    unit.contexts.push_back({c.document(), c.key(), DecodeNeighbours(c.previous()), DecodeNeighbours(c.next())});
  }
  unit.dropped_contexts = record.dropped_contexts();
  unit.group = record.group();
  unit.revision = record.revision();
  unit.attributes = DecodeAttributes(record.attributes());
  unit.note = record.note();
  if (identity != nullptr) *identity = record.identity();
  return unit;
}

namespace {

void EncodeFilter(const UnitFilter& filter, storage::FilterRecord* record) {
  for (const Origin origin : filter.origins) record->add_origins(static_cast<uint32_t>(origin));
  record->set_min_status(static_cast<uint32_t>(filter.min_status));
  for (const std::string& author : filter.authors) record->add_authors(author);
  record->set_changed_from_us(filter.changed_from_us);
  record->set_changed_to_us(filter.changed_to_us);
  record->set_document(filter.document);
  record->set_exclude_document(filter.exclude_document);
  EncodeAttributes(filter.attributes, record->mutable_attributes());
}

UnitFilter DecodeFilter(const storage::FilterRecord& record) {
  UnitFilter filter;
  for (const uint32_t origin : record.origins()) filter.origins.push_back(static_cast<Origin>(origin));
  filter.min_status = static_cast<VariantStatus>(record.min_status());
  filter.authors.assign(record.authors().begin(), record.authors().end());
  filter.changed_from_us = record.changed_from_us();
  filter.changed_to_us = record.changed_to_us();
  filter.document = record.document();
  filter.exclude_document = record.exclude_document();
  filter.attributes = DecodeAttributes(record.attributes());
  return filter;
}

using PenaltyRecords = google::protobuf::RepeatedPtrField<storage::PenaltyRecord>;

void EncodePenalties(const std::map<std::string, int>& penalties, PenaltyRecords* records) {
  for (const auto& [name, points] : penalties) {
    storage::PenaltyRecord* penalty = records->Add();
    penalty->set_name(name);
    penalty->set_points(static_cast<uint32_t>(points));
  }
}

std::map<std::string, int> DecodePenalties(const PenaltyRecords& records) {
  std::map<std::string, int> penalties;
  for (const storage::PenaltyRecord& penalty : records) {
    penalties[penalty.name()] = static_cast<int>(penalty.points());
  }
  return penalties;
}

void EncodeDefaults(const LookupDefaults& defaults, storage::LookupDefaultsRecord* record) {
  if (defaults.threshold) record->set_threshold(static_cast<uint32_t>(*defaults.threshold));
  if (defaults.floor) record->set_floor(static_cast<uint32_t>(*defaults.floor));
  if (defaults.max_results) record->set_max_results(static_cast<uint32_t>(*defaults.max_results));
  if (defaults.order) record->set_order(static_cast<uint32_t>(*defaults.order));
  if (defaults.adapt) record->set_adapt(*defaults.adapt);
  if (defaults.pivot) record->set_pivot(*defaults.pivot);
  if (defaults.other_scripts) record->set_other_scripts(*defaults.other_scripts);
  EncodePenalties(defaults.penalties, record->mutable_penalties());
  if (defaults.filter) EncodeFilter(*defaults.filter, record->mutable_filter());
}

LookupDefaults DecodeDefaults(const storage::LookupDefaultsRecord& record) {
  LookupDefaults defaults;
  if (record.has_threshold()) defaults.threshold = static_cast<int>(record.threshold());
  if (record.has_floor()) defaults.floor = static_cast<int>(record.floor());
  if (record.has_max_results()) defaults.max_results = static_cast<int>(record.max_results());
  if (record.has_order()) defaults.order = static_cast<MatchOrder>(record.order());
  if (record.has_adapt()) defaults.adapt = record.adapt();
  if (record.has_pivot()) defaults.pivot = record.pivot();
  if (record.has_other_scripts()) defaults.other_scripts = record.other_scripts();
  defaults.penalties = DecodePenalties(record.penalties());
  if (record.has_filter()) defaults.filter = DecodeFilter(record.filter());
  return defaults;
}

}  // namespace

void EncodeMemoryDefaults(const MemoryDefaults& defaults, storage::MemoryDefaultsRecord* record) {
  if (defaults.priority) record->set_priority(*defaults.priority);
  if (defaults.penalty) record->set_penalty(static_cast<uint32_t>(*defaults.penalty));
  EncodePenalties(defaults.penalties, record->mutable_penalties());
}

MemoryDefaults DecodeMemoryDefaults(const storage::MemoryDefaultsRecord& record) {
  MemoryDefaults defaults;
  if (record.has_priority()) defaults.priority = record.priority();
  if (record.has_penalty()) defaults.penalty = static_cast<int>(record.penalty());
  defaults.penalties = DecodePenalties(record.penalties());
  return defaults;
}

std::string EncodeProfile(const Profile& profile) {
  storage::ProfileRecord record;
  record.set_name(profile.name);
  record.set_display_name(profile.display_name);
  record.set_description(profile.description);
  for (const ProfileMemory& memory : profile.memories) {
    storage::ProfileMemoryRecord* out = record.add_memories();
    out->set_name(memory.ref.name);
    if (memory.ref.priority) out->set_priority(*memory.ref.priority);
    if (memory.ref.penalty) out->set_penalty(static_cast<uint32_t>(*memory.ref.penalty));
    out->set_read(memory.read);
    out->set_write(memory.write);
  }
  EncodeDefaults(profile.lookup, record.mutable_lookup());
  record.set_created_us(profile.created_us);
  record.set_updated_us(profile.updated_us);
  return record.SerializeAsString();
}

absl::StatusOr<Profile> DecodeProfile(std::string_view bytes) {
  storage::ProfileRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return DataLoss("a profile's record is damaged; restore a backup");
  }
  Profile profile;
  profile.name = record.name();
  profile.display_name = record.display_name();
  profile.description = record.description();
  for (const storage::ProfileMemoryRecord& memory : record.memories()) {
    MemoryRef ref{.name = memory.name()};
    if (memory.has_priority()) ref.priority = memory.priority();
    if (memory.has_penalty()) ref.penalty = static_cast<int>(memory.penalty());
    profile.memories.push_back({std::move(ref), memory.read(), memory.write()});
  }
  profile.lookup = DecodeDefaults(record.lookup());
  profile.created_us = record.created_us();
  profile.updated_us = record.updated_us();
  return profile;
}

std::string ContentIdentity(const Content& content) {
  std::string out;
  auto add = [&out](std::string_view s) {
    format::AppendU32(&out, static_cast<uint32_t>(s.size()));
    out += s;
  };
  add(content.text);
  for (const Code& code : content.codes) {
    format::AppendU32(&out, code.position);
    out.push_back(static_cast<char>(code.kind));
    format::AppendU32(&out, code.pair_id);
    add(code.data);
  }
  return out;
}

}  // namespace reprise
