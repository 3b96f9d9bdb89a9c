#include "storage/run_writer.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/varint.h"
#include "record.pb.h"
#include "storage/format.h"

namespace reprise {
namespace {

void AppendLittle(uint64_t value, int bytes, std::string* out) {
  for (int i = 0; i < bytes; ++i) out->push_back(static_cast<char>(value >> (8 * i)));
}

// A run knows this many different locale masks; rows with yet another count as holding every locale, which costs them
// a look at their units and nothing else.
constexpr size_t kMaxMaskCodes = 60000;

uint32_t RowCount(const std::vector<WeightClass>& weights) {
  uint32_t rows = 0;
  for (const WeightClass& w : weights) rows += w.rows;
  return rows;
}

}  // namespace

std::vector<uint32_t> RankStems(const std::vector<uint64_t>& rows, std::vector<RunWord>* words) {
  // A stem has the letters of its most frequent word: the first, as words come by falling use.
  std::vector<uint64_t> letters(rows.size(), 0);
  for (const RunWord& word : *words) {
    if (letters[word.stem] == 0) letters[word.stem] = std::max<uint64_t>(word.weight, 1);
  }
  std::vector<uint32_t> order(rows.size()), number(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    const uint64_t x = rows[a] * letters[b], y = rows[b] * letters[a];
    return x != y ? x < y : a < b;
  });
  for (uint32_t rank = 0; rank < order.size(); ++rank) number[order[rank]] = rank;
  for (RunWord& word : *words) word.stem = number[word.stem];
  return number;
}

RunWriter::RunWriter(std::vector<WeightClass> weights, uint64_t min_segment, uint64_t max_segment, RunPageSink sink)
    : weights_(std::move(weights)),
      rows_(RowCount(weights_)),
      min_segment_(min_segment),
      max_segment_(max_segment),
      sink_(std::move(sink)),
      positions_(weights_) {
  masks_.push_back(UINT64_MAX);  // code 0: any locale
}

absl::Status RunWriter::Flush(RunPage kind, std::string* page) {
  if (page->empty()) return absl::OkStatus();
  absl::Status status = sink_(kind, pages_[kind]++, *page);
  page->clear();
  return status;
}

// One more row of the column is on the page: writes the page when it is full or the column ends.
absl::Status RunWriter::EndColumn(RunPage kind, uint32_t page_rows) {
  ++in_column_;
  const bool last = in_column_ == rows_;
  if (last || in_column_ % page_rows == 0) {
    RETURN_IF_ERROR(Flush(kind, &page_));
  }
  if (last) in_column_ = 0;
  return absl::OkStatus();
}

absl::Status RunWriter::AddBareForm(uint32_t hash, uint32_t row) {
  if (bare_forms_++ % kBarePageEntries == 0) {
    RETURN_IF_ERROR(Flush(RunPage::kBareForms, &page_));
    bare_firsts_.push_back(hash);
  }
  AppendLittle(hash, 4, &page_);
  AppendLittle(row, 4, &page_);
  return absl::OkStatus();
}

absl::Status RunWriter::Words(const std::vector<RunWord>& words, uint32_t stems) {
  RETURN_IF_ERROR(Flush(RunPage::kBareForms, &page_));
  word_count_ = static_cast<uint32_t>(words.size());
  stem_word_.assign(stems, kUnknownId);
  stem_bytes_.assign(stems, 0);
  stem_letters_.assign(stems, UINT32_MAX);
  for (uint32_t i = 0; i < words.size(); ++i) {
    const RunWord& word = words[i];
    if (stem_word_[word.stem] == kUnknownId) {
      stem_word_[word.stem] = i;
      stem_bytes_[word.stem] = word.stem_bytes;
    }
    stem_letters_[word.stem] = std::min(stem_letters_[word.stem], word.weight);
    page_.push_back(static_cast<char>(word.cls));
    AppendVarint(word.weight, &page_);
    AppendVarint(word.stem, &page_);
    AppendVarint(word.uses, &page_);
    AppendSized(word.text, &page_);
    if (page_.size() >= kRunPageBytes) RETURN_IF_ERROR(Flush(RunPage::kWords, &page_));
  }
  return Flush(RunPage::kWords, &page_);
}

absl::Status RunWriter::AddSignature(const Signature& signature) {
  for (const uint8_t byte : signature.bytes) page_.push_back(static_cast<char>(byte));
  return EndColumn(RunPage::kSignatures, kSignaturePageRows);
}

absl::Status RunWriter::AddRow(const uint32_t* words, size_t count) {
  AppendLittle(page_.size(), 4, &offsets_);
  for (size_t i = 0; i < count; ++i) AppendVarint(words[i], &page_);
  ++in_column_;
  const bool last = in_column_ == rows_;
  if (last || in_column_ % kRowPageRows == 0) {
    AppendLittle(page_.size(), 4, &offsets_);
    std::string whole;
    whole.swap(offsets_);
    whole += page_;
    page_.clear();
    RETURN_IF_ERROR(Flush(RunPage::kRows, &whole));
  }
  if (last) in_column_ = 0;
  return absl::OkStatus();
}

