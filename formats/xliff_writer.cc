#include "formats/xliff_writer.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "formats/xliff_inline.h"
#include "formats/xliff_vocabulary.h"
#include "formats/xml_builder.h"

namespace reprise {
namespace {

// What both versions share: files, groups and the order of calls.
class LocalizedWriter {
 public:
  LocalizedWriter(const LocalizedDocument& document, ByteSink* sink) : document_(document), sink_(sink) {}
  virtual ~LocalizedWriter() = default;

  absl::StatusOr<uint64_t> Run() {
    xml_.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    Begin();
    std::string original;
    uint32_t paragraph = 0;
    int files = 0;
    for (const LocalizedSentence& sentence : document_.sentences) {
      const DocumentSegment& segment = sentence.segment;
      const std::string& file = segment.document.empty() ? document_.original : segment.document;
      const bool new_file = files == 0 || file != original || segment.starts_file;
      const bool new_paragraph = new_file || segment.paragraph != paragraph;
      if (new_paragraph && files != 0) xml_.Raw("</group>\n");
      if (new_file) {
        if (files != 0) EndFile();
        original = file;
        BeginFile(++files, file);
      }
      paragraph = segment.paragraph;
      if (new_paragraph) BeginGroup(absl::StrCat("p", paragraph));
      Sentence(sentence);
      RETURN_IF_ERROR(xml_.Flush(sink_));
    }
    if (files != 0) xml_.Raw("</group>\n");
    if (files == 0) Placeholder();
    EndFile();
    xml_.Raw("</xliff>\n");
    RETURN_IF_ERROR(xml_.Flush(sink_));
    return xml_.replaced();
  }

 protected:
  virtual void Begin() = 0;
  virtual void BeginFile(int number, const std::string& original) = 0;
  virtual void EndFile() = 0;
  virtual void Placeholder() = 0;  // a file for a document without sentences
  virtual void BeginGroup(const std::string& id) = 0;
  virtual void Sentence(const LocalizedSentence& sentence) = 0;

  // The attributes of a proposal that XLIFF does not have.
  void OwnAttributes(const Proposal& proposal) {
    if (!proposal.band.empty()) xml_.Attribute("reprise:band", proposal.band);
    if (!proposal.origin.empty()) xml_.Attribute("reprise:origin", proposal.origin);
    if (!proposal.unit_id.empty()) xml_.Attribute("reprise:unit", proposal.unit_id);
    if (proposal.below_threshold) xml_.Attribute("reprise:below-threshold", "yes");
    if (proposal.penalties.empty()) return;
    int total = 0;
    std::string list;
    for (const ProposalPenalty& penalty : proposal.penalties) {
      total += penalty.points;
      absl::StrAppend(&list, list.empty() ? "" : "; ", penalty.name, "=", penalty.points);
      if (!penalty.detail.empty()) absl::StrAppend(&list, " (", penalty.detail, ")");
    }
    xml_.Attribute("reprise:penalty", absl::StrCat(total));
    xml_.Attribute("reprise:penalties", list);
  }

  const LocalizedDocument& document_;
  XmlBuilder xml_;

 private:
  ByteSink* const sink_;
};

class Localized12Writer final : public LocalizedWriter {
 public:
  using LocalizedWriter::LocalizedWriter;

 private:
  void Begin() override {
    xml_.Raw("<xliff version=\"1.2\"");
    xml_.Attribute("xmlns", xliff::kNamespace12).Attribute("xmlns:reprise", xliff::kNamespace).Raw(">\n");
  }

  void BeginFile(int, const std::string& original) override {
    xml_.Raw("<file").Attribute("original", original);
    xml_.Attribute("source-language", document_.source_locale);
    xml_.Attribute("target-language", document_.target_locale);
    xml_.Raw(
        " datatype=\"plaintext\" tool-id=\"reprise\" xml:space=\"preserve\">\n"
        "<header>\n<tool tool-id=\"reprise\" tool-name=\"Reprise\"/>\n</header>\n<body>\n");
  }

  void EndFile() override { xml_.Raw("</body>\n</file>\n"); }
  void Placeholder() override { BeginFile(1, document_.original); }
  void BeginGroup(const std::string& id) override {
    xml_.Raw("<group").Attribute("id", id).Raw(" restype=\"x-paragraph\">\n");
  }

  void Element(std::string_view tag, std::string_view name, std::string_view locale, const Content& content) {
    xml_.Raw("<").Raw(tag).Attribute("xml:lang", locale).Raw(">");
    WriteXliff12Inline(content, &xml_);
    xml_.Raw("</").Raw(name).Raw(">\n");
  }

  void Sentence(const LocalizedSentence& sentence) override {
    const DocumentSegment& segment = sentence.segment;
    const xliff::State12 state = segment.translated ? xliff::ToState12(segment.status) : xliff::State12();
    xml_.Raw("<trans-unit").Attribute("id", SegmentId(segment));
    if (!segment.key.empty()) xml_.Attribute("resname", segment.key);
    if (segment.locked) xml_.Raw(" translate=\"no\"");
    if (state.approved) xml_.Raw(" approved=\"yes\"");
    xml_.Raw(">\n");
    Element("source", "source", document_.source_locale, segment.source);
    const FillDecision fill = DecideFill(sentence, kFillScore);
    if (segment.translated) {
      const std::string tag =
          *state.state == '\0' ? std::string("target") : absl::StrCat("target state=\"", state.state, "\"");
      Element(tag, "target", document_.target_locale, segment.target);
    } else if (fill.proposal != nullptr) {
      const xliff::FilledState12 filled = xliff::StateOfFilled12(fill.proposal->score, fill.proposal->key_agrees);
      Element(absl::StrCat("target state=\"", filled.state, "\" state-qualifier=\"", filled.qualifier, "\""), "target",
              document_.target_locale, fill.proposal->target);
    }
    for (const Proposal& proposal : sentence.proposals) AltTrans(proposal);
    xml_.Raw("</trans-unit>\n");
  }

