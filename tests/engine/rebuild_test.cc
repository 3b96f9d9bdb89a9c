// Rebuilding: a store whose keys are of another version, damaged or half made is whole again, from its units alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/translation_memory.h"
#include "record.pb.h"
#include "storage/format.h"
#include "storage/rocksdb_kv.h"
#include "tests/crash/scratch_dir.h"
#include "tests/testing/forwarding_kv.h"
#include "tests/testing/generate.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

// Passes everything on, but refuses the last step of sorted files after the first `good` of them.
class FailingKv : public testing::ForwardingKv {
 public:
  FailingKv(std::unique_ptr<Kv> kv, int good) : ForwardingKv(std::move(kv)), good_(good) {}
  std::unique_ptr<KvIngest> NewIngest() override {
    if (good_-- > 0) return target().NewIngest();
    return std::make_unique<Refusing>(target().NewIngest());
  }

 private:
  class Refusing : public testing::ForwardingIngest {
   public:
    using ForwardingIngest::ForwardingIngest;
    absl::Status Finish() override { return Unavailable("the disk went away"); }
  };

  int good_;
};

class RebuildTest : public ::testing::Test {
 protected:
  std::unique_ptr<Kv> OpenKv() {
    auto kv = OpenRocksDbKv({.path = dir_.store()});
    EXPECT_TRUE(kv.ok()) << kv.status();
    return *std::move(kv);
  }
  absl::StatusOr<std::unique_ptr<TranslationMemory>> Open(bool rebuild) {
    TranslationMemoryOptions options;
    options.data_dir = dir_.store();
    options.rebuild = rebuild;
    options.rebuilt = [this](uint64_t units) { rebuilt_ = units; };
    return TranslationMemory::Open(options);
  }

  // Two memories with units of many kinds, some by put and some by import, some deleted again, some locked.
  void Fill() {
    auto tm = *Open(false);
    testing::Generator generate(3);
    for (const char* name : {"a", "b"}) {
      ASSERT_TRUE(tm->CreateMemory({.name = name}).ok());
      units_[name] = generate.Units(700);
      for (Unit& unit : units_[name]) {
        unit.id = 0;
        if (generate.OneIn(10)) unit.variants.back().locked = true;
      }
      for (size_t at = 0; at < units_[name].size(); at += 100) {
        const std::vector<Unit> some(units_[name].begin() + static_cast<int64_t>(at),
                                     units_[name].begin() + static_cast<int64_t>(at + 100));
        ASSERT_TRUE(tm->PutUnits(name, some, {.policy = DuplicatePolicy::kKeepAll}).ok());
      }
      for (uint64_t id = 1; id < 1400; id += 7) tm->DeleteUnit(name, id).IgnoreError();
    }
    ASSERT_TRUE(tm->Seal().ok());
    Read(tm.get(), &before_);
    ASSERT_GT(before_.units, 900u);
  }

  // What a store answers.
  struct Answers {
    uint64_t units = 0;
    std::vector<std::string> stats, listed, matches;
    bool operator==(const Answers&) const = default;
  };
  void Read(TranslationMemory* tm, Answers* answers) {
    testing::Generator generate(4);
    for (const char* name : {"a", "b"}) {
      auto stats = tm->Stats(name);
      ASSERT_TRUE(stats.ok()) << stats.status();
      answers->units += stats->units;
      for (const auto& [locale, counts] : stats->locales) {
        if (counts.variants == 0) continue;
        answers->stats.push_back(locale + " " + std::to_string(counts.variants) + " " +
                                 std::to_string(counts.segments));
      }
      uint64_t next = 0;
      auto units = tm->ListUnits(name, {}, "", 0, 100000, &next);
      ASSERT_TRUE(units.ok());
      for (const Unit& unit : *units)
        answers->listed.push_back(std::to_string(unit.id) + unit.variants[0].content.text);
      for (int i = 0; i < 150; ++i) {
        auto result =
            tm->Lookup({{.name = name}}, generate.NextQuery(*units), {.threshold = 40, .max_results = 20}, {});
        ASSERT_TRUE(result.ok()) << result.status();
        for (const Match& match : result->matches) {
          answers->matches.push_back(std::to_string(match.score) + " " + std::to_string(match.unit) + " " +
                                     match.source.text + " -> " + match.target.content.text);
        }
      }
    }
  }

