#include "formats/srx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/document.h"
#include "text/segmentation.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Rule(const std::string& breaks, const std::string& before, const std::string& after) {
  return "<rule break=\"" + breaks + "\"><beforebreak>" + before + "</beforebreak><afterbreak>" + after +
         "</afterbreak></rule>\n";
}

// A file of two sets of rules, "own" for English and "all": "Mr." and semicolons are own's, full stops are all's.
std::string File(const std::string& cascade, const std::string& maps) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<srx xmlns=\"http://www.lisa.org/srx20\" version=\"2.0\">\n"
         "<header segmentsubflows=\"yes\" cascade=\"" +
         cascade +
         "\"><formathandle type=\"start\" include=\"no\"/>\n"
         "<x:options xmlns:x=\"urn:x\" version=\"3\">words</x:options></header>\n<body><languagerules>\n"
         "<languagerule languagerulename=\"own\">\n" +
         Rule("no", "\\bMr\\.", "\\s") + Rule("yes", ";", "\\s") +
         "</languagerule><languagerule languagerulename=\"all\">\n" + Rule("yes", "\\.", "\\s") +
         "</languagerule></languagerules><maprules>\n" + maps + "</maprules></body></srx>\n";
}

std::string Map(const std::string& pattern, const std::string& rules) {
  return "<languagemap languagepattern=\"" + pattern + "\" languagerulename=\"" + rules + "\"/>\n";
}

std::vector<std::string> Split(const std::string& file, const std::string& locale, const std::string& text) {
  const absl::StatusOr<SentenceRules> rules = ParseSrx(file, locale);
  EXPECT_TRUE(rules.ok()) << rules.status();
  if (!rules.ok()) return {};
  const absl::StatusOr<std::vector<Sentence>> sentences = SplitSentences(text, *rules);
  EXPECT_TRUE(sentences.ok()) << sentences.status();
  std::vector<std::string> texts;
  if (!sentences.ok()) return texts;
  for (const Sentence& sentence : *sentences) texts.push_back(sentence.text);
  return texts;
}

std::string ErrorOf(const std::string& file, const std::string& locale = "en") {
  return MessageOf(ParseSrx(file, locale).status());
}

constexpr char kText[] = "Mr. Lee left; he waved. So did she.";

TEST(Srx, ACascadeJoinsAllThatFitInTheOrderOfTheMaps) {
  const std::string own_first = Map("en.*", "own") + Map(".*", "all");
  EXPECT_THAT(Split(File("yes", own_first), "en-US", kText), ElementsAre("Mr. Lee left;", "he waved.", "So did she."));
  EXPECT_THAT(Split(File("yes", own_first), "de", kText), ElementsAre("Mr.", "Lee left; he waved.", "So did she."));
  EXPECT_THAT(Split(File("yes", Map(".*", "all") + Map("en.*", "own")), "en-US", kText),
              ElementsAre("Mr.", "Lee left;", "he waved.", "So did she."));
}

TEST(Srx, WithoutACascadeTheFirstMapThatFitsIsTaken) {
  const std::string maps = Map("en.*", "own") + Map(".*", "all");
  EXPECT_THAT(Split(File("no", maps), "en-US", kText), ElementsAre("Mr. Lee left;", "he waved. So did she."));
  EXPECT_THAT(Split(File("no", maps), "de", kText), ElementsAre("Mr.", "Lee left; he waved.", "So did she."));
}

TEST(Srx, APatternFitsTheWholeTag) {
  EXPECT_THAT(ErrorOf(File("yes", Map("e", "own")), "en"), HasSubstr("no <languagemap> fits the language \"en\""));
  EXPECT_THAT(ErrorOf(File("yes", Map("en", "own")), "en-US"), HasSubstr("\"en-US\"; add one"));
  EXPECT_TRUE(ParseSrx(File("yes", Map("(?i)EN-us", "own")), "en-US").ok());
}

