#include "formats/xliff_writer.h"

#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "formats/xml_escape.h"

namespace reprise {
namespace {

class XliffWriter {
 public:
  XliffWriter(const LocalizedDocument& document, ByteSink* sink) : document_(document), sink_(sink) {}

  absl::StatusOr<uint64_t> Run() {
    out_ =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<xliff version=\"1.2\" xmlns=\"urn:oasis:names:tc:xliff:document:1.2\" "
        "xmlns:reprise=\"urn:reprise:xliff:1\">\n<file";
    Attribute("original", document_.original);
    Attribute("source-language", document_.source_locale);
    Attribute("target-language", document_.target_locale);
    out_ +=
        " datatype=\"plaintext\" tool-id=\"reprise\" xml:space=\"preserve\">\n"
        "<header>\n<tool tool-id=\"reprise\" tool-name=\"Reprise\"/>\n</header>\n<body>\n";
    uint32_t paragraph = 0;
    bool open = false;
    for (const LocalizedSentence& sentence : document_.sentences) {
      if (!open || sentence.paragraph != paragraph) {
        if (open) out_ += "</group>\n";
        open = true;
        paragraph = sentence.paragraph;
        out_ += absl::StrCat("<group id=\"p", paragraph, "\" restype=\"x-paragraph\">\n");
      }
      TransUnit(sentence);
      RETURN_IF_ERROR(sink_->Write(out_));
      out_.clear();
    }
    out_ += open ? "</group>\n</body>\n</file>\n</xliff>\n" : "</body>\n</file>\n</xliff>\n";
    RETURN_IF_ERROR(sink_->Write(out_));
    return xml_.replaced();
  }

 private:
  void Attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    xml_.Attribute(value, &out_);
    out_ += '"';
  }

  void Element(std::string_view tag, std::string_view name, std::string_view locale, std::string_view text) {
    out_ += '<';
    out_ += tag;
    Attribute("xml:lang", locale);
    out_ += '>';
    xml_.Text(text, &out_);
    out_ += "</";
    out_ += name;
    out_ += ">\n";
  }

  void TransUnit(const LocalizedSentence& sentence) {
    out_ += absl::StrCat("<trans-unit id=\"", SentenceId(sentence), "\">\n");
    Element("source", "source", document_.source_locale, sentence.source);
    if (const Proposal* filled = FilledProposal(sentence); filled != nullptr) {
      Element("target state=\"needs-review-translation\"", "target", document_.target_locale, filled->target);
    }
    for (const Proposal& proposal : sentence.proposals) AltTrans(proposal);
    out_ += "</trans-unit>\n";
  }

  void AltTrans(const Proposal& proposal) {
    out_ += "<alt-trans";
    Attribute("match-quality", absl::StrCat(proposal.score));
    Attribute("origin", proposal.memory);
    out_ += " tool-id=\"reprise\"";
    if (!proposal.band.empty()) Attribute("reprise:band", proposal.band);
    if (!proposal.origin.empty()) Attribute("reprise:origin", proposal.origin);
    if (!proposal.unit_id.empty()) Attribute("reprise:unit", proposal.unit_id);
    if (proposal.below_threshold) Attribute("reprise:below-threshold", "yes");
    if (!proposal.penalties.empty()) Penalties(proposal);
    out_ += ">\n";
    Element("source", "source", SourceLocale(proposal, document_), proposal.source);
    Element("target", "target", TargetLocale(proposal, document_), proposal.target);
    out_ += "</alt-trans>\n";
  }

  void Penalties(const Proposal& proposal) {
    int total = 0;
    std::string list;
    for (const ProposalPenalty& penalty : proposal.penalties) {
      total += penalty.points;
      absl::StrAppend(&list, list.empty() ? "" : "; ", penalty.name, "=", penalty.points);
      if (!penalty.detail.empty()) absl::StrAppend(&list, " (", penalty.detail, ")");
    }
    Attribute("reprise:penalty", absl::StrCat(total));
    Attribute("reprise:penalties", list);
  }

  const LocalizedDocument& document_;
  ByteSink* const sink_;
  XmlEscaper xml_;
  std::string out_;
};

}  // namespace

absl::StatusOr<uint64_t> WriteXliff(const LocalizedDocument& document, ByteSink* sink) {
  return XliffWriter(document, sink).Run();
}

}  // namespace reprise
