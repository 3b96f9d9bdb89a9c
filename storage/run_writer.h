// Writes the pages of a run (docs/storage_format.md, "Runs"): column after column, each page once, in the order of
// their keys, so that they can go straight into a sorted file. Memory is bounded by the dictionary and one page.
//
//   RunWriter writer(weights, min_segment, max_segment, sink);
//   for (row with a bare form, by its hash) RETURN_IF_ERROR(writer.AddBareForm(hash, ordinal));
//   const std::vector<uint32_t> number = RankStems(rows_of_stem, &words);
//   RETURN_IF_ERROR(writer.Words(words, stems));
//   for (row) RETURN_IF_ERROR(writer.AddSignature(…));   // then AddRow, AddSegment, AddMask: once a row each
//   for (stem) RETURN_IF_ERROR(writer.AddList(ordinals));
//   RETURN_IF_ERROR(writer.Finish());
//
// Rows are ordered by W, then by segment; stems by their rank. BuildRun does all of it for rows in memory;
// storage/run_merge.h for runs. Not thread-safe.
#ifndef REPRISE_STORAGE_RUN_WRITER_H_
#define REPRISE_STORAGE_RUN_WRITER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/delta.h"
#include "storage/index_query.h"
#include "storage/posting_block.h"
#include "storage/signature.h"
#include "text/tokenize.h"

namespace reprise {

// Kinds of pages, in the order in which they are written. Persisted: never renumber.
enum class RunPage : uint8_t {
  kBareForms = 0,
  kWords = 1,
  kSignatures = 2,
  kRows = 3,
  kSegments = 4,
  kMasks = 5,
  kPostings = 6,
  kStems = 7,
  kBlocks = 8,
  kHeader = 9,
};

// Rows of a page of each column. Persisted.
inline constexpr uint32_t kSignaturePageRows = 4096;
inline constexpr uint32_t kRowPageRows = 512;
inline constexpr uint32_t kSegmentPageRows = 4096;
inline constexpr uint32_t kMaskPageRows = 16384;
// Entries of a page of bare forms: small pages, as a lookup wants one entry of one of them. Persisted.
inline constexpr uint32_t kBarePageEntries = 1024;
// Words, stems, postings and blocks fill pages of about this size.
inline constexpr size_t kRunPageBytes = 64 << 10;

// A word of a run's dictionary; its number is its place in the list.
struct RunWord {
  std::string_view text;
  TokenClass cls = TokenClass::kWord;
  uint32_t weight = 0;
  uint32_t stem = 0;        // number of its stem
  uint32_t stem_bytes = 0;  // the stem is this long a prefix of the text
  uint64_t uses = 0;        // occurrences in the run's rows
};

// Numbers the stems of `words` by their rank: few rows for many letters first, the order in which a search takes the
// keys of a query (design §7). Until now stems were numbered anyhow; `rows` has how many rows each is in (an estimate
// will do: the order decides how much is read, not what is found). Returns the new number of each.
std::vector<uint32_t> RankStems(const std::vector<uint64_t>& rows, std::vector<RunWord>* words);

using RunPageSink = std::function<absl::Status(RunPage kind, uint32_t page, std::string_view bytes)>;

class RunWriter {
 public:
  // `weights`: all rows by W, rising.
  RunWriter(std::vector<WeightClass> weights, uint64_t min_segment, uint64_t max_segment, RunPageSink sink);

  absl::Status AddBareForm(uint32_t hash, uint32_t row);  // rising, by hash and row
  absl::Status Words(const std::vector<RunWord>& words, uint32_t stems);
  absl::Status AddSignature(const Signature& signature);
  absl::Status AddRow(const uint32_t* words, size_t count);
  absl::Status AddSegment(uint64_t segment);
  absl::Status AddMask(uint64_t mask);
  absl::Status AddList(const std::vector<uint32_t>& ordinals);  // of the next stem; rising; may be empty
  absl::Status Finish();

 private:
  absl::Status Flush(RunPage kind, std::string* page);
  absl::Status EndColumn(RunPage kind, uint32_t page_rows);

  const std::vector<WeightClass> weights_;
  const uint32_t rows_;
  const uint64_t min_segment_;
  const uint64_t max_segment_;
  const RunPageSink sink_;
  std::map<RunPage, uint32_t> pages_;  // written so far
  std::string page_;
  std::string offsets_;
  uint32_t in_column_ = 0;  // rows of the column under way
  uint32_t bare_forms_ = 0;
  std::vector<uint32_t> bare_firsts_;  // the first hash of each page of them
  uint32_t word_count_ = 0;
  std::vector<uint32_t> stem_word_;     // by stem: its most frequent word
  std::vector<uint32_t> stem_bytes_;    // by stem
  std::vector<uint32_t> stem_letters_;  // by stem: of its shortest word
  RowPositions positions_;
  std::vector<uint8_t> classes_;  // of the list under way
  std::map<uint64_t, uint16_t> mask_codes_;
  std::vector<uint64_t> masks_;
  std::string stems_page_;
  std::vector<std::string> stems_pages_;  // kept back: postings are written before them
  std::string blocks_page_;
  std::vector<std::string> blocks_pages_;
  uint32_t next_stem_ = 0;
  uint64_t postings_ = 0;
  uint32_t blocks_ = 0;
};

// All pages of a run over `rows` (any order, words of `vocabulary`) to `sink`.
absl::Status BuildRun(std::vector<IndexRow> rows, const Vocabulary& vocabulary, const RunPageSink& sink);

}  // namespace reprise

#endif  // REPRISE_STORAGE_RUN_WRITER_H_