absl::Status RunWriter::AddSegment(uint64_t segment) {
  const bool narrow = max_segment_ - min_segment_ <= UINT32_MAX;
  AppendLittle(segment - min_segment_, narrow ? 4 : 8, &page_);
  return EndColumn(RunPage::kSegments, kSegmentPageRows);
}

absl::Status RunWriter::AddMask(uint64_t mask) {
  auto it = mask_codes_.find(mask);
  uint16_t code = 0;
  if (it != mask_codes_.end()) {
    code = it->second;
  } else if (masks_.size() < kMaxMaskCodes) {
    code = static_cast<uint16_t>(masks_.size());
    masks_.push_back(mask);
    mask_codes_.emplace(mask, code);
  }
  AppendLittle(code, 2, &page_);
  return EndColumn(RunPage::kMasks, kMaskPageRows);
}

absl::Status RunWriter::AddList(const std::vector<uint32_t>& ordinals) {
  positions_.NextList(ordinals, stem_letters_[next_stem_], &classes_);
  std::string block;
  uint32_t blocks = 0;
  for (size_t begin = 0; begin < ordinals.size(); begin += kPostingBlock) {
    const size_t end = std::min(ordinals.size(), begin + kPostingBlock);
    block.clear();
    AppendPostingBlock(ordinals.data() + begin, classes_.data() + begin, static_cast<uint32_t>(end - begin), &block);
    // A block lies within one page.
    if (page_.size() + block.size() > kRunPageBytes) RETURN_IF_ERROR(Flush(RunPage::kPostings, &page_));
    AppendLittle(ordinals[begin], 4, &blocks_page_);
    AppendLittle(pages_[RunPage::kPostings], 4, &blocks_page_);
    AppendLittle(page_.size(), 4, &blocks_page_);
    if (blocks_page_.size() >= kRunPageBytes) {
      blocks_pages_.emplace_back();
      blocks_pages_.back().swap(blocks_page_);
    }
    page_ += block;
    ++blocks;
  }
  postings_ += ordinals.size();
  blocks_ += blocks;
  AppendVarint(ordinals.size(), &stems_page_);
  AppendVarint(stem_word_[next_stem_], &stems_page_);
  AppendVarint(stem_bytes_[next_stem_], &stems_page_);
  if (stems_page_.size() >= kRunPageBytes) {
    stems_pages_.emplace_back();
    stems_pages_.back().swap(stems_page_);
  }
  ++next_stem_;
  return absl::OkStatus();
}

absl::Status RunWriter::Finish() {
  // An empty block still has an address: its page must exist, if only as one byte.
  if (page_.empty() && blocks_ != 0) page_.push_back('\0');
  RETURN_IF_ERROR(Flush(RunPage::kPostings, &page_));
  stems_pages_.push_back(std::move(stems_page_));
  for (std::string& page : stems_pages_) RETURN_IF_ERROR(Flush(RunPage::kStems, &page));
  blocks_pages_.push_back(std::move(blocks_page_));
  for (std::string& page : blocks_pages_) RETURN_IF_ERROR(Flush(RunPage::kBlocks, &page));
  storage::RunHeader header;
  header.set_version(format::kRunVersion);
  header.set_rows(rows_);
  header.set_words(word_count_);
  header.set_stems(next_stem_);
  header.set_blocks(blocks_);
  header.set_postings(postings_);
  header.set_min_segment(min_segment_);
  header.set_max_segment(max_segment_);
  for (uint64_t mask : masks_) header.add_masks(mask);
  for (const WeightClass& w : weights_) {
    header.add_weights(w.weight);
    header.add_weight_rows(w.rows);
  }
  header.set_bare_forms(bare_forms_);
  header.mutable_bare_firsts()->Add(bare_firsts_.begin(), bare_firsts_.end());
  header.set_word_pages(pages_[RunPage::kWords]);
  header.set_stem_pages(pages_[RunPage::kStems]);
  header.set_block_pages(pages_[RunPage::kBlocks]);
  header.set_posting_pages(pages_[RunPage::kPostings]);
  return sink_(RunPage::kHeader, 0, header.SerializeAsString());
}

