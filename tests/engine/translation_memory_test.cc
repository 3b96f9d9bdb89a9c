// The product without a network: policies, identities, errors, persistence, import and export.
#include "engine/translation_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"
#include "tests/testing/memory_test.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

using testing::MakeUnit;

using ::testing::HasSubstr;

Query Ask(const std::string& text, const std::string& from = "en", const std::string& to = "de") {
  Query query;
  query.content.text = text;
  query.source_locale = from;
  query.target_locale = to;
  return query;
}

class StringSink : public ByteSink {
 public:
  absl::Status Write(std::string_view bytes) override {
    text += bytes;
    return absl::OkStatus();
  }
  std::string text;
};

class TranslationMemoryTest : public testing::MemoryTest {
 protected:
  PutResult Put(const Unit& unit, DuplicatePolicy policy = DuplicatePolicy::kUnspecified) {
    auto results = tm_->PutUnits("m", {unit}, {.policy = policy});
    EXPECT_TRUE(results.ok()) << results.status();
    return (*results)[0];
  }
  std::vector<Match> Lookup(const Query& query, const LookupOptions& options = {}) {
    auto result = tm_->Lookup({{.name = "m"}}, query, options, {});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->matches : std::vector<Match>();
  }
};

TEST_F(TranslationMemoryTest, AnyDirection) {
  Unit unit = MakeUnit("Good morning.", "Guten Morgen.");
  unit.variants.push_back({.locale = "zh-CN", .content = {.text = "早上好。"}});
  Put(unit);
  auto matches = Lookup(Ask("早上好。", "zh-CN", "de"));
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].score, 100);
  EXPECT_EQ(matches[0].target.content.text, "Guten Morgen.");
}

TEST_F(TranslationMemoryTest, RegionOfTheTargetCostsAndIsListed) {
  Unit unit = MakeUnit("Colour", "Farbe");
  unit.variants[0].locale = "EN_US";
  unit.source_locale = "en-US";
  unit.variants[1].locale = "de-AT";
  Put(unit);
  auto matches = Lookup(Ask("Colour"));
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].score, 99);
  ASSERT_EQ(matches[0].penalties.size(), 1u);
  EXPECT_EQ(matches[0].penalties[0].name, "fallback");
}

TEST_F(TranslationMemoryTest, CorrectionsReplaceAndOldTextIsGone) {
  PutResult first = Put(MakeUnit("Save the file", "Sichern"));
  PutResult second = Put(MakeUnit("Save the file", "Datei speichern"));
  EXPECT_EQ(second.outcome, PutOutcome::kUpdated);
  EXPECT_EQ(second.unit, first.unit);
  EXPECT_EQ(second.revision, 2u);
  auto matches = Lookup(Ask("Save the file"));
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].target.content.text, "Datei speichern");
  EXPECT_TRUE(Lookup(Ask("Sichern", "de", "en")).empty());
}

TEST_F(TranslationMemoryTest, KeepAllKeepsDifferentTargets) {
  Put(MakeUnit("Save", "Sichern"), DuplicatePolicy::kKeepAll);
  EXPECT_EQ(Put(MakeUnit("Save", "Speichern"), DuplicatePolicy::kKeepAll).outcome, PutOutcome::kAdded);
  EXPECT_EQ(Put(MakeUnit("Save", "Speichern"), DuplicatePolicy::kKeepAll).outcome, PutOutcome::kMerged);
  auto matches = Lookup(Ask("Save"));
  ASSERT_EQ(matches.size(), 2u);
  EXPECT_EQ(matches[0].score, 99);  // two different targets: ambiguous
  EXPECT_EQ(matches[0].penalties[0].name, "ambiguous");
}

TEST_F(TranslationMemoryTest, LowerStatusNeverReplacesAHigherOne) {
  Unit reviewed = MakeUnit("Save", "Speichern");
  reviewed.variants[1].status = VariantStatus::kReviewed;
  Put(reviewed);
  Unit draft = MakeUnit("Save", "Retten");
  draft.variants[1].status = VariantStatus::kDraft;
  PutResult beside = Put(draft);
  EXPECT_EQ(beside.outcome, PutOutcome::kAdded);
  EXPECT_THAT(beside.message, HasSubstr("higher status"));
  EXPECT_EQ(Lookup(Ask("Save")).size(), 2u);
}

