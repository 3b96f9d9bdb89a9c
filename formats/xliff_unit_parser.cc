#include "formats/xliff_unit_parser.h"

#include <expat.h>

#include <charconv>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/content_builder.h"
#include "formats/delimited.h"
#include "formats/expat_parse.h"
#include "formats/utf8.h"

namespace reprise {
namespace {

constexpr size_t kMaxDepth = 256;

}  // namespace

struct XliffUnitParser::Impl {
  enum class Element : uint8_t {
    kUnit,
    kSegment,  // 2.x: <segment> and <ignorable>
    kList,     // what only holds others: notes, originalData, context-group, seg-defs, metadata
    kText,     // source, seg-source, target
    kSpan,     // an element whose text belongs to the text around it: g, pc, mrk
    kSegMark,  // 1.2: <mrk mtype="seg">
    kCode,     // an element whose text is a code's data
    kMarkup,   // inside such an element: kept as markup
    kNote,
    kContext,
    kProperty,
    kData,
    kProposal,      // alt-trans, mtc:match
    kProposalText,  // its target, and spans in it
    kSkip,          // with all that it holds
  };
  struct Frame {
    Element element;
    std::string name;
    std::vector<std::pair<ContentBuilder*, size_t>> codes;  // kSpan: the open codes; kCode, kMarkup: the code
    // kSpan: what the close code will say.
    struct Closing {
      std::string pair, data, equivalent, ref;
    } closing;
  };
  // A text that is being read: all of it and, in 1.2, its segments.
  struct Text {
    ContentBuilder whole;
    std::vector<std::pair<std::string, ContentBuilder>> segments;  // by mid
    bool in_segment = false;
  };

  XML_Parser parser = nullptr;
  bool version2 = false;
  bool proposals = false;
  std::string prefix;
  XliffUnit unit;
  std::vector<Frame> stack;
  std::string error;
  std::string characters;  // of the note, context, property or data that is open
  std::string name;        // of that context, property or data
  Text source, seg_source, target;
  bool has_source = false;
  bool has_target = false;
  Text* text = nullptr;
  bool ignorable = false;
  XmlAttributes segment_attributes;
  std::map<std::string, std::string> original_data;  // 2.x
  // A code whose data is named, not written.
  struct DataRef {
    ContentBuilder* builder;
    size_t code;
    std::string name;
  };
  std::vector<DataRef> refs;                    // of the open segment
  std::map<std::string, XmlAttributes> vendor;  // 1.2: <sdl:seg id>

  ~Impl() {
    if (parser != nullptr) XML_ParserFree(parser);
  }

  void Fail(std::string_view reason) {
    if (!error.empty()) return;
    error = std::string(reason);
    XML_StopParser(parser, XML_FALSE);
  }

  void Reset() {
    unit = XliffUnit();
    stack.clear();
    error.clear();
    source = seg_source = target = Text();
    has_source = has_target = ignorable = false;
    text = nullptr;
    segment_attributes.clear();
    original_data.clear();
    refs.clear();
    vendor.clear();
  }

  void Start(std::string_view name, const XmlAttributes& attributes);
  void StartInUnit(std::string_view name, const XmlAttributes& attributes);
  void StartInList(std::string_view name, const XmlAttributes& attributes);
  void StartProposal(std::string_view name, const XmlAttributes& attributes);
  void StartInProposalText(std::string_view name, const XmlAttributes& attributes);
  void StartText(std::string_view name, const XmlAttributes& attributes);
  void StartInline(std::string_view name, const XmlAttributes& attributes);
  void StartInline12(std::string_view name, const XmlAttributes& attributes);
  void StartInline2(std::string_view name, const XmlAttributes& attributes);
  void StartSegMark(const XmlAttributes& attributes);
  void StartSpan(std::string_view name, const XmlAttributes& attributes, std::string_view close);
  void CodePoint(const XmlAttributes& attributes);
  void Characters(std::string_view characters);
  void End();
  void EndSpan(const Frame& frame);
  void EndUnit12();
  void EndSegment2();

