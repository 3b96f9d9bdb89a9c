#include "text/locale.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace reprise {
namespace {

TEST(CanonicalLocale, MendsWhatToolsWrite) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"en", "en"},
      {"zh_CN", "zh-CN"},
      {"EN-US", "en-US"},
      {"iw", "he"},
      {"in", "id"},
      {"pt_br", "pt-BR"},
      {"sr-latn", "sr-Latn"},
      {"zh-hant-tw", "zh-Hant-TW"},
      {"he-IL", "he-IL"},
      {"x-private", "x-private"},
      {"X-Klein-2", "x-klein-2"},
      {"de-1996", "de-1996"},
      {"eng", "en"},
      {"fil", "fil"},
  };
  for (const auto& [tag, want] : cases) {
    const auto got = CanonicalLocale(tag);
    ASSERT_TRUE(got.ok()) << tag << ": " << got.status();
    EXPECT_EQ(*got, want) << tag;
    EXPECT_EQ(*CanonicalLocale(*got), want) << "canonical form of a canonical tag";
  }
}

TEST(CanonicalLocale, RefusesAndSaysWhatATagLooksLike) {
  const std::vector<std::string> cases = {"",         "und",
                                          "e",        "english",
                                          "en-",      "-en",
                                          "en US",    "en--US",
                                          "日本",     "x-",
                                          "en.UTF-8", "12",
                                          "root",     std::string(65, 'a'),
                                          "en-US-x-", "x-morethaneight"};
  for (const std::string& tag : cases) {
    const auto got = CanonicalLocale(tag);
    ASSERT_FALSE(got.ok()) << tag << " -> " << *got;
    EXPECT_EQ(got.status().code(), absl::StatusCode::kInvalidArgument) << tag;
    EXPECT_NE(MessageOf(got.status()).find("pt-BR"), std::string::npos) << got.status();
  }
  EXPECT_NE(MessageOf(CanonicalLocale("e!").status()).find("\"e!\""), std::string::npos);
  EXPECT_EQ(MessageOf(CanonicalLocale("a\nb").status()).find('\n'), std::string::npos) << "no control characters";
}

TEST(MatchLocale, SameLanguageAndScript) {
  EXPECT_EQ(MatchLocale("en", "en"), LocaleMatch::kSame);
  EXPECT_EQ(MatchLocale("en", "en-US"), LocaleMatch::kSameLanguage);
  EXPECT_EQ(MatchLocale("pt-BR", "pt-PT"), LocaleMatch::kSameLanguage);
  EXPECT_EQ(MatchLocale("zh-Hans", "zh-CN"), LocaleMatch::kSameLanguage);
  EXPECT_EQ(MatchLocale("zh-CN", "zh-TW"), LocaleMatch::kNone);
  EXPECT_EQ(MatchLocale("sr", "sr-Latn"), LocaleMatch::kNone);
  EXPECT_EQ(MatchLocale("en", "de"), LocaleMatch::kNone);
  EXPECT_EQ(MatchLocale("x-a", "x-b"), LocaleMatch::kNone);
}

TEST(ServesLocale, OtherScriptsOnRequest) {
  EXPECT_TRUE(ServesLocale("zh-CN", "zh-Hans", false));
  EXPECT_FALSE(ServesLocale("zh-CN", "zh-TW", false));
  EXPECT_TRUE(ServesLocale("zh-CN", "zh-TW", true));
  EXPECT_TRUE(ServesLocale("sr", "sr-Latn", true));
  EXPECT_FALSE(ServesLocale("zh-CN", "yue", true));
  EXPECT_FALSE(ServesLocale("sr", "hr", true));
  EXPECT_TRUE(SameLanguage("pt-BR", "pt"));
  EXPECT_FALSE(SameLanguage("x-a", "x-b"));
  EXPECT_TRUE(SameLanguage("x-a", "x-a"));
}

TEST(LocaleGroup, LanguageAndLikelyScript) {
  EXPECT_EQ(LocaleGroup("en-US"), "en-Latn");
  EXPECT_EQ(LocaleGroup("zh-TW"), "zh-Hant");
  EXPECT_EQ(LocaleGroup("sr"), "sr-Cyrl");
  EXPECT_EQ(LocaleGroup("x-private"), "x-private");
}

TEST(IsRightToLeft, ByScript) {
  for (const char* locale : {"ar", "he", "he-IL", "fa", "ur"}) EXPECT_TRUE(IsRightToLeft(locale)) << locale;
  for (const char* locale : {"en", "ja", "hi", "th", "x-ar"}) EXPECT_FALSE(IsRightToLeft(locale)) << locale;
}

// Each thread keeps its last answers: an answer of an empty memory and one that others were pushed through agree.
TEST(Locale, AnswersDoNotDependOnWhatWasAskedBefore) {
  std::vector<std::string> tags = {"",
                                   "x",
                                   "und",
                                   "und-US",
                                   "e",
                                   "x-a",
                                   "x-piglatin-dialect",
                                   "zh_CN",
                                   "zh-TW",
                                   "en-US-x-averyveryverylong",
                                   "sr-Latn-RS",
                                   "EN_us",
                                   "iw",
                                   "en-",
                                   "en-US-",
                                   "i-klingon"};
  for (char a = 'a'; a <= 'z'; ++a) {
    for (char b = 'a'; b <= 'z'; ++b) {
      for (const char* region : {"", "-US", "_cn", "-Latn-DE", "-419"}) tags.push_back(std::string{a, b} + region);
    }
  }
  const auto ask = [](const std::string& tag) {
    const auto canonical = CanonicalLocale(tag);
    return (canonical.ok() ? *canonical : "refused: " + MessageOf(canonical.status())) + "|" + LocaleGroup(tag) + "|" +
           std::to_string(static_cast<int>(MatchLocale("zh-Hant", tag))) +
           std::to_string(static_cast<int>(MatchLocale(tag, "en")));
  };
  std::vector<std::string> first;
  for (const std::string& tag : tags) first.push_back(ask(tag));
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    const size_t at = random() % tags.size();
    ASSERT_EQ(ask(tags[at]), first[at]) << tags[at];
    ASSERT_EQ(ask(tags[at]), first[at]) << tags[at];
  }
  for (size_t i = 0; i < tags.size(); i += 97) {
    std::string fresh;
    std::thread([&] { fresh = ask(tags[i]); }).join();
    ASSERT_EQ(fresh, first[i]) << tags[i];
  }
}

}  // namespace
}  // namespace reprise
