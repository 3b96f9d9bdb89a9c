#include "formats/html_report.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/xml_escape.h"
#include "text/locale.h"

namespace reprise {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
table.counts { width: auto; margin-bottom: 2rem; }
th, td { border-bottom: 1px solid #8886; padding: .5rem; text-align: start; vertical-align: top; }
td.number, td.id { color: #888; white-space: nowrap; }
td.texts { width: 45%; }
tr.paragraph > td { border-top: 3px solid #888a; }
.proposal { margin-bottom: .75rem; }
.stored { font-size: .9em; opacity: .85; }
.meta { color: #888; font-size: .8em; }
.score { border-radius: .6em; color: #fff; display: inline-block; font-weight: bold; padding: 0 .5em; }
.s100 { background: #1a7f37; } .s95 { background: #3a7d44; } .s85 { background: #9a6700; } .s0 { background: #a44; }
.none { color: #a44; }
.stem { background: #fe85; } .replaced { background: #f935; }
.inserted { background: #4c65; text-decoration: underline; } .deleted { background: #e445; text-decoration: line-through; }
)css";

// A coloured stretch of a text, in code points.
struct Span {
  uint32_t begin;
  uint32_t end;
  std::string_view kind;
};

const char* ScoreClass(int score) {
  if (score >= kFillScore) return "s100";
  if (score >= 95) return "s95";
  if (score >= 85) return "s85";
  return "s0";
}

// The byte offset `points` code points after byte `from`; the end if there are fewer.
size_t Advance(std::string_view text, size_t from, uint32_t points) {
  size_t at = from;
  for (; points > 0 && at < text.size(); --points) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

class HtmlReport {
 public:
  HtmlReport(const LocalizedDocument& document, ByteSink* sink) : document_(document), sink_(sink) {}

  absl::StatusOr<uint64_t> Run() {
    Head();
    Counts();
    out_ += "<table>\n<thead><tr><th>#</th><th>";
    html_.Text(document_.source_locale, &out_);
    out_ += "</th><th>";
    html_.Text(document_.target_locale, &out_);
    out_ += "</th></tr></thead>\n<tbody>\n";
    uint32_t paragraph = 0;
    for (const LocalizedSentence& sentence : document_.sentences) {
      Row(sentence, sentence.segment.paragraph != paragraph);
      paragraph = sentence.segment.paragraph;
      RETURN_IF_ERROR(sink_->Write(out_));
      out_.clear();
    }
    out_ += "</tbody>\n</table>\n</body>\n</html>\n";
    RETURN_IF_ERROR(sink_->Write(out_));
    return html_.replaced();
  }

 private:
  void Head() {
    out_ +=
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";
    html_.Text(absl::StrCat(document_.original, ": ", document_.source_locale, " to ", document_.target_locale), &out_);
    out_ += "</title>\n<style>";
    out_ += kStyle;
    out_ += "</style>\n</head>\n<body>\n<h1>";
    html_.Text(document_.original, &out_);
    out_ += "</h1>\n<p>";
    html_.Text(absl::StrCat(document_.source_locale, " to ", document_.target_locale), &out_);
    out_ +=
        "</p>\n<p class=\"meta\">Against the sentence, the stored source has words <span class=\"replaced\">replaced"
        "</span>, <span class=\"stem\">inflected</span>, <span class=\"inserted\">inserted</span>; the sentence has "
        "words that were <span class=\"deleted\">not stored</span>.</p>\n";
  }

  // Sentences by the band of their best proposal, in order of falling score.
  void Counts() {
    std::vector<std::pair<std::string, std::pair<int, int>>> bands;  // name, best score, count
    int none = 0;
    for (const LocalizedSentence& sentence : document_.sentences) {
      if (sentence.proposals.empty()) {
        ++none;
        continue;
      }
      const Proposal& best = sentence.proposals.front();
      auto it = std::find_if(bands.begin(), bands.end(), [&best](const auto& band) { return band.first == best.band; });
      if (it == bands.end()) it = bands.insert(bands.end(), {best.band, {best.score, 0}});
      it->second.first = std::max(it->second.first, best.score);
      ++it->second.second;
    }
    std::stable_sort(bands.begin(), bands.end(),
                     [](const auto& a, const auto& b) { return a.second.first > b.second.first; });
    out_ += "<table class=\"counts\">\n<thead><tr><th>Best match</th><th>Sentences</th></tr></thead>\n<tbody>\n";
    for (const auto& [name, figures] : bands) CountRow(name, figures.second);
    if (none > 0) CountRow("none", none);
    CountRow("all", static_cast<int>(document_.sentences.size()));
    out_ += "</tbody>\n</table>\n";
  }

  void CountRow(std::string_view name, int count) {
    out_ += "<tr><td>";
    html_.Text(name, &out_);
    absl::StrAppend(&out_, "</td><td>", count, "</td></tr>\n");
  }

  void Row(const LocalizedSentence& sentence, bool new_paragraph) {
    const std::string id = SegmentId(sentence.segment);
    absl::StrAppend(&out_, new_paragraph ? "<tr class=\"paragraph\"" : "<tr", " id=\"", id, "\">\n<td class=\"id\">",
                    id, "</td>\n<td class=\"texts\">");
    std::vector<Span> spans;
    if (!sentence.proposals.empty()) {
      for (const ProposalEdit& edit : sentence.proposals.front().edits) {
        spans.push_back({edit.query_begin, edit.query_end, edit.kind});
      }
    }
    Text("div", "", document_.source_locale, sentence.segment.source.text, std::move(spans));
    out_ += "</td>\n<td class=\"texts\">\n";
    if (sentence.proposals.empty()) out_ += "<div class=\"none\">no match</div>\n";
    for (const Proposal& proposal : sentence.proposals) ProposalBlock(proposal);
    out_ += "</td>\n</tr>\n";
  }

  void ProposalBlock(const Proposal& proposal) {
    absl::StrAppend(&out_, "<div class=\"proposal\">\n<span class=\"score ", ScoreClass(proposal.score), "\">",
                    proposal.score, "%</span>\n");
    Text("div", "target", TargetLocale(proposal, document_), proposal.target.text, {});
    std::vector<Span> spans;
    for (const ProposalEdit& edit : proposal.edits) spans.push_back({edit.stored_begin, edit.stored_end, edit.kind});
    Text("div", "stored", SourceLocale(proposal, document_), proposal.source.text, std::move(spans));
    std::string meta = proposal.band;
    const auto add = [&meta](std::string_view part) {
      if (part.empty()) return;
      if (!meta.empty()) meta += " · ";
      meta += part;
    };
    add(proposal.origin);
    add(proposal.memory);
    if (!proposal.unit_id.empty()) add(absl::StrCat("unit ", proposal.unit_id));
    if (proposal.below_threshold) add("below the threshold");
    for (const ProposalPenalty& penalty : proposal.penalties) {
      add(absl::StrCat(penalty.name, " −", penalty.points));
      if (!penalty.detail.empty()) absl::StrAppend(&meta, " (", penalty.detail, ")");
    }
    out_ += "<div class=\"meta\">";
    html_.Text(meta, &out_);
    out_ += "</div>\n</div>\n";
  }

  void Text(std::string_view tag, std::string_view css, std::string_view locale, std::string_view text,
            std::vector<Span> spans) {
    out_ += '<';
    out_ += tag;
    if (!css.empty()) Attribute("class", css);
    Attribute("lang", locale);
    if (IsRightToLeft(locale)) Attribute("dir", "rtl");
    out_ += '>';
    Coloured(text, std::move(spans));
    out_ += "</";
    out_ += tag;
    out_ += ">\n";
  }

  void Attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    html_.Attribute(value, &out_);
    out_ += '"';
  }

  void Coloured(std::string_view text, std::vector<Span> spans) {
    std::stable_sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    size_t at = 0;
    uint32_t point = 0;
    for (const Span& span : spans) {
      // Equal text is not coloured; what overlaps an earlier span has its colour already.
      if (span.kind == "equal" || span.begin >= span.end || span.begin < point) continue;
      const size_t begin = Advance(text, at, span.begin - point);
      const size_t end = Advance(text, begin, span.end - span.begin);
      if (begin == end) break;
      html_.Text(text.substr(at, begin - at), &out_);
      out_ += "<span";
      Attribute("class", span.kind);
      out_ += '>';
      html_.Text(text.substr(begin, end - begin), &out_);
      out_ += "</span>";
      at = end;
      point = span.end;
    }
    html_.Text(text.substr(at), &out_);
  }

  const LocalizedDocument& document_;
  ByteSink* const sink_;
  XmlEscaper html_;
  std::string out_;
};

}  // namespace

absl::StatusOr<uint64_t> WriteHtmlReport(const LocalizedDocument& document, ByteSink* sink) {
  return HtmlReport(document, sink).Run();
}

}  // namespace reprise
