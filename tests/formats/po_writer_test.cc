#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "formats/po_vocabulary.h"
#include "tests/formats/collect.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;
using testing::MakeUnit;
using ::testing::Not;

std::string Write(const std::vector<Unit>& units, const std::string& target = "de", uint64_t* skipped = nullptr) {
  StringSink sink;
  auto writer = NewUnitWriter(Format::kPo, {.source_locale = "en", .target_locale = target}, &sink);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (const Unit& unit : units) EXPECT_TRUE((*writer)->Write(unit).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  if (skipped != nullptr) *skipped = (*writer)->skipped();
  return sink.text;
}

std::vector<Unit> UnitsOf(const Collected& c) {
  std::vector<Unit> units;
  for (const auto& [line, unit] : c.units) units.push_back(unit);
  return units;
}

constexpr char kCatalogue[] = R"(msgid ""
msgstr ""
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Language: de\n"
"X-Source-Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"X-Generator: reprise\n"

# A note
# of two lines
#. extracted
#: a.c:1 b.c:2
#, c-format, no-wrap
msgctxt "menu"
msgid ""
"one\n"
"%s\t\"two\"\\"
msgstr ""
"eins\n"
"%s\t\"zwei\"\\"

#: a.c
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"

msgid "same"
msgid_plural "same"
msgstr[0] "gleich"
msgstr[1] "gleich"

msgid "end\n"
msgstr "\001 Ende\n"
)";

TEST(PoWriter, AFileComesBackByteForByte) {
  const Collected c = ReadAll(Format::kPo, {}, kCatalogue);
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.refusals.size(), 0u);
  EXPECT_EQ(Write(UnitsOf(c)), kCatalogue);
}

TEST(PoWriter, OtherPairsAndRejectedTextsAreSkipped) {
  Unit rejected = MakeUnit("b", "B");
  rejected.variants[1].status = VariantStatus::kRejected;
  uint64_t skipped = 0;
  const std::string file = Write({MakeUnit("a", "A", "fr"), rejected, MakeUnit("c", "C")}, "de", &skipped);
  EXPECT_EQ(skipped, 2u);
  EXPECT_THAT(file, HasSubstr("msgid \"c\""));
  EXPECT_THAT(file, Not(HasSubstr("msgid \"b\"")));
}

TEST(PoWriter, DraftsAreFuzzy) {
  Unit draft = MakeUnit("a", "A");
  draft.variants[1].status = VariantStatus::kDraft;
  EXPECT_THAT(Write({draft}), HasSubstr("#, fuzzy\n#| msgid \"a\"\nmsgid \"a\""));
}

TEST(PoWriter, DraftsComeBackAsDrafts) {
  Unit draft = MakeUnit("a", "A");
  draft.variants[1].status = VariantStatus::kDraft;
  draft.contexts = {{.document = "d", .key = "k"}};
  Unit one = MakeUnit("%d file", "%d Datei"), many = MakeUnit("%d files", "%d Dateien");
  for (Unit* form : {&one, &many}) {
    form->variants[1].status = VariantStatus::kDraft;
    form->group = "g";
    form->attributes[po::kPluralIndex] = {form == &one ? "0" : "1"};
  }
  const Unit done = MakeUnit("b", "B");
  const std::string file = Write({draft, one, many, done});
  EXPECT_THAT(file, HasSubstr("#, fuzzy\n#| msgctxt \"k\"\n#| msgid \"a\"\nmsgctxt \"k\"\nmsgid \"a\""));
  const Collected c = ReadAll(Format::kPo, {}, file);
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 4u) << file;
  const Unit units[] = {draft, one, many, done};
  for (size_t i = 0; i < 4; ++i) {
    const Unit& unit = c.units[i].second;
    EXPECT_EQ(unit.variants[0].content.text, units[i].variants[0].content.text);
    EXPECT_EQ(unit.variants[1].content.text, units[i].variants[1].content.text);
    EXPECT_EQ(unit.variants[1].status, i < 3 ? VariantStatus::kDraft : VariantStatus::kTranslated) << i;
  }
  EXPECT_EQ(c.units[0].second.contexts[0].key, "k");
  // What stands beside a draft is said in both languages.
  EXPECT_EQ(c.units[3].second.contexts[0].previous.at("de").text, "%d Datei");
  std::vector<Unit> again;
  for (const auto& [line, unit] : c.units) again.push_back(unit);
  EXPECT_EQ(Write(again), file);
}

TEST(PoWriter, EveryContextIsAMessage) {
  Unit unit = MakeUnit("a", "A");
  unit.contexts = {{.document = "x.c", .key = "k1"}, {.document = "y z", .key = "k2"}};
  const std::string file = Write({unit});
  EXPECT_THAT(file, HasSubstr("#: x.c\nmsgctxt \"k1\"\nmsgid \"a\""));
  EXPECT_THAT(file, HasSubstr("\n\nmsgctxt \"k2\"\nmsgid \"a\""));
}

