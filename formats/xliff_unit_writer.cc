// XLIFF 1.2 (valid against the strict schema but for our own namespace) and 2.1, of one pair of locales. Every pair of
// a source and a target variant is a <trans-unit> or <unit>; what XLIFF has no place for is written as properties
// (xliff_vocabulary.h), so that reading the file again gives equal units of two variants. A new <file> begins where the
// document changes. Tested by tests/formats/xliff_unit_writer_test.cc.
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/delimited.h"
#include "formats/format_factories.h"
#include "formats/xliff_inline.h"
#include "formats/xliff_vocabulary.h"
#include "formats/xml_builder.h"

namespace reprise {
namespace {

// What both versions share: pairs, files and the order of calls.
class XliffUnitWriter : public UnitWriter {
 public:
  XliffUnitWriter(const WriteOptions& options, ByteSink* sink) : options_(options), sink_(sink) {}

  absl::Status Write(const Unit& unit) override {
    if (!std::exchange(begun_, true)) Begin();
    bool any = false;
    for (const Variant& source : unit.variants) {
      if (source.locale != options_.source_locale || IsBlank(source.content.text)) continue;
      for (const Variant& target : unit.variants) {
        if (target.locale != options_.target_locale || IsBlank(target.content.text)) continue;
        any = true;
        const Context context = unit.contexts.empty() ? Context() : unit.contexts.front();
        if (files_ == 0 || context.document != document_) {
          if (files_ != 0) EndFile();
          document_ = context.document;
          BeginFile(++files_, document_);
        }
        WritePair(++units_, unit, context.key, source, target);
      }
    }
    if (!any) ++skipped_;
    return xml_.Flush(sink_);
  }

  absl::Status Finish() override {
    if (!std::exchange(begun_, true)) Begin();
    if (files_ == 0) {
      // The schemas want a file.
      BeginFile(1, "");
      Placeholder();
    }
    EndFile();
    xml_.Raw("</xliff>\n");
    return xml_.Flush(sink_);
  }

  uint64_t skipped() const override { return skipped_; }
  uint64_t replaced() const override { return xml_.replaced(); }

 protected:
  virtual void Begin() = 0;
  virtual void BeginFile(uint64_t number, const std::string& document) = 0;
  virtual void EndFile() = 0;
  virtual void Placeholder() = 0;
  virtual void WritePair(uint64_t number, const Unit& unit, const std::string& key, const Variant& source,
                         const Variant& target) = 0;

  const WriteOptions options_;
  XmlBuilder xml_;

 private:
  ByteSink* const sink_;
  bool begun_ = false;
  std::string document_;
  uint64_t files_ = 0;
  uint64_t units_ = 0;
  uint64_t skipped_ = 0;
};

// White space that is lost where a tool folds it.
bool HasOddSpace(std::string_view text) {
  const auto is_edge = [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; };
  return text.find_first_of("\n\t\r") != std::string_view::npos || text.find("  ") != std::string_view::npos ||
         (!text.empty() && (is_edge(text.front()) || is_edge(text.back())));
}

class Xliff12Writer final : public XliffUnitWriter {
 public:
  using XliffUnitWriter::XliffUnitWriter;

 private:
  void Begin() override {
    xml_.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"1.2\"");
    xml_.Attribute("xmlns", xliff::kNamespace12).Attribute("xmlns:reprise", xliff::kNamespace).Raw(">\n");
  }

  void BeginFile(uint64_t, const std::string& document) override {
    xml_.Raw("<file").Attribute("original", document);
    xml_.Attribute("source-language", options_.source_locale).Attribute("target-language", options_.target_locale);
    xml_.Raw(" datatype=\"plaintext\" xml:space=\"preserve\">\n<body>\n");
  }

  void EndFile() override { xml_.Raw("</body>\n</file>\n"); }
  void Placeholder() override {}

