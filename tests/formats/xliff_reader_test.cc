#include <gmock/gmock.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;
using Kind = Code::Kind;

constexpr char kHead12[] = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xliff PUBLIC "-//XLIFF//DTD XLIFF//EN" "http://example.invalid/xliff.dtd">
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
<file original="a.html" source-language="en_us" target-language="de" datatype="html"><header><note>x</note></header><body>
)";
constexpr char kTail12[] = "</body></file></xliff>\n";
constexpr char kHead2[] = R"(<?xml version="1.0"?>
<xliff version="2.1" xmlns="urn:oasis:names:tc:xliff:document:2.0" srcLang="en-US" trgLang="de">
<file id="f1" original="a.html">
<notes><note>of the file</note></notes>

)";
constexpr char kTail2[] = "</file></xliff>\n";

std::string Unit12(std::string_view source, std::string_view target, std::string_view attributes = "id=\"1\"") {
  return "<trans-unit " + std::string(attributes) + "><source>" + std::string(source) + "</source><target>" +
         std::string(target) + "</target></trans-unit>\n";
}
std::string Unit2(std::string_view source, std::string_view target, std::string_view attributes = "id=\"1\"") {
  return "<unit " + std::string(attributes) + "><segment><source>" + std::string(source) + "</source><target>" +
         std::string(target) + "</target></segment></unit>\n";
}

Collected Read(std::string_view input, const ReadOptions& options = {}) {
  return ReadAll(Format::kXliff12, options, input);
}
Collected Read12(std::string_view units) { return Read(kHead12 + std::string(units) + kTail12); }
Collected Read2(std::string_view units) { return Read(kHead2 + std::string(units) + kTail2); }

void ExpectCodes(const Content& content, const std::vector<Code>& expected) {
  ASSERT_EQ(content.codes.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const Code& code = content.codes[i];
    EXPECT_TRUE(code == expected[i]) << i << ": at " << code.position << " pair " << code.pair_id << " " << code.data
                                     << " equiv " << code.equivalent_text << " type " << code.type;
  }
}

TEST(XliffReader12, AUnitWithKeyNotesAndNeighbours) {
  const Collected c = Read12(
      "<trans-unit id=\"7\" resname=\"menu.open\" maxwidth=\"20\"><source>Open &amp; close</source>\n"
      "<target xml:lang=\"de-AT\" state=\"translated\">Öffnen</target><note>general</note>"
      "<note annotates=\"target\">of the target</note>"
      "<context-group purpose=\"location\"><context context-type=\"sourcefile\">m.c</context></context-group>"
      "<alt-trans><source>Open</source><target>Auf</target></alt-trans></trans-unit>\n" +
      Unit12("Untranslated", "") + Unit12("Last", "Letzter"));
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u) << c.refusals[0].reason;
  EXPECT_EQ(c.units[0].first, 5u);
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.source_locale, "en-US");
  ASSERT_EQ(unit.variants.size(), 2u);
  EXPECT_EQ(unit.variants[0].content.text, "Open & close");
  EXPECT_EQ(unit.variants[1].locale, "de-AT");
  EXPECT_EQ(unit.variants[1].content.text, "Öffnen");
  EXPECT_EQ(unit.variants[1].status, VariantStatus::kTranslated);
  EXPECT_EQ(unit.variants[1].note, "of the target");
  EXPECT_EQ(unit.note, "general");
  EXPECT_EQ(unit.attributes,
            (Attributes{{"xliff:id", {"7"}}, {"xliff:maxwidth", {"20"}}, {"xliff:context:sourcefile", {"m.c"}}}));
  ASSERT_EQ(unit.contexts.size(), 1u);
  EXPECT_EQ(unit.contexts[0].document, "a.html");
  EXPECT_EQ(unit.contexts[0].key, "menu.open");
  EXPECT_EQ(unit.contexts[0].previous.at("en-US").state, Neighbour::State::kEdge);
  EXPECT_EQ(unit.contexts[0].next.at("en-US").text, "Untranslated");
  const Context& last = c.units[1].second.contexts[0];
  EXPECT_EQ(last.key, "");  // a bare id is no key
  EXPECT_EQ(last.previous.at("en-US").text, "Untranslated");
  EXPECT_EQ(last.next.at("de").state, Neighbour::State::kEdge);
}

