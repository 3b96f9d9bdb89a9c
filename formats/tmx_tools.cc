#include "formats/tmx_tools.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"

namespace reprise {
namespace {

// What a property of another tool says.
enum class Meaning : uint8_t {
  kPrevious,  // the text before, in the language of its place
  kNext,      // the text after
  kBoth,      // Trados: "previous | its codes | previous of the target | its codes"
  kKey,       // the context's key
  kDocument,  // the context's document
  kOrigin,    // Trados
  kStatus,    // Trados
  kNothing,   // a checksum of a context, of use to that tool alone
};

struct Known {
  std::string_view type;
  Meaning meaning;
  bool on_tu, on_tuv;
  bool empty_is_edge = false;  // an empty one says that nothing stands there
};
constexpr Known kKnown[] = {
    {"x-context-pre", Meaning::kPrevious, true, true},            // memoQ
    {"x-context-post", Meaning::kNext, true, true},               // memoQ
    {"context_prev", Meaning::kPrevious, true, true},             // Phrase
    {"context_next", Meaning::kNext, true, true},                 // Phrase
    {"x-previous-source-text", Meaning::kPrevious, true, false},  // XTM
    {"x-next-source-text", Meaning::kNext, true, false},          // XTM
    {"prev", Meaning::kPrevious, true, false, true},              // OmegaT
    {"next", Meaning::kNext, true, false, true},                  // OmegaT
    {"file", Meaning::kDocument, true, false},                    // OmegaT
    {"id", Meaning::kKey, true, false},                           // OmegaT
    {"x-ContextContent", Meaning::kBoth, true, false},            // Trados
    {"x-Context", Meaning::kNothing, true, false},                // Trados
    {"x-IdContext", Meaning::kKey, true, false},                  // Trados
    {"x-Origin", Meaning::kOrigin, true, false},                  // Trados
    {"x-ConfirmationLevel", Meaning::kStatus, true, false},       // Trados
};

const Known* Find(std::string_view type) {
  const auto* it =
      std::find_if(std::begin(kKnown), std::end(kKnown), [type](const Known& k) { return k.type == type; });
  return it == std::end(kKnown) ? nullptr : it;
}

constexpr std::pair<std::string_view, VariantStatus> kLevels[] = {
    {"Draft", VariantStatus::kDraft},
    {"Translated", VariantStatus::kTranslated},
    {"RejectedTranslation", VariantStatus::kRejected},
    {"ApprovedTranslation", VariantStatus::kReviewed},
    {"RejectedSignOff", VariantStatus::kRejected},
    {"ApprovedSignOff", VariantStatus::kFinal},
};

VariantStatus StatusFromLevel(std::string_view level) {
  for (const auto& [name, status] : kLevels) {
    if (name == level) return status;
  }
  return VariantStatus::kUnspecified;
}

std::string_view LevelOf(VariantStatus status) {
  for (const auto& [name, known] : kLevels) {
    if (known == status) return name;
  }
  return "Unspecified";
}

Origin OriginFromTrados(std::string_view origin) {
  if (origin == "MachineTranslation" || origin == "AdaptiveMachineTranslation" ||
      origin == "NeuralMachineTranslation") {
    return Origin::kMachine;
  }
  return origin == "Alignment" ? Origin::kAlignment : Origin::kUnspecified;
}

// memoQ writes a context as markup in text: "<seg>a &lt; b<ph/></seg>" means "a < b".
std::string PlainOfMarkup(std::string_view markup) {
  constexpr std::string_view kSeg = "<seg>";
  if (markup.substr(0, kSeg.size()) != kSeg) return std::string(markup);
  constexpr std::pair<std::string_view, char> kEntities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string text;
  size_t inside = 0;  // of an element whose text is a code's
  while (!markup.empty()) {
    if (markup.front() == '<') {
      const size_t end = std::min(markup.find('>'), markup.size() - 1);
      const std::string_view tag = markup.substr(0, end + 1);
      if (tag != kSeg && tag != "</seg>" && tag.substr(tag.size() - std::min<size_t>(2, tag.size())) != "/>") {
        if (tag.substr(0, 2) != "</") {
          ++inside;
        } else if (inside > 0) {
          --inside;
        }
      }
      markup.remove_prefix(tag.size());
      continue;
    }
    size_t length = 1;
    char c = markup.front();
    for (const auto& [entity, plain] : kEntities) {
      if (markup.substr(0, entity.size()) != entity) continue;
      length = entity.size();
      c = plain;
      break;
    }
    if (inside == 0) text.push_back(c);
    markup.remove_prefix(length);
  }
  return text;
}

// The four parts of Trados' content, in each of which `||` stands for a bar.
std::array<std::string, 4> ContextParts(std::string_view content) {
  std::array<std::string, 4> parts;
  size_t part = 0;
  for (size_t i = 0; i < content.size(); ++i) {
    const bool bar = content[i] == '|';
    if (bar && i + 1 < content.size() && content[i + 1] == '|') {
      parts[part].push_back('|');
      ++i;
    } else if (bar && part < 3) {
      // The separator is " | ".
      if (!parts[part].empty() && parts[part].back() == ' ') parts[part].pop_back();
      if (i + 1 < content.size() && content[i + 1] == ' ') ++i;
      ++part;
    } else {
      parts[part].push_back(content[i]);
    }
  }
  return parts;
}

std::string EscapeBars(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '|' ? 2 : 1, c);
  return out;
}

std::string SourceOf(const Unit& unit) {
  if (!unit.source_locale.empty() || unit.variants.empty()) return unit.source_locale;
  return unit.variants.front().locale;
}

const std::string* TextOf(const std::map<std::string, Neighbour>& side, const std::string& locale) {
  const auto it = side.find(locale);
  return it != side.end() && it->second.state == Neighbour::State::kText ? &it->second.text : nullptr;
}

void SetText(std::string text, const std::string& locale, std::map<std::string, Neighbour>* side) {
  if (!text.empty() && !locale.empty()) (*side)[locale] = {Neighbour::State::kText, std::move(text)};
}

}  // namespace

