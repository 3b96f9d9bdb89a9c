#include "text/tokenize.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "text/normalize.h"
#include "text/placeables.h"
#include "text/utf8.h"
#include "text/word_break.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Token> Tokens(const std::string& text) { return Tokenize({.text = text, .codes = {}}); }

std::vector<std::string> Keys(const std::string& text) {
  std::vector<std::string> keys;
  for (const Token& token : Tokens(text)) keys.push_back(token.key);
  return keys;
}

// One sentence for each language that Reprise is tested with.
const std::map<std::string, std::string>& Sentences() {
  static const std::map<std::string, std::string>& sentences = *new std::map<std::string, std::string>{
      {"en", "The ministers didn't sign 3 of the 12 papers."},
      {"de", "Die Straßenbahn fährt um 7:30 Uhr ab."},
      {"fr", "L’élève n’a pas reçu sa réponse à Noël."},
      {"es", "¿Dónde está el señor Núñez?"},
      {"it", "Perché l’università è chiusa?"},
      {"pt-BR", "A reunião não começará às 15h."},
      {"ru", "Ёлка стоит в углу, а дети поют."},
      {"pl", "Zażółć gęślą jaźń, proszę."},
      {"ja", "会議は来週の月曜日に開かれます。"},
      {"zh-CN", "双方签署了贸易协定。"},
      {"ko", "회의는 다음 주 월요일에 열립니다."},
      {"ar", "وقّع الوزيرُ الاتفاقيةَ أمس."},
      {"hi", "मंत्री ने समझौते पर हस्ताक्षर किए।"},
      {"th", "รัฐมนตรีลงนามในข้อตกลงแล้ว"},
      {"he", "הַשָּׂר חתם על ההסכם אתמול."},
  };
  return sentences;
}

TEST(Tokenize, SentencesOfFifteenLanguages) {
  const auto keys = [](const char* language) { return Keys(Sentences().at(language)); };
  EXPECT_THAT(keys("en"), ElementsAre("the", "ministers", "didn't", "sign", "3", "of", "the", "12", "papers", "."));
  EXPECT_THAT(keys("de"), ElementsAre("die", "strassenbahn", "fährt", "um", "7", ":", "30", "uhr", "ab", "."));
  EXPECT_THAT(keys("fr"), ElementsAre("l'élève", "n'a", "pas", "reçu", "sa", "réponse", "à", "noël", "."));
  EXPECT_THAT(keys("es"), ElementsAre("¿", "dónde", "está", "el", "señor", "núñez", "?"));
  EXPECT_THAT(keys("it"), ElementsAre("perché", "l'università", "è", "chiusa", "?"));
  EXPECT_THAT(keys("pt-BR"), ElementsAre("a", "reunião", "não", "começará", "às", "15", "h", "."));
  EXPECT_THAT(keys("ru"), ElementsAre("ёлка", "стоит", "в", "углу", ",", "а", "дети", "поют", "."));
  EXPECT_THAT(keys("pl"), ElementsAre("zażółć", "gęślą", "jaźń", ",", "proszę", "."));
  EXPECT_THAT(keys("ja"), ElementsAre("会", "議", "は", "来", "週", "の", "月", "曜", "日", "に", "開", "か", "れ",
                                      "ま", "す", "。"));
  EXPECT_THAT(keys("zh-CN"), ElementsAre("双", "方", "签", "署", "了", "贸", "易", "协", "定", "。"));
  EXPECT_THAT(keys("ko"), ElementsAre("회의는", "다음", "주", "월요일에", "열립니다", "."));
  EXPECT_THAT(keys("ar"), ElementsAre("وقّع", "الوزيرُ", "الاتفاقيةَ", "أمس", "."));
  EXPECT_THAT(keys("hi"), ElementsAre("मंत्री", "ने", "समझौते", "पर", "हस्ताक्षर", "किए", "।"));
  EXPECT_GE(keys("th").size(), 4u) << "Thai is broken by dictionary, not left whole";
  EXPECT_THAT(keys("he"), ElementsAre(KeyForm("הַשָּׂר"), "חתם", "על", "ההסכם", "אתמול", "."));
}

TEST(Tokenize, ClassesWeightsAndRawOffsets) {
  const std::vector<Token> tokens = Tokens("  Saving\u00A0 3 ﬁles…");
  ASSERT_EQ(tokens.size(), 6u);
  EXPECT_EQ(tokens[0], (Token{TokenClass::kWord, "saving", "savin", 6, 2, 8}));
  EXPECT_EQ(tokens[1].cls, TokenClass::kNumber);
  EXPECT_EQ(tokens[1].weight, 1u);
  EXPECT_EQ(tokens[2], (Token{TokenClass::kWord, "files", "files", 5, 12, 16}));
  for (size_t i = 3; i < 6; ++i) EXPECT_EQ(tokens[i], (Token{TokenClass::kPunctuation, ".", ".", 1, 16, 17}));
  EXPECT_EQ(TotalWeight(tokens), 15u);
}

