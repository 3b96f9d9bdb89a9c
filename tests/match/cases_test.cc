// Runs tests/cases/*.txt by the product's functions and by the oracle.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/match/plain_lookup.h"
#include "tests/testing/case_text.h"
#include "tests/testing/oracle.h"

namespace reprise::testing {
namespace {

TEST(CasesTest, EveryCaseAnswersAsWritten) {
  std::string error;
  const auto cases = AllCases(&error);
  EXPECT_EQ(error, "");
  EXPECT_GE(cases.size(), 150u);
  std::set<std::string> languages;
  for (const auto& [file, c] : cases) {
    SCOPED_TRACE(file + ": " + c.title);
    EXPECT_FALSE(c.queries.empty() && c.finds.empty());
    for (const CaseQuery& query : c.queries) languages.insert(query.query.source_locale.substr(0, 2));
    if (!c.policy.empty()) continue;  // of writes: tests/engine/cases_test.cc
    Oracle oracle;
    for (const auto& [memory, defaults] : c.defaults) oracle.SetDefaults(memory, defaults);
    for (const CaseUnit& unit : c.units) oracle.Put(unit.memory, unit.unit);
    for (const CaseQuery& query : c.queries) {
      if (query.EngineOnly()) continue;
      const LookupResult got = PlainLookup(c.memories, c.units, query.query, query.options, c.defaults);
      EXPECT_EQ(CheckCase(query, got), "");
      EXPECT_EQ(Differences(oracle.Lookup(c.memories, query.query, query.options), got), "");
    }
  }
  EXPECT_GE(languages.size(), 12u);
}

TEST(CasesTest, AWrongExpectationIsSeen) {
  std::string error;
  const std::vector<Case> cases = ParseCases(
      "case x\nmemory m\nunit 1\ntext en Save\ntext de Speichern\nquery en de\nask Save\nmatch 99 base=99 below\ntotal "
      "2",
      &error);
  ASSERT_EQ(cases.size(), 1u) << error;
  const CaseQuery& query = cases[0].queries[0];
  const std::string problem =
      CheckCase(query, PlainLookup(cases[0].memories, cases[0].units, query.query, query.options));
  EXPECT_NE(problem.find("line 8: score is 100"), std::string::npos) << problem;
  EXPECT_NE(problem.find("line 8: below is not set"), std::string::npos) << problem;
  EXPECT_NE(problem.find("line 6: total is 1"), std::string::npos) << problem;
}

TEST(CasesTest, ALineThatIsNotUnderstoodIsNamed) {
  std::string error;
  EXPECT_TRUE(ParseCases("case x\nmemory m\nunitt 1\n", &error).empty());
  EXPECT_EQ(error.substr(0, 7), "line 3:");
}

}  // namespace
}  // namespace reprise::testing
