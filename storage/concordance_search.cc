#include "storage/concordance_search.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/varint.h"
#include "storage/hidden_words.h"

namespace reprise {
namespace {

absl::Status StoppedError() { return Cancelled("the search was cancelled"); }

// The last segment that a unit may bring, or of those before it.
uint64_t LastSegmentOf(uint64_t unit) {
  return unit >= format::OwnerOf(UINT64_MAX) ? UINT64_MAX : format::MakeSegmentId(unit + 1, 0) - 1;
}

}  // namespace

// The search of one run.
class RowStream::RunRows {
 public:
  RunRows(const RunView& view, std::string locale, const RowPattern& pattern, uint64_t mask, const KvSnapshot& snapshot,
          const std::function<bool()>& cancelled)
      : run_(*view.run),
        locale_(std::move(locale)),
        deaths_(view.deaths.get()),
        pattern_(pattern),
        mask_(mask),
        snapshot_(snapshot),
        cancelled_(cancelled),
        words_(pattern, run_.lexicon().words()),
        rows_(run_.rows()),
        several_(run_.rows()) {}

  // Finds the words and which lists there are, and reads those that spare the looks at shared rows.
  absl::Status Prepare() {
    words_.Fill(run_.lexicon(), run_.folded_words());
    for (const Bits& set : words_.sets()) AddLists(set);
    if (pattern_.any) {
      MakeOneList();
    } else {
      std::sort(lists_.begin(), lists_.end(),
                [](const Lists& a, const Lists& b) { return std::tie(a.cost, a.stems) < std::tie(b.cost, b.stems); });
      lists_.erase(
          std::unique(lists_.begin(), lists_.end(), [](const Lists& a, const Lists& b) { return a.stems == b.stems; }),
          lists_.end());
    }
    if (lists_.empty() || lists_[0].stems.empty()) return absl::OkStatus();
    // A row that has become one of several units since stays among the others: of what this search sees, it was not.
    for (size_t i = 0; i < rows_.words(); ++i) {
      several_.word(i) = run_.several(i);
      rows_.word(i) = ~several_.word(i);
    }
    while (next_ < lists_.size() && lists_[next_].cost < several_.Count()) RETURN_IF_ERROR(Narrow());
    return absl::OkStatus();
  }

  uint64_t shared_rows() const { return several_.Count(); }

  absl::Status FindShared(std::vector<uint64_t>* segments) {
    absl::Status status;
    uint64_t looks = 0;
    several_.ForEach([&](uint32_t row) {
      if (!status.ok()) return;
      if ((++looks & 255) == 0 && cancelled_ && cancelled_()) status = StoppedError();
      bool unknown = false;
      auto fits = Fits(row, &unknown);
      auto segment = fits.ok() && *fits ? run_.SegmentOf(row, snapshot_) : absl::StatusOr<uint64_t>(uint64_t{0});
      if (!fits.ok() || !segment.ok()) {
        status = fits.ok() ? segment.status() : fits.status();
      } else if (*fits) {
        segments->push_back(*segment);
      }
    });
    return status;
  }

  uint32_t weight_classes() const { return static_cast<uint32_t>(run_.weights().size()); }
  uint32_t EndOf(uint32_t weight_class) const { return run_.FirstRow(weight_class + 1); }

  // True, and the row and its segment in *head, if the weight class has a row below head->row that is worth a look and
  // of at most `limit`; then the last such row.
  absl::StatusOr<bool> FindBelow(uint64_t limit, Head* head) const {
    const uint32_t first = run_.FirstRow(head->weight_class);
    for (uint32_t end = head->row;;) {
      const uint32_t row = rows_.Last(first, end);
      if (row == Bits::kNone) return false;
      ASSIGN_OR_RETURN(const uint64_t segment, run_.SegmentOf(row, snapshot_));
      if (segment <= limit) {
        head->row = row;
        head->segment = segment;
        return true;
      }
      ASSIGN_OR_RETURN(end, FirstAbove(first, row, limit));
    }
  }

  // True if the row may hold the pattern; *unknown, if only as nobody knows its placeables. Reads the next list if as
  // many looks were taken as that costs.
  absl::StatusOr<bool> Look(uint32_t row, bool* unknown) {
    if (++looks_ > (next_ < lists_.size() ? lists_[next_].cost : UINT64_MAX)) {
      looks_ = 0;
      RETURN_IF_ERROR(Narrow());
    }
    return rows_.Has(row) ? Fits(row, unknown) : absl::StatusOr<bool>(false);
  }

