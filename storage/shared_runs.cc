#include "storage/shared_runs.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "base/varint.h"

namespace reprise {
namespace {

absl::Status StoppedError() { return Cancelled("the search was cancelled"); }

// The query in the word numbers of one part of the index.
class NumberedQuery {
 public:
  NumberedQuery(const std::vector<Token>& tokens, size_t least_words, const Lexicon& lexicon)
      : tokens_(tokens), least_words_(least_words) {
    for (uint32_t i = 0; i < tokens.size(); ++i) {
      ids_.push_back(lexicon.FindWord(WordKeyOf(tokens[i])));
      if (ids_.back() != kUnknownId) places_[ids_.back()].push_back(i);
    }
  }

  uint32_t id(size_t token) const { return ids_[token]; }

  // Calls `visit(begin, end)` for each run of least_words words in a row, and what stands between them, of which all is
  // known here.
  template <typename Visit>
  void ForEachWindow(const Visit& visit) const {
    std::vector<size_t> words;  // since the last unknown token
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (ids_[i] == kUnknownId) words.clear();
      if (ids_[i] == kUnknownId || tokens_[i].cls != TokenClass::kWord) continue;
      words.push_back(i);
      if (words.size() >= least_words_) visit(words[words.size() - least_words_], i + 1);
    }
  }

  // Appends the runs that the row holds.
  void Compare(const std::vector<uint32_t>& row, uint64_t segment, uint64_t mask, std::vector<SharedRun>* found) const {
    for (size_t r = 0; r < row.size(); ++r) {
      auto places = places_.find(row[r]);
      if (places == places_.end()) continue;
      for (uint32_t begin : places->second) {
        if (begin > 0 && r > 0 && ids_[begin - 1] == row[r - 1]) continue;  // was part of a run already
        uint32_t end = begin;
        for (size_t at = r; end < ids_.size() && at < row.size() && ids_[end] == row[at]; ++at) ++end;
        Add(begin, end, segment, mask, found);
      }
    }
  }

 private:
  void Add(uint32_t begin, uint32_t end, uint64_t segment, uint64_t mask, std::vector<SharedRun>* found) const {
    auto is_word = [this](uint32_t i) { return tokens_[i].cls == TokenClass::kWord; };
    while (begin < end && !is_word(begin)) ++begin;
    while (begin < end && !is_word(end - 1)) --end;
    size_t words = 0;
    for (uint32_t i = begin; i < end; ++i) words += is_word(i);
    if (words >= least_words_) found->push_back({begin, end, segment, mask});
  }

  const std::vector<Token>& tokens_;
  const size_t least_words_;
  std::vector<uint32_t> ids_;
  std::map<uint32_t, std::vector<uint32_t>> places_;  // by id
};

// The search of one run.
class RunSharing {
 public:
  RunSharing(const RunView& view, const std::vector<Token>& tokens, size_t least_words, uint64_t mask,
             const KvSnapshot& snapshot, const std::function<bool()>& cancelled, SearchEffort* effort)
      : run_(*view.run),
        deaths_(view.deaths.get()),
        mask_(mask),
        snapshot_(snapshot),
        cancelled_(cancelled),
        effort_(effort),
        query_(tokens, least_words, run_.lexicon()),
        seen_(run_.rows(), false) {
    query_.ForEachWindow([&](size_t begin, size_t end) {
      uint32_t rarest = kUnknownId;
      Signature window;
      for (size_t i = begin; i < end; ++i) {
        window.Add(StemKeyOf(tokens[i]).hash, tokens[i].weight);
        const uint32_t stem = run_.lexicon().WordStem(query_.id(i));
        if (rarest == kUnknownId || Uses(stem) < Uses(rarest)) rarest = stem;
      }
      windows_[rarest].push_back(window);
    });
  }

