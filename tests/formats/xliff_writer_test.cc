#include "formats/xliff_writer.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/formats/collect.h"
#include "tests/formats/localized_example.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

std::string Xliff(const LocalizedDocument& document, XliffVersion version = XliffVersion::k12) {
  StringSink sink;
  const auto replaced = WriteXliff(document, version, &sink);
  EXPECT_TRUE(replaced.ok());
  return sink.text;
}

TEST(XliffWriter, WritesUnitsGroupsAndProposals) {
  const std::string text = Xliff(ExampleDocument("zh-CN"));
  EXPECT_THAT(text, HasSubstr("original=\"a &lt;b&gt; &amp; &quot;c&quot;.txt\""));
  EXPECT_THAT(text, HasSubstr("<group id=\"p1\" restype=\"x-paragraph\">\n<trans-unit id=\"p1-s1\">"));
  EXPECT_THAT(text, HasSubstr("<trans-unit id=\"p1-s2\">"));
  EXPECT_THAT(text, HasSubstr("<group id=\"p2\" restype=\"x-paragraph\">\n<trans-unit id=\"p2-s1\">"));
  EXPECT_THAT(text,
              HasSubstr("<target state=\"needs-review-translation\" state-qualifier=\"exact-match\" xml:lang=\"zh-CN\">"
                        "T&amp;1</target>"));
  EXPECT_THAT(text,
              HasSubstr("<alt-trans match-quality=\"85\" origin=\"news\" tool-id=\"reprise\" reprise:band=\"fuzzy\" "
                        "reprise:origin=\"mt\" reprise:unit=\"42\" reprise:below-threshold=\"yes\" "
                        "reprise:penalty=\"5\" reprise:penalties=\"mt=3 (machine); codes=2\">"));
  // The sentence without an exact match has no target of its own.
  const size_t second = text.find("<trans-unit id=\"p1-s2\">");
  EXPECT_LT(text.find("<alt-trans", second), text.find("<target", second));
}

TEST(XliffWriter, ProposalsNameTheLocalesTheyAreStoredIn) {
  LocalizedDocument document = ExampleDocument("pt-BR");
  document.sentences[1].proposals[0].source_locale = "en-US";
  document.sentences[1].proposals[0].target_locale = "pt-PT";
  const std::string text = Xliff(document);
  EXPECT_THAT(text,
              HasSubstr("<source xml:lang=\"en-US\">Bad mornings.</source>\n<target xml:lang=\"pt-PT\">T2</target>"));
  EXPECT_THAT(text,
              HasSubstr("<source xml:lang=\"en\">Bad mornings.</source>\n<target xml:lang=\"pt-BR\">T2</target>"));
}

TEST(XliffWriter, ForbiddenCharactersAreCounted) {
  LocalizedDocument document = ExampleDocument("ru");
  document.sentences[0].segment.source.text = "a\x02";
  StringSink sink;
  const auto replaced = WriteXliff(document, XliffVersion::k12, &sink);
  ASSERT_TRUE(replaced.ok());
  EXPECT_EQ(*replaced, 1u);
}

// The example with codes, a key, a lock, a translation and a second file.
LocalizedDocument RichDocument() {
  LocalizedDocument document = ExampleDocument("de");
  const Code open{1, Code::Kind::kOpen, 1, "<b>", "", "bold"}, close{3, Code::Kind::kClose, 1, "</b>", "", ""};
  const Code alone{3, Code::Kind::kStandalone, 0, "<br/>", "\n", ""},
      isolated{4, Code::Kind::kClose, 0, "</i>", "", ""};
  for (Content* content : {&document.sentences[0].segment.source, &document.sentences[0].proposals[0].source,
                           &document.sentences[0].proposals[0].target}) {
    content->text = "Good morning.";
    content->codes = {open, close, alone, isolated};
  }
  document.sentences[0].segment.key = "k";
  document.sentences[0].proposals[0].key_agrees = true;
  document.sentences[1].segment.locked = true;
  document.sentences[2].segment.translated = true;
  document.sentences[2].segment.target.text = "Guten Morgen.";
  document.sentences[2].segment.status = VariantStatus::kFinal;
  document.sentences[2].segment.starts_file = true;
  document.sentences[2].segment.document = "b.txt";
  return document;
}

