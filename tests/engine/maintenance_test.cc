// Upkeep of a memory: what is deleted, replaced, found and counted, and what is left alone.
#include "engine/maintenance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/translation_memory.h"
#include "tests/testing/memory_test.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

using testing::MakeUnit;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MaintenanceTest : public testing::MemoryTest {
 protected:
  uint64_t Put(Unit unit, const std::string& author = "") {
    unit.variants[1].changed_by = author;
    auto results = tm_->PutUnits("m", {unit}, {.policy = DuplicatePolicy::kKeepAll});
    EXPECT_TRUE(results.ok() && (*results)[0].status.ok());
    return (*results)[0].unit;
  }
  uint64_t Put(const std::string& en, const std::string& de) { return Put(MakeUnit(en, de)); }
  Unit Get(uint64_t unit) {
    auto got = tm_->GetUnit("m", unit);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : MakeUnit("", "");
  }
  uint64_t Units() { return tm_->Stats("m")->units; }
  std::vector<std::string> Targets(const std::string& text, const std::string& from = "en",
                                   const std::string& to = "de") {
    Query query;
    query.content.text = text;
    query.source_locale = from;
    query.target_locale = to;
    std::vector<std::string> out;
    auto result = tm_->Lookup({{.name = "m"}}, query, {.threshold = 95}, {});
    for (const Match& match : result->matches) out.push_back(match.target.content.text);
    return out;
  }
  ReplaceReport Replace(ReplaceOptions options) {
    auto report = tm_->maintenance().ReplaceText("m", options, {});
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : ReplaceReport();
  }
};

TEST_F(MaintenanceTest, DeletesWhatMatchesAndNothingElse) {
  const uint64_t a = Put(MakeUnit("One", "Eins"), "x");
  const uint64_t b = Put(MakeUnit("Two", "Zwei"), "y");
  Put(MakeUnit("Three", "Drei"), "x");
  DeleteOptions options = {.filter = {.authors = {"x"}}, .locale = "DE", .contains = "eins", .dry_run = true};
  auto report = tm_->maintenance().DeleteMatching("m", options, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->matched, 1u);
  EXPECT_EQ(report->deleted, 0u);
  EXPECT_EQ(Units(), 3u);
  options.dry_run = false;
  report = tm_->maintenance().DeleteMatching("m", options, {});
  EXPECT_EQ(report->deleted, 1u);
  EXPECT_TRUE(absl::IsNotFound(tm_->GetUnit("m", a).status()));
  EXPECT_TRUE(Targets("One").empty());
  EXPECT_THAT(Targets("Two"), ElementsAre("Zwei"));
  // The filter, the locale and the text must hold of one and the same variant.
  options = {.filter = {.authors = {"y"}}, .contains = "two", .dry_run = true};
  EXPECT_EQ(tm_->maintenance().DeleteMatching("m", options, {})->matched, 0u);
  EXPECT_EQ(Get(b).variants.size(), 2u);
}

TEST_F(MaintenanceTest, DeletesEverythingOnlyIfToldSo) {
  std::vector<Unit> units;
  for (int i = 0; i < 900; ++i) units.push_back(MakeUnit("n" + std::to_string(i), "z"));
  ASSERT_TRUE(tm_->PutUnits("m", units, {}).ok());
  for (Unit& unit : units) unit.variants[0].content.text += " more";
  ASSERT_TRUE(tm_->PutUnits("m", units, {}).ok());
  EXPECT_EQ(FieldOf(tm_->maintenance().DeleteMatching("m", {}, {}).status()), "filter");
  const uint64_t before = tm_->Stats("m")->sequence;
  auto report = tm_->maintenance().DeleteMatching("m", {.all = true, .expected_count = 1800}, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->deleted, 1800u);
  EXPECT_EQ(Units(), 0u);
  EXPECT_EQ(tm_->Stats("m")->sequence, before + 2) << "batches of 1,000";
}

TEST_F(MaintenanceTest, AnotherCountThanExpectedDeletesNothing) {
  Put("One", "Eins");
  Put("Two", "Zwei");
  const absl::Status status = tm_->maintenance().DeleteMatching("m", {.all = true, .expected_count = 1}, {}).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_EQ(ReasonOf(status), "COUNT_CHANGED");
  EXPECT_EQ(Units(), 2u);
}

