// What a word is, by three rules; characters, placeables and tags.
#include "text/count.h"

#include <gtest/gtest.h>

#include <array>

namespace reprise {
namespace {

// Words by the default rules, like those of Trados, like those of OmegaT.
std::array<uint64_t, 3> Words(const std::string& text) {
  return {CountText({text, {}}, CountRules::kDefault).words, CountText({text, {}}, CountRules::kTradosLike).words,
          CountText({text, {}}, CountRules::kOmegat).words};
}
using W = std::array<uint64_t, 3>;

TEST(CountTest, Words) {
  EXPECT_EQ(Words("The talks will last five days."), (W{6, 6, 6}));
  EXPECT_EQ(Words("Save 3 files"), (W{3, 3, 3}));
  EXPECT_EQ(Words("a well-known on/off switch"), (W{4, 6, 6}));
  EXPECT_EQ(Words("It’s John's – isn't it?"), (W{4, 4, 4}));
  EXPECT_EQ(Words("Mail jane.doe@example.org!"), (W{2, 2, 3}));
  EXPECT_EQ(Words("See https://example.org/a?b=1"), (W{2, 2, 6}));
  EXPECT_EQ(Words("12.05.2024"), (W{1, 1, 1}));
  EXPECT_EQ(Words("— … !"), (W{0, 0, 0}));
  EXPECT_EQ(Words(""), (W{0, 0, 0}));
  EXPECT_EQ(Words("会谈将持续2天。")[0], 7u);
  EXPECT_EQ(Words("会谈将持续2天。")[1], 7u);
  EXPECT_EQ(Words("ファイルを保存する")[0], 9u);
  EXPECT_EQ(Words("시스템을 다시 시작합니다."), (W{3, 3, 3}));
  EXPECT_EQ(Words("บันทึกไฟล์"), (W{2, 2, 2}));
  EXPECT_EQ(Words("บันทึก ไฟล์ 3"), (W{3, 3, 3}));
  EXPECT_EQ(Words("Word中文word"), (W{4, 4, 3}));
  EXPECT_EQ(Words("مرحبا بالعالم"), (W{2, 2, 2}));
}

TEST(CountTest, CharactersPlaceablesAndTags) {
  Content content{"Save 3 files\u00A0…", {{.position = 0}, {.position = 4}}};
  const TextCount count = CountText(content, CountRules::kDefault);
  EXPECT_EQ(count.words, 3u);
  EXPECT_EQ(count.characters, 14u);
  EXPECT_EQ(count.characters_without_spaces, 11u);
  EXPECT_EQ(count.asian_characters, 0u);
  EXPECT_EQ(count.placeables, 1u);
  EXPECT_EQ(count.tags, 2u);
  EXPECT_EQ(CountText({"保存 ファイル 저장 x", {}}, CountRules::kDefault).asian_characters, 8u);
}

TEST(CountTest, CountsAddUp) {
  TextCount sum = CountText({"Save 3 files", {}}, CountRules::kDefault);
  sum.Add(sum);
  EXPECT_EQ(sum.words, 6u);
  EXPECT_EQ(sum.characters, 24u);
  EXPECT_EQ(sum.characters_without_spaces, 20u);
  EXPECT_EQ(sum.placeables, 2u);
}

}  // namespace
}  // namespace reprise