  // Learns the placeables of a row from its unit.
  void Learn(uint32_t row, const Unit& unit) {
    std::string words;
    bool any = false;
    for (const Variant& variant : unit.variants) {
      if (variant.locale != locale_) continue;
      words += HiddenWords::Of(variant.content.text);
      any = true;
    }
    if (any) run_.hidden_words().Learn(row, std::move(words));
  }

 private:
  struct Lists {
    std::vector<uint32_t> stems;
    uint64_t cost = 0;  // in looks at a row
  };

  void AddLists(const Bits& words) {
    const RunLexicon& lexicon = run_.lexicon();
    Bits stems(lexicon.stems());
    words.ForEach([&](uint32_t word) { stems.Set(lexicon.WordStem(word)); });
    Lists lists;
    uint64_t postings = 0;
    stems.ForEach([&](uint32_t stem) {
      lists.stems.push_back(stem);
      postings += lexicon.stem(stem).df;
    });
    lists.cost = CostOf(lists.stems.size(), postings);
    lists_.push_back(std::move(lists));
  }

  static uint64_t CostOf(uint64_t lists, uint64_t postings) {
    constexpr uint64_t kLooksAList = 2, kPostingsALook = 64;
    return lists * kLooksAList + postings / kPostingsALook;
  }

  // Any of the parts is enough: their lists are one.
  void MakeOneList() {
    Lists all;
    for (const Lists& lists : lists_) {
      all.stems.insert(all.stems.end(), lists.stems.begin(), lists.stems.end());
      all.cost += lists.cost;
    }
    lists_.clear();
    lists_.push_back(std::move(all));
  }

  // Leaves out the rows that are not in the next list.
  absl::Status Narrow() {
    Bits listed(run_.rows());
    size_t read = 0;
    for (uint32_t stem : lists_[next_].stems) {
      if ((read++ & 63) == 0 && cancelled_ && cancelled_()) return StoppedError();
      RETURN_IF_ERROR(run_.ReadList(stem, snapshot_, &postings_));
      for (uint32_t row : postings_) listed.Set(row);
    }
    rows_.And(listed);
    several_.And(listed);
    ++next_;
    return absl::OkStatus();
  }

  // The first row of a segment above `limit`, of rows of one weight class from `first` on. `row` is such a row.
  absl::StatusOr<uint32_t> FirstAbove(uint32_t first, uint32_t row, uint64_t limit) const {
    uint32_t below = first, above = row;
    for (uint32_t step = 1; above - first >= step; step *= 2) {
      ASSIGN_OR_RETURN(const uint64_t segment, run_.SegmentOf(above - step, snapshot_));
      if (segment <= limit) {
        below = above - step + 1;
        break;
      }
      above -= step;
    }
    while (below < above) {
      const uint32_t middle = below + (above - below) / 2;
      ASSIGN_OR_RETURN(const uint64_t segment, run_.SegmentOf(middle, snapshot_));
      (segment <= limit ? below : above) = segment <= limit ? middle + 1 : middle;
    }
    return above;
  }

  absl::StatusOr<bool> Fits(uint32_t row, bool* unknown) {
    if ((run_.mask(row) & mask_) == 0 || (deaths_ != nullptr && deaths_->IsDead(row))) return false;
    const uint32_t number = row / kRowPageRows;
    ASSIGN_OR_RETURN(const char* page, run_.row_pages().Get(number, snapshot_));
    const std::string_view bytes = Run::RowBytes(page, run_.RowsOnPage(number), row % kRowPageRows);
    row_.clear();
    for (const char* at = bytes.data(); at < bytes.data() + bytes.size();) {
      row_.push_back(0);
      at = ReadTrustedVarint32(at, &row_.back());
    }
    bool hidden = false;
    if (!words_.Fits(row_, run_.lexicon(), &hidden)) return false;
    if (!hidden) return true;
    const std::optional<std::string_view> words = run_.hidden_words().Find(row);
    *unknown = !words.has_value();
    return *unknown || std::any_of(pattern_.terms.begin(), pattern_.terms.end(),
                                   [&](const Term& term) { return term.patterns[0].TakesText(*words, false); });
  }

