// From candidates to the answer: the rules one by one, then everything against the oracle.
#include "match/select.h"

#include <gtest/gtest.h>

#include "tests/match/plain_lookup.h"
#include "tests/testing/generate.h"
#include "tests/testing/oracle.h"

namespace reprise::testing {
namespace {

Candidate Found(int score, uint64_t unit, const std::string& source, const std::string& target) {
  Candidate candidate;
  candidate.match.score = score;
  candidate.match.unit = unit;
  candidate.match.memory = "m";
  candidate.match.source.text = source;
  candidate.match.target.content.text = target;
  candidate.segment_key = source;
  candidate.pair_key = PairKey(candidate.match.source, candidate.match.target.content);
  return candidate;
}

LookupOptions Options(int threshold, int floor, int max_results, MatchOrder order = MatchOrder::kScore) {
  LookupOptions options;
  options.threshold = threshold;
  options.floor = floor;
  options.max_results = max_results;
  options.order = order;
  return options;
}

std::vector<uint64_t> UnitsOf(const LookupResult& result) {
  std::vector<uint64_t> units;
  for (const Match& match : result.matches) units.push_back(match.unit);
  return units;
}

using Ids = std::vector<uint64_t>;

TEST(SelectTest, KeepsTheThresholdAndCountsAll) {
  LookupResult result;
  LookupOptions options = Options(70, 0, 2);
  options.want_total = true;
  SelectMatches({Found(69, 1, "a", "A"), Found(70, 2, "b", "B"), Found(90, 3, "c", "C"), Found(80, 4, "d", "D")},
                options, &result);
  EXPECT_EQ(UnitsOf(result), (Ids{3, 4}));
  EXPECT_EQ(result.total, 3u);
  options.want_total = false;
  SelectMatches({Found(90, 3, "c", "C")}, options, &result);
  EXPECT_EQ(result.total, 0u);
}

TEST(SelectTest, AtMostThreeOfASegmentUnlessFewerOthersQualify) {
  const std::vector<Candidate> found{Found(95, 1, "a", "1"), Found(95, 2, "a", "2"), Found(95, 3, "a", "3"),
                                     Found(95, 4, "a", "4"), Found(95, 5, "a", "5"), Found(80, 6, "b", "6")};
  LookupResult result;
  SelectMatches(found, Options(70, 0, 4), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{1, 2, 3, 6}));
  SelectMatches(found, Options(70, 0, 5), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{1, 2, 3, 4, 6}));
}

TEST(SelectTest, FillsDownToTheFloorAndMarksIt) {
  LookupResult result;
  const std::vector<Candidate> found{Found(75, 1, "a", "A"), Found(60, 2, "b", "B"), Found(50, 3, "c", "C"),
                                     Found(39, 4, "d", "D")};
  LookupOptions options = Options(70, 40, 5);
  options.want_total = true;
  SelectMatches(found, options, &result);
  EXPECT_EQ(UnitsOf(result), (Ids{1, 2, 3}));
  EXPECT_FALSE(result.matches[0].below_threshold);
  EXPECT_TRUE(result.matches[1].below_threshold);
  EXPECT_EQ(result.total, 1u);
  SelectMatches(found, Options(70, 40, 1), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{1}));
}

TEST(SelectTest, OneMatchAPairUnderTheFirstMemory) {
  std::vector<Candidate> found{Found(100, 1, "a", "A"), Found(90, 2, "a", "A"), Found(95, 3, "a", "A")};
  found[0].match.memory = "second";
  found[0].priority = 2;
  LookupResult result;
  SelectMatches(found, {}, &result);
  ASSERT_EQ(UnitsOf(result), (Ids{3}));
  EXPECT_EQ(result.matches[0].unit_count, 3u);
  // A unit that does not qualify neither counts nor hides one that does.
  SelectMatches(found, Options(96, 0, 5), &result);
  ASSERT_EQ(UnitsOf(result), (Ids{1}));
  EXPECT_EQ(result.matches[0].unit_count, 1u);
  SelectMatches(found, Options(96, 50, 5), &result);
  ASSERT_EQ(UnitsOf(result), (Ids{1}));
}

TEST(SelectTest, CodesTellPairsApart) {
  std::vector<Candidate> found{Found(100, 1, "a", "A"), Found(100, 2, "a", "A"), Found(100, 3, "a", "A")};
  found[1].match.source.codes = {{0, Code::Kind::kOpen, 1, "<b>", "", ""}, {1, Code::Kind::kClose, 1, "</b>", "", ""}};
  found[2].match.source.codes = {{0, Code::Kind::kOpen, 9, "<b>", "", ""}, {1, Code::Kind::kClose, 9, "</b>", "", ""}};
  for (Candidate& c : found) c.pair_key = PairKey(c.match.source, c.match.target.content);
  LookupResult result;
  SelectMatches(found, {}, &result);
  ASSERT_EQ(UnitsOf(result), (Ids{1, 2}));
  EXPECT_EQ(result.matches[1].unit_count, 2u);
}

