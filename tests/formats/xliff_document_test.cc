// formats/xliff_document.cc and xliff_layout.cc through ParseDocument.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/collect.h"
#include "tests/formats/document_help.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char k12[] =
    "<?xml version=\"1.0\"?>\n<xliff version=\"1.2\">\n<file original=\"a.c\" source-language=\"en\">\n<body>\n"
    "<trans-unit id=\"1\" resname=\"menu\"><source>Open <g id=\"1\">the &amp; file</g><x "
    "id=\"2\"/></source></trans-unit>\n"
    "<trans-unit id=\"2\"><source>Save</source><target state=\"new\" "
    "xml:lang=\"de\">Save</target><note>n</note></trans-unit>\n"
    "<trans-unit id=\"3\" approved=\"yes\"><source>Quit</source><target>Beenden</target></trans-unit>\n"
    "<trans-unit id=\"4\" translate=\"no\"><source>Reprise</source></trans-unit>\n"
    "</body>\n</file>\n<file original=\"b.c\" source-language=\"en\" target-language=\"de\"><body>\n"
    "<trans-unit id=\"5\"><source>One. Two.</source><seg-source><mrk mtype=\"seg\" mid=\"1\">One.</mrk> "
    "<mrk mtype=\"seg\" mid=\"2\"><bpt id=\"1\">&lt;b></bpt>Two<ept id=\"1\">&lt;/b></ept>.</mrk></seg-source>"
    "</trans-unit>\n</body></file>\n</xliff>\n";

constexpr char k21[] =
    "<xliff xmlns=\"urn:oasis:names:tc:xliff:document:2.0\" version=\"2.0\" srcLang=\"en\">\n<file id=\"f\">\n"
    "<unit id=\"u\" name=\"k\"><originalData><data id=\"d\">&lt;br></data></originalData>\n"
    "<segment id=\"a\"><source>One <pc id=\"1\">two</pc>.</source></segment><ignorable><source> </source></ignorable>\n"
    "<segment state=\"translated\"><source>Three<ph id=\"2\" dataRef=\"d\"/></source><target>Drei<ph id=\"2\" "
    "dataRef=\"d\"/></target></segment></unit>\n</file></xliff>";

TEST(XliffDocument, ReadsSegmentsWithKeysLocksAndTranslations) {
  const auto document = Parse("a.xlf", k12);
  ASSERT_NE(document, nullptr);
  EXPECT_THAT(Texts(*document), ElementsAre("Open {<g id=\"1\">}the & file{</g>}{<x id=\"2\"/>}", "Save", "Quit",
                                            "Reprise", "One.", "{<b>}Two{</b>}."));
  const auto& segments = document->segments();
  EXPECT_EQ(segments[0].key, "menu");
  EXPECT_EQ(segments[0].document, "a.c");
  EXPECT_FALSE(segments[1].translated);
  EXPECT_TRUE(segments[2].translated);
  EXPECT_EQ(segments[2].status, VariantStatus::kFinal);
  EXPECT_EQ(segments[2].target.text, "Beenden");
  EXPECT_TRUE(segments[3].locked);
  EXPECT_EQ(SegmentId(segments[5]), "p5-s2");
  EXPECT_EQ(PreviousSegment(segments, 4), segments.size());  // another file
  EXPECT_EQ(NextSegment(segments, 3), segments.size());
  EXPECT_EQ(NextSegment(segments, 4), 5u);
}

TEST(XliffDocument, KeptItIsTheSameByteForByte) {
  ExpectSame("a.xlf", k12);
  ExpectSame("a.xlf", k21);
  ExpectSame("a.xlf", std::string("\xEF\xBB\xBF") + k12);
}

