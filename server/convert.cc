#include "server/convert.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "server/convert_parts.h"
#include "server/wire.h"

namespace reprise {
namespace {

using ProtoNeighbours = google::protobuf::Map<std::string, v1::Neighbour>;

absl::Status NeighboursFromProto(std::string_view field, const ProtoNeighbours& in,
                                 std::map<std::string, Neighbour>* out) {
  RETURN_IF_ERROR(CheckCount(field, static_cast<int>(in.size()), kMaxVariants));
  for (const auto& [locale, neighbour] : in) {
    Neighbour::State state = Neighbour::State::kUnknown;
    RETURN_IF_ERROR(EnumFromProto(std::string(field) + ".state", neighbour.state(), 2, &state));
    if (state == Neighbour::State::kUnknown && !neighbour.text().empty()) state = Neighbour::State::kText;
    if (state == Neighbour::State::kEdge && !neighbour.text().empty()) {
      return FieldError(std::string(field) + ".text", "is set though the state is STATE_EDGE; clear one of the two");
    }
    RETURN_IF_ERROR(CheckLength(std::string(field) + ".text", neighbour.text(), kMaxTextBytes));
    if (state != Neighbour::State::kUnknown) (*out)[locale] = {.state = state, .text = neighbour.text()};
  }
  return absl::OkStatus();
}

void NeighboursToProto(const std::map<std::string, Neighbour>& in, ProtoNeighbours* out) {
  for (const auto& [locale, neighbour] : in) {
    v1::Neighbour& target = (*out)[locale];
    target.set_state(static_cast<v1::Neighbour::State>(neighbour.state));
    target.set_text(neighbour.text);
  }
}

bool DecimalId(std::string_view text, uint64_t* out) {
  if (text.empty() || text.size() > 20 || text.front() == '0') return false;
  uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (UINT64_MAX - digit) / 10) return false;
    value = value * 10 + digit;
  }
  *out = value;
  return true;
}

constexpr std::string_view kMemories = "memories/";
constexpr std::string_view kUnits = "/units/";
constexpr std::string_view kProfiles = "profiles/";

absl::Status CheckId(std::string_view field, std::string_view id, const char* what) {
  if (CheckName(id).ok()) return absl::OkStatus();
  return FieldError(field, "'" + ReplaceBadUtf8(id.substr(0, 64)) + "' is not a " + what +
                               "'s name; give 1 to 63 of a-z, 0-9, _ and -, a letter or digit first");
}

}  // namespace

std::string MemoryName(std::string_view memory) { return std::string(kMemories).append(memory); }

std::string UnitName(std::string_view memory, uint64_t unit) {
  return MemoryName(memory).append(kUnits).append(std::to_string(unit));
}

std::string ProfileName(std::string_view profile) { return std::string(kProfiles).append(profile); }

absl::Status CheckMemoryId(std::string_view field, std::string_view id) { return CheckId(field, id, "memory"); }
absl::Status CheckProfileId(std::string_view field, std::string_view id) { return CheckId(field, id, "profile"); }

absl::StatusOr<std::string> ParseProfileName(std::string_view field, std::string_view name) {
  if (name.substr(0, kProfiles.size()) != kProfiles) {
    return FieldError(field, "is '" + ReplaceBadUtf8(name.substr(0, 80)) + "'; give profiles/{profile}");
  }
  const std::string_view id = name.substr(kProfiles.size());
  RETURN_IF_ERROR(CheckProfileId(field, id));
  return std::string(id);
}

absl::StatusOr<std::string> ParseMemoryName(std::string_view field, std::string_view name) {
  if (name.substr(0, kMemories.size()) != kMemories) {
    return FieldError(field, "is '" + ReplaceBadUtf8(name.substr(0, 80)) + "'; give memories/{memory}");
  }
  const std::string_view id = name.substr(kMemories.size());
  RETURN_IF_ERROR(CheckMemoryId(field, id));
  return std::string(id);
}

