// The aligner against the textbook recurrence, and what it promises about memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include "match/score.h"
#include "tests/testing/generate.h"

namespace {
std::atomic<uint64_t> allocations{0};
}  // namespace

// Counts every allocation of this program, so that a test can see that the hot loop makes none.
void* operator new(size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size); memory != nullptr) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace reprise {
namespace {

using testing::Generator;

// Symbols by id: stems are id / 4 for words (ids below 40), of their own above; weights 1 to 12, fixed by id.
Symbol MakeSymbol(uint32_t id) {
  const bool word = id < 40;
  return {id, word ? id / 4 : 1000 + id, word ? 3 + id % 10 : 1};
}

// Any symmetric number up to some above the weights, so that the cap shows.
uint32_t SharedLetters(const void*, uint32_t a, uint32_t b) { return (a * b + a + b) % 9; }

uint32_t Earns(const Symbol& a, const Symbol& b) {
  if (a.id == b.id) return a.weight;
  if (a.stem != b.stem) return 0;
  return std::min({a.weight, b.weight, SharedLetters(nullptr, a.id, b.id)});
}

uint32_t Textbook(const std::vector<Symbol>& a, const std::vector<Symbol>& b) {
  std::vector<std::vector<uint32_t>> best(a.size() + 1, std::vector<uint32_t>(b.size() + 1, 0));
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      best[i][j] = std::max({best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + Earns(a[i - 1], b[j - 1])});
    }
  }
  return best[a.size()][b.size()];
}

std::vector<Symbol> RandomSymbols(Generator* generate) {
  std::vector<Symbol> symbols;
  const uint32_t alphabet = generate->OneIn(2) ? 6 : 50;
  for (uint32_t n = generate->Below(generate->OneIn(10) ? 60 : 14); n > 0; --n) {
    symbols.push_back(MakeSymbol(generate->OneIn(8) ? 40 + generate->Below(6) : generate->Below(alphabet)));
  }
  return symbols;
}

TEST(AlignerTest, EqualsTheTextbookOnRandomPairs) {
  Generator generate(20240601);
  Aligner aligner;
  for (int round = 0; round < 100000; ++round) {
    const std::vector<Symbol> a = RandomSymbols(&generate);
    std::vector<Symbol> b = RandomSymbols(&generate);
    if (generate.OneIn(2)) {  // a near copy: common ends, one place changed
      b = a;
      if (!b.empty()) b[generate.Below(static_cast<uint32_t>(b.size()))] = MakeSymbol(generate.Below(46));
      if (!b.empty() && generate.OneIn(2)) b.erase(b.begin() + generate.Below(static_cast<uint32_t>(b.size())));
    }
    const uint32_t expected = Textbook(a, b);
    const uint32_t needed = generate.Below(expected + 5);
    const uint32_t got = aligner.Align(a.data(), a.size(), b.data(), b.size(), needed, SharedLetters, nullptr);
    if (expected >= needed) {
      ASSERT_EQ(got, expected) << "round " << round << " needed " << needed;
    } else {
      ASSERT_LT(got, needed) << "round " << round;
    }
    ASSERT_EQ(aligner.Align(a.data(), a.size(), b.data(), b.size(), expected, SharedLetters, nullptr), expected);
    ASSERT_EQ(aligner.Align(b.data(), b.size(), a.data(), a.size(), 0, SharedLetters, nullptr), expected);
  }
}

TEST(AlignerTest, EmptyListsShareNothing) {
  Aligner aligner;
  const Symbol one = MakeSymbol(1);
  EXPECT_EQ(aligner.Align(nullptr, 0, nullptr, 0, 0, SharedLetters, nullptr), 0u);
  EXPECT_EQ(aligner.Align(&one, 1, nullptr, 0, 0, SharedLetters, nullptr), 0u);
  EXPECT_EQ(aligner.Align(nullptr, 0, &one, 1, 0, SharedLetters, nullptr), 0u);
}

TEST(AlignerTest, AllocatesNothingOnceItHasSeenTheLongestText) {
  Generator generate(7);
  std::vector<std::vector<Symbol>> texts;
  for (int i = 0; i < 50; ++i) texts.push_back(RandomSymbols(&generate));
  Aligner aligner;
  const auto all = [&aligner, &texts] {
    for (const auto& a : texts) {
      for (const auto& b : texts) {
        aligner.Align(a.data(), a.size(), b.data(), b.size(), 0, SharedLetters, nullptr);
      }
    }
  };
  all();
  const uint64_t before = allocations;
  all();
  EXPECT_EQ(allocations, before);
}

// Counts how often the aligner asked for a common prefix, which tells how far it went.
uint32_t CountCalls(const void* arg, uint32_t, uint32_t) {
  ++*static_cast<uint64_t*>(const_cast<void*>(arg));
  return 2;
}

TEST(AlignerTest, StopsWhenTheRestCannotReachWhatIsNeeded) {
  std::vector<Symbol> a, b;
  for (uint32_t i = 0; i < 200; ++i) {
    a.push_back({i, 5000, 10});
    b.push_back({1000 + i, 5000, 10});
  }
  Aligner aligner;
  uint64_t with = 0, without = 0;
  EXPECT_EQ(aligner.Align(a.data(), a.size(), b.data(), b.size(), 0, CountCalls, &without), 400u);
  EXPECT_LT(aligner.Align(a.data(), a.size(), b.data(), b.size(), 1900, CountCalls, &with), 1900u);
  EXPECT_LT(with, without / 4);
}

}  // namespace
}  // namespace reprise