bool TmxToolProps::IsKnown(std::string_view type) { return Find(type) != nullptr; }

bool TmxToolProps::Take(size_t place, std::string_view type, std::string_view value) {
  const Known* known = Find(type);
  if (known == nullptr || !(place == 0 ? known->on_tu : known->on_tuv)) return false;
  if (known->meaning != Meaning::kNothing) props_.push_back({place, std::string(type), std::string(value)});
  return true;
}

void TmxToolProps::Apply(Unit* unit) const {
  if (props_.empty()) return;
  const std::string source = SourceOf(*unit);
  for (const Prop& prop : props_) {
    const Meaning meaning = Find(prop.type)->meaning;
    for (Variant& variant : unit->variants) {
      if (variant.locale == source) continue;
      const Origin origin = meaning == Meaning::kOrigin ? OriginFromTrados(prop.value) : Origin::kUnspecified;
      const VariantStatus status =
          meaning == Meaning::kStatus ? StatusFromLevel(prop.value) : VariantStatus::kUnspecified;
      if (variant.origin == Origin::kUnspecified) variant.origin = origin;
      if (variant.status == VariantStatus::kUnspecified) variant.status = status;
    }
  }
  if (unit->contexts.empty()) ApplyToContexts(source, unit);
}

void TmxToolProps::SetSide(const Prop& prop, const std::string& locale, std::map<std::string, Neighbour>* side) {
  if (prop.value.empty() && Find(prop.type)->empty_is_edge && !locale.empty()) {
    (*side)[locale].state = Neighbour::State::kEdge;
  } else {
    SetText(PlainOfMarkup(prop.value), locale, side);
  }
}

