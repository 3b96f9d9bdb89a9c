// JSON Lines: one unit a line, every field of Unit; docs/formats.md has the shape. `id` and `revision` are written for
// people and not read: a memory gives its own. Tested by tests/formats/jsonl_test.cc.
#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "text/locale_map.h"

namespace reprise {
namespace {

// Members are written in a fixed order; what is read may have any number of them, so they are looked up by a tree.
using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

constexpr std::pair<const char*, Origin> kOrigins[] = {{"human", Origin::kHuman},
                                                       {"alignment", Origin::kAlignment},
                                                       {"mt", Origin::kMachine},
                                                       {"import", Origin::kImport}};
constexpr std::pair<const char*, VariantStatus> kStatuses[] = {{"draft", VariantStatus::kDraft},
                                                               {"translated", VariantStatus::kTranslated},
                                                               {"reviewed", VariantStatus::kReviewed},
                                                               {"final", VariantStatus::kFinal},
                                                               {"rejected", VariantStatus::kRejected}};
constexpr std::pair<const char*, Code::Kind> kKinds[] = {
    {"open", Code::Kind::kOpen}, {"close", Code::Kind::kClose}, {"standalone", Code::Kind::kStandalone}};
constexpr std::pair<const char*, Neighbour::State> kSides[] = {
    {"unknown", Neighbour::State::kUnknown}, {"edge", Neighbour::State::kEdge}, {"text", Neighbour::State::kText}};

// ---- Reading ----

// One JSON object whose members are taken one by one; what nobody took is refused. The first fault stays.
class Object {
 public:
  Object(const Json& json, std::string path, absl::Status* status)
      : json_(json), path_(std::move(path)), status_(status) {
    if (!json.is_object()) Fail("", "is not an object");
  }

  void Take(const char* name, std::string* out) {
    if (const Json* value = Find(name)) {
      if (value->is_string()) {
        *out = value->get<std::string>();
      } else {
        Fail(name, "is not a string");
      }
    }
  }
  void Take(const char* name, bool* out) {
    if (const Json* value = Find(name)) {
      if (value->is_boolean()) {
        *out = value->get<bool>();
      } else {
        Fail(name, "is neither true nor false");
      }
    }
  }
  // Microseconds since 1970; what is none is warned about and left unknown.
  void TakeTime(const char* name, int64_t* out, std::vector<std::string>* warnings) {
    if (const Json* value = Find(name)) {
      const bool fits = value->is_number_integer() &&
                        (!value->is_number_unsigned() || value->get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX));
      if (fits) {
        *out = value->get<int64_t>();
      } else {
        warnings->push_back(Path(name) + " is no time, a whole number of microseconds; it is left out");
      }
    }
  }
  template <typename T>
  void TakeUnsigned(const char* name, T* out) {
    if (const Json* value = Find(name)) {
      if (value->is_number_unsigned() && value->get<uint64_t>() <= std::numeric_limits<T>::max()) {
        *out = static_cast<T>(value->get<uint64_t>());
      } else {
        Fail(name, "is not a whole number from 0 on");
      }
    }
  }
  template <typename T, size_t N>
  void TakeWord(const char* name, const std::pair<const char*, T> (&words)[N], T* out) {
    std::string word;
    Take(name, &word);
    if (word.empty()) return;
    std::string known;
    for (const auto& [text, value] : words) {
      if (word == text) {
        *out = value;
        return;
      }
      absl::StrAppend(&known, known.empty() ? "" : ", ", text);
    }
    Fail(name, absl::StrCat("is none of ", known));
  }
  void TakeLocale(const char* name, const LocaleMap& map, std::string* out) {
    Take(name, out);
    if (out->empty() || !status_->ok()) return;
    auto locale = map.Canonical(*out);
    if (!locale.ok()) return Fail(name, MessageOf(locale.status()));
    *out = std::move(locale).value();
  }
  // Calls on_item(item, path) for each item of an array.
  template <typename OnItem>
  void TakeList(const char* name, OnItem on_item) {
    const Json* value = Find(name);
    if (value == nullptr) return;
    if (!value->is_array()) return Fail(name, "is not an array");
    size_t index = 0;
    for (const Json& item : *value) {
      if (!status_->ok()) return;
      on_item(item, absl::StrCat(Path(name), "[", index++, "]"));
    }
  }
  // Calls on_member(key, value, path) for each member of an object.
  template <typename OnMember>
  void TakeMap(const char* name, OnMember on_member) {
    const Json* value = Find(name);
    if (value == nullptr) return;
    if (!value->is_object()) return Fail(name, "is not an object");
    for (const auto& [key, member] : value->items()) {
      if (!status_->ok()) return;
      on_member(key, member, absl::StrCat(Path(name), ".", key.substr(0, 100)));
    }
  }
  void Ignore(const char* name) { Find(name); }

