// Runs: what a search finds is what comparing every row finds, at every level, with dead rows and masks, in one run or
// many, merged or not, with room for all pages or for hardly one.
#include "storage/run.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "storage/memory_kv.h"
#include "storage/run_merge.h"
#include "storage/run_search.h"
#include "tests/storage/random_rows.h"

namespace reprise {
namespace {

using testing::ExactShared;
using testing::RandomTexts;

struct Stored {
  std::string text;
  uint64_t mask = 0;
  std::vector<Token> tokens;
  uint32_t weight = 0;
  bool dead = false;
};

// Inside a fixture the name Run is GoogleTest's own.
using IndexRun = Run;

class RunTest : public ::testing::Test {
 protected:
  RunPageSink Sink(format::RunId id, KvIngest* ingest) {
    return [id, ingest](RunPage kind, uint32_t page, std::string_view bytes) {
      return ingest->Put(KvTable::kIndex, format::RunPageKey(id, static_cast<uint8_t>(kind), page), bytes);
    };
  }

  // A run of `count` new segments.
  MergeInput NewRun(size_t count) {
    std::vector<std::string> texts;
    for (size_t i = 0; i < count; ++i) {
      // Some texts are there often, so that rows of one W differ in nothing but the segment.
      texts.push_back(!texts_list_.empty() && texts_.Below(3) == 0 ? texts_list_[texts_.Below(texts_list_.size())]
                                                                   : texts_.Text());
      texts_list_.push_back(texts.back());
    }
    return RunOf(texts);
  }

  MergeInput RunOf(const std::vector<std::string>& texts) {
    Vocabulary vocabulary;
    std::vector<IndexRow> rows;
    for (const std::string& text : texts) {
      const uint64_t segment = ++last_segment_;
      Stored& stored = segments_[segment];
      stored.text = text;
      stored.mask = uint64_t{1} << texts_.Below(3) | uint64_t{1} << texts_.Below(3);
      rows.push_back(MakeIndexRow(segment, stored.mask, PreparedText(stored.text), &vocabulary));
      stored.weight = rows.back().weight;
      stored.tokens = TokenizeKeyForm(stored.text);
    }
    return Write([&](const RunPageSink& sink) { return BuildRun(std::move(rows), vocabulary, sink); });
  }

  template <typename Build>
  MergeInput Write(const Build& build) {
    const format::RunId id = ++last_run_;
    auto ingest = kv_->NewIngest();
    EXPECT_TRUE(build(Sink(id, ingest.get())).ok());
    EXPECT_TRUE(ingest->Finish().ok());
    snapshot_ = kv_->Snapshot();
    auto run = IndexRun::Load(id, *snapshot_, cache_.get());
    EXPECT_TRUE(run.ok()) << run.status();
    return {*run, nullptr};
  }

  // Kills some rows of the input, and grows the masks of others.
  void Change(MergeInput* input, uint32_t one_in) {
    const PageCache::Guard guard = cache_->Enter();
    auto deaths =
        input->deaths == nullptr ? std::make_shared<RunDeaths>() : std::make_shared<RunDeaths>(*input->deaths);
    for (auto& [segment, stored] : segments_) {
      if (stored.dead || !input->run->MayHold(segment) || texts_.Below(one_in) != 0) continue;
      auto row = input->run->FindRow(segment, stored.weight, *snapshot_);
      ASSERT_TRUE(row.ok()) << row.status();
      ASSERT_NE(*row, IndexRun::kNoRow);
      if (texts_.Below(2) == 0) {
        stored.mask |= 8;
        const_cast<IndexRun&>(*input->run).GrowMask(*row, stored.mask);
        ASSERT_EQ(input->run->mask(*row), stored.mask);
      } else {
        stored.dead = true;
        deaths->Kill(*row);
      }
    }
    input->deaths = deaths;
  }

  // What is filed under each bare form is what has it.
  void CompareBareForms(const std::vector<MergeInput>& runs) {
    std::map<uint32_t, std::set<uint64_t>> all, found;
    for (const auto& [segment, stored] : segments_) {
      const uint32_t hash = PreparedText(stored.text).bare;
      if (hash != 0) all[hash].insert(segment);  // dead ones too: that is the caller's to know
      all[hash == 0 ? 77 : hash + 1];            // and some that are not there
    }
    const PageCache::Guard guard = cache_->Enter();
    for (const auto& [hash, segments] : all) {
      found[hash];
      for (const MergeInput& input : runs) {
        std::vector<uint32_t> rows;
        ASSERT_TRUE(input.run->FindBare(hash, *snapshot_, &rows).ok());
        for (const uint32_t row : rows) {
          auto segment = input.run->SegmentOf(row, *snapshot_);
          ASSERT_TRUE(segment.ok()) << segment.status();
          ASSERT_TRUE(found[hash].insert(*segment).second);
        }
      }
    }
    ASSERT_EQ(found, all);
  }