  void Push(Element element, std::string_view name) { stack.push_back({element, std::string(name), {}, {}}); }
  std::vector<ContentBuilder*> Active();
  std::vector<std::pair<ContentBuilder*, size_t>> AddCode(Code::Kind kind, const std::string& pair,
                                                          const XmlAttributes& attributes);
};

namespace {

std::string Get(const XmlAttributes& attributes, const char* name) {
  const auto it = attributes.find(name);
  return it == attributes.end() ? std::string() : it->second;
}

std::string Markup(std::string_view name, const XmlAttributes& attributes, bool closed) {
  std::string markup = absl::StrCat("<", std::string(name));
  for (const auto& [key, value] : attributes) absl::StrAppend(&markup, " ", key, "=\"", value, "\"");
  return markup + (closed ? "/>" : ">");
}

uint32_t ParsePair(const std::string& text) {
  uint32_t pair = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pair);
  return error == std::errc() && end == text.data() + text.size() ? pair : 0;
}

void XMLCALL OnStart(void* data, const XML_Char* name, const XML_Char** list) {
  auto* impl = static_cast<XliffUnitParser::Impl*>(data);
  if (!impl->error.empty()) return;
  XmlAttributes attributes;
  for (; *list != nullptr; list += 2) attributes.emplace(list[0], list[1]);
  impl->Start(name, attributes);
}
void XMLCALL OnEnd(void* data, const XML_Char*) { static_cast<XliffUnitParser::Impl*>(data)->End(); }
void XMLCALL OnCharacters(void* data, const XML_Char* text, int length) {
  static_cast<XliffUnitParser::Impl*>(data)->Characters(std::string_view(text, static_cast<size_t>(length)));
}

}  // namespace

