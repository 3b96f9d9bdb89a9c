// One state a call: a writer flips a unit between two texts, readers see exactly one of them, never both or neither.
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace reprise
