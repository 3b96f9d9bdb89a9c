#include "formats/xliff_layout.h"

#include <expat.h>

#include <algorithm>
#include <utility>

#include "formats/expat_parse.h"

namespace reprise {
namespace {

constexpr size_t kMaxDepth = 256;

// The state of one parse. Which elements are codes is as xliff_unit_parser.cc has it.
struct Layouter {
  enum class Element : uint8_t { kPart, kText, kSegment, kSpan, kPlain, kCode, kOther };
  struct Frame {
    Element element;
    size_t begin;
  };

  XML_Parser parser = nullptr;
  bool version2 = false;
  std::string prefix;
  std::string error;
  XliffLayout layout;
  std::vector<Frame> stack;
  XliffTextLayout* text = nullptr;
  XliffTextLayout::Segment* segment = nullptr;

  ~Layouter() {
    if (parser != nullptr) XML_ParserFree(parser);
  }

  ByteRange Event() const {
    const auto begin = static_cast<size_t>(XML_GetCurrentByteIndex(parser));
    return {begin, begin + static_cast<size_t>(XML_GetCurrentByteCount(parser))};
  }

  void AddCode(const ByteRange& range) {
    text->codes.push_back(range);
    if (segment != nullptr) segment->codes.push_back(range);
  }

  void Start(std::string_view name, const char** attributes) {
    if (stack.size() >= kMaxDepth) {
      error = "elements are nested too deep";
      XML_StopParser(parser, XML_FALSE);
      return;
    }
    if (!prefix.empty() && name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
    const ByteRange tag = Event();
    stack.push_back({Classify(name, attributes, tag), tag.begin});
  }

  Element Classify(std::string_view name, const char** attributes, const ByteRange& tag) {
    if (stack.empty()) {
      if (version2) return Element::kOther;
      layout.parts.emplace_back().start_tag = tag;
      return Element::kPart;
    }
    const Element outer = stack.back().element;
    if (outer == Element::kOther && version2 && stack.size() == 1 && name == "segment") {
      layout.parts.emplace_back().start_tag = tag;
      return Element::kPart;
    }
    if (outer == Element::kPart) {
      XliffPartLayout& part = layout.parts.back();
      text = name == "source"       ? &part.source
             : name == "target"     ? &part.target
             : name == "seg-source" ? &part.seg_source
                                    : nullptr;
      if (text == nullptr) return Element::kOther;
      text->start_tag = tag;
      return Element::kText;
    }
    if (outer != Element::kText && outer != Element::kSegment && outer != Element::kSpan && outer != Element::kPlain) {
      return Element::kOther;
    }
    return Inline(name, attributes, tag);
  }

  Element Inline(std::string_view name, const char** attributes, const ByteRange& tag) {
    if (name == "mrk") {
      std::string mid, type;
      for (; *attributes != nullptr; attributes += 2) {
        if (std::string_view(attributes[0]) == "mid") mid = attributes[1];
        if (std::string_view(attributes[0]) == "mtype") type = attributes[1];
      }
      if (version2 || type != "seg" || segment != nullptr) return Element::kPlain;
      segment = &text->segments.emplace_back();
      segment->mid = mid;
      segment->inside.begin = tag.end;
      return Element::kSegment;
    }
    if (name == "g" || name == "pc") {
      AddCode(tag);
      return Element::kSpan;
    }
    if (name == "cp" || name == "sm" || name == "em") return Element::kOther;
    AddCode(tag);
    return Element::kCode;
  }

  void End() {
    if (!error.empty() || stack.empty()) return;
    const Frame frame = stack.back();
    stack.pop_back();
    const ByteRange tag = Event();
    switch (frame.element) {
      case Element::kText:
        text->element = {frame.begin, std::max(tag.end, text->start_tag.end)};
        text = nullptr;
        return;
      case Element::kSegment:
        segment->inside.end = tag.begin;
        segment = nullptr;
        return;
      case Element::kSpan: AddCode(tag); return;
      case Element::kCode:
        // <x/> has no end tag: its end event has no bytes.
        for (std::vector<ByteRange>* codes : {&text->codes, segment != nullptr ? &segment->codes : nullptr}) {
          if (codes != nullptr) codes->back().end = std::max(codes->back().end, tag.end);
        }
        return;
      case Element::kPart:
      case Element::kPlain:
      case Element::kOther: return;
    }
  }
};

void XMLCALL OnStart(void* data, const XML_Char* name, const XML_Char** attributes) {
  auto* layouter = static_cast<Layouter*>(data);
  if (layouter->error.empty()) layouter->Start(name, attributes);
}
void XMLCALL OnEnd(void* data, const XML_Char*) { static_cast<Layouter*>(data)->End(); }

}  // namespace

absl::StatusOr<XliffLayout> LayOutXliff(std::string_view xml, uint64_t line, bool version2, const std::string& prefix) {
  Layouter layouter;
  layouter.version2 = version2;
  layouter.prefix = prefix;
  RETURN_IF_ERROR(ParseElement({&layouter, OnStart, OnEnd, nullptr, &layouter.error}, xml, line, &layouter.parser));
  return std::move(layouter.layout);
}

}  // namespace reprise
