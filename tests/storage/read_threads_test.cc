// Work that is shared out among reading threads: all of it is done once, by several of them, whoever else asks.
#include "storage/read_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace reprise {
namespace {

TEST(ReadThreadsTest, AllIsDoneOnceWhenTheCallReturns) {
  ReadThreads threads(4);
  for (const size_t count : {size_t{0}, size_t{1}, size_t{2}, size_t{5}, size_t{1000}}) {
    std::vector<std::atomic<int>> done(count);
    threads.ForEach(count, [&done](size_t i) { ++done[i]; });
    for (size_t i = 0; i < count; ++i) EXPECT_EQ(done[i].load(), 1) << i << " of " << count;
  }
}

TEST(ReadThreadsTest, SeveralWorkAtOnce) {
  constexpr size_t kThreads = 3;
  ReadThreads threads(kThreads);
  // None returns before all are there, the caller among them.
  std::atomic<size_t> there{0};
  threads.ForEach(kThreads + 1, [&there](size_t) {
    ++there;
    while (there.load() <= kThreads) std::this_thread::yield();
  });
  EXPECT_EQ(there.load(), kThreads + 1);
}

TEST(ReadThreadsTest, WithoutThreadsTheCallerDoesIt) {
  ReadThreads threads(0);
  std::atomic<int> done{0};
  threads.ForEach(10, [&done](size_t) { ++done; });
  EXPECT_EQ(done.load(), 10);
}

TEST(ReadThreadsTest, CallersShareTheThreads) {
  constexpr size_t kCallers = 6, kRounds = 200, kCount = 17;
  ReadThreads threads(3);
  std::atomic<size_t> done{0};
  std::vector<std::thread> callers;
  for (size_t c = 0; c < kCallers; ++c) {
    callers.emplace_back([&] {
      for (size_t round = 0; round < kRounds; ++round) {
        size_t mine[kCount] = {};
        threads.ForEach(kCount, [&mine](size_t i) { ++mine[i]; });
        for (const size_t once : mine) done += once;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(done.load(), kCallers * kRounds * kCount);
}

}  // namespace
}  // namespace reprise