namespace {

// Numbers words by falling use (frequent ones get short numbers in rows) and stems by rank.
class RunNumbers {
 public:
  RunNumbers(const std::vector<IndexRow>& rows, const Vocabulary& vocabulary)
      : number_(vocabulary.words(), kUnknownId) {
    std::vector<uint64_t> uses(vocabulary.words(), 0);
    for (const IndexRow& row : rows) {
      for (const Symbol& s : row.symbols) ++uses[s.id];
    }
    std::vector<uint32_t> order;
    for (uint32_t id = 0; id < uses.size(); ++id) {
      if (uses[id] != 0) order.push_back(id);
    }
    std::sort(order.begin(), order.end(),
              [&](uint32_t a, uint32_t b) { return uses[a] != uses[b] ? uses[a] > uses[b] : a < b; });
    std::vector<uint32_t> stem_number(vocabulary.words(), kUnknownId);
    words_.reserve(order.size());
    for (uint32_t id : order) {
      number_[id] = static_cast<uint32_t>(words_.size());
      const Vocabulary::Word& word = vocabulary.word_at(id);
      uint32_t& stem = stem_number[word.stem];
      if (stem == kUnknownId) stem = stems_++;
      words_.push_back({word.text, word.cls, word.weight, stem, word.stem_bytes, uses[id]});
    }
    // Uses stand for rows: a word is hardly ever twice in a text.
    std::vector<uint64_t> stem_uses(stems_, 0);
    for (const RunWord& word : words_) stem_uses[word.stem] += word.uses;
    RankStems(stem_uses, &words_);
  }
  const std::vector<RunWord>& words() const { return words_; }
  uint32_t stems() const { return stems_; }
  uint32_t WordOf(const Symbol& s) const { return number_[s.id]; }

 private:
  std::vector<uint32_t> number_;
  std::vector<RunWord> words_;
  uint32_t stems_ = 0;
};

// The lists of all stems, one after the other.
absl::Status AddLists(const std::vector<IndexRow>& rows, const RunNumbers& numbers, RunWriter* writer) {
  std::vector<uint32_t> df(numbers.stems() + 1, 0), last(numbers.stems(), kUnknownId);
  auto each_posting = [&](auto&& use) {
    std::fill(last.begin(), last.end(), kUnknownId);
    for (uint32_t r = 0; r < rows.size(); ++r) {
      for (const Symbol& s : rows[r].symbols) {
        const uint32_t stem = numbers.words()[numbers.WordOf(s)].stem;
        if (last[stem] == r) continue;
        last[stem] = r;
        use(stem, r);
      }
    }
  };
  each_posting([&](uint32_t stem, uint32_t) { ++df[stem + 1]; });
  std::vector<uint64_t> next(df.size(), 0);
  for (size_t i = 1; i < df.size(); ++i) next[i] = next[i - 1] + df[i];
  std::vector<uint32_t> postings(next.back());
  std::vector<uint64_t> at = next;
  each_posting([&](uint32_t stem, uint32_t r) { postings[at[stem]++] = r; });
  std::vector<uint32_t> list;
  for (uint32_t stem = 0; stem < numbers.stems(); ++stem) {
    list.assign(postings.begin() + static_cast<int64_t>(next[stem]),
                postings.begin() + static_cast<int64_t>(next[stem + 1]));
    RETURN_IF_ERROR(writer->AddList(list));
  }
  return absl::OkStatus();
}

}  // namespace

namespace {

absl::Status AddBareForms(const std::vector<IndexRow>& rows, RunWriter* writer) {
  std::vector<std::pair<uint32_t, uint32_t>> forms;
  for (uint32_t row = 0; row < rows.size(); ++row) {
    if (rows[row].bare != 0) forms.emplace_back(rows[row].bare, row);
  }
  std::sort(forms.begin(), forms.end());
  for (const auto& [hash, row] : forms) RETURN_IF_ERROR(writer->AddBareForm(hash, row));
  return absl::OkStatus();
}

}  // namespace

absl::Status BuildRun(std::vector<IndexRow> rows, const Vocabulary& vocabulary, const RunPageSink& sink) {
  std::sort(rows.begin(), rows.end(), [](const IndexRow& a, const IndexRow& b) {
    return a.weight != b.weight ? a.weight < b.weight : a.segment < b.segment;
  });
  uint64_t min_segment = UINT64_MAX, max_segment = 0;
  std::vector<WeightClass> weights;
  for (const IndexRow& row : rows) {
    min_segment = std::min(min_segment, row.segment);
    max_segment = std::max(max_segment, row.segment);
    if (weights.empty() || weights.back().weight != row.weight) weights.push_back({row.weight, 0});
    ++weights.back().rows;
  }
  const RunNumbers numbers(rows, vocabulary);
  RunWriter writer(std::move(weights), min_segment, max_segment, sink);
  RETURN_IF_ERROR(AddBareForms(rows, &writer));
  RETURN_IF_ERROR(writer.Words(numbers.words(), numbers.stems()));
  for (const IndexRow& row : rows) RETURN_IF_ERROR(writer.AddSignature(row.signature));
  std::vector<uint32_t> ids;
  for (const IndexRow& row : rows) {
    ids.clear();
    for (const Symbol& s : row.symbols) ids.push_back(numbers.WordOf(s));
    RETURN_IF_ERROR(writer.AddRow(ids.data(), ids.size()));
  }
  for (const IndexRow& row : rows) RETURN_IF_ERROR(writer.AddSegment(row.segment));
  for (const IndexRow& row : rows) RETURN_IF_ERROR(writer.AddMask(row.mask));
  RETURN_IF_ERROR(AddLists(rows, numbers, &writer));
  return writer.Finish();
}

}  // namespace reprise