  // Damages the keys as if another version had made them.
  void MakeForeign() {
    auto kv = OpenKv();
    for (const auto& [table, letter] :
         {std::pair{KvTable::kSegments, 'k'}, {KvTable::kUnits, 'h'}, {KvTable::kIndex, 'p'}}) {
      ASSERT_TRUE(kv->DropRange(table, std::string(1, letter), std::string(1, static_cast<char>(letter + 1))).ok());
    }
    storage::MetaRecord meta;
    std::string value;
    ASSERT_TRUE(*kv->Snapshot()->Get(KvTable::kCatalog, format::MetaKey(), &value));
    ASSERT_TRUE(meta.ParseFromString(value));
    meta.set_key_form_version(meta.key_form_version() + 1);
    KvBatch batch;
    batch.Put(KvTable::kCatalog, format::MetaKey(), meta.SerializeAsString());
    ASSERT_TRUE(kv->Commit(batch, Durability::kSync).ok());
  }

  void ExpectWhole(TranslationMemory* tm) {
    Answers after;
    Read(tm, &after);
    EXPECT_EQ(after.stats, before_.stats);
    EXPECT_EQ(after.listed, before_.listed);
    EXPECT_EQ(after.matches, before_.matches);
    EXPECT_GT(after.matches.size(), 300u);
  }

  ScratchDir dir_;
  std::map<std::string, std::vector<Unit>> units_;
  Answers before_;
  uint64_t rebuilt_ = 0;
};

TEST_F(RebuildTest, KeysOfAnotherVersionAreMadeAnew) {
  Fill();
  if (HasFatalFailure()) return;
  MakeForeign();
  auto refused = Open(false);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_THAT(MessageOf(refused.status()), HasSubstr("reprised --rebuild"));
  auto tm = Open(true);
  ASSERT_TRUE(tm.ok()) << tm.status();
  EXPECT_EQ(rebuilt_, before_.units);
  ExpectWhole(tm->get());
  // Identities are back: what is put again is known.
  for (const auto& [name, units] : units_) {
    uint64_t next = 0;
    std::vector<Unit> stored = *(*tm)->ListUnits(name, {}, "", 0, 200, &next);
    auto results = (*tm)->PutUnits(name, stored, {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok()) << results.status();
    for (size_t i = 0; i < results->size(); ++i) {
      ASSERT_EQ((*results)[i].outcome, PutOutcome::kMerged) << stored[i].id;
      ASSERT_EQ((*results)[i].unit, stored[i].id);
    }
  }
  // And it opens as any store does, with new units above the old.
  tm->reset();
  tm = Open(false);
  ASSERT_TRUE(tm.ok()) << tm.status();
  ExpectWhole(tm->get());
}

TEST_F(RebuildTest, ARebuildThatIsCutOffIsRefusedUntilItIsDoneAgain) {
  Fill();
  if (HasFatalFailure()) return;
  for (int good : {0, 1}) {
    auto cut = TranslationMemory::OpenOn(std::make_unique<FailingKv>(OpenKv(), good), {.rebuild = true});
    ASSERT_FALSE(cut.ok());
    EXPECT_THAT(MessageOf(cut.status()), HasSubstr("the disk went away"));
    auto refused = Open(false);
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(MessageOf(refused.status()), HasSubstr("cut off"));
  }
  auto tm = Open(true);
  ASSERT_TRUE(tm.ok()) << tm.status();
  ExpectWhole(tm->get());
}

}  // namespace
}  // namespace reprise