TEST(PoWriter, FormsWithoutTheirMessageStillMakeOne) {
  const Collected c = ReadAll(Format::kPo, {}, kCatalogue);
  std::vector<Unit> units = UnitsOf(c);
  units.erase(units.begin() + 1);  // form 0 of "%d file"
  EXPECT_THAT(Write(units), HasSubstr("msgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"\"\n"));
  // Two units of one form: gettext has no place for the second one.
  units = UnitsOf(c);
  units.insert(units.begin() + 2, units[1]);
  units[2].variants[1].content.text = "%d andere";
  EXPECT_THAT(Write(units), Not(HasSubstr("andere")));
}

TEST(PoWriter, LocalesTakeTheShapeOfGettext) {
  EXPECT_THAT(Write({}, "pt-BR"), HasSubstr("\"Language: pt_BR\\n\"\n\"X-Source"));
  EXPECT_THAT(Write({}, "sr-Latn"), HasSubstr("\"Language: sr@latin\\n\"\n\"X-Source"));
  EXPECT_THAT(Write({}, "ca-valencia"), HasSubstr("\"Language: ca@valencia\\n\"\n\"X-Source"));
  EXPECT_THAT(Write({}, "zh-Hant-HK"), HasSubstr("\"Language: zh-Hant-HK\\n\"\n"));
  EXPECT_THAT(Write({}, "ja"), HasSubstr("nplurals=1"));
  EXPECT_THAT(Write({}, "tlh"), Not(HasSubstr("nplurals")));
}

TEST(PoWriter, BothLocalesAreNeeded) {
  StringSink sink;
  EXPECT_EQ(FieldOf(NewUnitWriter(Format::kPo, {.source_locale = "en"}, &sink).status()), "target_locale");
}

TEST(PoWriter, GeneratedUnitsComeBackEqual) {
  TestRandom random(11);
  const char* const pieces[] = {"a", "é", "早", "😀", "\"", "\\", "\n", "\t", "\r", " ", "\x01", "8", "x", "#"};
  const auto text = [&](uint32_t longest) {
    std::string s = "x";
    for (uint32_t n = random.Below(longest + 1); n > 0; --n) s += pieces[random.Below(std::size(pieces))];
    return s;
  };
  for (int i = 0; i < 300; ++i) {
    Unit unit = MakeUnit(text(9), text(9));
    unit.variants[1].status = VariantStatus::kTranslated;
    unit.contexts.push_back({.document = "d", .key = text(4)});
    const Collected c = ReadInChunks(Format::kPo, {}, Write({unit}), 1 << 16);
    ASSERT_EQ(c.units.size(), 1u) << (c.refusals.empty() ? MessageOf(c.status) : c.refusals[0].reason);
    Unit back = c.units[0].second;
    back.attributes.clear();
    back.contexts[0].previous.clear();
    back.contexts[0].next.clear();
    EXPECT_TRUE(back == unit) << i;
  }
}

TEST(PoWriter, MsgfmtTakesTheFile) {
  if (std::system("command -v msgfmt >/dev/null 2>&1") != 0) return;
  const std::string path = ::testing::TempDir() + "reprise_po_writer_test.po";
  std::ofstream(path, std::ios::binary) << Write(UnitsOf(ReadAll(Format::kPo, {}, kCatalogue)));
  EXPECT_EQ(std::system(("msgfmt --check-format -o /dev/null '" + path + "' 2>&1").c_str()), 0);
  std::filesystem::remove(path);
}

// Gettext refuses a msgid that stands twice under one msgctxt.
TEST(PoWriter, ATextStandsOnceUnderOneKey) {
  Unit keyed = MakeUnit("Open", "Offen");
  keyed.contexts.resize(2);
  keyed.contexts[0].key = "state";
  keyed.contexts[1].key = "state";
  keyed.contexts[1].document = "other.c";
  const std::vector<Unit> units = {MakeUnit("Open", "Öffnen"), MakeUnit("Open", "Auf"), keyed,
                                   MakeUnit("Close", "Öffnen")};
  StringSink sink;
  auto writer = NewUnitWriter(Format::kPo, {.source_locale = "en", .target_locale = "de"}, &sink);
  for (const Unit& unit : units) ASSERT_TRUE((*writer)->Write(unit).ok());
  ASSERT_TRUE((*writer)->Finish().ok());
  EXPECT_EQ((*writer)->repeated(), 2u);
  EXPECT_EQ((*writer)->skipped(), 0u);
  EXPECT_THAT(sink.text, HasSubstr("msgid \"Open\"\nmsgstr \"Öffnen\""));
  EXPECT_THAT(sink.text, HasSubstr("msgctxt \"state\"\nmsgid \"Open\"\nmsgstr \"Offen\""));
  EXPECT_THAT(sink.text, Not(HasSubstr("Auf")));
}

}  // namespace
}  // namespace reprise
