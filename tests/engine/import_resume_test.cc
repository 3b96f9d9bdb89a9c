// Imports that break off and go on: whatever the moment, the store and the report are those of one import.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/formats/archives.h"
#include "tests/testing/forwarding_kv.h"

namespace reprise {
namespace {

using testing::ForwardingIngest;
using ::testing::HasSubstr;

constexpr uint32_t kBulkUnits = 64;  // so four units go by sorted files, fewer by the log
constexpr int kRows = 300;

// An engine that others open one after another: what a disk is to a process.
class BorrowedKv : public Kv {
 public:
  explicit BorrowedKv(Kv* kv) : kv_(kv) {}
  absl::Status Commit(const KvBatch& batch, Durability durability) override { return kv_->Commit(batch, durability); }
  std::shared_ptr<const KvSnapshot> Snapshot() override { return kv_->Snapshot(); }
  std::unique_ptr<KvIngest> NewIngest() override { return kv_->NewIngest(); }
  absl::Status DropRange(KvTable table, std::string_view begin, std::string_view end) override {
    return kv_->DropRange(table, begin, end);
  }
  absl::Status Flush() override { return kv_->Flush(); }
  uint64_t DiskBytes() override { return kv_->DiskBytes(); }
  uint64_t RangeBytes(KvTable table, std::string_view begin, std::string_view end) override {
    return kv_->RangeBytes(table, begin, end);
  }

 private:
  Kv* const kv_;
};

// Dies at a commit: before it is done, or after it, so that nobody hears of it.
struct Death {
  int commits = 0;  // until then; 0: never
  bool after = false;
  bool died = false;

  absl::Status Pass(const std::function<absl::Status()>& commit) {
    if (died) return Unavailable("dead");
    if (commits == 0 || --commits != 0) return commit();
    died = true;
    const absl::Status done = after ? commit() : absl::OkStatus();
    EXPECT_TRUE(done.ok()) << done;
    return Unavailable("dead");
  }
};

class MortalKv final : public testing::ForwardingKv {
 public:
  MortalKv(Kv* kv, Death* death) : ForwardingKv(std::make_unique<BorrowedKv>(kv)), death_(death) {}
  absl::Status Commit(const KvBatch& batch, Durability durability) override {
    return death_->Pass([&] { return ForwardingKv::Commit(batch, durability); });
  }
  std::unique_ptr<KvIngest> NewIngest() override { return std::make_unique<Ingest>(ForwardingKv::NewIngest(), death_); }

 private:
  class Ingest final : public ForwardingIngest {
   public:
    Ingest(std::unique_ptr<KvIngest> ingest, Death* death) : ForwardingIngest(std::move(ingest)), death_(death) {}
    absl::Status Finish() override {
      return death_->Pass([this] { return ForwardingIngest::Finish(); });
    }

   private:
    Death* const death_;
  };
  Death* const death_;
};

// Rows that are new, repeated, translated otherwise, refused, and with another context; the same for every call.
std::string File(const std::string& last = "") {
  std::string file = "source_lang\ttarget_lang\tsource\ttarget\tkey\n";
  for (int i = 0; i < kRows; ++i) {
    const int text = i % 7 == 3 ? i / 2 : i;
    const std::string target = i % 11 == 5 ? "" : "Satz " + std::to_string(i % 13 == 6 ? i : text);
    file += "en\tde\tSentence number " + std::to_string(text) + "\t" + target + "\t" +
            (i % 17 == 2 ? "key" + std::to_string(i) : std::string()) + "\n";
  }
  return file + last;
}

struct Outcome {
  std::vector<uint64_t> counts;
  std::vector<std::string> refusals;
  std::vector<Unit> units;  // without ids and times
};

bool operator==(const Outcome& a, const Outcome& b) {
  return a.counts == b.counts && a.refusals == b.refusals && a.units == b.units;
}

class ImportResumeTest : public ::testing::Test {
 protected:
  ImportResumeTest() { Reset(); }