TEST_F(TranslationMemoryTest, LockedVariantStays) {
  Unit locked = MakeUnit("Save", "Speichern");
  locked.variants[1].locked = true;
  Put(locked);
  EXPECT_THAT(Put(MakeUnit("Save", "Retten"), DuplicatePolicy::kOverwrite).message, HasSubstr("locked"));
}

TEST_F(TranslationMemoryTest, SkipLeavesWhatIsThere) {
  Put(MakeUnit("Save", "Speichern"));
  EXPECT_EQ(Put(MakeUnit("Save", "Retten"), DuplicatePolicy::kSkip).outcome, PutOutcome::kSkipped);
}

TEST_F(TranslationMemoryTest, DeleteTakesTheUnitOutOfEveryDirection) {
  uint64_t id = Put(MakeUnit("Save", "Speichern")).unit;
  ASSERT_TRUE(tm_->DeleteUnit("m", id).ok());
  EXPECT_TRUE(Lookup(Ask("Save")).empty());
  EXPECT_TRUE(Lookup(Ask("Speichern", "de", "en")).empty());
  EXPECT_TRUE(absl::IsNotFound(tm_->GetUnit("m", id).status()));
  EXPECT_TRUE(absl::IsNotFound(tm_->DeleteUnit("m", id)));
  EXPECT_EQ(tm_->Stats("m")->units, 0u);
}

TEST_F(TranslationMemoryTest, ContextLiftsAnExactMatch) {
  Unit unit = MakeUnit("Open", "Öffnen");
  Context context;
  context.document = "menu";
  context.key = "menu.open";
  context.previous["en"] = {Neighbour::State::kEdge, ""};
  context.next["en"] = {Neighbour::State::kText, "Close"};
  unit.contexts.push_back(context);
  Put(unit);
  Query query = Ask("Open");
  query.context = context;
  auto matches = Lookup(query);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(matches[0].score, 102);
  query.context.key = "other";
  EXPECT_EQ(Lookup(query)[0].score, 101);
}

TEST_F(TranslationMemoryTest, BadUnitsAreRefusedByFieldAndTheOthersGoIn) {
  Unit empty = MakeUnit(" \xC2\xA0", "x");
  Unit bytes = MakeUnit("a\xFF", "x");
  Unit lonely = MakeUnit("a", "b");
  lonely.variants.pop_back();
  Unit locale = MakeUnit("a", "b");
  locale.variants[1].locale = "english";
  Unit large = MakeUnit(std::string(kMaxTextBytes + 1, 'a'), "b");
  auto results = tm_->PutUnits("m", {empty, bytes, lonely, locale, large, MakeUnit("Good", "Gut")}, {});
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(FieldOf((*results)[0].status), "units[0].variants[0].content.text");
  EXPECT_EQ(FieldOf((*results)[1].status), "units[1].variants[0].content.text");
  EXPECT_THAT((*results)[1].message, HasSubstr("at byte 1"));
  EXPECT_EQ(FieldOf((*results)[2].status), "units[2].variants");
  EXPECT_EQ(FieldOf((*results)[3].status), "units[3].variants[1].locale");
  EXPECT_TRUE(absl::IsResourceExhausted((*results)[4].status));
  EXPECT_EQ((*results)[5].outcome, PutOutcome::kAdded);
  EXPECT_EQ(tm_->Stats("m")->units, 1u);
}

TEST_F(TranslationMemoryTest, LookupRefusesBadArguments) {
  auto status = [&](const Query& query, const LookupOptions& options) {
    return tm_->Lookup({{.name = "m"}}, query, options, {}).status();
  };
  EXPECT_EQ(FieldOf(status(Ask(""), {})), "query.content.text");
  EXPECT_EQ(FieldOf(status(Ask("a", "xx-"), {})), "query.source_locale");
  EXPECT_EQ(FieldOf(status(Ask("a"), {.threshold = 101})), "threshold");
  EXPECT_EQ(FieldOf(status(Ask("a"), {.floor = 80})), "floor");
  EXPECT_EQ(FieldOf(status(Ask("a"), {.max_results = 0})), "max_results");
  EXPECT_TRUE(absl::IsNotFound(tm_->Lookup({{.name = "no"}}, Ask("a"), {}, {}).status()));
  EXPECT_TRUE(absl::IsCancelled(tm_->Lookup({{.name = "m"}}, Ask("a"), {}, [] { return true; }).status()) ||
              tm_->Stats("m")->units == 0);
}