TEST(XliffReader12, InlineCodes) {
  const Collected c = Read12(Unit12(
      R"(é<g id="1" ctype="bold">bold<x id="2"/></g> <bpt id="3" rid="9">&lt;i></bpt>i<ept id="4" rid="9">&lt;/i></ept>)"
      R"(<ph id="5" equiv-text="tree">&lt;img alt="<sub>a <g id="1">b</g></sub>"/></ph><it id="6" pos="open">&lt;u></it>)"
      R"(<mrk mtype="term">term</mrk><bx id="7"/>x<ex id="7"/>)",
      "x"));
  ASSERT_EQ(c.units.size(), 1u) << c.refusals[0].reason;
  const Content& content = c.units[0].second.variants[0].content;
  EXPECT_EQ(content.text, "ébold itermx");
  ExpectCodes(content, {{1, Kind::kOpen, 1, "<g ctype=\"bold\" id=\"1\">", "", "bold"},
                        {5, Kind::kStandalone, 0, "<x id=\"2\"/>", "", ""},
                        {5, Kind::kClose, 1, "</g>", "", ""},
                        {6, Kind::kOpen, 9, "<i>", "", ""},
                        {7, Kind::kClose, 9, "</i>", "", ""},
                        {7, Kind::kStandalone, 0, "<img alt=\"<sub>a <g id=\"1\">b</g></sub>\"/>", "tree", ""},
                        {7, Kind::kOpen, 0, "<u>", "", ""},
                        {11, Kind::kOpen, 7, "<bx id=\"7\"/>", "", ""},
                        {12, Kind::kClose, 7, "<ex id=\"7\"/>", "", ""}});
}

TEST(XliffReader12, EverySegmentIsAUnit) {
  const Collected c = Read12(
      R"(<trans-unit id="1"><source>One. Two. Three.</source><seg-source><g id="1"><mrk mtype="seg" mid="a">One.</mrk> )"
      R"(<mrk mtype="seg" mid="b">Two <x id="2"/>.</mrk> <mrk mtype="seg" mid="c">Three.</mrk></g></seg-source>)"
      R"(<target><g id="1"><mrk mtype="seg" mid="b">Zwei <x id="2"/>.</mrk> <mrk mtype="seg" mid="a">Eins.</mrk></g></target>)"
      R"(<sdl:seg-defs><sdl:seg id="a" conf="ApprovedTranslation" origin="mt" percent="80" locked="true"/>)"
      R"(<sdl:seg id="b" conf="Draft" origin="interactive"><sdl:value key="k">v</sdl:value></sdl:seg></sdl:seg-defs></trans-unit>)");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u);
  const Unit &one = c.units[0].second, &two = c.units[1].second;
  EXPECT_EQ(one.variants[0].content.text, "One.");
  EXPECT_EQ(one.variants[0].content.codes.size(), 0u);  // the <g> around the segments belongs to none
  EXPECT_EQ(one.variants[1].content.text, "Eins.");
  EXPECT_EQ(one.variants[1].status, VariantStatus::kReviewed);
  EXPECT_EQ(one.variants[1].origin, Origin::kMachine);
  EXPECT_TRUE(one.variants[1].locked);
  EXPECT_EQ(one.variants[1].attributes.at("sdl:percent"), (std::vector<std::string>{"80"}));
  EXPECT_EQ(two.variants[1].content.text, "Zwei .");
  EXPECT_EQ(two.variants[0].content.codes.size(), 1u);
  EXPECT_EQ(two.variants[1].status, VariantStatus::kDraft);
  EXPECT_EQ(two.variants[1].origin, Origin::kHuman);
  EXPECT_EQ(one.contexts[0].next.at("en-US").text, "Two .");
  EXPECT_EQ(two.contexts[0].previous.at("de").text, "Eins.");
  EXPECT_EQ(two.contexts[0].next.at("en-US").text, "Three.");
}

