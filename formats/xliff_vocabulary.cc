#include "formats/xliff_vocabulary.h"

#include <charconv>
#include <map>

#include "absl/strings/str_cat.h"
#include "text/locale_map.h"

namespace reprise::xliff {
namespace {

template <typename T>
bool ParseNumber(std::string_view text, T* value) {
  T parsed{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  if (whole) *value = parsed;
  return whole;
}

template <typename T, size_t N>
T Find(const std::pair<std::string_view, T> (&table)[N], std::string_view name, T missing) {
  for (const auto& [key, value] : table) {
    if (key == name) return value;
  }
  return missing;
}

// True if `name` begins with `prefix`, which is taken off.
bool Strip(std::string_view prefix, std::string_view* name) {
  if (name->substr(0, prefix.size()) != prefix) return false;
  name->remove_prefix(prefix.size());
  return true;
}

using S = VariantStatus;

constexpr std::pair<std::string_view, S> kStates12[] = {
    {"new", S::kDraft},
    {"needs-translation", S::kDraft},
    {"needs-adaptation", S::kDraft},
    {"needs-l10n", S::kDraft},
    {"needs-review-translation", S::kTranslated},
    {"needs-review-adaptation", S::kTranslated},
    {"needs-review-l10n", S::kTranslated},
    {"translated", S::kTranslated},
    {"signed-off", S::kReviewed},
    {"final", S::kFinal},
};

constexpr std::pair<std::string_view, S> kStates2[] = {
    {"initial", S::kDraft}, {"translated", S::kTranslated}, {"reviewed", S::kReviewed}, {"final", S::kFinal}};

constexpr std::pair<std::string_view, S> kSdl[] = {
    {"Draft", S::kDraft},
    {"Translated", S::kTranslated},
    {"RejectedTranslation", S::kRejected},
    {"ApprovedTranslation", S::kReviewed},
    {"RejectedSignOff", S::kRejected},
    {"ApprovedSignOff", S::kFinal},
};

constexpr std::pair<std::string_view, S> kMemoq[] = {
    {"NotStarted", S::kDraft},
    {"PreTranslated", S::kDraft},
    {"AssembledFromFragments", S::kDraft},
    {"MachineTranslated", S::kDraft},
    {"PartiallyEdited", S::kDraft},
    {"Edited", S::kDraft},
    {"Confirmed", S::kTranslated},
    {"ManuallyConfirmed", S::kTranslated},
    {"ConfirmedTranslator", S::kTranslated},
    {"ConfirmedReviewer1", S::kReviewed},
    {"ConfirmedReviewer2", S::kFinal},
    {"Proofread", S::kFinal},
    {"Rejected", S::kRejected},
};

constexpr std::pair<std::string_view, Origin> kOrigins[] = {{"human", Origin::kHuman},
                                                            {"alignment", Origin::kAlignment},
                                                            {"mt", Origin::kMachine},
                                                            {"import", Origin::kImport}};

void WriteAttributes(std::string_view prefix, const Attributes& attributes,
                     const std::function<void(std::string_view, std::string_view)>& on_property) {
  for (const auto& [name, values] : attributes) {
    if (values.empty()) on_property(absl::StrCat(std::string(prefix), "empty-attribute:", name), "");
    for (const std::string& value : values) {
      on_property(absl::StrCat(std::string(prefix), "attribute:", name), value);
    }
  }
}

bool ApplyAttribute(std::string_view name, std::string_view value, Attributes* attributes) {
  if (Strip("attribute:", &name)) {
    (*attributes)[std::string(name)].emplace_back(value);
  } else if (Strip("empty-attribute:", &name)) {
    (*attributes)[std::string(name)];
  } else {
    return false;
  }
  return true;
}

void WriteVariant(std::string_view prefix, const Variant& v,
                  const std::function<void(std::string_view, std::string_view)>& on_property) {
  const auto say = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) on_property(absl::StrCat(std::string(prefix), std::string(name)), value);
  };
  const auto number = [&](std::string_view name, auto value) {
    if (value != 0) say(name, absl::StrCat(value));
  };
  for (const auto& [name, origin] : kOrigins) {
    if (v.origin == origin) say("origin", name);
  }
  // XLIFF has states for targets alone.
  if (prefix == "source.") number("status", static_cast<int>(v.status));
  if (v.locked) say("locked", "yes");
  number("created-us", v.created_us);
  number("changed-us", v.changed_us);
  number("last-used-us", v.last_used_us);
  number("usage-count", v.usage_count);
  say("created-by", v.created_by);
  say("changed-by", v.changed_by);
  WriteAttributes(prefix, v.attributes, on_property);
}

void ApplyToVariant(std::string_view name, const std::string& value, Variant* v, std::vector<std::string>* warnings) {
  const auto time = [&](int64_t* us) {
    if (ParseNumber(value, us)) return;
    warnings->push_back(absl::StrCat("the property ", std::string(name),
                                     " is no time, a whole number of microseconds; it is left out"));
  };
  if (name == "origin") {
    v->origin = Find(kOrigins, value, Origin::kUnspecified);
  } else if (name == "status") {
    int status = 0;
    ParseNumber(value, &status);
    if (status > 0 && status <= static_cast<int>(VariantStatus::kRejected)) v->status = static_cast<S>(status);
  } else if (name == "locked") {
    v->locked = value == "yes";
  } else if (name == "created-us") {
    time(&v->created_us);
  } else if (name == "changed-us") {
    time(&v->changed_us);
  } else if (name == "last-used-us") {
    time(&v->last_used_us);
  } else if (name == "usage-count") {
    ParseNumber(value, &v->usage_count);
  } else if (name == "created-by") {
    v->created_by = value;
  } else if (name == "changed-by") {
    v->changed_by = value;
  } else {
    ApplyAttribute(name, value, &v->attributes);
  }
}

void WriteNeighbours(std::string_view side, const std::map<std::string, Neighbour>& neighbours,
                     const std::function<void(std::string_view, std::string_view)>& on_property) {
  for (const auto& [locale, neighbour] : neighbours) {
    const char* suffix = neighbour.state == Neighbour::State::kText   ? ":"
                         : neighbour.state == Neighbour::State::kEdge ? "-edge:"
                                                                      : "-unknown:";
    on_property(absl::StrCat(std::string(side), suffix, locale), neighbour.text);
  }
}

bool ApplyNeighbour(std::string_view name, const std::string& value, const LocaleMap& map, Context* context) {
  const bool previous = Strip("previous", &name);
  if (!previous && !Strip("next", &name)) return false;
  Neighbour neighbour;
  if (Strip(":", &name)) {
    neighbour = {Neighbour::State::kText, value};
  } else if (Strip("-edge:", &name)) {
    neighbour.state = Neighbour::State::kEdge;
  } else if (!Strip("-unknown:", &name)) {
    return false;
  }
  const auto locale = map.Canonical(name);
  if (locale.ok()) (previous ? context->previous : context->next)[*locale] = std::move(neighbour);
  return true;
}

}  // namespace

