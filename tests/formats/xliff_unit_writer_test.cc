#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;
using Kind = Code::Kind;

std::string Write(Format format, const std::vector<Unit>& units, uint64_t* skipped = nullptr,
                  uint64_t* replaced = nullptr) {
  StringSink sink;
  auto writer = NewUnitWriter(format, {.source_locale = "en", .target_locale = "de"}, &sink);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (const Unit& unit : units) EXPECT_TRUE((*writer)->Write(unit).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  if (skipped != nullptr) *skipped = (*writer)->skipped();
  if (replaced != nullptr) *replaced = (*writer)->replaced();
  return sink.text;
}

// A unit that uses every field.
Unit FullUnit() {
  Unit unit;
  unit.client_key = "key <1>";
  unit.source_locale = "de";
  unit.group = "plural";
  unit.dropped_contexts = 7;
  unit.note = "line one\nline \"two\"";
  unit.attributes = {{"tuid", {"t&1"}}, {"project", {"a", "b"}}, {"empty", {}}, {"contexts", {"x"}}};
  Context first{.document = "doc <1>", .key = "k&1", .previous = {}, .next = {}};
  first.previous["en"] = {Neighbour::State::kText, "before\r\n"};
  first.previous["de"].state = Neighbour::State::kEdge;
  first.next["en"].state = Neighbour::State::kUnknown;
  first.next["de"] = {Neighbour::State::kText, ""};
  unit.contexts = {first, {.document = "", .key = "k"}, Context()};
  Variant v;
  v.locale = "en";
  v.content.text = " é \t\r\n<b>&amp; \"x\" 😀 ";
  v.content.codes = {{0, Kind::kOpen, 3, "<b>", "", "bold"},    {1, Kind::kStandalone, 0, "{0}", "name", "var"},
                     {1, Kind::kStandalone, 9, "{1}", "", ""},  {2, Kind::kOpen, 5, "<i>", "", ""},
                     {3, Kind::kClose, 3, "</b>", "", ""},      {3, Kind::kOpen, 6, "<u>", "", ""},
                     {4, Kind::kClose, 5, "</i>", "\t\n", "x"}, {4, Kind::kClose, 0, "", "", ""}};
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
  v.attributes = {{"o-encoding", {"utf"}}, {"prop:p", {"1", "2"}}};
  Variant w = v;
  w.locale = "de";
  w.origin = Origin::kHuman;
  w.note = "m";
  unit.variants = {v, w};
  return unit;
}

TEST(XliffUnitWriter, AUnitComesBackEqual) {
  std::vector<Unit> units = {FullUnit(), FullUnit(), FullUnit()};
  units[1].contexts.clear();
  units[1].source_locale = "en";
  units[2].source_locale = "";
  for (int status = 0; status <= static_cast<int>(VariantStatus::kRejected); ++status) {
    units.push_back(FullUnit());
    units.back().variants[0].status = units.back().variants[1].status = static_cast<VariantStatus>(status);
  }
  for (const Format format : {Format::kXliff12, Format::kXliff2}) {
    const std::string file = Write(format, units);
    const Collected c = ReadAll(format, {}, file);
    ASSERT_TRUE(c.status.ok()) << c.status << file;
    ASSERT_EQ(c.refusals.size(), 0u) << c.refusals[0].reason << file;
    ASSERT_EQ(c.units.size(), units.size());
    for (size_t i = 0; i < units.size(); ++i) EXPECT_TRUE(c.units[i].second == units[i]) << i << file;
  }
}

TEST(XliffUnitWriter, GeneratedUnitsComeBackEqual) {
  TestRandom random(7);
  const char* const pieces[] = {"a", "é", "早", "😀", "<", "&", "]]>", "\r", "\n", "\t", " ", "\"", "'", "\xC2\x85"};
  const auto text = [&](uint32_t longest, bool controls) {
    std::string s;
    for (uint32_t n = random.Below(longest + 1); n > 0; --n) {
      s += controls && random.Below(8) == 0 ? "\x02" : pieces[random.Below(std::size(pieces))];
    }
    return s;
  };
  for (int i = 0; i < 600; ++i) {
    const Format format = i % 2 == 0 ? Format::kXliff12 : Format::kXliff2;
    const bool controls = format == Format::kXliff2;
    Unit unit;
    unit.source_locale = "en";
    unit.client_key = text(3, false);
    unit.note = text(4, false);
    unit.attributes[text(4, false)] = {text(3, false)};
    unit.contexts.push_back({text(2, false), text(2, false), {{"en", {Neighbour::State::kText, text(3, false)}}}, {}});
    for (const char* locale : {"en", "de"}) {
      Variant v;
      v.locale = locale;
      v.content.text = "x" + text(8, controls);
      v.note = text(2, false);
      uint32_t position = 0;
      for (uint32_t n = random.Below(6); n > 0; --n) {
        position = std::min<uint32_t>(position + random.Below(2), 1);
        v.content.codes.push_back({position, static_cast<Kind>(1 + random.Below(3)), random.Below(3), text(3, controls),
                                   text(2, false), text(2, false)});
      }
      unit.variants.push_back(v);
    }
    const std::string file = Write(format, {unit});
    const Collected c = ReadInChunks(format, {}, file, 1 << 16);
    ASSERT_EQ(c.units.size(), 1u) << i << (c.refusals.empty() ? "" : c.refusals[0].reason) << file;
    ASSERT_TRUE(c.units[0].second == unit) << i << file;
  }
}

TEST(XliffUnitWriter, EveryPairIsAUnitAndOthersAreSkipped) {
  Unit unit = FullUnit();
  unit.variants.push_back(unit.variants[1]);
  unit.variants[2].content.text = "Another";
  Unit french = FullUnit();
  french.variants[1].locale = "fr";
  uint64_t skipped = 0;
  for (const Format format : {Format::kXliff12, Format::kXliff2}) {
    EXPECT_EQ(ReadAll(format, {}, Write(format, {unit, french}, &skipped)).units.size(), 2u);
    EXPECT_EQ(skipped, 1u);
  }
}

TEST(XliffUnitWriter, StandardPlacesAreFilledForOtherTools) {
  const std::string one = Write(Format::kXliff12, {FullUnit()});
  EXPECT_THAT(one, HasSubstr("<file original=\"doc &lt;1&gt;\" source-language=\"en\" target-language=\"de\""));
  EXPECT_THAT(one, HasSubstr("<trans-unit id=\"1\" resname=\"k&amp;1\" xml:space=\"preserve\">"));
  EXPECT_THAT(one, HasSubstr("<target state=\"signed-off\">"));
  EXPECT_THAT(one, HasSubstr("<note annotates=\"target\">m</note>"));
  const std::string two = Write(Format::kXliff2, {FullUnit()});
  EXPECT_THAT(two, HasSubstr("<unit id=\"u1\" name=\"k&amp;1\">"));
  EXPECT_THAT(two, HasSubstr("<segment state=\"reviewed\">"));
  EXPECT_THAT(two, HasSubstr("<note appliesTo=\"target\">m</note>"));
}

TEST(XliffUnitWriter, AStateThatATranslatorChangedWins) {
  std::string file = Write(Format::kXliff12, {FullUnit()});
  file.replace(file.find("signed-off"), 10, "translated");
  EXPECT_EQ(ReadAll(Format::kXliff12, {}, file).units.at(0).second.variants[1].status, VariantStatus::kTranslated);
}

TEST(XliffUnitWriter, ForbiddenCharactersAreReplacedAndCounted) {
  Unit unit = FullUnit();
  unit.variants[1].content.text = "a\x01\xFF z";
  uint64_t replaced = 0;
  Write(Format::kXliff12, {unit}, nullptr, &replaced);
  EXPECT_EQ(replaced, 2u);
  Write(Format::kXliff2, {unit}, nullptr, &replaced);
  EXPECT_EQ(replaced, 1u);  // <cp> says the control
}

TEST(XliffUnitWriter, AnEmptyMemoryIsAFileWithoutUnits) {
  for (const Format format : {Format::kXliff12, Format::kXliff2}) {
    const Collected c = ReadAll(format, {}, Write(format, {}));
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.total(), 0u);
  }
}

