// PO: bytes -> UTF-8 (charset.h, by the header's charset) -> lines -> entries (po_parser.h) -> units.
//
// A message without plural is one unit. The forms of a plural are units of one group: msgid is the text of form 0,
// msgid_plural that of the others; forms whose texts are equal are one unit with several plural indices.
// Tested by tests/formats/po_reader_test.cc.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/attributes.h"
#include "formats/charset.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/neighbour_chain.h"
#include "formats/po_parser.h"
#include "formats/po_text.h"
#include "formats/po_vocabulary.h"
#include "formats/transcode.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// The header is looked for in so many bytes; its charset says how the rest is read.
constexpr size_t kHeadBytes = 1 << 16;
constexpr size_t kMaxGroupBytes = 200;

// The value of "charset=" in the head of the file; "" if there is none.
std::string HeadCharset(std::string_view head) {
  constexpr std::string_view kName = "charset=";
  const size_t at = head.find(kName);
  if (at == std::string_view::npos) return std::string();
  const std::string_view rest = head.substr(at + kName.size());
  return std::string(rest.substr(0, std::min(rest.find_first_of("\\\" \t\r\n;"), rest.size())));
}

// The fields of the header entry, names in lower case.
std::map<std::string, std::string> HeaderFields(std::string_view text) {
  std::map<std::string, std::string> fields;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon < 100) {
      const absl::string_view name(line.data(), colon), value(line.data() + colon + 1, line.size() - colon - 1);
      fields.emplace(absl::AsciiStrToLower(name), std::string(absl::StripAsciiWhitespace(value)));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return fields;
}

// Names the message that plural forms belong to, within a file: texts where they are short, else their start and a
// hash.
std::string GroupName(const std::string& document, const std::string& key, const std::string& msgid) {
  std::string whole = absl::StrCat(document, "\x1F", key, "\x1F", msgid);
  uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a: stored, so it must never change
  for (const char c : whole) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  std::string start = msgid.substr(0, kMaxGroupBytes);
  while (!start.empty() && !ValidateUtf8(start).ok()) start.pop_back();
  return absl::StrCat("po:", absl::Hex(hash, absl::kZeroPad16), ":", start);
}

class PoReader : public UnitReader {
 public:
  PoReader(const ReadOptions& options, UnitSink* sink)
      : options_(options),
        chain_(sink),
        parser_([this](PoEntry entry) { return Entry(std::move(entry)); }, options.keep_raw) {
    source_locale_ = options.source_locale.empty() ? "en" : options.source_locale;
  }

  absl::Status Feed(std::string_view bytes) override {
    // Slices keep the decoded copy small whatever the caller feeds.
    constexpr size_t kSlice = 1 << 16;
    for (; !bytes.empty() && status_.ok(); bytes.remove_prefix(std::min(kSlice, bytes.size()))) {
      utf8_.clear();
      transcoder_.Feed(bytes.substr(0, kSlice), &utf8_);
      status_ = Decoded(utf8_, false);
    }
    return status_;
  }

  absl::Status Finish() override {
    RETURN_IF_ERROR(status_);
    utf8_.clear();
    transcoder_.Finish(&utf8_);
    RETURN_IF_ERROR(Decoded(utf8_, true));
    RETURN_IF_ERROR(lines_.Finish([this](std::string_view line, uint64_t number, bool too_long) {
      return parser_.Line(line, number, too_long);
    }));
    const absl::Status end = parser_.Finish();
    RETURN_IF_ERROR(end.ok() ? chain_.End() : chain_.Cut());
    return end;
  }

 private:
  // UTF-16 is UTF-8 by now; other charsets are decoded once the header has named theirs.
  absl::Status Decoded(std::string_view bytes, bool end) {
    if (!decoder_) {
      head_.append(bytes);
      if (head_.size() < kHeadBytes && !end) return absl::OkStatus();
      const std::string charset = transcoder_.was_utf16() ? "" : HeadCharset(head_);
      auto decoder = CharsetDecoder::Open(charset);
      if (!decoder.ok()) return InvalidArgument(absl::StrCat("line 1: ", MessageOf(decoder.status())));
      decoder_.emplace(std::move(decoder).value());
      RETURN_IF_ERROR(chain_.Begin());
      std::string head;
      head.swap(head_);
      return Text(head, end);
    }
    return Text(bytes, end);
  }

