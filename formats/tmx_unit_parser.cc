#include "formats/tmx_unit_parser.h"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/attributes.h"
#include "formats/dates.h"
#include "formats/delimited.h"
#include "formats/expat_parse.h"
#include "formats/tmx_tools.h"
#include "formats/tmx_vocabulary.h"
#include "text/locale_map.h"

namespace reprise {
namespace {

// A hostile file may name a new locale in every unit: the cache of canonical tags starts anew beyond this.
constexpr size_t kMaxCachedLocales = 1024;

template <typename T>
bool ParseNumber(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

Origin OriginFromName(std::string_view name) {
  if (name == "human") return Origin::kHuman;
  if (name == "alignment") return Origin::kAlignment;
  if (name == "mt") return Origin::kMachine;
  if (name == "import") return Origin::kImport;
  return Origin::kUnspecified;
}

// As much of a value as a message quotes.
std::string QuotedPart(std::string_view value) {
  size_t size = std::min<size_t>(value.size(), 60);
  while (size < value.size() && size > 0 && (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80) --size;
  return std::string(value.substr(0, size));
}

VariantStatus StatusFromName(std::string_view name) {
  if (name == "draft") return VariantStatus::kDraft;
  if (name == "translated") return VariantStatus::kTranslated;
  if (name == "reviewed") return VariantStatus::kReviewed;
  if (name == "final") return VariantStatus::kFinal;
  if (name == "rejected") return VariantStatus::kRejected;
  return VariantStatus::kUnspecified;
}

}  // namespace

struct TmxUnitParser::Impl {
  enum class Element : uint8_t { kTu, kTuv, kNote, kProp, kSeg, kHi, kCode, kMarkup };
  struct Frame {
    Element element;
    std::string name;
    size_t code = 0;  // kHi, kCode: index into the content's codes
  };
  // Per code of the content: what must wait until the segment ends.
  struct Pending {
    enum class Pair : uint8_t { kNone, kOpen, kClose, kHi } pair = Pair::kNone;
    std::string i;       // the `i` of bpt and ept
    size_t partner = 0;  // of <hi>: the other end
  };

  XML_Parser parser = nullptr;
  Unit unit;
  std::vector<Frame> stack;
  std::string error;
  std::vector<std::string> warnings;
  std::string characters;  // of the note or prop that is open
  std::string prop_type;
  std::string prop_lang;
  uint32_t points = 0;  // code points of the segment so far
  bool has_seg = false;
  std::vector<Pending> pending;
  std::vector<std::string> code_hints;  // kCode props of the variant
  LocaleMap locale_map;
  std::map<std::string, std::string, std::less<>> locales;  // as written -> what it means
  Variant defaults;                                         // what <tu> says for variants that do not
  TmxToolProps tool_props;

  ~Impl() {
    if (parser != nullptr) XML_ParserFree(parser);
  }

  void Fail(std::string_view reason) {
    if (!error.empty()) return;
    error = std::string(reason);
    XML_StopParser(parser, XML_FALSE);
  }

  // The canonical form of `tag`; "" (and a failure, if `required`) if it is no locale.
  std::string Canonical(std::string_view tag, bool required) {
    if (const auto it = locales.find(tag); it != locales.end()) return it->second;
    const absl::StatusOr<std::string> locale = locale_map.Canonical(tag);
    if (!locale.ok()) {
      if (required) Fail(MessageOf(locale.status()));
      return std::string();
    }
    if (locales.size() >= kMaxCachedLocales) locales.clear();
    locales.emplace(std::string(tag), *locale);
    return *locale;
  }

  void Start(std::string_view name, const XML_Char** attributes);
  void End();
  void Characters(std::string_view text);

  void StartTu(const XML_Char** attributes);
  void StartTuv(const XML_Char** attributes);
  void StartProp(const XML_Char** attributes);
  void StartInline(std::string_view name, const XML_Char** attributes);
  bool SharedAttribute(std::string_view name, std::string_view value, Variant* variant, Attributes* rest);
  void EndTuv();
  void EndProp();
  void EndSeg();
  bool TuProp();
  bool TuvProp();
  bool ContextProp();
  void PairCodes();
  void ApplyCodeHints();
  void Inherit();

  Variant& variant() { return unit.variants.back(); }
};

namespace {

void XMLCALL OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
  static_cast<TmxUnitParser::Impl*>(data)->Start(name, attributes);
}
void XMLCALL OnEnd(void* data, const XML_Char*) { static_cast<TmxUnitParser::Impl*>(data)->End(); }
void XMLCALL OnCharacters(void* data, const XML_Char* text, int length) {
  static_cast<TmxUnitParser::Impl*>(data)->Characters(std::string_view(text, static_cast<size_t>(length)));
}

}  // namespace

void TmxUnitParser::Impl::Start(std::string_view name, const XML_Char** attributes) {
  if (!error.empty()) return;
  if (stack.empty()) {
    stack.push_back({Element::kTu, std::string(name)});
    return StartTu(attributes);
  }
  const Element parent = stack.back().element;
  const bool on_tu = parent == Element::kTu;
  const bool on_tuv = parent == Element::kTuv;
  if (on_tu && name == "tuv") {
    stack.push_back({Element::kTuv, "tuv"});
    StartTuv(attributes);
  } else if ((on_tu || on_tuv) && (name == "note" || name == "prop")) {
    stack.push_back({name == "note" ? Element::kNote : Element::kProp, std::string(name)});
    characters.clear();
    if (name == "prop") StartProp(attributes);
  } else if (on_tuv && name == "seg") {
    if (has_seg) return Fail("a <tuv> has two <seg>; write one <tuv> for each");
    has_seg = true;
    stack.push_back({Element::kSeg, "seg"});
  } else if (parent == Element::kSeg || parent == Element::kHi || parent == Element::kCode ||
             parent == Element::kMarkup) {
    StartInline(name, attributes);
  } else {
    Fail(absl::StrCat("<", std::string(name), "> cannot stand in <", stack.back().name, ">"));
  }
}

// Dates, names and counts, which <tu> and <tuv> share. False if `name` is none of them.
bool TmxUnitParser::Impl::SharedAttribute(std::string_view name, std::string_view value, Variant* variant,
                                          Attributes* rest) {
  bool understood = true;
  if (name == "creationdate") {
    understood = ParseDate(value, &variant->created_us);
  } else if (name == "changedate") {
    understood = ParseDate(value, &variant->changed_us);
  } else if (name == "lastusagedate") {
    understood = ParseDate(value, &variant->last_used_us);
  } else if (name == "usagecount") {
    understood = ParseNumber(value, &variant->usage_count);
  } else if (name == "creationid") {
    variant->created_by = std::string(value);
  } else if (name == "changeid") {
    variant->changed_by = std::string(value);
  } else {
    return false;
  }
  if (!understood) {
    (*rest)[std::string(name)].emplace_back(value);
    const bool date = name != "usagecount";
    warnings.push_back(absl::StrCat("the ", std::string(name), " \"", QuotedPart(value), "\" is no ",
                                    date ? "date such as \"20240131T235959Z\"" : "number",
                                    "; it is kept as an attribute"));
  }
  return true;
}

void TmxUnitParser::Impl::StartTu(const XML_Char** attributes) {
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view name = attributes[0];
    const std::string_view value = attributes[1];
    if (SharedAttribute(name, value, &defaults, &unit.attributes)) continue;
    if (name == "srclang") {
      unit.source_locale = Canonical(value, false);  // "" of "*all*", too
      if (value != "*all*" && unit.source_locale.empty()) unit.attributes["srclang"].emplace_back(value);
    } else {
      unit.attributes[std::string(name)].emplace_back(value);
    }
  }
}

void TmxUnitParser::Impl::StartTuv(const XML_Char** attributes) {
  Variant& v = unit.variants.emplace_back();
  points = 0;
  has_seg = false;
  pending.clear();
  code_hints.clear();
  std::string_view lang;
  std::string_view old_lang;
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view name = attributes[0];
    const std::string_view value = attributes[1];
    if (name == "xml:lang") {
      lang = value;
    } else if (name == "lang") {
      old_lang = value;
    } else if (!SharedAttribute(name, value, &v, &v.attributes)) {
      v.attributes[std::string(name)].emplace_back(value);
    }
  }
  if (lang.empty()) lang = old_lang;
  if (lang.empty()) return Fail("a <tuv> has no xml:lang; say the language of its text");
  v.locale = Canonical(lang, true);
}

