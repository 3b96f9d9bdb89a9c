#include "storage/run_search.h"

#include <algorithm>
#include <cstring>

#include "base/varint.h"

namespace reprise {
namespace {

// How far ahead token rows are fetched into the processor's cache: where a row is, and, half as far, its bytes.
constexpr size_t kRowsAhead = 8;
// Of how many candidates the pages of rows are asked for together, and how many pages of lists.
constexpr size_t kFetchedRows = 64;
constexpr size_t kFetchedLists = 64;
// Below this many rows a search goes to the lowest percent at once: the levels would cost more than they spare.
constexpr uint32_t kSmallRun = 20000;

}  // namespace

RunSearch::RunSearch(const Run& run, const RunDeaths* deaths, const BoundQuery& bound, uint64_t mask, int lowest)
    : run_(run), deaths_(deaths), bound_(bound), mask_(mask), filter_(bound, lowest) {
  const std::vector<IndexQuery::Key>& keys = bound.query().keys();
  uint32_t unknown = 0;
  lists_.reserve(keys.size());
  for (uint32_t i = 0; i < keys.size(); ++i) {
    const uint32_t stem = bound.stems()[i];
    if (stem == kUnknownId) {
      unknown += keys[i].weight;
      continue;
    }
    const RunLexicon::Stem& list = run.lexicon().stem(stem);
    lists_.push_back({stem, keys[i].weight, 0, list.df, run.blocks(list), 0, 0, 0});
  }
  // In the order of the run, which the position classes of its postings rest on. Keys that it lacks come before all.
  std::sort(lists_.begin(), lists_.end(), [](const List& a, const List& b) { return a.stem < b.stem; });
  uint32_t before = unknown;
  for (List& list : lists_) {
    list.before = before;
    before += list.weight;
  }
}

// Reads of each list what may reach the percent and was not read before: a slice of W, and of that the lower classes.
absl::Status RunSearch::ReadSlices(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                                   SearchEffort* effort) {
  const uint32_t weight = bound_.query().weight();
  const uint32_t first = run_.FirstRow(run_.ClassFrom(RowFilter::MinWeight(percent, weight)));
  const uint32_t classes = PositionClassesFor(percent);
  for (List& list : lists_) {
    const uint32_t most = RowFilter::MaxWeight(percent, weight, weight - list.before);
    if (most == 0) break;  // nor any list behind it
    const uint32_t last = run_.FirstRow(run_.ClassAbove(most));
    if (first >= last) continue;
    auto read = [&](uint32_t begin, uint32_t end, uint32_t from_class) -> absl::Status {
      if (begin >= end || from_class >= classes) return absl::OkStatus();
      return ReadSlice(list, {begin, end, from_class, classes}, snapshot, cancelled, effort);
    };
    if (list.begin == list.end) {
      RETURN_IF_ERROR(read(first, last, 0));
      list.begin = first;
      list.end = last;
    } else {
      RETURN_IF_ERROR(read(first, list.begin, 0));
      RETURN_IF_ERROR(read(list.begin, list.end, list.classes));
      RETURN_IF_ERROR(read(list.end, last, 0));
      list.begin = std::min(list.begin, first);
      list.end = std::max(list.end, last);
    }
    list.classes = classes;
  }
  return absl::OkStatus();
}

absl::Status RunSearch::Advance(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                                std::vector<RowHit>* hits, SearchEffort* effort) {
  if (run_.rows() < kSmallRun) percent = filter_.percent();
  percent = std::max(percent, filter_.percent());
  if (stats_.lists == 0) RETURN_IF_ERROR(FetchLists(snapshot));  // once
  RETURN_IF_ERROR(ReadSlices(percent, snapshot, cancelled, effort));
  // Those that may reach this level now; the others wait.
  auto later =
      std::partition(waiting_.begin(), waiting_.end(), [percent](const Candidate& c) { return c.percent < percent; });
  const auto count = static_cast<size_t>(waiting_.end() - later);
  for (size_t i = 0; i < std::min(count, kRowsAhead); ++i) run_.PrefetchPlace(later[static_cast<ptrdiff_t>(i)].row);
  for (size_t i = 0; i < count; ++i) {
    const auto at = later + static_cast<ptrdiff_t>(i);
    if (i % kFetchedRows == 0) RETURN_IF_ERROR(FetchRows(&*at, std::min(kFetchedRows, count - i), snapshot));
    if (i + kRowsAhead < count) run_.PrefetchPlace(at[kRowsAhead].row);
    if (i + kRowsAhead / 2 < count) run_.PrefetchBytes(at[kRowsAhead / 2].row);
    if ((i & 255) == 255 && cancelled && cancelled()) return Cancelled("the lookup was cancelled");
    if (effort != nullptr) {
      if (effort->left == 0) break;
      effort->Spend(SearchEffort::kRow);
    }
    RETURN_IF_ERROR(Verify(*at, snapshot, hits));
  }
  waiting_.erase(later, waiting_.end());
  return absl::OkStatus();
}

absl::Status RunSearch::ReadSlice(const List& list, const Slice& slice, const KvSnapshot& snapshot,
                                  const std::function<bool()>& cancelled, SearchEffort* effort) {
  ++stats_.lists;
  const uint32_t count = Run::BlockCount(list.df);
  const Run::Block* blocks = list.blocks;
  // The last block that begins at or before the slice may still reach into it.
  const Run::Block* block = std::upper_bound(blocks, blocks + count, slice.begin,
                                             [](uint32_t row, const Run::Block& b) { return row < b.first; });
  if (block != blocks) --block;
  uint32_t postings[kPostingBlock];
  for (; block != blocks + count && block->first < slice.end; ++block) {
    if (cancelled && cancelled()) return Cancelled("the lookup was cancelled");
    if (effort != nullptr && effort->left == 0) break;
    ASSIGN_OR_RETURN(const char* page, run_.postings().Get(block->page, snapshot));
    const uint32_t size = Run::BlockSize(list.df, static_cast<uint32_t>(block - blocks));
    const uint32_t decoded =
        DecodePostingBlock(block->first, page + block->offset, size, slice.from_class, slice.to_class, postings);
    uint32_t inside = 0;
    for (uint32_t i = 0; i < decoded; ++i) {
      const uint32_t row = postings[i];
      postings[inside] = row;
      inside += row >= slice.begin && row < slice.end ? 1 : 0;
    }
    if (effort != nullptr) effort->Spend(SearchEffort::kPosting * std::max(decoded, 1u));
    RETURN_IF_ERROR(CheckPostings(postings, inside, snapshot));
  }
  return absl::OkStatus();
}

absl::Status RunSearch::CheckPostings(const uint32_t* rows, uint32_t count, const KvSnapshot& snapshot) {
  if (count == 0) return absl::OkStatus();
  stats_.postings += count;
  PageTable& table = run_.signatures();
  const char* signatures[kPostingBlock];
  uint32_t letters[kPostingBlock];
  bool fetched = false;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t number = rows[i] / kSignaturePageRows;
    const char* page = table.Peek(number);
    if (page == nullptr) {
      // Once: with hardly any room for pages the first may be gone when the last is there.
      if (!fetched) RETURN_IF_ERROR(FetchSignatures(rows + i, count - i, snapshot));
      fetched = true;
      ASSIGN_OR_RETURN(page, table.Get(number, snapshot));
    }
    signatures[i] = page + size_t{rows[i] % kSignaturePageRows} * sizeof(Signature);
    __builtin_prefetch(signatures[i]);
  }
  filter_.SignatureLetters(signatures, count, letters);
  const uint32_t least = filter_.Needed(0);  // of any row; nearly all are out by it
  for (uint32_t i = 0; i < count; ++i) {
    if (letters[i] < least) continue;
    const uint32_t row = rows[i];
    const uint32_t weight = run_.weights()[run_.ClassOf(row)].weight;
    if (letters[i] < filter_.Needed(weight) || !Remember(row)) continue;
    ++stats_.candidates;
    waiting_.push_back({row, weight, Percent(letters[i], std::max(bound_.query().weight(), weight))});
  }
  return absl::OkStatus();
}

