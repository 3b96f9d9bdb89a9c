#include "client/locale_map_option.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reprise::client {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(LocaleMapOptionTest, ReadsWhatIsGiven) {
  const auto map = ParseLocaleMap({"english=en_US", "odd=name=de"});
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(*map->Canonical("English"), "en-US");
  EXPECT_EQ(*map->Canonical("odd=name"), "de") << "a file's own name may hold the sign";
  EXPECT_TRUE(ParseLocaleMap({})->empty());
}

TEST(LocaleMapOptionTest, NamesTheOptionAndTheMapping) {
  const std::pair<const char*, const char*> kBad[] = {{"english", "is not FROM=TO"},
                                                      {"=en", "names no tag"},
                                                      {"english=", "is empty"},
                                                      {"english=englisch", "locale \"englisch\""}};
  for (const auto& [mapping, why] : kBad) {
    const absl::Status status = ParseLocaleMap({mapping}).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << mapping;
    EXPECT_THAT(MessageOf(status), StartsWith(std::string("--map-locale \"") + mapping + "\": "));
    EXPECT_THAT(MessageOf(status), HasSubstr(why));
  }
  EXPECT_THAT(MessageOf(ParseLocaleMap({"a=en", "A=de"}).status()), HasSubstr("to en and to de"));
}

}  // namespace
}  // namespace reprise::client