TEST(XliffWriter, CodesKeysLocksAndTranslationsComeBack) {
  for (const XliffVersion version : {XliffVersion::k12, XliffVersion::k21}) {
    const LocalizedDocument document = RichDocument();
    const std::string text = Xliff(document, version);
    const Format format = version == XliffVersion::k12 ? Format::kXliff12 : Format::kXliff2;
    ReadOptions options;
    options.for_learning = true;
    const Collected read = ReadAll(format, options, text);
    ASSERT_TRUE(read.status.ok()) << read.status;
    EXPECT_TRUE(read.refusals.empty());
    ASSERT_EQ(read.units.size(), 2u);
    const Unit& first = read.units[0].second;
    EXPECT_EQ(first.contexts[0].key, "k");
    EXPECT_EQ(first.contexts[0].document, document.original);
    EXPECT_EQ(first.variants[0].content.text, "Good morning.");
    ASSERT_EQ(first.variants[0].content.codes.size(), 4u);
    for (size_t i = 0; i < 4; ++i) {
      const Code& code = first.variants[0].content.codes[i];
      const Code& written = document.sentences[0].segment.source.codes[i];
      EXPECT_EQ(code.data, written.data);
      EXPECT_EQ(code.kind, written.kind);
      EXPECT_EQ(code.position, written.position);
      EXPECT_EQ(code.pair_id != 0, written.pair_id != 0);
    }
    // What localize filled in is the unchanged proposal; what the file had is what it was.
    EXPECT_EQ(first.variants[1].attributes.count("reprise:unchanged-proposal"), 1u) << text;
    const Unit& second = read.units[1].second;
    EXPECT_EQ(second.variants[1].content.text, "Guten Morgen.");
    EXPECT_EQ(second.variants[1].status, VariantStatus::kFinal);
    EXPECT_EQ(second.contexts[0].document, "b.txt");
    EXPECT_EQ(second.contexts[0].previous.at("en").state, Neighbour::State::kEdge);
  }
}

TEST(XliffWriter, Version21HasMatches) {
  const std::string text = Xliff(RichDocument(), XliffVersion::k21);
  EXPECT_THAT(
      text,
      HasSubstr("<mtc:match ref=\"#m1\" matchQuality=\"100\" origin=\"news\" type=\"idm\" reprise:score=\"101\""));
  EXPECT_THAT(text, HasSubstr("type=\"tm\" reprise:score=\"85\""));
  EXPECT_THAT(
      text, HasSubstr("<segment id=\"s1\" state=\"initial\" subState=\"reprise:needs-review\">\n<source><mrk id=\"m1\" "
                      "type=\"mtc:match\">"));
  EXPECT_THAT(text, HasSubstr("<unit id=\"p1-s2\" translate=\"no\">"));
  EXPECT_THAT(Xliff(RichDocument()), HasSubstr("state-qualifier=\"id-match\""));
}

TEST(XliffWriter, AChangedProposalOfVersion21IsATranslation) {
  std::string text = Xliff(RichDocument(), XliffVersion::k21);
  const size_t target = text.find("<target>", text.find("<segment "));
  text.insert(text.find("morning", target), "neu ");
  ReadOptions options;
  options.for_learning = true;
  const Collected read = ReadAll(Format::kXliff2, options, text);
  ASSERT_EQ(read.units.size(), 2u);
  EXPECT_EQ(read.units[0].second.variants[1].status, VariantStatus::kUnspecified);
  EXPECT_EQ(read.units[0].second.variants[1].attributes.count("reprise:unchanged-proposal"), 0u);
}

#ifdef REPRISE_XMLLINT
TEST(XliffWriter, TheFileIsValidAgainstTheSchema) {
  const char* schemas = std::getenv("REPRISE_SCHEMA_DIR");
  if (schemas == nullptr) return;
  const std::string path = ::testing::TempDir() + "reprise_xliff_writer_test.xlf";
  const std::pair<XliffVersion, const char*> kSchemas[] = {{XliffVersion::k12, "/xliff-core-1.2-transitional.xsd"},
                                                           {XliffVersion::k21, "/xliff21/xliff_core_2.0.xsd"},
                                                           {XliffVersion::k21, "/xliff21/matches.xsd"}};
  for (const auto& [version, name] : kSchemas) {
    const std::string schema = std::string(schemas) + name;
    if (!std::filesystem::exists(schema)) continue;
    for (const LocalizedDocument& document :
         {ExampleDocument("zh-CN"), RichDocument(), LocalizedDocument{"x", "en", "de", {}}}) {
      std::ofstream(path, std::ios::binary) << Xliff(document, version);
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
