#include "text/segmentation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Split(const std::string& text, const std::string& locale) {
  std::vector<std::string> sentences;
  for (const Sentence& sentence : SplitSentences(text, locale)) sentences.push_back(sentence.text);
  return sentences;
}

struct Case {
  std::string locale;
  std::vector<std::string> sentences;
};

TEST(SplitSentences, FifteenLanguages) {
  const std::vector<Case> cases = {
      {"en", {"Mr. Smith met Dr. Lee at 3.30 p.m. on Monday.", "They agreed!", "Did J. Brown leave the U.S. Senate?"}},
      {"en-US", {"She flew to the U.S.", "The talks began.", "See fig. 3 and No. 7 Main St. Louis."}},
      {"de",
       {"Am 3. Oktober trafen sich Dr. Weiß und Prof. Groß, z.B. in Köln.", "Es regnete bzw. Es schneite.", "Gut!"}},
      {"fr", {"M. Dupont et Mme. Petit sont là.", "« Où ? »", "Voir p. 12 du rapport."}},
      {"es", {"El Sr. García vive en EE.UU. Desde entonces.", "¿Vienes?", "¡Claro!"}},
      {"it", {"Il sig. Rossi e la dott.ssa Bianchi partono.", "Davvero?"}},
      {"pt-BR", {"O Sr. Silva e a Dra. Souza chegaram.", "Tudo bem?"}},
      {"ru", {"Поэт А. С. Пушкин жил на ул. Мойка в г. Петербурге.", "Он писал стихи.", "Да!"}},
      {"pl", {"Prof. Nowak urodził się 3. Maja przy ul. Długiej.", "Tak jest."}},
      {"ja", {"彼は「はい。」と言った。", "会議は終わりました。", "本当ですか？"}},
      {"zh-CN", {"双方签署了协定。", "“很好！”", "他问：为什么？"}},
      {"ko", {"회의가 끝났습니다.", "내일 다시 만날까요?", "네!"}},
      {"ar", {"وصل د. أحمد أمس.", "هل عاد؟", "نعم."}},
      {"hi", {"डॉ. शर्मा आए।", "क्या वे रुकेंगे?", "हाँ।"}},
      {"th", {"ดร. สมชายมาแล้ว"}},
      {"he", {"השר חתם על ההסכם.", "האם זה נכון?", "כן!"}},
  };
  for (const Case& c : cases) {
    std::string text;
    for (const std::string& sentence : c.sentences) {
      if (!text.empty() && c.locale != "ja" && c.locale != "zh-CN") text += ' ';
      text += sentence;
    }
    EXPECT_EQ(Split(text, c.locale), c.sentences) << c.locale;
  }
}

TEST(SplitSentences, QuotationMarksStayWithTheirSentence) {
  EXPECT_THAT(Split("会議です。「はい。」本当？", "ja"), ElementsAre("会議です。", "「はい。」", "本当？"));
  EXPECT_THAT(Split("„Komm!“ Er ging. »Gut.« Sie blieb.", "de"),
              ElementsAre("„Komm!“", "Er ging.", "»Gut.«", "Sie blieb."));
  EXPECT_THAT(Split("He left. “Go!” (See below.) Done.", "en"),
              ElementsAre("He left.", "“Go!”", "(See below.)", "Done."));
}

TEST(SplitSentences, ALineEndEndsASegmentAndAParagraph) {
  const std::vector<Sentence> sentences = SplitSentences("\xEF\xBB\xBFTitle\r\n\r\n One. Two.\n\u2028Three", "en");
  ASSERT_EQ(sentences.size(), 4u);
  EXPECT_EQ(sentences[0].text, "Title");
  EXPECT_EQ(sentences[0].before, "\xEF\xBB\xBF");
  EXPECT_EQ(sentences[1].paragraph, 2u);
  EXPECT_EQ(sentences[1].sentence, 1u);
  EXPECT_EQ(sentences[1].before, "\r\n\r\n ");
  EXPECT_EQ(sentences[2].paragraph, 2u);
  EXPECT_EQ(sentences[2].sentence, 2u);
  EXPECT_EQ(sentences[2].before, " ");
  EXPECT_EQ(sentences[3].paragraph, 3u);
  EXPECT_EQ(sentences[3].before, "\n\u2028");
}

TEST(SplitSentences, BlankTextHasNone) {
  EXPECT_THAT(SplitSentences("", "en"), IsEmpty());
  EXPECT_THAT(SplitSentences(" \n\t\u3000\r\n", "ja"), IsEmpty());
}

TEST(SplitSentences, AnyLocaleWillDo) {
  for (const char* locale : {"", "x-private", "nonsense!", "qaa", "EN_us"}) {
    EXPECT_THAT(Split("One here. Two there.", locale), ElementsAre("One here.", "Two there.")) << locale;
  }
}

TEST(SplitSentences, JoiningGivesTheDocumentBack) {
  static const std::vector<std::string> kPieces = {"Mr. ", "A. ", "Yes",   ". ",   "\n",  "\r\n",   "!",
                                                   "。",   "」",  "と",    "3. ",  "Mai", " ",      "\u00A0",
                                                   "م. ",  "😀",   "U.S. ", "The ", "...", "e\u0301"};
  std::mt19937 random(23);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (int n = static_cast<int>(random() % 16); n > 0; --n) text += kPieces[random() % kPieces.size()];
    std::string joined;
    for (const Sentence& sentence : SplitSentences(text, i % 2 == 0 ? "de" : "ja")) {
      ASSERT_FALSE(sentence.text.empty());
      joined += sentence.before + sentence.text;
    }
    ASSERT_EQ(text.compare(0, joined.size(), joined), 0) << text;
    ASSERT_EQ(text.find_first_not_of(" \r\n\xC2\xA0", joined.size()), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace reprise