// False if the row was a candidate before.
bool RunSearch::Remember(uint32_t row) {
  if ((seen_count_ + 1) * 2 > seen_.size()) {
    std::vector<uint32_t> old(seen_.empty() ? 64 : seen_.size() * 2, 0);
    old.swap(seen_);
    seen_count_ = 0;
    for (uint32_t entry : old) {
      if (entry != 0) Remember(entry - 1);
    }
  }
  const size_t mask = seen_.size() - 1;
  for (size_t at = row * 0x9E3779B97F4A7C15ull >> 32 & mask;; at = (at + 1) & mask) {
    if (seen_[at] == row + 1) return false;
    if (seen_[at] != 0) continue;
    seen_[at] = row + 1;
    ++seen_count_;
    return true;
  }
}

// Of each list the pages between the least and the most W that the lowest percent allows.
absl::Status RunSearch::FetchLists(const KvSnapshot& snapshot) {
  const int percent = filter_.percent();
  PageTable& table = run_.postings();
  const uint32_t weight = bound_.query().weight();
  const uint32_t first = run_.FirstRow(run_.ClassFrom(RowFilter::MinWeight(percent, weight)));
  std::vector<uint32_t> absent;
  for (const List& list : lists_) {
    const uint32_t most = RowFilter::MaxWeight(percent, weight, weight - list.before);
    if (most == 0) break;
    const uint32_t last = run_.FirstRow(run_.ClassAbove(most));
    if (first >= last) continue;
    const Run::Block* const end = list.blocks + Run::BlockCount(list.df);
    const Run::Block* block =
        std::upper_bound(list.blocks, end, first, [](uint32_t row, const Run::Block& b) { return row < b.first; });
    if (block != list.blocks) --block;
    while (block != end && block->first < last && absent.size() < kFetchedLists) {
      const uint32_t page = block->page;
      if (table.Peek(page) == nullptr) absent.push_back(page);
      while (block != end && block->page == page) ++block;
    }
  }
  return absent.size() < 2 ? absl::OkStatus() : table.Fetch(std::move(absent), snapshot);
}

