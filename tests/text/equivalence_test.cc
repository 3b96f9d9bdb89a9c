// The fast paths of text/ against the slow reference: same key forms, same tokens, on generated text of many scripts
// and on real sentences where the corpus is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "formats/decompress.h"
#include "tests/text/reference.h"
#include "text/char_class.h"
#include "text/normalize.h"
#include "text/placeables.h"
#include "text/tokenize.h"
#include "text/utf8.h"
#include "text/word_break.h"

namespace reprise {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  char buffer[16];
  for (size_t i = 0; i < text.size();) {
    snprintf(buffer, sizeof(buffer), "\\u{%X} ", static_cast<unsigned>(NextCodePoint(text, &i)));
    out += buffer;
  }
  return out;
}

// Everything that is said of one text. Memory is used again from text to text, as bulk work does.
class Checker {
 public:
  void Check(std::string_view raw) {
    SCOPED_TRACE(Escaped(raw));
    const std::string want_key = reference::KeyForm(raw);
    KeyForm(raw, &key_);
    ASSERT_EQ(key_, want_key) << Escaped(key_) << "instead of " << Escaped(want_key);
    ASSERT_EQ(KeyForm(raw), want_key);
    ASSERT_EQ(KeyFormWithMap(raw).key, want_key);
    CheckTokens();
  }

 private:
  void CheckTokens() {
    const std::vector<TokenSpan> want = reference::TokenizeKeyForm(key_);
    TokenizeKeyForm(key_, &tokens_);
    ASSERT_EQ(tokens_.size(), want.size());
    const std::vector<Token> owned = TokenizeKeyForm(std::string_view(key_));
    ASSERT_EQ(owned.size(), want.size());
    std::string want_bare;
    for (size_t i = 0; i < want.size(); ++i) {
      const TokenSpan& token = tokens_[i];
      ASSERT_EQ(token.begin, want[i].begin) << i;
      ASSERT_EQ(token.end, want[i].end) << i;
      ASSERT_EQ(token.stem_end, want[i].stem_end) << i;
      ASSERT_EQ(token.weight, want[i].weight) << i;
      ASSERT_EQ(token.cls, want[i].cls) << i;
      const std::string_view text = std::string_view(key_).substr(token.begin, token.end - token.begin);
      ASSERT_EQ(owned[i].key, text);
      ASSERT_EQ(owned[i].index_key, IndexKey(key_, token));
      ASSERT_EQ(owned[i].weight, token.weight);
      ASSERT_EQ(owned[i].cls, token.cls);
      ASSERT_EQ(owned[i].begin, CodePointCount(key_.substr(0, token.begin)));
      ASSERT_EQ(owned[i].end, owned[i].begin + CodePointCount(text));
      if (token.cls != TokenClass::kWord) continue;
      ASSERT_EQ(IndexKey(key_, token), Stem(text));
      if (!want_bare.empty()) want_bare += ' ';
      want_bare += text;
    }
    BareForm(key_, tokens_, &bare_);
    ASSERT_EQ(bare_, want_bare);
    ASSERT_EQ(BareForm(owned), want_bare);
  }

  std::string key_;
  std::string bare_;
  std::vector<TokenSpan> tokens_;
};

// The alphabets that generated words are made of; marks of a script stand beside its letters.
constexpr std::u32string_view kScripts[] = {
    U"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    U"abcxyzABCäöüßÄÖÜéèêëàâçñœæøåşğıİŁłżźćąęşţºª\u00AD\u0301\u0308\u0323\u0345",
    U"абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЙЁїіґ\u0301\u0306\u0308\u0483",
    U"αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊΐΑΒΓΏᾳᾼ\u0301\u0345\u0384΄΅",
    U"ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءأإآؤئپچژگکی\u064B\u064E\u0650\u0651\u0652\u0653\u0654\u0655\u0670\u0640ﷺﷲﻻﺏ",
    U"אבגדהוזחטיכלמנסעפצקרשתםןףץךײַשׁ\u05B0\u05B4\u05B7\u05BC\u05C1\u05BF״׳\"'",
    U"कखगघचजझटडतदनपबमयरलवशसहअआइईउएऐओड़ढ़क़\u093C\u094D\u0902\u0903\u093E\u093F\u0940\u0941\u0947\u094B\u0951।",
    U"กขคงจชซดตถทนบปผพฟมยรลวสหอะาิีึืุูเแโใไำ่้๊๋์ๆฯ",
    U"你好世界汉字翻译记忆库的一是了在不有々〇",
    U"あいうえおかがきぎくぐはばぱアイウカガハバパーッ゛゜ﾊﾞｶﾞｱ々\u3099\u309Aヽヾ〱",
    U"가각간갈감강한글번역메모리ㄱㅏ\u1100\u1161\u11A8\u1112\u11AB",
    U"ກຂຄງຈສຊຍດຕຖທນາຳ່້ကခဂငစဆကြခွ့းកខគឃង្ក​",
    U"აბგდევႠႡაწჭԱԲԳաբգეꭰᏣ",
    U"தமிழ்தெలుకన്ऀఁবাংলাੱગુ\u0BCD\u0BBE\u0C4D\u0DCA\u0DCF",
};
constexpr std::u32string_view kDigits = U"0123456789٠١٢٣۴۵०१२๑๒๓０１²³½①⑳";
constexpr std::u32string_view kSigns =
    U".,:;!?'\"-_@%$#&/\\()[]{}<>=+*~|^`“”‘’«»„‚‹›–—―…⋯·‧・、。「」，．：；！？％（）‥™®©°№§¶†‡•€£₹→←↵◌＿‿⁔﹍";
