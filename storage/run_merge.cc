#include "storage/run_merge.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/varint.h"
#include "storage/bits.h"

namespace reprise {
namespace {

// Rows (or postings) after which a step looks whether it was cancelled and lets go of the pages it read.
constexpr uint32_t kStep = 1 << 16;

bool Stop(const std::function<bool()>& cancelled) { return cancelled && cancelled(); }

absl::Status Stopped() { return Cancelled("the merge was cancelled"); }

// Reads a column of several runs, each from its first page to its last, and leaves no page loaded that it had to read
// itself: the pages of large runs would take the place of those that lookups want, and the memory of the machine.
class Pass {
 public:
  explicit Pass(size_t inputs) : at_(inputs) {}
  ~Pass() {
    for (At& at : at_) Leave(&at);
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  // `table` is the same in all calls for an input.
  absl::StatusOr<const char*> Get(size_t input, PageTable* table, uint32_t page, const KvSnapshot& snapshot) {
    At& at = at_[input];
    if (at.table == nullptr || at.page != page) {
      Leave(&at);
      at = {table, page, table->Peek(page) == nullptr};
    }
    return table->Get(page, snapshot);
  }

 private:
  struct At {
    PageTable* table = nullptr;
    uint32_t page = 0;
    bool read = false;  // by this pass
  };
  static void Leave(At* at) {
    if (at->table != nullptr && at->read) at->table->Forget(at->page);
    at->table = nullptr;
  }

  std::vector<At> at_;  // by input
};

// Gathers the rows of one list after the other, from inputs that each have them in an order of their own, and gives
// them back rising.
class RowSet {
 public:
  explicit RowSet(uint32_t rows) : rows_(rows), words_(static_cast<uint32_t>(rows_.words())) {}

  void Add(uint32_t row) {
    rows_.Set(row);
    words_.Set(row / 64);
  }
  // Appends the rows to *out; none are left.
  void Drain(std::vector<uint32_t>* out) {
    words_.ForEach([&](uint32_t at) {
      for (uint64_t word = std::exchange(rows_.word(at), 0); word != 0; word &= word - 1) {
        out->push_back(at * 64 + static_cast<uint32_t>(std::countr_zero(word)));
      }
    });
    for (size_t i = 0; i < words_.words(); ++i) words_.word(i) = 0;
  }

 private:
  Bits rows_;
  Bits words_;  // those of rows_ that have some
};

}  // namespace

RunMerge::RunMerge(std::vector<MergeInput> inputs, PageCache* cache) : inputs_(std::move(inputs)), cache_(cache) {}

absl::Status RunMerge::Plan(const KvSnapshot& snapshot, const std::function<bool()>& cancelled) {
  new_rows_.resize(inputs_.size());
  uint64_t rows = 0;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    new_rows_[i].assign(inputs_[i].run->rows(), Run::kNoRow);
    first_rows_.push_back(static_cast<uint32_t>(rows));
    rows += inputs_[i].run->rows();
    if (rows >= Run::kNoRow) return FailedPrecondition("more rows than a run can hold");
  }
  std::vector<size_t> next(inputs_.size(), 0);  // the weight class that each input is at
  for (;;) {
    if (Stop(cancelled)) return Stopped();
    uint32_t weight = UINT32_MAX;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const auto& classes = inputs_[i].run->weights();
      if (next[i] < classes.size()) weight = std::min(weight, classes[next[i]].weight);
    }
    if (weight == UINT32_MAX) break;
    std::vector<size_t> classes(inputs_.size(), SIZE_MAX);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const auto& of_input = inputs_[i].run->weights();
      if (next[i] < of_input.size() && of_input[next[i]].weight == weight) classes[i] = next[i]++;
    }
    const size_t before = order_.size();
    RETURN_IF_ERROR(MergeClass(classes, snapshot));
    if (order_.size() != before) weights_.push_back({weight, static_cast<uint32_t>(order_.size() - before)});
  }
  rows_ = static_cast<uint32_t>(order_.size());
  return absl::OkStatus();
}

