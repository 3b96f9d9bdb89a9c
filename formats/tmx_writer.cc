// TMX 1.4, valid against its DTD. What TMX has no place for is written as <prop> (tmx_vocabulary.h), so that reading
// the file again gives equal units but for id and revision. Tested by tests/formats/tmx_writer_test.cc.
#include <algorithm>
#include <iterator>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/code_pairs.h"
#include "formats/dates.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/tmx_tools.h"
#include "formats/tmx_vocabulary.h"
#include "formats/xml_escape.h"

namespace reprise {
namespace {

constexpr std::string_view kSegmentTypes[] = {"block", "paragraph", "sentence", "phrase"};

template <size_t N>
bool Contains(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

const char* OriginName(Origin origin) {
  switch (origin) {
    case Origin::kUnspecified: return "";
    case Origin::kHuman: return "human";
    case Origin::kAlignment: return "alignment";
    case Origin::kMachine: return "mt";
    case Origin::kImport: return "import";
  }
  return "";
}

const char* StatusName(VariantStatus status) {
  switch (status) {
    case VariantStatus::kUnspecified: return "";
    case VariantStatus::kDraft: return "draft";
    case VariantStatus::kTranslated: return "translated";
    case VariantStatus::kReviewed: return "reviewed";
    case VariantStatus::kFinal: return "final";
    case VariantStatus::kRejected: return "rejected";
  }
  return "";
}

class TmxWriter : public UnitWriter {
 public:
  TmxWriter(const WriteOptions& options, ByteSink* sink)
      : source_locale_(options.source_locale), flavor_(options.flavor), sink_(sink) {}

  absl::Status Write(const Unit& unit) override {
    if (unit.variants.empty()) {
      ++skipped_;  // the DTD wants at least one <tuv>
      return absl::OkStatus();
    }
    out_.clear();
    if (!begun_) Begin();
    WriteUnit(unit);
    return sink_->Write(out_);
  }

  absl::Status Finish() override {
    out_.clear();
    if (!begun_) Begin();
    out_ += "</body>\n</tmx>\n";
    return sink_->Write(out_);
  }

  uint64_t skipped() const override { return skipped_; }
  uint64_t replaced() const override { return xml_.replaced(); }

 private:
  void Begin() {
    begun_ = true;
    out_ +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\">\n"
        "<header creationtool=\"reprise\" creationtoolversion=\"1\" segtype=\"sentence\" o-tmf=\"reprise\" "
        "adminlang=\"en\"";
    Attribute("srclang", source_locale_.empty() ? "*all*" : source_locale_);
    out_ += " datatype=\"plaintext\"/>\n<body>\n";
  }

  void Attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    xml_.Attribute(value, &out_);
    out_ += '"';
  }

  void Prop(std::string_view type, std::string_view text, std::string_view locale = {}) {
    out_ += "<prop";
    Attribute("type", type);
    if (!locale.empty()) Attribute("xml:lang", locale);
    out_ += '>';
    xml_.Text(text, &out_);
    out_ += "</prop>\n";
  }

  void Note(std::string_view note) {
    if (note.empty()) return;
    out_ += "<note>";
    xml_.Text(note, &out_);
    out_ += "</note>\n";
  }

  // True if the attribute has a place of its own on <tu> (or <tuv>).
  static bool IsXmlAttribute(const std::string& name, const std::vector<std::string>& values, bool tu) {
    if (values.size() != 1) return false;
    if (Contains(tmx::kSharedAttributes, name)) return true;
    if (!tu || !Contains(tmx::kTuOnlyAttributes, name)) return false;
    return name != "segtype" || Contains(kSegmentTypes, values.front());
  }

  void XmlAttributes(const Attributes& attributes, bool tu) {
    for (const auto& [name, values] : attributes) {
      if (IsXmlAttribute(name, values, tu)) Attribute(name, values.front());
    }
  }

  void AttributeProps(const Attributes& attributes, bool tu) {
    for (const auto& [name, values] : attributes) {
      if (IsXmlAttribute(name, values, tu)) continue;
      if (values.empty() && neutral()) Prop(absl::StrCat(std::string(tmx::kEmptyAttribute), name), "");
      const std::string_view view = name;
      const std::string_view type =
          view.substr(0, tmx::kPropPrefix.size()) == tmx::kPropPrefix ? view.substr(tmx::kPropPrefix.size()) : "";
      // A type that the reader would take for something else is written under our own name.
      const bool foreign = !type.empty() && type.substr(0, tmx::kOwnPrefix.size()) != tmx::kOwnPrefix &&
                           !(neutral() && TmxToolProps::IsKnown(type));
      for (const std::string& value : values) {
        Prop(foreign ? std::string(type) : OwnType(name, values.size()), value);
      }
    }
  }

  // The type of an attribute that came from no <prop>; Trados wants its kind after the name.
  std::string OwnType(const std::string& name, size_t values) const {
    if (neutral()) return absl::StrCat(std::string(tmx::kAttribute), name);
    return absl::StrCat("x-", name,
                        flavor_ != TmxFlavor::kTrados ? ""
                        : values == 1                 ? ":SingleString"
                                                      : ":MultipleString");
  }

  void WriteUnit(const Unit& unit) {
    out_ += "<tu";
    XmlAttributes(unit.attributes, true);
    if (unit.source_locale != source_locale_) {
      Attribute("srclang", unit.source_locale.empty() ? "*all*" : unit.source_locale);
    }
    out_ += ">\n";
    Note(unit.note);
    if (neutral()) {
      OwnUnitProps(unit);
    } else {
      WriteToolUnitProps(flavor_, unit, [this](std::string_view type, std::string_view value) { Prop(type, value); });
    }
    AttributeProps(unit.attributes, true);
    for (const Variant& variant : unit.variants) WriteVariant(unit, variant);
    out_ += "</tu>\n";
  }

  bool neutral() const { return flavor_ == TmxFlavor::kUnspecified || flavor_ == TmxFlavor::kNeutral; }

  void OwnUnitProps(const Unit& unit) {
    if (!unit.client_key.empty()) Prop(tmx::kClientKey, unit.client_key);
    if (!unit.group.empty()) Prop(tmx::kGroup, unit.group);
    if (unit.dropped_contexts != 0) Prop(tmx::kDroppedContexts, absl::StrCat(unit.dropped_contexts));
    for (const Context& context : unit.contexts) {
      Prop(tmx::kDocument, context.document);
      if (!context.key.empty()) Prop(tmx::kKey, context.key);
      Neighbours(tmx::kPrevious, context.previous);
      Neighbours(tmx::kNext, context.next);
    }
  }

  void Neighbours(std::string_view type, const std::map<std::string, Neighbour>& neighbours) {
    for (const auto& [locale, neighbour] : neighbours) {
      if (neighbour.state == Neighbour::State::kText) {
        Prop(type, neighbour.text, locale);
        continue;
      }
      const std::string_view suffix =
          neighbour.state == Neighbour::State::kEdge ? tmx::kEdgeSuffix : tmx::kUnknownSuffix;
      Prop(absl::StrCat(std::string(type), std::string(suffix)), "", locale);
    }
  }

  void Date(std::string_view name, int64_t us) {
    const std::string date = us == 0 ? std::string() : FormatDate(us);
    if (!date.empty()) Attribute(name, date);
  }

  void PreciseDate(std::string_view type, int64_t us) {
    if (us != 0 && (us % 1000000 != 0 || FormatDate(us).empty())) Prop(type, absl::StrCat(us));
  }

  void WriteVariant(const Unit& unit, const Variant& variant) {
    out_ += "<tuv";
    Attribute("xml:lang", variant.locale);
    Date("creationdate", variant.created_us);
    if (!variant.created_by.empty()) Attribute("creationid", variant.created_by);
    Date("changedate", variant.changed_us);
    if (!variant.changed_by.empty()) Attribute("changeid", variant.changed_by);
    if (variant.usage_count != 0) Attribute("usagecount", absl::StrCat(variant.usage_count));
    Date("lastusagedate", variant.last_used_us);
    XmlAttributes(variant.attributes, false);
    out_ += ">\n";
    Note(variant.note);
    const std::vector<uint32_t> numbers = PairNumbers(variant.content.codes);
    if (neutral()) {
      OwnVariantProps(variant, numbers);
    } else {
      WriteToolVariantProps(flavor_, unit, variant,
                            [this](std::string_view type, std::string_view value) { Prop(type, value); });
    }
    AttributeProps(variant.attributes, false);
    out_ += "<seg>";
    Segment(variant.content, numbers);
    out_ += "</seg>\n</tuv>\n";
  }

  void OwnVariantProps(const Variant& variant, const std::vector<uint32_t>& numbers) {
    if (variant.origin != Origin::kUnspecified) Prop(tmx::kOrigin, OriginName(variant.origin));
    if (variant.status != VariantStatus::kUnspecified) Prop(tmx::kStatus, StatusName(variant.status));
    if (variant.locked) Prop(tmx::kLocked, "yes");
    PreciseDate(tmx::kCreatedUs, variant.created_us);
    PreciseDate(tmx::kChangedUs, variant.changed_us);
    PreciseDate(tmx::kLastUsedUs, variant.last_used_us);
    CodeProps(variant.content.codes, numbers);
  }

  void CodeProps(const std::vector<Code>& codes, const std::vector<uint32_t>& numbers) {
    for (size_t k = 0; k < codes.size(); ++k) {
      const Code& code = codes[k];
      const bool ept = numbers[k] != 0 && code.kind == Code::Kind::kClose;
      if (code.equivalent_text.empty() && code.pair_id == numbers[k] && (!ept || code.type.empty())) continue;
      std::string cells = absl::StrCat(k, "\t", code.pair_id, "\t");
      EscapeCell(code.type, &cells);
      cells.push_back('\t');
      EscapeCell(code.equivalent_text, &cells);
      Prop(tmx::kCode, cells);
    }
  }

  void Segment(const Content& content, const std::vector<uint32_t>& numbers) {
    ForEachPiece(
        content, [this](std::string_view text) { xml_.Text(text, &out_); },
        [&](size_t k) { WriteCode(content.codes[k], numbers[k]); });
  }

  void WriteCode(const Code& code, uint32_t number) {
    const bool open = code.kind == Code::Kind::kOpen;
    const std::string_view name = code.kind == Code::Kind::kStandalone ? "ph"
                                  : number == 0                        ? "it"
                                  : open                               ? "bpt"
                                                                       : "ept";
    out_ += '<';
    out_ += name;
    if (number != 0) Attribute("i", absl::StrCat(number));
    if (name == "it") Attribute("pos", open ? "begin" : "end");
    if (!code.type.empty() && name != "ept") Attribute("type", code.type);
    out_ += '>';
    xml_.Text(code.data, &out_);
    out_ += "</";
    out_ += name;
    out_ += '>';
  }

  const std::string source_locale_;
  const TmxFlavor flavor_;
  ByteSink* const sink_;
  XmlEscaper xml_;
  std::string out_;
  bool begun_ = false;
  uint64_t skipped_ = 0;
};

}  // namespace

std::unique_ptr<UnitWriter> NewTmxWriter(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<TmxWriter>(options, sink);
}

}  // namespace reprise
