// A run: the token rows of many segments of one memory and locale, immutable, on disk, searchable (design §7).
//
// Rows are ordered by W, then by segment id; a row's place is its *ordinal*. Dictionary, directory of the posting lists
// and locale masks are in memory; signatures, token rows, segment ids and postings are pages that are read when they
// are needed and stay within the budget of a PageCache. storage/run_search.h searches it.
//
// What may change beside the run: the locale mask of a row grows (here), and rows die (RunDeaths, a value of the state
// that a reader holds).
//
//   ASSIGN_OR_RETURN(auto run, Run::Load(id, *snapshot, &cache));
//   uint32_t row = *run->FindRow(segment, weight, *snapshot);
//
// Thread-safe: any number of readers beside one writer that grows masks.
#ifndef REPRISE_STORAGE_RUN_H_
#define REPRISE_STORAGE_RUN_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/format.h"
#include "storage/index_query.h"
#include "storage/kv.h"
#include "storage/lexicon.h"
#include "storage/page_cache.h"
#include "storage/run_writer.h"

namespace reprise {

class FoldedWords;
class HiddenWords;

// The dictionary of a run. Immutable.
class RunLexicon : public Lexicon {
 public:
  struct Stem {
    uint32_t df = 0;
    uint32_t first_block = 0;
    uint32_t word = 0;   // a word of it
    uint32_t bytes = 0;  // its length as a prefix of that word
  };

  uint32_t FindWord(const LexiconKey& key) const override;
  uint32_t FindStem(const LexiconKey& key) const override;
  std::string_view WordText(uint32_t word) const override {
    return std::string_view(text_).substr(words_[word].text, words_[word + 1].text - words_[word].text);
  }
  TokenClass WordClass(uint32_t word) const override { return words_[word].cls; }

  uint32_t words() const { return static_cast<uint32_t>(words_.size()) - 1; }
  uint32_t stems() const { return static_cast<uint32_t>(stems_.size()); }
  uint32_t WordStem(uint32_t word) const { return words_[word].stem; }
  uint32_t WordWeight(uint32_t word) const { return words_[word].weight; }
  uint64_t WordUses(uint32_t word) const { return uses_[word]; }
  const Stem& stem(uint32_t stem) const { return stems_[stem]; }
  std::string_view StemText(uint32_t stem) const { return WordText(stems_[stem].word).substr(0, stems_[stem].bytes); }

 private:
  friend class Run;
  struct Word {
    uint32_t text = 0;  // where its text begins in text_
    uint32_t stem = 0;
    uint16_t weight = 0;
    TokenClass cls = TokenClass::kWord;
  };

  std::string text_;
  std::vector<Word> words_;  // and one more, where the text ends
  std::vector<uint64_t> uses_;
  std::vector<Stem> stems_;
  IdTable word_table_;
  IdTable stem_table_;
};

// The rows of a run that are dead: a bitmap a page of format::kTombstonePageRows rows, null where all live. A value
// that is copied when it changes, so that a reader keeps what its state says.
class RunDeaths {
 public:
  bool IsDead(uint32_t row) const {
    const uint32_t page = row / format::kTombstonePageRows;
    if (page >= pages_.size() || pages_[page] == nullptr) return false;
    const uint32_t bit = row % format::kTombstonePageRows;
    return ((*pages_[page])[bit / 8] >> (bit % 8) & 1) != 0;
  }
  // The bitmap of a page, "" if all live.
  std::string_view page(uint32_t page) const {
    return page < pages_.size() && pages_[page] != nullptr ? std::string_view(*pages_[page]) : std::string_view();
  }
  size_t pages() const { return pages_.size(); }
  uint64_t count() const { return count_; }

  // Only before the value is shared.
  void Kill(uint32_t row);
  void SetPage(uint32_t page, std::string bitmap);

 private:
  std::vector<std::shared_ptr<const std::string>> pages_;
  uint64_t count_ = 0;
};

class Run {
 public:
  // Reads what stays in memory. Errors: DATA_LOSS naming the run.
  static absl::StatusOr<std::shared_ptr<Run>> Load(format::RunId id, const KvSnapshot& snapshot, PageCache* cache);
  ~Run();

  format::RunId id() const { return id_; }
  uint32_t rows() const { return rows_; }
  uint64_t min_segment() const { return min_segment_; }
  uint64_t max_segment() const { return max_segment_; }
  bool MayHold(uint64_t segment) const { return segment >= min_segment_ && segment <= max_segment_; }
  const RunLexicon& lexicon() const { return lexicon_; }
  // The dictionary as concordance searches want it; made at the first call.
  const FoldedWords& folded_words() const;
  // What searches have learnt of the placeables of its rows.
  HiddenWords& hidden_words() const { return *hidden_words_; }

  // Rows by W.
  const std::vector<WeightClass>& weights() const { return weights_; }
  uint32_t FirstRow(size_t weight_class) const { return weight_starts_[weight_class]; }  // also of the end
  // The first weight class of at least (above) `weight`.
  size_t ClassFrom(uint32_t weight) const;
  size_t ClassAbove(uint32_t weight) const;
  size_t ClassOf(uint32_t row) const;

  // The ordinal of a segment of this W, or kNoRow. Errors: as PageTable::Get.
  static constexpr uint32_t kNoRow = UINT32_MAX;
  absl::StatusOr<uint32_t> FindRow(uint64_t segment, uint32_t weight, const KvSnapshot& snapshot) const;
  absl::StatusOr<uint64_t> SegmentOf(uint32_t row, const KvSnapshot& snapshot) const;

