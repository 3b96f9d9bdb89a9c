// What a caller may send: every limit of design §9, with the field named.
#include <algorithm>

#include "engine/translation_memory.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

std::string At(const char* list, size_t i) { return std::string(list) + "[" + std::to_string(i) + "]"; }

absl::Status TooLarge(std::string_view field, std::string_view problem) {
  return WithField(ResourceExhausted(problem), field);
}

absl::Status CheckString(std::string_view field, const std::string& text, size_t limit) {
  if (text.size() > limit) {
    return TooLarge(field, "has " + std::to_string(text.size()) + " bytes, the limit is " + std::to_string(limit));
  }
  return WithField(ValidateUtf8(text), field);
}

absl::Status CheckCodes(const Content& content) {
  if (content.codes.size() > kMaxCodes) {
    return TooLarge(
        "codes", "has " + std::to_string(content.codes.size()) + " codes, the limit is " + std::to_string(kMaxCodes));
  }
  size_t length = CodePointCount(content.text);
  uint32_t last = 0;
  for (size_t i = 0; i < content.codes.size(); ++i) {
    const Code& code = content.codes[i];
    if (code.position > length || code.position < last) {
      return FieldError(At("codes", i) + ".position",
                        "is " + std::to_string(code.position) +
                            "; positions count code points, rise, and end at the length of the text, " +
                            std::to_string(length));
    }
    last = code.position;
    RETURN_IF_ERROR(CheckString(At("codes", i) + ".data", code.data, kMaxTextBytes));
    RETURN_IF_ERROR(CheckString(At("codes", i) + ".equivalent_text", code.equivalent_text, kMaxTextBytes));
    RETURN_IF_ERROR(CheckString(At("codes", i) + ".type", code.type, kMaxAttributeBytes));
  }
  return absl::OkStatus();
}

absl::Status CheckContent(const Content& content) {
  RETURN_IF_ERROR(CheckString("text", content.text, kMaxTextBytes));
  if (KeyForm(content.text).empty()) {
    return FieldError("text", "is empty or holds nothing but white space and invisible characters");
  }
  return CheckCodes(content);
}

absl::Status CheckAttributes(const Attributes& attributes) {
  if (attributes.size() > kMaxAttributes) {
    return TooLarge("attributes", "has " + std::to_string(attributes.size()) + " keys, the limit is " +
                                      std::to_string(kMaxAttributes));
  }
  for (const auto& [key, values] : attributes) {
    if (key.empty()) return FieldError("attributes", "has an empty key");
    RETURN_IF_ERROR(CheckString("attributes", key, kMaxAttributeBytes));
    if (values.size() > kMaxAttributes) return TooLarge("attributes", "\"" + key + "\" has too many values");
    for (const std::string& value : values) RETURN_IF_ERROR(CheckString("attributes", value, kMaxAttributeBytes));
  }
  return absl::OkStatus();
}

absl::Status CanonicalizeLocale(std::string_view field, std::string* tag) {
  auto canonical = CanonicalLocale(*tag);
  if (!canonical.ok()) return WithField(canonical.status(), field);
  *tag = *std::move(canonical);
  return absl::OkStatus();
}

absl::Status CheckNeighbours(std::string_view field, std::map<std::string, Neighbour>* neighbours) {
  if (neighbours->size() > kMaxVariants) return TooLarge(field, "has too many locales");
  std::map<std::string, Neighbour> canonical;
  for (auto& [tag, neighbour] : *neighbours) {
    std::string locale = tag;
    RETURN_IF_ERROR(CanonicalizeLocale(field, &locale));
    RETURN_IF_ERROR(CheckString(field, neighbour.text, kMaxTextBytes));
    canonical[locale] = std::move(neighbour);
  }
  neighbours->swap(canonical);
  return absl::OkStatus();
}

absl::Status CheckContext(Context* context) {
  RETURN_IF_ERROR(CheckString("document", context->document, kMaxTextBytes));
  RETURN_IF_ERROR(CheckString("key", context->key, kMaxTextBytes));
  RETURN_IF_ERROR(CheckNeighbours("previous", &context->previous));
  return CheckNeighbours("next", &context->next);
}

