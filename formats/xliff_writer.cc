#include "formats/xliff_writer.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "formats/xliff_vocabulary.h"
#include "formats/xml_builder.h"

namespace reprise {
namespace {

class XliffWriter {
 public:
  XliffWriter(const LocalizedDocument& document, ByteSink* sink) : document_(document), sink_(sink) {}

  absl::StatusOr<uint64_t> Run() {
    xml_.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"1.2\"");
    xml_.Attribute("xmlns", xliff::kNamespace12).Attribute("xmlns:reprise", xliff::kNamespace).Raw(">\n<file");
    xml_.Attribute("original", document_.original);
    xml_.Attribute("source-language", document_.source_locale);
    xml_.Attribute("target-language", document_.target_locale);
    xml_.Raw(
        " datatype=\"plaintext\" tool-id=\"reprise\" xml:space=\"preserve\">\n"
        "<header>\n<tool tool-id=\"reprise\" tool-name=\"Reprise\"/>\n</header>\n<body>\n");
    uint32_t paragraph = 0;
    bool open = false;
    for (const LocalizedSentence& sentence : document_.sentences) {
      if (!open || sentence.paragraph != paragraph) {
        if (open) xml_.Raw("</group>\n");
        open = true;
        paragraph = sentence.paragraph;
        xml_.Raw(absl::StrCat("<group id=\"p", paragraph, "\" restype=\"x-paragraph\">\n"));
      }
      TransUnit(sentence);
      RETURN_IF_ERROR(xml_.Flush(sink_));
    }
    xml_.Raw(open ? "</group>\n</body>\n</file>\n</xliff>\n" : "</body>\n</file>\n</xliff>\n");
    RETURN_IF_ERROR(xml_.Flush(sink_));
    return xml_.replaced();
  }

 private:
  void Element(std::string_view tag, std::string_view name, std::string_view locale, std::string_view text) {
    xml_.Raw("<").Raw(tag).Attribute("xml:lang", locale).Raw(">").Text(text).Raw("</").Raw(name).Raw(">\n");
  }

  void TransUnit(const LocalizedSentence& sentence) {
    xml_.Raw(absl::StrCat("<trans-unit id=\"", SentenceId(sentence), "\">\n"));
    Element("source", "source", document_.source_locale, sentence.source);
    if (const Proposal* filled = FilledProposal(sentence); filled != nullptr) {
      Element("target state=\"needs-review-translation\"", "target", document_.target_locale, filled->target);
    }
    for (const Proposal& proposal : sentence.proposals) AltTrans(proposal);
    xml_.Raw("</trans-unit>\n");
  }

  void AltTrans(const Proposal& proposal) {
    xml_.Raw("<alt-trans");
    xml_.Attribute("match-quality", absl::StrCat(proposal.score));
    xml_.Attribute("origin", proposal.memory);
    xml_.Raw(" tool-id=\"reprise\"");
    if (!proposal.band.empty()) xml_.Attribute("reprise:band", proposal.band);
    if (!proposal.origin.empty()) xml_.Attribute("reprise:origin", proposal.origin);
    if (!proposal.unit_id.empty()) xml_.Attribute("reprise:unit", proposal.unit_id);
    if (proposal.below_threshold) xml_.Attribute("reprise:below-threshold", "yes");
    if (!proposal.penalties.empty()) Penalties(proposal);
    xml_.Raw(">\n");
    Element("source", "source", SourceLocale(proposal, document_), proposal.source);
    Element("target", "target", TargetLocale(proposal, document_), proposal.target);
    xml_.Raw("</alt-trans>\n");
  }

  void Penalties(const Proposal& proposal) {
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
  ByteSink* const sink_;
  XmlBuilder xml_;
};

}  // namespace

absl::StatusOr<uint64_t> WriteXliff(const LocalizedDocument& document, ByteSink* sink) {
  return XliffWriter(document, sink).Run();
}

}  // namespace reprise