TEST(Srx, MistakesAreNamedByTheirLine) {
  const std::string good = File("yes", Map(".*", "all"));
  const auto with = [&good](const std::string& old, const std::string& text) {
    const size_t at = good.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return std::string(good).replace(at, old.size(), text);
  };
  EXPECT_THAT(ErrorOf(with("2.0\"", "1.0\"")), StartsWith("line 2: SRX version \"1.0\" is not read"));
  EXPECT_THAT(ErrorOf(with("cascade=\"yes\"", "")), StartsWith("line 3: <header> has cascade=\"\"; it is yes or no"));
  EXPECT_THAT(ErrorOf(with("break=\"no\"", "break=\"perhaps\"")), StartsWith("line 7: <rule> has break=\"perhaps\""));
  EXPECT_THAT(ErrorOf(with("\\bMr\\.", "(Mr")), StartsWith("line 7: <beforebreak> is no regular expression"));
  EXPECT_THAT(ErrorOf(with("<afterbreak>\\s", "<afterbreak>[s")), StartsWith("line 7: <afterbreak> is no regular"));
  EXPECT_THAT(ErrorOf(with("e=\"all\">", "e=\"own\">")), StartsWith("line 9: there is another <languagerule>"));
  EXPECT_THAT(ErrorOf(with("languagerulename=\"all\"/>", "languagerulename=\"al\"/>")),
              StartsWith("line 12: there is no <languagerule> of the name \"al\""));
  EXPECT_THAT(ErrorOf(with("pattern=\".*\"", "pattern=\"(\"")), StartsWith("line 12: languagepattern is no regular"));
  EXPECT_THAT(ErrorOf(with("<maprules>", "<maps>")), StartsWith("line 11: <maps> does not belong in <body>"));
  EXPECT_THAT(ErrorOf(with("<maprules>", "<maprules>text")), StartsWith("line 11: there is text in <maprules>"));
  EXPECT_THAT(ErrorOf(with("</body>", "")), StartsWith("line 13: not well-formed XML: mismatched tag"));
  EXPECT_THAT(ErrorOf("<tmx version=\"1.4\"/>"), StartsWith("line 1: the root is <tmx>; SRX has"));
  EXPECT_THAT(ErrorOf(""), StartsWith("line 1: not well-formed XML"));
  EXPECT_THAT(ErrorOf(with("Mr", "\xE9")), HasSubstr("is not valid UTF-8"));
  EXPECT_EQ(ErrorOf(good), "");
}

TEST(Srx, BreakIsYesUnlessSaid) {
  const std::string file = File("yes", Map(".*", "all"));
  std::string unsaid = file;
  unsaid.erase(unsaid.rfind(" break=\"yes\""), 12);
  EXPECT_THAT(Split(unsaid, "en", "One. Two."), ElementsAre("One.", "Two."));
}

TEST(Srx, HostileFilesAreRefused) {
  const std::string good = File("yes", Map(".*", "all"));
  const std::string body = good.substr(good.find('\n') + 1);
  EXPECT_THAT(ErrorOf("<!DOCTYPE srx [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n" + body),
              StartsWith("line 1: a DOCTYPE is not read"));
  EXPECT_THAT(ErrorOf("\n<!DOCTYPE srx SYSTEM \"srx.dtd\">\n" + body), StartsWith("line 2: a DOCTYPE is not read"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<srx>";
  EXPECT_THAT(ErrorOf(deep), HasSubstr("line 1: "));
  EXPECT_THAT(ErrorOf(good.substr(0, good.find("<formathandle")) + deep), HasSubstr("not well-formed XML"));
  EXPECT_THAT(ErrorOf(std::string(kMaxSrxBytes + 1, ' ')), HasSubstr("larger than 1 MiB"));
  const std::string start = good.substr(0, good.find("<rule"));
  EXPECT_THAT(ErrorOf(start + Rule("no", std::string(kMaxSrxRegexBytes + 1, 'a'), "")),
              HasSubstr("longer than 16 KiB"));
  std::string many = start;
  for (size_t i = 0; i <= kMaxSrxRules; ++i) many += "<rule/>\n";
  EXPECT_THAT(ErrorOf(many), StartsWith("line 10007: there are more than 10000 rules"));
  std::string maps;
  for (size_t i = 0; i <= kMaxSrxRules / 2; ++i) maps += Map(".*", "own");
  EXPECT_THAT(ErrorOf(File("yes", maps)), HasSubstr("more than 10000 rules fit \"en\""));
  // Expressions within expressions, as deep as they may be long.
  for (const char* open : {"(", "(?=", "(?<=", "[", "(?:a{0,9}"}) {
    std::string regex;
    while (regex.size() + 10 < kMaxSrxRegexBytes) regex += open;
    for (char& c : regex) c = c == '<' ? '\x01' : c;
    std::string escaped;
    for (char c : regex) escaped += c == '\x01' ? std::string("&lt;") : std::string(1, c);
    EXPECT_THAT(ErrorOf(start + Rule("no", escaped, "") + good.substr(good.find("</languagerule>"))),
                HasSubstr("is no regular expression"));
  }
}

// The rules take the place of the built-in ones in each format that is cut into sentences.
TEST(Srx, DocumentsAreCutByTheRules) {
  absl::StatusOr<SentenceRules> parsed = ParseSrx(File("no", Map(".*", "own")), "en");
  ASSERT_TRUE(parsed.ok());
  const auto rules = std::make_shared<const SentenceRules>(std::move(parsed).value());
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"a.txt", "One. Two; *three*."}, {"a.md", "One. Two; *three*."}, {"a.html", "<p>One. Two; <i>three</i>."}}) {
    const auto document = ParseDocument({name, "en", rules}, bytes);
    ASSERT_TRUE(document.ok()) << document.status();
    ASSERT_EQ((*document)->segments().size(), 2u) << name;
    EXPECT_EQ((*document)->segments()[0].source.text, "One. Two;") << name;
  }
}