TEST(XliffDocument, ATargetIsPutInWithItsState) {
  const auto document = Parse("a.xlf", k12);
  ASSERT_NE(document, nullptr);
  std::vector<SegmentDraft> drafts = Kept(*document);
  Content target = document->segments()[0].source;
  target.text = "Die < Datei öffnen";
  target.codes = {target.codes[2], target.codes[0], target.codes[1]};
  target.codes[0].position = 0;
  target.codes[1].position = 0;
  target.codes[2].position = 11;
  ASSERT_TRUE(document->CanHold(0, target));
  drafts[0] = Filled(target, 101);
  drafts[0].by_key = true;
  drafts[0].origin = "m";
  drafts[1] = Filled({"Sichern", {}}, 85);
  drafts[4] = Filled({"Eins.", {}});
  const std::string draft = document->Draft(drafts, "de-AT");
  EXPECT_THAT(draft, HasSubstr("</source><target state=\"needs-review-translation\" state-qualifier=\"id-match\"><x "
                               "id=\"2\"/><g id=\"1\">Die &lt; Datei</g> öffnen</target>\n<alt-trans "
                               "match-quality=\"101\" origin=\"m\"><target><x id=\"2\"/>"));
  EXPECT_THAT(draft, HasSubstr("<target xml:lang=\"de\" state=\"needs-translation\" "
                               "state-qualifier=\"fuzzy-match\">Sichern</target>"));
  EXPECT_THAT(draft, HasSubstr("</alt-trans><note>n</note>"));
  EXPECT_THAT(draft,
              HasSubstr("</seg-source><target state=\"needs-review-translation\" "
                        "state-qualifier=\"exact-match\"><mrk mtype=\"seg\" mid=\"1\">Eins.</mrk> <mrk mtype=\"seg\" "
                        "mid=\"2\"></mrk></target></trans-unit>"));
  EXPECT_THAT(draft, HasSubstr("<file target-language=\"de-AT\" original=\"a.c\""));
  EXPECT_THAT(draft, HasSubstr("<target>Beenden</target>"));
  const Collected again = ReadAll(Format::kXliff12, {}, draft);
  EXPECT_TRUE(again.status.ok()) << again.status;
  EXPECT_TRUE(again.refusals.empty());
  EXPECT_EQ(again.units.size(), 4u);
}

TEST(XliffDocument, ATargetOfVersion2IsPutIn) {
  const auto document = Parse("a.xlf", k21);
  ASSERT_NE(document, nullptr);
  ASSERT_THAT(Texts(*document), ElementsAre("One {<pc id=\"1\">}two{</pc>}.", "Three{<br>}"));
  EXPECT_TRUE(document->segments()[1].translated);
  std::vector<SegmentDraft> drafts = Kept(*document);
  Content target = document->segments()[0].source;
  target.text = "Ein zwei.";
  ASSERT_TRUE(document->CanHold(0, target));
  drafts[0] = Filled(target);
  std::string draft = document->Draft(drafts, "de");
  EXPECT_THAT(draft, HasSubstr("<segment id=\"a\" state=\"initial\" subState=\"reprise:needs-review\"><source>One <pc "
                               "id=\"1\">two</pc>.</source><target>Ein <pc id=\"1\">zwe</pc>i.</target></segment>"));
  EXPECT_THAT(draft, HasSubstr("<xliff trgLang=\"de\" xmlns="));
  const Collected again = ReadAll(Format::kXliff2, {}, draft);
  EXPECT_TRUE(again.status.ok()) << again.status;
  EXPECT_EQ(again.units.size(), 2u);
  drafts[0].score = 80;
  draft = document->Draft(drafts, "de");
  EXPECT_THAT(draft, HasSubstr("<segment id=\"a\" state=\"initial\"><source>"));
}

TEST(XliffDocument, OtherLanguagesAreRefused) {
  const auto document = Parse("a.xlf", k12);
  ASSERT_NE(document, nullptr);
  EXPECT_TRUE(document->CheckTarget("de-CH").ok());
  EXPECT_THAT(std::string(document->CheckTarget("fr").message()), HasSubstr("translated into de, not into fr"));
  const auto french = ParseDocument({"a.xlf", "fr"}, k12);
  ASSERT_FALSE(french.ok());
  EXPECT_THAT(std::string(french.status().message()), HasSubstr("is written in en, not in fr"));
}

TEST(XliffDocument, ABrokenUnitIsLeftAloneAndNamed) {
  std::string bytes = k12;
  bytes.insert(bytes.find("Quit"), "<b>");
  const auto document = Parse("a.xlf", bytes);
  ASSERT_NE(document, nullptr);
  EXPECT_EQ(document->segments().size(), 5u);
  ASSERT_EQ(document->skipped().size(), 1u);
  EXPECT_EQ(document->skipped()[0].first, 7u);
  ExpectSame("a.xlf", bytes);
}

TEST(XliffDocument, EntitiesAndCutFilesAreRefused) {
  const auto refused = [](const std::string& bytes) {
    const auto document = ParseDocument({"a.xlf", "en"}, bytes);
    return document.ok() ? std::string("taken") : std::string(document.status().message());
  };
  EXPECT_THAT(refused("<!DOCTYPE xliff [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n" + std::string(k12).substr(22)),
              HasSubstr("line 1: the DOCTYPE declares the entity"));
  EXPECT_THAT(refused(std::string(k12).substr(0, 300)), HasSubstr("cut off"));
}

}  // namespace
}  // namespace reprise
