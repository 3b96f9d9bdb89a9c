// Placeables of the stored target replaced by the query's.
#include "match/substitute.h"

#include <gtest/gtest.h>

#include "tests/testing/case_text.h"

namespace reprise::testing {
namespace {

struct Asked {
  std::string query, stored, target;
  std::string from = "en", to = "de";
};

Substituted Do(const Asked& asked) {
  const TokenizedContent query(ParseContent(asked.query)), stored(ParseContent(asked.stored));
  return Substitute({&query, asked.from}, {&stored, asked.from}, ParseContent(asked.target), asked.to);
}

std::string Text(const Asked& asked) { return Do(asked).target.text; }

std::string Refused(const Asked& asked) {
  std::string all;
  for (const Substitution& s : Do(asked).substitutions) all += s.refused.empty() ? "" : s.refused + ";";
  return all;
}

int Base(const Asked& asked) {
  const TokenizedContent query(ParseContent(asked.query)), stored(ParseContent(asked.stored));
  return SubstitutedBase(ScorePair(query, stored, {}), Do(asked)).base;
}

TEST(SubstituteTest, TheDocumentedExamples) {
  const auto rows = TableRows(ReadFile(REPRISE_SOURCE_DIR "/docs/scoring.md"), "substitutions");
  ASSERT_GE(rows.size(), 12u);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 8u);
    const Asked asked{row[4], row[2], row[3], row[0], row[1]};
    EXPECT_EQ(Text(asked), ParseContent(row[5]).text) << row[4];
    EXPECT_EQ(std::to_string(Base(asked)), row[6]) << row[4];
    if (row[7].substr(0, 9) == "refused: ") {
      EXPECT_EQ(Refused(asked), row[7].substr(9) + ";") << row[4];
    }
  }
}

TEST(SubstituteTest, ANumberIsWrittenAsTheTargetWritesIt) {
  const Asked asked{"Total: 98,765.4 km", "Total: 1,234.5 km", "Total\u00A0: 1\u202F234,5\u00A0km", "en", "fr"};
  const Substituted done = Do(asked);
  EXPECT_EQ(done.target.text, "Total\u00A0: 98\u202F765,4\u00A0km");
  EXPECT_TRUE(done.identical);
  EXPECT_EQ(done.left, 0);
  EXPECT_FALSE(done.plural_changed);
  Substitution expected;
  expected.query_text = "98,765.4";
  expected.stored_text = "1,234.5";
  expected.target_before = "1\u202F234,5";
  expected.target_after = "98\u202F765,4";
  expected.target_begin = 8;
  expected.target_end = 16;
  EXPECT_EQ(done.substitutions, (std::vector<Substitution>{expected}));
  EXPECT_EQ(Base(asked), 99);
}

TEST(SubstituteTest, VersionsAndTheirLikeAreCopied) {
  EXPECT_EQ(Text({"Version 3.1", "Version 2.9", "Version 2.9"}), "Version 3.1");
  EXPECT_EQ(Text({"Version 3.1.4", "Version 2.9", "Version 2.9"}), "Version 3.1.4");
  EXPECT_EQ(Text({"See www.b.example now", "See www.a.example now", "Siehe www.a.example"}), "Siehe www.b.example");
  EXPECT_EQ(Text({"Write to a@b.example", "Write to x@y.example", "An x@y.example schreiben"}),
            "An a@b.example schreiben");
  EXPECT_EQ(Text({"Open /etc/hosts now", "Open /usr/bin/x now", "Jetzt /usr/bin/x öffnen"}), "Jetzt /etc/hosts öffnen");
  EXPECT_EQ(Text({"Delete {name}?", "Delete {file}?", "{file} löschen?"}), "{name} löschen?");
  EXPECT_EQ(Text({"Delete %d?", "Delete %s?", "%s löschen?"}), "%d löschen?");
  EXPECT_EQ(Text({"Part LT-77", "Part LT-1234", "Teil LT-1234"}), "Teil LT-77");
}

TEST(SubstituteTest, AnotherPluralIsProposedAndSaid) {
  const Asked five{"5个文件", "2个文件", "2 файла", "zh-CN", "ru"};
  EXPECT_EQ(Text(five), "5 файла");
  EXPECT_TRUE(Do(five).plural_changed);
  EXPECT_EQ(Base(five), 95);
  const Asked three{"3个文件", "2个文件", "2 файла", "zh-CN", "ru"};
  EXPECT_FALSE(Do(three).plural_changed);
  EXPECT_EQ(Base(three), 99);
}

