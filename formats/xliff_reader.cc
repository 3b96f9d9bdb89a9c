// XLIFF 1.x and 2.x: bytes -> UTF-8 (transcode.h) -> units cut apart (xliff_walker.h) -> one parse each
// (xliff_unit_parser.h) -> a unit for each translated segment.
// Tested by tests/formats/xliff_reader_test.cc.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/attributes.h"
#include "formats/confirmed.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/neighbour_chain.h"
#include "formats/transcode.h"
#include "formats/xliff_unit_parser.h"
#include "formats/xliff_vocabulary.h"
#include "formats/xliff_walker.h"
#include "formats/xml_markup.h"
#include "text/locale_map.h"

namespace reprise {
namespace {

// Attributes of a unit that are used, not kept.
constexpr std::string_view kUsed[] = {"resname",   "name",      "approved", "translate",  "xml:space",
                                      "mq:status", "mq:locked", "m:locked", "m:confirmed"};

class XliffReader : public UnitReader, private XliffWalker {
 public:
  XliffReader(const ReadOptions& options, UnitSink* sink) : options_(options), sink_(sink), chain_(sink) {
    parser().set_proposals(options.for_learning);
  }

  absl::Status Feed(std::string_view bytes) override {
    // Slices keep the transcoded copy small whatever the caller feeds.
    constexpr size_t kSlice = 1 << 16;
    for (; !bytes.empty() && status_.ok(); bytes.remove_prefix(std::min(kSlice, bytes.size()))) {
      utf8_.clear();
      transcoder_.Feed(bytes.substr(0, kSlice), &utf8_);
      Note(Walk(utf8_));
    }
    return status_;
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(status_);
    utf8_.clear();
    transcoder_.Finish(&utf8_);
    Note(Walk(utf8_));
    if (status_.ok()) Note(EndWalk());
    return status_;
  }

 private:
  // Keeps the error; the unit that waits for its neighbour is given out first.
  void Note(const absl::Status& status) {
    if (status.ok()) return;
    const absl::Status cut = chain_.Cut();
    status_ = cut.ok() ? status : cut;
  }

  absl::Status RootFound(const XmlAttributes& attributes, std::string_view tag) override {
    root_tag_ = OpenTag(tag);
    SetLanguage(Get(attributes, "srcLang"), options_.source_locale, &source_);
    SetLanguage(Get(attributes, "trgLang"), options_.target_locale, &target_);
    SetFrame("");
    return absl::OkStatus();
  }

  // What stands around units of this <file>; "" outside of any.
  void SetFrame(std::string_view file_tag) {
    if (!options_.keep_raw) return;
    UnitFrame frame = XmlFrame();
    frame.head = absl::StrCat(kXmlDeclaration, root_tag_, "\n");
    frame.tail = absl::StrCat("</", prefix(), "xliff>\n");
    if (!file_tag.empty()) {
      const std::string body = version2() ? std::string() : absl::StrCat(prefix(), "body>\n");
      frame.open = absl::StrCat(OpenTag(file_tag), version2() ? "\n" : "\n<", body);
      frame.close = absl::StrCat(version2() ? "" : "</", body, "</", prefix(), "file>\n");
    }
    frame_ = std::make_shared<const UnitFrame>(std::move(frame));
  }

  void SetRaw(std::string_view xml) {
    if (options_.keep_raw) chain_.SetRaw(std::make_shared<const RawUnit>(RawUnit{std::string(xml), frame_}));
  }

  absl::Status FileFound(const absl::StatusOr<XmlAttributes>& attributes, std::string_view tag,
                         uint64_t line) override {
    SetFrame(tag);
    RETURN_IF_ERROR(chain_.Begin());
    chain_.SetRaw(nullptr);
    document_ = options_.document;
    if (!attributes.ok()) {
      if (!version2()) source_ = target_ = {"", "is not known: the <file> tag is not well-formed"};
      return chain_.AddRefusal(
          {line, "", absl::StrCat("the <file> tag is not well-formed: ", MessageOf(attributes.status()))});
    }
    if (!version2()) {
      SetLanguage(Get(*attributes, "source-language"), options_.source_locale, &source_);
      SetLanguage(Get(*attributes, "target-language"), options_.target_locale, &target_);
    }
    if (const std::string original = Get(*attributes, "original"); !original.empty()) document_ = original;
    return absl::OkStatus();
  }

  absl::Status FileEnded() override { return chain_.End(); }

  static std::string NameOf(std::string_view tag) {
    for (const char* name : {"resname", "name", "id"}) {
      std::string value = SniffValue(tag, name);
      if (!value.empty()) return value;
    }
    return std::string();
  }

