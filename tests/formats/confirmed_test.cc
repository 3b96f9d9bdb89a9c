#include "formats/confirmed.h"

#include <gtest/gtest.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

struct Learnt {
  Collected collected;
  uint64_t not_confirmed = 0;
  uint64_t unchanged = 0;

  // "source=target" of the units that went on.
  std::vector<std::string> Texts() const {
    std::vector<std::string> texts;
    for (const auto& [line, unit] : collected.units) {
      texts.push_back(unit.variants[0].content.text + "=" + unit.variants[1].content.text);
    }
    return texts;
  }
};

Learnt Read(Format format, std::string_view input, VariantStatus min_status = VariantStatus::kTranslated) {
  CollectSink sink;
  ConfirmedUnits confirmed(min_status, &sink);
  ReadOptions options{.source_locale = "en", .target_locale = "de", .document = "a"};
  options.for_learning = true;
  auto reader = NewUnitReader(format, options, &confirmed);
  EXPECT_TRUE(reader.ok());
  absl::Status status = (*reader)->Feed(input);
  if (status.ok()) status = (*reader)->Finish();
  EXPECT_TRUE(status.ok()) << status;
  return {sink.collected, confirmed.not_confirmed(), confirmed.unchanged()};
}

Learnt Read12(const std::string& units, VariantStatus min_status = VariantStatus::kTranslated) {
  return Read(Format::kXliff12,
              "<xliff version=\"1.2\"><file original=\"a\" source-language=\"en\" target-language=\"de\"><body>" +
                  units + "</body></file></xliff>",
              min_status);
}

// A unit whose target has these attributes, and two proposals: the second is the better one.
std::string Unit(const std::string& source, const std::string& target, const std::string& attributes,
                 const std::string& unit_attributes = "") {
  return "<trans-unit id=\"1\" " + unit_attributes + "><source>" + source + "</source><target " + attributes + ">" +
         target + "</target><alt-trans match-quality=\"75%\"><source>x</source><target>worse</target></alt-trans>" +
         "<alt-trans match-quality=\"100\"><source>x</source><target>the <g id=\"1\">best</g></target></alt-trans>" +
         "<alt-trans alttranstype=\"previous-version\" match-quality=\"101\"><target>old</target></alt-trans>" +
         "</trans-unit>";
}
const char kBest[] = "the <g id=\"1\">best</g>";
const char kReview[] = "state=\"needs-review-translation\"";

using Texts = std::vector<std::string>;

TEST(ConfirmedUnits, AProposalThatNobodyTouchedIsNotLearnt) {
  for (const char* state : {"", kReview, "state=\"needs-review-l10n\"", "state=\"x-mine\""}) {
    const Learnt learnt = Read12(Unit("a", kBest, state));
    EXPECT_EQ(learnt.unchanged, 1u) << state;
    EXPECT_TRUE(learnt.collected.units.empty()) << state;
  }
}

TEST(ConfirmedUnits, AChangedOneIs) {
  // Other words, the worse proposal taken, a code added or lost, an old version put back.
  const Learnt learnt =
      Read12(Unit("a", "mine", "") + Unit("b", "worse", kReview) + Unit("c", "the best", kReview) +
             Unit("d", "old", "") + "<trans-unit id=\"2\"><source>e</source><target>E</target></trans-unit>");
  EXPECT_EQ(learnt.Texts(), (Texts{"a=mine", "b=worse", "c=the best", "d=old", "e=E"}));
  EXPECT_EQ(learnt.unchanged + learnt.not_confirmed, 0u);
  const Variant& target = learnt.collected.units[0].second.variants[1];
  EXPECT_EQ(target.status, VariantStatus::kTranslated);
  EXPECT_EQ(target.origin, Origin::kHuman);
  EXPECT_EQ(target.attributes.count(kUnchangedProposal), 0u);
}

TEST(ConfirmedUnits, AStateThatSaysSoIsEnough) {
  for (const char* state : {"state=\"translated\"", "state=\"signed-off\"", "state=\"final\""}) {
    EXPECT_EQ(Read12(Unit("a", kBest, state)).Texts(), Texts{"a=the best"}) << state;
  }
  EXPECT_EQ(Read12(Unit("a", kBest, kReview, "approved=\"yes\"")).Texts(), Texts{"a=the best"});
  const Learnt machine = Read12(Unit("a", kBest, "state=\"translated\" state-qualifier=\"leveraged-mt\""));
  ASSERT_EQ(machine.collected.units.size(), 1u);
  EXPECT_EQ(machine.collected.units[0].second.variants[1].origin, Origin::kMachine);
}

TEST(ConfirmedUnits, DraftsAndRejectedAreNot) {
  const Learnt learnt = Read12(Unit("a", "mine", "state=\"needs-translation\"") +
                               Unit("b", "mine", "state=\"final\" state-qualifier=\"rejected-grammar\"") +
                               "<trans-unit id=\"2\"><source>c</source></trans-unit>");
  EXPECT_EQ(learnt.not_confirmed, 2u);
  EXPECT_TRUE(learnt.collected.units.empty());
}

TEST(ConfirmedUnits, TheLowestStatusIsTheCallers) {
  const std::string units = Unit("a", "mine", "") + Unit("b", "mine", "state=\"translated\"") +
                            Unit("c", "mine", "state=\"signed-off\"") + Unit("d", "mine", "state=\"final\"");
  EXPECT_EQ(Read12(units).Texts(), (Texts{"a=mine", "b=mine", "c=mine", "d=mine"}));
  EXPECT_EQ(Read12(units, VariantStatus::kReviewed).Texts(), (Texts{"c=mine", "d=mine"}));
  const Learnt last = Read12(units, VariantStatus::kFinal);
  EXPECT_EQ(last.Texts(), Texts{"d=mine"});
  EXPECT_EQ(last.not_confirmed, 3u);
}