void TmxUnitParser::Impl::StartProp(const XML_Char** attributes) {
  prop_type.clear();
  prop_lang.clear();
  for (; *attributes != nullptr; attributes += 2) {
    const std::string_view name = attributes[0];
    if (name == "type") prop_type = attributes[1];
    if (name == "xml:lang" || (name == "lang" && prop_lang.empty())) prop_lang = attributes[1];
  }
}

void TmxUnitParser::Impl::StartInline(std::string_view name, const XML_Char** attributes) {
  const Element parent = stack.back().element;
  std::vector<Code>& codes = variant().content.codes;
  std::string markup = absl::StrCat("<", std::string(name));
  std::string i, type, pos;
  for (const XML_Char** a = attributes; *a != nullptr; a += 2) {
    const std::string_view key = a[0];
    if (key == "i") i = a[1];
    if (key == "type") type = a[1];
    if (key == "pos") pos = a[1];
    absl::StrAppend(&markup, " ", a[0], "=\"", a[1], "\"");
  }
  markup.push_back('>');
  if (parent == Element::kCode || parent == Element::kMarkup) {
    // <sub> and what it holds stay inside the code's data, tags and all.
    if (parent == Element::kCode && name != "sub") {
      return Fail(absl::StrCat("<", std::string(name), "> cannot stand in <", stack.back().name, ">"));
    }
    const size_t code = stack.back().code;
    codes[code].data += markup;
    stack.push_back({Element::kMarkup, std::string(name), code});
    return;
  }
  Code code;
  code.position = points;
  code.type = std::move(type);
  Pending wait;
  Element element = Element::kCode;
  if (name == "bpt" || name == "ept") {
    if (i.empty()) return Fail(absl::StrCat("<", std::string(name), "> has no attribute i"));
    code.kind = name == "bpt" ? Code::Kind::kOpen : Code::Kind::kClose;
    wait.pair = name == "bpt" ? Pending::Pair::kOpen : Pending::Pair::kClose;
    wait.i = std::move(i);
  } else if (name == "it") {
    if (pos != "begin" && pos != "end") return Fail("<it> has no attribute pos of begin or end");
    code.kind = pos == "begin" ? Code::Kind::kOpen : Code::Kind::kClose;
  } else if (name == "hi") {
    code.kind = Code::Kind::kOpen;
    code.data = std::move(markup);
    wait.pair = Pending::Pair::kHi;
    element = Element::kHi;
  } else if (name != "ph" && name != "ut") {
    return Fail(absl::StrCat("<", std::string(name),
                             "> cannot stand in <seg>; write inline markup inside <bpt>, <ept>, <it> or <ph>"));
  }
  stack.push_back({element, std::string(name), codes.size()});
  codes.push_back(std::move(code));
  pending.push_back(std::move(wait));
}