TEST(XliffReader12, StatesOriginsAndLocks) {
  const struct {
    const char *unit, *target;
    VariantStatus status;
    Origin origin;
    bool locked;
  } kCases[] = {
      {"", "", VariantStatus::kUnspecified, Origin::kUnspecified, false},
      {"approved=\"yes\"", "", VariantStatus::kFinal, Origin::kUnspecified, false},
      {"approved=\"no\"", "state=\"final\"", VariantStatus::kFinal, Origin::kUnspecified, false},
      {"", "state=\"signed-off\"", VariantStatus::kReviewed, Origin::kUnspecified, false},
      {"", "state=\"translated\"", VariantStatus::kTranslated, Origin::kUnspecified, false},
      {"", "state=\"needs-review-translation\"", VariantStatus::kTranslated, Origin::kUnspecified, false},
      {"", "state=\"needs-review-l10n\"", VariantStatus::kTranslated, Origin::kUnspecified, false},
      {"", "state=\"needs-review-adaptation\"", VariantStatus::kTranslated, Origin::kUnspecified, false},
      {"", "state=\"needs-adaptation\"", VariantStatus::kDraft, Origin::kUnspecified, false},
      {"", "state=\"needs-l10n\"", VariantStatus::kDraft, Origin::kUnspecified, false},
      {"", "state=\"needs-translation\"", VariantStatus::kDraft, Origin::kUnspecified, false},
      {"", "state=\"new\"", VariantStatus::kDraft, Origin::kUnspecified, false},
      {"", "state=\"x-own\"", VariantStatus::kUnspecified, Origin::kUnspecified, false},
      {"", "state=\"translated\" state-qualifier=\"leveraged-mt\"", VariantStatus::kTranslated, Origin::kMachine,
       false},
      {"", "state-qualifier=\"mt-suggestion\"", VariantStatus::kUnspecified, Origin::kMachine, false},
      {"", "state-qualifier=\"exact-match\"", VariantStatus::kUnspecified, Origin::kUnspecified, false},
      {"approved=\"yes\"", "state-qualifier=\"rejected-grammar\"", VariantStatus::kRejected, Origin::kUnspecified,
       false},
      {"mq:status=\"ManuallyConfirmed\" mq:locked=\"locked\"", "", VariantStatus::kTranslated, Origin::kUnspecified,
       true},
      {"mq:status=\"MachineTranslated\"", "state=\"final\"", VariantStatus::kDraft, Origin::kMachine, false},
      {"mq:status=\"Proofread\" mq:locked=\"no\"", "", VariantStatus::kFinal, Origin::kUnspecified, false},
      {"mq:status=\"Rejected\"", "", VariantStatus::kRejected, Origin::kUnspecified, false},
      {"m:confirmed=\"1\" m:locked=\"true\"", "", VariantStatus::kTranslated, Origin::kUnspecified, true},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.unit) + " " + test.target);
    const Collected c = Read12("<trans-unit id=\"1\" " + std::string(test.unit) + "><source>a</source><target " +
                               test.target + ">b</target></trans-unit>");
    ASSERT_EQ(c.units.size(), 1u);
    const Variant& target = c.units[0].second.variants[1];
    EXPECT_EQ(target.status, test.status);
    EXPECT_EQ(target.origin, test.origin);
    EXPECT_EQ(target.locked, test.locked);
  }
}

TEST(XliffReader12, WhatIsNotForTranslationIsNoUnitButANeighbour) {
  const Collected c =
      Read12(Unit12("One", "Eins") + Unit12("Code", "Code", "id=\"2\" translate=\"no\"") +
             "<group translate=\"no\"><group>" + Unit12("G", "G") + "</group>" +
             Unit12("But", "Doch", "id=\"3\" translate=\"yes\"") + "</group><group/>" + Unit12("Two", "Zwei"));
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 3u);
  EXPECT_EQ(c.units[0].second.contexts[0].next.at("en-US").text, "Code");
  EXPECT_EQ(c.units[1].second.contexts[0].previous.at("en-US").text, "G");
  EXPECT_EQ(c.units[2].second.variants[1].content.text, "Zwei");
}

TEST(XliffReader12, FilesHaveTheirOwnLanguagesAndEdges) {
  const std::string file =
      "<xlf:xliff version='1.1' xmlns:xlf='urn:oasis:names:tc:xliff:document:1.1'><xlf:file original='a' "
      "source-language='en' target-language='de'><xlf:body><xlf:trans-unit id='1'><xlf:source>a</xlf:source>"
      "<xlf:target>A<xlf:x id='1'/></xlf:target></xlf:trans-unit></xlf:body></xlf:file><xlf:file original='b' "
      "source-language='fr'><xlf:body><xlf:trans-unit id='1'><xlf:source>b</xlf:source><xlf:target>B</xlf:target>"
      "</xlf:trans-unit></xlf:body></xlf:file></xlf:xliff>";
  const Collected c = Read(file, {.target_locale = "it"});
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u) << c.refusals[0].reason;
  EXPECT_EQ(c.units[0].second.contexts[0].next.at("en").state, Neighbour::State::kEdge);
  EXPECT_EQ(c.units[1].second.variants[0].locale, "fr");
  EXPECT_EQ(c.units[1].second.variants[1].locale, "it");
  const Collected without = Read(file);
  ASSERT_EQ(without.refusals.size(), 1u);
  EXPECT_THAT(without.refusals[0].reason, HasSubstr("target language is not named"));
}