  absl::Status UnitBroken(std::string_view xml, std::string_view start_tag, uint64_t line,
                          std::string_view reason) override {
    SetRaw(xml);
    return chain_.AddRefusal({line, NameOf(start_tag), std::string(reason)});
  }

  absl::Status UnitFound(std::string_view xml, uint64_t line) override {
    SetRaw(xml);
    absl::StatusOr<XliffUnit> parsed = parser().Parse(xml, line);
    if (!parsed.ok()) return UnitBroken(xml, xml.substr(0, xml.find('>')), line, MessageOf(parsed.status()));
    // The header of a PO file that was converted is no text of the document.
    if (Get(parsed->attributes, "restype") == "x-gettext-domain-header") return absl::OkStatus();
    const bool wanted = IsWanted(*parsed);
    for (XliffSegment& segment : parsed->segments) RETURN_IF_ERROR(Segment(*parsed, &segment, wanted, line));
    return absl::OkStatus();
  }

  // A language as the file or the caller says it.
  struct Language {
    std::string locale;   // canonical; "" if there is none
    std::string problem;  // why it is none
  };

  void SetLanguage(const std::string& tag, const std::string& otherwise, Language* out) const {
    *out = {otherwise, "is not named by the file, and none was given with it"};
    if (tag.empty()) return;
    const auto canonical = options_.locale_map.Canonical(tag);
    out->locale = canonical.ok() ? *canonical : std::string();
    if (!canonical.ok()) out->problem = absl::StrCat("is no language: ", MessageOf(canonical.status()));
  }

  absl::Status Segment(const XliffUnit& parsed, XliffSegment* segment, bool wanted, uint64_t line) {
    Language source = source_, target = target_;
    if (!parsed.source_lang.empty()) SetLanguage(parsed.source_lang, "", &source);
    if (!parsed.target_lang.empty()) SetLanguage(parsed.target_lang, "", &target);
    TextByLocale texts;
    const bool blank = IsBlank(segment->source.text);
    if (blank) return absl::OkStatus();
    if (!source.locale.empty()) texts[source.locale] = segment->source.text;
    if (!wanted || !segment->has_target || IsBlank(segment->target.text)) return chain_.AddText(texts);
    const auto refuse = [&](std::string_view reason) {
      return chain_.AddRefusal({line, Name(parsed, *segment), std::string(reason)}, texts);
    };
    if (source.locale.empty()) return refuse(absl::StrCat("the source language ", source.problem));
    if (target.locale.empty()) return refuse(absl::StrCat("the target language ", target.problem));
    if (source.locale == target.locale) {
      return refuse(absl::StrCat("source and target have the same language ", source.locale));
    }
    Unit unit;
    unit.source_locale = source.locale;
    unit.variants.resize(2);
    unit.variants[0].locale = source.locale;
    unit.variants[0].content = std::move(segment->source);
    unit.variants[1].locale = target.locale;
    unit.variants[1].content = std::move(segment->target);
    Status(parsed, *segment, &unit.variants[1]);
    for (const XliffNote& note : parsed.notes) {
      AppendNote(note.text, note.about == "source"   ? &unit.variants[0].note
                            : note.about == "target" ? &unit.variants[1].note
                                                     : &unit.note);
    }
    const bool ours = std::any_of(parsed.properties.begin(), parsed.properties.end(),
                                  [](const auto& property) { return property.first == xliff::kContexts; });
    if (ours) {
      std::vector<std::string> warnings;
      xliff::ApplyProperties(parsed.properties, options_.locale_map, &unit, &warnings);
      for (std::string& warning : warnings) {
        RETURN_IF_ERROR(sink_->OnWarning({line, Name(parsed, *segment), std::move(warning)}));
      }
    } else {
      KeepRest(parsed, *segment, &unit);
    }
    if (options_.for_learning) Learning(parsed, *segment, &unit.variants[1]);
    return chain_.AddUnit(std::move(unit), line, !ours);
  }

  static std::string Name(const XliffUnit& parsed, const XliffSegment& segment) {
    std::string name = Get(parsed.attributes, "resname");
    if (name.empty()) name = Get(parsed.attributes, "name");
    if (name.empty()) name = Get(parsed.attributes, "id");
    return segment.id.empty() ? name : absl::StrCat(name, " segment ", segment.id);
  }