#ifdef REPRISE_XMLLINT
TEST(XliffUnitWriter, TheFilesAreValidAgainstTheSchemas) {
  const char* schemas = std::getenv("REPRISE_SCHEMA_DIR");
  if (schemas == nullptr) return;
  const std::string path = ::testing::TempDir() + "reprise_xliff_unit_writer_test.xlf";
  Unit other = FullUnit();
  other.contexts[0].document = "other";
  other.variants[1].status = VariantStatus::kRejected;
  const struct {
    Format format;
    const char* schema;
  } kCases[] = {{Format::kXliff12, "/xliff-core-1.2-transitional.xsd"},
                {Format::kXliff2, "/xliff21/xliff_core_2.0.xsd"}};
  for (const auto& test : kCases) {
    const std::string schema = std::string(schemas) + test.schema;
    if (!std::filesystem::exists(schema)) continue;
    for (const std::vector<Unit>& units : {std::vector<Unit>{FullUnit(), other, FullUnit()}, std::vector<Unit>{}}) {
      std::ofstream(path, std::ios::binary) << Write(test.format, units);
      const std::string command =
          std::string(REPRISE_XMLLINT) + " --noout --nonet --schema '" + schema + "' '" + path + "' 2>&1";
      EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }
  }
  std::filesystem::remove(path);
}
#endif

}  // namespace
}  // namespace reprise
