#include "storage/run.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/varint.h"
#include "record.pb.h"
#include "storage/folded_words.h"
#include "storage/hidden_words.h"
#include "storage/row_filter.h"

namespace reprise {
namespace {

static_assert(kPostingSlack <= PageTable::kPadding, "blocks of postings are read a little beyond their end");
static_assert(std::endian::native == std::endian::little, "pages are read where they lie, in little-endian order");

template <typename Int>
Int ReadLittle(const char* p) {
  Int value;
  std::memcpy(&value, p, sizeof(value));
  return value;
}

uint32_t Pages(uint32_t rows, uint32_t rows_of_page) { return (rows + rows_of_page - 1) / rows_of_page; }

constexpr size_t kBlockBytes = 12;
// Room for masks that rows grow into after the run was written.
constexpr uint32_t kSpareMasks = 1024;

}  // namespace

uint32_t RunLexicon::FindWord(const LexiconKey& key) const {
  return word_table_.Find(key.hash, [&](uint32_t id) { return words_[id].cls == key.cls && WordText(id) == key.text; });
}

uint32_t RunLexicon::FindStem(const LexiconKey& key) const {
  return stem_table_.Find(
      key.hash, [&](uint32_t id) { return words_[stems_[id].word].cls == key.cls && StemText(id) == key.text; });
}

void RunDeaths::Kill(uint32_t row) {
  const uint32_t page = row / format::kTombstonePageRows;
  const uint32_t bit = row % format::kTombstonePageRows;
  if (page >= pages_.size()) pages_.resize(page + 1);
  auto bitmap = pages_[page] == nullptr ? std::make_shared<std::string>(format::kTombstonePageRows / 8, '\0')
                                        : std::make_shared<std::string>(*pages_[page]);
  char& byte = (*bitmap)[bit / 8];
  if ((byte >> (bit % 8) & 1) == 0) ++count_;
  byte = static_cast<char>(byte | 1 << (bit % 8));
  pages_[page] = std::move(bitmap);
}

void RunDeaths::SetPage(uint32_t page, std::string bitmap) {
  bitmap.resize(format::kTombstonePageRows / 8, '\0');
  if (page >= pages_.size()) pages_.resize(page + 1);
  for (char byte : bitmap) count_ += static_cast<uint64_t>(std::popcount(static_cast<uint8_t>(byte)));
  pages_[page] = std::make_shared<const std::string>(std::move(bitmap));
}

Run::~Run() {
  if (released_) released_(id_);
}

absl::Status Run::Damaged(std::string_view what) const {
  return DataLoss("run " + std::to_string(id_) + ": " + std::string(what) + "; restore a backup, or rebuild the index");
}

absl::StatusOr<std::string> Run::ReadPage(const KvSnapshot& snapshot, RunPage kind, uint32_t page) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found,
                   snapshot.Get(KvTable::kIndex, format::RunPageKey(id_, static_cast<uint8_t>(kind), page), &value));
  if (!found)
    return Damaged("page " + std::to_string(static_cast<int>(kind)) + "/" + std::to_string(page) + " is missing");
  return value;
}