  void Reset() {
    tm_.reset();
    disk_ = NewMemoryKv();
    death_ = Death();
    Open();
    ASSERT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
    ASSERT_TRUE(tm_->CreateMemory({.name = "other"}).ok());
  }

  void Open() {
    tm_.reset();
    death_ = Death();
    auto tm = TranslationMemory::OpenOn(std::make_unique<MortalKv>(disk_.get(), &death_),
                                        {.seal_segments = 50, .background_merges = false, .bulk_units = kBulkUnits});
    ASSERT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
  }

  static ImportOptions Options(const std::string& token = "") {
    ImportOptions options;
    options.file_name = "rows.tsv";
    options.resumable = true;
    options.resume_token = token;
    return options;
  }

  absl::StatusOr<std::unique_ptr<Importer>> Start(const ImportOptions& options) {
    refusals_.clear();
    return tm_->StartImport("m", options, [this](const ImportReport&, const ImportNews& news) {
      for (const Refusal& refusal : news.refusals) {
        refusals_.push_back(std::to_string(refusal.line) + " " + refusal.reason);
      }
      return absl::OkStatus();
    });
  }

  static absl::Status Feed(Importer* importer, const std::string& file, size_t chunk) {
    for (size_t at = 0; at < file.size(); at += chunk) {
      RETURN_IF_ERROR(importer->Feed(std::string_view(file).substr(at, chunk)));
    }
    return absl::OkStatus();
  }

  // One call of an import, to its end or its error; the token is kept as the client keeps it.
  absl::StatusOr<ImportReport> Import(const std::string& file, const ImportOptions& options, size_t chunk) {
    ASSIGN_OR_RETURN(const std::unique_ptr<Importer> importer, Start(options));
    token_ = importer->resume_token();
    RETURN_IF_ERROR(Feed(importer.get(), file, chunk));
    return importer->Finish();
  }

  Outcome OutcomeOf(const ImportReport& report) {
    Outcome outcome;
    outcome.counts = {report.read, report.added, report.updated, report.merged, report.skipped, report.refused};
    outcome.refusals = refusals_;
    uint64_t next = 0;
    auto units = tm_->ListUnits("m", {}, "", 0, 10 * kRows, &next);
    EXPECT_TRUE(units.ok()) << units.status();
    outcome.units = *std::move(units);
    for (Unit& unit : outcome.units) {
      unit.id = 0;
      for (Variant& v : unit.variants) v.created_us = v.changed_us = 0;
    }
    EXPECT_EQ(tm_->Stats("m")->units, outcome.units.size());
    return outcome;
  }

  Outcome Whole(const ImportOptions& options) {
    Reset();
    auto report = Import(File(), options, 1000);
    EXPECT_TRUE(report.ok()) << report.status();
    return OutcomeOf(*report);
  }

