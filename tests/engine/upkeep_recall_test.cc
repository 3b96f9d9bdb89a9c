// Recall while the store looks after itself: memories that grow by puts and by bulk imports, lose units, are sealed,
// merged and reopened, with little room for pages, answer as the brute-force oracle does.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "storage/rocksdb_kv.h"
#include "tests/crash/scratch_dir.h"
#include "tests/testing/generate.h"
#include "tests/testing/oracle.h"

namespace reprise {
namespace {

using testing::Generator;
using testing::Oracle;

int Rounds(int some, int all) {
  const char* full = std::getenv("REPRISE_FULL");
  return full != nullptr && std::string(full) == "1" ? all : some;
}

constexpr const char* kNames[] = {"m", "n"};

// A store on disk with two memories and the oracle's copy of what is in them.
class Trial {
 public:
  explicit Trial(uint64_t seed) : generate_(seed) {
    options_.data_dir = dir_.store();
    options_.seal_segments = 60;
    options_.merge_runs = 2 + generate_.Below(4);
    options_.bulk_units = 80;
    options_.background_merges = generate_.OneIn(2);
    // A page of postings or two: everything else is read and thrown away again and again.
    options_.page_cache_bytes = generate_.OneIn(2) ? 64 << 10 : 64 << 20;
    Open();
    for (const char* name : kNames) EXPECT_TRUE(tm_->CreateMemory({.name = name}).ok());
  }

  void Step() {
    name_ = kNames[generate_.Below(2)];
    switch (generate_.Below(8)) {
      case 0: Put(1 + generate_.Below(40)); break;
      case 1:
      case 2: Import(20 + generate_.Below(300)); break;
      case 3:
      case 4: Delete(2 + generate_.Below(6)); break;
      case 5: ASSERT_TRUE(tm_->Seal().ok()); break;
      case 6: ASSERT_TRUE(tm_->Merge({}).ok()); break;
      default:
        tm_.reset();
        options_.rebuild = generate_.OneIn(2);
        Open();
        options_.rebuild = false;
    }
  }

  void Compare(int queries, uint64_t seed, int step) {
    std::vector<Unit> units;
    for (const auto& [name, of_memory] : units_) {
      for (const auto& [id, unit] : of_memory) units.push_back(unit);
    }
    if (units.empty()) return;
    ChangeDefaults();
    for (int i = 0; i < queries; ++i) {
      const Query query = generate_.NextQuery(units);
      LookupOptions options = generate_.NextOptions();
      // One memory or both, the one or the other first, with or without a penalty.
      std::vector<MemoryRef> memories = {{.name = kNames[generate_.Below(2)]}};
      if (!generate_.OneIn(3)) {
        memories.push_back({.name = memories[0].name == kNames[0] ? kNames[1] : kNames[0]});
        for (MemoryRef& ref : memories) {
          // What is left open is the memory's own.
          if (!generate_.OneIn(3)) ref.priority = static_cast<int>(generate_.Below(2));
          if (!generate_.OneIn(3)) ref.penalty = generate_.OneIn(2) ? 0 : static_cast<int>(generate_.Below(12));
        }
      }
      const std::vector<Oracle::Hit> hits = oracle_.Score(memories, query, options);
      for (int threshold : {100, 95, 85, 70, 50, 30}) {
        options.threshold = threshold;
        options.floor = std::min(options.floor, threshold);
        auto got = tm_->Lookup(memories, query, options, {});
        ASSERT_TRUE(got.ok()) << got.status();
        ASSERT_EQ(testing::Differences(oracle_.Answer(hits, query, options), *got), "")
            << "seed " << seed << " step " << step << " threshold " << threshold << " text \"" << query.content.text
            << "\" " << query.source_locale << " -> " << query.target_locale;
      }
    }
  }

 private:
  // What a memory says for calls that do not is any time another.
  void ChangeDefaults() {
    const char* name = kNames[generate_.Below(2)];
    auto info = tm_->GetMemory(name);
    ASSERT_TRUE(info.ok()) << info.status();
    info->defaults = generate_.NextDefaults();
    ASSERT_TRUE(tm_->UpdateMemory(*info).ok());
    oracle_.SetDefaults(name, info->defaults);
  }

  void Open() {
    auto tm = TranslationMemory::Open(options_);
    ASSERT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
  }

  void Put(size_t count) {
    std::vector<Unit> units = generate_.Units(count);
    for (Unit& unit : units) unit.id = 0;
    auto results = tm_->PutUnits(name_, units, {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok()) << results.status();
    Reload();
  }

  // By way of the format that the product reads, as a user would.
  void Import(size_t count) {
    std::string file = "source_lang\ttarget_lang\tsource\ttarget\n";
    for (const Unit& unit : generate_.Units(count)) {
      if (unit.variants.size() < 2) continue;
      const Variant& a = unit.variants[0];
      const Variant& b = unit.variants[1];
      file += a.locale + "\t" + b.locale + "\t" + Escaped(a.content.text) + "\t" + Escaped(b.content.text) + "\n";
    }
    auto importer = tm_->StartImport(name_, {.format = Format::kTsv}, {});
    ASSERT_TRUE(importer.ok()) << importer.status();
    ASSERT_TRUE((*importer)->Feed(file).ok());
    ASSERT_TRUE((*importer)->Finish().ok());
    Reload();
  }

  static std::string Escaped(const std::string& text) {
    std::string out;
    for (char c : text) {
      if (c == '\t') {
        out += "\\t";
      } else if (c == '\n') {
        out += "\\n";
      } else if (c == '\r') {
        out += "\\r";
      } else if (c == '\\') {
        out += "\\\\";
      } else {
        out.push_back(c);
      }
    }
    return out;
  }

  void Delete(uint32_t one_in) {
    for (const auto& [id, unit] : std::map<uint64_t, Unit>(units_[name_])) {
      if (!generate_.OneIn(one_in)) continue;
      ASSERT_TRUE(tm_->DeleteUnit(name_, id).ok());
    }
    Reload();
  }

  void Reload() {
    std::map<uint64_t, Unit>& mine = units_[name_];
    for (const auto& [id, unit] : mine) oracle_.Delete(name_, id);
    mine.clear();
    uint64_t next = 0;
    auto units = tm_->ListUnits(name_, {}, "", 0, 1000000, &next);
    ASSERT_TRUE(units.ok());
    for (const Unit& unit : *units) {
      mine[unit.id] = unit;
      oracle_.Put(name_, unit);
    }
    auto stats = tm_->Stats(name_);
    ASSERT_TRUE(stats.ok());
    ASSERT_EQ(stats->units, mine.size());
  }

  ScratchDir dir_;
  Generator generate_;
  TranslationMemoryOptions options_;
  std::unique_ptr<TranslationMemory> tm_;
  Oracle oracle_;
  std::string name_ = kNames[0];  // the memory of this step
  std::map<std::string, std::map<uint64_t, Unit>> units_;
};

TEST(UpkeepRecallTest, AnswersAsTheOracleWhateverHappened) {
  for (uint64_t seed = 1; seed <= static_cast<uint64_t>(Rounds(6, 60)); ++seed) {
    Trial trial(seed);
    for (int step = 0; step < 12; ++step) {
      trial.Step();
      if (HasFatalFailure()) return;
      trial.Compare(6, seed, step);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace reprise
