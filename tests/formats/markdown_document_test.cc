// formats/markdown_document.cc through ParseDocument.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "tests/formats/collect.h"
#include "tests/formats/document_help.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Fixture(const std::string& name) {
  std::ifstream file(std::string(REPRISE_SOURCE_DIR) + "/tests/formats/data/" + name, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  EXPECT_FALSE(bytes.str().empty()) << name;
  return bytes.str();
}

std::vector<std::string> Read(const std::string& bytes) {
  const auto document = Parse("a.md", bytes);
  return document == nullptr ? std::vector<std::string>() : Texts(*document);
}

TEST(MarkdownDocument, BlocksAreParagraphsAndSentencesAreSegments) {
  EXPECT_THAT(
      Read("# The title\n\nOne here. Two there.\n\n* an item\n* *another* one\n\n> A quotation\n> goes on.\n"),
      ElementsAre("The title", "One here.", "Two there.", "an item", "{*}another{*} one", "A quotation goes on."));
  EXPECT_THAT(Read("Setext\n======\n\n| a | b |\n|---|---|\n| c \\| d | **e** |\n\n- [x] done\n"),
              ElementsAre("Setext", "a", "b", "c | d", "e", "done"));
}

TEST(MarkdownDocument, WhatIsNoLanguageIsNoSegment) {
  EXPECT_THAT(Read("---\ntitle: x\n---\n```sh\nmake all\n```\n\n    indented code\n\n<div>\nraw\n</div>\n\n***\n\n[r]: "
                   "http://x y\n"),
              ElementsAre("[r]: http://x y"));  // a title has quotes: no definition
  EXPECT_THAT(Read("![](picture.png)\n"), IsEmpty());
}

TEST(MarkdownDocument, InlineMarkupIsCodes) {
  EXPECT_THAT(Read("Press **the *red* key** or [the manual](http://x.y/z_(a) \"t\") now."),
              ElementsAre("Press {**}the {*}red{*} key{**} or {[}the manual{](http://x.y/z_(a) \"t\")} now."));
  EXPECT_THAT(Read("Run `make  all` and ``a ` b`` in <b class=\"x\">bold</b><br/> text, see <http://x.y>."),
              ElementsAre("Run {`make  all`} and {``a ` b``} in {<b class=\"x\">}bold{</b>}{<br/>} text, see "
                          "{<}http://x.y{>}."));
  EXPECT_THAT(
      Read("A ~~gone~~ thing, ***both***, [ref][r] and ![an *alt*](p.png) end.\n\n[r]: http://x\n"),
      ElementsAre("A {~~}gone{~~} thing, {*}{**}both{**}{*}, {[}ref{][r]} and {![}an {*}alt{*}{](p.png)} end."));
}

TEST(MarkdownDocument, PairsAreNumberedAndOuterCodesStayOutside) {
  const auto document = Parse("a.md", "**All bold.** A **b** c. **Two here. Three there.**\n");
  ASSERT_NE(document, nullptr);
  EXPECT_THAT(Texts(*document), ElementsAre("All bold.", "A {**}b{**} c.", "Two here.", "Three there."));
  const std::vector<Code>& codes = document->segments()[1].source.codes;
  ASSERT_EQ(codes.size(), 2u);
  EXPECT_EQ(codes[0].kind, Code::Kind::kOpen);
  EXPECT_EQ(codes[1].kind, Code::Kind::kClose);
  EXPECT_EQ(codes[0].pair_id, codes[1].pair_id);
  EXPECT_NE(codes[0].pair_id, 0u);
  EXPECT_EQ(codes[1].position, 3u);
}

TEST(MarkdownDocument, EscapesAndReferencesAreTheirCharacters) {
  EXPECT_THAT(Read("\\*not so\\* &amp; caf&eacute; &unknown; &#x41; C:\\temp"),
              ElementsAre("*not so* & café {&unknown;} A C:\\temp"));
}

TEST(MarkdownDocument, AHardBreakEndsASegment) {
  EXPECT_THAT(Read("One line  \nanother\\\nthird\nsame"), ElementsAre("One line", "another", "third same"));
}