  void Compare(const std::vector<MergeInput>& runs, int queries) {
    for (int q = 0; q < queries; ++q) {
      const std::string text =
          texts_.Below(2) == 0 ? texts_.Text() : texts_.Mutated(texts_list_[texts_.Below(texts_list_.size())]);
      const std::vector<Token> tokens = TokenizeKeyForm(text);
      const IndexQuery query(tokens);
      const uint64_t mask = uint64_t{1} << texts_.Below(4);
      std::map<uint64_t, uint32_t> all;  // segment -> C, of what may be found at all
      for (const auto& [segment, stored] : segments_) {
        if (stored.dead || (stored.mask & mask) == 0) continue;
        all[segment] = ExactShared(tokens, stored.tokens);
      }
      const int lowest = 20 + static_cast<int>(texts_.Below(60));
      const PageCache::Guard guard = cache_->Enter();
      std::map<uint64_t, uint32_t> found;
      std::vector<std::unique_ptr<BoundQuery>> bound;
      std::vector<std::unique_ptr<RunSearch>> searches;
      for (const MergeInput& input : runs) {
        bound.push_back(std::make_unique<BoundQuery>(query, input.run->lexicon()));
        searches.push_back(
            std::make_unique<RunSearch>(*input.run, input.deaths.get(), *bound.back(), mask, lowest, lowest));
      }
      for (int percent = 95;; percent -= 5 + static_cast<int>(texts_.Below(20))) {
        percent = std::max(percent, lowest);
        std::vector<RowHit> hits;
        for (auto& search : searches) ASSERT_TRUE(search->Advance(percent, *snapshot_, {}, &hits).ok());
        for (const RowHit& hit : hits) {
          ASSERT_TRUE(found.emplace(hit.segment, hit.shared).second) << "twice: " << hit.segment;
        }
        for (const auto& [segment, shared] : all) {
          const uint32_t max_weight = std::max(query.weight(), segments_[segment].weight);
          if (Percent(shared, max_weight) < percent) continue;
          ASSERT_EQ(found.count(segment), 1u)
              << percent << "% of \"" << text << "\": \"" << segments_[segment].text << '"';
          ASSERT_EQ(found[segment], shared);
        }
        if (percent == lowest) break;
      }
      // Going down by levels reads nothing that going there at once does not read.
      for (size_t i = 0; i < runs.size(); ++i) {
        RunSearch at_once(*runs[i].run, runs[i].deaths.get(), *bound[i], mask, lowest, lowest);
        std::vector<RowHit> hits;
        ASSERT_TRUE(at_once.Advance(lowest, *snapshot_, {}, &hits).ok());
        ASSERT_EQ(searches[i]->stats().postings, at_once.stats().postings);
        ASSERT_EQ(searches[i]->stats().aligned, at_once.stats().aligned);
        // With an effort that runs out it finds some of it, and stops; with one that does not, all.
        const uint64_t most = texts_.Below(2) == 0 ? texts_.Below(2000) : uint64_t{1} << 40;
        FillEffort effort{most, most / 16};
        RunSearch limited(*runs[i].run, runs[i].deaths.get(), *bound[i], mask, lowest, lowest);
        std::vector<RowHit> some;
        ASSERT_TRUE(limited.Advance(lowest, *snapshot_, {}, &some, &effort).ok());
        for (const RowHit& hit : some) ASSERT_EQ(found.count(hit.segment), 1u);
        ASSERT_LE(limited.stats().postings, most + kPostingBlock);
        ASSERT_LE(limited.stats().rows, most / 16);
        if (effort.postings != 0 && effort.rows != 0) {
          ASSERT_EQ(some.size(), hits.size());
          ++unlimited_;
        } else if (some.size() < hits.size()) {
          ++cut_;
        }
      }
      for (const auto& [segment, shared] : found) {
        ASSERT_EQ(all.count(segment), 1u) << "dead or of another locale: " << segment;
        ASSERT_GE(Percent(shared, std::max(query.weight(), segments_[segment].weight)), lowest);
      }
    }
  }

