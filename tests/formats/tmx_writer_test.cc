#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using Kind = Code::Kind;

std::string WriteTmx(const std::vector<Unit>& units, const std::string& source_locale = "",
                     uint64_t* replaced = nullptr) {
  StringSink sink;
  auto writer = NewUnitWriter(Format::kTmx, {.source_locale = source_locale, .target_locale = ""}, &sink);
  EXPECT_TRUE(writer.ok());
  for (const Unit& unit : units) EXPECT_TRUE((*writer)->Write(unit).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  if (replaced != nullptr) *replaced = (*writer)->replaced();
  return sink.text;
}

// A unit that uses every field.
Unit FullUnit() {
  Unit unit;
  unit.client_key = "key <1>";
  unit.source_locale = "en";
  unit.group = "plural";
  unit.dropped_contexts = 7;
  unit.note = "line one\nline \"two\"";
  unit.attributes = {{"tuid", {"t&1"}},       {"o-tmf", {"x"}}, {"segtype", {"odd"}},          {"project", {"a", "b"}},
                     {"prop:domain", {"x"}},  {"empty", {}},    {"prop:x-reprise-key", {"z"}}, {"srclang", {"??"}},
                     {"datatype", {"a", "b"}}};
  Context first{.document = "doc", .key = "", .previous = {}, .next = {}};
  first.previous["en"] = {Neighbour::State::kText, "before\r\n"};
  first.previous["de"].state = Neighbour::State::kEdge;
  first.next["en"].state = Neighbour::State::kUnknown;
  first.next["de"] = {Neighbour::State::kText, ""};
  Context second{.document = "", .key = "k", .previous = {}, .next = {}};
  unit.contexts = {first, second, Context()};
  Variant v;
  v.locale = "en";
  v.content.text = " é \t\r\n<b>&amp; \"x\" 😀 ";
  v.content.codes = {{0, Kind::kOpen, 3, "<b>", "", "bold"},    {1, Kind::kStandalone, 0, "{0}", "name", "var"},
                     {1, Kind::kStandalone, 9, "{1}", "", ""},  {2, Kind::kClose, 3, "</b>", "", ""},
                     {3, Kind::kOpen, 5, "<i>", "", ""},        {3, Kind::kOpen, 6, "<u>", "", ""},
                     {4, Kind::kClose, 0, "</u>", "\t\n", "x"}, {4, Kind::kOpen, 8, "", "", ""},
                     {4, Kind::kClose, 8, "", "", "closing"}};
  v.origin = Origin::kMachine;
  v.status = VariantStatus::kReviewed;
  v.locked = true;
  v.created_us = 1706745599123456;
  v.changed_us = 1706745600000000;
  v.created_by = "ann\nlee";
  v.changed_by = "bob";
  v.usage_count = 12;
  v.last_used_us = -1;
  v.note = "n";
  v.attributes = {{"o-encoding", {"utf"}}, {"tuid", {"t"}}, {"prop:p", {"1", "2"}}};
  Variant w;
  w.locale = "de";
  w.content.text = "ü";
  unit.variants = {v, w};
  return unit;
}

TEST(TmxWriter, AUnitComesBackEqual) {
  std::vector<Unit> units = {FullUnit(), FullUnit(), FullUnit()};
  units[1].source_locale = "";
  units[2].source_locale = "de";
  for (const Origin origin : {Origin::kUnspecified, Origin::kHuman, Origin::kAlignment, Origin::kImport}) {
    units.push_back(FullUnit());
    units.back().variants[0].origin = origin;
  }
  for (const VariantStatus status :
       {VariantStatus::kDraft, VariantStatus::kTranslated, VariantStatus::kFinal, VariantStatus::kRejected}) {
    units.push_back(FullUnit());
    units.back().variants[1].status = status;
  }
  for (const char* source : {"", "en"}) {
    const std::string file = WriteTmx(units, source);
    const Collected c = ReadAll(Format::kTmx, {}, file);
    ASSERT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.refusals.size(), 0u) << c.refusals[0].reason << file;
    ASSERT_EQ(c.units.size(), units.size());
    for (size_t i = 0; i < units.size(); ++i) EXPECT_TRUE(c.units[i].second == units[i]) << i << file;
  }
}