void XliffUnitParser::Impl::Start(std::string_view whole_name, const XmlAttributes& attributes) {
  if (stack.size() >= kMaxDepth) return Fail(absl::StrCat("elements are nested deeper than ", kMaxDepth));
  std::string_view name = whole_name;
  if (!prefix.empty() && name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
  if (stack.empty()) {
    unit.attributes = attributes;
    return Push(Element::kUnit, name);
  }
  switch (stack.back().element) {
    case Element::kUnit:
    case Element::kSegment: return StartInUnit(name, attributes);
    case Element::kList: return StartInList(name, attributes);
    case Element::kText:
    case Element::kSpan:
    case Element::kSegMark: return StartInline(name, attributes);
    case Element::kCode:
    case Element::kMarkup: {
      // <sub> and what it holds stay inside the code's data, tags and all.
      Frame frame{Element::kMarkup, std::string(name), stack.back().codes, {}};
      for (const auto& [builder, code] : frame.codes) builder->code(code).data += Markup(name, attributes, false);
      stack.push_back(std::move(frame));
      return;
    }
    case Element::kData:
    case Element::kNote:
    case Element::kContext:
    case Element::kProperty:
      if (name == "cp" && stack.back().element == Element::kData) CodePoint(attributes);
      return Push(Element::kSkip, name);
    case Element::kProposal: return Push(name == "target" ? Element::kProposalText : Element::kSkip, name);
    case Element::kProposalText: return StartInProposalText(name, attributes);
    case Element::kSkip: return Push(Element::kSkip, name);
  }
}

void XliffUnitParser::Impl::StartInUnit(std::string_view name, const XmlAttributes& attributes) {
  const bool in_segment = stack.back().element == Element::kSegment;
  if (name == "source" || name == "target" || (name == "seg-source" && !version2)) {
    if (version2 && !in_segment) return Fail(absl::StrCat("<", std::string(name), "> stands outside of a <segment>"));
    return StartText(name, attributes);
  }
  if (in_segment) return Push(Element::kSkip, name);
  if (version2 && (name == "segment" || name == "ignorable")) {
    ignorable = name == "ignorable";
    segment_attributes = attributes;
    source = target = Text();
    has_source = has_target = false;
    return Push(Element::kSegment, name);
  }
  if (name == "note" && !version2) {
    characters.clear();
    unit.notes.push_back({"", Get(attributes, "annotates")});
    return Push(Element::kNote, name);
  }
  if (name == "reprise:prop") {
    characters.clear();
    this->name = Get(attributes, "name");
    return Push(Element::kProperty, name);
  }
  if (proposals && name == "alt-trans" && !version2) return StartProposal(name, attributes);
  if (name == "notes" || name == "originalData" || (proposals && name == "mtc:matches") || name == "context-group" ||
      name == "sdl:seg-defs" || name == "mda:metadata") {
    return Push(Element::kList, name);
  }
  Push(Element::kSkip, name);  // alt-trans, mtc:matches, count-group, ...
}

void XliffUnitParser::Impl::StartInList(std::string_view name, const XmlAttributes& attributes) {
  characters.clear();
  const std::string& list = stack.back().name;
  if (name == "note" && list == "notes") {
    unit.notes.push_back({"", Get(attributes, "appliesTo")});
    Push(Element::kNote, name);
  } else if (name == "context" && list == "context-group") {
    this->name = Get(attributes, "context-type");
    Push(Element::kContext, name);
  } else if (name == "mtc:match" && list == "mtc:matches") {
    StartProposal(name, attributes);
  } else if (name == "data" && list == "originalData") {
    this->name = Get(attributes, "id");
    Push(Element::kData, name);
  } else if (name == "mda:metaGroup" && Get(attributes, "category") == xliff::kCategory) {
    Push(Element::kList, name);
  } else if (name == "mda:meta" && list == "mda:metaGroup") {
    this->name = Get(attributes, "type");
    Push(Element::kProperty, name);
  } else {
    if (name == "sdl:seg") vendor.emplace(Get(attributes, "id"), attributes);
    Push(Element::kSkip, name);
  }
}

void XliffUnitParser::Impl::StartProposal(std::string_view name, const XmlAttributes& attributes) {
  // Versions of the past and references are no proposals.
  const std::string kind = Get(attributes, "alttranstype");
  if (!kind.empty() && kind != "proposal") return Push(Element::kSkip, name);
  XliffProposal& proposal = unit.proposals.emplace_back();
  proposal.segment = Get(attributes, version2 ? "ref" : "mid");
  proposal.segment.erase(0, proposal.segment.find_last_of("#/") + 1);  // npos + 1 is 0
  const std::string quality = Get(attributes, version2 ? "matchQuality" : "match-quality");
  std::from_chars(quality.data(), quality.data() + quality.size(), proposal.quality);
  Push(Element::kProposal, name);
}

void XliffUnitParser::Impl::StartInProposalText(std::string_view name, const XmlAttributes& attributes) {
  if (name == "cp") CodePoint(attributes);
  const bool span = name == "g" || name == "pc";
  if (name != "cp" && name != "mrk" && name != "sm" && name != "em") unit.proposals.back().codes += span ? 2 : 1;
  Push(span || name == "mrk" ? Element::kProposalText : Element::kSkip, name);
}

void XliffUnitParser::Impl::StartText(std::string_view name, const XmlAttributes& attributes) {
  text = name == "source" ? &source : name == "target" ? &target : &seg_source;
  if (!text->whole.empty()) return Fail(absl::StrCat("has two <", std::string(name), ">"));
  const std::string lang = Get(attributes, "xml:lang");
  if (text == &target) {
    has_target = true;
    if (!version2) unit.target_attributes = attributes;
    if (!lang.empty()) unit.target_lang = lang;
  } else {
    has_source = true;
    if (!lang.empty()) unit.source_lang = lang;
  }
  Push(Element::kText, name);
}

std::vector<ContentBuilder*> XliffUnitParser::Impl::Active() {
  std::vector<ContentBuilder*> builders = {&text->whole};
  if (text->in_segment) builders.push_back(&text->segments.back().second);
  return builders;
}

std::vector<std::pair<ContentBuilder*, size_t>> XliffUnitParser::Impl::AddCode(Code::Kind kind, const std::string& pair,
                                                                               const XmlAttributes& attributes) {
  std::vector<std::pair<ContentBuilder*, size_t>> codes;
  for (ContentBuilder* builder : Active()) {
    const size_t index = builder->Add(kind, pair);
    Code& code = builder->code(index);
    code.pair_id = ParsePair(Get(attributes, xliff::kCodePair.data()));
    code.type = Get(attributes, xliff::kCodeType.data());
    for (const char* type : {"ctype", "subType", "type"}) {
      if (code.type.empty()) code.type = Get(attributes, type);
    }
    for (const char* equivalent : {"equiv-text", "equiv"}) {
      if (code.equivalent_text.empty()) code.equivalent_text = Get(attributes, equivalent);
    }
    codes.emplace_back(builder, index);
  }
  return codes;
}

void XliffUnitParser::Impl::StartInline(std::string_view name, const XmlAttributes& attributes) {
  return version2 ? StartInline2(name, attributes) : StartInline12(name, attributes);
}

void XliffUnitParser::Impl::StartInline12(std::string_view name, const XmlAttributes& attributes) {
  using Kind = Code::Kind;
  const std::string id = Get(attributes, "id");
  const std::string rid = Get(attributes, "rid").empty() ? id : Get(attributes, "rid");
  if (name == "mrk") {
    if (Get(attributes, "mtype") == "seg") return StartSegMark(attributes);
    return Push(Element::kSpan, name);
  }
  if (name == "g") return StartSpan(name, attributes, "</g>");
  if (name == "x" || name == "bx" || name == "ex") {
    const Kind kind = name == "x" ? Kind::kStandalone : name == "bx" ? Kind::kOpen : Kind::kClose;
    for (const auto& [builder, code] : AddCode(kind, name == "x" ? "" : rid, attributes)) {
      builder->code(code).data = Markup(name, attributes, true);
    }
    return Push(Element::kSkip, name);
  }
  Frame frame{Element::kCode, std::string(name), {}, {}};
  if (name == "bpt" || name == "ept") {
    frame.codes = AddCode(name == "bpt" ? Kind::kOpen : Kind::kClose, rid, attributes);
  } else if (name == "it") {
    const std::string pos = Get(attributes, "pos");
    if (pos != "open" && pos != "close") return Fail("<it> has no attribute pos of open or close");
    frame.codes = AddCode(pos == "open" ? Kind::kOpen : Kind::kClose, "", attributes);
  } else if (name == "ph") {
    frame.codes = AddCode(Kind::kStandalone, "", attributes);
  } else {
    return Fail(absl::StrCat("<", std::string(name), "> cannot stand in a text; write inline markup inside <bpt>, ",
                             "<ept>, <it> or <ph>"));
  }
  stack.push_back(std::move(frame));
}

void XliffUnitParser::Impl::StartInline2(std::string_view name, const XmlAttributes& attributes) {
  using Kind = Code::Kind;
  if (name == "mrk") return Push(Element::kSpan, name);
  if (name == "pc") return StartSpan(name, attributes, "</pc>");
  if (name == "cp") CodePoint(attributes);
  if (name == "cp" || name == "sm" || name == "em") return Push(Element::kSkip, name);
  const bool isolated = Get(attributes, "isolated") == "yes";
  std::vector<std::pair<ContentBuilder*, size_t>> codes;
  if (name == "ph") {
    codes = AddCode(Kind::kStandalone, "", attributes);
  } else if (name == "sc") {
    codes = AddCode(Kind::kOpen, isolated ? "" : Get(attributes, "id"), attributes);
  } else if (name == "ec") {
    codes = AddCode(Kind::kClose, isolated ? "" : Get(attributes, "startRef"), attributes);
  } else {
    return Fail(absl::StrCat("<", std::string(name), "> cannot stand in a text; write inline markup as <ph> or <pc>"));
  }
  const std::string ref = Get(attributes, "dataRef");
  for (const auto& [builder, code] : codes) {
    builder->code(code).data = Markup(name, attributes, true);
    if (!ref.empty()) refs.push_back({builder, code, ref});
  }
  Push(Element::kSkip, name);
}

void XliffUnitParser::Impl::StartSegMark(const XmlAttributes& attributes) {
  if (text->in_segment) return Fail("a <mrk mtype=\"seg\"> stands in another");
  text->in_segment = true;
  text->segments.emplace_back(Get(attributes, "mid"), ContentBuilder());
  Push(Element::kSegMark, "mrk");
}

// <g> and <pc>: an open code here, its close where the element ends.
void XliffUnitParser::Impl::StartSpan(std::string_view name, const XmlAttributes& attributes, std::string_view close) {
  // Names of elements are unique by nesting; the id serves as the number alone.
  const std::string id = Get(attributes, "id");
  Frame frame{Element::kSpan,
              std::string(name),
              AddCode(Code::Kind::kOpen, id.empty() ? "g" : id, attributes),
              {id.empty() ? "g" : id, std::string(close), Get(attributes, "equivEnd"), Get(attributes, "dataRefEnd")}};
  const std::string ref = Get(attributes, "dataRefStart");
  for (const auto& [builder, code] : frame.codes) {
    builder->code(code).data = Markup(name, attributes, false);
    if (builder->code(code).equivalent_text.empty())
      builder->code(code).equivalent_text = Get(attributes, "equivStart");
    if (!ref.empty()) refs.push_back({builder, code, ref});
  }
  stack.push_back(std::move(frame));
}

void XliffUnitParser::Impl::CodePoint(const XmlAttributes& attributes) {
  const std::string hex = Get(attributes, "hex");
  uint32_t c = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), c, 16);
  const bool whole = error == std::errc() && end == hex.data() + hex.size();
  if (!whole || c == 0 || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
    return Fail(absl::StrCat("<cp hex=\"", hex.substr(0, 20), "\"> is no character"));
  }
  std::string utf8;
  AppendUtf8(c, &utf8);
  Characters(utf8);
}

