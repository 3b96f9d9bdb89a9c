#include "formats/localized.h"

#include <gtest/gtest.h>

#include <iterator>
#include <set>
#include <string>

namespace reprise {
namespace {

Proposal Match(int score, const std::string& target) {
  Proposal proposal;
  proposal.score = score;
  proposal.target.text = target;
  return proposal;
}

Proposal With(Proposal proposal, bool Proposal::*flag) {
  proposal.*flag = true;
  return proposal;
}

struct Case {
  const char* name;
  std::vector<Proposal> proposals;
  int limit;
  FillReason reason;
  const char* target;
};

TEST(DecideFill, ByTheTable) {
  const Case cases[] = {
      {"nothing", {}, 100, FillReason::kNoMatch, ""},
      {"exact", {Match(100, "a")}, 100, FillReason::kFilled, "a"},
      {"in context", {Match(102, "a"), Match(100, "b")}, 100, FillReason::kFilled, "a"},
      {"one point below", {Match(99, "a")}, 100, FillReason::kBelowLimit, ""},
      {"at the limit", {Match(85, "a")}, 85, FillReason::kFilled, "a"},
      {"a higher limit than exact", {Match(101, "a")}, 102, FillReason::kBelowLimit, ""},
      {"the best, whatever the order", {Match(85, "a"), Match(100, "b"), Match(99, "c")}, 85, FillReason::kFilled, "b"},
      {"the first of equal ones", {Match(100, "a"), Match(100, "b")}, 100, FillReason::kFilled, "a"},
      {"the floor does not count", {With(Match(90, "a"), &Proposal::below_threshold)}, 75, FillReason::kBelowLimit, ""},
      {"a draft", {With(Match(100, "a"), &Proposal::draft)}, 75, FillReason::kDraft, ""},
      {"machine", {With(Match(100, "a"), &Proposal::machine)}, 75, FillReason::kMachine, ""},
      {"plural", {With(Match(95, "a"), &Proposal::plural_changed)}, 75, FillReason::kPluralChanged, ""},
      {"pivot", {With(Match(100, "a"), &Proposal::pivot)}, 75, FillReason::kPivot, ""},
      {"behind a draft", {With(Match(97, "a"), &Proposal::draft), Match(90, "b")}, 85, FillReason::kFilled, "b"},
      {"behind a draft, too low", {With(Match(97, "a"), &Proposal::draft), Match(84, "b")}, 85, FillReason::kDraft, ""},
      {"what the format cannot hold", {Match(100, "refused")}, 100, FillReason::kFormat, ""},
      {"behind that", {Match(101, "refused"), Match(100, "b")}, 100, FillReason::kFilled, "b"},
  };
  for (const Case& c : cases) {
    LocalizedSentence sentence;
    sentence.proposals = c.proposals;
    const FillDecision decision =
        DecideFill(sentence, c.limit, [](const Content& target) { return target.text != "refused"; });
    EXPECT_EQ(decision.reason, c.reason) << c.name;
    EXPECT_EQ(decision.proposal == nullptr ? "" : decision.proposal->target.text, c.target) << c.name;
  }
}

TEST(DecideFill, OneOfManyPluralFormsIsTakenFromWhereItIsThatForm) {
  Proposal first = Match(100, "a"), second = Match(100, "b"), unknown = Match(102, "c");
  first.forms = {1};
  second.forms = {2, 3};
  LocalizedSentence sentence;
  sentence.proposals = {unknown, first, second};
  const auto filled = [&sentence](std::optional<uint32_t> form) {
    sentence.segment.form = form;
    const FillDecision decision = DecideFill(sentence, 100);
    return decision.proposal == nullptr ? std::string(FillReasonWord(decision.reason)) : decision.proposal->target.text;
  };
  EXPECT_EQ(filled(std::nullopt), "c");
  EXPECT_EQ(filled(0), "c") << "what is no plural is its first form";
  EXPECT_EQ(filled(1), "a");
  EXPECT_EQ(filled(3), "b");
  EXPECT_EQ(filled(4), "plural-changed");
}

TEST(DecideFill, LockedAndTranslatedSegmentsStay) {
  LocalizedSentence sentence;
  sentence.proposals = {Match(102, "a")};
  sentence.segment.locked = true;
  EXPECT_EQ(DecideFill(sentence, 75).reason, FillReason::kLocked);
  sentence.segment.locked = false;
  sentence.segment.translated = true;
  EXPECT_EQ(DecideFill(sentence, 75).reason, FillReason::kTranslated);
  EXPECT_EQ(DecideFill(sentence, 75).proposal, nullptr);
}

TEST(DecideFill, ADraftSaysWhatWasDecided) {
  LocalizedSentence sentence;
  sentence.proposals = {With(Match(101, "a"), &Proposal::key_agrees)};
  sentence.proposals[0].source.text = "s";
  sentence.proposals[0].memory = "m";
  const SegmentDraft filled = DraftOf(DecideFill(sentence, 100), SegmentDraft::Kind::kMark);
  EXPECT_EQ(filled.kind, SegmentDraft::Kind::kFill);
  EXPECT_EQ(filled.target.text, "a");
  EXPECT_EQ(filled.stored_source, "s");
  EXPECT_EQ(filled.origin, "m");
  EXPECT_TRUE(filled.by_key);
  EXPECT_EQ(DraftOf(DecideFill(sentence, 102), SegmentDraft::Kind::kMark).kind, SegmentDraft::Kind::kMark);
}

TEST(Localized, EveryReasonHasAWordOfItsOwn) {
  std::set<std::string> words;
  for (const FillReason reason : kFillReasons) words.insert(FillReasonWord(reason));
  EXPECT_EQ(words.size(), std::size(kFillReasons));
  EXPECT_EQ(words.count(""), 0u);
}

}  // namespace
}  // namespace reprise
