// XLIFF 1.x and 2.x as a document: segments by xliff_unit_parser.h, their places by xliff_layout.h. A draft puts
// targets in, with their state. Tested by tests/formats/xliff_document_test.cc.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/code_pairs.h"
#include "formats/delimited.h"
#include "formats/document_factories.h"
#include "formats/xliff_layout.h"
#include "formats/xliff_vocabulary.h"
#include "formats/xliff_walker.h"
#include "formats/xml_builder.h"
#include "text/locale.h"

namespace reprise {
namespace {

// A change of the file's bytes.
struct Splice {
  size_t begin;
  size_t end;
  std::string text;
};

class XliffDocument : public Document, private XliffWalker {
 public:
  XliffDocument(const DocumentOptions& options, std::string bytes)
      : Document(DocumentFormat::kXliff), options_(options), bytes_(std::move(bytes)) {}

  absl::Status Read() {
    start_ = TextStart(bytes_);
    RETURN_IF_ERROR(Walk(std::string_view(bytes_).substr(start_)));
    return EndWalk();
  }

  absl::Status CheckTarget(const std::string& locale) const override {
    for (const std::string& said : targets_) {
      if (!SameLanguage(said, locale)) {
        return InvalidArgument(absl::StrCat("is to be translated into ", said, ", not into ", locale));
      }
    }
    return absl::OkStatus();
  }

  bool CanHold(size_t index, const Content& target) const override {
    return places_[index].fillable && Document::CanHold(index, target);
  }

  std::string Draft(const std::vector<SegmentDraft>& drafts, const std::string& target_locale) const override {
    std::vector<Splice> splices;
    for (size_t i = 0; i < places_.size();) {
      size_t end = i + 1;
      while (end < places_.size() && places_[end].unit == places_[i].unit && places_[end].part == places_[i].part)
        ++end;
      const bool any = std::any_of(drafts.begin() + static_cast<std::ptrdiff_t>(i),
                                   drafts.begin() + static_cast<std::ptrdiff_t>(end),
                                   [](const SegmentDraft& d) { return d.kind == SegmentDraft::Kind::kFill; });
      if (any) FillPart(drafts, i, end, &splices);
      i = end;
    }
    if (!splices.empty()) {
      for (const size_t at : untargeted_) {
        const char* name = version2() ? "trgLang" : "target-language";
        splices.push_back({at, at, absl::StrCat(" ", name, "=\"", target_locale, "\"")});
      }
    }
    std::stable_sort(splices.begin(), splices.end(),
                     [](const Splice& a, const Splice& b) { return a.begin < b.begin; });
    std::string out;
    size_t at = 0;
    for (const Splice& splice : splices) {
      out.append(bytes_, at, splice.begin - at);
      out += splice.text;
      at = splice.end;
    }
    return out.append(bytes_, at);
  }

 private:
  struct Unit {
    size_t offset;
    std::vector<XliffPartLayout> parts;
  };
  // Where a segment stands: for each entry of segments_.
  struct Place {
    size_t unit;     // in units_
    size_t part;     // of the unit
    size_t segment;  // 1.2: of <seg-source>; kWhole: the part's source
    bool fillable;
  };
  static constexpr size_t kWhole = SIZE_MAX;

  // --- reading

  absl::Status RootFound(const XmlAttributes& attributes, std::string_view) override {
    return version2() ? Languages(attributes, "srcLang", "trgLang") : absl::OkStatus();
  }

  absl::Status FileFound(const absl::StatusOr<XmlAttributes>& attributes, std::string_view, uint64_t line) override {
    new_file_ = true;
    document_.clear();
    if (!attributes.ok()) return LineError(line, "the <file> tag is not well-formed");
    document_ = Get(*attributes, "original");
    return version2() ? absl::OkStatus() : Languages(*attributes, "source-language", "target-language");
  }