constexpr std::u32string_view kSpaces = U"     \u00A0\u3000\u2009\u202F\t\n\r\u2028\u0085";
constexpr std::u32string_view kInvisible =
    U"\u200B\u200C\u200D\u200E\u200F\u202A\u202C\u2066\u2069\u00AD\uFEFF\uFE0F\u180E\u061C";
constexpr std::u32string_view kEmoji =
    U"\U0001F468\U0001F469\U0001F467\U0001F3FB\U0001F3FD\U0001F3FF\u200D\uFE0F\U0001F1E9\U0001F1EA\U0001F1EB\U0001F600"
    U"\u2764\u26BD\u20E3\U0001F3F4\U000E0067\U000E007F";
constexpr std::u32string_view kAstral =
    U"\U00020000\U0002A6D6\U0001D400\U0001D7CE\U00010400\U00010428\U0001D15E\U00011103\U00011127\U0001F100\U0001B001";
constexpr std::string_view kPieces[] = {"%s",
                                        "%1$d",
                                        "{0}",
                                        "${x}",
                                        "$(arg1)",
                                        "%PRODUCTNAME",
                                        "$[officename]",
                                        "http://a.org/b?c=1",
                                        "www.example.org",
                                        "a@b.org",
                                        "v2.9.1",
                                        "UTF-8",
                                        "LT-1234",
                                        "C:\\x",
                                        "/usr/bin",
                                        "~/x",
                                        "12.05.2024",
                                        "1,234.5",
                                        "1 234 567",
                                        "10 000",
                                        "3.14",
                                        "don't",
                                        "l'",
                                        "e.g.",
                                        "1,5;6",
                                        "a_b",
                                        "<br/>",
                                        "192.168.0.1",
                                        "100%",
                                        "\\\\host\\a",
                                        "fig.3",
                                        "1.2.3-beta2"};

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  std::string Next() {
    text_.clear();
    script_ = kScripts[Below(std::size(kScripts))];
    for (uint32_t n = 1 + Below(5); n > 0; --n) Piece();
    return text_;
  }

 private:
  uint32_t Below(size_t bound) { return static_cast<uint32_t>(random_() % bound); }
  void AddOf(std::u32string_view set) { AppendCodePoint(set[Below(set.size())], &text_); }
  void Run(std::u32string_view set, uint32_t longest) {
    for (uint32_t n = 1 + Below(longest); n > 0; --n) AddOf(set);
  }
  void Any() {
    char32_t c = Below(0x110000);
    if (Below(2) == 0) c %= 0x3400;
    AppendCodePoint(c == 0 || (c >= 0xD800 && c <= 0xDFFF) ? U'x' : c, &text_);
  }

  void Piece() {
    switch (Below(16)) {
      case 0: return AddOf(kInvisible);
      case 1: return Run(kEmoji, 4);
      case 2: return AddOf(kAstral);
      case 3: return Any();
      case 4: return Run(kDigits, 4);
      case 5: return Run(kScripts[Below(std::size(kScripts))], 4);
      case 6: return Run(kSigns, 2);
      case 7: return AddOf(kSpaces);
      case 8: text_ += kPieces[Below(std::size(kPieces))]; return;
      case 9: script_ = kScripts[Below(std::size(kScripts))]; return AddOf(kSigns);
      case 10: return Run(kScripts[0], 9);
      default: Run(script_, 5); return Below(3) == 0 ? AddOf(kSigns) : AddOf(kSpaces);
    }
  }

  std::mt19937 random_;
  std::u32string_view script_;
  std::string text_;
};