absl::StatusOr<UnitRef> ParseUnitName(std::string_view field, std::string_view name) {
  const absl::Status bad = FieldError(
      field, "is '" + ReplaceBadUtf8(name.substr(0, 120)) + "'; give memories/{memory}/units/{unit}, {unit} a number");
  const size_t units = name.find(kUnits, std::min(name.size(), kMemories.size()));
  if (units == std::string_view::npos) return bad;
  UnitRef out;
  ASSIGN_OR_RETURN(out.memory, ParseMemoryName(field, name.substr(0, units)));
  if (!DecimalId(name.substr(units + kUnits.size()), &out.unit)) return bad;
  return out;
}

absl::Status CheckLength(std::string_view field, std::string_view value, size_t limit) {
  if (value.size() <= limit) return absl::OkStatus();
  return WithField(ResourceExhausted("has " + std::to_string(value.size()) + " bytes; at most " +
                                     std::to_string(limit) + " are taken"),
                   field);
}

absl::StatusOr<size_t> PageSize(int32_t page_size) {
  if (page_size < 0) return FieldError("page_size", "is negative; give 0 for the default or a positive number");
  if (page_size == 0) return static_cast<size_t>(kDefaultPageSize);
  return static_cast<size_t>(std::min(page_size, static_cast<int32_t>(kMaxPageSize)));
}

absl::Status FromProto(std::string_view field, v1::DuplicatePolicy in, DuplicatePolicy* out) {
  return EnumFromProto(field, in, 4, out);
}

absl::Status FromProto(std::string_view field, v1::Format in, Format* out) { return EnumFromProto(field, in, 8, out); }

absl::Status FromProto(std::string_view field, v1::TmxFlavor in, TmxFlavor* out) {
  return EnumFromProto(field, in, 4, out);
}

absl::Status FromProto(const v1::Content& in, Content* out) {
  if (in.text().empty()) return FieldError("text", "is empty; give the text");
  RETURN_IF_ERROR(CheckLength("text", in.text(), kMaxTextBytes));
  RETURN_IF_ERROR(CheckCount("codes", in.codes_size(), kMaxCodes));
  out->text = in.text();
  out->codes.reserve(static_cast<size_t>(in.codes_size()));
  for (int i = 0; i < in.codes_size(); ++i) {
    const v1::Code& code = in.codes(i);
    const std::string field = Indexed("codes", i);
    Code target;
    target.position = code.position();
    target.pair_id = code.pair_id();
    RETURN_IF_ERROR(EnumFromProto(field + ".kind", code.kind(), 3, &target.kind));
    if (code.kind() == v1::Code::KIND_UNSPECIFIED) target.kind = Code::Kind::kStandalone;
    RETURN_IF_ERROR(CheckLength(field + ".data", code.data(), kMaxTextBytes));
    RETURN_IF_ERROR(CheckLength(field + ".equivalent_text", code.equivalent_text(), kMaxTextBytes));
    RETURN_IF_ERROR(CheckLength(field + ".type", code.type(), kMaxNameBytes));
    target.data = code.data();
    target.equivalent_text = code.equivalent_text();
    target.type = code.type();
    out->codes.push_back(std::move(target));
  }
  return absl::OkStatus();
}