absl::Status RunSearch::FetchSignatures(const uint32_t* rows, uint32_t count, const KvSnapshot& snapshot) {
  std::vector<uint32_t> pages(rows, rows + count);
  for (uint32_t& page : pages) page /= kSignaturePageRows;
  return run_.signatures().Fetch(std::move(pages), snapshot);
}

absl::Status RunSearch::FetchRows(const Candidate* candidates, size_t count, const KvSnapshot& snapshot) {
  PageTable& table = run_.row_pages();
  std::vector<uint32_t> absent;
  for (size_t i = 0; i < count; ++i) {
    const uint32_t page = candidates[i].row / kRowPageRows;
    if (table.Peek(page) == nullptr && MayMatch(candidates[i].row)) absent.push_back(page);
  }
  return absent.size() < 2 ? absl::OkStatus() : table.Fetch(std::move(absent), snapshot);
}

bool RunSearch::MayMatch(uint32_t row) const {
  return (run_.mask(row) & mask_) != 0 && (deaths_ == nullptr || !deaths_->IsDead(row));
}

absl::Status RunSearch::Verify(const Candidate& candidate, const KvSnapshot& snapshot, std::vector<RowHit>* hits) {
  if (!MayMatch(candidate.row)) return absl::OkStatus();
  ++stats_.rows;
  const uint32_t number = candidate.row / kRowPageRows;
  ASSIGN_OR_RETURN(const char* page, run_.row_pages().Get(number, snapshot));
  const std::string_view row = Run::RowBytes(page, run_.RowsOnPage(number), candidate.row % kRowPageRows);
  const RunLexicon& lexicon = run_.lexicon();
  filter_.StartRow(candidate.weight);
  for (const char* at = row.data(); at < row.data() + row.size();) {
    uint32_t word = 0;
    at = ReadTrustedVarint32(at, &word);
    if (!filter_.AddToken(word, lexicon.WordStem(word), lexicon.WordWeight(word))) return absl::OkStatus();
  }
  ++stats_.aligned;
  RowHit hit;
  if (!filter_.Accept(&hit)) return absl::OkStatus();
  ++stats_.hits;
  hit.mask = run_.mask(candidate.row);
  ASSIGN_OR_RETURN(hit.segment, run_.SegmentOf(candidate.row, snapshot));
  hits->push_back(hit);
  return absl::OkStatus();
}

}  // namespace reprise