void XliffUnitParser::Impl::Characters(std::string_view data) {
  if (!error.empty() || stack.empty()) return;
  switch (stack.back().element) {
    case Element::kText:
    case Element::kSpan:
    case Element::kSegMark:
      for (ContentBuilder* builder : Active()) builder->Text(data);
      return;
    case Element::kCode:
    case Element::kMarkup:
      for (const auto& [builder, code] : stack.back().codes) builder->code(code).data.append(data);
      return;
    case Element::kNote:
    case Element::kContext:
    case Element::kProperty:
    case Element::kData: characters.append(data); return;
    case Element::kUnit:
    case Element::kSegment:
      if (!IsBlank(data)) {
        Fail(absl::StrCat("text stands directly in <", stack.back().name, ">; it belongs in <source> or <target>"));
      }
      return;
    case Element::kProposalText: unit.proposals.back().text.append(data); return;
    case Element::kProposal:
    case Element::kList:
    case Element::kSkip: return;
  }
}

void XliffUnitParser::Impl::End() {
  if (!error.empty()) return;
  const Frame frame = std::move(stack.back());
  stack.pop_back();
  switch (frame.element) {
    case Element::kUnit: return version2 ? void() : EndUnit12();
    case Element::kSegment: return EndSegment2();
    case Element::kText: text = nullptr; return;
    case Element::kSpan: return EndSpan(frame);
    case Element::kSegMark: text->in_segment = false; return;
    case Element::kMarkup:
      for (const auto& [builder, code] : frame.codes) builder->code(code).data += absl::StrCat("</", frame.name, ">");
      return;
    case Element::kNote: unit.notes.back().text = characters; return;
    case Element::kContext: unit.contexts.emplace_back(name, characters); return;
    case Element::kProperty: unit.properties.emplace_back(name, characters); return;
    case Element::kData: original_data.emplace(name, characters); return;
    case Element::kCode:
    case Element::kList:
    case Element::kProposal:
    case Element::kProposalText:
    case Element::kSkip: return;
  }
}