absl::Status FromProto(const v1::Variant& in, Variant* out) {
  if (in.locale().empty()) return FieldError("locale", "is empty; give a BCP 47 tag such as 'pt-BR'");
  RETURN_IF_ERROR(CheckLength("locale", in.locale(), kMaxNameBytes));
  out->locale = in.locale();
  RETURN_IF_ERROR(WithField(FromProto(in.content(), &out->content), "content"));
  RETURN_IF_ERROR(EnumFromProto("origin", in.origin(), 4, &out->origin));
  RETURN_IF_ERROR(EnumFromProto("status", in.status(), 5, &out->status));
  out->locked = in.locked();
  if (in.has_create_time()) RETURN_IF_ERROR(TimeFromProto("create_time", in.create_time(), &out->created_us));
  if (in.has_change_time()) RETURN_IF_ERROR(TimeFromProto("change_time", in.change_time(), &out->changed_us));
  if (in.has_last_use_time()) RETURN_IF_ERROR(TimeFromProto("last_use_time", in.last_use_time(), &out->last_used_us));
  RETURN_IF_ERROR(CheckLength("created_by", in.created_by(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("changed_by", in.changed_by(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("note", in.note(), kMaxTextBytes));
  out->created_by = in.created_by();
  out->changed_by = in.changed_by();
  out->usage_count = in.usage_count();
  out->note = in.note();
  return AttributesFromProto(in.attributes(), &out->attributes);
}

absl::Status FromProto(const v1::Context& in, Context* out) {
  RETURN_IF_ERROR(CheckLength("document", in.document(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("key", in.key(), kMaxNameBytes));
  out->document = in.document();
  out->key = in.key();
  RETURN_IF_ERROR(NeighboursFromProto("previous", in.previous(), &out->previous));
  return NeighboursFromProto("next", in.next(), &out->next);
}

absl::Status FromProto(const v1::Unit& in, Unit* out) {
  RETURN_IF_ERROR(CheckLength("client_key", in.client_key(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("source_locale", in.source_locale(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("group", in.group(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("note", in.note(), kMaxTextBytes));
  if (in.variants_size() == 0) return FieldError("variants", "is empty; give at least one");
  RETURN_IF_ERROR(CheckCount("variants", in.variants_size(), kMaxVariants));
  RETURN_IF_ERROR(CheckCount("contexts", in.contexts_size(), kMaxContexts));
  out->client_key = in.client_key();
  out->source_locale = in.source_locale();
  out->group = in.group();
  out->note = in.note();
  for (int i = 0; i < in.variants_size(); ++i) {
    out->variants.emplace_back();
    RETURN_IF_ERROR(WithField(FromProto(in.variants(i), &out->variants.back()), Indexed("variants", i)));
  }
  for (int i = 0; i < in.contexts_size(); ++i) {
    out->contexts.emplace_back();
    RETURN_IF_ERROR(WithField(FromProto(in.contexts(i), &out->contexts.back()), Indexed("contexts", i)));
  }
  return AttributesFromProto(in.attributes(), &out->attributes);
}

absl::Status FromProto(const v1::UnitFilter& in, UnitFilter* out) {
  RETURN_IF_ERROR(CheckCount("origins", in.origins_size(), kMaxFilterValues));
  RETURN_IF_ERROR(CheckCount("authors", in.authors_size(), kMaxFilterValues));
  for (int i = 0; i < in.origins_size(); ++i) {
    Origin origin = Origin::kUnspecified;
    RETURN_IF_ERROR(EnumFromProto(Indexed("origins", i), in.origins(i), 4, &origin));
    out->origins.push_back(origin);
  }
  RETURN_IF_ERROR(EnumFromProto("min_status", in.min_status(), 4, &out->min_status));
  out->authors.assign(in.authors().begin(), in.authors().end());
  if (in.has_changed_from()) RETURN_IF_ERROR(TimeFromProto("changed_from", in.changed_from(), &out->changed_from_us));
  if (in.has_changed_to()) RETURN_IF_ERROR(TimeFromProto("changed_to", in.changed_to(), &out->changed_to_us));
  out->document = in.document();
  out->exclude_document = in.exclude_document();
  return AttributesFromProto(in.attributes(), &out->attributes);
}

absl::Status FromProto(const v1::MemoryDefaults& in, MemoryDefaults* out) {
  *out = MemoryDefaults();
  if (in.has_priority()) out->priority = in.priority();
  if (in.has_penalty()) out->penalty = in.penalty();
  RETURN_IF_ERROR(CheckRange("penalty", in.penalty(), 0, 100));
  return PenaltiesFromProto(in.penalties(), &out->penalties);
}

absl::Status FromProto(const v1::Memory& in, MemoryInfo* out) {
  RETURN_IF_ERROR(CheckLength("display_name", in.display_name(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("description", in.description(), kMaxTextBytes));
  out->display_name = in.display_name();
  out->description = in.description();
  RETURN_IF_ERROR(FromProto("duplicate_policy", in.duplicate_policy(), &out->duplicate_policy));
  RETURN_IF_ERROR(EnumFromProto("min_status", in.min_status(), 4, &out->min_status));
  out->read_only = in.read_only();
  RETURN_IF_ERROR(WithField(FromProto(in.defaults(), &out->defaults), "defaults"));
  out->attributes.clear();
  return AttributesFromProto(in.attributes(), &out->attributes);
}

absl::Status FromProto(const v1::Query& in, Query* out) {
  RETURN_IF_ERROR(WithField(FromProto(in.content(), &out->content), "content"));
  if (in.source_locale().empty()) return FieldError("source_locale", "is empty; give the text's BCP 47 tag");
  if (in.target_locale().empty()) return FieldError("target_locale", "is empty; give the BCP 47 tag that is wanted");
  RETURN_IF_ERROR(CheckLength("source_locale", in.source_locale(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("target_locale", in.target_locale(), kMaxNameBytes));
  out->source_locale = in.source_locale();
  out->target_locale = in.target_locale();
  return WithField(FromProto(in.context(), &out->context), "context");
}

absl::Status FromProto(const v1::PenaltyTable& in, PenaltyTable* out) {
  LookupDefaults given;
  RETURN_IF_ERROR(PenaltiesFromProto(in, &given.penalties));
  LookupOptions options;
  options.penalties = *out;
  ApplyDefaults(given, TermSource::kRequest, &options);
  *out = options.penalties;
  return absl::OkStatus();
}

absl::Status FromProto(const v1::LookupOptions& in, LookupDefaults* out) {
  if (in.has_threshold()) out->threshold = in.threshold();
  if (in.has_floor()) out->floor = in.floor();
  if (in.has_max_results()) out->max_results = in.max_results();
  if (in.has_threshold()) RETURN_IF_ERROR(CheckRange("threshold", in.threshold(), 1, 100));
  if (in.has_max_results()) RETURN_IF_ERROR(CheckRange("max_results", in.max_results(), 1, 1000));
  MatchOrder order = MatchOrder::kScore;
  RETURN_IF_ERROR(EnumFromProto("order", in.order(), 2, &order));
  if (in.order() != v1::MATCH_ORDER_UNSPECIFIED) out->order = order;
  if (in.has_adapt()) out->adapt = in.adapt();
  if (in.has_pivot()) out->pivot = in.pivot();
  if (in.has_other_scripts()) out->other_scripts = in.other_scripts();
  if (in.has_penalties()) RETURN_IF_ERROR(PenaltiesFromProto(in.penalties(), &out->penalties));
  if (!in.has_filter()) return absl::OkStatus();
  out->filter.emplace();
  return WithField(FromProto(in.filter(), &*out->filter), "filter");
}

absl::Status FromProto(const v1::LookupOptions& in, LookupOptions* out) {
  LookupDefaults given;
  RETURN_IF_ERROR(FromProto(in, &given));
  ApplyDefaults(given, TermSource::kRequest, out);
  if (!given.floor.has_value()) out->floor = std::min(out->floor, out->threshold);
  if (out->floor < 0 || out->floor > out->threshold) {
    return FieldError("floor", "is " + std::to_string(out->floor) + "; give 0 (off) to the threshold, " +
                                   std::to_string(out->threshold));
  }
  out->want_total = in.want_total();
  out->want_plan = in.explain_plan();
  RETURN_IF_ERROR(EnumFromProto("fragments", in.fragments(), 2, &out->fragments));
  out->assemble = in.assemble();
  out->sentences = in.sentences();
  return absl::OkStatus();
}

absl::Status FromProto(const v1::Profile& in, Profile* out) {
  RETURN_IF_ERROR(CheckLength("display_name", in.display_name(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("description", in.description(), kMaxTextBytes));
  out->display_name = in.display_name();
  out->description = in.description();
  RETURN_IF_ERROR(CheckCount("memories", in.memories_size(), kMaxProfileMemories));
  for (int i = 0; i < in.memories_size(); ++i) {
    const v1::ProfileMemory& memory = in.memories(i);
    ProfileMemory& target = out->memories.emplace_back();
    const std::string field = Indexed("memories", i);
    ASSIGN_OR_RETURN(target.ref.name, ParseMemoryName(field + ".name", memory.name()));
    if (memory.has_priority()) target.ref.priority = memory.priority();
    if (memory.has_penalty()) target.ref.penalty = memory.penalty();
    RETURN_IF_ERROR(CheckRange(field + ".penalty", memory.penalty(), 0, 100));
    target.read = memory.has_read() ? memory.read() : true;
    target.write = memory.write();
  }
  for (const auto& [set, name] : {std::pair(in.lookup().want_total(), "want_total"),
                                  {in.lookup().explain_plan(), "explain_plan"},
                                  {in.lookup().fragments() != v1::FRAGMENT_MODE_UNSPECIFIED, "fragments"},
                                  {in.lookup().assemble(), "assemble"},
                                  {in.lookup().sentences(), "sentences"}}) {
    if (set) return FieldError(std::string("lookup.") + name, "is no default of a profile; set it in the request");
  }
  return WithField(FromProto(in.lookup(), &out->lookup), "lookup");
}

absl::Status FromProto(const v1::ConcordanceRequest& in, ConcordanceQuery* query, ConcordanceOptions* options) {
  query->source_text = in.source_text();
  query->target_text = in.target_text();
  query->target_excludes = in.target_excludes();
  if (in.source_locale().empty()) return FieldError("source_locale", "is empty; give the source's BCP 47 tag");
  RETURN_IF_ERROR(CheckLength("source_locale", in.source_locale(), kMaxNameBytes));
  RETURN_IF_ERROR(CheckLength("target_locale", in.target_locale(), kMaxNameBytes));
  query->source_locale = in.source_locale();
  query->target_locale = in.target_locale();
  query->either_side = in.either_side();
  query->regex = in.regex();
  query->match_case = in.match_case();
  query->fuzzy = in.fuzzy();
  options->guess = in.guess();
  RETURN_IF_ERROR(CheckRange("page_size", in.page_size(), 0, static_cast<int>(kMaxConcordancePage)));
  if (in.page_size() != 0) options->page_size = static_cast<size_t>(in.page_size());
  options->page_token = in.page_token();
  return WithField(FromProto(in.filter(), &options->filter), "filter");
}

absl::Status FromProto(const google::protobuf::RepeatedPtrField<v1::MemoryRef>& in, std::vector<MemoryRef>* out) {
  if (in.empty()) return FieldError("memories", "is empty; name at least one memory");
  RETURN_IF_ERROR(CheckCount("memories", in.size(), kMaxMemoryRefs));
  std::set<std::string> names;
  for (int i = 0; i < in.size(); ++i) {
    const std::string field = Indexed("memories", i);
    MemoryRef ref;
    ASSIGN_OR_RETURN(ref.name, ParseMemoryName(field + ".name", in[i].name()));
    if (in[i].has_priority()) ref.priority = in[i].priority();
    if (in[i].has_penalty()) ref.penalty = in[i].penalty();
    RETURN_IF_ERROR(CheckRange(field + ".penalty", in[i].penalty(), 0, 100));
    if (!names.insert(ref.name).second) return FieldError(field + ".name", "is named twice; name each memory once");
    out->push_back(std::move(ref));
  }
  return absl::OkStatus();
}

v1::Content ToProto(const Content& in) {
  v1::Content out;
  out.set_text(in.text);
  for (const Code& code : in.codes) {
    v1::Code* target = out.add_codes();
    target->set_position(code.position);
    target->set_kind(static_cast<v1::Code::Kind>(code.kind));
    target->set_pair_id(code.pair_id);
    target->set_data(code.data);
    target->set_equivalent_text(code.equivalent_text);
    target->set_type(code.type);
  }
  return out;
}

v1::Variant ToProto(const Variant& in) {
  v1::Variant out;
  out.set_locale(in.locale);
  *out.mutable_content() = ToProto(in.content);
  out.set_origin(static_cast<v1::Origin>(in.origin));
  out.set_status(static_cast<v1::VariantStatus>(in.status));
  out.set_locked(in.locked);
  if (in.created_us != 0) TimeToProto(in.created_us, out.mutable_create_time());
  if (in.changed_us != 0) TimeToProto(in.changed_us, out.mutable_change_time());
  if (in.last_used_us != 0) TimeToProto(in.last_used_us, out.mutable_last_use_time());
  out.set_created_by(in.created_by);
  out.set_changed_by(in.changed_by);
  out.set_usage_count(in.usage_count);
  out.set_note(in.note);
  AttributesToProto(in.attributes, out.mutable_attributes());
  return out;
}

v1::Context ToProto(const Context& in) {
  v1::Context out;
  out.set_document(in.document);
  out.set_key(in.key);
  NeighboursToProto(in.previous, out.mutable_previous());
  NeighboursToProto(in.next, out.mutable_next());
  return out;
}

v1::Unit ToProto(std::string_view memory, const Unit& in) {
  v1::Unit out;
  out.set_name(UnitName(memory, in.id));
  out.set_client_key(in.client_key);
  out.set_source_locale(in.source_locale);
  for (const Variant& variant : in.variants) *out.add_variants() = ToProto(variant);
  for (const Context& context : in.contexts) *out.add_contexts() = ToProto(context);
  out.set_dropped_contexts(in.dropped_contexts);
  out.set_group(in.group);
  out.set_revision(in.revision);
  AttributesToProto(in.attributes, out.mutable_attributes());
  out.set_note(in.note);
  return out;
}

v1::MemoryDefaults ToProto(const MemoryDefaults& in) {
  v1::MemoryDefaults out;
  if (in.priority) out.set_priority(*in.priority);
  if (in.penalty) out.set_penalty(*in.penalty);
  for (const auto& [name, points] : in.penalties) SetPenalty(name.c_str(), points, out.mutable_penalties());
  return out;
}

v1::Memory ToProto(const MemoryInfo& in) {
  v1::Memory out;
  out.set_name(MemoryName(in.name));
  out.set_display_name(in.display_name);
  out.set_description(in.description);
  AttributesToProto(in.attributes, out.mutable_attributes());
  out.set_duplicate_policy(static_cast<v1::DuplicatePolicy>(in.duplicate_policy));
  out.set_min_status(static_cast<v1::VariantStatus>(in.min_status));
  out.set_read_only(in.read_only);
  if (in.defaults != MemoryDefaults()) *out.mutable_defaults() = ToProto(in.defaults);
  TimeToProto(in.created_us, out.mutable_create_time());
  TimeToProto(in.updated_us, out.mutable_update_time());
  return out;
}

v1::UnitFilter ToProto(const UnitFilter& in) {
  v1::UnitFilter out;
  for (const Origin origin : in.origins) out.add_origins(static_cast<v1::Origin>(origin));
  out.set_min_status(static_cast<v1::VariantStatus>(in.min_status));
  for (const std::string& author : in.authors) out.add_authors(author);
  if (in.changed_from_us != 0) TimeToProto(in.changed_from_us, out.mutable_changed_from());
  if (in.changed_to_us != 0) TimeToProto(in.changed_to_us, out.mutable_changed_to());
  out.set_document(in.document);
  out.set_exclude_document(in.exclude_document);
  AttributesToProto(in.attributes, out.mutable_attributes());
  return out;
}

v1::MemoryRef ToProto(const MemoryTerms& in) {
  v1::MemoryRef out;
  out.set_name(MemoryName(in.name));
  out.set_priority(in.priority);
  out.set_penalty(in.penalty);
  return out;
}

v1::PenaltyTable OwnPenalties(const PenaltyTable& table, const MemoryDefaults& defaults) {
  v1::PenaltyTable out;
  const PenaltyTable whole = WithDefaults(table, defaults);
  for (const PenaltyField& field : kPenaltyFields) {
    const PenaltyPoints& points = whole.*field.points;
    if (points.source == TermSource::kMemory) SetPenalty(field.name, points, &out);
  }
  return out;
}

v1::PenaltyTable ToProto(const PenaltyTable& in) {
  v1::PenaltyTable out;
  for (const PenaltyField& field : kPenaltyFields) SetPenalty(field.name, in.*field.points, &out);
  return out;
}

v1::Profile ToProto(const Profile& in) {
  v1::Profile out;
  out.set_name(ProfileName(in.name));
  out.set_display_name(in.display_name);
  out.set_description(in.description);
  for (const ProfileMemory& memory : in.memories) {
    v1::ProfileMemory* target = out.add_memories();
    target->set_name(MemoryName(memory.ref.name));
    target->set_read(memory.read);
    target->set_write(memory.write);
    if (memory.ref.priority) target->set_priority(*memory.ref.priority);
    if (memory.ref.penalty) target->set_penalty(*memory.ref.penalty);
  }
  const LookupDefaults& defaults = in.lookup;
  v1::LookupOptions* lookup = out.mutable_lookup();
  if (defaults.threshold) lookup->set_threshold(*defaults.threshold);
  if (defaults.floor) lookup->set_floor(*defaults.floor);
  if (defaults.max_results) lookup->set_max_results(*defaults.max_results);
  if (defaults.order) lookup->set_order(static_cast<v1::MatchOrder>(*defaults.order));
  if (defaults.adapt) lookup->set_adapt(*defaults.adapt);
  if (defaults.pivot) lookup->set_pivot(*defaults.pivot);
  if (defaults.other_scripts) lookup->set_other_scripts(*defaults.other_scripts);
  for (const auto& [name, points] : defaults.penalties) SetPenalty(name.c_str(), points, lookup->mutable_penalties());
  if (defaults.filter) *lookup->mutable_filter() = ToProto(*defaults.filter);
  TimeToProto(in.created_us, out.mutable_create_time());
  TimeToProto(in.updated_us, out.mutable_update_time());
  return out;
}

v1::MemoryStats ToProto(std::string_view memory, const MemoryStats& in) {
  v1::MemoryStats out;
  out.set_name(MemoryName(memory));
  out.set_units(in.units);
  for (const auto& [locale, stats] : in.locales) {
    v1::LocaleStats* target = out.add_locales();
    target->set_locale(locale);
    target->set_variants(stats.variants);
    target->set_segments(stats.segments);
  }
  out.set_sequence(in.sequence);
  out.set_disk_bytes(in.disk_bytes);
  return out;
}

v1::PutOutcome ToProto(PutOutcome in) { return static_cast<v1::PutOutcome>(in); }

v1::CheckMemoryResponse ToProto(std::string_view memory, const CheckReport& in) {
  v1::CheckMemoryResponse out;
  out.set_units(in.units);
  out.set_pairs(in.pairs);
  for (int kind = 1; kind <= kFindingKinds; ++kind) {
    v1::FindingCount* count = out.add_counts();
    count->set_kind(static_cast<v1::FindingKind>(kind));
    auto it = in.counts.find(static_cast<FindingKind>(kind));
    if (it != in.counts.end()) count->set_count(it->second);
  }
  std::map<FindingKind, size_t> bytes;  // each kind has a part of the answer to itself, so that none hides another
  for (const Finding& finding : in.findings) {
    v1::Finding message;
    message.set_kind(static_cast<v1::FindingKind>(finding.kind));
    message.set_source_locale(finding.source_locale);
    message.set_target_locale(finding.target_locale);
    message.set_language(finding.language);
    message.set_pairs(finding.pairs);
    for (const FindingUnit& unit : finding.units) {
      v1::FindingUnit* target = message.add_units();
      target->set_unit(UnitName(memory, unit.unit));
      target->set_source(unit.source);
      target->set_target(unit.target);
    }
    size_t& used = bytes[finding.kind];
    used += message.ByteSizeLong();
    if (used <= kMaxAnswerBytes / kFindingKinds) *out.add_findings() = std::move(message);
  }
  return out;
}

}  // namespace reprise