absl::StatusOr<std::shared_ptr<Run>> Run::Load(format::RunId id, const KvSnapshot& snapshot, PageCache* cache) {
  std::shared_ptr<Run> run(new Run());
  run->id_ = id;
  ASSIGN_OR_RETURN(std::string bytes, run->ReadPage(snapshot, RunPage::kHeader, 0));
  storage::RunHeader header;
  if (!header.ParseFromString(bytes)) return run->Damaged("its header is damaged");
  if (header.version() != format::kRunVersion) return run->Damaged("its version is unknown to this build");
  run->rows_ = header.rows();
  run->hidden_words_ = std::make_unique<HiddenWords>(run->rows_);
  run->min_segment_ = header.min_segment();
  run->max_segment_ = header.max_segment();
  run->narrow_ = run->max_segment_ - run->min_segment_ <= UINT32_MAX;
  uint64_t rows = 0;
  for (int i = 0; i < header.weights_size() && i < header.weight_rows_size(); ++i) {
    run->weights_.push_back({header.weights(i), header.weight_rows(i)});
    run->weight_starts_.push_back(static_cast<uint32_t>(rows));
    rows += header.weight_rows(i);
  }
  run->weight_starts_.push_back(static_cast<uint32_t>(rows));
  if (rows != run->rows_ || header.masks_size() == 0) return run->Damaged("its header does not add up");
  run->bare_forms_ = header.bare_forms();
  run->bare_firsts_.assign(header.bare_firsts().begin(), header.bare_firsts().end());
  if (run->bare_firsts_.size() != Pages(run->bare_forms_, kBarePageEntries)) {
    return run->Damaged("its header does not add up");
  }
  RETURN_IF_ERROR(run->LoadWords(snapshot, header.word_pages(), header.words(), header.stems()));
  RETURN_IF_ERROR(run->LoadStems(snapshot, header.stem_pages(), header.stems()));
  RETURN_IF_ERROR(run->LoadBlocks(snapshot, header.block_pages(), header.blocks()));
  RETURN_IF_ERROR(run->LoadMasks(snapshot, {header.masks().begin(), header.masks().end()}));
  auto table = [&](RunPage kind, uint32_t pages, PageTable::Heat heat) {
    return std::make_unique<PageTable>(cache, id, static_cast<uint8_t>(kind), pages, heat);
  };
  run->signatures_ = table(RunPage::kSignatures, Pages(run->rows_, kSignaturePageRows), PageTable::Heat::kHot);
  run->row_pages_ = table(RunPage::kRows, Pages(run->rows_, kRowPageRows), PageTable::Heat::kNormal);
  run->segment_pages_ = table(RunPage::kSegments, Pages(run->rows_, kSegmentPageRows), PageTable::Heat::kNormal);
  run->postings_ = table(RunPage::kPostings, header.posting_pages(), PageTable::Heat::kNormal);
  run->bare_pages_ = table(RunPage::kBareForms, Pages(run->bare_forms_, kBarePageEntries), PageTable::Heat::kNormal);
  return run;
}

absl::Status Run::LoadWords(const KvSnapshot& snapshot, uint32_t pages, uint32_t words, uint32_t stems) {
  lexicon_.words_.reserve(words + 1);
  lexicon_.uses_.reserve(words);
  lexicon_.word_table_.Reserve(words);
  for (uint32_t p = 0; p < pages; ++p) {
    ASSIGN_OR_RETURN(std::string page, ReadPage(snapshot, RunPage::kWords, p));
    const char* at = page.data();
    const char* limit = at + page.size();
    while (at < limit) {
      RunLexicon::Word word;
      word.cls = static_cast<TokenClass>(*at++);
      uint64_t uses = 0;
      std::string_view text;
      if ((at = ReadVarint(at, limit, &word.weight)) == nullptr ||
          (at = ReadVarint(at, limit, &word.stem)) == nullptr || (at = ReadVarint(at, limit, &uses)) == nullptr ||
          (at = ReadSized(at, limit, &text)) == nullptr || word.stem >= stems) {
        return Damaged("a page of words is damaged");
      }
      word.text = static_cast<uint32_t>(lexicon_.text_.size());
      lexicon_.text_ += text;
      lexicon_.word_table_.Insert(LexiconKey(word.cls, text).hash, static_cast<uint32_t>(lexicon_.words_.size()));
      lexicon_.words_.push_back(word);
      lexicon_.uses_.push_back(uses);
    }
  }
  if (lexicon_.words_.size() != words) return Damaged("words are missing");
  lexicon_.words_.push_back({static_cast<uint32_t>(lexicon_.text_.size()), 0, 0, TokenClass::kWord});
  return absl::OkStatus();
}

absl::Status Run::LoadStems(const KvSnapshot& snapshot, uint32_t pages, uint32_t stems) {
  lexicon_.stems_.reserve(stems);
  lexicon_.stem_table_.Reserve(stems);
  uint32_t block = 0;
  for (uint32_t p = 0; p < pages; ++p) {
    ASSIGN_OR_RETURN(std::string page, ReadPage(snapshot, RunPage::kStems, p));
    const char* at = page.data();
    const char* limit = at + page.size();
    while (at < limit) {
      RunLexicon::Stem stem;
      if ((at = ReadVarint(at, limit, &stem.df)) == nullptr || (at = ReadVarint(at, limit, &stem.word)) == nullptr ||
          (at = ReadVarint(at, limit, &stem.bytes)) == nullptr || stem.word >= lexicon_.words()) {
        return Damaged("a page of stems is damaged");
      }
      stem.first_block = block;
      block += BlockCount(stem.df);
      const auto id = static_cast<uint32_t>(lexicon_.stems_.size());
      lexicon_.stems_.push_back(stem);
      lexicon_.stem_table_.Insert(LexiconKey(lexicon_.WordClass(stem.word), lexicon_.StemText(id)).hash, id);
    }
  }
  return lexicon_.stems_.size() == stems ? absl::OkStatus() : Damaged("stems are missing");
}

