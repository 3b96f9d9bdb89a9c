#include "client/edit_markup.h"

#include <gtest/gtest.h>

namespace reprise::client {
namespace {

const Terminal kPlain(false, false);

TEST(EditMarkupTest, ReplacedWord) {
  // "last two days" against the query "last three days"
  EXPECT_EQ(MarkEdits("last three days", "last two days",
                      {{true, 0, 4, 0, 4}, {false, 5, 10, 5, 8}, {true, 11, 15, 9, 13}}, kPlain),
            "last [-three-]{+two+} days");
}

TEST(EditMarkupTest, NeighbouringChangesAreOne) {
  EXPECT_EQ(MarkEdits("in three weeks", "in two days", {{true, 0, 2, 0, 2}, {false, 3, 8, 3, 6}, {false, 9, 14, 7, 11}},
                      kPlain),
            "in [-three weeks-]{+two days+}");
  // Removed, then added: the empty ranges do not widen the others.
  EXPECT_EQ(MarkEdits("in weeks", "in days", {{true, 0, 2, 0, 2}, {false, 3, 3, 3, 7}, {false, 3, 8, 7, 7}}, kPlain),
            "in [-weeks-]{+days+}");
}

TEST(EditMarkupTest, OnlyInTheQuery) {
  EXPECT_EQ(MarkEdits("agreed today to", "agreed to", {{true, 0, 6, 0, 6}, {false, 7, 12, 6, 6}, {true, 13, 15, 7, 9}},
                      kPlain),
            "agreed[- today-] to");
}

TEST(EditMarkupTest, OnlyInTheQueryAtItsStart) {
  EXPECT_EQ(
      MarkEdits("Press the key", "the key", {{false, 0, 5, 0, 0}, {true, 6, 9, 0, 3}, {true, 10, 13, 4, 7}}, kPlain),
      "[-Press -]the key");
}

TEST(EditMarkupTest, OnlyInTheStoredText) {
  EXPECT_EQ(MarkEdits("agreed to", "agreed today to", {{true, 0, 6, 0, 6}, {false, 6, 6, 7, 12}, {true, 7, 9, 13, 15}},
                      kPlain),
            "agreed {+today+} to");
}

TEST(EditMarkupTest, CodePointsNotBytes) {
  EXPECT_EQ(MarkEdits("会谈三天", "会谈两天", {{true, 0, 2, 0, 2}, {false, 2, 3, 2, 3}, {true, 3, 4, 3, 4}}, kPlain),
            "会谈[-三-]{+两+}天");
}

TEST(EditMarkupTest, HostileTextAndRanges) {
  EXPECT_EQ(MarkEdits("\033[2Jx", "\033[2Jy", {{false, 0, 900, 0, 900}}, kPlain), "[-\\u{1b}[2Jx-]{+\\u{1b}[2Jy+}");
  EXPECT_EQ(MarkEdits("", "stored", {}, kPlain), "stored");
}

}  // namespace
}  // namespace reprise::client
