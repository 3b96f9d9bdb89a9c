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
// Below this many rows a search reads its lists for all levels at once: they would cost more than they spare.
constexpr uint32_t kSmallRun = 20000;
// Lists are read for so many percent at a time, since rows are cheaper to hold back than parts of lists are to find;
// for fewer when so many rows wait that they may well be enough.
constexpr int kReadStep = 10, kReadStepOfMany = 5;
constexpr size_t kManyWaiting = 1000;

}  // namespace

RunSearch::RunSearch(const Run& run, const RunDeaths* deaths, const BoundQuery& bound, uint64_t mask, int lowest,
                     int at_once)
    : run_(run), deaths_(deaths), bound_(bound), mask_(mask), at_once_(at_once), filter_(bound, lowest) {
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
    SignatureBound own;
    own.Add(keys[i].stem.hash, keys[i].weight);
    lists_.push_back({stem, keys[i].weight, 0, list.df, run.blocks(list), own, 0});
  }
  // In the order of the run, which the position classes of its postings rest on. Keys that it lacks come before all.
  std::sort(lists_.begin(), lists_.end(), [](const List& a, const List& b) { return a.stem < b.stem; });
  std::fill(std::begin(firsts_), std::end(firsts_), Run::kNoRow);
  uint32_t before = unknown;
  for (List& list : lists_) {
    list.before = before;
    before += list.weight;
  }
  for (size_t i = lists_.size(); i-- > 1;) lists_[i - 1].onward.Add(lists_[i].onward);
}

// Reads of each list what may reach the percent and was not read before: slices of W, by position class.
absl::Status RunSearch::ReadSlices(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                                   FillEffort* effort) {
  const uint32_t weight = bound_.query().weight();
  uint32_t firsts[kPositionClasses];
  for (uint32_t c = 0; c < kPositionClasses; ++c) {
    const uint32_t least = MinWeightOfClass(c, percent, weight);
    firsts[c] = least == UINT32_MAX ? Run::kNoRow : run_.FirstRow(run_.ClassFrom(least));
  }
  for (List& list : lists_) {
    const uint32_t most = RowFilter::MaxWeight(percent, weight, weight - list.before);
    if (most == 0) break;  // nor any list behind it
    const uint32_t last = run_.FirstRow(run_.ClassAbove(most));
    Slice below, above;  // what was read
    for (uint32_t c = 0; c < kPositionClasses; ++c) {
      below.ranges[c] = {firsts[c], std::min(firsts_[c], list.end)};
      above.ranges[c] = {std::max(firsts[c], list.end), last};
    }
    RETURN_IF_ERROR(ReadSlice(list, below, snapshot, cancelled, effort));
    RETURN_IF_ERROR(ReadSlice(list, above, snapshot, cancelled, effort));
    list.end = std::max(list.end, last);
  }
  std::copy(std::begin(firsts), std::end(firsts), std::begin(firsts_));
  return absl::OkStatus();
}

absl::Status RunSearch::Advance(int percent, const KvSnapshot& snapshot, const std::function<bool()>& cancelled,
                                std::vector<RowHit>* hits, FillEffort* effort) {
  percent = std::max(percent, filter_.percent());
  int read = percent;
  if (effort == nullptr && percent > at_once_) {
    const int step = waiting_.size() < kManyWaiting ? kReadStep : kReadStepOfMany;
    read = run_.rows() < kSmallRun ? at_once_ : std::max(at_once_, percent - percent % step);
  }
  if (read < read_to_ && (effort == nullptr || effort->postings > 0)) {
    RETURN_IF_ERROR(ReadSlices(read, snapshot, cancelled, effort));
    read_to_ = read;
  }
  // Those that may reach this level now; the others wait.
  const uint64_t query = bound_.query().weight();
  const auto most = [query](const Candidate& c) { return std::max<uint64_t>(query, c.weight); };
  auto later = std::partition(waiting_.begin(), waiting_.end(), [&most, percent](const Candidate& c) {
    return uint64_t{100} * c.letters < static_cast<uint64_t>(percent) * most(c);
  });
  auto count = static_cast<size_t>(waiting_.end() - later);
  if (effort != nullptr) {
    if (count > effort->rows) {
      count = effort->rows;
      std::nth_element(
          later, later + static_cast<ptrdiff_t>(count), waiting_.end(),
          [&most](const Candidate& a, const Candidate& b) { return a.letters * most(b) > b.letters * most(a); });
    }
    effort->rows -= count;
  }
  size_t fetched = 0;  // of the candidates, those whose pages were asked for
  for (size_t i = 0; i < std::min(count, kRowsAhead); ++i) run_.PrefetchPlace(later[static_cast<ptrdiff_t>(i)].row);
  for (size_t i = 0; i < count; ++i) {
    const auto at = later + static_cast<ptrdiff_t>(i);
    if (i >= fetched && run_.row_pages().Peek(at->row / kRowPageRows) == nullptr) {
      const size_t together = std::min(kFetchedRows, count - i);
      RETURN_IF_ERROR(FetchRows(&*at, together, snapshot));
      fetched = i + together;
    }
    if (i + kRowsAhead < count) run_.PrefetchPlace(at[kRowsAhead].row);
    if (i + kRowsAhead / 2 < count) run_.PrefetchBytes(at[kRowsAhead / 2].row);
    if ((i & 255) == 255 && cancelled && cancelled()) return Cancelled("the lookup was cancelled");
    RETURN_IF_ERROR(Verify(*at, snapshot, hits));
  }
  waiting_.erase(later, waiting_.end());
  return absl::OkStatus();
}

