#include <gmock/gmock.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

const ReadOptions kOptions{.source_locale = "en", .target_locale = "zh_CN"};

TEST(PlainText, ReadsPairsByteForByte) {
  const Collected c = ReadAll(Format::kText, kOptions, "\xEF\xBB\xBFOne\\n \t一\r\n\nTwo\t二");
  ASSERT_TRUE(c.status.ok());
  ASSERT_EQ(c.units.size(), 2u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "One\\n ");
  EXPECT_EQ(c.units[0].second.variants[1].content.text, "一");
  EXPECT_EQ(c.units[0].second.variants[1].locale, "zh-CN");
  EXPECT_EQ(c.units[0].second.source_locale, "en");
  EXPECT_EQ(c.units[1].first, 3u);
}

TEST(PlainText, BadLinesAreRefused) {
  const std::string input =
      "One\na\tb\tc\n \tx\nx\t\n\xFF\tx\n" + std::string(kMaxTokenBytes + 1, 'x') + "\nGood\tGut\n";
  const Collected c = ReadAll(Format::kText, kOptions, input);
  EXPECT_TRUE(c.status.ok());
  EXPECT_EQ(c.units.size(), 1u);
  ASSERT_EQ(c.refusals.size(), 6u);
  const char* const reasons[] = {"one tab", "one tab", "source is empty", "target is empty", "UTF-8", "longer than"};
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(c.refusals[i].line, i + 1);
    EXPECT_THAT(c.refusals[i].reason, HasSubstr(reasons[i]));
  }
}

TEST(PlainText, BothLocalesAreNeeded) {
  EXPECT_EQ(ReadAll(Format::kText, {.source_locale = "en", .target_locale = ""}, "").status.code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadAll(Format::kText, {.source_locale = "en", .target_locale = "EN"}, "").status.code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace reprise
