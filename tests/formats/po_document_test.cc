// formats/po_document.cc through ParseDocument.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/collect.h"
#include "tests/formats/document_help.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPo[] =
    "# a comment\nmsgid \"\"\nmsgstr \"\"\n\"Language: \\n\"\n\"Content-Type: text/plain; charset=CHARSET\\n\"\n\n"
    "#: a.c:1\n#, c-format\nmsgctxt \"menu\"\nmsgid \"Open %s\"\nmsgstr \"\"\n\n"
    "#, fuzzy, c-format\n#| msgid \"Shut\"\nmsgid \"\"\n\"Close\\n\"\n\"it\"\nmsgstr \"\"\n\"old\\n\"\n\"text\"\n\n"
    "msgid \"Quit\"\nmsgstr \"Beenden\"\n\n"
    "msgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n"
    "#~ msgid \"gone\"\n#~ msgstr \"weg\"\n";

TEST(PoDocument, ReadsMessages) {
  const auto document = Parse("a.po", kPo);
  ASSERT_NE(document, nullptr);
  EXPECT_THAT(Texts(*document), ElementsAre("Open %s", "Close\nit", "Quit", "%d file", "%d files"));
  const auto& segments = document->segments();
  EXPECT_EQ(segments[0].key, "menu");
  EXPECT_FALSE(segments[1].translated);  // fuzzy
  EXPECT_TRUE(segments[2].translated);
  EXPECT_EQ(segments[2].target.text, "Beenden");
  EXPECT_EQ(NextSegment(segments, 2), 3u);
  EXPECT_EQ(PreviousSegment(segments, 4), 2u);  // a form stands where its message does
  EXPECT_EQ(NextSegment(segments, 3), segments.size());
}

TEST(PoDocument, KeptItIsTheSameByteForByte) {
  ExpectSame("a.po", kPo);
  std::string dos;
  for (const char c : std::string(kPo)) dos += c == '\n' ? std::string("\r\n") : std::string(1, c);
  ExpectSame("a.po", dos);
  ExpectSame("a.po", std::string("\xEF\xBB\xBF") + kPo);
  ExpectSame("a.po", "msgid \"a\"\nmsgstr \"\"");
}

TEST(PoDocument, ExactMatchesAreFilledInAndOthersAreFuzzy) {
  const auto document = Parse("a.po", kPo);
  ASSERT_NE(document, nullptr);
  std::vector<SegmentDraft> drafts = Kept(*document);
  drafts[0] = Filled({"\"%s\" öffnen", {}}, 85);
  drafts[0].stored_source = "Open it";
  drafts[1] = Filled({"Schließen", {}});
  EXPECT_EQ(document->Draft(drafts, "pt-BR"),
            "# a comment\nmsgid \"\"\nmsgstr \"\"\n\"Language: pt_BR\\n\"\n\"Content-Type: text/plain; "
            "charset=UTF-8\\n\"\n\n"
            "#: a.c:1\n#, fuzzy, c-format\n#| msgid \"Open it\"\nmsgctxt \"menu\"\nmsgid \"Open %s\"\n"
            "msgstr \"\\\"%s\\\" öffnen\"\n\n"
            "#, c-format\nmsgid \"\"\n\"Close\\n\"\n\"it\"\nmsgstr \"Schließen\"\n\n"
            "msgid \"Quit\"\nmsgstr \"Beenden\"\n\n"
            "msgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n\n"
            "#~ msgid \"gone\"\n#~ msgstr \"weg\"\n");
}

TEST(PoDocument, APluralIsDoneWhenAllItsFormsAre) {
  const auto document = Parse("a.po", kPo);
  ASSERT_NE(document, nullptr);
  std::vector<SegmentDraft> drafts = Kept(*document);
  drafts[3] = Filled({"%d Datei", {}});
  EXPECT_THAT(
      document->Draft(drafts, "de"),
      HasSubstr("#, fuzzy\nmsgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"%d Datei\"\nmsgstr[1] \"\"\n"));
  drafts[4] = Filled({"%d Dateien", {}});
  EXPECT_THAT(document->Draft(drafts, "de"), HasSubstr("\n\nmsgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] "
                                                       "\"%d Datei\"\nmsgstr[1] \"%d Dateien\"\n"));
}