  const Run& run_;
  const std::string locale_;
  const RunDeaths* const deaths_;
  const RowPattern& pattern_;
  const uint64_t mask_;
  const KvSnapshot& snapshot_;
  const std::function<bool()>& cancelled_;
  WordSets words_;
  std::vector<Lists> lists_;        // of each set of words, the cheapest first
  size_t next_ = 0;                 // of lists_, the first that was not read
  Bits rows_;                       // worth a look
  Bits several_;                    // likewise, those that several units hold
  uint64_t looks_ = 0;              // since the last list was read
  std::vector<uint32_t> postings_;  // scratch
  std::vector<uint32_t> row_;       // scratch
};

RowStream::RowStream(const RowPattern& pattern, uint64_t mask, uint64_t sequence, const KvSnapshot& snapshot,
                     const std::function<bool()>& cancelled)
    : pattern_(pattern), mask_(mask), sequence_(sequence), snapshot_(snapshot), cancelled_(cancelled) {}

RowStream::~RowStream() = default;

absl::Status RowStream::Add(const LocaleState& locale, const std::string& tag) {
  for (const RunView& view : locale.runs) {
    if (cancelled_ && cancelled_()) return StoppedError();
    runs_.push_back(std::make_unique<RunRows>(view, tag, pattern_, mask_, snapshot_, cancelled_));
    RETURN_IF_ERROR(runs_.back()->Prepare());
  }
  return locale.delta_rows == 0 ? absl::OkStatus() : AddDelta(locale);
}

absl::Status RowStream::AddDelta(const LocaleState& locale) {
  const Vocabulary& vocabulary = locale.delta->vocabulary();
  const uint32_t known = vocabulary.words();
  WordSets words(pattern_, known);
  words.Fill(vocabulary, known);
  std::vector<uint32_t> row;
  const bool all = locale.delta->Visit(locale.delta_rows, sequence_, mask_, cancelled_,
                                       [&](uint64_t segment, uint64_t mask, const std::vector<Symbol>& symbols) {
                                         row.clear();
                                         for (const Symbol& s : symbols) row.push_back(s.id);
                                         if (!words.Fits(row, vocabulary, nullptr)) return;
                                         if ((mask & kSeveralUnits) != 0) {
                                           shared_.push_back(segment);
                                         } else {
                                           heads_.push_back({segment, kChecked, 0, 0});
                                         }
                                       });
  return all ? absl::OkStatus() : StoppedError();
}

uint64_t RowStream::shared_rows() const {
  uint64_t rows = shared_.size();
  for (const auto& run : runs_) rows += run->shared_rows();
  return rows;
}

absl::Status RowStream::FindShared(std::vector<uint64_t>* segments) {
  const auto before = static_cast<ptrdiff_t>(segments->size());
  segments->insert(segments->end(), shared_.begin(), shared_.end());
  for (const auto& run : runs_) RETURN_IF_ERROR(run->FindShared(segments));
  std::sort(segments->begin() + before, segments->end());
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> RowStream::Next(uint64_t at_most) {
  if (last_ != 0) at_most = std::min(at_most, last_ - 1);
  const uint64_t limit = LastSegmentOf(at_most);
  if (!begun_) RETURN_IF_ERROR(Begin(limit));
  while (!heads_.empty()) {
    if ((++looks_ & 255) == 0 && cancelled_ && cancelled_()) return StoppedError();
    std::pop_heap(heads_.begin(), heads_.end());
    const Head head = heads_.back();
    heads_.pop_back();
    bool fits = head.segment <= limit, unknown = false;
    if (head.run != kChecked) {
      if (fits) {
        ASSIGN_OR_RETURN(fits, runs_[head.run]->Look(head.row, &unknown));
      }
      RETURN_IF_ERROR(Advance(head, limit));
    }
    if (!fits) continue;
    last_ = format::OwnerOf(head.segment);
    if (unknown) unknown_.push_back({last_, head.run, head.row});
    return last_;
  }
  return uint64_t{0};
}

void RowStream::Learn(const Unit& unit) {
  while (!unknown_.empty() && unknown_.front().unit > unit.id) unknown_.pop_front();
  if (unknown_.empty() || unknown_.front().unit != unit.id) return;
  runs_[unknown_.front().run]->Learn(unknown_.front().row, unit);
}

absl::Status RowStream::Begin(uint64_t limit) {
  begun_ = true;
  std::make_heap(heads_.begin(), heads_.end());
  for (uint32_t run = 0; run < runs_.size(); ++run) {
    for (uint32_t c = 0; c < runs_[run]->weight_classes(); ++c) {
      RETURN_IF_ERROR(Advance({0, run, c, runs_[run]->EndOf(c)}, limit));
    }
  }
  return absl::OkStatus();
}

absl::Status RowStream::Advance(Head head, uint64_t limit) {
  ASSIGN_OR_RETURN(const bool found, runs_[head.run]->FindBelow(limit, &head));
  if (!found) return absl::OkStatus();
  heads_.push_back(head);
  std::push_heap(heads_.begin(), heads_.end());
  return absl::OkStatus();
}

}  // namespace reprise