  // A misspelt member would be lost in silence.
  void NothingElse() {
    if (!status_->ok() || taken_ == json_.size()) return;
    for (const auto& [key, value] : json_.items()) {
      if (std::find(names_.begin(), names_.end(), key) == names_.end()) {
        return Fail(key.substr(0, 100).c_str(), "is not a member that is known");
      }
    }
  }

  void Fail(const char* name, std::string_view problem) {
    if (status_->ok()) *status_ = InvalidArgument(absl::StrCat(Path(name), " ", std::string(problem)));
  }

 private:
  std::string Path(const std::string& name) const {
    if (name.empty()) return path_.empty() ? "the line" : path_;
    return path_.empty() ? name : path_ + "." + name;
  }

  // The member, or null if it is absent or an error was found before.
  const Json* Find(const char* name) {
    names_.push_back(name);
    if (!status_->ok() || !json_.is_object()) return nullptr;
    const auto it = json_.find(name);
    if (it == json_.end()) return nullptr;
    ++taken_;
    return &*it;
  }

  const Json& json_;
  const std::string path_;
  absl::Status* const status_;
  std::vector<std::string> names_;
  size_t taken_ = 0;
};

void ReadAttributes(Object* object, Attributes* out, absl::Status* status) {
  object->TakeMap("attributes", [&](const std::string& key, const Json& values, const std::string& path) {
    if (!values.is_array()) *status = InvalidArgument(path + " is not an array of strings");
    std::vector<std::string>& list = (*out)[key];
    for (const Json& value : values) {
      if (!value.is_string()) {
        *status = InvalidArgument(path + " is not an array of strings");
        return;
      }
      list.push_back(value.get<std::string>());
    }
  });
}

void ReadCode(const Json& json, const std::string& path, Code* code, absl::Status* status) {
  Object object(json, path, status);
  object.TakeUnsigned("position", &code->position);
  object.TakeWord("kind", kKinds, &code->kind);
  object.TakeUnsigned("pair", &code->pair_id);
  object.Take("data", &code->data);
  object.Take("equivalent", &code->equivalent_text);
  object.Take("type", &code->type);
  object.NothingElse();
}

void ReadVariant(const Json& json, const std::string& path, const LocaleMap& map, Variant* v,
                 std::vector<std::string>* warnings, absl::Status* status) {
  Object object(json, path, status);
  object.TakeLocale("locale", map, &v->locale);
  if (v->locale.empty()) object.Fail("locale", "is missing; say the language of the text");
  object.Take("text", &v->content.text);
  object.TakeList("codes", [&](const Json& item, const std::string& at) {
    ReadCode(item, at, &v->content.codes.emplace_back(), status);
  });
  object.TakeWord("origin", kOrigins, &v->origin);
  object.TakeWord("status", kStatuses, &v->status);
  object.Take("locked", &v->locked);
  object.TakeTime("created_us", &v->created_us, warnings);
  object.TakeTime("changed_us", &v->changed_us, warnings);
  object.Take("created_by", &v->created_by);
  object.Take("changed_by", &v->changed_by);
  object.TakeUnsigned("usage_count", &v->usage_count);
  object.TakeTime("last_used_us", &v->last_used_us, warnings);
  object.Take("note", &v->note);
  ReadAttributes(&object, &v->attributes, status);
  object.NothingElse();
}

void ReadSide(Object* object, const char* name, const LocaleMap& map, std::map<std::string, Neighbour>* side,
              absl::Status* status) {
  object->TakeMap(name, [&](const std::string& key, const Json& json, const std::string& path) {
    const auto locale = map.Canonical(key);
    if (!locale.ok()) {
      *status = InvalidArgument(absl::StrCat(path, ": ", MessageOf(locale.status())));
      return;
    }
    Neighbour& neighbour = (*side)[*locale];
    Object member(json, path, status);
    member.TakeWord("state", kSides, &neighbour.state);
    member.Take("text", &neighbour.text);
    member.NothingElse();
  });
}

void ReadContext(const Json& json, const std::string& path, const LocaleMap& map, Context* context,
                 absl::Status* status) {
  Object object(json, path, status);
  object.Take("document", &context->document);
  object.Take("key", &context->key);
  ReadSide(&object, "previous", map, &context->previous, status);
  ReadSide(&object, "next", map, &context->next, status);
  object.NothingElse();
}

absl::Status ReadUnit(const Json& json, const LocaleMap& map, Unit* unit, std::vector<std::string>* warnings) {
  absl::Status status;
  Object object(json, "", &status);
  object.Ignore("id");
  object.Ignore("revision");
  object.Take("client_key", &unit->client_key);
  object.TakeLocale("source_locale", map, &unit->source_locale);
  object.TakeList("variants", [&](const Json& item, const std::string& path) {
    ReadVariant(item, path, map, &unit->variants.emplace_back(), warnings, &status);
  });
  object.TakeList("contexts", [&](const Json& item, const std::string& path) {
    ReadContext(item, path, map, &unit->contexts.emplace_back(), &status);
  });
  object.TakeUnsigned("dropped_contexts", &unit->dropped_contexts);
  object.Take("group", &unit->group);
  ReadAttributes(&object, &unit->attributes, &status);
  object.Take("note", &unit->note);
  object.NothingElse();
  if (status.ok() && unit->variants.empty()) return InvalidArgument("variants is missing or empty");
  return status;
}

class JsonlReader : public LineReader {
 public:
  JsonlReader(const ReadOptions& options, UnitSink* sink) : options_(options), sink_(sink) {}