  absl::Status Languages(const XmlAttributes& attributes, const char* source, const char* target) {
    const std::string from = Get(attributes, source), to = Get(attributes, target);
    if (const auto locale = options_.locale_map.Canonical(from);
        !from.empty() && locale.ok() && !SameLanguage(*locale, options_.source_locale)) {
      return InvalidArgument(absl::StrCat("is written in ", *locale, ", not in ", options_.source_locale));
    }
    if (to.empty()) {
      const size_t tag = start_ + tag_offset();
      untargeted_.push_back(tag + FirstWord(std::string_view(bytes_).substr(tag)).size());
    } else if (const auto locale = options_.locale_map.Canonical(to); locale.ok()) {
      targets_.push_back(*locale);
    }
    return absl::OkStatus();
  }

  absl::Status FileEnded() override { return absl::OkStatus(); }

  absl::Status UnitBroken(std::string_view, std::string_view, uint64_t line, std::string_view reason) override {
    skipped_.emplace_back(line, std::string(reason));
    return absl::OkStatus();
  }

  absl::Status UnitFound(std::string_view xml, uint64_t line) override {
    const size_t offset = start_ + unit_offset();
    absl::StatusOr<XliffUnit> parsed = parser().Parse(xml, line);
    if (!parsed.ok()) return UnitBroken(xml, xml, line, MessageOf(parsed.status()));
    absl::StatusOr<XliffLayout> layout = LayOutXliff(xml, line, version2(), prefix());
    if (!layout.ok()) return UnitBroken(xml, xml, line, MessageOf(layout.status()));
    if (bytes_.compare(offset, xml.size(), xml) != 0)
      return UnitBroken(xml, xml, line, "its markup is not well-formed");
    units_.push_back({offset, std::move(layout->parts)});
    ++paragraph_;
    uint32_t number = 0;
    for (size_t i = 0; i < parsed->segments.size(); ++i) Segment(*parsed, i, &number);
    if (number == 0) --paragraph_;
    return absl::OkStatus();
  }

  void Segment(XliffUnit& parsed, size_t i, uint32_t* number) {
    XliffSegment& read = parsed.segments[i];
    if (IsBlank(read.source.text)) return;
    const Unit& unit = units_.back();
    Place place{units_.size() - 1, version2() ? i : 0, kWhole, true};
    const XliffPartLayout* part = place.part < unit.parts.size() ? &unit.parts[place.part] : nullptr;
    size_t codes = part == nullptr ? 0 : part->source.codes.size();
    if (part != nullptr && !version2() && !part->seg_source.segments.empty()) {
      place.segment = i;
      place.fillable = i < part->seg_source.segments.size();
      codes = place.fillable ? part->seg_source.segments[i].codes.size() : 0;
    }
    DocumentSegment segment;
    segment.paragraph = paragraph_;
    segment.sentence = ++*number;
    segment.starts_file = std::exchange(new_file_, false) && !segments_.empty();
    segment.document = document_;
    segment.key = Get(parsed.attributes, version2() ? "name" : "resname");
    segment.locked = !IsWanted(parsed) || IsLocked(parsed, read);
    Status(parsed, read, &segment);
    segment.source = std::move(read.source);
    place.fillable = place.fillable && part != nullptr && codes == segment.source.codes.size();
    segments_.push_back(std::move(segment));
    places_.push_back(place);
  }

  static bool IsLocked(const XliffUnit& parsed, const XliffSegment& read) {
    return xliff::IsYes(Get(read.attributes, "locked")) || xliff::IsYes(Get(parsed.attributes, "mq:locked")) ||
           xliff::IsYes(Get(parsed.attributes, "m:locked"));
  }

