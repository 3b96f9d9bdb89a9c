// Promise 1, "nothing is missed": lookups of the engine against the brute-force oracle, lists compared, on generated
// memories rich in ties, repeats and odd segments, over deltas, runs, tombstones and a reopened store.
// REPRISE_FULL=1 runs all 18,000 queries; without it a tenth.
#include <gtest/gtest.h>
#include <algorithm>

#include <cstdlib>
#include <memory>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/testing/generate.h"
#include "tests/testing/oracle.h"

namespace reprise {
namespace {

// The matches at or above the threshold.
LookupResult AtThreshold(LookupResult result) {
  result.matches.erase(std::remove_if(result.matches.begin(), result.matches.end(),
                                      [](const Match& match) { return match.below_threshold; }),
                       result.matches.end());
  return result;
}

using testing::Generator;
using testing::Oracle;

bool Full() {
  const char* full = std::getenv("REPRISE_FULL");
  return full != nullptr && std::string(full) == "1";
}

std::unique_ptr<TranslationMemory> OpenMemory(uint32_t seal_segments) {
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {.seal_segments = seal_segments});
  EXPECT_TRUE(tm.ok()) << tm.status();
  return *std::move(tm);
}

// A memory of the engine and the oracle's copy of it. With `linked`, Chinese is of two scripts, and queries also ask
// for pivots and other scripts.
class Pair {
 public:
  Pair(uint64_t seed, uint32_t seal_segments, bool linked = false)
      : linked_(linked), generate_(seed), tm_(OpenMemory(seal_segments)) {
    EXPECT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
  }

  void Put(size_t count) {
    for (size_t done = 0; done < count; done += 100) {
      std::vector<Unit> units = generate_.Units(std::min<size_t>(100, count - done));
      for (Unit& unit : units) {
        unit.id = 0;
        for (Variant& variant : unit.variants) {
          if (linked_ && variant.locale == "zh-CN" && generate_.OneIn(3)) variant.locale = "zh-TW";
        }
      }
      auto results = tm_->PutUnits("m", units, {.policy = DuplicatePolicy::kKeepAll});
      ASSERT_TRUE(results.ok()) << results.status();
      for (const PutResult& result : *results) {
        ASSERT_NE(result.outcome, PutOutcome::kRefused) << result.status;
        auto stored = tm_->GetUnit("m", result.unit);
        ASSERT_TRUE(stored.ok()) << stored.status();
        oracle_.Put("m", *stored);
        ids_.push_back(result.unit);
      }
    }
    Reload();
  }

  void DeleteSome(uint32_t one_in) {
    for (uint64_t id : ids_) {
      if (!generate_.OneIn(one_in)) continue;
      absl::Status status = tm_->DeleteUnit("m", id);
      ASSERT_TRUE(status.ok() || absl::IsNotFound(status)) << status;
      oracle_.Delete("m", id);
    }
    Reload();
  }

  void Compare(size_t queries, uint64_t seed) {
    for (size_t i = 0; i < queries; ++i) {
      Query query = generate_.NextQuery(units_);
      LookupOptions options = generate_.NextOptions();
      if (linked_) {
        options.pivot = !generate_.OneIn(4);
        options.other_scripts = generate_.OneIn(2);
        options.penalties.pivot = static_cast<int>(generate_.Below(13));
        options.penalties.script = static_cast<int>(generate_.Below(8));
      }
      std::vector<MemoryRef> memories = {{.name = "m"}};
      std::vector<Oracle::Hit> hits = oracle_.Score(memories, query, options);
      for (int threshold : {100, 99, 95, 94, 90, 80, 70, 60, 50}) {
        options.threshold = threshold;
        options.floor = std::min(options.floor, threshold);
        LookupResult expected = oracle_.Answer(hits, query, options);
        auto got = tm_->Lookup(memories, query, options, {});
        ASSERT_TRUE(got.ok()) << got.status();
        for (const Match& match : got->matches) pivots_ += match.pivot != nullptr ? 1 : 0;
        ASSERT_EQ(testing::Differences(expected, *got), "")
            << "seed " << seed << " query " << i << " threshold " << threshold << " text \"" << query.content.text
            << "\" " << query.source_locale << " -> " << query.target_locale;
        if (options.floor == 0) continue;
        // However little work the fill may do, nothing at or above the threshold is missing.
        options.whole_fill = false;
        auto hasty = tm_->Lookup(memories, query, options, {});
        options.whole_fill = true;
        ASSERT_TRUE(hasty.ok()) << hasty.status();
        ASSERT_LE(hasty->matches.size(), expected.matches.size());
        ASSERT_EQ(testing::Differences(AtThreshold(expected), AtThreshold(*hasty)), "") << "seed " << seed;
      }
    }
  }

  TranslationMemory& tm() { return *tm_; }
  // Pivot matches that the comparisons met.
  size_t pivots() const { return pivots_; }

 private:
  void Reload() {
    uint64_t next = 0;
    auto units = tm_->ListUnits("m", {}, "", 0, 1000000, &next);
    ASSERT_TRUE(units.ok());
    units_ = *std::move(units);
  }

  const bool linked_;
  Generator generate_;
  std::unique_ptr<TranslationMemory> tm_;
  Oracle oracle_;
  size_t pivots_ = 0;
  std::vector<uint64_t> ids_;
  std::vector<Unit> units_;
};

TEST(RecallTest, DeltaAlone) {
  for (uint64_t seed = 1; seed <= (Full() ? 30 : 3); ++seed) {
    Pair pair(seed, 1 << 20);
    pair.Put(300);
    pair.Compare(200, seed);
    if (HasFatalFailure()) return;
  }
}

TEST(RecallTest, RunsAndDelta) {
  for (uint64_t seed = 101; seed <= (Full() ? 130 : 103); ++seed) {
    Pair pair(seed, 150);
    pair.Put(1000);
    pair.Compare(200, seed);
    if (HasFatalFailure()) return;
  }
}

TEST(RecallTest, PivotsAndOtherScripts) {
  for (uint64_t seed = 301; seed <= (Full() ? 330 : 303); ++seed) {
    Pair pair(seed, seed % 2 == 0 ? 1 << 20 : 150, true);
    pair.Put(700);
    pair.Compare(100, seed);
    if (HasFatalFailure()) return;
    pair.DeleteSome(3);
    pair.Put(200);
    if (seed % 2 == 0) {
      ASSERT_TRUE(pair.tm().Seal().ok());
    }
    pair.DeleteSome(4);
    pair.Compare(100, seed);
    if (HasFatalFailure()) return;
    EXPECT_GE(pair.pivots(), 100u) << "seed " << seed;
  }
}

TEST(RecallTest, RunsTombstonesAndReadds) {
  for (uint64_t seed = 201; seed <= (Full() ? 230 : 203); ++seed) {
    Pair pair(seed, 200);
    pair.Put(Full() ? 2000 : 700);
    pair.DeleteSome(3);
    pair.Put(300);
    ASSERT_TRUE(pair.tm().Seal().ok());
    pair.DeleteSome(4);
    pair.Compare(200, seed);
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace reprise
