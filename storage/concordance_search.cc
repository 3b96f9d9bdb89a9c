#include "storage/concordance_search.h"

#include <algorithm>
#include <bit>
#include <string>
#include <tuple>
#include <utility>

#include "base/varint.h"
#include "storage/folded_words.h"
#include "text/char_fold.h"

namespace reprise {
namespace {

absl::Status StoppedError() { return Cancelled("the search was cancelled"); }

// A set of small numbers.
class Bits {
 public:
  explicit Bits(uint32_t size) : words_((size_t{size} + 63) / 64) {}
  void Set(uint32_t i) { words_[i / 64] |= uint64_t{1} << (i % 64); }
  bool Has(uint32_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  void And(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }
  uint64_t Count() const {
    uint64_t count = 0;
    for (uint64_t w : words_) count += static_cast<uint64_t>(std::popcount(w));
    return count;
  }
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t w = words_[i]; w != 0; w &= w - 1) {
        visit(static_cast<uint32_t>(i * 64) + static_cast<uint32_t>(std::countr_zero(w)));
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
};

// One pattern of a query, and the characters that it stands among: a word of a script without spaces may hold several.
struct Element {
  const AtomPattern* pattern = nullptr;
  std::vector<const std::string*> run;  // kCharacter: the characters that stand glued together
  size_t place = 0;                     // which of them it is
};

std::vector<Element> ElementsOf(const RowPattern& rows) {
  std::vector<Element> out;
  for (const Term& term : rows.terms) {
    for (size_t begin = 0; begin < term.patterns.size();) {
      size_t end = begin + 1;
      auto joined = [&term](size_t i) {
        const AtomPattern& p = term.patterns[i];
        return p.glued && !p.any && p.kind == AtomKind::kCharacter;
      };
      const AtomPattern& first = term.patterns[begin];
      if (!first.any && first.kind == AtomKind::kCharacter) {
        while (end < term.patterns.size() && joined(end)) ++end;
      }
      std::vector<const std::string*> run;
      for (size_t i = begin; i < end; ++i) run.push_back(&term.patterns[i].text);
      for (size_t i = begin; i < end; ++i) {
        if (!term.patterns[i].any) out.push_back({&term.patterns[i], run, i - begin});
      }
      begin = end;
    }
  }
  return out;
}

// True if the word may stand so that the element's character is one of its own: where both are, they agree.
bool Covers(const std::vector<Atom>& word, const Element& element) {
  for (size_t at = 0; at < word.size(); ++at) {
    bool fits = true;
    for (size_t i = 0; fits && i < word.size(); ++i) {
      const size_t place = element.place + i;
      if (place < at || place - at >= element.run.size()) continue;
      fits = word[i].text == *element.run[place - at];
    }
    if (fits) return true;
  }
  return false;
}

// The words of a dictionary that each element takes.
class WordSets {
 public:
  WordSets(const RowPattern& rows, uint32_t words) : rows_(rows), elements_(ElementsOf(rows)) {
    sets_.assign(elements_.size(), Bits(words));
    if (rows.any) sets_.emplace_back(words);
    decisive_ = !rows.any && std::all_of(rows.terms.begin(), rows.terms.end(), [](const Term& term) {
      return term.patterns.size() == 1 && !term.patterns[0].any && term.patterns[0].kind != AtomKind::kCharacter;
    });
  }

  // The words of a run.
  void Fill(const RunLexicon& lexicon, const FoldedWords& folded) {
    for (size_t e = 0; e < elements_.size(); ++e) {
      if (elements_[e].pattern->kind == AtomKind::kCharacter) {
        for (uint32_t word : folded.spaceless()) TryWord(lexicon, word, e);
      } else {
        folded.ForEach(*elements_[e].pattern, [&](uint32_t word) { sets_[e].Set(word); });
      }
    }
    if (!rows_.any) return;
    for (uint32_t word : folded.placeables()) TryPlaceable(lexicon, word);
    for (uint32_t word : folded.spaceless()) TryMixed(lexicon, word);
  }

  // The words [0, words) of a delta, of which nothing is sorted.
  void Fill(const Vocabulary& vocabulary, uint32_t words) {
    for (uint32_t word = 0; word < words; ++word) {
      if (rows_.any) TryPlaceable(vocabulary, word);
      const AtomKind kind = AtomKindOf(vocabulary.WordText(word), vocabulary.WordClass(word));
      if (rows_.any && kind == AtomKind::kCharacter) TryMixed(vocabulary, word);
      if (kind == AtomKind::kWord) FoldWord(vocabulary.WordText(word), &folded_);
      for (size_t e = 0; e < elements_.size(); ++e) {
        if (elements_[e].pattern->kind != kind) continue;
        if (kind != AtomKind::kWord) {
          TryWord(vocabulary, word, e);
        } else if (elements_[e].pattern->TakesText(folded_, false)) {
          sets_[e].Set(word);
        }
      }
    }
  }

  const std::vector<Bits>& sets() const { return sets_; }