 private:
  absl::Status End() override {
    if (cut_line_ == 0) return absl::OkStatus();
    return InvalidArgument(absl::StrCat("line ", cut_line_, ": the file is cut off inside this line"));
  }

  absl::Status Line(std::string_view line, uint64_t number, bool too_long) override {
    if (IsBlank(line) && !too_long) return absl::OkStatus();
    Unit unit;
    absl::Status status;
    std::vector<std::string> warnings;
    if (too_long) {
      status = InvalidArgument(absl::StrCat("the line is longer than ", kMaxTokenBytes, " bytes"));
    } else {
      status = Parse(line, &unit, &warnings);
      // A last line without an end that is no whole value was being written.
      if (!status.ok() && finishing() && !Json::accept(line)) cut_line_ = number;
    }
    const std::shared_ptr<const RawUnit> raw = RawLine(options_, line);
    if (!status.ok()) return sink_->OnRefusal({number, unit.client_key, MessageOf(status), raw});
    for (std::string& warning : warnings) {
      RETURN_IF_ERROR(sink_->OnWarning({number, unit.client_key, std::move(warning)}));
    }
    if (raw != nullptr) sink_->OnRaw(raw);
    return sink_->OnUnit(std::move(unit), number);
  }

  absl::Status Parse(std::string_view line, Unit* unit, std::vector<std::string>* warnings) const {
    size_t depth = 0;
    bool deep = false;
    // Values nest five levels; the parser would build the rest for nothing.
    const Json json = Json::parse(
        line,
        [&](int level, Json::parse_event_t, Json&) {
          depth = static_cast<size_t>(level);
          deep = deep || depth > kMaxDepth;
          return !deep;
        },
        false);
    if (deep) return InvalidArgument(absl::StrCat("values are nested deeper than ", kMaxDepth));
    if (json.is_discarded()) return InvalidArgument("is not a JSON value in UTF-8; write one unit on one line");
    return ReadUnit(json, options_.locale_map, unit, warnings);
  }

  static constexpr size_t kMaxDepth = 16;