TEST_F(MaintenanceTest, CancelledBetweenBatchesKeepsTheRest) {
  for (const char* suffix : {"", " more"}) {
    std::vector<Unit> units;
    for (int i = 0; i < 800; ++i) units.push_back(MakeUnit("n" + std::to_string(i) + suffix, "z"));
    ASSERT_TRUE(tm_->PutUnits("m", units, {}).ok());
  }
  auto late = [&] { return Units() < 1600; };
  const absl::Status status = tm_->maintenance().DeleteMatching("m", {.all = true}, late).status();
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_THAT(MessageOf(status), HasSubstr("1000 units had been deleted"));
  EXPECT_EQ(Units(), 600u);
}

TEST_F(MaintenanceTest, AUnitThatChangedMeanwhileIsLeftAlone) {
  Unit unit = MakeUnit("One", "Eins");
  unit.client_key = "k";
  const uint64_t id = Put(unit);
  Put("Two", "Zwei");
  // The last question before the batch comes after the units have been read.
  int asked = 0;
  auto change = [&] {
    if (++asked == 3) {
      unit.variants[1].content.text = "Eines";
      EXPECT_EQ((*tm_->PutUnits("m", {unit}, {.policy = DuplicatePolicy::kOverwrite}))[0].unit, id);
    }
    return false;
  };
  auto report = tm_->maintenance().DeleteMatching("m", {.all = true}, change);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->deleted, 1u);
  EXPECT_EQ(report->changed, 1u);
  EXPECT_THAT(Targets("One"), ElementsAre("Eines"));
}

TEST_F(MaintenanceTest, WritesToAReadOnlyMemoryAreRefusedAndDryRunsAreNot) {
  const uint64_t id = Put("One", "Eins");
  MemoryInfo info = *tm_->GetMemory("m");
  info.read_only = true;
  ASSERT_TRUE(tm_->UpdateMemory(info).ok());
  Maintenance& upkeep = tm_->maintenance();
  EXPECT_EQ(ReasonOf(upkeep.DeleteMatching("m", {.all = true}, {}).status()), "MEMORY_READ_ONLY");
  EXPECT_TRUE(upkeep.DeleteMatching("m", {.all = true, .dry_run = true}, {}).ok());
  ReplaceOptions replace = {.locale = "de", .pattern = {.find = "Eins", .replacement = "1"}};
  EXPECT_EQ(ReasonOf(upkeep.ReplaceText("m", replace, {}).status()), "MEMORY_READ_ONLY");
  EXPECT_EQ(ReasonOf(upkeep.RecordUse("m", {{.unit = id, .target_locale = ""}}).status()), "MEMORY_READ_ONLY");
  EXPECT_EQ(ReasonOf(upkeep.Check("none", {}, {}).status()), "MEMORY_NOT_FOUND");
}

TEST_F(MaintenanceTest, ReplacesInOneLocaleAsNewRevisions) {
  const uint64_t id = Put("The Browser", "Der Browser im Browser");
  Put("Nothing", "Nichts");
  ReplaceOptions options = {.locale = "de",
                            .pattern = {.find = "Browser", .replacement = "Navigator"},
                            .dry_run = true,
                            .max_previews = 10,
                            .actor = "ann"};
  ReplaceReport report = Replace(options);
  EXPECT_EQ(report.variants, 1u);
  EXPECT_EQ(report.occurrences, 2u);
  EXPECT_EQ(report.replaced, 0u);
  ASSERT_EQ(report.previews.size(), 1u);
  EXPECT_EQ(report.previews[0].unit, id);
  EXPECT_EQ(report.previews[0].before, "Der Browser im Browser");
  EXPECT_EQ(report.previews[0].after, "Der Navigator im Navigator");
  EXPECT_EQ(Get(id).revision, 1u);

  options.dry_run = false;
  options.expected_count = 2;
  EXPECT_EQ(ReasonOf(tm_->maintenance().ReplaceText("m", options, {}).status()), "COUNT_CHANGED");
  options.expected_count = 1;
  EXPECT_EQ(Replace(options).replaced, 1u);
  const Unit after = Get(id);
  EXPECT_EQ(after.revision, 2u);
  EXPECT_EQ(after.variants[0].content.text, "The Browser");
  EXPECT_EQ(after.variants[1].changed_by, "ann");
  EXPECT_NE(after.variants[0].changed_by, "ann");
  EXPECT_THAT(Targets("The Browser"), ElementsAre("Der Navigator im Navigator"));
  EXPECT_THAT(Targets("Der Navigator im Navigator", "de", "en"), ElementsAre("The Browser"));
  EXPECT_TRUE(Targets("Der Browser im Browser", "de", "en").empty());
}

