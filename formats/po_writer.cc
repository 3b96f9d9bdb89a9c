// PO: one message for each pair of the two locales and each context; units of one group become one plural message.
// What PO has no place for (codes, dates, names, several statuses) is not written. Tested by
// tests/formats/po_writer_test.cc.
#include <charconv>
#include <map>
#include <set>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/stream_hash.h"
#include "formats/attributes.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/po_text.h"
#include "formats/po_vocabulary.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// A group that never ends is a file with one name for everything.
constexpr size_t kMaxGroupUnits = 256;

std::vector<std::string> ValuesOf(const Unit& unit, const char* key) {
  const auto it = unit.attributes.find(key);
  return it == unit.attributes.end() ? std::vector<std::string>() : it->second;
}

bool ParseIndex(const std::string& text, uint32_t* index) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *index);
  return error == std::errc() && end == text.data() + text.size() && *index < 64;
}

// One message as it will stand in the file.
struct Message {
  std::string key, document, note;
  std::vector<std::string> extracted, references, flags;
  std::string msgid, msgid_plural;
  std::map<uint32_t, std::string> msgstr;
  bool fuzzy = false;
};

// What must differ between any two messages: 16 bytes.
std::string MessageHash(const Message& message) {
  StreamHash hash;
  hash.Add(message.key);
  hash.Add(std::string_view(message.key.empty() ? "\0" : "\4", 1));
  hash.Add(message.msgid);
  return hash.Sum();
}

class PoWriter : public UnitWriter {
 public:
  PoWriter(const WriteOptions& options, ByteSink* sink) : options_(options), sink_(sink) {}

  absl::Status Write(const Unit& unit) override {
    out_.clear();
    Begin();
    const bool plural = !unit.group.empty() && unit.attributes.count(po::kPluralIndex) != 0;
    if (!held_.empty() && (!plural || held_.front().group != unit.group || held_.size() >= kMaxGroupUnits)) Release();
    if (plural) {
      held_.push_back(unit);
    } else {
      WriteSingle(unit);
    }
    return out_.empty() ? absl::OkStatus() : sink_->Write(out_);
  }

  absl::Status Finish() override {
    out_.clear();
    Begin();
    Release();
    return out_.empty() ? absl::OkStatus() : sink_->Write(out_);
  }

  uint64_t skipped() const override { return skipped_; }
  uint64_t repeated() const override { return repeated_; }
  uint64_t replaced() const override { return replaced_; }

 private:
  void Begin() {
    if (std::exchange(begun_, true)) return;
    const std::string language = po::LocaleToGettext(options_.target_locale);
    out_ += "msgid \"\"\nmsgstr \"\"\n\"MIME-Version: 1.0\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n";
    absl::StrAppend(&out_, "\"Content-Transfer-Encoding: 8bit\\n\"\n\"Language: ", language, "\\n\"\n");
    const auto back = po::LocaleFromGettext(language);
    if (!back.ok() || *back != options_.target_locale) {
      absl::StrAppend(&out_, "\"X-Language: ", options_.target_locale, "\\n\"\n");
    }
    absl::StrAppend(&out_, "\"X-Source-Language: ", options_.source_locale, "\\n\"\n");
    const std::string_view plurals = po::PluralForms(options_.target_locale);
    if (!plurals.empty()) absl::StrAppend(&out_, "\"Plural-Forms: ", std::string(plurals), "\\n\"\n");
    out_ += "\"X-Generator: reprise\\n\"\n";
  }

  // Calls on_pair(source, target) for every pair of the two locales that PO can hold; false if there is none.
  template <typename OnPair>
  bool Pairs(const Unit& unit, OnPair on_pair) {
    bool any = false;
    for (const Variant& source : unit.variants) {
      if (source.locale != options_.source_locale || IsBlank(source.content.text)) continue;
      for (const Variant& target : unit.variants) {
        if (target.locale != options_.target_locale || IsBlank(target.content.text)) continue;
        if (target.status == VariantStatus::kRejected) continue;
        any = true;
        on_pair(source, target);
      }
    }
    return any;
  }

  Message Common(const Unit& unit, const Context& context) const {
    Message message;
    message.key = context.key;
    message.document = context.document;
    message.note = unit.note;
    message.extracted = ValuesOf(unit, po::kExtracted);
    message.references = ValuesOf(unit, po::kReferences);
    message.flags = ValuesOf(unit, po::kFlags);
    return message;
  }

  void WriteSingle(const Unit& unit) {
    const bool any = Pairs(unit, [&](const Variant& source, const Variant& target) {
      const std::vector<Context> none(1);
      for (const Context& context : unit.contexts.empty() ? none : unit.contexts) {
        Message message = Common(unit, context);
        message.msgid = source.content.text;
        message.msgstr[0] = target.content.text;
        message.fuzzy = target.status == VariantStatus::kDraft;
        Append(message);
      }
    });
    if (!any) ++skipped_;
  }