void XliffUnitParser::Impl::EndSpan(const Frame& frame) {
  if (frame.codes.empty()) return;  // a <mrk>
  for (const auto& [builder, open] : frame.codes) {
    const size_t index = builder->Add(Code::Kind::kClose, frame.closing.pair);
    builder->code(index).data = frame.closing.data;
    builder->code(index).equivalent_text = frame.closing.equivalent;
    if (!frame.closing.ref.empty()) refs.push_back({builder, index, frame.closing.ref});
  }
}

void XliffUnitParser::Impl::EndUnit12() {
  if (!has_source) return Fail("has no <source>");
  Text& from = !seg_source.segments.empty() ? seg_source : source;
  if (from.segments.empty()) {
    XliffSegment segment;
    segment.source = source.whole.Take();
    segment.target = target.whole.Take();
    segment.has_target = has_target;
    if (vendor.size() == 1) segment.attributes = vendor.begin()->second;
    unit.segments.push_back(std::move(segment));
    return;
  }
  std::map<std::string_view, ContentBuilder*> targets;
  for (auto& [mid, builder] : target.segments) targets.emplace(mid, &builder);
  if (from.segments.size() == 1 && target.segments.empty() && has_target) {
    targets.emplace(from.segments.front().first, &target.whole);
  }
  for (auto& [mid, builder] : from.segments) {
    XliffSegment& segment = unit.segments.emplace_back();
    segment.id = mid;
    segment.source = builder.Take();
    if (const auto it = vendor.find(mid); it != vendor.end()) segment.attributes = it->second;
    const auto it = targets.find(mid);
    if (it == targets.end()) continue;
    segment.has_target = true;
    segment.target = it->second->Take();
    targets.erase(it);  // a second segment of that name has none
  }
}