void WriteProperties(const Unit& unit, const Variant& source, const Variant& target,
                     const std::function<void(std::string_view, std::string_view)>& on_property) {
  if (!unit.client_key.empty()) on_property("client-key", unit.client_key);
  if (!unit.group.empty()) on_property("group", unit.group);
  if (unit.dropped_contexts != 0) on_property("dropped-contexts", absl::StrCat(unit.dropped_contexts));
  if (unit.source_locale != source.locale) on_property("source-locale", unit.source_locale);
  on_property(kContexts, absl::StrCat(unit.contexts.size()));
  for (const Context& context : unit.contexts) {
    on_property("document", context.document);
    if (!context.key.empty()) on_property("key", context.key);
    WriteNeighbours("previous", context.previous, on_property);
    WriteNeighbours("next", context.next, on_property);
  }
  WriteAttributes("", unit.attributes, on_property);
  WriteVariant("source.", source, on_property);
  WriteVariant("target.", target, on_property);
}

void ApplyProperties(const std::vector<Property>& properties, const LocaleMap& map, Unit* unit,
                     std::vector<std::string>* warnings) {
  for (const auto& [whole, value] : properties) {
    std::string_view name = whole;
    if (name == "client-key") {
      unit->client_key = value;
    } else if (name == "group") {
      unit->group = value;
    } else if (name == "dropped-contexts") {
      ParseNumber(value, &unit->dropped_contexts);
    } else if (name == "source-locale") {
      const auto locale = map.Canonical(value);
      unit->source_locale = locale.ok() ? *locale : std::string();
    } else if (name == "document") {
      unit->contexts.emplace_back().document = value;
    } else if (name == "key") {
      if (!unit->contexts.empty()) unit->contexts.back().key = value;
    } else if (Strip("source.", &name)) {
      ApplyToVariant(name, value, &unit->variants.at(0), warnings);
    } else if (Strip("target.", &name)) {
      ApplyToVariant(name, value, &unit->variants.at(1), warnings);
    } else if (!ApplyAttribute(name, value, &unit->attributes) && !unit->contexts.empty()) {
      ApplyNeighbour(name, value, map, &unit->contexts.back());
    }
  }
}

