// Codes made the query's; case, end marks and white space fitted to it.
#include "match/adapt.h"

#include <gtest/gtest.h>

#include "tests/testing/case_text.h"
#include "text/normalize.h"

namespace reprise::testing {
namespace {

std::vector<std::string> Repaired(const std::string& query, const std::string& stored, const std::string& target) {
  Content content = ParseContent(target);
  std::vector<std::string> data;
  if (!RepairCodes(ParseContent(query).codes, ParseContent(stored).codes, &content.codes)) data.push_back("kept");
  for (const Code& code : content.codes) data.push_back(code.data + std::to_string(code.pair_id));
  return data;
}

using List = std::vector<std::string>;

TEST(RepairCodesTest, TheTargetTakesTheQuerysCodes) {
  EXPECT_EQ(Repaired("⟦open 7 <em>⟧Save⟦close 7 </em>⟧", "⟦open 1 <b>⟧Save⟦close 1 </b>⟧",
                     "⟦open 1 <b>⟧Sichern⟦close 1 </b>⟧"),
            (List{"<em>7", "</em>7"}));
}

TEST(RepairCodesTest, CodesThatTheTargetReordersKeepTheirPlaces) {
  EXPECT_EQ(Repaired("⟦<x1/>⟧a ⟦<y1/>⟧b", "⟦<x/>⟧a ⟦<y/>⟧b", "⟦<y/>⟧B ⟦<x/>⟧A"), (List{"<y1/>0", "<x1/>0"}));
  // Equal data: the pair ids tell which is which.
  EXPECT_EQ(Repaired("⟦open 1 <a>⟧x⟦close 1 </a>⟧⟦open 2 <i>⟧y⟦close 2 </i>⟧",
                     "⟦open 1 <b>⟧x⟦close 1 </b>⟧⟦open 2 <b>⟧y⟦close 2 </b>⟧",
                     "⟦open 2 <b>⟧Y⟦close 2 </b>⟧⟦open 1 <b>⟧X⟦close 1 </b>⟧"),
            (List{"<i>2", "</i>2", "<a>1", "</a>1"}));
}

TEST(RepairCodesTest, OtherwiseTheStoredOnesAreKept) {
  EXPECT_EQ(Repaired("Save", "⟦<b/>⟧Save", "⟦<b/>⟧Sichern"), (List{"kept", "<b/>0"}));
  EXPECT_EQ(Repaired("⟦<a/>⟧Save", "Save", "Sichern"), (List{"kept"}));
  // The target has lost one, or has it twice: nothing tells which.
  EXPECT_EQ(Repaired("⟦<a/>⟧x⟦<b/>⟧", "⟦<c/>⟧x⟦<d/>⟧", "⟦<c/>⟧X"), (List{"kept", "<c/>0"}));
  EXPECT_EQ(Repaired("⟦<a/>⟧x", "⟦<c/>⟧x", "⟦<c/>⟧X⟦<c/>⟧"), (List{"kept", "<c/>0", "<c/>0"}));
  // Other kinds, or another order of them.
  EXPECT_EQ(Repaired("⟦open 1 <a>⟧x⟦close 1 </a>⟧", "⟦<c/>⟧x⟦<d/>⟧", "⟦<c/>⟧x⟦<d/>⟧"),
            (List{"kept", "<c/>0", "<d/>0"}));
}

std::string Adapted(const std::string& query, const std::string& stored, const std::string& target,
                    const std::string& locale = "de", size_t changes = 99) {
  Content content{target, {}};
  std::vector<Substitution> list;
  AdaptTarget({query, {}}, {stored, {}}, locale, &content, &list);
  if (changes != 99) {
    EXPECT_EQ(list.size(), changes);
  }
  for (const Substitution& s : list) {
    if (content.text.size() != CodePointCount(content.text)) break;
    EXPECT_EQ(content.text.substr(s.target_begin, s.target_end - s.target_begin), s.target_after);
  }
  return content.text;
}

TEST(AdaptTargetTest, InitialCase) {
  EXPECT_EQ(Adapted("save", "Save", "Speichern", "de", 1), "speichern");
  EXPECT_EQ(Adapted("Save", "save", "ändern", "de", 1), "Ändern");
  EXPECT_EQ(Adapted("Save", "save", "indir", "tr"), "İndir");
  EXPECT_EQ(Adapted("save", "Save", "URL sichern"), "URL sichern");  // an abbreviation
  EXPECT_EQ(Adapted("save", "Save", "保存", "zh-CN", 0), "保存");
  EXPECT_EQ(Adapted("save", "Save", "speichern"), "speichern");  // as the query has it already
}

TEST(AdaptTargetTest, EndMarks) {
  EXPECT_EQ(Adapted("Save:", "Save", "Speichern"), "Speichern:");
  EXPECT_EQ(Adapted("Save", "Save:", "Speichern:"), "Speichern");
  EXPECT_EQ(Adapted("Save", "Save:", "Enregistrer :", "fr"), "Enregistrer");
  EXPECT_EQ(Adapted("Save?", "Save.", "保存。", "ja"), "保存？");
  EXPECT_EQ(Adapted("Save.", "Save", "保存", "zh-TW"), "保存。");
  EXPECT_EQ(Adapted("保存。", "保存", "Save", "en"), "Save.");
  EXPECT_EQ(Adapted("Save:", "Save", "Speichern!"), "Speichern!");  // the target is not as the source is
}

TEST(AdaptTargetTest, OuterWhiteSpace) {
  EXPECT_EQ(Adapted("  Save", "Save ", "Sichern "), "  Sichern");
  EXPECT_EQ(Adapted(" save: ", "Save", "Sichern", "de", 4), " sichern: ");
}

TEST(AdaptTargetTest, EarlierSubstitutionsMoveAlong) {
  Content content{"Seite 5", {}};
  Substitution page;
  page.target_after = "5";
  page.target_begin = 6;
  page.target_end = 7;
  std::vector<Substitution> list{page};
  AdaptTarget({"  page 5", {}}, {"Page 5", {}}, "de", &content, &list);
  EXPECT_EQ(content.text, "  seite 5");
  EXPECT_EQ(list[0].target_begin, 8u);
  EXPECT_EQ(list[0].target_end, 9u);
}

}  // namespace
}  // namespace reprise::testing