void TmxUnitParser::Impl::Characters(std::string_view text) {
  if (!error.empty() || stack.empty()) return;
  switch (stack.back().element) {
    case Element::kNote:
    case Element::kProp: characters.append(text); return;
    case Element::kSeg:
    case Element::kHi:
      variant().content.text.append(text);
      points += static_cast<uint32_t>(std::count_if(
          text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
      return;
    case Element::kCode:
    case Element::kMarkup: variant().content.codes[stack.back().code].data.append(text); return;
    case Element::kTu:
    case Element::kTuv:
      if (!IsBlank(text)) Fail(absl::StrCat("text stands directly in <", stack.back().name, ">; it belongs in <seg>"));
      return;
  }
}

void TmxUnitParser::Impl::End() {
  if (!error.empty()) return;
  const Frame frame = std::move(stack.back());
  stack.pop_back();
  switch (frame.element) {
    case Element::kTu: return Inherit();
    case Element::kTuv: return EndTuv();
    case Element::kSeg: return EndSeg();
    case Element::kNote:
      AppendNote(characters, stack.back().element == Element::kTu ? &unit.note : &variant().note);
      return;
    case Element::kProp: return EndProp();
    case Element::kHi: {
      std::vector<Code>& codes = variant().content.codes;
      pending[frame.code].partner = codes.size();
      codes.push_back({points, Code::Kind::kClose, 0, "</hi>", "", ""});
      pending.push_back({.pair = Pending::Pair::kHi, .i = {}, .partner = frame.code});
      return;
    }
    case Element::kMarkup: variant().content.codes[frame.code].data += absl::StrCat("</", frame.name, ">"); return;
    case Element::kCode: return;
  }
}

// Gives bpt/ept and <hi> their pair ids: the number in `i` where it is one, the smallest free ones otherwise.
void TmxUnitParser::Impl::PairCodes() {
  std::vector<Code>& codes = variant().content.codes;
  std::map<std::string, size_t> open;  // i -> index of its bpt
  std::set<std::string> closed;
  std::set<uint32_t> used;
  std::vector<std::pair<size_t, size_t>> unnumbered;
  for (size_t k = 0; k < codes.size(); ++k) {
    const Pending& wait = pending[k];
    if (wait.pair == Pending::Pair::kOpen) {
      if (!open.emplace(wait.i, k).second) return Fail(absl::StrCat("two <bpt> have i=\"", wait.i, "\""));
    } else if (wait.pair == Pending::Pair::kClose) {
      const auto bpt = open.find(wait.i);
      if (bpt == open.end()) return Fail(absl::StrCat("<ept i=\"", wait.i, "\"> has no <bpt> before it"));
      if (!closed.insert(wait.i).second) return Fail(absl::StrCat("two <ept> have i=\"", wait.i, "\""));
      uint32_t id = 0;
      if (ParseNumber(wait.i, &id) && id != 0 && used.insert(id).second) {
        codes[bpt->second].pair_id = codes[k].pair_id = id;
      } else {
        unnumbered.emplace_back(bpt->second, k);
      }
    } else if (wait.pair == Pending::Pair::kHi && wait.partner > k) {
      unnumbered.emplace_back(k, wait.partner);
    }
  }
  for (const auto& [i, k] : open) {
    if (closed.count(i) == 0) return Fail(absl::StrCat("<bpt i=\"", i, "\"> has no <ept>; use <it> for half a pair"));
  }
  std::sort(unnumbered.begin(), unnumbered.end());
  uint32_t next = 1;
  for (const auto& [first, second] : unnumbered) {
    while (used.count(next) != 0) ++next;
    codes[first].pair_id = codes[second].pair_id = next++;
  }
}

void TmxUnitParser::Impl::ApplyCodeHints() {
  std::vector<Code>& codes = variant().content.codes;
  std::vector<std::string_view> cells;
  for (const std::string& hint : code_hints) {
    SplitTabs(hint, &cells);
    size_t index = 0;
    uint32_t pair = 0;
    if (cells.size() != 4 || !ParseNumber(cells[0], &index) || !ParseNumber(cells[1], &pair) || index >= codes.size()) {
      return Fail(absl::StrCat("the property ", std::string(tmx::kCode), " \"", hint, "\" fits no inline code"));
    }
    codes[index].pair_id = pair;
    codes[index].type = UnescapeCell(cells[2]);
    codes[index].equivalent_text = UnescapeCell(cells[3]);
  }
}

void TmxUnitParser::Impl::EndSeg() {
  const Content& content = variant().content;
  if (content.text.empty() && content.codes.empty()) {
    return Fail(absl::StrCat("the text in ", variant().locale, " is empty; give it or leave the <tuv> out"));
  }
  if (!content.codes.empty()) PairCodes();
}

void TmxUnitParser::Impl::EndTuv() {
  if (!has_seg) return Fail(absl::StrCat("the <tuv> in ", variant().locale, " has no <seg>"));
  ApplyCodeHints();
}

// What <tu> says holds for the variants that do not say.
void TmxUnitParser::Impl::Inherit() {
  if (unit.variants.empty()) return Fail("a <tu> has no <tuv>");
  for (Variant& v : unit.variants) {
    if (v.created_us == 0) v.created_us = defaults.created_us;
    if (v.changed_us == 0) v.changed_us = defaults.changed_us;
    if (v.last_used_us == 0) v.last_used_us = defaults.last_used_us;
    if (v.usage_count == 0) v.usage_count = defaults.usage_count;
    if (v.created_by.empty()) v.created_by = defaults.created_by;
    if (v.changed_by.empty()) v.changed_by = defaults.changed_by;
  }
  tool_props.Apply(&unit);
}

void TmxUnitParser::Impl::EndProp() {
  const bool on_tu = stack.back().element == Element::kTu;
  const std::string_view type = prop_type;
  if (type.substr(0, tmx::kOwnPrefix.size()) == tmx::kOwnPrefix) {
    Attributes* own = on_tu ? &unit.attributes : &variant().attributes;
    if (type.substr(0, tmx::kAttribute.size()) == tmx::kAttribute) {
      (*own)[std::string(type.substr(tmx::kAttribute.size()))].push_back(characters);
      return;
    }
    if (type.substr(0, tmx::kEmptyAttribute.size()) == tmx::kEmptyAttribute) {
      (*own)[std::string(type.substr(tmx::kEmptyAttribute.size()))];
      return;
    }
    if (on_tu ? TuProp() : TuvProp()) return;
  } else if (tool_props.Take(on_tu ? 0 : unit.variants.size(), prop_type, characters)) {
    return;
  }
  Attributes* rest = on_tu ? &unit.attributes : &variant().attributes;
  (*rest)[absl::StrCat(std::string(tmx::kPropPrefix), prop_type)].push_back(characters);
}

bool TmxUnitParser::Impl::TuProp() {
  if (prop_type == tmx::kClientKey) {
    unit.client_key = characters;
  } else if (prop_type == tmx::kGroup) {
    unit.group = characters;
  } else if (prop_type == tmx::kDroppedContexts) {
    return ParseNumber(characters, &unit.dropped_contexts);
  } else {
    return ContextProp();
  }
  return true;
}

bool TmxUnitParser::Impl::ContextProp() {
  const std::string_view type = prop_type;
  if (type == tmx::kDocument) {
    unit.contexts.emplace_back().document = characters;
    return true;
  }
  const bool previous = type.substr(0, tmx::kPrevious.size()) == tmx::kPrevious;
  const bool next = type.substr(0, tmx::kNext.size()) == tmx::kNext;
  if (!previous && !next && type != tmx::kKey) return false;
  if (unit.contexts.empty()) unit.contexts.emplace_back();
  Context& context = unit.contexts.back();
  if (type == tmx::kKey) {
    context.key = characters;
    return true;
  }
  const std::string_view suffix = type.substr((previous ? tmx::kPrevious : tmx::kNext).size());
  const std::string locale = Canonical(prop_lang, true);
  Neighbour neighbour;
  if (suffix.empty()) {
    neighbour = {Neighbour::State::kText, characters};
  } else if (suffix == tmx::kEdgeSuffix) {
    neighbour.state = Neighbour::State::kEdge;
  } else if (suffix != tmx::kUnknownSuffix) {
    return false;
  }
  (previous ? context.previous : context.next)[locale] = std::move(neighbour);
  return true;
}

bool TmxUnitParser::Impl::TuvProp() {
  Variant& v = variant();
  if (prop_type == tmx::kOrigin) {
    v.origin = OriginFromName(characters);
    return v.origin != Origin::kUnspecified;
  }
  if (prop_type == tmx::kStatus) {
    v.status = StatusFromName(characters);
    return v.status != VariantStatus::kUnspecified;
  }
  if (prop_type == tmx::kLocked) {
    v.locked = characters == "yes";
    return v.locked;
  }
  if (prop_type == tmx::kCreatedUs) return ParseNumber(characters, &v.created_us);
  if (prop_type == tmx::kChangedUs) return ParseNumber(characters, &v.changed_us);
  if (prop_type == tmx::kLastUsedUs) return ParseNumber(characters, &v.last_used_us);
  if (prop_type != tmx::kCode) return false;
  code_hints.push_back(characters);
  return true;
}

TmxUnitParser::TmxUnitParser() : impl_(std::make_unique<Impl>()) {}
TmxUnitParser::~TmxUnitParser() = default;

void TmxUnitParser::set_locale_map(LocaleMap map) { impl_->locale_map = std::move(map); }

const std::vector<std::string>& TmxUnitParser::warnings() const { return impl_->warnings; }

absl::StatusOr<Unit> TmxUnitParser::Parse(std::string_view xml, uint64_t line) {
  Impl& impl = *impl_;
  impl.unit = Unit();
  impl.unit.source_locale = default_source_locale_;
  impl.defaults = Variant();
  impl.tool_props.Clear();
  impl.stack.clear();
  impl.error.clear();
  impl.warnings.clear();
  RETURN_IF_ERROR(ParseElement({&impl, OnStart, OnEnd, OnCharacters, &impl.error}, xml, line, &impl.parser));
  return std::move(impl.unit);
}

}  // namespace reprise
