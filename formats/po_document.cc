// PO as a document: entries by po_parser.h, whose lines are kept. A draft puts msgstr in, with `#, fuzzy` and `#|
// msgid` where the match is not exact. Tested by tests/formats/po_document_test.cc.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/document_factories.h"
#include "formats/po_parser.h"
#include "formats/po_text.h"
#include "formats/po_vocabulary.h"

namespace reprise {
namespace {

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

class PoDocument : public Document {
 public:
  PoDocument(const DocumentOptions& options, std::string bytes)
      : Document(DocumentFormat::kPo), options_(options), bytes_(std::move(bytes)) {}

  absl::Status Read() {
    PoParser parser([this](PoEntry entry) { return Entry(std::move(entry)); });
    for (size_t at = 0; at < bytes_.size();) {
      const size_t end = std::min(bytes_.find('\n', at), bytes_.size() - 1) + 1;
      lines_.push_back({at, end});
      at = end;
      std::string_view line = Text(lines_.size() - 1);
      if (lines_.size() == 1) line.remove_prefix(TextStart(line));
      RETURN_IF_ERROR(parser.Line(line, lines_.size(), line.size() > kMaxTokenBytes));
    }
    lines_.push_back({bytes_.size(), bytes_.size()});  // as if a line followed
    return parser.Finish();
  }

  absl::Status CheckTarget(const std::string& locale) const override {
    if (language_.empty() || SameLanguage(language_, locale)) return absl::OkStatus();
    return InvalidArgument(absl::StrCat("is to be translated into ", language_, ", not into ", locale));
  }

  // The forms of a plural have to be known one by one: other languages have other numbers of them.
  bool CanHold(size_t index, const Content& target) const override {
    return places_[index].form != kNoForm && target.codes.empty();
  }

  std::string Draft(const std::vector<SegmentDraft>& drafts, const std::string& target_locale) const override {
    std::string out;
    size_t line = 0;
    bool any = false;
    for (const SegmentDraft& draft : drafts) any = any || draft.kind == SegmentDraft::Kind::kFill;
    for (size_t i = 0; any && i < places_.size();) {
      size_t end = i + 1;
      while (end < places_.size() && places_[end].entry == places_[i].entry) ++end;
      const Lines& entry = entries_[places_[i].entry];
      Copy(line, entry.begin, target_locale, &out);
      Message(drafts, i, end, entry, &out);
      line = entry.end;
      i = end;
    }
    if (!any) return bytes_;
    Copy(line, lines_.size(), target_locale, &out);
    return out;
  }

 private:
  // Bytes of a line with its end, or lines (from 0) of an entry.
  struct Range {
    size_t begin;
    size_t end;
  };
  using Lines = Range;
  struct Place {
    size_t entry;  // in entries_
    size_t form;   // the N of msgstr[N]; kNoForm: none is to be filled
  };
  static constexpr size_t kNoForm = SIZE_MAX;
  static constexpr size_t kMostForms = 6;

  std::string_view Line(size_t i) const {
    return std::string_view(bytes_).substr(lines_[i].begin, lines_[i].end - lines_[i].begin);
  }
  // Without white space around it.
  std::string_view Text(size_t i) const {
    const absl::string_view text = absl::StripAsciiWhitespace(absl::string_view(Line(i).data(), Line(i).size()));
    return {text.data(), text.size()};
  }