void XliffUnitParser::Impl::EndSegment2() {
  for (const DataRef& ref : refs) {
    const auto it = original_data.find(ref.name);
    if (it == original_data.end()) {
      return Fail(absl::StrCat("an inline code names the data \"", ref.name.substr(0, 100),
                               "\", which <originalData> does not hold"));
    }
    ref.builder->code(ref.code).data = it->second;
  }
  refs.clear();
  if (ignorable) return;
  if (!has_source) return Fail("a <segment> has no <source>");
  XliffSegment& segment = unit.segments.emplace_back();
  segment.id = Get(segment_attributes, "id");
  segment.source = source.whole.Take();
  segment.target = target.whole.Take();
  segment.has_target = has_target;
  segment.attributes = std::move(segment_attributes);
}

XliffUnitParser::XliffUnitParser() : impl_(std::make_unique<Impl>()) {}
XliffUnitParser::~XliffUnitParser() = default;

void XliffUnitParser::set_version2(bool version2) { impl_->version2 = version2; }
void XliffUnitParser::set_proposals(bool proposals) { impl_->proposals = proposals; }
void XliffUnitParser::set_prefix(std::string prefix) { impl_->prefix = std::move(prefix); }

absl::StatusOr<XliffUnit> XliffUnitParser::Parse(std::string_view xml, uint64_t line) {
  Impl& impl = *impl_;
  impl.Reset();
  RETURN_IF_ERROR(ParseElement({&impl, OnStart, OnEnd, OnCharacters, &impl.error}, xml, line, &impl.parser));
  return std::move(impl.unit);
}

}  // namespace reprise
