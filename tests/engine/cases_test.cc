// Runs tests/cases/*.txt by the engine, index and all; those of writes by it alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/testing/case_text.h"

namespace reprise::testing {
namespace {

DuplicatePolicy PolicyOf(const std::string& name) {
  if (name == "newest") return DuplicatePolicy::kNewest;
  if (name == "overwrite") return DuplicatePolicy::kOverwrite;
  if (name == "skip") return DuplicatePolicy::kSkip;
  EXPECT_TRUE(name.empty() || name == "keep-all") << name;
  return DuplicatePolicy::kKeepAll;
}

// A case's memory in an engine. Units are known by their numbers in the case.
class Loaded {
 public:
  explicit Loaded(const Case& c) {
    auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {});
    EXPECT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
    for (const MemoryRef& memory : c.memories) {
      MemoryInfo info{.name = memory.name};
      if (const auto defaults = c.defaults.find(memory.name); defaults != c.defaults.end()) {
        info.defaults = defaults->second;
      }
      EXPECT_TRUE(tm_->CreateMemory(info).ok());
    }
    for (const CaseUnit& held : c.units) Put(held, c.policy);
  }

  std::string Check(const Case& c, const CaseQuery& query) {
    auto got = tm_->Lookup(c.memories, query.query, query.options, {});
    if (!got.ok()) return got.status().ToString();
    for (Match& match : got->matches) {
      match.unit = numbers_[match.unit];
      if (match.pivot == nullptr) continue;
      auto pivot = std::make_shared<PivotLink>(*match.pivot);
      pivot->source_unit = numbers_[pivot->source_unit];
      match.pivot = std::move(pivot);
    }
    return CheckCase(query, *got) + CheckCompletions(c, query);
  }

  std::string Check(const Case& c, const CaseFind& find) {
    auto got = tm_->Concordance(c.memories, find.query, {}, {});
    return got.ok() ? CheckFind(find, *got) : got.status().ToString();
  }

  absl::Status Seal() { return tm_->Seal(); }

 private:
  std::string CheckCompletions(const Case& c, const CaseQuery& query) {
    std::string problems;
    for (const auto& [typed, wanted] : query.completions) {
      auto got = tm_->Suggest(c.memories, query.query, typed, {}, {}, nullptr);
      if (!got.ok()) return got.status().ToString();
      const std::string first = got->completions.empty() ? "" : got->completions[0].append;
      if (first != wanted) {
        problems += "line " + std::to_string(query.line) + ": \"" + typed + "\" goes on \"" + first + "\"\n";
      }
    }
    return problems;
  }

  void Put(const CaseUnit& held, const std::string& policy) {
    Unit unit = held.unit;
    const uint64_t number = unit.id;
    if (policy.empty()) {
      // Units of equal texts stay apart, and all that the engine would date are of one time.
      unit.client_key = std::to_string(number);
      for (Variant& variant : unit.variants) variant.changed_us = std::max<int64_t>(1, variant.changed_us);
    }
    unit.id = 0;
    auto results = tm_->PutUnits(held.memory, {unit}, {.policy = PolicyOf(policy)});
    ASSERT_TRUE(results.ok()) << results.status();
    ASSERT_NE((*results)[0].outcome, PutOutcome::kRefused) << (*results)[0].status;
    numbers_[(*results)[0].unit] = number;
  }

  std::unique_ptr<TranslationMemory> tm_;
  std::map<uint64_t, uint64_t> numbers_;  // the engine's -> the case's
};

TEST(EngineCasesTest, EveryCaseAnswersAsWritten) {
  std::string error;
  for (const auto& [file, c] : AllCases(&error)) {
    SCOPED_TRACE(file + ": " + c.title);
    Loaded loaded(c);
    for (const CaseQuery& query : c.queries) EXPECT_EQ(loaded.Check(c, query), "") << "in memory";
    for (const CaseFind& find : c.finds) EXPECT_EQ(loaded.Check(c, find), "") << "in memory";
    ASSERT_TRUE(loaded.Seal().ok());
    for (const CaseQuery& query : c.queries) EXPECT_EQ(loaded.Check(c, query), "") << "in runs";
    for (const CaseFind& find : c.finds) EXPECT_EQ(loaded.Check(c, find), "") << "in runs";
  }
  EXPECT_EQ(error, "");
}

}  // namespace
}  // namespace reprise::testing