RunMerge::Place RunMerge::PlaceOf(uint32_t number) const {
  const auto input =
      static_cast<uint32_t>(std::upper_bound(first_rows_.begin(), first_rows_.end(), number) - first_rows_.begin() - 1);
  return {input, number - first_rows_[input]};
}

// Appends the live rows of one W of all inputs, by segment.
absl::Status RunMerge::MergeClass(const std::vector<size_t>& classes, const KvSnapshot& snapshot) {
  const PageCache::Guard guard = cache_->Enter();
  struct Row {
    uint64_t segment;
    Place place;
  };
  std::vector<Row> rows;
  for (uint32_t i = 0; i < inputs_.size(); ++i) {
    if (classes[i] == SIZE_MAX) continue;
    const Run& run = *inputs_[i].run;
    for (uint32_t r = run.FirstRow(classes[i]); r < run.FirstRow(classes[i] + 1); ++r) {
      if (inputs_[i].deaths != nullptr && inputs_[i].deaths->IsDead(r)) continue;
      ASSIGN_OR_RETURN(const uint64_t segment, run.SegmentOf(r, snapshot));
      rows.push_back({segment, {i, r}});
    }
  }
  // Neighbouring runs cover neighbouring ranges of segments, so this is sorted but for the order of the runs.
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.segment < b.segment; });
  for (const Row& row : rows) {
    new_rows_[row.place.input][row.place.row] = static_cast<uint32_t>(order_.size());
    order_.push_back(first_rows_[row.place.input] + row.place.row);
  }
  return absl::OkStatus();
}

void RunMerge::MergeWords(std::vector<RunWord>* words, uint32_t* stems) {
  std::vector<RunWord> merged;
  std::vector<std::vector<uint32_t>> number(inputs_.size());  // by input and word, into merged
  IdTable table;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const RunLexicon& lexicon = inputs_[i].run->lexicon();
    number[i].resize(lexicon.words());
    for (uint32_t w = 0; w < lexicon.words(); ++w) {
      const LexiconKey key(lexicon.WordClass(w), lexicon.WordText(w));
      uint32_t id =
          table.Find(key.hash, [&](uint32_t m) { return merged[m].cls == key.cls && merged[m].text == key.text; });
      if (id == kUnknownId) {
        id = static_cast<uint32_t>(merged.size());
        table.Insert(key.hash, id);
        const uint32_t stem = lexicon.WordStem(w);
        merged.push_back({key.text, key.cls, lexicon.WordWeight(w), 0, lexicon.stem(stem).bytes, 0});
      }
      merged[id].uses += lexicon.WordUses(w);
      number[i][w] = id;
    }
  }
  std::vector<uint32_t> order(merged.size());
  for (uint32_t m = 0; m < order.size(); ++m) order[m] = m;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return merged[a].uses != merged[b].uses ? merged[a].uses > merged[b].uses : a < b;
  });
  std::vector<uint32_t> place(merged.size());
  IdTable stem_table;
  std::vector<LexiconKey> stem_keys;
  for (uint32_t n = 0; n < order.size(); ++n) {
    RunWord& word = merged[order[n]];
    const LexiconKey stem(word.cls, word.text.substr(0, word.stem_bytes));
    word.stem = stem_table.Find(
        stem.hash, [&](uint32_t s) { return stem_keys[s].cls == stem.cls && stem_keys[s].text == stem.text; });
    if (word.stem == kUnknownId) {
      word.stem = static_cast<uint32_t>(stem_keys.size());
      stem_table.Insert(stem.hash, word.stem);
      stem_keys.push_back(stem);
    }
    place[order[n]] = n;
    words->push_back(word);
  }
  *stems = static_cast<uint32_t>(stem_keys.size());
  // In the order of their numbers from now on, which is that of their rank.
  std::vector<uint64_t> uses(stem_keys.size(), 0);
  for (const RunWord& word : *words) uses[word.stem] += word.uses;
  const std::vector<uint32_t> number_of_stem = RankStems(uses, words);
  new_words_.resize(inputs_.size());
  old_stems_.resize(inputs_.size());
  for (size_t i = 0; i < inputs_.size(); ++i) {
    new_words_[i].resize(number[i].size());
    for (size_t w = 0; w < number[i].size(); ++w) new_words_[i][w] = place[number[i][w]];
    old_stems_[i].resize(stem_keys.size());
    for (uint32_t s = 0; s < stem_keys.size(); ++s) {
      old_stems_[i][number_of_stem[s]] = inputs_[i].run->lexicon().FindStem(stem_keys[s]);
    }
  }
}