TEST(XliffReader2, AUnitWithKeyNotesAndSegments) {
  const Collected c = Read2(
      R"(<unit id="u1" name="menu.open"><notes><note appliesTo="source">s</note><note>general</note></notes>
<originalData><data id="d1">&lt;b></data><data id="d2">&lt;/b></data><data id="d3">{<cp hex="001f"/>}</data></originalData>
<segment id="s1" state="reviewed" subState="my:x"><source>Bell<cp hex="0007"/> <pc id="1" dataRefStart="d1" dataRefEnd="d2" type="fmt" subType="xlf:b">bold</pc></source>
<target>Glocke <sc id="1" dataRef="d1"/>fett<ec startRef="1" dataRef="d2"/><ph id="3" dataRef="d3" equiv="n"/></target></segment>
<ignorable><source> </source></ignorable>
<segment state="final"><source><mrk id="m1" type="term">Two</mrk><sm id="m2"/>.<em startRef="m2"/></source><target>Zwei.</target></segment>
<mtc:matches xmlns:mtc="urn:oasis:names:tc:xliff:matches:2.0"><mtc:match ref="#1"><source>X</source><target>Y</target></mtc:match></mtc:matches>
</unit>)");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u) << c.refusals[0].reason;
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.variants[0].content.text, "Bell\a bold");
  ExpectCodes(unit.variants[0].content,
              {{6, Kind::kOpen, 1, "<b>", "", "xlf:b"}, {10, Kind::kClose, 1, "</b>", "", ""}});
  ExpectCodes(unit.variants[1].content, {{7, Kind::kOpen, 1, "<b>", "", ""},
                                         {11, Kind::kClose, 1, "</b>", "", ""},
                                         {11, Kind::kStandalone, 0, "{\x1F}", "n", ""}});
  EXPECT_EQ(unit.variants[1].status, VariantStatus::kReviewed);
  EXPECT_EQ(unit.variants[1].attributes.at("xliff:subState"), (std::vector<std::string>{"my:x"}));
  EXPECT_EQ(unit.note, "general");
  EXPECT_EQ(unit.variants[0].note, "s");
  EXPECT_EQ(unit.contexts[0].document, "a.html");
  EXPECT_EQ(unit.contexts[0].key, "menu.open");
  EXPECT_EQ(unit.contexts[0].next.at("en-US").text, "Two.");
  EXPECT_EQ(c.units[1].second.variants[0].content.text, "Two.");
  EXPECT_EQ(c.units[1].second.variants[1].status, VariantStatus::kFinal);
}

TEST(XliffReader2, TranslateNoIsInherited) {
  const Collected c = Read2("<group id=\"g\" translate=\"no\">" + Unit2("a", "A") +
                            Unit2("b", "B", "id=\"2\" translate=\"yes\"") + "</group>" + Unit2("c", "C"));
  ASSERT_EQ(c.units.size(), 2u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "b");
}

TEST(XliffReader, OneBrokenUnitIsRefusedByLineAndTheRestGoesOn) {
  const struct {
    const char* text;
    const char* reason;
  } kCases[] = {
      {"a & b", "not well-formed"},
      {"a &nbsp; b", "undefined entity"},
      {"a &xxe; b", "undefined entity"},
      {"a \xFF b", "not well-formed"},
      {"a&#0;b", "reference"},
      {"a </b> c", "mismatched tag"},
      {"a < b", "not well-formed"},
      {"a <b>bold</b>", "<b> cannot stand in a text"},
      {"x</source><source>y", "has two <source>"},
      {"x</source>text<source>y", "directly in"},
  };
  for (const bool two : {false, true}) {
    for (const auto& test : kCases) {
      SCOPED_TRACE(test.text);
      const auto unit = [two](std::string_view s, std::string_view t, std::string_view id) {
        return two ? Unit2(s, t, id) : Unit12(s, t, id);
      };
      const std::string units =
          unit("One", "Eins", "id=\"1\"") + unit(test.text, "Zwei", "id=\"u2\"") + unit("Three", "Drei", "id=\"3\"");
      const Collected c = two ? Read2(units) : Read12(units);
      EXPECT_TRUE(c.status.ok()) << c.status;
      ASSERT_EQ(c.units.size(), 2u);
      EXPECT_EQ(c.units[1].second.variants[1].content.text, "Drei");
      ASSERT_EQ(c.refusals.size(), 1u);
      EXPECT_EQ(c.refusals[0].line, two ? 7u : 6u);
      EXPECT_EQ(c.refusals[0].unit, "u2");
      EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
      // What stands there is not known.
      EXPECT_EQ(c.units[0].second.contexts[0].next.size(), 0u);
    }
  }
}