TEST_F(TranslationMemoryTest, ABatchAnswersEachQueryAsALookupDoes) {
  std::vector<Unit> units;
  std::vector<Query> queries;
  for (int i = 0; i < 60; ++i) {
    const std::string number(static_cast<size_t>(i % 7 + 1), 'x');
    units.push_back(MakeUnit("the window of house " + number + " is open", "Fenster " + std::to_string(i)));
    queries.push_back(Ask(i == 20 ? "" : "the window of the house " + number + " was open"));
  }
  ASSERT_TRUE(tm_->PutUnits("m", units, {.policy = DuplicatePolicy::kKeepAll}).ok());
  const std::vector<MemoryRef> memories = {{.name = "m"}};
  for (unsigned threads : {0u, 1u, 2u, 5u}) {
    auto results = tm_->BatchLookup(memories, queries, {.threshold = 50}, {}, threads);
    ASSERT_TRUE(results.ok()) << results.status();
    ASSERT_EQ(results->size(), queries.size());
    for (size_t i = 0; i < queries.size(); ++i) {
      const absl::StatusOr<LookupResult>& got = (*results)[i];
      auto expected = tm_->Lookup(memories, queries[i], {.threshold = 50}, {});
      ASSERT_EQ(got.status(), expected.status()) << i;
      if (!got.ok()) continue;
      ASSERT_EQ(got->matches.size(), expected->matches.size()) << i;
      EXPECT_FALSE(got->matches.empty()) << i;
      for (size_t m = 0; m < got->matches.size(); ++m) {
        EXPECT_EQ(got->matches[m].unit, expected->matches[m].unit) << i;
        EXPECT_EQ(got->matches[m].score, expected->matches[m].score) << i;
      }
    }
    EXPECT_FALSE((*results)[20].ok()) << "an empty text is an error of its own";
  }
  EXPECT_EQ(tm_->BatchLookup({}, queries, {}, {}).status().code(), absl::StatusCode::kInvalidArgument);
  std::atomic<int> asked{0};
  auto cancel = [&asked] { return ++asked > 10; };
  EXPECT_EQ(tm_->BatchLookup(memories, queries, {}, cancel).status().code(), absl::StatusCode::kCancelled);
  EXPECT_LT(asked.load(), 60) << "the work stops";
}

TEST_F(TranslationMemoryTest, MemoriesHaveNamesAndCanBeReadOnly) {
  EXPECT_TRUE(absl::IsAlreadyExists(tm_->CreateMemory({.name = "m"}).status()));
  EXPECT_EQ(FieldOf(tm_->CreateMemory({.name = "Bad Name"}).status()), "name");
  ASSERT_TRUE(tm_->UpdateMemory({.name = "m", .read_only = true}).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(tm_->PutUnits("m", {MakeUnit("a", "b")}, {}).status()));
  ASSERT_TRUE(tm_->DeleteMemory("m").ok());
  EXPECT_TRUE(absl::IsNotFound(tm_->GetMemory("m").status()));
  ASSERT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
  EXPECT_EQ(tm_->Stats("m")->units, 0u);
}

TEST_F(TranslationMemoryTest, ImportReportAddsUpAndExportComesBack) {
  std::string tsv =
      "source_lang\ttarget_lang\tsource\ttarget\tcontext\n"
      "en\tde\tSave\tSpeichern\tmenu.po|save\n"
      "en\tde\tSave\tSpeichern\tmenu.po|save\n"
      "en\tde\t\tLeer\tmenu.po|x\n"
      "en\tde\tOpen\tÖffnen\tmenu.po|open\n";
  auto importer = tm_->StartImport("m", {.file_name = "a.tsv"}, {});
  ASSERT_TRUE(importer.ok()) << importer.status();
  ASSERT_TRUE((*importer)->Feed(tsv).ok());
  auto report = (*importer)->Finish();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->read, 4u);
  EXPECT_EQ(report->added, 2u);
  EXPECT_EQ(report->merged, 1u);
  EXPECT_EQ(report->refused, 1u);
  ASSERT_EQ(report->refusals.size(), 1u);
  EXPECT_EQ(report->refusals[0].line, 4u);
  StringSink tmx;
  ASSERT_TRUE(tm_->Export("m", Format::kTmx, {}, {}, &tmx, {}).ok());
  ASSERT_TRUE(tm_->CreateMemory({.name = "copy"}).ok());
  auto again = tm_->StartImport("copy", {.file_name = "a.tmx"}, {});
  ASSERT_TRUE(again.ok());
  ASSERT_TRUE((*again)->Feed(tmx.text).ok());
  auto second = (*again)->Finish();
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->added, 2u);
  StringSink copy;
  ASSERT_TRUE(tm_->Export("copy", Format::kTmx, {}, {}, &copy, {}).ok());
  EXPECT_EQ(copy.text, tmx.text);
}