  absl::Status Entry(PoEntry entry) {
    const bool header = entry.error.empty() && entry.msgid->empty() && !entry.msgctxt;
    if (header) return Header(entry);
    if (!entry.error.empty() || IsBlank(*entry.msgid)) {
      skipped_.emplace_back(entry.line, entry.error.empty() ? "msgid is empty" : entry.error);
      return absl::OkStatus();
    }
    entries_.push_back(LinesOf(entry.line));
    ++messages_;
    // Languages have up to six forms. More than two are segments of their own each, without gaps, or none is filled.
    const size_t forms = entry.msgstr.size();
    const bool many = forms > 2 && forms <= kMostForms && entry.msgstr.rbegin()->first == forms - 1;
    const bool all =
        std::none_of(entry.msgstr.begin(), entry.msgstr.end(), [](const auto& form) { return IsBlank(form.second); });
    const bool plain = !entry.msgid_plural.has_value();
    for (size_t form = 0; form < (plain ? 1 : many ? forms : 2); ++form) {
      DocumentSegment segment;
      segment.paragraph = messages_;
      segment.sentence = static_cast<uint32_t>(form + 1);
      segment.source.text = form == 0 ? *entry.msgid : *entry.msgid_plural;
      if (!plain && many) segment.form = static_cast<uint32_t>(form);
      if (IsBlank(segment.source.text)) continue;
      segment.alternative = form > 0;
      segment.key = entry.msgctxt.value_or("");
      segment.translated = all && !entry.fuzzy;
      if (segment.translated) {
        const auto it = entry.msgstr.find(static_cast<uint32_t>(form));
        segment.target.text = it == entry.msgstr.end() ? entry.msgstr.begin()->second : it->second;
        segment.status = VariantStatus::kTranslated;
      }
      segments_.push_back(std::move(segment));
      places_.push_back(
          {entries_.size() - 1, plain || many || (forms == 2 && entry.msgstr.count(1) != 0) ? form : kNoForm});
    }
    return absl::OkStatus();
  }

  absl::Status Header(const PoEntry& entry) {
    if (entry.msgstr.count(0) == 0) return absl::OkStatus();
    const std::string& header = entry.msgstr.at(0);
    for (size_t at = 0; at < header.size();) {
      const size_t end = std::min(header.find('\n', at), header.size());
      const std::string line = header.substr(at, end - at);
      at = end + 1;
      const size_t colon = line.find(':');
      if (colon == std::string::npos) continue;
      const std::string name = absl::AsciiStrToLower(line.substr(0, colon));
      const std::string value(absl::StripAsciiWhitespace(line.substr(colon + 1)));
      if (name == "language") {
        const auto locale = options_.locale_map.Canonical(value, po::LocaleFromGettext);
        if (!value.empty() && locale.ok()) language_ = *locale;
      } else if (name == "content-type") {
        RETURN_IF_ERROR(Charset(value, entry.line));
      }
    }
    return absl::OkStatus();
  }

  static absl::Status Charset(const std::string& content_type, uint64_t line) {
    const size_t at = content_type.find("charset=");
    if (at == std::string::npos) return absl::OkStatus();
    const std::string charset = absl::AsciiStrToLower(content_type.substr(at + 8));
    // A template says CHARSET; the draft then says UTF-8.
    if (charset == "utf-8" || charset == "utf8" || charset == "charset") return absl::OkStatus();
    return InvalidArgument(absl::StrCat("line ", line, ": the header says that its charset is ", charset.substr(0, 40),
                                        "; convert the file with `msgconv -t UTF-8`"));
  }

  // The lines of the entry that begins in line `number` (from 1): up to the last string of its msgstr.
  Lines LinesOf(uint64_t number) const {
    const auto begin = static_cast<size_t>(number - 1);
    size_t end = begin;
    bool in_msgstr = false;
    for (size_t i = begin; i < lines_.size(); ++i) {
      const std::string_view text = Text(i);
      const bool msgstr = StartsWith(text, "msgstr");
      if (in_msgstr && !msgstr && !StartsWith(text, "\"")) break;
      in_msgstr = in_msgstr || msgstr;
      if (in_msgstr) end = i + 1;
    }
    return {begin, end};
  }

  // Copies lines that hold no entry that is changed; the header is told the language and charset that it lacks.
  void Copy(size_t from, size_t to, const std::string& target_locale, std::string* out) const {
    for (size_t i = from; i < to && i < lines_.size(); ++i) {
      std::string line(Line(i));
      const bool header = entries_.empty() || i < entries_.front().begin;
      const std::string_view text = Text(i);
      if (header && text == "\"Language: \\n\"") {
        const size_t at = line.find("\\n\"");
        line.insert(at, po::LocaleToGettext(target_locale));
      } else if (header && StartsWith(text, "\"Content-Type:")) {
        const size_t at = line.find("charset=CHARSET");
        if (at != std::string::npos) line.replace(at, 15, "charset=UTF-8");
      }
      *out += line;
    }
  }