  std::unique_ptr<Kv> disk_;
  Death death_;
  std::unique_ptr<TranslationMemory> tm_;
  std::vector<std::string> refusals_;
  std::string token_;
};

// Every commit of an import is a place to die, before it or behind it, once or several times in a row.
TEST_F(ImportResumeTest, WhateverTheMomentNothingIsLostOrDoubled) {
  for (const DuplicatePolicy policy :
       {DuplicatePolicy::kKeepAll, DuplicatePolicy::kNewest, DuplicatePolicy::kOverwrite, DuplicatePolicy::kSkip}) {
    ImportOptions options = Options();
    options.policy = policy;
    const Outcome whole = Whole(options);
    EXPECT_GT(whole.counts[5], 20u);
    int deaths = 0;
    for (int commits = 1;; ++commits) {
      bool died = false;
      for (const bool after : {false, true}) {
        SCOPED_TRACE("policy " + std::to_string(static_cast<int>(policy)) + ", commit " + std::to_string(commits) +
                     (after ? ", after it" : ", before it"));
        Reset();
        token_.clear();
        death_.commits = commits;
        death_.after = after;
        absl::StatusOr<ImportReport> report = Import(File(), options, 700);
        died = died || !report.ok();
        deaths += !report.ok();
        // The next call dies as well, a little later; the one after it does not.
        for (int call = 0; !report.ok() && call < 5; ++call) {
          Open();
          death_.commits = call == 0 ? 2 + commits % 3 : 0;
          death_.after = !after;
          options.resume_token = token_;
          report = Import(File(), options, call == 0 ? 97 : 5000);
        }
        options.resume_token.clear();
        ASSERT_TRUE(report.ok()) << report.status();
        EXPECT_TRUE(OutcomeOf(*report) == whole);
      }
      if (!died) break;
    }
    EXPECT_GT(deaths, 8);
  }
}

TEST_F(ImportResumeTest, AnEndedImportIsReportedAgain) {
  const Outcome whole = Whole(Options());
  const uint64_t sequence = tm_->Stats("m")->sequence;
  for (int i = 0; i < 2; ++i) {
    auto again = Import(File(), Options(token_), 100);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_TRUE(OutcomeOf(*again) == whole);
  }
  EXPECT_EQ(tm_->Stats("m")->sequence, sequence + 2);  // what the calls say of themselves, no unit
}

// The first call hangs in the network, the second one takes over.
TEST_F(ImportResumeTest, OneCallAloneGoesOn) {
  const Outcome whole = Whole(Options());
  Reset();
  const std::string file = File();
  auto first = Start(Options());
  ASSERT_TRUE(first.ok());
  const std::string half = file.substr(0, file.size() / 2);
  ASSERT_TRUE(Feed(first->get(), half, 500).ok());
  auto second = Import(file, Options((*first)->resume_token()), 500);
  ASSERT_TRUE(second.ok()) << second.status();
  const Outcome outcome = OutcomeOf(*second);
  absl::Status lingering = Feed(first->get(), file.substr(half.size()), 500);
  if (lingering.ok()) lingering = (*first)->Finish().status();
  EXPECT_EQ(ReasonOf(lingering), "IMPORT_TAKEN_OVER") << lingering;
  EXPECT_TRUE(outcome == whole);
  refusals_ = outcome.refusals;
  EXPECT_TRUE(OutcomeOf(*second) == whole);
}

TEST_F(ImportResumeTest, TheFileMayComeCompressed) {
  const Outcome whole = Whole(Options());
  Reset();
  death_.commits = 4;
  ASSERT_FALSE(Import(File(), Options(), 500).ok());
  Open();
  auto report = Import(Gzip(File()), Options(token_), 50);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(OutcomeOf(*report) == whole);
}

TEST_F(ImportResumeTest, AnotherFileIsRefusedBeforeAnythingIsStored) {
  const std::string file = File();
  death_.commits = 4;
  ASSERT_FALSE(Import(file, Options(), 500).ok());
  Open();
  const uint64_t units = tm_->Stats("m")->units;
  ASSERT_GT(units, 0u);
  std::string changed = file;
  changed[changed.find("number 0") + 7] = '9';
  const std::string twice = file + File();
  std::map<std::string, std::string> others = {{"a letter differs", changed},
                                               {"cut off", file.substr(0, 900)},
                                               {"only a header", file.substr(0, file.find('\n') + 1)},
                                               {"empty", ""},
                                               {"something before it", "en\tde\ta\tb\t\n" + file},
                                               {"another format", "<tmx version=\"1.4\"><header/><body></body></tmx>"}};
  for (const auto& [what, other] : others) {
    for (const size_t chunk : {size_t{1000000}, size_t{100}}) {
      const absl::Status status = Import(other, Options(token_), chunk).status();
      EXPECT_FALSE(status.ok()) << what;
      if (what != "another format" && what != "something before it") {
        EXPECT_EQ(ReasonOf(status), "IMPORT_OTHER_FILE") << what << ": " << status;
      }
      EXPECT_EQ(tm_->Stats("m")->units, units) << what;
    }
  }
  EXPECT_TRUE(Import(file, Options(token_), 500).ok());
}

TEST_F(ImportResumeTest, MoreOfTheSameFileIsTaken) {
  death_.commits = 4;
  ASSERT_FALSE(Import(File(), Options(), 500).ok());
  Open();
  auto report = Import(File("en\tde\tOne more\tNoch einer\t\n"), Options(token_), 500);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->read, kRows + 1u);
}

TEST_F(ImportResumeTest, TokensAreChecked) {
  death_.commits = 4;
  ASSERT_FALSE(Import(File(), Options(), 500).ok());
  Open();
  const auto status = [this](const ImportOptions& options, const char* memory = "m") {
    return tm_->StartImport(memory, options, {}).status();
  };
  for (const std::string& bad : {std::string("x"), token_ + "0", token_.substr(1), std::string(32, 'G')}) {
    EXPECT_EQ(FieldOf(status(Options(bad))), "resume_token") << bad;
    EXPECT_TRUE(absl::IsInvalidArgument(status(Options(bad)))) << bad;
  }
  std::string other = token_;
  other[3] = other[3] == '0' ? '1' : '0';
  EXPECT_EQ(ReasonOf(status(Options(other))), "IMPORT_NOT_RESUMABLE");
  EXPECT_TRUE(absl::IsFailedPrecondition(status(Options(other))));
  EXPECT_THAT(MessageOf(status(Options(token_), "other")), HasSubstr("another memory"));
  ImportOptions changed = Options(token_);
  changed.policy = DuplicatePolicy::kSkip;
  EXPECT_THAT(MessageOf(status(changed)), HasSubstr("duplicate_policy"));
  changed = Options(token_);
  changed.source_locale = "fr";
  EXPECT_THAT(MessageOf(status(changed)), HasSubstr("source_locale=fr"));
  changed = Options(token_);
  ASSERT_TRUE(changed.locale_map.Add("EN_us", "en-GB").ok());
  EXPECT_THAT(MessageOf(status(changed)), HasSubstr("\"locale_map=\", not \"locale_map=en-us=en-GB\""));
  changed = Options(token_);
  changed.dry_run = true;
  EXPECT_EQ(FieldOf(status(changed)), "resume_token");
  changed = Options();
  changed.dry_run = true;
  EXPECT_EQ(FieldOf(status(changed)), "resumable");
  EXPECT_TRUE(Import(File(), Options(token_), 500).ok());
}

TEST_F(ImportResumeTest, WhoDoesNotAskGetsNoToken) {
  ImportOptions options = Options();
  options.resumable = false;
  const uint64_t sequence = tm_->Stats("m")->sequence;
  auto importer = Start(options);
  ASSERT_TRUE(importer.ok());
  EXPECT_EQ((*importer)->resume_token(), "");
  EXPECT_EQ(tm_->Stats("m")->sequence, sequence);
}

// Units of a megabyte must not wait until there are thousands of them.
TEST_F(ImportResumeTest, ABatchOfLongTextsEndsByItsBytes) {
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {.background_merges = false});
  ASSERT_TRUE(tm.ok());
  ASSERT_TRUE((*tm)->CreateMemory({.name = "m"}).ok());
  std::vector<uint64_t> added;
  auto importer = (*tm)->StartImport("m", {.format = Format::kTsv}, [&](const ImportReport& report, const ImportNews&) {
    added.push_back(report.added);
    return absl::OkStatus();
  });
  ASSERT_TRUE(importer.ok());
  ASSERT_TRUE((*importer)->Feed("source_lang\ttarget_lang\tsource\ttarget\n").ok());
  for (int i = 0; i < 600; ++i) {
    const std::string text = "Word" + std::to_string(i) + std::string(30000, 'x');
    ASSERT_TRUE((*importer)->Feed("en\tde\t" + text + "\t" + text + "\n").ok());
  }
  ASSERT_TRUE((*importer)->Finish().ok());
  ASSERT_GE(added.size(), 3u);  // 36 MB
  EXPECT_LT(added.front(), 300u);
  EXPECT_EQ(added.back(), 600u);
}

}  // namespace
}  // namespace reprise