  // Status, origin and lock of the target. What the tool's own attributes say is more exact than the standard's.
  void Status(const XliffUnit& parsed, const XliffSegment& segment, Variant* target) const {
    const std::string state = Get(version2() ? segment.attributes : parsed.target_attributes, "state");
    if (version2()) {
      target->status = xliff::StatusFromState2(state, Get(segment.attributes, "subState"));
    } else {
      const std::string qualifier = Get(parsed.target_attributes, "state-qualifier");
      target->status = xliff::StatusFromState12(state, qualifier, Get(parsed.attributes, "approved") == "yes");
      target->origin = xliff::OriginFromQualifier(qualifier);
    }
    const XmlAttributes& sdl = segment.attributes;
    const std::string memoq = Get(parsed.attributes, "mq:status");
    VariantStatus said = version2() ? VariantStatus::kUnspecified : xliff::StatusFromSdl(Get(sdl, "conf"));
    if (said == VariantStatus::kUnspecified) said = xliff::StatusFromMemoq(memoq);
    if (said == VariantStatus::kUnspecified && Get(parsed.attributes, "m:confirmed") == "1") {
      said = VariantStatus::kTranslated;
    }
    if (said != VariantStatus::kUnspecified) target->status = said;
    const Origin origin = memoq == "MachineTranslated" ? Origin::kMachine : xliff::OriginFromSdl(Get(sdl, "origin"));
    if (origin != Origin::kUnspecified && !version2()) target->origin = origin;
    target->locked = xliff::IsYes(Get(sdl, "locked")) || xliff::IsYes(Get(parsed.attributes, "mq:locked")) ||
                     xliff::IsYes(Get(parsed.attributes, "m:locked"));
  }

  // What `learn` wants to know: whether somebody said that this is a translation, and whether anybody touched it.
  void Learning(const XliffUnit& parsed, const XliffSegment& segment, Variant* target) const {
    const bool tool_is_silent =
        !Get(parsed.attributes, "m:confirmed").empty() || (!version2() && !segment.attributes.empty());
    if (target->status == VariantStatus::kUnspecified && tool_is_silent) target->status = VariantStatus::kDraft;
    // "Needs review" says that there is a translation, not that somebody confirmed it: localize itself writes it.
    const bool tool_said = !Get(segment.attributes, "conf").empty() || !Get(parsed.attributes, "mq:status").empty() ||
                           Get(parsed.attributes, "m:confirmed") == "1";
    const bool needs_review = !version2() && !tool_said && target->status == VariantStatus::kTranslated &&
                              Get(parsed.target_attributes, "state").substr(0, 13) == "needs-review-";
    if (version2() && Get(segment.attributes, "subState") == xliff::kNeedsReview) {
      target->status = VariantStatus::kUnspecified;
    }
    const bool nobody_said = needs_review || target->status == VariantStatus::kUnspecified;
    if (!nobody_said) return;
    const XliffProposal* best = nullptr;
    for (const XliffProposal& proposal : parsed.proposals) {
      const bool its = parsed.segments.size() == 1 || proposal.segment == segment.id;
      if (its && (best == nullptr || proposal.quality > best->quality)) best = &proposal;
    }
    const Content& text = target->content;
    if (best == nullptr || best->text != text.text || best->codes != text.codes.size()) return;
    target->attributes[kUnchangedProposal] = {"yes"};
  }

  void KeepRest(const XliffUnit& parsed, const XliffSegment& segment, Unit* unit) const {
    Context context;
    context.document = document_;
    context.key = Get(parsed.attributes, version2() ? "name" : "resname");
    unit->contexts.push_back(std::move(context));
    for (const auto& [name, value] : parsed.attributes) {
      if (std::find(std::begin(kUsed), std::end(kUsed), name) == std::end(kUsed) && name.substr(0, 5) != "xmlns") {
        KeepAttribute(absl::StrCat("xliff:", name), value, &unit->attributes);
      }
    }
    for (const auto& [type, text] : parsed.contexts) {
      KeepAttribute(absl::StrCat("xliff:context:", type), text, &unit->attributes);
    }
    Attributes* rest = &unit->variants[1].attributes;
    for (const auto& [name, value] : parsed.target_attributes) {
      if (name.substr(0, 4) != "xml:") KeepAttribute(absl::StrCat("xliff:", name), value, rest);
    }
    for (const auto& [name, value] : segment.attributes) {
      if (name == "id") continue;
      KeepAttribute(absl::StrCat(version2() ? "xliff:" : "sdl:", name), value, rest);
    }
    if (!segment.id.empty()) KeepAttribute("xliff:segment", segment.id, &unit->attributes);
  }

  const ReadOptions options_;
  UnitSink* const sink_;
  NeighbourChain chain_;
  Utf8Transcoder transcoder_;
  std::string utf8_;
  std::string root_tag_;
  std::shared_ptr<const UnitFrame> frame_;
  absl::Status status_;
  Language source_, target_;
  std::string document_;
};

}  // namespace

std::unique_ptr<UnitReader> NewXliffReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<XliffReader>(options, sink);
}

}  // namespace reprise