  void AltTrans(const Proposal& proposal) {
    xml_.Raw("<alt-trans");
    xml_.Attribute("match-quality", absl::StrCat(proposal.score));
    xml_.Attribute("origin", proposal.memory);
    xml_.Raw(" tool-id=\"reprise\"");
    OwnAttributes(proposal);
    xml_.Raw(">\n");
    Element("source", "source", SourceLocale(proposal, document_), proposal.source);
    Element("target", "target", TargetLocale(proposal, document_), proposal.target);
    xml_.Raw("</alt-trans>\n");
  }
};

class Localized21Writer final : public LocalizedWriter {
 public:
  using LocalizedWriter::LocalizedWriter;

 private:
  static constexpr std::string_view kMark = "m1";  // annotates the text that the matches are for

  void Begin() override {
    xml_.Raw("<xliff version=\"2.1\"");
    xml_.Attribute("xmlns", xliff::kNamespace2).Attribute("xmlns:mtc", xliff::kNamespaceMatches);
    xml_.Attribute("xmlns:reprise", xliff::kNamespace);
    xml_.Attribute("srcLang", document_.source_locale).Attribute("trgLang", document_.target_locale);
    xml_.Raw(" xml:space=\"preserve\">\n");
  }

  void BeginFile(int number, const std::string& original) override {
    xml_.Raw("<file").Attribute("id", absl::StrCat("f", number)).Attribute("original", original).Raw(">\n");
  }

  void EndFile() override { xml_.Raw("</file>\n"); }
  void Placeholder() override {
    BeginFile(1, document_.original);
    xml_.Raw("<unit id=\"u0\" translate=\"no\"><segment><source></source></segment></unit>\n");
  }
  void BeginGroup(const std::string& id) override { xml_.Raw("<group").Attribute("id", id).Raw(">\n"); }

  void Sentence(const LocalizedSentence& sentence) override {
    const DocumentSegment& segment = sentence.segment;
    xml_.Raw("<unit").Attribute("id", SegmentId(segment));
    if (!segment.key.empty()) xml_.Attribute("name", segment.key);
    if (segment.locked) xml_.Raw(" translate=\"no\"");
    xml_.Raw(">\n");
    if (!sentence.proposals.empty()) {
      xml_.Raw("<mtc:matches>\n");
      for (const Proposal& proposal : sentence.proposals) Match(proposal);
      xml_.Raw("</mtc:matches>\n");
    }
    const FillDecision fill = DecideFill(sentence, kFillScore);
    const Content* target = segment.translated         ? &segment.target
                            : fill.proposal != nullptr ? &fill.proposal->target
                                                       : nullptr;
    const Content none;
    WriteXliff2Data({{&segment.source, 's'}, {target == nullptr ? &none : target, 't'}}, &xml_);
    xml_.Raw("<segment id=\"s1\"");
    if (segment.translated) {
      const xliff::State2 state = xliff::ToState2(segment.status);
      if (*state.state != '\0') xml_.Attribute("state", state.state);
      if (*state.sub_state != '\0') xml_.Attribute("subState", state.sub_state);
    } else if (target != nullptr) {
      xml_.Attribute("state", "initial").Attribute("subState", xliff::kNeedsReview);
    }
    xml_.Raw(">\n<source>");
    const bool marked = !sentence.proposals.empty();
    if (marked) xml_.Raw("<mrk").Attribute("id", kMark).Raw(" type=\"mtc:match\">");
    WriteXliff2Inline(segment.source, 's', &xml_);
    xml_.Raw(marked ? "</mrk></source>\n" : "</source>\n");
    if (target != nullptr) {
      xml_.Raw("<target>");
      WriteXliff2Inline(*target, 't', &xml_);
      xml_.Raw("</target>\n");
    }
    xml_.Raw("</segment>\n</unit>\n");
  }

  void Match(const Proposal& proposal) {
    xml_.Raw("<mtc:match").Attribute("ref", absl::StrCat("#", std::string(kMark)));
    xml_.Attribute("matchQuality", absl::StrCat(std::min(proposal.score, 100)));
    xml_.Attribute("origin", proposal.memory);
    xml_.Attribute("type", proposal.machine        ? "mt"
                           : proposal.score <= 100 ? "tm"
                           : proposal.key_agrees   ? "idm"
                                                   : "icm");
    xml_.Attribute("reprise:score", absl::StrCat(proposal.score));
    OwnAttributes(proposal);
    xml_.Raw(">\n");
    WriteXliff2Data({{&proposal.source, 's'}, {&proposal.target, 't'}}, &xml_);
    xml_.Raw("<source").Attribute("xml:lang", SourceLocale(proposal, document_)).Raw(">");
    WriteXliff2Inline(proposal.source, 's', &xml_);
    xml_.Raw("</source>\n<target").Attribute("xml:lang", TargetLocale(proposal, document_)).Raw(">");
    WriteXliff2Inline(proposal.target, 't', &xml_);
    xml_.Raw("</target>\n</mtc:match>\n");
  }
};

}  // namespace

absl::StatusOr<uint64_t> WriteXliff(const LocalizedDocument& document, XliffVersion version, ByteSink* sink) {
  if (version == XliffVersion::k21) return Localized21Writer(document, sink).Run();
  return Localized12Writer(document, sink).Run();
}

}  // namespace reprise