absl::Status RunMerge::Write(const KvSnapshot& snapshot, const RunPageSink& sink,
                             const std::function<bool()>& cancelled) {
  std::vector<RunWord> words;
  uint32_t stems = 0;
  MergeWords(&words, &stems);
  uint64_t min_segment = UINT64_MAX, max_segment = 0;
  for (const MergeInput& input : inputs_) {
    min_segment = std::min(min_segment, input.run->min_segment());
    max_segment = std::max(max_segment, input.run->max_segment());
  }
  RunWriter writer(weights_, min_segment, max_segment, sink);
  RETURN_IF_ERROR(WriteBareForms(snapshot, &writer, cancelled));
  RETURN_IF_ERROR(writer.Words(words, stems));
  RETURN_IF_ERROR(WriteRows(snapshot, &writer, cancelled));
  std::vector<uint32_t>().swap(order_);
  RETURN_IF_ERROR(WriteLists(snapshot, stems, &writer, cancelled));
  return writer.Finish();
}

absl::Status RunMerge::WriteBareForms(const KvSnapshot& snapshot, RunWriter* writer,
                                      const std::function<bool()>& cancelled) {
  // All inputs have them by hash, so a part of the hashes at a time is sorted: about kStep rows of them.
  const uint64_t parts = rows_ / kStep + 1;
  const uint64_t hashes = (uint64_t{1} << 32) / parts + 1;  // of a part
  std::vector<uint32_t> next(inputs_.size(), 0);            // the place that each input is at
  std::vector<uint64_t> forms;
  Pass pass(inputs_.size());
  for (uint64_t part = 0; part < parts; ++part) {
    if (Stop(cancelled)) return Stopped();
    const PageCache::Guard guard = cache_->Enter();
    forms.clear();
    for (size_t i = 0; i < inputs_.size(); ++i) {
      const Run& run = *inputs_[i].run;
      for (uint32_t& at = next[i]; at < run.bare_forms(); ++at) {
        ASSIGN_OR_RETURN(const char* page, pass.Get(i, &run.bare_pages(), at / kBarePageEntries, snapshot));
        const Run::BareForm form = Run::BareFormAt(page, at % kBarePageEntries);
        if (form.hash >= (part + 1) * hashes) break;
        if (form.row >= run.rows()) return DataLoss("a page of bare forms is damaged; restore a backup");
        const uint32_t row = new_rows_[i][form.row];
        if (row != Run::kNoRow) forms.push_back(uint64_t{form.hash} << 32 | row);
      }
    }
    std::sort(forms.begin(), forms.end());
    for (const uint64_t form : forms) {
      RETURN_IF_ERROR(writer->AddBareForm(static_cast<uint32_t>(form >> 32), static_cast<uint32_t>(form)));
    }
  }
  return absl::OkStatus();
}

