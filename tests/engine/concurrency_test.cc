// One state a call: a writer flips a unit between two texts, readers see exactly one of them, never both or neither.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"

namespace reprise {
namespace {

Unit Flip(bool on) {
  Unit unit;
  unit.client_key = "the-unit";
  unit.source_locale = "en";
  unit.variants.push_back({.locale = "en", .content = {.text = on ? "The light is on now" : "The light is off now"}});
  unit.variants.push_back({.locale = "de", .content = {.text = on ? "an" : "aus"}});
  return unit;
}

void RunFlips(uint32_t seal_segments) {
  auto opened = TranslationMemory::OpenOn(NewMemoryKv(), {.seal_segments = seal_segments});
  ASSERT_TRUE(opened.ok());
  TranslationMemory& tm = **opened;
  ASSERT_TRUE(tm.CreateMemory({.name = "m"}).ok());
  ASSERT_TRUE(tm.PutUnits("m", {Flip(true)}, {}).ok());
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::atomic<int> reads{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 4; ++r) {
    readers.emplace_back([&] {
      while (!stop.load() || reads.load() < 200) {
        Query query;
        query.content.text = "The light is on now";
        query.source_locale = "en";
        query.target_locale = "de";
        auto result = tm.Lookup({{.name = "m"}}, query, {.threshold = 50}, {});
        if (!result.ok() || result->matches.size() != 1) ++wrong;
        ++reads;
      }
    });
  }
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(tm.PutUnits("m", {Flip(i % 2 == 0)}, {}).ok());
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_GE(reads.load(), 200);
}

TEST(ConcurrencyTest, ReadersSeeOneStateOfAFlippedUnit) { RunFlips(1 << 20); }
TEST(ConcurrencyTest, AlsoWhileRunsAreSealed) { RunFlips(5); }

TEST(ConcurrencyTest, WritersInParallelLoseNothing) {
  auto opened = TranslationMemory::OpenOn(NewMemoryKv(), {.seal_segments = 64});
  ASSERT_TRUE(opened.ok());
  TranslationMemory& tm = **opened;
  ASSERT_TRUE(tm.CreateMemory({.name = "m"}).ok());
  std::vector<std::thread> writers;
  std::atomic<int> failed{0};
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&tm, &failed, w] {
      for (int i = 0; i < 100; ++i) {
        Unit unit = Flip(true);
        unit.client_key = std::to_string(w) + "/" + std::to_string(i);
        unit.variants[0].content.text += " " + unit.client_key;
        if (!tm.PutUnits("m", {unit}, {}).ok()) ++failed;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failed.load(), 0);
  EXPECT_EQ(tm.Stats("m")->units, 400u);
  EXPECT_EQ(tm.Stats("m")->locales["en"].segments, 400u);
}

// Units that nobody touches are found by every lookup, exactly and by the index, while others are put, deleted and
// imported beside them, deltas become runs and runs are merged, with hardly any room for pages.
TEST(ConcurrencyTest, ReadersMissNothingWhileRunsAreSealedAndMerged) {
  TranslationMemoryOptions options;
  options.seal_segments = 50;
  options.merge_runs = 2;
  options.bulk_units = 64;
  options.page_cache_bytes = 32 << 10;
  auto opened = TranslationMemory::OpenOn(NewMemoryKv(), options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  TranslationMemory& tm = **opened;
  ASSERT_TRUE(tm.CreateMemory({.name = "m"}).ok());
  auto text = [](const std::string& kind, int n) {
    return kind + " number" + std::to_string(n) + "x of the ministers signed the agreement on trade";
  };
  auto unit = [&](const std::string& kind, int n) {
    Unit u;
    u.source_locale = "en";
    u.variants.push_back({.locale = "en", .content = {.text = text(kind, n)}});
    u.variants.push_back({.locale = "de", .content = {.text = "deutsch " + text(kind, n)}});
    return u;
  };
  constexpr int kAnchors = 30;
  for (int n = 0; n < kAnchors; ++n) ASSERT_TRUE(tm.PutUnits("m", {unit("anchor", n)}, {}).ok());

  std::atomic<bool> stop{false};
  std::atomic<int> missed{0}, lookups{0};
  auto read = [&](int first) {
    for (int n = first; !stop.load(); n = (n + 1) % kAnchors) {
      for (const std::string& asked : {text("anchor", n), text("anchor", n) + " today"}) {
        Query query;
        query.content.text = asked;
        query.source_locale = "en";
        query.target_locale = "de";
        auto result = tm.Lookup({{.name = "m"}}, query, {.threshold = 80, .max_results = 1000}, {});
        const std::string wanted = text("anchor", n);
        const bool found = result.ok() && std::any_of(result->matches.begin(), result->matches.end(),
                                                      [&](const Match& m) { return m.source.text == wanted; });
        if (!found) ++missed;
        ++lookups;
      }
    }
  };
  std::vector<std::thread> readers;
  for (int r = 0; r < 2; ++r) readers.emplace_back(read, 7 * r);
  std::thread merger([&] {
    while (!stop.load()) EXPECT_TRUE(tm.Merge({}).ok());
  });
  std::thread importer([&] {
    for (int round = 0; round < 6; ++round) {
      std::string file = "source\ttarget\n";
      for (int n = 0; n < 90; ++n) file += text("import", round * 1000 + n) + "\tziel " + std::to_string(n) + "\n";
      auto import = tm.StartImport("m", {.format = Format::kTsv, .source_locale = "en", .target_locale = "de"}, {});
      ASSERT_TRUE(import.ok()) << import.status();
      ASSERT_TRUE((*import)->Feed(file).ok());
      ASSERT_TRUE((*import)->Finish().ok());
    }
  });
  for (int n = 0; n < 150; ++n) {
    auto results = tm.PutUnits("m", {unit("passing", n), unit("staying", n)}, {});
    ASSERT_TRUE(results.ok()) << results.status();
    ASSERT_TRUE(tm.DeleteUnit("m", (*results)[0].unit).ok());
  }
  importer.join();
  stop = true;
  merger.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(missed.load(), 0) << "of " << lookups.load();
  auto stats = tm.Stats("m");
  ASSERT_TRUE(stats.ok());
  EXPECT_EQ(stats->units, kAnchors + 6u * 90u + 150u);
}

}  // namespace
}  // namespace reprise