TEST(Tokenize, WeightCountsLettersMarksAndNumbersOnly) {
  EXPECT_EQ(Tokens("don't")[0].weight, 4u);
  EXPECT_EQ(Tokens("a_b")[0].weight, 2u);
  EXPECT_EQ(Tokens("किए")[0].weight, 3u);
  EXPECT_EQ(Tokens("👍🏽")[0].weight, 1u);
  EXPECT_EQ(Tokens("\U00020000")[0].weight, 1u) << "a Han character outside the BMP";
}

TEST(Tokenize, CodesStandBetweenTheTokens) {
  Content content{.text = "Press OK now",
                  .codes = {{.position = 0, .kind = Code::Kind::kStandalone, .pair_id = 0, .data = "<x/>"},
                            {.position = 6, .kind = Code::Kind::kOpen, .pair_id = 1, .data = "<b>"},
                            {.position = 8, .kind = Code::Kind::kClose, .pair_id = 1, .data = "</b>"},
                            {.position = 99, .kind = Code::Kind::kStandalone, .pair_id = 0, .data = "<y/>"}}};
  std::vector<std::string> keys;
  for (const Token& token : Tokenize(content)) {
    keys.push_back(token.key);
    EXPECT_EQ(token.weight == 0, token.cls == TokenClass::kCode);
  }
  EXPECT_THAT(keys, ElementsAre("3<x/>", "press", "1<b>", "ok", "2</b>", "now", "3<y/>"));
}

TEST(Tokenize, EmptyAndBlankTextHaveNoTokens) {
  EXPECT_THAT(Tokens(""), IsEmpty());
  EXPECT_THAT(Tokens(" \u3000\n\u200B"), IsEmpty());
}

TEST(Stem, LengthByScript) {
  EXPECT_EQ(Stem("localized"), "local");
  EXPECT_EQ(Stem("save"), "save");
  EXPECT_EQ(Stem("переводчик"), "перев");
  EXPECT_EQ(Stem("저장합니다"), "저장");
  EXPECT_EQ(Stem("الوزير"), "الو");
  EXPECT_EQ(Stem("ההסכם"), "ההס");
  EXPECT_EQ(Stem("รัฐมนตรี"), "รัฐมนตรี");
  EXPECT_EQ(Stem("हस्ताक्षर"), "हस्ता");
}

TEST(BareForm, WordsOnly) {
  EXPECT_EQ(BareForm(Tokens("Save: 3 “files”!")), "save files");
  EXPECT_EQ(BareForm(Tokens("…42!")), "");
}

TEST(Placeables, EqualClassesShareAnIndexKeyThatIsNoWord) {
  EXPECT_EQ(Tokens("3")[0].index_key, Tokens("1,234.5")[0].index_key);
  EXPECT_NE(Tokens("3")[0].index_key, Tokens("%s")[0].index_key);
  EXPECT_NE(Tokens("3")[0].index_key, Tokens("number")[0].index_key);
}

TEST(TokenSpan, OffsetsAreBytesOfTheKeyForm) {
  const std::string key = "переводчик 3 né, 保 %s";
  std::vector<TokenSpan> tokens = {{.begin = 9, .end = 99}};  // replaced
  TokenizeKeyForm(key, &tokens);
  std::vector<std::string> keys;
  std::vector<std::string> index_keys;
  for (const TokenSpan& token : tokens) {
    keys.push_back(key.substr(token.begin, token.end - token.begin));
    index_keys.emplace_back(IndexKey(key, token));
  }
  EXPECT_THAT(keys, ElementsAre("переводчик", "3", "né", ",", "保", "%s"));
  EXPECT_THAT(index_keys, ElementsAre("перев",
                                      "\x01"
                                      "3",
                                      "né", ",", "保",
                                      "\x01"
                                      "6"));
  EXPECT_EQ(tokens[0].weight, 10u);
  EXPECT_EQ(tokens[2].weight, 2u);
  std::string bare = "replaced";
  BareForm(key, tokens, &bare);
  EXPECT_EQ(bare, "переводчик né 保");
  TokenizeKeyForm("", &tokens);
  EXPECT_THAT(tokens, IsEmpty());
  BareForm("", tokens, &bare);
  EXPECT_EQ(bare, "");
}

TEST(Placeables, TakeLinearTime) {
  // Quadratic look-ahead would take minutes for these.
  for (const char* unit :
       {"a.", "1,2.", "1.", "1 ", "a-", "{a", "%1", "/a", "a@", "www.", "a1-", "((", "1,234,", "$("}) {
    std::string text;
    while (text.size() < 400000) text += unit;
    EXPECT_FALSE(TokenizeKeyForm(KeyForm(text)).empty());
  }
}

std::string RandomAscii(std::mt19937* random, std::string_view alphabet) {
  std::string text;
  for (int n = static_cast<int>((*random)() % 24); n > 0; --n) text += alphabet[(*random)() % alphabet.size()];
  return text;
}