TEST(Srx, ADocumentThatARuleTakesTooLongForIsRefused) {
  std::string file = File("no", Map(".*", "own"));
  file.replace(file.find("<afterbreak>\\s"), 14, "<afterbreak>\\s(a|a)*x");
  file.replace(file.find("\\bMr\\."), 6, "");
  absl::StatusOr<SentenceRules> parsed = ParseSrx(file, "en");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const auto rules = std::make_shared<const SentenceRules>(std::move(parsed).value());
  const std::string text = "; " + std::string(60, 'a');
  for (const auto& [name, bytes] : std::vector<std::pair<std::string, std::string>>{
           {"a.txt", text + "\n" + text}, {"a.md", text + "\n\n" + text}, {"a.html", "<p>" + text + "<p>" + text}}) {
    const std::clock_t begin = std::clock();
    const auto document = ParseDocument({name, "en", rules}, bytes);
    EXPECT_LT(std::clock() - begin, 2 * CLOCKS_PER_SEC) << name;
    EXPECT_THAT(MessageOf(document.status()), HasSubstr("the segmentation rule in line 7 takes too long")) << name;
  }
}

struct Language {
  std::string locale;
  std::vector<std::string> sentences;
};

TEST(Srx, TheShippedRulesCutFifteenLanguages) {
  std::ifstream stream(REPRISE_SAMPLES "/segmentation.srx", std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  ASSERT_FALSE(file.empty());
  const std::vector<Language> languages = {
      {"en", {"Mr. Smith met Dr. Lee at 3.30 p.m. on Monday.", "They agreed!", "Did J. Brown leave the U.S. Senate?"}},
      {"en-US", {"She flew to the U.S.", "The talks began.", "See fig. 3 and No. 7 on p. 4.", "“Go!”", "(It rains.)"}},
      {"de",
       {"Am 3. Oktober trafen sich Dr. Weiß und Prof. Groß, z.B. in Köln.", "„Komm!“", "Es regnete bzw. schneite."}},
      {"fr", {"M. Dupont et Mme. Petit sont là.", "« Où ? »", "Voir p. 12 du rapport."}},
      {"es", {"El Sr. García vive en la avda. Colón.", "¿Vienes?", "¡Claro!"}},
      {"it", {"Il sig. Rossi e la dott.ssa Bianchi partono.", "Davvero?", "Sì!"}},
      {"pt-BR", {"O Sr. Silva e a Dra. Souza chegaram.", "Tudo bem?", "Sim."}},
      {"ru", {"Поэт А. С. Пушкин жил на ул. Мойка в г. Петербурге.", "Он писал стихи.", "Да!"}},
      {"zh-CN", {"双方签署了协定。", "“很好！”", "他问：为什么？"}},
      {"ja", {"彼は「はい。」と言った。", "会議は終わりました。", "本当ですか？"}},
      {"ko", {"회의가 끝났습니다.", "내일 다시 만날까요?", "네!"}},
      {"ar", {"وصل د. أحمد أمس.", "هل عاد؟", "نعم."}},
      {"th", {"ดร. สมชายมาแล้ว!", "จริงหรือ?", "ใช่"}},
      {"nl", {"Dhr. Jansen kwam om ca. 3 uur.", "Klopt dat?", "Ja, d.w.z. bijna!"}},
      {"pl", {"Prof. Nowak urodził się 3. maja przy ul. Długiej.", "Tak?", "Tak jest."}},
      {"tr", {"Prof. Yılmaz geldi.", "Dr. Kaya nerede?", "Burada!"}},
  };
  for (const Language& language : languages) {
    ASSERT_GE(language.sentences.size(), 3u);
    std::string text;
    for (const std::string& sentence : language.sentences) {
      if (!text.empty() && language.locale != "ja" && language.locale != "zh-CN") text += ' ';
      text += sentence;
    }
    EXPECT_EQ(Split(file, language.locale, text), language.sentences) << language.locale;
  }
  EXPECT_THAT(Split(file, "cy", "Bore da. Sut wyt ti?"), ElementsAre("Bore da.", "Sut wyt ti?"));
}

}  // namespace
}  // namespace reprise
