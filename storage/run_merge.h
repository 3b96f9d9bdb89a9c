// Several runs become one: rows of the dead are left out, words are numbered anew, lists are merged list by list.
//
//   RunMerge merge(inputs);
//   RETURN_IF_ERROR(merge.Write(snapshot, sink, cancelled));        // the pages of the new run
//   uint32_t row = merge.NewRow(0, 17);                             // where row 17 of the first input went
//
// Memory: ten bytes a row and the dictionary, not the rows. Not thread-safe. A PageCache::Guard must not be held: the
// merge takes one for each step, so that pages that were read are freed on the way.
#ifndef REPRISE_STORAGE_RUN_MERGE_H_
#define REPRISE_STORAGE_RUN_MERGE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/status.h"
#include "storage/run.h"
#include "storage/run_writer.h"

namespace reprise {

struct MergeInput {
  std::shared_ptr<const Run> run;
  std::shared_ptr<const RunDeaths> deaths;  // null: all rows live
};

class RunMerge {
 public:
  // `cache` is the one that the runs' pages live in.
  RunMerge(std::vector<MergeInput> inputs, PageCache* cache);

  // Rows that live: what the new run will hold. If 0, there is nothing to write.
  uint32_t rows() const { return rows_; }
  const std::vector<MergeInput>& inputs() const { return inputs_; }

  // Plans the order of the rows. Errors: as PageTable::Get, CANCELLED; FAILED_PRECONDITION if they are too many for a
  // run.
  absl::Status Plan(const KvSnapshot& snapshot, const std::function<bool()>& cancelled);
  // REQUIRES: Plan, rows() > 0.
  absl::Status Write(const KvSnapshot& snapshot, const RunPageSink& sink, const std::function<bool()>& cancelled);

  // The ordinal of an input's row in the new run; Run::kNoRow if it was dead. REQUIRES: Plan.
  uint32_t NewRow(size_t input, uint32_t row) const { return new_rows_[input][row]; }

 private:
  struct Place {
    uint32_t input;
    uint32_t row;
  };
  Place PlaceOf(uint32_t number) const;

  absl::Status MergeClass(const std::vector<size_t>& classes, const KvSnapshot& snapshot);
  void MergeWords(std::vector<RunWord>* words, uint32_t* stems);
  absl::Status WriteBareForms(const KvSnapshot& snapshot, RunWriter* writer, const std::function<bool()>& cancelled);
  absl::Status WriteRows(const KvSnapshot& snapshot, RunWriter* writer, const std::function<bool()>& cancelled);
  absl::Status WriteLists(const KvSnapshot& snapshot, uint32_t stems, RunWriter* writer,
                          const std::function<bool()>& cancelled);

  const std::vector<MergeInput> inputs_;
  PageCache* const cache_;
  std::vector<uint32_t> first_rows_;  // by input: the number of its first row, among the rows of all
  uint32_t rows_ = 0;
  std::vector<uint32_t> order_;  // of the new rows: numbers of theirs; until Write is done
  std::vector<WeightClass> weights_;
  std::vector<std::vector<uint32_t>> new_rows_;   // by input and row
  std::vector<std::vector<uint32_t>> new_words_;  // by input and word
  std::vector<std::vector<uint32_t>> old_stems_;  // by input and new stem
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_RUN_MERGE_H_
