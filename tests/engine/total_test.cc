// A total of very many matches reads only the units of those that may be in the answer; whatever makes a segment more
// or less than one match has its unit read.
#include <gtest/gtest.h>

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

constexpr uint64_t kUnits = 60;
constexpr uint64_t kAnswer = 5;

class TotalTest : public testing::MemoryTest {
 protected:
  // The number of one has five letters of 25: each is a match of 77 for the query below.
  static Unit Sentence(uint64_t number) {
    std::string word;
    for (uint64_t n = number, letter = 0; letter < 5; ++letter, n /= 10) word += static_cast<char>('a' + n % 10);
    return MakeUnit("overlook mountains " + word, "übersehe Berge " + word);
  }
  static std::vector<Unit> Sentences() {
    std::vector<Unit> units;
    for (uint64_t i = 0; i < kUnits; ++i) units.push_back(Sentence(i));
    // Better than the others, so that the answer is full without them.
    for (const char* word : {"zzzza", "zzzzb", "zzzzc", "zzzzd", "zzzze", "zzzzf"}) {
      units.push_back(
          MakeUnit(std::string("overlook mountains zzzzz ") + word[4], std::string("übersehe Berge ") + word));
    }
    return units;
  }
  static constexpr uint64_t kBetter = 6;

  std::vector<uint64_t> Put(const std::vector<Unit>& units, const PutOptions& options = {}) {
    std::vector<uint64_t> ids;
    auto results = tm_->PutUnits("m", units, options);
    EXPECT_TRUE(results.ok()) << results.status();
    if (!results.ok()) return {};
    for (const PutResult& result : *results) ids.push_back(result.unit);
    return ids;
  }

  LookupResult Lookup(LookupOptions options = {}, const std::string& target = "de",
                      const std::vector<MemoryRef>& memories = {{.name = "m"}}) {
    Query query;
    query.content.text = "overlook mountains zzzzz";
    query.source_locale = "en";
    query.target_locale = target;
    options.want_plan = true;
    options.want_total = true;
    auto result = tm_->Lookup(memories, query, options, {});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : LookupResult();
  }

  // In the delta, then in a run.
  template <typename Check>
  void InBoth(const Check& check) {
    check();
    ASSERT_TRUE(tm_->Seal().ok());
    check();
  }
};

TEST_F(TotalTest, WhatCannotBeInTheAnswerIsCountedUnread) {
  Put(Sentences());
  InBoth([&] {
    const LookupResult result = Lookup();
    EXPECT_EQ(result.total, kUnits + kBetter);
    EXPECT_EQ(result.matches.size(), kAnswer);
    EXPECT_EQ(result.plan.counted, kUnits);
    EXPECT_EQ(result.plan.segments_read, kBetter);
    EXPECT_EQ(result.plan.hits, kUnits + kBetter);
  });
}

TEST_F(TotalTest, AllThatFitAreGiven) {
  Put(Sentences());
  InBoth([&] {
    const LookupResult result = Lookup({.max_results = 1000});
    EXPECT_EQ(result.total, kUnits + kBetter);
    EXPECT_EQ(result.matches.size(), kUnits + kBetter);
    EXPECT_EQ(result.plan.counted, 0u);
  });
}

TEST_F(TotalTest, UnitsThatAreNotPlainAreRead) {
  std::vector<Unit> units = Sentences();
  units[0].variants[1].status = VariantStatus::kRejected;  // no match
  units[1].variants[1].origin = Origin::kMachine;          // 77 - 5
  units[2].variants[1].status = VariantStatus::kDraft;     // 77 - 3
  units[3].variants[1].origin = Origin::kAlignment;        // 77 - 1
  units[4].variants.push_back(units[4].variants[1]);       // two translations
  units[4].variants[2].content.text = "schaue über die Berge";
  units[5].variants[1].content.codes.push_back({.position = 0, .kind = Code::Kind::kStandalone, .data = "<br/>"});
  Put(units);
  InBoth([&] {
    LookupResult result = Lookup({.threshold = 74});
    EXPECT_EQ(result.total, kUnits + kBetter - 2 + 1);
    EXPECT_EQ(result.plan.counted, kUnits - 6);
    result = Lookup();
    EXPECT_EQ(result.total, kUnits + kBetter - 1 + 1);
    EXPECT_EQ(result.plan.counted, kUnits - 6);
  });
}

TEST_F(TotalTest, SeveralUnitsOfASegmentAreRead) {
  std::vector<Unit> units = Sentences();
  Unit other = units[7];
  other.variants[1].content.text = "etwas anderes";
  units.push_back(other);
  Put(units, {.policy = DuplicatePolicy::kKeepAll});
  InBoth([&] {
    const LookupResult result = Lookup();
    EXPECT_EQ(result.total, kUnits + kBetter + 1);
    EXPECT_EQ(result.plan.counted, kUnits - 1);
  });
}

