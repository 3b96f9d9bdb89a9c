// formats/html_document.cc and html_lexer.cc through ParseDocument.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "formats/html_lexer.h"
#include "tests/formats/collect.h"
#include "tests/formats/document_help.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Fixture() {
  std::ifstream file(std::string(REPRISE_SOURCE_DIR) + "/tests/formats/data/page.html", std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  EXPECT_FALSE(bytes.str().empty());
  return bytes.str();
}

std::vector<std::string> Read(const std::string& bytes) {
  const auto document = Parse("a.html", bytes);
  return document == nullptr ? std::vector<std::string>() : Texts(*document);
}

TEST(HtmlDocument, ReadsAPage) {
  EXPECT_THAT(
      Read(Fixture()),
      ElementsAre("Port Alden – harbour guide", "Harbour {<em>}guide{</em>}", "Welcome to {<b>}Port\u00A0Alden{</b>}.",
                  "The ferry leaves every two hours; see {<a href=\"times.html?a=1&amp;b=2\" title=\"x > y\">}the "
                  "timetable{</a>}.",
                  "x > y", "An unclosed paragraph with {<code>harbourctl --next</code>} & more.", "A second line",
                  "All bold.", "Not bold.", "Café © 2024 AT&T", "The {<span translate=\"no\">Alden Line</span>} sails.",
                  "One", "Two"));
}

TEST(HtmlDocument, KeptItIsTheSameByteForByte) {
  ExpectSame("a.html", Fixture());
  ExpectSame("a.htm", "");
  ExpectSame("a.html", "\xEF\xBB\xBF<p>x");
}

TEST(HtmlDocument, KeptItIsTheSameWhateverTheInput) {
  static const char* const kParts[] = {
      "<b>",     "</b>",     "<p>", "</p>",       "<br>",   "<i a='>'>", "</i>",        "<",
      ">",       "&amp;",    "&",   "&x;",        "<!--",   "-->",       "<script>",    "</script>",
      "<title>", "</title>", " ",   "\n",         "word. ", "é",         "<code>",      "</code>",
      "\"",      "'",        "=",   "<a href=\"", "<pre>",  "</pre>",    "<img alt=x>", "</"};
  TestRandom random(11);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes;
    for (uint32_t n = random.Below(30); n > 0; --n) bytes += kParts[random.Below(std::size(kParts))];
    SCOPED_TRACE(bytes);
    ExpectSame("a.html", bytes);
    size_t at = 0;
    for (const HtmlToken& token : LexHtml(bytes)) {
      ASSERT_EQ(token.begin, at);
      ASSERT_LT(token.begin, token.end);
      at = token.end;
    }
    ASSERT_EQ(at, bytes.size());
  }
}

TEST(HtmlDocument, ADraftIsEscapedAndKeepsItsTags) {
  const auto document = Parse("a.html", "<p><i>See</i> the <b>red</b> key.</p>");
  ASSERT_NE(document, nullptr);
  Content target = document->segments()[0].source;
  ASSERT_EQ(target.codes.size(), 4u);
  target.text = "a<b>&lt; x";
  for (size_t i = 0; i < 4; ++i) target.codes[i].position = static_cast<uint32_t>(i);
  ASSERT_TRUE(document->CanHold(0, target));
  EXPECT_EQ(document->Draft({Filled(target)}, "de"), "<p><i>a</i>&lt;<b>b</b>&gt;&amp;lt; x</p>");
  std::swap(target.codes[1].pair_id, target.codes[3].pair_id);
  EXPECT_FALSE(document->CanHold(0, target));  // <i><b></i></b> by number
  target.codes.pop_back();
  EXPECT_FALSE(document->CanHold(0, target));
}

constexpr char kPicture[] =
    "<p title='A \"tip\" &amp; more'>Press <img src=x alt=Button> <a title=\"Next page\" href=\"#\">here</a> now.</p>\n"
    "<img alt=\"A harbour\" title=\"\"><pre title=no>x</pre><p translate=no title=no>x</p><p>End.</p>";

TEST(HtmlDocument, WhatPeopleReadOfAttributesIsASegment) {
  const auto document = Parse("a.html", kPicture);
  ASSERT_NE(document, nullptr);
  EXPECT_THAT(Texts(*document),
              ElementsAre("A \"tip\" & more",
                          "Press {<img src=x alt=Button>} {<a title=\"Next page\" href=\"#\">}here{</a>} now.",
                          "Button", "Next page", "A harbour", "End."));
  // Sentences are each other's neighbours as if there were none.
  EXPECT_EQ(PreviousSegment(document->segments(), 5), 1u);
  EXPECT_EQ(NextSegment(document->segments(), 1), 5u);
  ExpectSame("a.html", kPicture);
}