  // The entry of the segments [first, end), with the translations that there are.
  void Message(const std::vector<SegmentDraft>& drafts, size_t first, size_t end, const Lines& entry,
               std::string* out) const {
    const SegmentDraft* any = nullptr;
    bool exact = true;
    for (size_t i = first; i < end; ++i) {
      const bool filled = drafts[i].kind == SegmentDraft::Kind::kFill;
      if (filled && (any == nullptr || drafts[i].score < any->score)) any = &drafts[i];
      // A plural of which only one form is known is not done.
      exact = exact && filled && drafts[i].score >= 100;
    }
    if (any == nullptr) {
      for (size_t i = entry.begin; i < entry.end; ++i) *out += Line(i);
      return;
    }
    Comments(entry, exact, any->score < 100 ? any->stored_source : "", out);
    Strings(drafts, first, end, entry, out);
  }

  // What stands before msgstr, with the flag as it must be.
  void Comments(const Lines& entry, bool exact, const std::string& previous, std::string* out) const {
    bool flags = false;
    bool done = false;
    for (size_t i = entry.begin; i < entry.end && !StartsWith(Text(i), "msgstr"); ++i) {
      const std::string_view text = Text(i);
      if (StartsWith(text, "#|")) continue;  // belongs to the translation that was there
      if (!done && (StartsWith(text, "msgctxt") || StartsWith(text, "msgid"))) {
        done = true;
        if (!exact && !flags) *out += "#, fuzzy\n";
        if (!exact && !previous.empty()) AppendPoField("msgid", previous, out, "#| ");
      }
      if (!StartsWith(text, "#,")) {
        *out += Line(i);
        continue;
      }
      std::string others;
      for (std::string_view rest = text.substr(2); !rest.empty();) {
        const size_t comma = std::min(rest.find(','), rest.size());
        const absl::string_view flag = absl::StripAsciiWhitespace(absl::string_view(rest.data(), comma));
        if (!flag.empty() && flag != "fuzzy") absl::StrAppend(&others, ", ", flag);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
      }
      if (!exact && !flags) others = ", fuzzy" + others;
      flags = true;
      if (!others.empty()) absl::StrAppend(out, "#", others, "\n");
    }
  }

  void Strings(const std::vector<SegmentDraft>& drafts, size_t first, size_t end, const Lines& entry,
               std::string* out) const {
    const SegmentDraft* filling = nullptr;
    size_t from = entry.begin;
    while (from < entry.end && !StartsWith(Text(from), "msgstr")) ++from;
    for (size_t i = from; i < entry.end; ++i) {
      const std::string_view text = Text(i);
      if (StartsWith(text, "msgstr")) {
        // "msgstr[N]" of one digit; whatever else there may be is filled by none.
        const bool indexed = StartsWith(text, "msgstr[") && text.size() > 8 && text[8] == ']';
        const size_t form = indexed ? static_cast<size_t>(text[7] - '0') : StartsWith(text, "msgstr[") ? kNoForm : 0;
        filling = nullptr;
        for (size_t s = first; s < end; ++s) {
          if (places_[s].form == form && drafts[s].kind == SegmentDraft::Kind::kFill) filling = &drafts[s];
        }
        if (filling != nullptr) {
          AppendPoField(text.substr(0, text.find_first_of(" \t\"")), filling->target.text, out);
          continue;
        }
      } else if (filling != nullptr && StartsWith(text, "\"")) {
        continue;  // the rest of the string that was there
      }
      *out += Line(i);
    }
  }

  const DocumentOptions options_;
  const std::string bytes_;
  std::vector<Range> lines_;  // with their ends
  std::vector<Lines> entries_;
  std::vector<Place> places_;  // one a segment
  std::string language_;       // of the header, canonical
  uint32_t messages_ = 0;
};

}  // namespace

ParsedDocument NewPoDocument(const DocumentOptions& options, std::string bytes) {
  auto document = std::make_unique<PoDocument>(options, std::move(bytes));
  RETURN_IF_ERROR(document->Read());
  return ParsedDocument(std::move(document));
}

}  // namespace reprise
