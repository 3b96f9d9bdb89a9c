#include "text/locale.h"

#include <gtest/gtest.h>

#include <string>
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

}  // namespace
}  // namespace reprise