  std::unique_ptr<Kv> kv_ = NewMemoryKv();
  std::unique_ptr<PageCache> cache_ = std::make_unique<PageCache>(uint64_t{1} << 30);
  std::shared_ptr<const KvSnapshot> snapshot_;
  RandomTexts texts_{11};
  std::map<uint64_t, Stored> segments_;
  std::vector<std::string> texts_list_;
  uint64_t last_segment_ = 0;
  format::RunId last_run_ = 0;
  int unlimited_ = 0, cut_ = 0;  // searches with an effort, by how they ended
};

TEST_F(RunTest, FindsWhatComparingEveryRowFinds) {
  for (size_t rows : {1, 2, 300, 6000}) {
    segments_.clear();
    std::vector<MergeInput> runs = {NewRun(rows)};
    Compare(runs, 60);
    if (HasFatalFailure()) return;
    Change(&runs[0], 4);
    Compare(runs, 60);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(unlimited_, 100);
  EXPECT_GT(cut_, 20);
}

TEST_F(RunTest, ABigRunIsSearchedLevelByLevel) {
  std::vector<MergeInput> runs = {NewRun(26000)};
  Change(&runs[0], 50);
  Compare(runs, 25);
}

// A floor far below the threshold does not make the search above it dearer.
TEST_F(RunTest, ASmallRunIsSearchedNoFurtherThanAtOnce) {
  const MergeInput run = NewRun(2000);
  uint64_t above = 0, all = 0;
  for (int q = 0; q < 20; ++q) {
    const std::string text = texts_.Mutated(texts_list_[texts_.Below(texts_list_.size())]);
    const std::vector<Token> tokens = TokenizeKeyForm(text);
    const IndexQuery query(tokens);
    const PageCache::Guard guard = cache_->Enter();
    const BoundQuery bound(query, run.run->lexicon());
    std::vector<RowHit> hits;
    RunSearch levels(*run.run, run.deaths.get(), bound, ~uint64_t{0}, 10, 70);
    ASSERT_TRUE(levels.Advance(90, *snapshot_, {}, &hits).ok());
    RunSearch at_once(*run.run, run.deaths.get(), bound, ~uint64_t{0}, 10, 10);
    ASSERT_TRUE(at_once.Advance(90, *snapshot_, {}, &hits).ok());
    above += levels.stats().postings;
    all += at_once.stats().postings;
  }
  EXPECT_LT(2 * above, all) << above << " of " << all;
}

// Rows that promise less wait until the search comes down to them, though their lists were read.
TEST_F(RunTest, OfManyAlikeOnlyWhatMayReachTheLevelIsAligned) {
  constexpr size_t kWords = 20;
  const auto word = [](size_t i) { return std::string(6, static_cast<char>('a' + i)); };
  std::string sentence;
  for (size_t w = 0; w < kWords; ++w) sentence += word(w) + ' ';
  const std::vector<Token> tokens = TokenizeKeyForm(KeyForm(sentence));
  const IndexQuery query(tokens);
  for (const size_t count : {3000, 24000}) {  // a small run, read for all levels at once, and one read by steps
    std::vector<std::string> texts;
    for (size_t i = 0; i < count; ++i) {
      // One to three words are others: 95, 90 or 85 %.
      std::string text;
      for (size_t w = 0; w < kWords; ++w) text += (w <= i % 3 ? "zz" + word(i / 3 % 23).substr(2) : word(w)) + ' ';
      texts.push_back(KeyForm(text));
    }
    const MergeInput input = RunOf(texts);
    const PageCache::Guard guard = cache_->Enter();
    const BoundQuery bound(query, input.run->lexicon());
    RunSearch search(*input.run, nullptr, bound, ~uint64_t{0}, 80, 80);
    std::vector<RowHit> hits;
    ASSERT_TRUE(search.Advance(94, *snapshot_, {}, &hits).ok());
    EXPECT_EQ(hits.size(), count / 3);
    const SearchStats first = search.stats();
    EXPECT_LT(first.aligned, count / 2);
    ASSERT_TRUE(search.Advance(90, *snapshot_, {}, &hits).ok());
    EXPECT_EQ(hits.size(), count / 3 * 2);
    EXPECT_EQ(search.stats().postings, first.postings);
    ASSERT_TRUE(search.Advance(80, *snapshot_, {}, &hits).ok());
    EXPECT_EQ(hits.size(), count);
    if (count > 20000) {
      EXPECT_GT(search.stats().postings, first.postings);
    } else {
      EXPECT_EQ(search.stats().postings, first.postings);
    }
  }
}

TEST_F(RunTest, MergedRunsAnswerAsTheirInputs) {
  std::vector<MergeInput> runs;
  for (size_t rows : {900, 40, 1, 2500, 7}) runs.push_back(NewRun(rows));
  for (MergeInput& input : runs) Change(&input, 3);
  Compare(runs, 40);
  RunMerge merge(runs, cache_.get());
  ASSERT_TRUE(merge.Plan(*snapshot_, {}).ok());
  const MergeInput merged = Write([&](const RunPageSink& sink) { return merge.Write(*snapshot_, sink, {}); });
  uint32_t alive = 0;
  for (const auto& [segment, stored] : segments_) alive += !stored.dead;
  EXPECT_EQ(merged.run->rows(), alive);
  Compare({merged}, 80);
  // And again, so that a merged run is a good input too.
  std::vector<MergeInput> next = {merged, NewRun(700)};
  Change(&next[0], 5);
  RunMerge again(next, cache_.get());
  ASSERT_TRUE(again.Plan(*snapshot_, {}).ok());
  Compare({Write([&](const RunPageSink& sink) { return again.Write(*snapshot_, sink, {}); })}, 80);
}

TEST_F(RunTest, BareFormsAreFoundInRunsAndInWhatTheyAreMergedTo) {
  // One form fills more than two pages; the texts beside it fill others.
  texts_list_ = std::vector<std::string>(4000, "save!");
  std::vector<MergeInput> runs = {NewRun(7000), NewRun(5), NewRun(4000)};
  CompareBareForms(runs);
  if (HasFatalFailure()) return;
  Change(&runs[0], 3);
  Change(&runs[1], 2);
  RunMerge merge(runs, cache_.get());
  ASSERT_TRUE(merge.Plan(*snapshot_, {}).ok());
  const MergeInput merged = Write([&](const RunPageSink& sink) { return merge.Write(*snapshot_, sink, {}); });
  std::erase_if(segments_, [](const auto& entry) { return entry.second.dead; });
  CompareBareForms({merged});
}

TEST_F(RunTest, AMergeOfTheDeadHasNoRows) {
  std::vector<MergeInput> runs = {NewRun(5)};
  auto deaths = std::make_shared<RunDeaths>();
  for (uint32_t row = 0; row < 5; ++row) deaths->Kill(row);
  runs[0].deaths = deaths;
  RunMerge merge(runs, cache_.get());
  ASSERT_TRUE(merge.Plan(*snapshot_, {}).ok());
  EXPECT_EQ(merge.rows(), 0u);
  EXPECT_EQ(merge.NewRow(0, 3), IndexRun::kNoRow);
}

TEST_F(RunTest, HardlyAnyRoomForPagesChangesNoAnswer) {
  cache_ = std::make_unique<PageCache>(40 << 10);
  std::vector<MergeInput> runs = {NewRun(9000), NewRun(3000)};
  Compare(runs, 60);
  EXPECT_GT(cache_->loads(), 100u);
  EXPECT_LT(cache_->bytes(), 4u << 20);
}

TEST_F(RunTest, AMergeKeepsNoRowsThatNobodyAskedFor) {
  std::vector<MergeInput> runs = {NewRun(9000), NewRun(9000)};
  auto loaded = [&runs] {
    size_t pages = 0;
    for (const MergeInput& input : runs) {
      for (PageTable* table : {&input.run->signatures(), &input.run->row_pages()}) {
        for (uint32_t page = 0; page < table->pages(); ++page) pages += table->Peek(page) != nullptr ? 1 : 0;
      }
    }
    return pages;
  };
  {
    const PageCache::Guard guard = cache_->Enter();
    ASSERT_TRUE(runs[1].run->row_pages().Get(3, *snapshot_).ok());  // by a lookup
  }
  RunMerge merge(runs, cache_.get());
  ASSERT_TRUE(merge.Plan(*snapshot_, {}).ok());
  const MergeInput merged = Write([&](const RunPageSink& sink) { return merge.Write(*snapshot_, sink, {}); });
  EXPECT_EQ(loaded(), 1u);
  Compare({merged}, 20);
}

TEST_F(RunTest, ADamagedRunIsRefusedByName) {
  const MergeInput input = NewRun(50);
  KvBatch batch;
  batch.Put(KvTable::kIndex, format::RunPageKey(last_run_, static_cast<uint8_t>(RunPage::kStems), 0), "\xff\xff");
  ASSERT_TRUE(kv_->Commit(batch, Durability::kSync).ok());
  snapshot_ = kv_->Snapshot();
  auto run = IndexRun::Load(last_run_, *snapshot_, cache_.get());
  ASSERT_FALSE(run.ok());
  EXPECT_TRUE(absl::IsDataLoss(run.status()));
  EXPECT_NE(MessageOf(run.status()).find("run " + std::to_string(last_run_)), std::string::npos);
}

}  // namespace
}  // namespace reprise
