// Promise 1, "nothing is missed", on real texts: lookups in a memory of tens of thousands of segments against the
// brute-force oracle, lists compared, every threshold from 50 to 100. The corpus is that of REPRISE_CORPUS_DIR where
// that exists, else one made of the samples. A tenth of the queries, all of them with REPRISE_FULL_CORPUS=1.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/testing/corpus.h"
#include "tests/testing/oracle.h"
#include "text/normalize.h"

namespace reprise {
namespace {

using testing::CorpusText;
using testing::Oracle;

bool Full() {
  const char* full = std::getenv("REPRISE_FULL_CORPUS");
  return full != nullptr && std::string(full) == "1";
}

std::string CorpusFile(const std::string& language) {
  const char* dir = std::getenv("REPRISE_CORPUS_DIR");
  return std::string(dir == nullptr ? "" : dir) + "/libreoffice.en-" + language + ".tsv.zst";
}

// What the comparison saw, so that agreement about nothing is not taken for agreement.
struct Seen {
  size_t lookups = 0, matches = 0, fuzzy = 0, below = 0, totals = 0, empty = 0;
};

// Compares one query at every threshold, in the order and size that `kind` chooses, and once with a fill.
void CompareQuery(TranslationMemory* tm, const Oracle& oracle, const Query& query, size_t kind, Seen* seen) {
  const std::vector<MemoryRef> memories = {{.name = "m"}};
  LookupOptions options;
  options.max_results = kind % 10 == 9 ? 1000 : kind % 5 == 4 ? 20 : 5;
  options.order = kind % 3 == 2 ? MatchOrder::kRelevance : MatchOrder::kScore;
  options.want_total = kind % 4 == 3;
  const LookupOptions fill = {.threshold = 70, .floor = 40, .whole_fill = true, .order = options.order};
  const std::vector<Oracle::Hit> hits = oracle.Score(memories, query, options, 13);  // a third of 40
  std::vector<LookupOptions> asked;
  for (options.threshold = 50; options.threshold <= 100; ++options.threshold) asked.push_back(options);
  asked.push_back(fill);
  for (const LookupOptions& one : asked) {
    const LookupResult expected = oracle.Answer(hits, query, one);
    const absl::StatusOr<LookupResult> got = tm->Lookup(memories, query, one, {});
    ASSERT_TRUE(got.ok()) << got.status();
    ASSERT_EQ(testing::Differences(expected, *got), "")
        << "query " << kind << " threshold " << one.threshold << " floor " << one.floor << " order "
        << static_cast<int>(one.order) << " at most " << one.max_results << ": " << query.source_locale << " -> "
        << query.target_locale << " \"" << query.content.text << "\"";
    ++seen->lookups;
    seen->empty += got->matches.empty();
    seen->totals += got->total > 0;
    for (const Match& match : got->matches) {
      ++seen->matches;
      seen->fuzzy += match.base.band == Band::kFuzzy;
      seen->below += match.below_threshold;
    }
  }
}

// Units of the memory as it stores them, those that hold `locale`.
std::vector<Unit> StoredUnits(TranslationMemory* tm, const std::string& locale) {
  std::vector<Unit> all;
  for (uint64_t after = 0;;) {
    uint64_t next = 0;
    absl::StatusOr<std::vector<Unit>> some = tm->ListUnits("m", {}, locale, after, 10000, &next);
    EXPECT_TRUE(some.ok()) << some.status();
    if (!some.ok()) return all;
    std::move(some->begin(), some->end(), std::back_inserter(all));
    if (next == 0) return all;
    after = next;
  }
}

const std::string& TextIn(const Unit& unit, const std::string& locale) {
  static const std::string none;
  for (const Variant& variant : unit.variants) {
    if (variant.locale == locale) return variant.content.text;
  }
  return none;
}

// A query out of two units: a text as it is, or perturbed.
Query Ask(const Unit& unit, const Unit& other, bool perturbed, const std::string& from, const std::string& to,
          CorpusText* text) {
  Query query;
  query.source_locale = from;
  query.target_locale = to;
  query.content.text = TextIn(unit, from);
  if (perturbed) query.content.text = text->Perturbed(query.content.text, TextIn(other, from));
  return query;
}

// Moves the units of `count` distinct English key forms out of `units`; the first unit of each is returned.
std::vector<Unit> HoldOut(size_t count, CorpusText* text, std::vector<Unit>* units) {
  std::set<std::string> keys;
  while (keys.size() < count) keys.insert(KeyForm(TextIn((*units)[text->Below(units->size())], "en")));
  std::vector<Unit> held, kept;
  std::set<std::string> taken;
  for (Unit& unit : *units) {
    std::string key = KeyForm(TextIn(unit, "en"));
    if (keys.count(key) == 0) {
      kept.push_back(std::move(unit));
    } else if (taken.insert(std::move(key)).second) {
      held.push_back(std::move(unit));
    }
  }
  *units = std::move(kept);
  return held;
}

void Store(std::vector<Unit> units, TranslationMemory* tm) {
  ASSERT_TRUE(tm->CreateMemory({.name = "m"}).ok());
  for (size_t begin = 0; begin < units.size(); begin += kMaxBatch) {
    const auto first = units.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = units.begin() + static_cast<std::ptrdiff_t>(std::min(units.size(), begin + kMaxBatch));
    std::vector<Unit> batch(std::make_move_iterator(first), std::make_move_iterator(last));
    auto results = tm->PutUnits("m", std::move(batch), {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok()) << results.status();
    for (const PutResult& result : *results) ASSERT_NE(result.outcome, PutOutcome::kRefused) << result.status;
  }
}

// Both directions; half of the queries are held out of the memory, half are stored texts that were changed.
TEST(CorpusRecallTest, EveryThresholdBothDirections) {
  const size_t queries = Full() ? 2000 : 200;
  CorpusText text(20260101);
  std::vector<Unit> units = testing::ReadCorpus(CorpusFile("de"));
  if (units.empty()) units = text.Units(20000);
  const std::vector<Unit> held = HoldOut(queries / 2, &text, &units);
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {});
  ASSERT_TRUE(tm.ok()) << tm.status();
  ASSERT_NO_FATAL_FAILURE(Store(std::move(units), tm->get()));
  Oracle oracle;
  const std::vector<Unit> stored = StoredUnits(tm->get(), "de");
  ASSERT_GT(stored.size(), 15000u);
  for (const Unit& unit : stored) oracle.Put("m", unit);
  Seen seen;
  for (size_t i = 0; i < queries; ++i) {
    const bool perturbed = i % 2 == 1;
    const Unit& unit = perturbed ? stored[text.Below(stored.size())] : held[i / 2];
    const Unit& other = stored[text.Below(stored.size())];
    const bool reverse = i % 8 >= 6;
    const Query query = Ask(unit, other, perturbed, reverse ? "de" : "en", reverse ? "en" : "de", &text);
    ASSERT_NO_FATAL_FAILURE(CompareQuery(tm->get(), oracle, query, i, &seen));
  }
  EXPECT_EQ(seen.lookups, queries * 52);
  EXPECT_GT(seen.fuzzy, queries * 20);
  EXPECT_GT(seen.below, queries / 10);
  EXPECT_GT(seen.totals, queries);
  EXPECT_GT(seen.empty, queries);
}

// A memory of all languages, out of the files themselves, on a disk of its own.
class AllLanguages {
 public:
  AllLanguages() {
    std::string dir = (std::filesystem::temp_directory_path() / "reprise_corpus_XXXXXX").string();
    if (mkdtemp(dir.data()) == nullptr) std::abort();
    dir_ = dir;
    auto tm = TranslationMemory::Open({.data_dir = dir_ + "/store"});
    EXPECT_TRUE(tm.ok()) << tm.status();
    if (!tm.ok()) return;
    tm_ = *std::move(tm);
    EXPECT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
  }
  ~AllLanguages() {
    tm_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  // The rows read, refused ones included.
  uint64_t Import(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    auto importer = tm_->StartImport("m", {.file_name = file}, {});
    EXPECT_TRUE(importer.ok()) << importer.status();
    if (!importer.ok()) return 0;
    const absl::Status fed = (*importer)->Feed(bytes);
    EXPECT_TRUE(fed.ok()) << fed;
    const absl::StatusOr<ImportReport> report = (*importer)->Finish();
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? report->read : 0;
  }

  TranslationMemory* tm() { return tm_.get(); }

 private:
  std::string dir_;
  std::unique_ptr<TranslationMemory> tm_;
};

// Only one pair of locales can answer a direction, so the oracle holds the units of that pair alone.
void CompareDirection(AllLanguages* all, const std::string& from, const std::string& to, CorpusText* text, Seen* seen) {
  const std::vector<Unit> stored = StoredUnits(all->tm(), from == "en" ? to : from);
  ASSERT_GT(stored.size(), 50u);
  Oracle oracle;
  for (const Unit& unit : stored) oracle.Put("m", unit);
  for (size_t i = 0; i < 40; ++i) {
    const Unit& unit = stored[text->Below(stored.size())];
    const Unit& other = stored[text->Below(stored.size())];
    const Query query = Ask(unit, other, i % 4 != 0, from, to, text);
    ASSERT_NO_FATAL_FAILURE(CompareQuery(all->tm(), oracle, query, i, seen));
  }
}

// With REPRISE_FULL_CORPUS=1 where the corpus is: all fourteen files in one memory. Otherwise German alone, as far as
// it goes: what the samples give.
TEST(CorpusRecallTest, AllLanguagesInOneMemory) {
  AllLanguages all;
  ASSERT_NE(all.tm(), nullptr);
  CorpusText text(20260102);
  std::vector<std::pair<std::string, std::string>> directions = {{"en", "de"}, {"de", "en"}};
  uint64_t rows = 0;
  if (Full() && std::filesystem::exists(CorpusFile("de"))) {
    directions = {{"en", "ja"}, {"de", "en"}, {"ko", "en"}, {"ar", "en"}, {"en", "th"}};
    for (const char* language :
         {"ar", "de", "es", "fr", "he", "hi", "it", "ja", "ko", "pl", "pt-BR", "ru", "th", "zh-CN"}) {
      rows += all.Import(CorpusFile(language));
    }
    EXPECT_EQ(rows, 940672u);
  } else {
    rows = all.Import(REPRISE_SOURCE_DIR "/samples/diplomacy.tmx");
    EXPECT_GE(rows, 150u);
  }
  Seen seen;
  for (const auto& [from, to] : directions) {
    ASSERT_NO_FATAL_FAILURE(CompareDirection(&all, from, to, &text, &seen)) << from << " -> " << to;
  }
  EXPECT_EQ(seen.lookups, directions.size() * 40 * 52);
  EXPECT_GT(seen.fuzzy, directions.size() * 40);
}

}  // namespace
}  // namespace reprise