absl::Status Run::LoadBlocks(const KvSnapshot& snapshot, uint32_t pages, uint32_t blocks) {
  blocks_.reserve(blocks);
  for (uint32_t p = 0; p < pages; ++p) {
    ASSIGN_OR_RETURN(std::string page, ReadPage(snapshot, RunPage::kBlocks, p));
    for (size_t at = 0; at + kBlockBytes <= page.size(); at += kBlockBytes) {
      blocks_.push_back({ReadLittle<uint32_t>(page.data() + at), ReadLittle<uint32_t>(page.data() + at + 4),
                         ReadLittle<uint32_t>(page.data() + at + 8)});
    }
  }
  uint64_t wanted = 0;
  for (const RunLexicon::Stem& stem : lexicon_.stems_) wanted += BlockCount(stem.df);
  if (blocks_.size() != blocks || wanted != blocks) return Damaged("the directory of the lists does not add up");
  return absl::OkStatus();
}

absl::Status Run::LoadMasks(const KvSnapshot& snapshot, const std::vector<uint64_t>& masks) {
  mask_count_ = static_cast<uint32_t>(masks.size());
  mask_capacity_ = std::min<uint32_t>(mask_count_ + kSpareMasks, UINT16_MAX);
  masks_.reset(new std::atomic<uint64_t>[mask_capacity_]);
  for (uint32_t i = 0; i < mask_count_; ++i) masks_[i].store(masks[i], std::memory_order_relaxed);
  mask_codes_.reset(new std::atomic<uint16_t>[rows_]);
  several_.reset(new std::atomic<uint64_t>[(size_t{rows_} + 63) / 64]());
  uint32_t row = 0;
  for (uint32_t p = 0; p < Pages(rows_, kMaskPageRows); ++p) {
    ASSIGN_OR_RETURN(std::string page, ReadPage(snapshot, RunPage::kMasks, p));
    for (size_t at = 0; at + 2 <= page.size() && row < rows_; at += 2, ++row) {
      const auto code = ReadLittle<uint16_t>(page.data() + at);
      if (code >= mask_count_) return Damaged("a page of masks is damaged");
      mask_codes_[row].store(code, std::memory_order_relaxed);
      if ((masks[code] & kSeveralUnits) != 0) NoteSeveral(row);
    }
  }
  if (row != rows_) return Damaged("masks are missing");
  auto grown = snapshot.Scan(KvTable::kIndex, format::MaskPrefix(id_));
  for (; grown->Valid(); grown->Next()) {
    const uint32_t at = format::ReadU32(grown->key().substr(9));
    if (at < rows_) GrowMask(at, format::ReadU64(grown->value()));
  }
  return grown->status();
}

void Run::GrowMask(uint32_t row, uint64_t mask) {
  const uint64_t grown = this->mask(row) | mask;
  if (grown == this->mask(row)) return;
  uint32_t code = 0;  // any locale, if there is no room for one more
  for (uint32_t i = 0; i < mask_count_; ++i) {
    if (masks_[i].load(std::memory_order_relaxed) == grown) code = i;
  }
  if (code == 0 && grown != UINT64_MAX && mask_count_ < mask_capacity_) {
    code = mask_count_++;
    masks_[code].store(grown, std::memory_order_relaxed);
  }
  mask_codes_[row].store(static_cast<uint16_t>(code), std::memory_order_release);
  if ((this->mask(row) & kSeveralUnits) != 0) NoteSeveral(row);
}

void Run::NoteSeveral(uint32_t row) {
  several_[row / 64].fetch_or(uint64_t{1} << (row % 64), std::memory_order_acq_rel);
}

size_t Run::ClassFrom(uint32_t weight) const {
  return static_cast<size_t>(std::lower_bound(weights_.begin(), weights_.end(), weight,
                                              [](const WeightClass& c, uint32_t w) { return c.weight < w; }) -
                             weights_.begin());
}

size_t Run::ClassAbove(uint32_t weight) const {
  return static_cast<size_t>(std::upper_bound(weights_.begin(), weights_.end(), weight,
                                              [](uint32_t w, const WeightClass& c) { return w < c.weight; }) -
                             weights_.begin());
}