  // The units of one group, as one plural message.
  void Release() {
    if (held_.empty()) return;
    std::vector<Unit> units;
    units.swap(held_);
    const std::vector<Context> none(1);
    Message message = Common(units.front(), units.front().contexts.empty() ? none[0] : units.front().contexts[0]);
    std::vector<const Unit*> rest;  // what does not fit into the message
    for (const Unit& unit : units) {
      bool taken = false;
      const bool any = Pairs(unit, [&](const Variant& source, const Variant& target) {
        if (!taken) taken = TakeForm(unit, source.content.text, target, &message);
      });
      if (!any) {
        ++skipped_;
      } else if (!taken) {
        rest.push_back(&unit);
      }
    }
    if (!message.msgstr.empty()) {
      if (message.msgid.empty()) message.msgid = message.msgid_plural;
      if (message.msgid_plural.empty()) message.msgid_plural = message.msgid;
      // msgfmt wants the forms without gaps.
      for (uint32_t index = 0; index < message.msgstr.rbegin()->first; ++index) message.msgstr[index];
      Append(message, true);
    }
    for (const Unit* unit : rest) WriteSingle(*unit);
  }

  // True if the unit became forms of the message.
  static bool TakeForm(const Unit& unit, const std::string& source, const Variant& target, Message* message) {
    bool taken = false;
    for (const std::string& value : ValuesOf(unit, po::kPluralIndex)) {
      uint32_t index = 0;
      if (!ParseIndex(value, &index) || !message->msgstr.emplace(index, target.content.text).second) continue;
      taken = true;
      message->fuzzy = message->fuzzy || target.status == VariantStatus::kDraft;
      (index == 0 ? message->msgid : message->msgid_plural) = source;
      const std::string other = OnlyValue(unit.attributes, index == 0 ? po::kMsgidPlural : po::kMsgid);
      std::string& wanted = index == 0 ? message->msgid_plural : message->msgid;
      if (wanted.empty()) wanted = other;
    }
    return taken;
  }

  // Gettext takes a msgid with the same msgctxt once: hashes of those that are written tell.
  void Append(const Message& message, bool plural = false) {
    if (!seen_.insert(MessageHash(message)).second) {
      repeated_ += message.msgstr.size();
      return;
    }
    out_.push_back('\n');
    Comment("# ", message.note);
    for (const std::string& text : message.extracted) Comment("#. ", text);
    if (!message.references.empty()) {
      out_ += "#:";
      for (const std::string& reference : message.references) absl::StrAppend(&out_, " ", OneLine(reference));
      out_.push_back('\n');
    } else if (!message.document.empty() && message.document.find_first_of(" \t\n\r") == std::string::npos) {
      absl::StrAppend(&out_, "#: ", message.document, "\n");
    }
    std::string flags = message.fuzzy ? ", fuzzy" : "";
    for (const std::string& flag : message.flags) absl::StrAppend(&flags, ", ", OneLine(flag));
    if (!flags.empty()) absl::StrAppend(&out_, "#", flags, "\n");
    if (message.fuzzy) {
      // A draft of this very text: without it nobody could tell of which.
      if (!message.key.empty()) Field("msgctxt", message.key, "#| ");
      Field("msgid", message.msgid, "#| ");
      if (plural) Field("msgid_plural", message.msgid_plural, "#| ");
    }
    if (!message.key.empty()) Field("msgctxt", message.key);
    Field("msgid", message.msgid);
    if (plural) Field("msgid_plural", message.msgid_plural);
    for (const auto& [index, text] : message.msgstr) {
      Field(plural ? absl::StrCat("msgstr[", index, "]") : std::string("msgstr"), text);
    }
  }

  static std::string OneLine(std::string text) {
    for (char& c : text) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
  }

  void Comment(std::string_view mark, std::string_view text) {
    if (text.empty()) return;
    for (size_t at = 0; at <= text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      std::string line(text.substr(at, end - at));
      while (!line.empty() && line.back() == '\r') line.pop_back();
      absl::StrAppend(&out_, std::string(mark), OneLine(line), "\n");
      at = end + 1;
    }
  }

  void Field(std::string_view keyword, std::string_view text, std::string_view mark = "") {
    const uint64_t replaced = AppendPoField(keyword, text, &out_, mark);
    if (mark.empty()) replaced_ += replaced;
  }

  const WriteOptions options_;
  ByteSink* const sink_;
  std::string out_;
  std::vector<Unit> held_;  // of one group
  bool begun_ = false;
  uint64_t skipped_ = 0;
  uint64_t repeated_ = 0;
  uint64_t replaced_ = 0;
  std::unordered_set<std::string> seen_;
};

}  // namespace

std::unique_ptr<UnitWriter> NewPoWriter(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<PoWriter>(options, sink);
}

}  // namespace reprise