absl::Status RunSearch::ReadSlice(const List& list, const Slice& slice, const KvSnapshot& snapshot,
                                  const std::function<bool()>& cancelled, FillEffort* effort) {
  OrdinalRange whole = {UINT32_MAX, 0};
  for (const OrdinalRange& range : slice.ranges) {
    if (range.begin >= range.end) continue;
    whole.begin = std::min(whole.begin, range.begin);
    whole.end = std::max(whole.end, range.end);
  }
  if (whole.begin >= whole.end) return absl::OkStatus();
  ++stats_.lists;
  const uint32_t count = Run::BlockCount(list.df);
  const Run::Block* blocks = list.blocks;
  // The last block that begins at or before the slice may still reach into it.
  const Run::Block* block = std::upper_bound(blocks, blocks + count, whole.begin,
                                             [](uint32_t row, const Run::Block& b) { return row < b.first; });
  if (block != blocks) --block;
  bool fetched = false;
  uint32_t postings[kPostingBlock];
  for (; block != blocks + count && block->first < whole.end; ++block) {
    if (cancelled && cancelled()) return Cancelled("the lookup was cancelled");
    if (effort != nullptr && effort->postings == 0) break;
    if (!fetched && run_.postings().Peek(block->page) == nullptr) {
      RETURN_IF_ERROR(FetchList(block, blocks + count, whole.end, snapshot));
      fetched = true;
    }
    ASSIGN_OR_RETURN(const char* page, run_.postings().Get(block->page, snapshot));
    const uint32_t size = Run::BlockSize(list.df, static_cast<uint32_t>(block - blocks));
    const uint32_t inside = DecodePostingBlock(block->first, page + block->offset, size, slice.ranges, postings);
    if (effort != nullptr) effort->postings -= std::min<uint64_t>(effort->postings, std::max(inside, 1u));
    RETURN_IF_ERROR(CheckPostings(list, postings, inside, snapshot));
  }
  return absl::OkStatus();
}

absl::Status RunSearch::CheckPostings(const List& list, const uint32_t* rows, uint32_t count,
                                      const KvSnapshot& snapshot) {
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
  list.onward.Letters(signatures, count, letters);
  const uint32_t least = filter_.Needed(0);  // of any row; nearly all are out by it
  // Rows of one W stand together, and a block's rise within each position class.
  uint32_t begin = 0, end = 0, weight = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (letters[i] < least) continue;
    const uint32_t row = rows[i];
    if (row < begin || row >= end) {
      const size_t weight_class = run_.ClassOf(row);
      weight = run_.weights()[weight_class].weight;
      begin = run_.FirstRow(weight_class);
      end = run_.FirstRow(weight_class + 1);
    }
    if (letters[i] < filter_.Needed(weight)) continue;
    waiting_.push_back({row, weight, letters[i]});
  }
  return absl::OkStatus();
}

// False if the row was verified before.
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

// The pages of the blocks before `end` that begin below `last`.
absl::Status RunSearch::FetchList(const Run::Block* block, const Run::Block* end, uint32_t last,
                                  const KvSnapshot& snapshot) {
  PageTable& table = run_.postings();
  std::vector<uint32_t> absent;
  while (block != end && block->first < last && absent.size() < kFetchedLists) {
    const uint32_t page = block->page;
    if (table.Peek(page) == nullptr) absent.push_back(page);
    while (block != end && block->page == page) ++block;
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
  const uint64_t row_mask = run_.mask(candidate.row);
  if ((row_mask & mask_) == 0 || !Remember(candidate.row)) return absl::OkStatus();
  ++stats_.candidates;
  if (deaths_ != nullptr && deaths_->IsDead(candidate.row)) return absl::OkStatus();
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
  hit.mask = row_mask;
  ASSIGN_OR_RETURN(hit.segment, run_.SegmentOf(candidate.row, snapshot));
  hits->push_back(hit);
  return absl::OkStatus();
}

}  // namespace reprise