TEST(TmxWriter, GeneratedUnitsComeBackEqual) {
  TestRandom random(3);
  const char* const pieces[] = {"a",  "é",  "早", "😀",  "<", "&",    "]]>",     "\r",
                                "\n", "\t", " ",  "\"", "'", "&#1;", "\xC2\x85"};
  const auto text = [&](uint32_t longest) {
    std::string s;
    for (uint32_t n = random.Below(longest + 1); n > 0; --n)
      s += pieces[random.Below(sizeof(pieces) / sizeof(pieces[0]))];
    return s;
  };
  for (int i = 0; i < 500; ++i) {
    Unit unit;
    unit.client_key = text(3);
    unit.note = text(4);
    unit.attributes[text(4)] = {text(3)};
    unit.contexts.push_back({text(2), text(2), {{"en", {Neighbour::State::kText, text(3)}}}, {}});
    for (const char* locale : {"en", "zh-CN"}) {
      Variant v;
      v.locale = locale;
      v.content.text = "x" + text(8);
      v.note = text(2);
      uint32_t position = 0;
      for (uint32_t n = random.Below(6); n > 0; --n) {
        position = std::min<uint32_t>(position + random.Below(2), 1);
        v.content.codes.push_back(
            {position, static_cast<Kind>(1 + random.Below(3)), random.Below(3), text(3), text(2), text(2)});
      }
      unit.variants.push_back(v);
    }
    const std::string file = WriteTmx({unit});
    const Collected c = ReadInChunks(Format::kTmx, {}, file, 1 << 16);
    ASSERT_EQ(c.units.size(), 1u) << i << (c.refusals.empty() ? "" : c.refusals[0].reason) << file;
    ASSERT_TRUE(c.units[0].second == unit) << i << file;
  }
}

TEST(TmxWriter, ForbiddenCharactersAreReplacedAndCounted) {
  Unit unit = FullUnit();
  unit.variants[1].content.text = "a\x01\x1F\xEF\xBF\xBF\xFF z";
  uint64_t replaced = 0;
  const std::string file = WriteTmx({unit}, "", &replaced);
  EXPECT_EQ(replaced, 4u);
  const Collected c = ReadAll(Format::kTmx, {}, file);
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[1].content.text, "a\uFFFD\uFFFD\uFFFD\uFFFD z");
}

TEST(TmxWriter, AUnitWithoutVariantsIsSkipped) {
  StringSink sink;
  auto writer = NewUnitWriter(Format::kTmx, {}, &sink);
  ASSERT_TRUE((*writer)->Write(Unit()).ok());
  ASSERT_TRUE((*writer)->Finish().ok());
  EXPECT_EQ((*writer)->skipped(), 1u);
  EXPECT_TRUE(ReadAll(Format::kTmx, {}, sink.text).status.ok());
}

