// Thousands of segments that could all reach one score: the best few are found without reading each of them, and no
// score is worse for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/translation_memory.h"
#include "tests/testing/memory_test.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

using testing::MakeUnit;

constexpr int kUnits = 5000;
// A thousand are looked at in any case, and as many again for each step after that.
constexpr uint64_t kStep = 1000;

class ManyAlikeTest : public testing::MemoryTest {
 protected:
  // Returns their ids.
  std::vector<uint64_t> Put(const std::vector<Unit>& units) {
    std::vector<uint64_t> ids;
    for (size_t begin = 0; begin < units.size(); begin += 500) {
      const auto end = units.begin() + static_cast<int64_t>(std::min(units.size(), begin + 500));
      auto results = tm_->PutUnits("m", {units.begin() + static_cast<int64_t>(begin), end}, {});
      EXPECT_TRUE(results.ok()) << results.status();
      if (!results.ok()) return {};
      for (const PutResult& result : *results) ids.push_back(result.unit);
    }
    return ids;
  }

  // "Page 1" and so on; those before `human` of people, the others of a machine.
  static std::vector<Unit> Pages(int human = kUnits) {
    std::vector<Unit> units;
    for (int i = 0; i < kUnits; ++i) {
      units.push_back(MakeUnit("Page " + std::to_string(i), "Seite " + std::to_string(i)));
      if (i >= human) units.back().variants[1].origin = Origin::kMachine;
    }
    return units;
  }

  LookupResult Lookup(const std::string& text, LookupOptions options = {}) {
    Query query;
    query.content.text = text;
    query.source_locale = "en";
    query.target_locale = "de";
    options.want_plan = true;
    auto result = tm_->Lookup({{.name = "m"}}, query, options, {});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : LookupResult();
  }
};

TEST_F(ManyAlikeTest, TheNewestOfTiesAreEnough) {
  const std::vector<uint64_t> ids = Put(Pages());
  const LookupResult result = Lookup("Page 70000");
  ASSERT_EQ(result.matches.size(), 5u);
  for (const Match& match : result.matches) {
    EXPECT_EQ(match.score, 99);
    EXPECT_GE(match.unit, ids[kUnits - kStep]);
    EXPECT_EQ(match.target.content.text, "Seite 70000");
  }
  EXPECT_TRUE(result.plan.ties_cut);
  EXPECT_EQ(result.plan.exact, static_cast<uint64_t>(kUnits));
  EXPECT_EQ(result.plan.segments_read, kStep);
}

TEST_F(ManyAlikeTest, TheSameTextIsFoundHoweverOld) {
  const std::vector<uint64_t> ids = Put(Pages());
  const LookupResult result = Lookup("Page 3");
  ASSERT_EQ(result.matches.size(), 5u);
  EXPECT_EQ(result.matches[0].score, 100);
  EXPECT_EQ(result.matches[0].unit, ids[3]);
}

// All that are looked at first are worse than what lies below them.
TEST_F(ManyAlikeTest, OldOnesThatAreBetterAreFound) {
  const std::vector<uint64_t> ids = Put(Pages(7));
  const LookupResult result = Lookup("Page 70000");
  ASSERT_EQ(result.matches.size(), 5u);
  for (const Match& match : result.matches) {
    EXPECT_EQ(match.score, 99);
    EXPECT_LE(match.unit, ids[6]);
  }
  EXPECT_FALSE(result.plan.ties_cut);
  EXPECT_EQ(result.plan.segments_read, static_cast<uint64_t>(kUnits));
}

TEST_F(ManyAlikeTest, ATotalCountsAll) {
  Put(Pages());
  const LookupResult result = Lookup("Page 70000", {.want_total = true});
  EXPECT_EQ(result.total, static_cast<uint64_t>(kUnits));
  EXPECT_FALSE(result.plan.ties_cut);
}

// Thousands of weak ones: the fill looks at some of them, in the delta and in a run.
TEST_F(ManyAlikeTest, AFillEndsWhenItsWorkIsDone) {
  std::vector<Unit> units = {MakeUnit("Keyboard settings dialog", "Dialog")};
  for (int i = 0; i < kUnits; ++i) {
    std::string word;
    for (int n = i + 26; n > 0; n /= 26) word += static_cast<char>('a' + n % 26);
    units.push_back(MakeUnit("Keyboard " + word, "Tastatur " + word));
  }
  Put(units);
  for (const bool sealed : {false, true}) {
    if (sealed) {
      ASSERT_TRUE(tm_->Seal().ok());
    }
    LookupOptions options = {.floor = 30};
    LookupResult result = Lookup("Keyboard settings dialogue", options);
    ASSERT_EQ(result.matches.size(), 5u);
    EXPECT_EQ(result.matches[0].score, 91);
    EXPECT_EQ(result.matches[4].score, 33);
    EXPECT_TRUE(result.plan.fill_cut);
    EXPECT_LE(result.plan.rows, 200u);
    options.whole_fill = true;
    result = Lookup("Keyboard settings dialogue", options);
    ASSERT_EQ(result.matches.size(), 5u);
    EXPECT_EQ(result.matches[4].score, 33);
    EXPECT_FALSE(result.plan.fill_cut);
  }
}

