#include "formats/html_report.h"

#include <gmock/gmock.h>

#include "tests/formats/collect.h"
#include "tests/formats/localized_example.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Html(const LocalizedDocument& document) {
  StringSink sink;
  const auto replaced = WriteHtmlReport(document, &sink);
  EXPECT_TRUE(replaced.ok());
  EXPECT_EQ(*replaced, 0u);
  return sink.text;
}

TEST(HtmlReport, ShowsScoresEditsAndPenalties) {
  const std::string text = Html(ExampleDocument("zh-CN"));
  EXPECT_THAT(text, HasSubstr("a &lt;b&gt; &amp; \"c\".txt</h1>"));
  EXPECT_THAT(text, HasSubstr("<span class=\"score s100\">101%</span>"));
  EXPECT_THAT(text, HasSubstr("Good &lt;i&gt;morning&lt;/i&gt;."));
  EXPECT_THAT(text, HasSubstr("<span class=\"replaced\">Bad</span> <span class=\"stem\">mornings</span>."));
  EXPECT_THAT(text, HasSubstr("<span class=\"replaced\">Gööd</span> <span class=\"stem\">morning</span>."));
  EXPECT_THAT(text, HasSubstr("fuzzy · mt · news · unit 42 · below the threshold · mt −3 (machine) · codes −2"));
  EXPECT_THAT(text, HasSubstr("<td>context</td><td>1</td>"));
  EXPECT_THAT(text, HasSubstr("<td>none</td><td>1</td>"));
  EXPECT_THAT(text, HasSubstr("<td>all</td><td>3</td>"));
  EXPECT_THAT(text, Not(HasSubstr("dir=\"rtl\"")));
  EXPECT_THAT(text, Not(HasSubstr("src=")));
}

TEST(HtmlReport, RightToLeftTargetsSaySo) {
  const std::string text = Html(ExampleDocument("ar"));
  EXPECT_THAT(text, HasSubstr("<div class=\"target\" lang=\"ar\" dir=\"rtl\">"));
  EXPECT_THAT(text, HasSubstr("<div class=\"stored\" lang=\"en\">"));
}

TEST(HtmlReport, RightToLeftSourcesSaySo) {
  LocalizedDocument document = ExampleDocument("en");
  document.source_locale = "he";
  const std::string text = Html(document);
  EXPECT_THAT(text, HasSubstr("<td class=\"texts\"><div lang=\"he\" dir=\"rtl\">"));
  EXPECT_THAT(text, HasSubstr("<div class=\"stored\" lang=\"he\" dir=\"rtl\">"));
  EXPECT_THAT(text, HasSubstr("<div class=\"target\" lang=\"en\">"));
}

TEST(HtmlReport, ProposalsNameTheLocalesTheyAreStoredIn) {
  LocalizedDocument document = ExampleDocument("pt-BR");
  document.sentences[1].proposals[0].target_locale = "pt-PT";
  EXPECT_THAT(Html(document), HasSubstr("<div class=\"target\" lang=\"pt-PT\">T2</div>"));
}

TEST(HtmlReport, EditsBeyondTheTextAreHarmless) {
  LocalizedDocument document = ExampleDocument("de");
  document.sentences[0].proposals[0].edits = {{"replaced", 90, 95, 1, 4000000000u}, {"deleted", 5, 3, 0, 0}};
  EXPECT_THAT(Html(document), HasSubstr("G<span class=\"replaced\">ood &lt;i&gt;morning&lt;/i&gt;.</span>"));
}

}  // namespace
}  // namespace reprise