  const ReadOptions options_;
  UnitSink* const sink_;
  uint64_t cut_line_ = 0;
};

// ---- Writing: absent means the default ----

template <typename T, size_t N>
void AddWord(const char* name, const std::pair<const char*, T> (&words)[N], T value, OrderedJson* out) {
  for (const auto& [text, known] : words) {
    if (known == value) (*out)[name] = text;
  }
}

void Add(const char* name, const std::string& value, OrderedJson* out) {
  if (!value.empty()) (*out)[name] = value;
}

template <typename T>
void AddNumber(const char* name, T value, OrderedJson* out) {
  if (value != 0) (*out)[name] = value;
}

void AddAttributes(const Attributes& attributes, OrderedJson* out) {
  if (attributes.empty()) return;
  OrderedJson& object = (*out)["attributes"] = OrderedJson::object();
  for (const auto& [key, values] : attributes) object[key] = values;
}

OrderedJson ToJson(const Variant& v) {
  OrderedJson out;
  out["locale"] = v.locale;
  out["text"] = v.content.text;
  for (const Code& code : v.content.codes) {
    OrderedJson json;
    json["position"] = code.position;
    AddWord("kind", kKinds, code.kind, &json);
    AddNumber("pair", code.pair_id, &json);
    Add("data", code.data, &json);
    Add("equivalent", code.equivalent_text, &json);
    Add("type", code.type, &json);
    out["codes"].push_back(std::move(json));
  }
  AddWord("origin", kOrigins, v.origin, &out);
  AddWord("status", kStatuses, v.status, &out);
  if (v.locked) out["locked"] = true;
  AddNumber("created_us", v.created_us, &out);
  AddNumber("changed_us", v.changed_us, &out);
  Add("created_by", v.created_by, &out);
  Add("changed_by", v.changed_by, &out);
  AddNumber("usage_count", v.usage_count, &out);
  AddNumber("last_used_us", v.last_used_us, &out);
  Add("note", v.note, &out);
  AddAttributes(v.attributes, &out);
  return out;
}

void AddSide(const char* name, const std::map<std::string, Neighbour>& side, OrderedJson* out) {
  for (const auto& [locale, neighbour] : side) {
    OrderedJson& json = (*out)[name][locale];
    AddWord("state", kSides, neighbour.state, &json);
    Add("text", neighbour.text, &json);
  }
}

OrderedJson ToJson(const Context& context) {
  OrderedJson out = OrderedJson::object();
  Add("document", context.document, &out);
  Add("key", context.key, &out);
  AddSide("previous", context.previous, &out);
  AddSide("next", context.next, &out);
  return out;
}

// `ids`: with what the memory gave the unit.
OrderedJson ToJson(const Unit& unit, bool ids) {
  OrderedJson out;
  if (ids && unit.id != 0) out["id"] = absl::StrCat(unit.id);
  if (ids) AddNumber("revision", unit.revision, &out);
  Add("client_key", unit.client_key, &out);
  Add("source_locale", unit.source_locale, &out);
  for (const Variant& variant : unit.variants) out["variants"].push_back(ToJson(variant));
  for (const Context& context : unit.contexts) out["contexts"].push_back(ToJson(context));
  AddNumber("dropped_contexts", unit.dropped_contexts, &out);
  Add("group", unit.group, &out);
  AddAttributes(unit.attributes, &out);
  Add("note", unit.note, &out);
  return out;
}

class JsonlWriter : public UnitWriter {
 public:
  JsonlWriter(const WriteOptions& options, ByteSink* sink) : without_ids_(options.without_ids), sink_(sink) {}

  absl::Status Write(const Unit& unit) override {
    if (unit.variants.empty()) {
      ++skipped_;
      return absl::OkStatus();
    }
    std::string line = ToJson(unit, !without_ids_).dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
    line.push_back('\n');
    return sink_->Write(line);
  }
  absl::Status Finish() override { return absl::OkStatus(); }
  uint64_t skipped() const override { return skipped_; }

 private:
  const bool without_ids_;
  ByteSink* const sink_;
  uint64_t skipped_ = 0;
};

}  // namespace

std::unique_ptr<UnitReader> NewJsonlReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<JsonlReader>(options, sink);
}

std::unique_ptr<UnitWriter> NewJsonlWriter(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<JsonlWriter>(options, sink);
}

}  // namespace reprise