TEST(WordBreak, TheAsciiScanEqualsIcu) {
  std::string all;
  for (char c = 0x20; c < 0x7F; ++c) all += c == '@' ? ' ' : c;
  std::mt19937 random(3);
  for (int i = 0; i < 60000; ++i) {
    const std::string text = RandomAscii(&random, i % 2 == 0 ? std::string_view(all) : "aZ09_'.,:;\"- ");
    std::vector<WordSegment> icu;
    BreakWordsIcu(std::u32string(text.begin(), text.end()), &icu);
    for (const WordSegment& segment : icu) {
      const char first = text[segment.begin];
      if (IsAsciiWordStart(first)) {
        ASSERT_EQ(AsciiWordEnd(text, segment.begin), segment.end) << text;
      } else if (first != ' ') {
        ASSERT_EQ(segment.end, segment.begin + 1) << text;
      }
    }
  }
}

TEST(Tokenize, TheAsciiPathEqualsTheGeneralOne) {
  std::string all;
  for (char c = 0x01; c < 0x7F; ++c) all += c;
  std::mt19937 random(29);
  for (int i = 0; i < 60000; ++i) {
    const std::string key = KeyForm(RandomAscii(&random, i % 2 == 0 ? std::string_view(all) : "az09_'.,:;\"-@ %$/{"));
    std::vector<Token> general = TokenizeKeyForm(key + " 。");
    ASSERT_FALSE(general.empty());
    general.pop_back();
    ASSERT_EQ(TokenizeKeyForm(key), general) << key;
  }
}

TEST(Placeables, TheCheapQuestionNeverMissesOne) {
  std::mt19937 random(5);
  for (int i = 0; i < 40000; ++i) {
    const std::string text = RandomAscii(&random, "aw.:/@%{}$#~\\ (1-");
    std::vector<Placeable> found;
    FindPlaceables(std::u32string(text.begin(), text.end()), &found);
    ASSERT_TRUE(found.empty() || MayHavePlaceables(text)) << text;
  }
}

// Random key forms: words, marks and signs of many scripts, and any code point.
std::string RandomMixed(std::mt19937* random) {
  static const std::u32string kPool =
      U"ab 1٣9.,:;-_'%${}()[]@#~/éßжд́汉字かなーガ한글"
      U"กาเล่าदिعربيةעִב³½①👍🏽🇩🇪\u200D…“”\u00A0www."
      U"\\\"";
  std::string text;
  for (int n = static_cast<int>((*random)() % 24); n > 0; --n) {
    char32_t c = (*random)() % 8 == 0 ? (*random)() % 0x30000 : kPool[(*random)() % kPool.size()];
    if (c == 0 || (c >= 0xD800 && c <= 0xDFFF)) c = 'x';
    AppendCodePoint(c, &text);
  }
  return text;
}

TEST(Tokenize, EachCodePointOfTheKeyFormIsInExactlyOneToken) {
  std::mt19937 random(19);
  for (int i = 0; i < 30000; ++i) {
    const std::string raw = RandomMixed(&random);
    const std::string key = KeyForm(raw);
    std::string covered;
    uint32_t at = 0;
    const std::vector<Token> tokens = TokenizeKeyForm(key);
    for (const Token& token : tokens) {
      ASSERT_GE(token.begin, at) << key;
      ASSERT_LT(token.begin, token.end) << key;
      at = token.end;
      covered += token.key;
      ASSERT_EQ(token.key.compare(0, token.index_key.size(), token.index_key) == 0, !IsPlaceable(token.cls)) << key;
      ASSERT_GT(token.weight, 0u) << key;
    }
    const auto without_spaces = [](std::string text) {
      text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
      return text;
    };
    ASSERT_EQ(without_spaces(covered), without_spaces(key));
    // The raw text has the same tokens, with offsets of its own.
    const std::vector<Token> from_raw = Tokens(raw);
    ASSERT_EQ(from_raw.size(), tokens.size());
    for (size_t k = 0; k < tokens.size(); ++k) {
      ASSERT_EQ(from_raw[k].key, tokens[k].key);
      ASSERT_EQ(from_raw[k].cls, tokens[k].cls);
      ASSERT_EQ(from_raw[k].index_key, tokens[k].index_key);
      ASSERT_EQ(from_raw[k].weight, tokens[k].weight);
      ASSERT_LE(from_raw[k].end, CodePointCount(raw));
    }
  }
}

TEST(Tokenize, ThreadsAgree) {
  std::vector<std::thread> threads;
  std::vector<std::vector<Token>> results(4);
  for (auto& result : results) {
    threads.emplace_back([&result] {
      for (const auto& [language, sentence] : Sentences()) {
        for (Token& token : Tokens(sentence)) result.push_back(std::move(token));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, results[0]);
}

}  // namespace
}  // namespace reprise