TEST(Equivalence, ThreadsOnColdTables) {
  // The first test of the program, so that the tables are empty. Each thread starts elsewhere, so that several fill the
  // same table and others read it.
  std::vector<std::thread> threads;
  for (uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      Generator generator(t);
      Checker checker;
      for (int i = 0; i < 2000; ++i) checker.Check(generator.Next());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Equivalence, GeneratedText) {
  Generator generator(20261124);
  Checker checker;
  for (int i = 0; i < 250000 && !::testing::Test::HasFailure(); ++i) checker.Check(generator.Next());
}

TEST(Equivalence, PairsOfAscii) {
  Checker checker;
  for (char a = 1; a < 0x7F; ++a) {
    for (char b = 1; b < 0x7F && !::testing::Test::HasFailure(); ++b) {
      // In the first and in the last block of eight, and across their border.
      checker.Check(std::string("Ab") + a + b + "cDe");
      checker.Check(std::string("Abcdefg") + a + b + "Hij");
      checker.Check(std::string("Abcdé") + a + b + "123");
    }
  }
}

TEST(Equivalence, EveryCodePointBesideLettersAndSpaces) {
  Checker checker;
  for (char32_t c = 1; c < 0x30000 && !::testing::Test::HasFailure(); ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    AppendCodePoint(c, &text);
    checker.Check(c % 2 == 0 ? "Aa" + text + "\u0301b " + text : "1 " + text + "é" + text + "2 ");
  }
}

// The rules meet more here than in sentences, where placeables take most digits away.
TEST(Equivalence, WordRules) {
  constexpr std::u32string_view kPool =
      U"abé_1٣२.,;:'\"·‧٫٬״׳ אבجखி한글ㄱа\u0301\u05B0\u093F\u0600\U0001F1E9\U0001F3FD‿⁀№…\u2024\uFE52\u3000  ";
  std::mt19937 random(47);
  int compared = 0;
  for (int i = 0; i < 300000; ++i) {
    std::u32string text;
    std::vector<uint32_t> flags;
    uint32_t any = 0;
    for (uint32_t n = 1 + static_cast<uint32_t>(random() % 9); n > 0; --n) {
      char32_t c = random() % 32 == 0 ? random() % 0x20000 : kPool[random() % kPool.size()];
      if (c >= 0xD800 && c <= 0xDFFF) c = 'x';
      text += c;
      flags.push_back(CharFlags(c));
      any |= flags.back();
    }
    if ((any & (kCharNeedsIcu | kCharAt)) != 0) continue;
    std::vector<WordSegment> want, found;
    BreakWordsIcu(text, &want);
    const auto size = static_cast<uint32_t>(text.size());
    for (uint32_t at = 0; at < size; at = found.back().end) found.push_back({at, WordEnd(flags.data(), at, size)});
    std::string shown;
    for (char32_t c : text) AppendCodePoint(c, &shown);
    ASSERT_EQ(found, want) << Escaped(shown);
    ++compared;
  }
  EXPECT_GT(compared, 200000);
}

TEST(Equivalence, Placeables) {
  std::mt19937 random(41);
  constexpr std::u32string_view kPool = U"aw.:/@%{}$#~\\ (1-2.,'x_é١ж한)[]";
  for (int i = 0; i < 150000; ++i) {
    std::u32string text;
    for (uint32_t n = static_cast<uint32_t>(random() % 20); n > 0; --n) text += kPool[random() % kPool.size()];
    if (i % 5 == 0) text += U"www.a";
    std::vector<Placeable> found, want;
    FindPlaceables(text, &found);
    reference::FindPlaceables(text, &want);
    ASSERT_EQ(found.size(), want.size());
    for (size_t k = 0; k < found.size(); ++k) {
      ASSERT_EQ(found[k].begin, want[k].begin);
      ASSERT_EQ(found[k].end, want[k].end);
      ASSERT_EQ(found[k].cls, want[k].cls);
    }
  }
}

TEST(Equivalence, Utf8Validation) {
  std::mt19937 random(43);
  Generator generator(43);
  for (int i = 0; i < 60000; ++i) {
    std::string text = generator.Next() + std::string(random() % 40, 'a') + generator.Next();
    if (i % 4 != 0) text[random() % text.size()] = static_cast<char>(random() % 256);
    const size_t bad = reference::FirstBadByte(text);
    const absl::Status status = ValidateUtf8(text);
    ASSERT_EQ(status.ok(), bad == text.size()) << i;
    if (!status.ok()) {
      ASSERT_NE(MessageOf(status).find("at byte " + std::to_string(bad) + ";"), std::string::npos) << status;
    }
  }
}

// The corpus is no part of the repository: its folder is named by the environment, if it is there.
TEST(Equivalence, RealSentences) {
  const char* folder = std::getenv("REPRISE_CORPUS_DIR");
  if (folder == nullptr || !std::filesystem::exists(folder)) GTEST_SKIP() << "no corpus";
  class Text : public ByteSink {
   public:
    absl::Status Write(std::string_view bytes) override {
      text.append(bytes);
      return absl::OkStatus();
    }
    std::string text;
  };
  Checker checker;
  size_t sentences = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".zst") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string packed((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    Text plain;
    Decompressor decompressor(&plain);
    ASSERT_TRUE(decompressor.Feed(packed).ok());
    ASSERT_TRUE(decompressor.Finish().ok());
    // "source locale, target locale, source, target, …": every 29th line is enough of each file.
    size_t line = 0;
    for (size_t at = 0; at < plain.text.size() && !HasFailure(); ++line) {
      const size_t end = std::min(plain.text.find('\n', at), plain.text.size());
      if (line % 29 == 0) {
        size_t cell = at;
        for (int column = 0; column < 4; ++column) {
          const size_t tab = std::min(plain.text.find('\t', cell), end);
          if (column >= 2) checker.Check(std::string_view(plain.text).substr(cell, tab - cell));
          cell = std::min(tab + 1, end);
        }
        ++sentences;
      }
      at = end + 1;
    }
  }
  EXPECT_GT(sentences, 1000u);
}

}  // namespace
}  // namespace reprise