absl::Status RunMerge::WriteRows(const KvSnapshot& snapshot, RunWriter* writer,
                                 const std::function<bool()>& cancelled) {
  // Each column in turn; `use` gets every row's place.
  auto each_row = [&](const auto& use) -> absl::Status {
    for (size_t begin = 0; begin < order_.size(); begin += kStep) {
      if (Stop(cancelled)) return Stopped();
      const PageCache::Guard guard = cache_->Enter();
      for (size_t n = begin; n < std::min(order_.size(), begin + kStep); ++n) RETURN_IF_ERROR(use(PlaceOf(order_[n])));
    }
    return absl::OkStatus();
  };
  {
    Pass pass(inputs_.size());
    RETURN_IF_ERROR(each_row([&](const Place& place) -> absl::Status {
      ASSIGN_OR_RETURN(const char* page, pass.Get(place.input, &inputs_[place.input].run->signatures(),
                                                  place.row / kSignaturePageRows, snapshot));
      Signature signature;
      std::memcpy(&signature, page + (place.row % kSignaturePageRows) * sizeof(signature), sizeof(signature));
      return writer->AddSignature(signature);
    }));
  }
  std::vector<uint32_t> ids;
  Pass pass(inputs_.size());
  RETURN_IF_ERROR(each_row([&](const Place& place) -> absl::Status {
    const Run& run = *inputs_[place.input].run;
    const uint32_t number = place.row / kRowPageRows;
    ASSIGN_OR_RETURN(const char* page, pass.Get(place.input, &run.row_pages(), number, snapshot));
    const std::string_view row = Run::RowBytes(page, run.RowsOnPage(number), place.row % kRowPageRows);
    ids.clear();
    for (const char* at = row.data(); at < row.data() + row.size();) {
      uint32_t word = 0;
      at = ReadTrustedVarint32(at, &word);
      ids.push_back(new_words_[place.input][word]);
    }
    return writer->AddRow(ids.data(), ids.size());
  }));
  RETURN_IF_ERROR(each_row([&](const Place& place) -> absl::Status {
    ASSIGN_OR_RETURN(const uint64_t segment, inputs_[place.input].run->SegmentOf(place.row, snapshot));
    return writer->AddSegment(segment);
  }));
  return each_row([&](const Place& place) { return writer->AddMask(inputs_[place.input].run->mask(place.row)); });
}

absl::Status RunMerge::WriteLists(const KvSnapshot& snapshot, uint32_t stems, RunWriter* writer,
                                  const std::function<bool()>& cancelled) {
  // Looking through the set costs more than sorting the rows of a short list.
  const size_t few = rows_ / (1 << 17) + 8;
  RowSet set(rows_);
  std::vector<uint32_t> merged;
  for (uint32_t stem = 0; stem < stems;) {
    if (Stop(cancelled)) return Stopped();
    const PageCache::Guard guard = cache_->Enter();
    // A frequent stem has megabytes of lists, and there are tens of thousands of rare ones.
    for (size_t done = 0; done < kStep && stem < stems; ++stem, ++done) {
      merged.clear();
      size_t most = 0;
      for (size_t i = 0; i < inputs_.size(); ++i) {
        if (old_stems_[i][stem] != kUnknownId) most += inputs_[i].run->lexicon().stem(old_stems_[i][stem]).df;
      }
      for (size_t i = 0; i < inputs_.size(); ++i) {
        if (old_stems_[i][stem] == kUnknownId) continue;
        const std::vector<uint32_t>& new_rows = new_rows_[i];
        RETURN_IF_ERROR(inputs_[i].run->ReadBlocks(old_stems_[i][stem], snapshot, [&](uint32_t* old, uint32_t count) {
          for (uint32_t k = 0; k < count; ++k) {
            const uint32_t row = new_rows[old[k]];
            if (row == Run::kNoRow) continue;
            if (most <= few) {
              merged.push_back(row);
            } else {
              set.Add(row);
            }
          }
        }));
      }
      if (most <= few) {
        std::sort(merged.begin(), merged.end());
      } else {
        set.Drain(&merged);
      }
      RETURN_IF_ERROR(writer->AddList(merged));
      done += merged.size();
    }
  }
  return absl::OkStatus();
}

}  // namespace reprise
