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

std::string Xliff(const LocalizedDocument& document) {
  StringSink sink;
  const auto replaced = WriteXliff(document, &sink);
  EXPECT_TRUE(replaced.ok());
  return sink.text;
}

TEST(XliffWriter, WritesUnitsGroupsAndProposals) {
  const std::string text = Xliff(ExampleDocument("zh-CN"));
  EXPECT_THAT(text, HasSubstr("original=\"a &lt;b&gt; &amp; &quot;c&quot;.txt\""));
  EXPECT_THAT(text, HasSubstr("<group id=\"p1\" restype=\"x-paragraph\">\n<trans-unit id=\"p1-s1\">"));
  EXPECT_THAT(text, HasSubstr("<trans-unit id=\"p1-s2\">"));
  EXPECT_THAT(text, HasSubstr("<group id=\"p2\" restype=\"x-paragraph\">\n<trans-unit id=\"p2-s1\">"));
  EXPECT_THAT(text, HasSubstr("<target state=\"needs-review-translation\" xml:lang=\"zh-CN\">T&amp;1</target>"));
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
  document.sentences[0].source = "a\x02";
  StringSink sink;
  const auto replaced = WriteXliff(document, &sink);
  ASSERT_TRUE(replaced.ok());
  EXPECT_EQ(*replaced, 1u);
}

#ifdef REPRISE_XMLLINT
TEST(XliffWriter, TheFileIsValidAgainstTheSchema) {
  const char* schemas = std::getenv("REPRISE_SCHEMA_DIR");
  if (schemas == nullptr) return;
  const std::string schema = std::string(schemas) + "/xliff-core-1.2-transitional.xsd";
  if (!std::filesystem::exists(schema)) return;
  const std::string path = ::testing::TempDir() + "reprise_xliff_writer_test.xlf";
  for (const LocalizedDocument& document : {ExampleDocument("zh-CN"), LocalizedDocument{"x", "en", "de", {}, ""}}) {
    std::ofstream(path, std::ios::binary) << Xliff(document);
    const std::string command =
        std::string(REPRISE_XMLLINT) + " --noout --nonet --schema '" + schema + "' '" + path + "' 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
  std::filesystem::remove(path);
}
#endif

}  // namespace
}  // namespace reprise
