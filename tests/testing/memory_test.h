// The fixture of tests on one empty memory.
#ifndef REPRISE_TESTS_TESTING_MEMORY_TEST_H_
#define REPRISE_TESTS_TESTING_MEMORY_TEST_H_

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"

namespace reprise::testing {

// tm_ holds the memory "m" in a store that lives as long as the test.
class MemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {});
    ASSERT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
    MemoryInfo memory;
    memory.name = "m";
    ASSERT_TRUE(tm_->CreateMemory(memory).ok());
  }

  std::unique_ptr<TranslationMemory> tm_;
};

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_MEMORY_TEST_H_