TEST(XliffReader, FaultsOfOneVersion) {
  EXPECT_THAT(Read12(Unit12("<it id=\"1\">x</it>a", "b")).refusals.at(0).reason, HasSubstr("pos of open or close"));
  EXPECT_THAT(Read12("<trans-unit id=\"1\"><target>b</target></trans-unit>").refusals.at(0).reason,
              HasSubstr("no <source>"));
  EXPECT_THAT(Read12(Unit12("<mrk mtype=\"seg\" mid=\"1\"><mrk mtype=\"seg\" mid=\"2\">a</mrk></mrk>", "b"))
                  .refusals.at(0)
                  .reason,
              HasSubstr("stands in another"));
  EXPECT_THAT(Read2(Unit2("<ph id=\"1\" dataRef=\"d9\"/>a", "b")).refusals.at(0).reason, HasSubstr("\"d9\""));
  EXPECT_THAT(Read2(Unit2("<cp hex=\"D800\"/>a", "b")).refusals.at(0).reason, HasSubstr("no character"));
  EXPECT_THAT(Read2("<unit id=\"1\"><source>a</source></unit>").refusals.at(0).reason, HasSubstr("outside of a"));
}

TEST(XliffReader, ATruncatedFileGivesItsUnitsAndAnError) {
  const std::string file = kHead12 + Unit12("One", "Eins") + Unit12("Two", "Zwei") + Unit12("Three", "Drei") + kTail12;
  const Collected c = Read(file.substr(0, file.find("Zwei")));
  EXPECT_EQ(c.units.size(), 1u);
  ASSERT_EQ(c.refusals.size(), 1u);
  EXPECT_THAT(c.refusals[0].reason, HasSubstr("</trans-unit> is missing"));
  EXPECT_THAT(MessageOf(c.status), HasSubstr("line 6"));
  EXPECT_THAT(MessageOf(c.status), HasSubstr("cut off"));
  const Collected between = Read(file.substr(0, file.find("</body>")));
  ASSERT_EQ(between.units.size(), 3u);
  EXPECT_EQ(between.units[2].second.contexts[0].next.size(), 0u);
  EXPECT_FALSE(between.status.ok());
}

TEST(XliffReader, WhatIsNoXliffIsSaid) {
  EXPECT_THAT(MessageOf(Read("<html></html>").status), HasSubstr("first element is <html>"));
  EXPECT_THAT(MessageOf(Read("").status), HasSubstr("not an XLIFF file"));
  EXPECT_THAT(MessageOf(Read("text").status), HasSubstr("not an XLIFF file"));
  EXPECT_THAT(MessageOf(Read("<xliff version=\"3.0\"></xliff>").status), HasSubstr("version \"3.0\""));
  EXPECT_THAT(MessageOf(Read("<trans-unit></trans-unit><xliff/>").status), HasSubstr("outside of an <xliff>"));
  EXPECT_THAT(MessageOf(Read("<!DOCTYPE xliff [<!ENTITY a \"b\">]><xliff version=\"1.2\"/>").status),
              HasSubstr("entity \"a\""));
  EXPECT_THAT(MessageOf(Read("<?xml version=\"1.0\" encoding=\"latin1\"?><xliff/>").status), HasSubstr("latin1"));
  std::string deep = kHead12;
  for (int i = 0; i < 2000; ++i) deep += "<group>";
  EXPECT_THAT(MessageOf(Read(deep).status), HasSubstr("nested deeper"));
  std::string spans = kHead12 + std::string("<trans-unit id=\"1\"><source>");
  for (int i = 0; i < 2000; ++i) spans += "<g id=\"1\">";
  const Collected c = Read(spans + "</source></trans-unit>" + Unit12("a", "b") + kTail12);
  EXPECT_EQ(c.units.size(), 1u);
  EXPECT_THAT(c.refusals.at(0).reason, HasSubstr("nested deeper"));
}

TEST(XliffReader, TheHeaderOfAConvertedPoIsNoUnit) {
  const Collected c = ReadAll(
      Format::kXliff12, {},
      "<xliff version=\"1.1\"><file original=\"a.po\" source-language=\"en\" target-language=\"de\"><body>"
      "<trans-unit id=\"1\" restype=\"x-gettext-domain-header\"><source>Language: de</source><target>Language: de"
      "</target></trans-unit><trans-unit id=\"2\"><source>a</source><target>b</target></trans-unit></body></file>"
      "</xliff>");
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "a");
  EXPECT_EQ(c.units[0].second.contexts.at(0).previous.at("en").state, Neighbour::State::kEdge);
}

}  // namespace
}  // namespace reprise