  // A target that is a draft, or the source once more, may be replaced.
  void Status(const XliffUnit& parsed, XliffSegment& read, DocumentSegment* segment) const {
    if (!read.has_target || IsBlank(read.target.text)) return;
    const std::string state = Get(version2() ? read.attributes : parsed.target_attributes, "state");
    if (version2()) {
      segment->status = xliff::StatusFromState2(state, Get(read.attributes, "subState"));
    } else {
      segment->status = xliff::StatusFromState12(state, Get(parsed.target_attributes, "state-qualifier"),
                                                 Get(parsed.attributes, "approved") == "yes");
    }
    const bool copy = segment->status == VariantStatus::kUnspecified && read.target.text == read.source.text;
    segment->translated =
        !copy && segment->status != VariantStatus::kDraft && segment->status != VariantStatus::kRejected;
    if (segment->translated) segment->target = std::move(read.target);
  }

  // --- writing

  std::string_view Bytes(const Unit& unit, const ByteRange& range) const {
    return std::string_view(bytes_).substr(unit.offset + range.begin, range.end - range.begin);
  }

  // The target of the segments [first, end), which are those of one part.
  void FillPart(const std::vector<SegmentDraft>& drafts, size_t first, size_t end, std::vector<Splice>* splices) const {
    const Place& place = places_[first];
    const Unit& unit = units_[place.unit];
    const XliffPartLayout& part = unit.parts[place.part];
    XmlBuilder xml;
    const SegmentDraft& draft = drafts[first];
    const std::string tag = absl::StrCat(prefix(), "target");
    if (place.segment == kWhole) {
      if (draft.kind != SegmentDraft::Kind::kFill) return;
      StartTarget(unit, part, draft, &xml);
      Inline(segments_[first].source, draft.target, unit, part.source.codes, &xml);
    } else {
      StartTarget(unit, part, Worst(drafts, first, end), &xml);
      Segments(drafts, first, end, unit, part, &xml);
    }
    xml.Raw(absl::StrCat("</", tag, ">"));
    if (place.segment == kWhole && !version2()) AltTrans(draft, first, unit, part, &xml);
    std::string text;
    xml.TakeText(&text);
    if (part.target.element.empty()) {
      const size_t at =
          unit.offset + (part.seg_source.element.empty() ? part.source.element.end : part.seg_source.element.end);
      splices->push_back({at, at, std::move(text)});
    } else {
      splices->push_back(
          {unit.offset + part.target.element.begin, unit.offset + part.target.element.end, std::move(text)});
    }
    if (version2()) SegmentState(draft, unit, part, splices);
  }

  static SegmentDraft Worst(const std::vector<SegmentDraft>& drafts, size_t first, size_t end) {
    SegmentDraft worst;
    worst.score = INT32_MAX;
    for (size_t i = first; i < end; ++i) {
      if (drafts[i].kind == SegmentDraft::Kind::kFill && drafts[i].score < worst.score) worst = drafts[i];
    }
    return worst;
  }

  // <target> with the attributes that it had, but for the state.
  void StartTarget(const Unit& unit, const XliffPartLayout& part, const SegmentDraft& draft, XmlBuilder* xml) const {
    xml->Raw(absl::StrCat("<", prefix(), "target"));
    if (!part.target.element.empty()) {
      std::string tag(Bytes(unit, part.target.start_tag));
      if (tag.size() < 2 || tag.substr(tag.size() - 2) != "/>") tag.insert(tag.size() - 1, "/");
      if (const auto attributes = ParseTag(tag); attributes.ok()) {
        for (const auto& [name, value] : *attributes) {
          if (name != "state" && name != "state-qualifier") xml->Attribute(name, value);
        }
      }
    }
    if (!version2()) {
      const xliff::FilledState12 state = xliff::StateOfFilled12(draft.score, draft.by_key);
      xml->Attribute("state", state.state).Attribute("state-qualifier", state.qualifier);
    }
    xml->Raw(">");
  }