TEST(ImportTest, PagesAreReadAheadWhenTheImportHasEnded) {
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {.bulk_units = 64});
  ASSERT_TRUE(tm.ok()) << tm.status();
  ASSERT_TRUE((*tm)->CreateMemory({.name = "m"}).ok());
  auto importer = (*tm)->StartImport("m", {.format = Format::kTsv}, {});
  ASSERT_TRUE(importer.ok()) << importer.status();
  ASSERT_TRUE((*importer)->Feed("source_lang\ttarget_lang\tsource\ttarget\n").ok());
  for (int i = 0; i < 2000; ++i) {
    const std::string word = "word" + std::to_string(i);
    ASSERT_TRUE((*importer)->Feed("en\tde\tThe " + word + "\tDas " + word + "\n").ok());
  }
  auto report = (*importer)->Finish();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->added, 2000u);
  EXPECT_EQ((*tm)->Status().page_cache_bytes, 0u);
  importer->reset();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while ((*tm)->Status().page_cache_bytes == 0 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_GT((*tm)->Status().page_cache_bytes, 0u);
}

// A stored member of a zip archive; the reader checks the sum.
std::string ZipMember(const std::string& name, const std::string& text, uint32_t crc) {
  const auto little = [](uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
  };
  return "PK\x03\x04" + little(20, 2) + little(0, 8) + little(crc, 4) + little(text.size(), 4) +
         little(text.size(), 4) + little(name.size(), 2) + little(0, 2) + name + text;
}

TEST_F(TranslationMemoryTest, EachFileOfAnArchiveIsReadInItsOwnFormat) {
  const std::string tsv = "source_lang\ttarget_lang\tsource\ttarget\nen\tde\tSave\tSpeichern\n";
  const std::string po = "msgid \"\"\nmsgstr \"Language: de\\n\"\n\nmsgid \"Open\"\nmsgstr \"Offen\"\n";
  const std::string zip = ZipMember("a.tsv", tsv, 0xDEADBEEF) + ZipMember("unknown.bin", "?", 0) +
                          ZipMember("b/c.po", po, 0) + ZipMember(".hidden.po", "x", 0) + std::string("PK\x05\x06") +
                          std::string(18, '\0');
  for (const size_t chunk : {size_t{1}, size_t{1000}}) {
    ASSERT_TRUE(tm_->CreateMemory({.name = "z" + std::to_string(chunk)}).ok());
    auto importer = tm_->StartImport("z" + std::to_string(chunk), {.file_name = "all.zip"}, {});
    ASSERT_TRUE(importer.ok()) << importer.status();
    for (size_t at = 0; at < zip.size(); at += chunk) {
      ASSERT_TRUE((*importer)->Feed(std::string_view(zip).substr(at, chunk)).ok());
    }
    auto report = (*importer)->Finish();
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->added, 2u);
    ASSERT_EQ(report->refused, 3u);  // two wrong sums, one unknown format
    EXPECT_EQ(report->refusals[0].unit, "a.tsv");
    EXPECT_THAT(report->refusals[0].reason, HasSubstr("checksum"));
    EXPECT_EQ(report->refusals[1].unit, "unknown.bin");
    EXPECT_EQ(report->refusals[2].unit, "b/c.po");
  }
  ASSERT_TRUE(tm_->CreateMemory({.name = "cut"}).ok());
  auto importer = tm_->StartImport("cut", {.file_name = "all.zip"}, {});
  EXPECT_TRUE((*importer)->Feed(std::string_view(zip).substr(0, zip.size() - 40)).ok());
  EXPECT_THAT(MessageOf((*importer)->Finish().status()), HasSubstr("ends early"));
  EXPECT_EQ((*importer)->report().added, 2u);  // what was read before stays
}

