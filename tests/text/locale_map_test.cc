#include "text/locale_map.h"

#include <gmock/gmock.h>

namespace reprise {
namespace {

using ::testing::HasSubstr;

TEST(LocaleMap, MapsWholeTagsOnceAsWrittenOrCanonical) {
  LocaleMap map;
  EXPECT_TRUE(map.empty());
  ASSERT_TRUE(map.Add("English", "en_us").ok());
  ASSERT_TRUE(map.Add("zh", "zh-TW").ok());
  ASSERT_TRUE(map.Add("en-US", "fr").ok());
  ASSERT_TRUE(map.Add("he", "yi").ok());
  ASSERT_TRUE(map.Add("sr@ijekavian=1", "sr-Latn").ok());
  EXPECT_EQ(*map.Canonical("ENGLISH"), "en-US") << "once: en-US is fr, but not what english became";
  EXPECT_EQ(*map.Canonical("EN_us"), "fr");
  EXPECT_EQ(*map.Canonical("zh"), "zh-TW");
  EXPECT_EQ(*map.Canonical("zh-CN"), "zh-CN") << "a tag is mapped as a whole";
  EXPECT_EQ(*map.Canonical("iw"), "yi") << "by its canonical form";
  EXPECT_EQ(*map.Canonical("sr@ijekavian=1"), "sr-Latn");
  EXPECT_EQ(*map.Canonical("pt_br"), "pt-BR");
  EXPECT_FALSE(map.Canonical("german").ok());
  EXPECT_EQ(*LocaleMap().Canonical("iw"), "he");
  EXPECT_FALSE(LocaleMap().Canonical("english").ok());
}

TEST(LocaleMap, RefusesWhatMapsNothing) {
  LocaleMap map;
  ASSERT_TRUE(map.Add("a", "en").ok());
  EXPECT_TRUE(map.Add("A", "EN").ok()) << "the same again";
  const auto error = [&map](std::string_view from, std::string_view to) {
    const absl::Status status = map.Add(from, to);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << from << "=" << to << ": " << status;
    return MessageOf(status);
  };
  EXPECT_THAT(error("", "en"), HasSubstr("names no tag"));
  EXPECT_THAT(error(std::string(65, 'x'), "en"), HasSubstr("64 bytes"));
  EXPECT_THAT(error("a\nb", "en"), HasSubstr("control characters"));
  EXPECT_THAT(error("b", ""), HasSubstr("is empty"));
  EXPECT_THAT(error("b", "english"), HasSubstr("\"english\""));
  EXPECT_THAT(error("A", "de"), HasSubstr("\"a\" to en and to de"));
  EXPECT_EQ(map.entries().size(), 1u);
  for (size_t i = 1; i < LocaleMap::kMaxEntries; ++i) ASSERT_TRUE(map.Add("x" + std::to_string(i), "en").ok());
  EXPECT_TRUE(absl::IsResourceExhausted(map.Add("more", "en")));
  EXPECT_EQ(map.entries().size(), LocaleMap::kMaxEntries);
  EXPECT_EQ(map.Find("more"), nullptr);
}

}  // namespace
}  // namespace reprise