  absl::Status Text(std::string_view bytes, bool end) {
    std::string text;
    decoder_->Feed(bytes, &text);
    if (end) decoder_->Finish(&text);
    return lines_.Feed(text, [this](std::string_view line, uint64_t number, bool too_long) {
      return parser_.Line(line, number, too_long);
    });
  }

  absl::Status Entry(PoEntry entry) {
    if (entry.error.empty() && entry.msgid && entry.msgid->empty() && !entry.msgctxt) return Header(entry);
    const uint64_t line = entry.line;
    if (options_.keep_raw) {
      if (frame_ == nullptr) SetFrame({});
      chain_.SetRaw(std::make_shared<const RawUnit>(RawUnit{std::move(entry.raw), frame_}));
    }
    const TextByLocale texts = Known(entry);
    std::string reason = entry.error.empty() ? WhyNot(entry) : entry.error;
    const bool all_empty =
        std::all_of(entry.msgstr.begin(), entry.msgstr.end(), [](const auto& form) { return IsBlank(form.second); });
    if (reason.empty() && all_empty) return chain_.AddText(texts);
    if (reason.empty() && entry.fuzzy && !entry.previous_msgid && !options_.for_learning) {
      reason = "is marked fuzzy and does not say for which text (#| msgid); review it, or keep the previous msgid";
    }
    if (!reason.empty()) return chain_.AddRefusal({line, NameOf(entry), std::move(reason)}, texts);
    RETURN_IF_ERROR(NeedTarget(line));
    TextByLocale said = texts;
    if (!entry.fuzzy || IsDraft(entry)) said.emplace(target_locale_, entry.msgstr.begin()->second);
    return chain_.AddUnits(Units(entry), said, line);
  }

  // What stands at this place in the source language, if it can be said.
  TextByLocale Known(const PoEntry& entry) const {
    if (!entry.msgid || entry.msgid->empty() || !ValidateUtf8(*entry.msgid).ok()) return {};
    return {{source_locale_, *entry.msgid}};
  }

  static std::string NameOf(const PoEntry& entry) {
    const std::string name = entry.msgctxt ? *entry.msgctxt : entry.msgid ? *entry.msgid : std::string();
    return name.size() <= 256 && ValidateUtf8(name).ok() ? name : std::string();
  }

  static std::string WhyNot(const PoEntry& entry) {
    for (const auto* field : {&entry.msgctxt, &entry.msgid, &entry.msgid_plural, &entry.previous_msgctxt,
                              &entry.previous_msgid, &entry.previous_msgid_plural}) {
      if (*field && !ValidateUtf8(**field).ok()) return "is not UTF-8; does the header name the file's charset?";
    }
    for (const auto& [index, text] : entry.msgstr) {
      if (!ValidateUtf8(text).ok()) return "is not UTF-8; does the header name the file's charset?";
    }
    for (const auto* list : {&entry.comments, &entry.extracted, &entry.references, &entry.flags}) {
      for (const std::string& text : *list) {
        if (!ValidateUtf8(text).ok()) return "its comments are not UTF-8; does the header name the file's charset?";
      }
    }
    return IsBlank(*entry.msgid) ? "msgid is empty or holds white space alone; only the header's may be" : "";
  }

  absl::Status Header(const PoEntry& entry) {
    if (seen_header_ || entry.msgstr.count(0) == 0) return absl::OkStatus();
    seen_header_ = true;
    const auto fields = HeaderFields(entry.msgstr.at(0));
    SetFrame(fields);
    const auto locale = [this, &fields](const char* name) {
      const auto it = fields.find(name);
      const auto tag = it == fields.end() ? absl::StatusOr<std::string>("")
                                          : options_.locale_map.Canonical(it->second, po::LocaleFromGettext);
      return tag.ok() ? *tag : std::string();
    };
    // The exact tag wins over gettext's shape of it.
    for (const char* name : {"x-language", "language"}) {
      if (target_locale_.empty()) target_locale_ = locale(name);
    }
    if (options_.source_locale.empty() && !locale("x-source-language").empty()) {
      source_locale_ = locale("x-source-language");
    }
    return absl::OkStatus();
  }

  // A header that says what this file's says of languages; the text is UTF-8 by now.
  void SetFrame(const std::map<std::string, std::string>& fields) {
    if (!options_.keep_raw) return;
    UnitFrame frame;
    frame.head = "msgid \"\"\nmsgstr \"\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n";
    for (const char* name : {"Language", "X-Language", "X-Source-Language", "Plural-Forms"}) {
      const auto field = fields.find(absl::AsciiStrToLower(name));
      if (field == fields.end() || field->second.find_first_of("\"\\") != std::string::npos) continue;
      absl::StrAppend(&frame.head, "\"", name, ": ", field->second, "\\n\"\n");
    }
    frame.head += "\n";
    frame.remark_begin = "# ";
    frame.remark_end = "\n";
    frame_ = std::make_shared<const UnitFrame>(std::move(frame));
  }