absl::Status CheckVariant(Variant* variant) {
  RETURN_IF_ERROR(CanonicalizeLocale("locale", &variant->locale));
  RETURN_IF_ERROR(WithField(CheckContent(variant->content), "content"));
  RETURN_IF_ERROR(CheckString("created_by", variant->created_by, kMaxAttributeBytes));
  RETURN_IF_ERROR(CheckString("changed_by", variant->changed_by, kMaxAttributeBytes));
  RETURN_IF_ERROR(CheckString("note", variant->note, kMaxTextBytes));
  return CheckAttributes(variant->attributes);
}

}  // namespace

absl::Status CheckName(std::string_view name) {
  auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  bool good = !name.empty() && name.size() <= 63 && lower(name[0]);
  for (char c : name) good = good && (lower(c) || c == '-' || c == '_');
  if (good) return absl::OkStatus();
  return FieldError("name", "must be 1 to 63 of a-z, 0-9, '-' and '_', and start with a letter or digit");
}

absl::Status CheckDescription(const std::string& display_name, const std::string& description) {
  RETURN_IF_ERROR(CheckString("display_name", display_name, kMaxTextBytes));
  return CheckString("description", description, kMaxTextBytes);
}

absl::Status CheckPenalties(const std::map<std::string, int>& penalties) {
  for (const auto& [name, points] : penalties) {
    const bool known = std::any_of(std::begin(kPenaltyFields), std::end(kPenaltyFields),
                                   [n = &name](const PenaltyField& field) { return *n == field.name; });
    if (!known) return FieldError("penalties", "names \"" + name + "\", which is no penalty");
    if (points < 0 || points > 100) {
      return FieldError("penalties." + name, "is " + std::to_string(points) + "; give 0 to 100");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckUnit(Unit* unit) {
  if (unit->variants.size() < 2) {
    return FieldError("variants",
                      "has " + std::to_string(unit->variants.size()) + "; a unit needs texts in two locales at least");
  }
  if (unit->variants.size() > kMaxVariants) {
    return TooLarge("variants",
                    "has " + std::to_string(unit->variants.size()) + ", the limit is " + std::to_string(kMaxVariants));
  }
  for (size_t i = 0; i < unit->variants.size(); ++i) {
    RETURN_IF_ERROR(WithField(CheckVariant(&unit->variants[i]), At("variants", i)));
  }
  if (unit->contexts.size() > kMaxContexts) {
    return TooLarge("contexts",
                    "has " + std::to_string(unit->contexts.size()) + ", the limit is " + std::to_string(kMaxContexts));
  }
  for (size_t i = 0; i < unit->contexts.size(); ++i) {
    RETURN_IF_ERROR(WithField(CheckContext(&unit->contexts[i]), At("contexts", i)));
  }
  if (!unit->source_locale.empty()) RETURN_IF_ERROR(CanonicalizeLocale("source_locale", &unit->source_locale));
  RETURN_IF_ERROR(CheckString("client_key", unit->client_key, kMaxAttributeBytes));
  RETURN_IF_ERROR(CheckString("group", unit->group, kMaxAttributeBytes));
  RETURN_IF_ERROR(CheckString("note", unit->note, kMaxTextBytes));
  return CheckAttributes(unit->attributes);
}

absl::Status CheckQuery(Query* query) {
  RETURN_IF_ERROR(CanonicalizeLocale("query.source_locale", &query->source_locale));
  RETURN_IF_ERROR(CanonicalizeLocale("query.target_locale", &query->target_locale));
  RETURN_IF_ERROR(WithField(CheckContent(query->content), "query.content"));
  return WithField(CheckContext(&query->context), "query.context");
}

absl::Status CheckLookupOptions(const LookupOptions& options) {
  if (options.threshold < 1 || options.threshold > 100) {
    return FieldError("threshold", "is " + std::to_string(options.threshold) + "; it must be from 1 to 100");
  }
  if (options.floor < 0 || options.floor > options.threshold) {
    return FieldError("floor", "is " + std::to_string(options.floor) +
                                   "; it must be from 0 (no fill) to the threshold, " +
                                   std::to_string(options.threshold));
  }
  if (options.max_results < 1 || options.max_results > 1000) {
    return FieldError("max_results", "is " + std::to_string(options.max_results) + "; it must be from 1 to 1000");
  }
  return absl::OkStatus();
}

}  // namespace reprise