// In order of relevance the pool wants more, but what is below the threshold joins an answer that lacks something.
TEST_F(ManyAlikeTest, AnAnswerThatIsFullIsNotFilled) {
  Put({MakeUnit("Keyboard settings dialog", "Dialog"), MakeUnit("Keyboard settings", "Einstellungen"),
       MakeUnit("Keyboard", "Tastatur")});
  LookupOptions options = {.threshold = 80, .floor = 20, .max_results = 1, .order = MatchOrder::kRelevance};
  LookupResult result = Lookup("Keyboard settings dialogue", options);
  ASSERT_EQ(result.matches.size(), 1u);
  EXPECT_EQ(result.plan.deepest, 80);
  EXPECT_FALSE(result.plan.fill_cut);
  options.max_results = 2;
  result = Lookup("Keyboard settings dialogue", options);
  EXPECT_EQ(result.matches.size(), 2u);
  EXPECT_LT(result.plan.deepest, 80);
}

TEST_F(ManyAlikeTest, FuzzyTies) {
  std::vector<Unit> units;
  for (int i = 0; i < kUnits; ++i) {
    // A word of five letters of its own each, of 25.
    std::string word;
    for (int n = i, letter = 0; letter < 5; ++letter, n /= 10) word += static_cast<char>('a' + n % 10);
    units.push_back(MakeUnit("overlook mountains " + word, "übersehe Berge " + word));
  }
  const std::vector<uint64_t> ids = Put(units);
  for (bool sealed : {false, true}) {
    if (sealed) {
      ASSERT_TRUE(tm_->Seal().ok());
    }
    const LookupResult result = Lookup("overlook mountains zzzzz");
    ASSERT_EQ(result.matches.size(), 5u);
    for (const Match& match : result.matches) {
      EXPECT_EQ(match.score, 100 * 17 / 22);
      EXPECT_GE(match.unit, ids[kUnits - kStep]);
    }
    EXPECT_TRUE(result.plan.ties_cut);
    EXPECT_EQ(result.plan.segments_read, kStep);
    const LookupResult counted = Lookup("overlook mountains zzzzz", {.want_total = true});
    EXPECT_EQ(counted.total, static_cast<uint64_t>(kUnits));
    EXPECT_EQ(counted.plan.segments_read, kStep);
    EXPECT_EQ(counted.plan.counted, kUnits - kStep);
  }
}

// One sentence thousands of times with small changes: of those that reach 90 % only the few that may be best are
// aligned.
TEST_F(ManyAlikeTest, OfOneSentenceWithSmallChangesFewAreAligned) {
  constexpr int kWords = 20;
  const auto sentence = [](int changed, int i) {
    std::string own = "zz";  // a word of this sentence alone
    for (int n = i; own.size() < 6; n /= 20) own += static_cast<char>('a' + n % 20);
    std::string text;
    for (int w = 0; w < kWords; ++w) text += (w < changed ? own : std::string(6, static_cast<char>('a' + w))) + " ";
    return text;
  };
  std::vector<Unit> units;
  // 95 % of six, 90 or 85 of the others.
  for (int i = 0; i < kUnits; ++i) {
    units.push_back(MakeUnit(sentence(i < 6 ? 1 : 2 + i % 2, i), "Satz " + std::to_string(i)));
  }
  Put(units);
  ASSERT_TRUE(tm_->Seal().ok());
  const LookupResult result = Lookup(sentence(0, 0));
  ASSERT_EQ(result.matches.size(), 5u);
  EXPECT_EQ(result.matches[4].score, 94);
  EXPECT_EQ(result.plan.deepest, 94);
  EXPECT_LT(result.plan.aligned, 100u);
  EXPECT_EQ(Lookup(sentence(0, 0), {.want_total = true}).total, static_cast<uint64_t>(kUnits));
}

}  // namespace
}  // namespace reprise