TEST_F(MaintenanceTest, IdentitiesFollowWhatIsReplaced) {
  const uint64_t a = Put("The colour", "Die Farbe");
  const uint64_t b = Put("The colour", "Der Farbton");
  EXPECT_EQ(Replace({.locale = "en", .pattern = {.find = "colour", .replacement = "color"}}).replaced, 2u);
  // The same again merges; the old spelling is a unit of its own once more.
  EXPECT_EQ(Put("The color", "Die Farbe"), a);
  EXPECT_EQ(Put("The color", "Der Farbton"), b);
  const uint64_t c = Put("The colour", "Die Farbe");
  EXPECT_NE(c, a);
  EXPECT_EQ(Units(), 3u);
  // Either may be deleted without taking the other along.
  ASSERT_TRUE(tm_->DeleteUnit("m", b).ok());
  EXPECT_EQ(Put("The color", "Die Farbe"), a);
  EXPECT_THAT(Targets("The color"), ElementsAre("Die Farbe"));
  // A correction finds the unit by its new source.
  auto results =
      tm_->PutUnits("m", {MakeUnit("The color", "Die Kolorierung")}, {.policy = DuplicatePolicy::kOverwrite});
  EXPECT_EQ((*results)[0].unit, a);
  EXPECT_EQ((*results)[0].outcome, PutOutcome::kUpdated);
}

TEST_F(MaintenanceTest, WhatMayNotBeReplacedIsCounted) {
  Unit locked = MakeUnit("One", "alt");
  locked.variants[1].locked = true;
  const uint64_t kept = Put(locked);
  const uint64_t emptied = Put("Two", "alt");
  const uint64_t doubled = Put("Three", "alt x");
  Put("Three", "x");
  ReplaceReport report = Replace({.locale = "de", .pattern = {.find = "alt", .replacement = " "}});
  EXPECT_EQ(report.locked, 1u);
  EXPECT_EQ(report.refused, 1u);
  EXPECT_EQ(report.replaced, 1u);  // "  x" is not "x": texts are kept byte for byte
  EXPECT_EQ(Get(kept).variants[1].content.text, "alt");
  EXPECT_EQ(Get(emptied).revision, 1u);
  EXPECT_EQ(Get(doubled).variants[1].content.text, "  x");
  report = Replace({.locale = "de", .pattern = {.find = "  x", .replacement = "x"}});
  EXPECT_EQ(report.doubled, 1u);
  EXPECT_EQ(report.replaced, 0u);
  EXPECT_EQ(Get(doubled).variants[1].content.text, "  x");
  EXPECT_EQ(FieldOf(tm_->maintenance().ReplaceText("m", {.locale = ""}, {}).status()), "locale");
}

TEST_F(MaintenanceTest, ChecksFindWhatIsWrong) {
  const uint64_t a = Put("Save", "Sichern");
  const uint64_t b = Put("save", "Sichern");  // another source to the store, the same to a lookup
  const uint64_t c = Put("Save", "Speichern");
  const uint64_t d = Put("Store", "Speichern");
  const uint64_t e = Put("London", "London");
  const uint64_t f = Put("Hello there", "…");
  Put("42", "42");
  Put("Fine", "Gut");
  auto report = tm_->maintenance().Check("m", {.source_locale = "en", .target_locale = "de"}, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->units, 8u);
  EXPECT_EQ(report->pairs, 8u);
  std::vector<std::pair<FindingKind, std::vector<uint64_t>>> found;
  for (const Finding& finding : report->findings) {
    EXPECT_EQ(finding.source_locale, "en");
    EXPECT_EQ(finding.target_locale, "de");
    found.emplace_back(finding.kind, std::vector<uint64_t>());
    for (const FindingUnit& unit : finding.units) found.back().second.push_back(unit.unit);
    std::sort(found.back().second.begin(), found.back().second.end());
    EXPECT_EQ(report->counts[finding.kind], 1u);
  }
  using Kind = FindingKind;
  EXPECT_THAT(found, ElementsAre(std::pair(Kind::kDuplicate, std::vector{a, b}),
                                 std::pair(Kind::kInconsistent, std::vector{a, c}),
                                 std::pair(Kind::kSameTarget, std::vector{c, d}),
                                 std::pair(Kind::kEmpty, std::vector{f}), std::pair(Kind::kIdentical, std::vector{e})));
  EXPECT_EQ(report->findings[4].units[0].source, "London");
  EXPECT_EQ(report->findings[3].units[0].target, "…");
  EXPECT_EQ(report->findings[1].pairs, 3u);
}