TEST(TranslationMemoryReopenTest, EverythingIsThereAfterAReopen) {
  std::string dir = ::testing::TempDir() + "/reprise_reopen";
  std::filesystem::remove_all(dir);
  uint64_t deleted = 0;
  for (int round = 0; round < 3; ++round) {
    auto tm = TranslationMemory::Open({.data_dir = dir, .seal_segments = 20});
    ASSERT_TRUE(tm.ok()) << tm.status();
    if (round == 0) {
      ASSERT_TRUE((*tm)->CreateMemory({.name = "m"}).ok());
      for (int i = 0; i < 50; ++i) {
        std::string n(1 + i % 7, static_cast<char>('a' + i % 26));
        auto put = (*tm)->PutUnits(
            "m", {MakeUnit("Press key " + n + std::to_string(i) + " now", "Taste " + n + std::to_string(i))}, {});
        ASSERT_TRUE(put.ok());
        if (i == 10) deleted = (*put)[0].unit;
      }
      ASSERT_TRUE((*tm)->DeleteUnit("m", deleted).ok());
    }
    EXPECT_EQ((*tm)->Stats("m")->units, 49u);
    auto all = (*tm)->Lookup({{.name = "m"}}, Ask("Press key x now"), {.max_results = 1000, .want_total = true}, {});
    ASSERT_TRUE(all.ok());
    EXPECT_EQ(all->total, 49u) << "round " << round;
    EXPECT_TRUE(absl::IsFailedPrecondition(TranslationMemory::Open({.data_dir = dir}).status()));
  }
  std::filesystem::remove_all(dir);
}

// The exact pair stands for the memory of the smaller number, where a penalty takes it to 90: a search that counts it
// at the 100 of the other memory stops before it has seen the 93.
TEST_F(TranslationMemoryTest, APairCountsAtTheScoreOfTheMemoryItIsShownFor) {
  ASSERT_TRUE(tm_->CreateMemory({.name = "penalized"}).ok());
  const Unit exact = MakeUnit("The ministers signed the agreement.", "Die Minister unterzeichneten das Abkommen.");
  ASSERT_TRUE(tm_->PutUnits("penalized", {exact}, {}).ok());
  Put(exact);
  Put(MakeUnit("The ministers signed the agreements.", "Die Minister unterzeichneten die Abkommen."));
  auto result = tm_->Lookup({{.name = "penalized", .priority = 0, .penalty = 10}, {.name = "m", .priority = 1}},
                            Ask("The ministers signed the agreement."), {.max_results = 1}, {});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->matches.size(), 1u);
  EXPECT_EQ(result->matches[0].source.text, "The ministers signed the agreements.");
  EXPECT_GT(result->matches[0].score, 90);
}

// A unit that goes leaves its identity to the newest of the others, so that a write still finds what it replaces.
TEST_F(TranslationMemoryTest, AnIdentityOutlivesTheUnitThatItLedTo) {
  const uint64_t first = Put(MakeUnit("Save", "Sichern"), DuplicatePolicy::kKeepAll).unit;
  const uint64_t second = Put(MakeUnit("Save", "Speichern"), DuplicatePolicy::kKeepAll).unit;
  const uint64_t third = Put(MakeUnit("Save", "Aufheben"), DuplicatePolicy::kKeepAll).unit;
  ASSERT_TRUE(tm_->DeleteUnit("m", third).ok());
  // The same pair as the first is the first, whoever leads.
  EXPECT_EQ(Put(MakeUnit("Save", "Sichern"), DuplicatePolicy::kKeepAll).unit, first);
  const PutResult replaced = Put(MakeUnit("Save", "Ablegen"), DuplicatePolicy::kOverwrite);
  EXPECT_EQ(replaced.outcome, PutOutcome::kUpdated);
  EXPECT_EQ(replaced.unit, second);
  ASSERT_TRUE(tm_->DeleteUnit("m", second).ok());
  ASSERT_TRUE(tm_->DeleteUnit("m", first).ok());
  EXPECT_EQ(Put(MakeUnit("Save", "Sichern"), DuplicatePolicy::kOverwrite).outcome, PutOutcome::kAdded);
}

}  // namespace
}  // namespace reprise