TEST(ConfirmedUnits, WhatAToolSaysWins) {
  const auto sdl = [](const std::string& attributes) {
    return "<trans-unit id=\"1\"><source>a</source><seg-source><mrk mtype=\"seg\" "
           "mid=\"1\">a</mrk></seg-source><target>"
           "<mrk mtype=\"seg\" mid=\"1\">b</mrk></target><sdl:seg-defs><sdl:seg id=\"1\" " +
           attributes + "/></sdl:seg-defs><alt-trans mid=\"1\"><target>b</target></alt-trans></trans-unit>";
  };
  EXPECT_EQ(Read12(sdl("conf=\"Translated\"")).Texts(), Texts{"a=b"});
  EXPECT_EQ(Read12(sdl("conf=\"Draft\"")).not_confirmed, 1u);
  EXPECT_EQ(Read12(sdl("percent=\"100\"")).not_confirmed, 1u);  // silent: not translated yet
  EXPECT_EQ(Read12(Unit("a", kBest, kReview, "mq:status=\"ManuallyConfirmed\"")).Texts(), Texts{"a=the best"});
  EXPECT_EQ(Read12(Unit("a", "mine", "", "mq:status=\"Edited\"")).not_confirmed, 1u);
  EXPECT_EQ(Read12(Unit("a", "mine", "", "m:confirmed=\"0\"")).not_confirmed, 1u);
  EXPECT_EQ(Read12(Unit("a", kBest, "", "m:confirmed=\"1\"")).Texts(), Texts{"a=the best"});
  const Learnt locked = Read12(Unit("a", "mine", "", "mq:status=\"Proofread\" mq:locked=\"locked\""));
  ASSERT_EQ(locked.collected.units.size(), 1u);
  EXPECT_TRUE(locked.collected.units[0].second.variants[1].locked);
}

TEST(ConfirmedUnits, ProposalsOfASegmentAreItsOwn) {
  const Learnt learnt = Read12(
      "<trans-unit id=\"1\"><source>a b</source><seg-source><mrk mtype=\"seg\" mid=\"1\">a</mrk> <mrk mtype=\"seg\" "
      "mid=\"2\">b</mrk></seg-source><target><mrk mtype=\"seg\" mid=\"1\">A</mrk> <mrk mtype=\"seg\" "
      "mid=\"2\">A</mrk></target><alt-trans mid=\"1\"><target>A</target></alt-trans></trans-unit>");
  EXPECT_EQ(learnt.Texts(), Texts{"b=A"});
  EXPECT_EQ(learnt.unchanged, 1u);
}

TEST(ConfirmedUnits, NeighboursAreThoseOfTheFile) {
  const Learnt learnt = Read12(Unit("a", kBest, kReview) + Unit("b", "mine", "") + Unit("c", kBest, kReview));
  ASSERT_EQ(learnt.collected.units.size(), 1u);
  const Context& context = learnt.collected.units[0].second.contexts.at(0);
  EXPECT_EQ(context.document, "a");
  EXPECT_EQ(context.previous.at("en").text, "a");
  EXPECT_EQ(context.next.at("en").text, "c");
}

TEST(ConfirmedUnits, Xliff2) {
  const auto unit = [](const std::string& state, const std::string& target) {
    return "<unit id=\"u\"><mtc:matches><mtc:match ref=\"#s1\" matchQuality=\"100\"><source>a</source><target>the "
           "<pc id=\"1\">best</pc><cp hex=\"0001\"/></target></mtc:match></mtc:matches><segment id=\"s1\" " +
           state + "><source>a</source><target>" + target + "</target></segment></unit>";
  };
  const std::string best = "the <pc id=\"1\">best</pc><cp hex=\"0001\"/>";
  const auto read = [](const std::string& units) {
    return Read(Format::kXliff2,
                "<xliff version=\"2.1\" srcLang=\"en\" trgLang=\"de\"><file id=\"f\">" + units + "</file></xliff>");
  };
  const Learnt learnt = read(unit("", best) + unit("state=\"initial\"", "mine") + unit("state=\"translated\"", best) +
                             unit("", "mine") + unit("state=\"initial\" subState=\"reprise:rejected\"", "mine"));
  EXPECT_EQ(learnt.Texts(), (Texts{"a=the best\x01", "a=mine"}));
  EXPECT_EQ(learnt.unchanged, 1u);
  EXPECT_EQ(learnt.not_confirmed, 2u);
}

TEST(ConfirmedUnits, AFuzzyMessageIsNoTranslationYet) {
  const Learnt learnt = Read(Format::kPo,
                             "msgid \"Open\"\nmsgstr \"Auf\"\n\n#, fuzzy\n#| msgid \"Shut\"\nmsgid \"Close\"\nmsgstr "
                             "\"Zu\"\n\n#, fuzzy\nmsgid \"Save\"\nmsgstr \"Sichern\"\n");
  EXPECT_EQ(learnt.Texts(), Texts{"Open=Auf"});
  EXPECT_EQ(learnt.not_confirmed, 2u);
  EXPECT_TRUE(learnt.collected.refusals.empty());
}

TEST(ConfirmedUnits, ProposalsThatNoTextCouldHoldRefuseNothing) {
  const Learnt learnt = Read12(
      "<trans-unit id=\"1\"><source>a</source><target>b</target><alt-trans match-quality=\"lots\">"
      "<target>b<x id=\"1\"/><b>bold</b><target/></target></alt-trans><alt-trans/></trans-unit>");
  EXPECT_EQ(learnt.Texts(), Texts{"a=b"});
  EXPECT_TRUE(learnt.collected.refusals.empty());
}

}  // namespace
}  // namespace reprise
