#include "client/utf8.h"

#include <gtest/gtest.h>

namespace reprise::client {
namespace {

TEST(Utf8Test, SlicesByCodePoint) {
  EXPECT_EQ(SliceCodePoints("aé😀z", 1, 3), "é😀");
  EXPECT_EQ(SliceCodePoints("aé😀z", 3, 9), "z");
  EXPECT_EQ(SliceCodePoints("aé😀z", 9, 12), "");
  EXPECT_EQ(SliceCodePoints("abc", 2, 1), "");
}

TEST(Utf8Test, RejectsWhatIsNotUtf8) {
  EXPECT_TRUE(IsUtf8("héllo 😀 \xEF\xBF\xBF"));
  for (const char* bad : {"\xFF", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\x80"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

TEST(Utf8Test, RoundTripsEveryLength) {
  const std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";
  std::string again;
  for (std::string_view rest = text; !rest.empty();) AppendCodePoint(NextCodePoint(&rest), &again);
  EXPECT_EQ(again, text);
}

}  // namespace
}  // namespace reprise::client