TEST(TmxWriter, FlavorsUseTheNamesOfTheirTools) {
  Unit unit = FullUnit();
  unit.attributes = {{"project", {"a", "b"}}};
  unit.contexts = {{.document = "doc", .key = "k", .previous = {}, .next = {}}};
  unit.contexts[0].previous = {{"en", {Neighbour::State::kText, "be|fore"}},
                               {"de", {Neighbour::State::kText, "davor"}}};
  unit.contexts[0].next["en"] = {Neighbour::State::kText, "after"};
  unit.variants[1].status = VariantStatus::kFinal;
  unit.variants[1].origin = Origin::kMachine;
  const struct {
    TmxFlavor flavor;
    std::vector<const char*> has;
    bool next, key, status;
  } kCases[] = {
      {TmxFlavor::kMemoq, {"<prop type=\"x-context-pre\">be|fore</prop>"}, true, false, false},
      {TmxFlavor::kTrados,
       {"<prop type=\"x-ContextContent\">be||fore |  | davor | </prop>", "<prop type=\"x-IdContext\">k</prop>",
        "<prop type=\"x-ConfirmationLevel\">ApprovedSignOff</prop>",
        "<prop type=\"x-project:MultipleString\">a</prop>"},
       false,
       true,
       true},
      {TmxFlavor::kOmegat, {"<prop type=\"file\">doc</prop>", "<prop type=\"id\">k</prop>"}, true, true, false},
  };
  for (const auto& test : kCases) {
    StringSink sink;
    WriteOptions options{.source_locale = "en"};
    options.flavor = test.flavor;
    auto writer = NewUnitWriter(Format::kTmx, options, &sink);
    ASSERT_TRUE((*writer)->Write(unit).ok());
    ASSERT_TRUE((*writer)->Finish().ok());
    EXPECT_EQ(sink.text.find("x-reprise-"), std::string::npos) << sink.text;
    for (const char* text : test.has) EXPECT_NE(sink.text.find(text), std::string::npos) << text << sink.text;
    const Collected c = ReadAll(Format::kTmx, {}, sink.text);
    ASSERT_EQ(c.units.size(), 1u) << sink.text;
    const Unit& back = c.units[0].second;
    ASSERT_EQ(back.contexts.size(), 1u);
    EXPECT_EQ(back.contexts[0].previous.at("en").text, "be|fore");
    EXPECT_EQ(back.contexts[0].next.count("en"), test.next ? 1u : 0u);
    EXPECT_EQ(back.contexts[0].key, test.key ? "k" : "");
    EXPECT_EQ(back.variants[1].status, test.status ? VariantStatus::kFinal : VariantStatus::kUnspecified);
    EXPECT_EQ(back.variants[1].origin, test.status ? Origin::kMachine : Origin::kUnspecified);
  }
}

TEST(TmxWriter, TheEdgeOfAFileIsAnEmptyNeighbourOfOmegat) {
  Unit unit = FullUnit();
  unit.contexts = {{.document = "doc", .key = "k", .previous = {}, .next = {}}};
  unit.contexts[0].previous["en"].state = Neighbour::State::kEdge;
  unit.contexts[0].next["en"] = {Neighbour::State::kText, "after"};
  StringSink sink;
  WriteOptions options{.source_locale = "en"};
  options.flavor = TmxFlavor::kOmegat;
  auto writer = NewUnitWriter(Format::kTmx, options, &sink);
  ASSERT_TRUE((*writer)->Write(unit).ok() && (*writer)->Finish().ok());
  const Collected c = ReadAll(Format::kTmx, {}, sink.text);
  ASSERT_EQ(c.units.size(), 1u) << sink.text;
  EXPECT_EQ(c.units[0].second.contexts, unit.contexts) << sink.text;
}

TEST(TmxWriter, AttributesNamedAsAToolsPropertiesStayAttributes) {
  Unit unit = FullUnit();
  unit.attributes["prop:file"] = {"a.txt"};
  unit.variants[0].attributes["prop:x-context-pre"] = {"b"};
  const Collected c = ReadAll(Format::kTmx, {}, WriteTmx({unit}, "en"));
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_TRUE(c.units[0].second == unit);
}

#ifdef REPRISE_XMLLINT
TEST(TmxWriter, TheFileIsValidAgainstTheDtd) {
  const char* schemas = std::getenv("REPRISE_SCHEMA_DIR");
  if (schemas == nullptr) return;
  const std::string dtd = std::string(schemas) + "/tmx14.dtd";
  if (!std::filesystem::exists(dtd)) return;
  const std::string path = ::testing::TempDir() + "reprise_tmx_writer_test.tmx";
  std::ofstream(path, std::ios::binary) << WriteTmx({FullUnit(), FullUnit()}, "en");
  const std::string command =
      std::string(REPRISE_XMLLINT) + " --noout --nonet --dtdvalid '" + dtd + "' '" + path + "' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  std::filesystem::remove(path);
}
#endif

}  // namespace
}  // namespace reprise