TEST_F(MaintenanceTest, ChecksFindTextsInTheWrongLanguage) {
  const std::string german = "Wählen Sie die Datei aus, die Sie öffnen möchten, und drücken Sie die Eingabetaste.";
  const uint64_t wrong =
      Put("Choose the file that you want to open and press the Enter key.",
          "Choisissez le fichier que vous souhaitez ouvrir et appuyez sur la touche d’entrée du clavier.");
  Put("Choose the file that you want to open and press Enter.", german);
  Put("Short", "Le chat");                                                           // too short to tell
  Put("A tag", "<a href=\"les-fichiers-que-vous-souhaitez-ouvrir-ici\">Datei</a>");  // markup is in no language
  Unit danish = MakeUnit("Danish", german);
  danish.variants[1].locale = "da";
  danish.variants[1].content.text =
      "Velg filen du vil åpne, og trykk på Enter-tasten på tastaturet ditt for å fortsette.";
  Put(danish);  // Norwegian, which is too near to tell
  auto report = tm_->maintenance().Check("m", {}, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->counts[FindingKind::kLanguage], 1u);
  ASSERT_FALSE(report->findings.empty());
  const Finding& finding = report->findings.back();
  EXPECT_EQ(finding.kind, FindingKind::kLanguage);
  EXPECT_EQ(finding.language, "fr");
  EXPECT_EQ(finding.target_locale, "de");
  EXPECT_EQ(finding.units[0].unit, wrong);
}

TEST_F(MaintenanceTest, ChecksCountAllAndShowSome) {
  for (int i = 0; i < 5; ++i) Put("Word " + std::to_string(i), "Word " + std::to_string(i));
  Unit several = MakeUnit("Two ways", "Weg eins");
  several.variants.push_back({.locale = "de", .content = {.text = "Weg zwei", .codes = {}}});
  Put(several);  // two targets that one unit offers are no contradiction
  auto report = tm_->maintenance().Check("m", {.max_findings = 2}, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->counts[FindingKind::kIdentical], 5u);
  EXPECT_EQ(report->findings.size(), 2u);
  EXPECT_EQ(report->counts[FindingKind::kInconsistent], 0u);
  EXPECT_EQ(tm_->maintenance().Check("m", {.target_locale = "fr"}, {})->pairs, 0u);
  EXPECT_TRUE(absl::IsCancelled(tm_->maintenance().Check("m", {}, [] { return true; }).status()));
}

TEST_F(MaintenanceTest, UseIsCountedWithoutARevision) {
  Unit unit = MakeUnit("One", "Eins");
  unit.variants.push_back({.locale = "fr-CA", .content = {.text = "Un", .codes = {}}});
  const uint64_t id = Put(unit);
  auto statuses = tm_->maintenance().RecordUse("m", {{.unit = id, .target_locale = "DE"},
                                                     {.unit = id, .target_locale = "fr"},
                                                     {.unit = id, .target_locale = "ja"},
                                                     {.unit = id + 1000, .target_locale = ""},
                                                     {.unit = id, .target_locale = ""},
                                                     {.unit = id, .target_locale = "!"}});
  ASSERT_TRUE(statuses.ok()) << statuses.status();
  EXPECT_TRUE((*statuses)[0].ok());
  EXPECT_TRUE((*statuses)[1].ok());
  EXPECT_EQ(ReasonOf((*statuses)[2]), "VARIANT_NOT_FOUND");
  EXPECT_EQ(ReasonOf((*statuses)[3]), "UNIT_NOT_FOUND");
  EXPECT_TRUE((*statuses)[4].ok());
  EXPECT_EQ(FieldOf((*statuses)[5]), "target_locale");
  const Unit after = Get(id);
  EXPECT_EQ(after.revision, 1u);
  EXPECT_EQ(after.variants[0].usage_count, 0u);
  EXPECT_EQ(after.variants[1].usage_count, 2u);
  EXPECT_EQ(after.variants[2].usage_count, 2u);
  EXPECT_GT(after.variants[1].last_used_us, 0);
  // A replacement keeps what was counted.
  Replace({.locale = "de", .pattern = {.find = "Eins", .replacement = "1"}});
  EXPECT_EQ(Get(id).variants[1].usage_count, 2u);
}

}  // namespace
}  // namespace reprise