TEST(SubstituteTest, OrderOfTheTargetDoesNotMatter) {
  EXPECT_EQ(Text({"Page 7 of 20", "Page 3 of 10", "Von 10 Seiten Seite 3"}), "Von 20 Seiten Seite 7");
  const Substituted done = Do({"Page 777 of 20", "Page 3 of 10", "Von 10 Seiten Seite 3"});
  ASSERT_EQ(done.substitutions.size(), 2u);
  EXPECT_EQ(done.substitutions[0].target_after, "777");  // in the order of the query
  EXPECT_EQ(done.substitutions[0].target_begin, 20u);
  EXPECT_EQ(done.substitutions[1].target_begin, 4u);
}

TEST(SubstituteTest, WhatIsNotClearIsRefused) {
  EXPECT_EQ(Refused({"Due 03/04/2024", "Due 13/05/2024", "Fällig 13.05.2024"}), "ambiguous date;");
  EXPECT_EQ(Refused({"Pages 3 to 5", "Pages 3 to 3", "Seiten 3 bis 3"}), "the same stands for several;");
  EXPECT_EQ(Text({"Pages 3 to 5", "Pages 3 to 3", "Seiten 3 bis 3"}), "Seiten 3 bis 3");
  EXPECT_EQ(Refused({"Page 4", "Page 3", "Dritte Seite"}), "not in the target;");
  EXPECT_EQ(Refused({"Page 4", "Page 3", "Seite 3 (3)"}), "stands 2 times in the target;");
  EXPECT_EQ(Refused({"Send %s", "Send 5", "5 senden"}), "another kind;");
  EXPECT_EQ(Base({"Page 4", "Page 3", "Dritte Seite"}), 98);
  EXPECT_EQ(Base({"Due 03/04/2024", "Due 13/05/2024", "Fällig 13.05.2024"}), 97);
}

TEST(SubstituteTest, EqualNumbersThatChangeAlikeAreReplaced) {
  EXPECT_EQ(Text({"Pages 5 to 5", "Pages 3 to 3", "Seiten 3 bis 3"}), "Seiten 5 bis 5");
}

TEST(SubstituteTest, ARefusalDoesNotStopTheOthers) {
  const Asked asked{"Page 4 of 20", "Page 3 of 10", "Dritte Seite von 10"};
  EXPECT_EQ(Text(asked), "Dritte Seite von 20");
  EXPECT_EQ(Refused(asked), "not in the target;");
  EXPECT_EQ(Base(asked), 98);
}

TEST(SubstituteTest, OtherDifferencesStay) {
  EXPECT_EQ(Base({"Page 4!", "Page 3", "Seite 3"}), 98);
  EXPECT_EQ(Base({"Page 4", "Page 3 ", "Seite 3"}), 99);
  EXPECT_EQ(Base({"PAGE 4", "Page 3", "Seite 3"}), 99);
  EXPECT_EQ(Base({"5 km", "6km", "6 km"}), 98);                                                // a space
  EXPECT_EQ(Text({"Open page 4", "Close page 3", "Seite 3 schließen"}), "Seite 4 schließen");  // fuzzy
  EXPECT_EQ(Base({"Open page 4", "Close page 3", "Seite 3 schließen"}), 50);
}

TEST(SubstituteTest, AListOfNumbersIsLeftAlone) {
  std::string query = "x", stored = "x";
  for (int i = 0; i < 300; ++i) {
    query += " a" + std::to_string(i) + "; " + std::to_string(1000 + i);
    stored += " a" + std::to_string(i) + "; " + std::to_string(3000 + i);
  }
  const Substituted done = Do({query, stored, stored});
  EXPECT_EQ(done.target.text, stored);
  EXPECT_TRUE(done.substitutions.empty());
  EXPECT_EQ(done.left, 300);
}

TEST(SubstituteTest, CodesMoveAlong) {
  const Substituted done = Do({"Page 400⟦<br/>⟧", "Page 3⟦<br/>⟧", "Seite ⟦open 1 <b>⟧3⟦close 1 </b>⟧⟦<br/>⟧."});
  EXPECT_EQ(done.target.text, "Seite 400.");
  ASSERT_EQ(done.target.codes.size(), 3u);
  EXPECT_EQ(done.target.codes[0].position, 6u);
  EXPECT_EQ(done.target.codes[1].position, 9u);
  EXPECT_EQ(done.target.codes[2].position, 9u);
  EXPECT_TRUE(done.identical);
}

TEST(SubstituteTest, TextsWithoutADifferingPlaceableAreSeenAtOnce) {
  const auto differ = [](const char* a, const char* b) {
    return PlaceablesDiffer(Tokenize({a, {}}), Tokenize({b, {}}));
  };
  EXPECT_FALSE(differ("Save", "Save"));
  EXPECT_FALSE(differ("Page 3", "Page"));
  EXPECT_FALSE(differ("Page 3", "Leaf 3"));
  EXPECT_TRUE(differ("Page 3", "Page 4"));
  EXPECT_TRUE(differ("Page 3", "Page 3 of 4"));
  EXPECT_TRUE(differ("Page 3", "Page %s"));
}

}  // namespace
}  // namespace reprise::testing