TEST(MarkdownDocument, KeptItIsTheSameByteForByte) {
  ExpectSame("a.md", Fixture("guide.md"));
  ExpectSame("a.md", "\xEF\xBB\xBF# Title\r\n\r\nOne\r\ntwo.  \r\nThree\r\n");
  ExpectSame("a.md", "");
}

TEST(MarkdownDocument, KeptItIsTheSameWhateverTheInput) {
  static const char* const kParts[] = {"*",   "**",   "_",  "`",     "``", "[",    "](u)", "][r]", "![",
                                       "<b>", "</b>", "\\", "&amp;", "\n", "  \n", "\n\n", "> ",   "- ",
                                       "1. ", "word", " ",  "|",     "~~", "é",    "# ",   "<!--", "-->"};
  TestRandom random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes;
    for (uint32_t n = random.Below(24); n > 0; --n) bytes += kParts[random.Below(std::size(kParts))];
    SCOPED_TRACE(bytes);
    ExpectSame("a.md", bytes);
  }
}

TEST(MarkdownDocument, ADraftHasTheSameStructure) {
  const auto document = Parse("a.md", Fixture("guide.md"));
  ASSERT_NE(document, nullptr);
  const auto again = Parse("a.md", DraftOfAll(*document, "X "));
  ASSERT_NE(again, nullptr);
  std::vector<std::string> expected;
  for (const std::string& text : Texts(*document)) {
    const size_t at = text[0] == '{' ? std::string::npos : 0;
    expected.push_back(at == 0 ? "X " + text : text);
  }
  std::vector<std::string> found = Texts(*again);
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    if (expected[i][0] != '{') {
      EXPECT_EQ(found[i], expected[i]);
    }
  }
}

TEST(MarkdownDocument, TextDoesNotBecomeMarkup) {
  for (const char* text :
       {"# no heading", "- no item", "1. no item", "> no quotation", "a *b* _c_ [d](e) `f` <g> &lt; ~~h~~ | i",
        "snake_case and C:\\temp and a\\*b", "ends in a backslash\\", "a <b> c", "2 < 3 & 4"}) {
    const auto document = Parse("a.md", "Something.\n");
    ASSERT_NE(document, nullptr);
    ASSERT_TRUE(document->CanHold(0, {text, {}})) << text;
    const std::string draft = document->Draft({Filled({text, {}})}, "de");
    EXPECT_THAT(Read(draft), ElementsAre(text)) << draft;
  }
}

TEST(MarkdownDocument, WhatWouldBeReadOtherwiseIsNotHeld) {
  const auto document = Parse("a.md", "Is it **bold** now?\n");
  ASSERT_NE(document, nullptr);
  Content target = document->segments()[0].source;
  target.text = "这是“粗体”吗";  // behind a closing quotation mark, ** before a letter ends no emphasis
  target.codes[0].position = 2;
  target.codes[1].position = 6;
  EXPECT_FALSE(document->CanHold(0, target));
  target.codes[0].position = 3;
  target.codes[1].position = 5;
  EXPECT_TRUE(document->CanHold(0, target));
  target.codes.pop_back();
  EXPECT_FALSE(document->CanHold(0, target));
}

TEST(MarkdownDocument, HostileInputEndsSoon) {
  const auto repeat = [](const char* part, int times) {
    std::string bytes;
    for (int i = 0; i < times; ++i) bytes += part;
    return bytes;
  };
  for (const std::string& bytes : {repeat("[", 100000), repeat("*a ", 100000), repeat("> ", 20000) + "x",
                                   repeat("`a``", 50000), repeat("<b>", 100000), repeat("![a](", 50000),
                                   repeat("| a ", 50000) + "\n" + repeat("|-", 50000), repeat("&amp;", 100000)}) {
    const auto start = std::chrono::steady_clock::now();
    ExpectSame("a.md", bytes);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << bytes.substr(0, 20);
  }
}

}  // namespace
}  // namespace reprise