TEST(HtmlDocument, AttributesAreFilledInWhereverTheyStand) {
  const auto document = Parse("a.html", kPicture);
  ASSERT_NE(document, nullptr);
  std::vector<SegmentDraft> drafts = Kept(*document);
  drafts[0] = Filled({"Ein \"Tipp\" & <mehr>", {}});
  drafts[2] = Filled({"Knopf 1", {}});
  drafts[4] = Filled({"Ein Hafen", {}});
  // Within a sentence that is kept, and one that is filled in.
  EXPECT_EQ(document->Draft(drafts, "de"),
            "<p title=\"Ein &quot;Tipp&quot; &amp; &lt;mehr&gt;\">Press <img src=x alt=\"Knopf 1\"> <a title=\"Next "
            "page\" href=\"#\">here</a> now.</p>\n<img alt=\"Ein Hafen\" title=\"\"><pre title=no>x</pre><p "
            "translate=no title=no>x</p><p>End.</p>");
  Content target = document->segments()[1].source;
  target.text = "Drücken Sie  hier jetzt.";
  for (Code& code : target.codes) code.position = code.position == 6 ? 12 : code.position == 7 ? 13 : 17;
  drafts[1] = Filled(target);
  drafts[3].kind = SegmentDraft::Kind::kMark;
  EXPECT_THAT(
      document->Draft(drafts, "de"),
      HasSubstr(">Drücken Sie <img src=x alt=\"Knopf 1\"> <a title=\"⟦Next page⟧\" href=\"#\">hier</a> jetzt.<"));
}

TEST(HtmlDocument, ADraftHasTheSameStructure) {
  const auto document = Parse("a.html", Fixture());
  ASSERT_NE(document, nullptr);
  const auto again = Parse("a.html", DraftOfAll(*document, "X "));
  ASSERT_NE(again, nullptr);
  std::vector<std::string> expected;
  for (const std::string& text : Texts(*document)) expected.push_back("X " + text);
  // The tag's own attribute is translated as well, wherever the tag stands as a code.
  const std::string before = "title=\"x > y\"", after = "title=\"X x &gt; y\"";
  size_t changed = 0;
  for (std::string& text : expected) {
    const size_t at = text.find(before);
    if (at != std::string::npos) text.replace(at, before.size(), after), ++changed;
  }
  EXPECT_EQ(changed, 1u);
  EXPECT_EQ(Texts(*again), expected);
}

TEST(HtmlDocument, AnotherCharsetIsRefusedByItsLine) {
  for (const char* meta :
       {"<meta charset=iso-8859-1>", "<META http-equiv=x content='text/html; charset=ISO-8859-1'>"}) {
    const auto document = ParseDocument({"a.html", "en"}, std::string("<html>\n") + meta);
    ASSERT_FALSE(document.ok());
    EXPECT_THAT(std::string(document.status().message()), HasSubstr("line 2: says that its charset is iso-8859-1"));
  }
}

TEST(HtmlDocument, AMarkedSegmentKeepsItsBytes) {
  const auto document = Parse("a.html", "<p><b>One.</b> Two &amp; three.</p>");
  ASSERT_NE(document, nullptr);
  std::vector<SegmentDraft> drafts = Kept(*document);
  for (SegmentDraft& draft : drafts) draft.kind = SegmentDraft::Kind::kMark;
  EXPECT_EQ(document->Draft(drafts, "de"), "<p><b>⟦One.⟧</b> ⟦Two &amp; three.⟧</p>");
}

TEST(HtmlDocument, HostileInputEndsSoon) {
  const auto repeat = [](const char* part, int times) {
    std::string bytes;
    for (int i = 0; i < times; ++i) bytes += part;
    return bytes;
  };
  for (const std::string& bytes :
       {repeat("<div>", 300000), repeat("<b>", 100000) + "x", repeat("<code>", 100000), repeat("<a href='", 100000),
        repeat("<title>", 1000), repeat("<!--", 300000), repeat("&amp;", 100000), repeat("</p <", 200000),
        repeat("<b x=1>y", 100000) + repeat("</b>", 100000), repeat("<img alt=x>", 100000),
        repeat("<b title='a'>y ", 50000)}) {
    const auto start = std::chrono::steady_clock::now();
    ExpectSame("a.html", bytes);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << bytes.substr(0, 20);
  }
}

}  // namespace
}  // namespace reprise
