// Runs tests/cases/*.txt by the product's functions and by the oracle.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/match/plain_lookup.h"
#include "tests/testing/case_text.h"
#include "tests/testing/oracle.h"

namespace reprise::testing {
namespace {

TEST(CasesTest, EveryCaseAnswersAsWritten) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(REPRISE_SOURCE_DIR "/tests/cases")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const std::string& file : files) {
    std::string error;
    const std::vector<Case> cases = ParseCases(ReadFile(file), &error);
    EXPECT_EQ(error, "") << file;
    EXPECT_FALSE(cases.empty()) << file;
    for (const Case& c : cases) {
      SCOPED_TRACE(file + ": " + c.title);
      EXPECT_FALSE(c.queries.empty());
      Oracle oracle;
      for (const CaseUnit& unit : c.units) oracle.Put(unit.memory, unit.unit);
      for (const CaseQuery& query : c.queries) {
        const LookupResult got = PlainLookup(c.memories, c.units, query.query, query.options);
        EXPECT_EQ(CheckCase(query, got), "");
        EXPECT_EQ(Differences(oracle.Lookup(c.memories, query.query, query.options), got), "");
      }
    }
  }
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