  // Bare forms: (format::BareHash, row) of the rows that have one, rising, kBarePageEntries a page.
  struct BareForm {
    uint32_t hash = 0;
    uint32_t row = 0;
  };
  uint32_t bare_forms() const { return bare_forms_; }
  uint32_t BareFormsOnPage(uint32_t page) const {
    return std::min(kBarePageEntries, bare_forms_ - page * kBarePageEntries);
  }
  static BareForm BareFormAt(const char* page, uint32_t at);
  // Appends the rows that are filed under the hash. REQUIRES: a guard. Errors: as PageTable::Get.
  absl::Status FindBare(uint32_t hash, const KvSnapshot& snapshot, std::vector<uint32_t>* rows) const;

  uint64_t mask(uint32_t row) const {
    return masks_[mask_codes_[row].load(std::memory_order_acquire)].load(std::memory_order_relaxed);
  }
  // Writer only. From now on the row holds at least these locales.
  void GrowMask(uint32_t row, uint64_t mask);
  // The rows with kSeveralUnits in their masks, 64 a word: bits [64 * i, 64 * i + 64).
  uint64_t several(size_t i) const { return several_[i].load(std::memory_order_acquire); }

  // The directory of the posting lists, by block: first ordinal, page and place in the page of the rest.
  struct Block {
    uint32_t first = 0;
    uint32_t page = 0;
    uint32_t offset = 0;
  };
  const Block* blocks(const RunLexicon::Stem& stem) const { return blocks_.data() + stem.first_block; }
  static uint32_t BlockCount(uint32_t df) { return (df + kPostingBlock - 1) / kPostingBlock; }
  // How many postings the list's block of this number has.
  static uint32_t BlockSize(uint32_t df, uint32_t number) {
    return std::min(kPostingBlock, df - number * kPostingBlock);
  }
  // All postings of a list, rising.
  absl::Status ReadList(uint32_t stem, const KvSnapshot& snapshot, std::vector<uint32_t>* out) const;
  // Gives use(uint32_t* ordinals, uint32_t count) each block of a list; in the block they stand in any order.
  template <typename Use>
  absl::Status ReadBlocks(uint32_t stem, const KvSnapshot& snapshot, const Use& use) const {
    const uint32_t df = lexicon_.stem(stem).df;
    const Block* block = blocks(lexicon_.stem(stem));
    uint32_t ordinals[kPostingBlock];
    for (uint32_t begin = 0; begin < df; begin += kPostingBlock, ++block) {
      if (block->page >= postings_->pages()) return Damaged("the directory of the lists is damaged");
      ASSIGN_OR_RETURN(const char* page, postings_->Get(block->page, snapshot));
      const uint32_t size = std::min(kPostingBlock, df - begin);
      DecodePostingBlock(block->first, page + block->offset, size, ordinals);
      use(ordinals, size);
    }
    return absl::OkStatus();
  }

  // The token row on a page of rows: its bytes [begin, end), varints of word numbers.
  static std::string_view RowBytes(const char* page, uint32_t rows_on_page, uint32_t row_on_page);
  uint32_t RowsOnPage(uint32_t page) const { return std::min(kRowPageRows, rows_ - page * kRowPageRows); }

  // Hints that a row will be read soon: first where its bytes are, some rows later the bytes. REQUIRES: a guard.
  void PrefetchPlace(uint32_t row) const;
  void PrefetchBytes(uint32_t row) const;

  PageTable& signatures() const { return *signatures_; }
  PageTable& row_pages() const { return *row_pages_; }
  PageTable& segment_pages() const { return *segment_pages_; }
  PageTable& postings() const { return *postings_; }
  PageTable& bare_pages() const { return *bare_pages_; }

  // Called once when the last holder lets go, on that holder's thread: the store removes the pages of retired runs.
  void OnRelease(std::function<void(format::RunId)> released) { released_ = std::move(released); }

 private:
  Run() = default;
  absl::Status LoadWords(const KvSnapshot& snapshot, uint32_t pages, uint32_t words, uint32_t stems);
  absl::Status LoadStems(const KvSnapshot& snapshot, uint32_t pages, uint32_t stems);
  absl::Status LoadBlocks(const KvSnapshot& snapshot, uint32_t pages, uint32_t blocks);
  absl::Status LoadMasks(const KvSnapshot& snapshot, const std::vector<uint64_t>& masks);
  void NoteSeveral(uint32_t row);
  absl::StatusOr<std::string> ReadPage(const KvSnapshot& snapshot, RunPage kind, uint32_t page) const;
  absl::Status Damaged(std::string_view what) const;

  format::RunId id_ = 0;
  uint32_t rows_ = 0;
  uint64_t min_segment_ = 0;
  uint64_t max_segment_ = 0;
  bool narrow_ = true;  // segment ids take 4 bytes
  RunLexicon lexicon_;
  mutable std::once_flag folded_once_;
  mutable std::unique_ptr<const FoldedWords> folded_words_;
  std::unique_ptr<HiddenWords> hidden_words_;
  std::vector<WeightClass> weights_;
  std::vector<uint32_t> weight_starts_;  // one more than weights_
  std::vector<Block> blocks_;
  uint32_t bare_forms_ = 0;
  std::vector<uint32_t> bare_firsts_;  // the first hash of each page
  std::unique_ptr<std::atomic<uint16_t>[]> mask_codes_;
  std::unique_ptr<std::atomic<uint64_t>[]> masks_;
  std::unique_ptr<std::atomic<uint64_t>[]> several_;  // a bit a row
  uint32_t mask_count_ = 0;                           // writer only
  uint32_t mask_capacity_ = 0;
  std::unique_ptr<PageTable> signatures_, row_pages_, segment_pages_, postings_, bare_pages_;
  std::function<void(format::RunId)> released_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_RUN_H_