  absl::Status Find(std::vector<SharedRun>* found) {
    std::vector<uint32_t> stems;
    for (const auto& [stem, windows] : windows_) stems.push_back(stem);
    std::stable_sort(stems.begin(), stems.end(), [this](uint32_t a, uint32_t b) { return Uses(a) < Uses(b); });
    std::vector<uint32_t> postings;
    for (uint32_t stem : stems) {
      if (effort_->left == 0) return absl::OkStatus();
      postings.clear();
      RETURN_IF_ERROR(run_.ReadList(stem, snapshot_, &postings));
      for (size_t i = 0; i < postings.size() && effort_->left > 0; ++i) {
        if ((i & 255) == 0 && cancelled_ && cancelled_()) return StoppedError();
        effort_->Spend(SearchEffort::kPosting);
        RETURN_IF_ERROR(Check(postings[i], windows_[stem], found));
      }
    }
    return absl::OkStatus();
  }

 private:
  uint32_t Uses(uint32_t stem) const { return run_.lexicon().stem(stem).df; }

  absl::Status Check(uint32_t row, const std::vector<Signature>& windows, std::vector<SharedRun>* found) {
    if (seen_[row] || (run_.mask(row) & mask_) == 0) return absl::OkStatus();
    if (deaths_ != nullptr && deaths_->IsDead(row)) return absl::OkStatus();
    ASSIGN_OR_RETURN(const char* signatures, run_.signatures().Get(row / kSignaturePageRows, snapshot_));
    Signature held;
    std::memcpy(&held, signatures + size_t{row % kSignaturePageRows} * sizeof(Signature), sizeof(held));
    const bool fits =
        std::any_of(windows.begin(), windows.end(), [&held](const Signature& window) { return held.MayHold(window); });
    if (!fits) return absl::OkStatus();
    seen_[row] = true;
    effort_->Spend(SearchEffort::kRow);
    const uint32_t number = row / kRowPageRows;
    ASSIGN_OR_RETURN(const char* page, run_.row_pages().Get(number, snapshot_));
    const std::string_view bytes = Run::RowBytes(page, run_.RowsOnPage(number), row % kRowPageRows);
    words_.clear();
    for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
      words_.push_back(0);
      at = ReadTrustedVarint32(at, &words_.back());
    }
    ASSIGN_OR_RETURN(const uint64_t segment, run_.SegmentOf(row, snapshot_));
    query_.Compare(words_, segment, run_.mask(row), found);
    return absl::OkStatus();
  }

  const Run& run_;
  const RunDeaths* const deaths_;
  const uint64_t mask_;
  const KvSnapshot& snapshot_;
  const std::function<bool()>& cancelled_;
  SearchEffort* const effort_;
  const NumberedQuery query_;
  std::map<uint32_t, std::vector<Signature>> windows_;  // by the rarest stem of each
  std::vector<bool> seen_;                              // rows that were compared
  std::vector<uint32_t> words_;                         // scratch
};

}  // namespace

absl::Status FindSharedRuns(const LocaleState& locale, const std::vector<Token>& tokens, size_t least_words,
                            uint64_t mask, uint64_t sequence, const KvSnapshot& snapshot,
                            const std::function<bool()>& cancelled, SearchEffort* effort,
                            std::vector<SharedRun>* found) {
  for (const RunView& view : locale.runs) {
    if (cancelled && cancelled()) return StoppedError();
    RETURN_IF_ERROR(RunSharing(view, tokens, least_words, mask, snapshot, cancelled, effort).Find(found));
  }
  if (locale.delta_rows == 0) return absl::OkStatus();
  const NumberedQuery query(tokens, least_words, locale.delta->vocabulary());
  std::vector<uint32_t> row;
  const bool all = locale.delta->Visit(locale.delta_rows, sequence, mask, cancelled,
                                       [&](uint64_t segment, uint64_t row_mask, const std::vector<Symbol>& symbols) {
                                         row.clear();
                                         for (const Symbol& s : symbols) row.push_back(s.id);
                                         query.Compare(row, segment, row_mask, found);
                                       });
  return all ? absl::OkStatus() : StoppedError();
}

}  // namespace reprise