TEST(SelectTest, RelevanceOrdersTheBestByScore) {
  std::vector<Candidate> found;
  for (uint64_t unit = 1; unit <= 30; ++unit) {
    found.push_back(Found(100 - static_cast<int>(unit), unit, "s" + std::to_string(unit), "t"));
    found.back().match.relevance = static_cast<double>(unit) / 100;
  }
  LookupResult result;
  SelectMatches(found, Options(50, 0, 3, MatchOrder::kRelevance), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{20, 19, 18}));  // of the pool of 20
  SelectMatches(found, Options(50, 0, 7, MatchOrder::kRelevance), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{28, 27, 26, 25, 24, 23, 22}));  // of 28
  // Fill never displaces what was found, though it may stand before it.
  SelectMatches(found, Options(98, 50, 3, MatchOrder::kRelevance), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{20, 2, 1}));
  EXPECT_TRUE(result.matches[0].below_threshold);
}

TEST(SelectTest, TheRelevanceOrderFillsByRelevanceToo) {
  const auto found = [](int score, uint64_t unit, double relevance) {
    Candidate candidate = Found(score, unit, "s" + std::to_string(unit), "t");
    candidate.match.relevance = relevance;
    return candidate;
  };
  const std::vector<Candidate> all{found(10, 1, 0.30), found(9, 2, 0.9), found(29, 3, 0.29), found(30, 4, 0.1)};
  LookupResult result;
  SelectMatches(all, Options(70, 30, 5, MatchOrder::kRelevance), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{1, 4}));  // 2: under a third of the floor; 3: neither reaches the floor
  SelectMatches(all, Options(70, 30, 5), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{4}));
  SelectMatches(all, Options(70, 0, 5, MatchOrder::kRelevance), &result);
  EXPECT_EQ(UnitsOf(result), (Ids{}));
}

TEST(SelectTest, TheLowestScoreIsTheFloorOrAThirdOfIt) {
  EXPECT_EQ(LowestScore(Options(70, 0, 5)), 70);
  EXPECT_EQ(LowestScore(Options(70, 30, 5)), 30);
  EXPECT_EQ(LowestScore(Options(70, 0, 5, MatchOrder::kRelevance)), 70);
  EXPECT_EQ(LowestScore(Options(70, 30, 5, MatchOrder::kRelevance)), 10);
  EXPECT_EQ(LowestScore(Options(70, 31, 5, MatchOrder::kRelevance)), 11);
  EXPECT_EQ(LowestScore(Options(70, 1, 5, MatchOrder::kRelevance)), 1);
}

TEST(SelectTest, AmbiguousWithinOneMemoryWithoutContext) {
  std::vector<Candidate> found{Found(0, 1, "a", "A"), Found(0, 2, "a", "B"), Found(0, 3, "a", "C")};
  for (Candidate& candidate : found) candidate.match.base.base = 100, candidate.match.target.locale = "de";
  found[1].match.agreement.key = true;
  found[1].match.base.base = 101;
  found[2].match.memory = "other";
  ApplyPenalties("de", {}, &found);
  EXPECT_EQ(found[0].match.score, 99);
  EXPECT_EQ(found[0].match.penalties, (std::vector<Penalty>{{"ambiguous", 1, ""}}));
  EXPECT_EQ(found[1].match.score, 101);
  EXPECT_EQ(found[2].match.score, 100);
}

TEST(SelectTest, TheNewestOfTheBestContexts) {
  Query query;
  query.source_locale = "en";
  query.target_locale = "de";
  query.context.key = "k";
  Unit unit;
  Variant source;
  source.locale = "en";
  ContextAgreement agreement;
  EXPECT_EQ(BestContext(query, unit, source, &agreement), nullptr);
  for (const char* document : {"d1", "d2", "d3"}) unit.contexts.emplace_back().document = document;
  EXPECT_EQ(BestContext(query, unit, source, &agreement)->document, "d3");
  EXPECT_EQ(agreement.Points(), 0);
  unit.contexts[0].key = unit.contexts[1].key = "k";
  EXPECT_EQ(BestContext(query, unit, source, &agreement)->document, "d2");
  EXPECT_TRUE(agreement.key);
}

TEST(SelectTest, EqualsTheOracleOnGeneratedMemories) {
  size_t matches = 0, below = 0, penalized = 0, near_exact = 0;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Generator generate(seed);
    const std::vector<Unit> units = generate.Units(250);
    const std::vector<MemoryRef> memories{{.name = "a", .priority = 2, .penalty = 0},
                                          {.name = "b", .priority = 1, .penalty = static_cast<int>(generate.Below(9))}};
    const std::map<std::string, MemoryDefaults> defaults = {{"a", generate.NextDefaults()}};
    std::vector<CaseUnit> held;
    Oracle oracle;
    oracle.SetDefaults("a", defaults.at("a"));
    for (const Unit& unit : units) {
      held.push_back({generate.OneIn(2) ? "a" : "b", unit});
      oracle.Put(held.back().memory, unit);
    }
    for (int round = 0; round < 25; ++round) {
      const Query query = generate.NextQuery(units);
      const LookupOptions options = generate.NextOptions();
      const LookupResult got = PlainLookup(memories, held, query, options, defaults);
      ASSERT_EQ(Differences(oracle.Lookup(memories, query, options), got), "")
          << "seed " << seed << " round " << round << " query " << query.content.text;
      for (const Match& match : got.matches) {
        ++matches;
        below += match.below_threshold;
        penalized += !match.penalties.empty();
        near_exact += match.base.band == Band::kNearExact;
      }
    }
  }
  // The generator must reach the interesting cases, or agreement says little.
  EXPECT_GT(matches, 300u);
  EXPECT_GT(below, 30u);
  EXPECT_GT(penalized, 100u);
  EXPECT_GT(near_exact, 10u);
}

}  // namespace
}  // namespace reprise::testing