State12 ToState12(VariantStatus status) {
  switch (status) {
    case S::kUnspecified: return {};
    case S::kDraft: return {"needs-translation", "", false};
    case S::kTranslated: return {"translated", "", false};
    case S::kReviewed: return {"signed-off", "", false};
    case S::kFinal: return {"final", "", true};
    case S::kRejected: return {"needs-translation", "rejected-inaccurate", false};
  }
  return {};
}

VariantStatus StatusFromState12(std::string_view state, std::string_view qualifier, bool approved) {
  if (qualifier.substr(0, 9) == "rejected-") return S::kRejected;
  if (approved) return S::kFinal;
  return Find(kStates12, state, S::kUnspecified);
}

Origin OriginFromQualifier(std::string_view qualifier) {
  return qualifier == "leveraged-mt" || qualifier == "mt-suggestion" ? Origin::kMachine : Origin::kUnspecified;
}

State2 ToState2(VariantStatus status) {
  switch (status) {
    case S::kUnspecified: return {};
    case S::kDraft: return {"initial", ""};
    case S::kTranslated: return {"translated", ""};
    case S::kReviewed: return {"reviewed", ""};
    case S::kFinal: return {"final", ""};
    case S::kRejected: return {"initial", "reprise:rejected"};
  }
  return {};
}

VariantStatus StatusFromState2(std::string_view state, std::string_view sub_state) {
  if (sub_state == "reprise:rejected") return S::kRejected;
  return Find(kStates2, state, S::kUnspecified);
}

VariantStatus StatusFromSdl(std::string_view conf) { return Find(kSdl, conf, S::kUnspecified); }

Origin OriginFromSdl(std::string_view origin) {
  if (origin == "mt" || origin == "nmt" || origin == "amt") return Origin::kMachine;
  if (origin == "interactive") return Origin::kHuman;
  return origin == "auto-aligned" ? Origin::kAlignment : Origin::kUnspecified;
}

VariantStatus StatusFromMemoq(std::string_view status) { return Find(kMemoq, status, S::kUnspecified); }

bool IsYes(std::string_view value) {
  return value == "yes" || value == "true" || value == "1" || value == "locked" || value == "True";
}

FilledState12 StateOfFilled12(int score, bool by_key) {
  if (score < 100) return {"needs-translation", "fuzzy-match"};
  return {"needs-review-translation", by_key ? "id-match" : "exact-match"};
}

}  // namespace reprise::xliff
