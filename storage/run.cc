#include "storage/run.h"

#include <algorithm>
#include <numeric>

#include "record.pb.h"

namespace reprise {
namespace {

constexpr uint8_t kHeaderPage = 0;
constexpr uint8_t kWordPage = 1;
constexpr uint8_t kRowPage = 2;
constexpr uint32_t kWordsPerPage = 8192;
constexpr uint32_t kRowsPerPage = 1024;
constexpr size_t kBatchBytes = 4 << 20;

bool RowLess(const RunRow& a, const RunRow& b) {
  if (a.weight != b.weight) return a.weight < b.weight;
  return a.segment < b.segment;
}

absl::Status Damaged(format::RunId id, std::string_view what) {
  return DataLoss("run " + std::to_string(id) + ": " + std::string(what) +
                  "; restore a backup, or delete the memory and import it again");
}

template <typename Page>
absl::Status ReadPage(const KvSnapshot& snapshot, format::RunId id, uint8_t kind, uint32_t number, Page* page) {
  std::string value;
  ASSIGN_OR_RETURN(bool found, snapshot.Get(KvTable::kIndex, format::RunPageKey(id, kind, number), &value));
  if (!found || !page->ParseFromString(value)) {
    return Damaged(id, "page " + std::to_string(kind) + "/" + std::to_string(number) + " is missing or damaged");
  }
  return absl::OkStatus();
}

}  // namespace

std::shared_ptr<Run> Run::Build(format::RunId id, std::vector<RunRow> rows) {
  std::sort(rows.begin(), rows.end(), RowLess);
  std::shared_ptr<Run> run(new Run());
  run->id_ = id;
  size_t n = rows.size();
  run->masks_.reset(new std::atomic<uint64_t>[n]);
  run->offsets_.reserve(n + 1);
  run->offsets_.push_back(0);
  for (size_t i = 0; i < n; ++i) {
    const RunRow& row = rows[i];
    run->weights_.push_back(row.weight);
    run->segments_.push_back(row.segment);
    run->masks_[i].store(row.mask, std::memory_order_relaxed);
    run->symbols_.insert(run->symbols_.end(), row.symbols.begin(), row.symbols.end());
    run->offsets_.push_back(run->symbols_.size());
  }
  run->IndexRows();
  return run;
}

void Run::IndexRows() {
  uint32_t n = rows();
  died_.reset(new std::atomic<uint64_t>[n]);
  signatures_.resize(n);
  uint32_t stems = 0;
  for (const Symbol& s : symbols_) stems = std::max(stems, s.stem + 1);
  // Count, then fill: the lists of a run are one array.
  std::vector<uint32_t> df(stems, 0), last(stems, kNoRow);
  auto each_posting = [&](auto&& use) {
    std::fill(last.begin(), last.end(), kNoRow);
    for (uint32_t r = 0; r < n; ++r) {
      for (size_t i = 0; i < row_size(r); ++i) {
        uint32_t stem = row(r)[i].stem;
        if (last[stem] == r) continue;
        last[stem] = r;
        use(stem, r);
      }
    }
  };
  each_posting([&](uint32_t stem, uint32_t r) {
    ++df[stem];
    signatures_[r].Add(stem);
  });
  std::vector<uint64_t> next(stems, 0);
  uint64_t at = 0;
  for (uint32_t stem = 0; stem < stems; ++stem) {
    if (df[stem] == 0) continue;
    list_stems_.push_back(stem);
    list_starts_.push_back(at);
    next[stem] = at;
    at += df[stem];
  }
  list_starts_.push_back(at);
  postings_.resize(at);
  each_posting([&](uint32_t stem, uint32_t r) { postings_[next[stem]++] = r; });
  for (uint32_t r = 0; r < n; ++r) died_[r].store(kAlive, std::memory_order_relaxed);
  by_segment_.resize(n);
  std::iota(by_segment_.begin(), by_segment_.end(), 0);
  std::sort(by_segment_.begin(), by_segment_.end(),
            [this](uint32_t a, uint32_t b) { return segments_[a] < segments_[b]; });
}

absl::Status Run::WritePages(const Vocabulary& vocabulary,
                             const std::function<absl::Status(const KvBatch&)>& commit) const {
  // The words of this run, numbered by first use.
  std::unordered_map<uint32_t, uint32_t> number;
  std::vector<uint32_t> words;
  for (const Symbol& s : symbols_) {
    if (number.try_emplace(s.id, static_cast<uint32_t>(words.size())).second) words.push_back(s.id);
  }
  KvBatch batch;
  auto put = [&](uint8_t kind, uint32_t page, const std::string& bytes) -> absl::Status {
    batch.Put(KvTable::kIndex, format::RunPageKey(id_, kind, page), bytes);
    if (batch.bytes() < kBatchBytes) return absl::OkStatus();
    absl::Status status = commit(batch);
    batch.Clear();
    return status;
  };
  storage::RunHeader header;
  header.set_version(format::kRunVersion);
  header.set_rows(rows());
  header.set_words(static_cast<uint32_t>(words.size()));
  for (size_t begin = 0; begin < words.size(); begin += kWordsPerPage) {
    storage::RunWordPage page;
    for (size_t i = begin; i < std::min(words.size(), begin + kWordsPerPage); ++i) {
      const Vocabulary::Word& w = vocabulary.word(words[i]);
      page.add_texts(w.key);
      page.add_index_keys(w.index_key);
      page.add_classes(static_cast<uint32_t>(w.cls));
      page.add_weights(w.weight);
    }
    RETURN_IF_ERROR(put(kWordPage, header.word_pages(), page.SerializeAsString()));
    header.set_word_pages(header.word_pages() + 1);
  }
  for (uint32_t begin = 0; begin < rows(); begin += kRowsPerPage) {
    storage::RunRowPage page;
    for (uint32_t r = begin; r < std::min(rows(), begin + kRowsPerPage); ++r) {
      page.add_segments(segments_[r]);
      page.add_masks(mask(r));
      page.add_lengths(static_cast<uint32_t>(row_size(r)));
      for (size_t i = 0; i < row_size(r); ++i) page.add_words(number[row(r)[i].id]);
    }
    RETURN_IF_ERROR(put(kRowPage, header.row_pages(), page.SerializeAsString()));
    header.set_row_pages(header.row_pages() + 1);
  }
  batch.Put(KvTable::kIndex, format::RunPageKey(id_, kHeaderPage, 0), header.SerializeAsString());
  return commit(batch);
}

absl::StatusOr<std::shared_ptr<Run>> Run::Load(format::RunId id, const KvSnapshot& snapshot, Vocabulary* vocabulary) {
  storage::RunHeader header;
  RETURN_IF_ERROR(ReadPage(snapshot, id, kHeaderPage, 0, &header));
  if (header.version() != format::kRunVersion) return Damaged(id, "its version is unknown to this build");
  std::vector<Symbol> words;
  for (uint32_t p = 0; p < header.word_pages(); ++p) {
    storage::RunWordPage page;
    RETURN_IF_ERROR(ReadPage(snapshot, id, kWordPage, p, &page));
    if (page.index_keys_size() != page.texts_size() || page.classes_size() != page.texts_size() ||
        page.weights_size() != page.texts_size()) {
      return Damaged(id, "a word page is damaged");
    }
    for (int i = 0; i < page.texts_size(); ++i) {
      words.push_back(vocabulary->Intern(static_cast<TokenClass>(page.classes(i)), page.texts(i), page.index_keys(i),
                                         page.weights(i)));
    }
  }
  std::shared_ptr<Run> run(new Run());
  run->id_ = id;
  run->masks_.reset(new std::atomic<uint64_t>[header.rows()]);
  run->offsets_.push_back(0);
  for (uint32_t p = 0; p < header.row_pages(); ++p) {
    storage::RunRowPage page;
    RETURN_IF_ERROR(ReadPage(snapshot, id, kRowPage, p, &page));
    if (page.masks_size() != page.segments_size() || page.lengths_size() != page.segments_size() ||
        run->rows() + page.segments_size() > header.rows()) {
      return Damaged(id, "a row page is damaged");
    }
    int at = 0;
    for (int i = 0; i < page.segments_size(); ++i) {
      uint32_t weight = 0;
      for (uint32_t k = 0; k < page.lengths(i); ++k, ++at) {
        if (at >= page.words_size() || page.words(at) >= words.size()) return Damaged(id, "a row page is damaged");
        run->symbols_.push_back(words[page.words(at)]);
        weight += run->symbols_.back().weight;
      }
      run->masks_[run->rows()].store(page.masks(i), std::memory_order_relaxed);
      run->segments_.push_back(page.segments(i));
      run->weights_.push_back(weight);
      run->offsets_.push_back(run->symbols_.size());
    }
  }
  if (run->rows() != header.rows()) return Damaged(id, "rows are missing");
  run->IndexRows();
  return run;
}

bool Run::Check(uint32_t ordinal, RowFilter* filter, uint64_t sequence, uint64_t mask,
                std::vector<RowHit>* hits) const {
  uint32_t w = weights_[ordinal];
  if (!filter->SignatureFits(signatures_[ordinal], w)) return false;
  if ((masks_[ordinal].load(std::memory_order_acquire) & mask) == 0) return false;
  if (died_[ordinal].load(std::memory_order_acquire) <= sequence) return false;
  if (!filter->RowFits(row(ordinal), row_size(ordinal), w)) return false;
  RowHit hit;
  if (!filter->Accept(row(ordinal), row_size(ordinal), w, &hit)) return false;
  hit.segment = segments_[ordinal];
  hits->push_back(hit);
  return true;
}

bool Run::Search(RowFilter* filter, uint64_t sequence, uint64_t mask, RunScratch* scratch,
                 const std::function<bool()>& cancelled, std::vector<RowHit>* hits) const {
  const IndexQuery& query = filter->query();
  struct List {
    uint64_t begin = 0, end = 0;
    uint32_t weight = 0;
  };
  std::vector<List> lists;
  lists.reserve(query.keys().size());
  for (const IndexQuery::Key& key : query.keys()) {
    List list;
    list.weight = key.weight;
    auto it = std::lower_bound(list_stems_.begin(), list_stems_.end(), key.stem);
    if (it != list_stems_.end() && *it == key.stem) {
      size_t at = it - list_stems_.begin();
      list.begin = list_starts_[at];
      list.end = list_starts_[at + 1];
    }
    lists.push_back(list);
  }
  // The fewest rows for the most letters first; stems that the run lacks come first of all, they cost nothing.
  std::sort(lists.begin(), lists.end(),
            [](const List& a, const List& b) { return (a.end - a.begin) * b.weight < (b.end - b.begin) * a.weight; });
  scratch->seen.resize(std::max<size_t>(scratch->seen.size(), rows() / 64 + 1), 0);
  scratch->touched.clear();
  uint32_t first =
      static_cast<uint32_t>(std::lower_bound(weights_.begin(), weights_.end(), filter->MinWeight()) - weights_.begin());
  uint32_t before = 0;  // letters of the query before this list: if it is the first shared one, they are lost
  bool go_on = true;
  for (const List& list : lists) {
    uint32_t max_weight = filter->MaxWeight(query.weight() - before);
    if (max_weight == 0 || !go_on) break;
    uint32_t last =
        static_cast<uint32_t>(std::upper_bound(weights_.begin(), weights_.end(), max_weight) - weights_.begin());
    auto begin = postings_.begin() + static_cast<int64_t>(list.begin);
    auto end = postings_.begin() + static_cast<int64_t>(list.end);
    uint32_t steps = 0;
    for (auto it = std::lower_bound(begin, end, first); it != end && *it < last; ++it) {
      if ((++steps & 4095) == 0 && cancelled && cancelled()) {
        go_on = false;
        break;
      }
      uint64_t& word = scratch->seen[*it / 64];
      uint64_t bit = uint64_t{1} << (*it % 64);
      if (word & bit) continue;
      word |= bit;
      scratch->touched.push_back(*it);
      Check(*it, filter, sequence, mask, hits);
    }
    before += list.weight;
  }
  for (uint32_t ordinal : scratch->touched) scratch->seen[ordinal / 64] = 0;
  return go_on;
}

uint32_t Run::FindRow(uint64_t segment) const {
  auto it = std::lower_bound(by_segment_.begin(), by_segment_.end(), segment,
                             [this](uint32_t ordinal, uint64_t s) { return segments_[ordinal] < s; });
  return it != by_segment_.end() && segments_[*it] == segment ? *it : kNoRow;
}

size_t Run::MemoryBytes() const {
  return symbols_.size() * sizeof(Symbol) + postings_.size() * 4 + rows() * (4 + 8 + 16 + 8 + 4 + 16) +
         list_stems_.size() * 12;
}

}  // namespace reprise