  // True if a row of these words may hold the pattern. `lexicon`: that of Fill.
  bool Fits(const std::vector<uint32_t>& row, const Lexicon& lexicon) {
    size_t held = 0;
    for (const Bits& set : sets_) {
      if (std::any_of(row.begin(), row.end(), [&set](uint32_t word) { return set.Has(word); })) {
        ++held;
      } else if (!rows_.any) {
        return false;
      }
    }
    if (rows_.any) return held != 0;
    if (decisive_) return true;
    atoms_.Clear();
    for (uint32_t word : row) atoms_.AddWord(lexicon.WordText(word), lexicon.WordClass(word));
    return std::all_of(rows_.terms.begin(), rows_.terms.end(),
                       [this](const Term& term) { return FindTerm(term, atoms_, nullptr); });
  }

 private:
  void TryWord(const Lexicon& lexicon, uint32_t word, size_t e) {
    atoms_.Clear();
    atoms_.AddWord(lexicon.WordText(word), lexicon.WordClass(word));
    const std::vector<Atom>& atoms = atoms_.atoms();
    if (atoms.empty()) return;
    const Element& element = elements_[e];
    const bool takes = element.pattern->kind != AtomKind::kCharacter ? element.pattern->Takes(atoms[0], false)
                                                                     : Covers(atoms, element);
    if (takes) sets_[e].Set(word);
  }

  // Terms are parts of words here, and a word that is cut into characters may hold one all the same: Thai letters stand
  // beside Latin ones without a break.
  void TryMixed(const Lexicon& lexicon, uint32_t word) {
    FoldWord(lexicon.WordText(word), &folded_);
    for (size_t e = 0; e < elements_.size(); ++e) {
      if (elements_[e].pattern->TakesText(folded_, false)) sets_[e].Set(word);
    }
  }

  void TryPlaceable(const Lexicon& lexicon, uint32_t word) {
    const TokenClass cls = lexicon.WordClass(word);
    if (IsPlaceable(cls) && cls != TokenClass::kNumber) sets_.back().Set(word);
  }

  const RowPattern& rows_;
  const std::vector<Element> elements_;
  bool decisive_ = false;   // a row that has a word of each set holds the pattern
  std::vector<Bits> sets_;  // one an element; if any term is enough, one more of placeables
  AtomText atoms_;          // scratch
  std::string folded_;      // scratch
};

}  // namespace

// The search of one run.
class RowStream::RunRows {
 public:
  RunRows(const RunView& view, const RowPattern& pattern, uint64_t mask, const KvSnapshot& snapshot,
          const std::function<bool()>& cancelled)
      : run_(*view.run),
        deaths_(view.deaths.get()),
        pattern_(pattern),
        mask_(mask),
        snapshot_(snapshot),
        cancelled_(cancelled),
        words_(pattern, run_.lexicon().words()) {}

  // Appends the rows that may hold the pattern as candidates of run number `number`, but those that several units hold:
  // these are checked, and their segments go to `shared`.
  absl::Status Find(uint32_t number, uint64_t below, std::vector<Candidate>* found, std::vector<uint64_t>* shared) {
    words_.Fill(run_.lexicon(), run_.folded_words());
    for (const Bits& set : words_.sets()) lists_.push_back(ListsOf(set));
    Bits rows(run_.rows());
    if (pattern_.any) {
      for (const Lists& lists : lists_) RETURN_IF_ERROR(Read(lists, &rows));
    } else {
      RETURN_IF_ERROR(Intersect(&rows));
    }
    std::vector<uint32_t> several;
    absl::Status status;
    uint64_t count = 0;
    rows.ForEach([&](uint32_t row) {
      const uint64_t mask = run_.mask(row);
      if ((mask & mask_) == 0 || !status.ok() || (deaths_ != nullptr && deaths_->IsDead(row))) return;
      if ((mask & kSeveralUnits) != 0) {
        several.push_back(row);
        return;
      }
      if ((++count & 4095) == 0 && cancelled_ && cancelled_()) status = StoppedError();
      auto segment = run_.SegmentOf(row, snapshot_);
      if (!segment.ok()) {
        status = segment.status();
      } else if (format::OwnerOf(*segment) < below) {
        found->push_back({*segment, number, row});
      }
    });
    RETURN_IF_ERROR(status);
    for (size_t i = 0; i < several.size(); ++i) {
      if ((i & 255) == 0 && cancelled_ && cancelled_()) return StoppedError();
      ASSIGN_OR_RETURN(const bool fits, Fits(several[i]));
      if (!fits) continue;
      ASSIGN_OR_RETURN(const uint64_t segment, run_.SegmentOf(several[i], snapshot_));
      shared->push_back(segment);
    }
    return absl::OkStatus();
  }

  // True if the row may hold the pattern.
  absl::StatusOr<bool> Fits(uint32_t row) {
    const uint32_t number = row / kRowPageRows;
    ASSIGN_OR_RETURN(const char* page, run_.row_pages().Get(number, snapshot_));
    const std::string_view bytes = Run::RowBytes(page, run_.RowsOnPage(number), row % kRowPageRows);
    row_.clear();
    for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
      row_.push_back(0);
      at = ReadTrustedVarint32(at, &row_.back());
    }
    return words_.Fits(row_, run_.lexicon());
  }