  absl::Status NeedTarget(uint64_t line) {
    if (target_locale_.empty()) target_locale_ = options_.target_locale;
    if (target_locale_.empty()) {
      return InvalidArgument(absl::StrCat(
          "line ", line, ": the header names no Language, and no target language was given with the file"));
    }
    if (target_locale_ != source_locale_) return absl::OkStatus();
    return InvalidArgument(absl::StrCat("line ", line, ": the file's language ", target_locale_,
                                        " is the source language as well; say which language msgid is in"));
  }

  // A fuzzy message whose previous text is its text.
  static bool IsDraft(const PoEntry& entry) {
    return entry.fuzzy && entry.previous_msgid == entry.msgid && entry.previous_msgctxt == entry.msgctxt &&
           entry.previous_msgid_plural == entry.msgid_plural;
  }

  std::vector<Unit> Units(const PoEntry& entry) const {
    // To whom learns, a fuzzy message is the new text's draft, and to all if it says so; else it is the pair that it
    // was made for.
    const bool fuzzy = entry.fuzzy && !options_.for_learning && !IsDraft(entry);
    const std::string& msgid = fuzzy ? *entry.previous_msgid : *entry.msgid;
    const bool plural = entry.msgid_plural.has_value();
    const std::string other = !plural                                ? std::string()
                              : fuzzy && entry.previous_msgid_plural ? *entry.previous_msgid_plural
                                                                     : *entry.msgid_plural;
    Unit common;
    common.source_locale = source_locale_;
    for (const std::string& comment : entry.comments) AppendNote(comment, &common.note);
    for (const std::string& text : entry.extracted) KeepAttribute(po::kExtracted, text, &common.attributes);
    for (const std::string& text : entry.references) KeepAttribute(po::kReferences, text, &common.attributes);
    for (const std::string& text : entry.flags) KeepAttribute(po::kFlags, text, &common.attributes);
    Context context;
    context.document = entry.references.empty() ? options_.document : PoReferenceFile(entry.references.front());
    if (fuzzy && entry.previous_msgctxt) {
      context.key = *entry.previous_msgctxt;
    } else if (entry.msgctxt) {
      context.key = *entry.msgctxt;
    }
    common.contexts.push_back(context);
    if (plural) common.group = GroupName(context.document, context.key, msgid);
    std::vector<Unit> units;
    for (const auto& [index, text] : entry.msgstr) {
      if (IsBlank(text)) continue;
      const std::string& source = index == 0 ? msgid : other;
      const std::string number = absl::StrCat(index);
      const auto same = std::find_if(units.begin(), units.end(), [&source, &form = text](const Unit& unit) {
        return unit.variants[0].content.text == source && unit.variants[1].content.text == form;
      });
      if (same != units.end()) {
        KeepAttribute(po::kPluralIndex, number, &same->attributes);
        continue;
      }
      Unit& unit = units.emplace_back(common);
      unit.variants.resize(2);
      unit.variants[0].locale = source_locale_;
      unit.variants[0].content.text = source;
      unit.variants[1].locale = target_locale_;
      unit.variants[1].content.text = text;
      unit.variants[1].status = entry.fuzzy && !fuzzy ? VariantStatus::kDraft : VariantStatus::kTranslated;
      if (!plural) continue;
      KeepAttribute(po::kPluralIndex, number, &unit.attributes);
      KeepAttribute(index == 0 ? po::kMsgidPlural : po::kMsgid, index == 0 ? other : msgid, &unit.attributes);
    }
    return units;
  }

  const ReadOptions options_;
  std::string source_locale_;
  std::string target_locale_;
  std::shared_ptr<const UnitFrame> frame_;
  NeighbourChain chain_;
  PoParser parser_;
  Utf8Transcoder transcoder_;
  std::optional<CharsetDecoder> decoder_;
  LineSplitter lines_;
  std::string utf8_;
  std::string head_;
  absl::Status status_;
  bool seen_header_ = false;
};

}  // namespace

std::unique_ptr<UnitReader> NewPoReader(const ReadOptions& options, UnitSink* sink) {
  return std::make_unique<PoReader>(options, sink);
}

}  // namespace reprise
