// Penalties, filters and the order of matches.
#include "match/match.h"

#include <gtest/gtest.h>

#include <functional>

namespace reprise {
namespace {

BaseScore Base(int base) {
  BaseScore score;
  score.base = base;
  return score;
}

Variant In(const char* locale) {
  Variant variant;
  variant.locale = locale;
  return variant;
}

struct Final {
  int score = 0;
  std::vector<Penalty> penalties;
};
Final Penalize(int base, const Variant& target, const PenaltyTable& table = {}, int memory = 0, bool codes = false,
               bool ambiguous = false, const ContextAgreement& agreement = {}) {
  Final result;
  result.score = FinalScore(Base(base), agreement, target, "de", codes, ambiguous, memory, table, &result.penalties);
  return result;
}

TEST(FinalScoreTest, WithoutPenaltyTheBaseStands) {
  for (const int base : {0, 70, 94, 98, 99, 100, 101, 102}) {
    const Final result = Penalize(base, In("de"));
    EXPECT_EQ(result.score, base);
    EXPECT_TRUE(result.penalties.empty());
  }
}

TEST(FinalScoreTest, PivotAndScriptAreListedBetweenTheOthers) {
  PivotLink link;
  link.locale = "en";
  std::vector<Penalty> penalties;
  Variant target = In("sr-Latn");
  target.status = VariantStatus::kDraft;
  EXPECT_EQ(FinalScore(Base(100), {}, target, "sr", false, true, 2, {}, &penalties, &link), 100 - 3 - 5 - 10 - 1 - 2);
  EXPECT_EQ(penalties, (std::vector<Penalty>{{"draft", 3, ""},
                                             {"script", 5, "sr-Latn for sr"},
                                             {"pivot", 10, "through en"},
                                             {"ambiguous", 1, ""},
                                             {"memory", 2, "", TermSource::kRequest}}));
  PenaltyTable free;
  free.pivot = 0;
  EXPECT_EQ(FinalScore(Base(102), {}, In("de"), "de", false, false, 0, free, &penalties, &link), 99);
  EXPECT_EQ(penalties, (std::vector<Penalty>{{"pivot", 1, "never above 99"}}));
  EXPECT_EQ(FinalScore(Base(94), {}, In("de"), "de", false, false, 0, free, &penalties, &link), 94);
}

TEST(FinalScoreTest, EachPenaltyIsListedInOrder) {
  PenaltyTable table;
  table.codes = 2;
  Variant target = In("de-AT");
  target.origin = Origin::kMachine;
  target.status = VariantStatus::kDraft;
  const Final result = Penalize(100, target, table, 4, true, true);
  EXPECT_EQ(result.penalties, (std::vector<Penalty>{{"codes", 2, "", TermSource::kRequest},
                                                    {"machine", 5, ""},
                                                    {"draft", 3, ""},
                                                    {"fallback", 1, "de-AT for de"},
                                                    {"ambiguous", 1, ""},
                                                    {"memory", 4, "", TermSource::kRequest}}));
  EXPECT_EQ(result.score, 100 - 16);
  target = In("de");
  target.origin = Origin::kAlignment;
  EXPECT_EQ(Penalize(80, target).penalties, (std::vector<Penalty>{{"alignment", 1, ""}}));
}

TEST(FinalScoreTest, APenalizedContextMatchStartsFromHundred) {
  EXPECT_EQ(Penalize(102, In("de"), {}, 1).score, 99);
  EXPECT_EQ(Penalize(98, In("de"), {}, 1).score, 97);
}

TEST(FinalScoreTest, AgreementLiftsAmbiguity) {
  ContextAgreement agreement;
  agreement.neighbours = true;
  EXPECT_EQ(Penalize(101, In("de"), {}, 0, false, true, agreement).score, 101);
  EXPECT_EQ(Penalize(100, In("de"), {}, 0, false, true).score, 99);
}

TEST(FinalScoreTest, MachineAndDraftNeverExceedNinetyNine) {
  PenaltyTable none{.codes = 0, .alignment = 0, .machine = 0, .draft = 0, .fallback = 0, .ambiguous = 0};
  Variant machine = In("de"), draft = In("de");
  machine.origin = Origin::kMachine;
  draft.status = VariantStatus::kDraft;
  for (const int base : {100, 101, 102}) {
    EXPECT_EQ(Penalize(base, machine, none).score, kUntrustedCap);
    EXPECT_EQ(Penalize(base, draft, none).score, kUntrustedCap);
  }
  EXPECT_EQ(Penalize(102, machine, none).penalties, (std::vector<Penalty>{{"machine", 1, "never above 99"}}));
  EXPECT_EQ(Penalize(102, draft, none).penalties, (std::vector<Penalty>{{"draft", 1, "never above 99"}}));
  EXPECT_EQ(Penalize(99, machine, none).score, 99);
  EXPECT_TRUE(Penalize(99, machine, none).penalties.empty());
}

TEST(TermsOfTest, TheCallThenTheMemoryThenNothing) {
  const MemoryDefaults defaults{.priority = 3, .penalty = 4, .penalties = {{"machine", 9}, {"of another version", 1}}};
  MemoryTerms terms = TermsOf({.name = "m"}, nullptr);
  EXPECT_EQ(terms.priority, 0);
  EXPECT_EQ(terms.penalty, PenaltyPoints(0, TermSource::kDefault));
  terms = TermsOf({.name = "m"}, &defaults);
  EXPECT_EQ(terms.name, "m");
  EXPECT_EQ(terms.priority, 3);
  EXPECT_EQ(terms.penalty, PenaltyPoints(4, TermSource::kMemory));
  terms = TermsOf({.name = "m", .priority = 0, .penalty = 0, .source = TermSource::kProfile}, &defaults);
  EXPECT_EQ(terms.priority, 0);
  EXPECT_EQ(terms.penalty, PenaltyPoints(0, TermSource::kProfile));
  PenaltyTable table;
  EXPECT_EQ(WithDefaults(table, defaults).machine, PenaltyPoints(9, TermSource::kMemory));
  EXPECT_EQ(WithDefaults(table, defaults).draft, PenaltyPoints(3, TermSource::kDefault));
  table.machine = 5;
  EXPECT_EQ(WithDefaults(table, defaults).machine, PenaltyPoints(5, TermSource::kRequest));
}

TEST(FinalScoreTest, NeverBelowZero) {
  EXPECT_EQ(Penalize(40, In("de"), {}, 1000).score, 0);
  EXPECT_EQ(FinalScore(Base(50), {}, In("de"), "de", false, false, 2, {}, nullptr), 48);
}

class FilterTest : public ::testing::Test {
 protected:
  FilterTest() {
    target_.locale = "de";
    target_.status = VariantStatus::kReviewed;
    target_.origin = Origin::kHuman;
    target_.created_by = "ann";
    target_.changed_us = 500;
    target_.attributes["client"] = {"acme", "zeta"};
    unit_.attributes = {{"client", {"other"}}, {"domain", {"law"}}};
    unit_.contexts.resize(2);
    unit_.contexts[0].document = "a.html";
    unit_.contexts[1].document = "b.html";
  }
  bool Passes(const std::function<void(UnitFilter*)>& set) {
    UnitFilter filter;
    set(&filter);
    return PassesFilter(filter, unit_, target_);
  }
  Unit unit_;
  Variant target_;
};

TEST_F(FilterTest, StatusAndOrigin) {
  EXPECT_TRUE(Passes([](UnitFilter*) {}));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->min_status = VariantStatus::kReviewed; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->min_status = VariantStatus::kFinal; }));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->origins = {Origin::kMachine, Origin::kHuman}; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->origins = {Origin::kMachine}; }));
  target_.status = VariantStatus::kUnspecified;
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->min_status = VariantStatus::kTranslated; }));
  target_.status = VariantStatus::kDraft;
  EXPECT_TRUE(Passes([](UnitFilter*) {}));
  target_.status = VariantStatus::kRejected;
  EXPECT_FALSE(Passes([](UnitFilter*) {}));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->min_status = VariantStatus::kRejected; }));
}