 private:
  struct Lists {
    std::vector<uint32_t> stems;
    uint64_t postings = 0;
  };

  Lists ListsOf(const Bits& words) const {
    const RunLexicon& lexicon = run_.lexicon();
    Lists out;
    words.ForEach([&](uint32_t word) { out.stems.push_back(lexicon.WordStem(word)); });
    std::sort(out.stems.begin(), out.stems.end());
    out.stems.erase(std::unique(out.stems.begin(), out.stems.end()), out.stems.end());
    for (uint32_t stem : out.stems) out.postings += lexicon.stem(stem).df;
    return out;
  }

  // Adds the rows of the lists.
  absl::Status Read(const Lists& lists, Bits* rows) {
    size_t read = 0;
    for (uint32_t stem : lists.stems) {
      if ((read++ & 63) == 0 && cancelled_ && cancelled_()) return StoppedError();
      RETURN_IF_ERROR(run_.ReadList(stem, snapshot_, &postings_));
      for (uint32_t row : postings_) rows->Set(row);
    }
    return absl::OkStatus();
  }

  // The rows that are in the lists of every element, or more: long lists cost more than the look at the rows.
  absl::Status Intersect(Bits* rows) {
    constexpr uint64_t kPostingsARow = 16;
    std::sort(lists_.begin(), lists_.end(), [](const Lists& a, const Lists& b) {
      return std::tie(a.postings, a.stems) < std::tie(b.postings, b.stems);
    });
    lists_.erase(
        std::unique(lists_.begin(), lists_.end(), [](const Lists& a, const Lists& b) { return a.stems == b.stems; }),
        lists_.end());
    if (lists_.empty() || lists_[0].postings == 0) return absl::OkStatus();
    RETURN_IF_ERROR(Read(lists_[0], rows));
    for (size_t i = 1; i < lists_.size(); ++i) {
      if (lists_[i].postings > kPostingsARow * rows->Count()) break;
      Bits more(run_.rows());
      RETURN_IF_ERROR(Read(lists_[i], &more));
      rows->And(more);
    }
    return absl::OkStatus();
  }

  const Run& run_;
  const RunDeaths* const deaths_;
  const RowPattern& pattern_;
  const uint64_t mask_;
  const KvSnapshot& snapshot_;
  const std::function<bool()>& cancelled_;
  WordSets words_;
  std::vector<Lists> lists_;        // of each set of words
  std::vector<uint32_t> postings_;  // scratch
  std::vector<uint32_t> row_;       // scratch
};

RowStream::RowStream(const RowPattern& pattern, uint64_t mask, uint64_t sequence, const KvSnapshot& snapshot,
                     const std::function<bool()>& cancelled)
    : pattern_(pattern), mask_(mask), sequence_(sequence), snapshot_(snapshot), cancelled_(cancelled) {}

RowStream::~RowStream() = default;

absl::Status RowStream::Add(const LocaleState& locale, uint64_t below) {
  for (const RunView& view : locale.runs) {
    if (cancelled_ && cancelled_()) return StoppedError();
    const auto number = static_cast<uint32_t>(runs_.size());
    runs_.push_back(std::make_unique<RunRows>(view, pattern_, mask_, snapshot_, cancelled_));
    RETURN_IF_ERROR(runs_.back()->Find(number, below, &candidates_, &shared_));
  }
  if (locale.delta_rows == 0) return absl::OkStatus();
  const Vocabulary& vocabulary = locale.delta->vocabulary();
  const uint32_t known = vocabulary.words();
  WordSets words(pattern_, known);
  words.Fill(vocabulary, known);
  std::vector<uint32_t> row;
  const bool all = locale.delta->Visit(locale.delta_rows, sequence_, mask_, cancelled_,
                                       [&](uint64_t segment, uint64_t mask, const std::vector<Symbol>& symbols) {
                                         row.clear();
                                         for (const Symbol& s : symbols) row.push_back(s.id);
                                         if (!words.Fits(row, vocabulary)) return;
                                         if ((mask & kSeveralUnits) != 0) {
                                           shared_.push_back(segment);
                                         } else if (format::OwnerOf(segment) < below) {
                                           candidates_.push_back({segment, kChecked, 0});
                                         }
                                       });
  return all ? absl::OkStatus() : StoppedError();
}

absl::StatusOr<uint64_t> RowStream::Next(uint64_t at_most) {
  if (!heaped_) std::make_heap(candidates_.begin(), candidates_.end());
  heaped_ = true;
  while (!candidates_.empty()) {
    if ((++checks_ & 255) == 0 && cancelled_ && cancelled_()) return StoppedError();
    std::pop_heap(candidates_.begin(), candidates_.end());
    const Candidate candidate = candidates_.back();
    candidates_.pop_back();
    const uint64_t unit = format::OwnerOf(candidate.segment);
    if (unit > at_most || unit >= last_) continue;
    if (candidate.run != kChecked) {
      ASSIGN_OR_RETURN(const bool fits, runs_[candidate.run]->Fits(candidate.row));
      if (!fits) continue;
    }
    return last_ = unit;
  }
  return uint64_t{0};
}

}  // namespace reprise