size_t Run::ClassOf(uint32_t row) const {
  return static_cast<size_t>(std::upper_bound(weight_starts_.begin(), weight_starts_.end(), row) -
                             weight_starts_.begin()) -
         1;
}

absl::StatusOr<uint64_t> Run::SegmentOf(uint32_t row, const KvSnapshot& snapshot) const {
  ASSIGN_OR_RETURN(const char* page, segment_pages_->Get(row / kSegmentPageRows, snapshot));
  const size_t at = row % kSegmentPageRows;
  const uint64_t offset = narrow_ ? ReadLittle<uint32_t>(page + at * 4) : ReadLittle<uint64_t>(page + at * 8);
  return min_segment_ + offset;
}

absl::StatusOr<uint32_t> Run::FindRow(uint64_t segment, uint32_t weight, const KvSnapshot& snapshot) const {
  if (!MayHold(segment)) return kNoRow;
  const size_t c = ClassFrom(weight);
  if (c == weights_.size() || weights_[c].weight != weight) return kNoRow;
  uint32_t begin = weight_starts_[c], end = weight_starts_[c + 1];
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    ASSIGN_OR_RETURN(const uint64_t at, SegmentOf(middle, snapshot));
    if (at == segment) return middle;
    if (at < segment) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return kNoRow;
}

Run::BareForm Run::BareFormAt(const char* page, uint32_t at) {
  return {ReadLittle<uint32_t>(page + size_t{8} * at), ReadLittle<uint32_t>(page + size_t{8} * at + 4)};
}

absl::Status Run::FindBare(uint32_t hash, const KvSnapshot& snapshot, std::vector<uint32_t>* rows) const {
  // The last page that begins below the hash may end with it; those behind it begin with it, or are past it.
  auto from = std::lower_bound(bare_firsts_.begin(), bare_firsts_.end(), hash);
  if (from != bare_firsts_.begin()) --from;
  for (auto first = from; first != bare_firsts_.end() && *first <= hash; ++first) {
    const auto number = static_cast<uint32_t>(first - bare_firsts_.begin());
    ASSIGN_OR_RETURN(const char* page, bare_pages_->Get(number, snapshot));
    const uint32_t count = BareFormsOnPage(number);
    uint32_t begin = 0, end = count;
    while (begin < end) {
      const uint32_t middle = begin + (end - begin) / 2;
      if (BareFormAt(page, middle).hash < hash) {
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    for (; begin < count && BareFormAt(page, begin).hash == hash; ++begin) {
      const uint32_t row = BareFormAt(page, begin).row;
      if (row >= rows_) return Damaged("a page of bare forms is damaged");
      rows->push_back(row);
    }
  }
  return absl::OkStatus();
}

absl::Status Run::ReadList(uint32_t stem, const KvSnapshot& snapshot, std::vector<uint32_t>* out) const {
  out->clear();
  out->reserve(lexicon_.stem(stem).df);
  return ReadBlocks(stem, snapshot, [out](uint32_t* ordinals, uint32_t count) {
    if (count >= kClassedBlock) std::sort(ordinals, ordinals + count);
    out->insert(out->end(), ordinals, ordinals + count);
  });
}

std::string_view Run::RowBytes(const char* page, uint32_t rows_on_page, uint32_t row_on_page) {
  const char* offset = page + size_t{4} * row_on_page;
  const char* rows = page + size_t{4} * (rows_on_page + 1);
  const auto begin = ReadLittle<uint32_t>(offset);
  const auto end = ReadLittle<uint32_t>(offset + 4);
  return std::string_view(rows + begin, end - begin);
}

void Run::PrefetchPlace(uint32_t row) const {
  __builtin_prefetch(&mask_codes_[row]);
  const char* page = row_pages_->Peek(row / kRowPageRows);
  if (page != nullptr) __builtin_prefetch(page + size_t{row % kRowPageRows} * 4);
}

void Run::PrefetchBytes(uint32_t row) const {
  const uint32_t number = row / kRowPageRows;
  const char* page = row_pages_->Peek(number);
  if (page != nullptr) __builtin_prefetch(RowBytes(page, RowsOnPage(number), row % kRowPageRows).data());
}

const FoldedWords& Run::folded_words() const {
  std::call_once(folded_once_, [this] { folded_words_ = std::make_unique<const FoldedWords>(lexicon_); });
  return *folded_words_;
}

}  // namespace reprise