TEST_F(TotalTest, ATextThatAUnitLostDoesNotCount) {
  std::vector<Unit> units = Sentences();
  for (Unit& unit : units) {
    unit.variants.push_back(unit.variants[1]);
    unit.variants[2].locale = "fr";
  }
  units[9].client_key = "nine";  // what it is known by, whatever it says
  Put(units);
  InBoth([&] { EXPECT_EQ(Lookup({}, "fr").total, kUnits + kBetter); });
  Unit less = units[9];
  less.variants.pop_back();
  auto put = tm_->PutUnits("m", {less}, {.policy = DuplicatePolicy::kOverwrite});
  ASSERT_TRUE(put.ok()) << put.status();
  ASSERT_EQ(put->front().outcome, PutOutcome::kUpdated) << put->front().message;
  InBoth([&] {
    EXPECT_EQ(Lookup({}, "fr").total, kUnits + kBetter - 1);
    EXPECT_EQ(Lookup().total, kUnits + kBetter);
    EXPECT_EQ(Lookup().plan.counted, kUnits - 1);
  });
  ASSERT_TRUE(tm_->Merge({}).ok());
  EXPECT_EQ(Lookup({}, "fr").total, kUnits + kBetter - 1);
}

TEST_F(TotalTest, AUnitThatBecomesAMachinesIsRead) {
  Put(Sentences());
  ASSERT_TRUE(tm_->Seal().ok());
  Unit machine = Sentence(3);
  machine.variants[1].origin = Origin::kMachine;
  Put({machine});  // joins the unit that says the same
  InBoth([&] {
    EXPECT_EQ(Lookup({.threshold = 74}).total, kUnits + kBetter - 1);
    EXPECT_EQ(Lookup().total, kUnits + kBetter);
    EXPECT_EQ(Lookup().plan.counted, kUnits - 1);
  });
}

TEST_F(TotalTest, DeletedUnitsDoNotCount) {
  const std::vector<uint64_t> ids = Put(Sentences());
  ASSERT_TRUE(tm_->Seal().ok());
  for (const uint64_t id : {ids[1], ids[2]}) ASSERT_TRUE(tm_->DeleteUnit("m", id).ok());
  InBoth([&] { EXPECT_EQ(Lookup().total, kUnits + kBetter - 2); });
}

TEST_F(TotalTest, ATargetOfAnotherRegionCostsAPoint) {
  std::vector<Unit> units = Sentences();
  for (size_t i = 0; i < 10; ++i) units[i].variants[1].locale = "de-AT";
  Put(units);
  InBoth([&] {
    EXPECT_EQ(Lookup({.threshold = 77}).total, kUnits + kBetter - 10);
    EXPECT_EQ(Lookup({.threshold = 76}).total, kUnits + kBetter);
    EXPECT_EQ(Lookup({.threshold = 76}).plan.counted, kUnits - 10);
    // Both are matches, of one source.
    EXPECT_EQ(Lookup({}, "de-DE").plan.counted, 0u);
  });
}

TEST_F(TotalTest, TheSourcesOwnLanguageIsNoTarget) {
  Put(Sentences());
  InBoth([&] { EXPECT_EQ(Lookup({}, "en").total, 0u); });
}

TEST_F(TotalTest, WhatFiltersOrLowersScoresHasAllRead) {
  std::vector<Unit> units = Sentences();
  units[0].variants[1].created_by = "ann";
  Put(units);
  InBoth([&] {
    EXPECT_EQ(Lookup({.filter = {.authors = {"ann"}}}).total, 1u);
    EXPECT_EQ(Lookup({}, "de", {{.name = "m", .penalty = 10}}).total, kBetter);
    EXPECT_EQ(Lookup({}, "de", {{.name = "m", .penalty = 7}}).plan.counted, 0u);
  });
  auto info = tm_->GetMemory("m");
  ASSERT_TRUE(info.ok()) << info.status();
  info->min_status = VariantStatus::kFinal;
  ASSERT_TRUE(tm_->UpdateMemory(*info).ok());
  EXPECT_EQ(Lookup().total, 0u);
}

TEST_F(TotalTest, APairOfTwoMemoriesCountsOnce) {
  Put(Sentences());
  ASSERT_TRUE(tm_->CreateMemory({.name = "n"}).ok());
  ASSERT_TRUE(tm_->PutUnits("n", Sentences(), {}).ok());
  EXPECT_EQ(Lookup({}, "de", {{.name = "m"}, {.name = "n"}}).total, kUnits + kBetter);
}

// With more locales than a mask has bits, one of them may stand for another.
TEST_F(TotalTest, VeryManyLocales) {
  std::vector<Unit> units = Sentences();
  for (int i = 0; i < 70; ++i) {
    Unit other = Sentence(kUnits + static_cast<uint64_t>(i));
    other.variants[1].locale = "x" + std::string(1, static_cast<char>('a' + i / 26)) + static_cast<char>('a' + i % 26);
    units.push_back(other);
  }
  Put(units, {.policy = DuplicatePolicy::kKeepAll});
  InBoth([&] { EXPECT_EQ(Lookup().total, kUnits + kBetter); });
}

}  // namespace
}  // namespace reprise