TEST_F(FilterTest, AuthorsAreWhoChangedItElseWhoMadeIt) {
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->authors = {"ann"}; }));
  target_.changed_by = "bob";
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->authors = {"ann"}; }));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->authors = {"ann", "bob"}; }));
}

TEST_F(FilterTest, DatesAreFromInclusiveToExclusive) {
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->changed_from_us = 500; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->changed_from_us = 501; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->changed_to_us = 500; }));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->changed_to_us = 501; }));
  target_.changed_us = 0;  // unknown: in no range
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->changed_to_us = 501; }));
}

TEST_F(FilterTest, Documents) {
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->document = "b.html"; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->document = "c.html"; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->exclude_document = "a.html"; }));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->exclude_document = "c.html"; }));
}

TEST_F(FilterTest, AttributesOfTheVariantBeforeTheUnits) {
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->attributes["client"] = {"zeta"}; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->attributes["client"] = {"other"}; }));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->attributes["domain"] = {"tax", "law"}; }));
  EXPECT_TRUE(Passes([](UnitFilter* f) { f->attributes["domain"] = {}; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) { f->attributes["missing"] = {}; }));
  EXPECT_FALSE(Passes([](UnitFilter* f) {
    f->attributes["client"] = {"acme"};
    f->attributes["domain"] = {"tax"};
  }));
}

// Each step makes a match better by a later key than the one before; earlier keys must win.
TEST(OrderTest, KeysInTheirOrder) {
  using Change = std::function<void(Match*)>;
  const std::vector<Change> better{[](Match* m) { m->score = 91; },
                                   [](Match* m) { m->relevance = 0.6; },
                                   [](Match* m) { m->agreement.key = true; },
                                   [](Match* m) { m->target.status = VariantStatus::kFinal; },
                                   [](Match* m) { m->target.changed_us = 11; },
                                   [](Match* m) { m->unit = 4; },
                                   [](Match* m) { m->memory = "a"; },
                                   [](Match* m) { m->target.content.text = "A"; },
                                   [](Match* m) { m->target.locale = "de"; },
                                   [](Match* m) { m->source.text = "S"; }};
  Match plain;
  plain.score = 90;
  plain.relevance = 0.5;
  plain.target.changed_us = 10;
  plain.unit = 5;
  plain.memory = "b";
  plain.target.content.text = "B";
  plain.target.locale = "de-AT";
  plain.source.text = "T";
  EXPECT_FALSE(BetterMatch(plain, plain, MatchOrder::kScore));
  for (size_t i = 0; i < better.size(); ++i) {
    Match one = plain, later = plain;
    better[i](&one);
    for (size_t j = i + 1; j < better.size(); ++j) better[j](&later);
    EXPECT_TRUE(BetterMatch(one, later, MatchOrder::kScore)) << i;
    EXPECT_FALSE(BetterMatch(later, one, MatchOrder::kScore)) << i;
  }
  Match relevant = plain, scored = plain;
  relevant.relevance = 0.9;
  scored.score = 102;
  EXPECT_TRUE(BetterMatch(relevant, scored, MatchOrder::kRelevance));
  EXPECT_FALSE(BetterMatch(relevant, scored, MatchOrder::kScore));
  relevant.relevance = scored.relevance;
  EXPECT_FALSE(BetterMatch(relevant, scored, MatchOrder::kRelevance));
}

}  // namespace
}  // namespace reprise