  void WritePair(uint64_t number, const Unit& unit, const std::string& key, const Variant& source,
                 const Variant& target) override {
    const xliff::State12 state = xliff::ToState12(target.status);
    xml_.Raw("<trans-unit").Attribute("id", absl::StrCat(number));
    if (!key.empty()) xml_.Attribute("resname", key);
    if (state.approved) xml_.Raw(" approved=\"yes\"");
    // The file says it already, but there are tools that look here alone.
    if (HasOddSpace(source.content.text) || HasOddSpace(target.content.text)) xml_.Raw(" xml:space=\"preserve\"");
    xml_.Raw(">\n<source>");
    WriteXliff12Inline(source.content, &xml_);
    xml_.Raw("</source>\n<target");
    if (*state.state != '\0') xml_.Attribute("state", state.state);
    if (*state.qualifier != '\0') xml_.Attribute("state-qualifier", state.qualifier);
    xml_.Raw(">");
    WriteXliff12Inline(target.content, &xml_);
    xml_.Raw("</target>\n");
    Note("general", unit.note);
    Note("source", source.note);
    Note("target", target.note);
    xliff::WriteProperties(unit, source, target, [this](std::string_view name, std::string_view value) {
      xml_.Raw("<reprise:prop").Attribute("name", name).Raw(">").Text(value).Raw("</reprise:prop>\n");
    });
    xml_.Raw("</trans-unit>\n");
  }

  void Note(std::string_view about, std::string_view note) {
    if (!note.empty()) xml_.Raw("<note").Attribute("annotates", about).Raw(">").Text(note).Raw("</note>\n");
  }
};

class Xliff2Writer final : public XliffUnitWriter {
 public:
  using XliffUnitWriter::XliffUnitWriter;

 private:
  void Begin() override {
    xml_.Raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xliff version=\"2.1\"");
    xml_.Attribute("xmlns", xliff::kNamespace2).Attribute("xmlns:mda", xliff::kNamespaceMetadata);
    xml_.Attribute("xmlns:reprise", xliff::kNamespace);
    xml_.Attribute("srcLang", options_.source_locale).Attribute("trgLang", options_.target_locale);
    xml_.Raw(" xml:space=\"preserve\">\n");
  }

  void BeginFile(uint64_t number, const std::string& document) override {
    xml_.Raw("<file").Attribute("id", absl::StrCat("f", number));
    if (!document.empty()) xml_.Attribute("original", document);
    xml_.Raw(">\n");
  }

  void EndFile() override { xml_.Raw("</file>\n"); }
  void Placeholder() override {
    xml_.Raw("<unit id=\"u0\" translate=\"no\"><segment><source></source></segment></unit>\n");
  }

  void WritePair(uint64_t number, const Unit& unit, const std::string& key, const Variant& source,
                 const Variant& target) override {
    xml_.Raw("<unit").Attribute("id", absl::StrCat("u", number));
    if (!key.empty()) xml_.Attribute("name", key);
    xml_.Raw(">\n<mda:metadata>\n<mda:metaGroup").Attribute("category", xliff::kCategory).Raw(">\n");
    xliff::WriteProperties(unit, source, target, [this](std::string_view name, std::string_view value) {
      xml_.Raw("<mda:meta").Attribute("type", name).Raw(">").Text(value).Raw("</mda:meta>\n");
    });
    xml_.Raw("</mda:metaGroup>\n</mda:metadata>\n");
    if (!unit.note.empty() || !source.note.empty() || !target.note.empty()) {
      xml_.Raw("<notes>\n");
      Note("", unit.note);
      Note("source", source.note);
      Note("target", target.note);
      xml_.Raw("</notes>\n");
    }
    WriteXliff2Data({{&source.content, 's'}, {&target.content, 't'}}, &xml_);
    const xliff::State2 state = xliff::ToState2(target.status);
    xml_.Raw("<segment");
    if (*state.state != '\0') xml_.Attribute("state", state.state);
    if (*state.sub_state != '\0') xml_.Attribute("subState", state.sub_state);
    xml_.Raw(">\n<source>");
    WriteXliff2Inline(source.content, 's', &xml_);
    xml_.Raw("</source>\n<target>");
    WriteXliff2Inline(target.content, 't', &xml_);
    xml_.Raw("</target>\n</segment>\n</unit>\n");
  }

  void Note(std::string_view about, std::string_view note) {
    if (note.empty()) return;
    xml_.Raw("<note");
    if (!about.empty()) xml_.Attribute("appliesTo", about);
    xml_.Raw(">").Text(note).Raw("</note>\n");
  }
};

}  // namespace

std::unique_ptr<UnitWriter> NewXliff12Writer(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<Xliff12Writer>(options, sink);
}

std::unique_ptr<UnitWriter> NewXliff2Writer(const WriteOptions& options, ByteSink* sink) {
  return std::make_unique<Xliff2Writer>(options, sink);
}

}  // namespace reprise