  // The inside of <seg-source> once more, its segments replaced by their translations as far as there are any.
  void Segments(const std::vector<SegmentDraft>& drafts, size_t first, size_t end, const Unit& unit,
                const XliffPartLayout& part, XmlBuilder* xml) const {
    const ByteRange inside{part.seg_source.start_tag.end, part.seg_source.element.end};
    size_t at = inside.begin;
    for (size_t s = 0; s < part.seg_source.segments.size(); ++s) {
      const XliffTextLayout::Segment& source = part.seg_source.segments[s];
      xml->Raw(Bytes(unit, {at, source.inside.begin}));
      at = source.inside.end;
      size_t i = first;
      while (i < end && places_[i].segment != s) ++i;
      if (i < end && drafts[i].kind == SegmentDraft::Kind::kFill) {
        Inline(segments_[i].source, drafts[i].target, unit, source.codes, xml);
        continue;
      }
      for (const XliffTextLayout::Segment& target : part.target.segments) {
        if (target.mid == source.mid) xml->Raw(Bytes(unit, target.inside));
      }
    }
    const std::string_view rest = Bytes(unit, {at, inside.end});
    xml->Raw(rest.substr(0, rest.rfind("</")));
  }

  // Text escaped, codes as the source has them.
  void Inline(const Content& source, const Content& target, const Unit& unit, const std::vector<ByteRange>& codes,
              XmlBuilder* xml) const {
    std::vector<bool> used(source.codes.size(), false);
    ForEachPiece(
        target, [&](std::string_view text) { xml->Text(text); },
        [&](size_t k) {
          for (size_t s = 0; s < codes.size(); ++s) {
            const Code& code = source.codes[s];
            const bool same = code.kind == target.codes[k].kind && code.data == target.codes[k].data;
            if (used[s] || !same) continue;
            used[s] = true;
            xml->Raw(Bytes(unit, codes[s]));
            return;
          }
        });
  }

  // The proposal, so that `learn` sees whether anybody changed it.
  void AltTrans(const SegmentDraft& draft, size_t index, const Unit& unit, const XliffPartLayout& part,
                XmlBuilder* xml) const {
    xml->Raw(absl::StrCat("\n<", prefix(), "alt-trans"));
    xml->Attribute("match-quality", absl::StrCat(draft.score));
    if (!draft.origin.empty()) xml->Attribute("origin", draft.origin);
    xml->Raw(absl::StrCat("><", prefix(), "target>"));
    Inline(segments_[index].source, draft.target, unit, part.source.codes, xml);
    xml->Raw(absl::StrCat("</", prefix(), "target></", prefix(), "alt-trans>"));
  }

  // 2.x: state and subState of <segment>.
  void SegmentState(const SegmentDraft& draft, const Unit& unit, const XliffPartLayout& part,
                    std::vector<Splice>* splices) const {
    XmlBuilder xml;
    xml.Raw(absl::StrCat("<", prefix(), "segment"));
    std::string tag(Bytes(unit, part.start_tag));
    tag.insert(tag.size() - 1, "/");
    if (const auto attributes = ParseTag(tag); attributes.ok()) {
      for (const auto& [name, value] : *attributes) {
        if (name != "state" && name != "subState") xml.Attribute(name, value);
      }
    }
    xml.Attribute("state", "initial");
    if (draft.score >= 100) xml.Attribute("subState", xliff::kNeedsReview);
    xml.Raw(">");
    std::string text;
    xml.TakeText(&text);
    splices->push_back({unit.offset + part.start_tag.begin, unit.offset + part.start_tag.end, std::move(text)});
  }

  const DocumentOptions options_;
  const std::string bytes_;
  size_t start_ = 0;
  std::vector<Unit> units_;
  std::vector<Place> places_;  // one a segment
  std::vector<std::string> targets_;
  std::vector<size_t> untargeted_;  // where a tag that names no target language can be given one
  std::string document_;
  bool new_file_ = false;
  uint32_t paragraph_ = 0;
};

}  // namespace

ParsedDocument NewXliffDocument(const DocumentOptions& options, std::string bytes) {
  auto document = std::make_unique<XliffDocument>(options, std::move(bytes));
  RETURN_IF_ERROR(document->Read());
  return ParsedDocument(std::move(document));
}

}  // namespace reprise