void TmxToolProps::ApplyToContexts(const std::string& source, Unit* unit) const {
  Context first;
  std::vector<Context> more;  // Trados: one for each place where the unit was seen
  for (const Prop& prop : props_) {
    const bool of_variant = prop.place > 0 && prop.place <= unit->variants.size();
    const std::string& locale = of_variant ? unit->variants[prop.place - 1].locale : source;
    switch (Find(prop.type)->meaning) {
      case Meaning::kPrevious: SetSide(prop, locale, &first.previous); break;
      case Meaning::kNext: SetSide(prop, locale, &first.next); break;
      case Meaning::kKey: first.key = prop.value; break;
      case Meaning::kDocument: first.document = prop.value; break;
      case Meaning::kBoth: {
        const std::array<std::string, 4> parts = ContextParts(prop.value);
        Context context;
        SetText(parts[0], source, &context.previous);
        for (const Variant& variant : unit->variants) {
          if (variant.locale != source) SetText(parts[2], variant.locale, &context.previous);
        }
        if (context != Context() && more.size() < kMaxContexts) more.push_back(std::move(context));
        break;
      }
      case Meaning::kOrigin:
      case Meaning::kStatus:
      case Meaning::kNothing: break;
    }
  }
  for (Context& context : more) {
    context.document = first.document;
    context.key = first.key;
    unit->contexts.push_back(std::move(context));
  }
  if (more.empty() && first != Context()) unit->contexts.push_back(std::move(first));
}

void WriteToolUnitProps(TmxFlavor flavor, const Unit& unit, const OnTmxProp& on_prop) {
  const std::string source = SourceOf(unit);
  const auto target = std::find_if(unit.variants.begin(), unit.variants.end(),
                                   [&source](const Variant& variant) { return variant.locale != source; });
  if (flavor == TmxFlavor::kOmegat) {
    if (unit.contexts.empty()) return;
    const Context& context = unit.contexts.front();
    if (!context.document.empty()) on_prop("file", context.document);
    if (!context.key.empty()) on_prop("id", context.key);
    for (const auto& [type, side] : {std::pair("prev", &context.previous), std::pair("next", &context.next)}) {
      const auto neighbour = side->find(source);
      if (neighbour == side->end() || neighbour->second.state == Neighbour::State::kUnknown) continue;
      on_prop(type, neighbour->second.text);  // none at an edge
    }
  }
  if (flavor != TmxFlavor::kTrados) return;
  for (const Context& context : unit.contexts) {
    const std::string* before = TextOf(context.previous, source);
    const std::string* beside = target == unit.variants.end() ? nullptr : TextOf(context.previous, target->locale);
    if (before == nullptr && beside == nullptr) continue;
    on_prop("x-ContextContent", absl::StrCat(before == nullptr ? "" : EscapeBars(*before), " |  | ",
                                             beside == nullptr ? "" : EscapeBars(*beside), " | "));
  }
  if (!unit.contexts.empty() && !unit.contexts.front().key.empty()) on_prop("x-IdContext", unit.contexts.front().key);
  if (target == unit.variants.end()) return;
  on_prop("x-Origin", target->origin == Origin::kMachine     ? "MachineTranslation"
                      : target->origin == Origin::kAlignment ? "Alignment"
                                                             : "TM");
  on_prop("x-ConfirmationLevel", LevelOf(target->status));
}

void WriteToolVariantProps(TmxFlavor flavor, const Unit& unit, const Variant& variant, const OnTmxProp& on_prop) {
  if (flavor != TmxFlavor::kMemoq || unit.contexts.empty()) return;
  const Context& context = unit.contexts.front();
  if (const std::string* text = TextOf(context.previous, variant.locale)) on_prop("x-context-pre", *text);
  if (const std::string* text = TextOf(context.next, variant.locale)) on_prop("x-context-post", *text);
}

}  // namespace reprise
