// Fragments of a query: stored segments whose words are exactly the words of a part of it (docs/fragments.md).
//
// Each run of words of the query is a bare form, and the segments of a bare form are a point read, so that no search is
// needed and nothing is missed: a run that holds a word which the index has never seen is left out unread, the rest are
// asked for many at a time. What is found is scored by the ladder against the part of the query that suits it best, and
// answers as a match of that part. Parts that lie within another part are left out.
//
//   RETURN_IF_ERROR(FragmentRun(store, state, query, options, cancelled).Execute(memories, &result));
//
// Not thread-safe: one object a query.
#ifndef REPRISE_ENGINE_FRAGMENTS_H_
#define REPRISE_ENGINE_FRAGMENTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/search_places.h"
#include "engine/translation_memory.h"
#include "match/select.h"
#include "storage/segment_reader.h"
#include "storage/unit_store.h"

namespace reprise {

// What is not looked for: a single word of fewer letters.
inline constexpr uint32_t kMinFragmentLetters = 4;
// So many tokens that are no words may belong to a part on either side of its words.
inline constexpr size_t kMaxFragmentReach = 3;
// At most so many runs of words are asked for: all of a query of 63 words; of a longer one the shorter runs.
inline constexpr size_t kMaxFragmentRuns = 2048;
// At most so many parts are answered, the longest, and so many matches of each.
inline constexpr size_t kMaxFragmentParts = 20;
inline constexpr int kMaxMatchesOfFragment = 3;
// At most so many units are read.
inline constexpr size_t kMaxFragmentUnits = 4096;

// The longest run of words that is asked for in a query of so many words.
size_t LongestFragmentRun(size_t words);

class FragmentRun {
 public:
  // All arguments must outlive the object; `query` is checked and canonical. Of the options, penalties, filter and
  // adapt count.
  FragmentRun(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
              const CancelCheck& cancelled);

  // Fills result->fragments and fragments_cut. Errors: NOT_FOUND (memory), CANCELLED, DATA_LOSS.
  absl::Status Execute(const std::vector<MemoryRef>& memories, LookupResult* result);

 private:
  // Tokens [begin, end) of the query, codes left out.
  using TokenRange = std::pair<size_t, size_t>;
  // A run of words that segments have, and which.
  struct Run {
    size_t first = 0, last = 0;  // of words_
    std::string bare_form;
    std::vector<WantedUnit> units;
  };
  // A part of the query as a query of its own.
  struct Part {
    Query query;
    TokenizedContent tokenized;
  };

  // True, by token, if the index of the place has seen it.
  std::vector<bool> KnownWords(const SearchPlace& place) const;
  absl::Status FindRuns(const SearchPlace& place, std::map<std::pair<size_t, size_t>, Run>* runs);
  absl::Status AddRuns(const SearchPlace& place, const std::vector<std::pair<size_t, size_t>>& places,
                       const std::vector<std::string>& bare_forms, std::map<std::pair<size_t, size_t>, Run>* runs);
  absl::Status ReadRun(const Run& run, LookupResult* result);
  absl::Status AddUnit(const Run& run, const WantedUnit& wanted, const Unit& unit,
                       std::map<TokenRange, std::vector<Candidate>>* by_part);
  // The part around the words of the run that the text answers best, of equally good ones the longest.
  TokenRange BestPart(const Run& run, const TokenizedContent& stored, BaseScore* score);
  // The words of the run and the tokens around it up to the next word.
  TokenRange Reach(const Run& run) const;
  const Part& PartOf(TokenRange range);
  bool Within(TokenRange range) const;  // one of accepted_
  void Accept(TokenRange range, std::vector<Match> matches, LookupResult* result);
  bool Cancelled() const { return cancelled_ && cancelled_(); }

  const UnitStore& store_;
  const StoreState& state_;
  const Query& query_;
  const LookupOptions& options_;
  const CancelCheck& cancelled_;
  std::vector<Token> tokens_;  // of the query, codes left out
  std::vector<size_t> words_;  // which of them are words
  const PageCache::Guard pages_;
  SegmentReader reader_;
  std::vector<SearchPlace> places_;
  std::map<TokenRange, Part> parts_;
  std::vector<TokenRange> accepted_;
  size_t units_read_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_FRAGMENTS_H_