TEST(PoDocument, EachOfManyPluralFormsIsASegment) {
  const std::string bytes = "msgid \"f\"\nmsgid_plural \"g\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\nmsgstr[2] \"\"\n";
  const auto three = Parse("a.po", bytes);
  ASSERT_NE(three, nullptr);
  EXPECT_THAT(Texts(*three), ElementsAre("f", "g", "g"));
  for (uint32_t form = 0; form < 3; ++form) {
    EXPECT_EQ(three->segments()[form].form, form);
    EXPECT_EQ(three->segments()[form].alternative, form > 0);
    EXPECT_TRUE(three->CanHold(form, {"x", {}}));
  }
  EXPECT_EQ(three->Draft({Filled({"a", {}}), Filled({"b", {}}), Filled({"c", {}})}, "ru"),
            "msgid \"f\"\nmsgid_plural \"g\"\nmsgstr[0] \"a\"\nmsgstr[1] \"b\"\nmsgstr[2] \"c\"\n");
  EXPECT_THAT(
      three->Draft({Filled({"a", {}}), Filled({"b", {}}), SegmentDraft()}, "ru"),
      HasSubstr("#, fuzzy\nmsgid \"f\"\nmsgid_plural \"g\"\nmsgstr[0] \"a\"\nmsgstr[1] \"b\"\nmsgstr[2] \"\"\n"));
  ExpectSame("a.po", bytes);
  // Two forms are as ever; a gap, or more than any language has, and none is filled.
  EXPECT_FALSE(Parse("a.po", kPo)->segments()[3].form.has_value());
  for (const char* odd : {"msgstr[0] \"\"\nmsgstr[1] \"\"\nmsgstr[3] \"\"\n",
                          "msgstr[0] \"\"\nmsgstr[1] \"\"\nmsgstr[2] \"\"\nmsgstr[3] \"\"\nmsgstr[4] \"\"\nmsgstr[5] "
                          "\"\"\nmsgstr[6] \"\"\n"}) {
    const auto document = Parse("a.po", std::string("msgid \"f\"\nmsgid_plural \"g\"\n") + odd);
    ASSERT_EQ(document->segments().size(), 2u);
    EXPECT_FALSE(document->CanHold(1, {"x", {}}));
  }
}

TEST(PoDocument, TheHeaderDecides) {
  const auto document = Parse("a.po", "msgid \"\"\nmsgstr \"Language: de_AT\\n\"\n\nmsgid \"a\"\nmsgstr \"\"\n");
  ASSERT_NE(document, nullptr);
  EXPECT_TRUE(document->CheckTarget("de").ok());
  EXPECT_THAT(std::string(document->CheckTarget("fr").message()), HasSubstr("into de-AT, not into fr"));
  const auto latin = ParseDocument(
      {"a.po", "en"},
      "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=ISO-8859-1\\n\"\n\nmsgid \"a\"\nmsgstr \"\"\n");
  ASSERT_FALSE(latin.ok());
  EXPECT_THAT(std::string(latin.status().message()),
              HasSubstr("line 1: the header says that its charset is iso-8859-1"));
}

TEST(PoDocument, ASpoiltEntryIsLeftAloneAndNamed) {
  const std::string bytes = "msgid \"a\nmsgstr \"\"\n\nmsgid \"b\"\nmsgstr \"\"\n";
  const auto document = Parse("a.po", bytes);
  ASSERT_NE(document, nullptr);
  EXPECT_THAT(Texts(*document), ElementsAre("b"));
  ASSERT_EQ(document->skipped().size(), 1u);
  EXPECT_EQ(document->Draft({Filled({"B", {}})}, "de"), "msgid \"a\nmsgstr \"\"\n\nmsgid \"b\"\nmsgstr \"B\"\n");
}

}  // namespace
}  // namespace reprise
