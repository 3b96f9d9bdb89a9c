// A sentence as a part of longer stored segments: of a unit whose source and target have equally many sentences, two or
// more, each sentence of the source answers for itself, with the sentence of the target at its place
// (docs/fragments.md).
//
// The stored segments that hold the query's words side by side are found as a concordance finds a phrase, the newest
// units first, and cut into sentences when they are read; nothing is stored for it.
//
//   RETURN_IF_ERROR(StoredSentencesRun(store, state, query, options, cancelled).Execute(memories, &result));
//
// Not thread-safe: one object a query.
#ifndef REPRISE_ENGINE_STORED_SENTENCES_H_
#define REPRISE_ENGINE_STORED_SENTENCES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/search_places.h"
#include "engine/translation_memory.h"
#include "match/assemble.h"
#include "match/select.h"
#include "storage/concordance_search.h"
#include "storage/segment_reader.h"
#include "storage/unit_store.h"

namespace reprise {

// At most so many units are read.
inline constexpr size_t kMaxSentenceUnits = 1024;
// A sentence has at most this score, since nobody has translated it for itself: where a whole segment has as much, none
// is looked for.
inline constexpr int kMaxOfSentence = 94;
// A query of more words is not looked for: it is hardly one sentence.
inline constexpr size_t kMaxSentenceWords = 256;

class StoredSentencesRun {
 public:
  // All arguments must outlive the object; `query` is checked and canonical. Of the options, all but want_total,
  // want_plan, pivot and the other parts of queries count.
  StoredSentencesRun(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
                     const CancelCheck& cancelled);

  // Adds what it finds to result->matches, in their order, and sets sentences_cut. Does nothing for a query without
  // words or of several sentences. Errors: NOT_FOUND (memory), CANCELLED, DATA_LOSS.
  absl::Status Execute(const std::vector<MemoryRef>& memories, LookupResult* result);

 private:
  // The words of the query as a phrase, placeables as any word; false if a concordance cannot ask for them.
  bool MakePattern();
  absl::Status Search(const SearchPlace& place, LookupResult* result);
  void AddUnit(const SearchPlace& place, const Unit& unit);
  // True if the sentence has the words of the query, and placeables of the same classes at the same places.
  bool Alike(const Content& sentence) const;
  bool Cancelled() const { return cancelled_ && cancelled_(); }

  const UnitStore& store_;
  const StoreState& state_;
  const Query& query_;
  const LookupOptions& options_;
  const CancelCheck& cancelled_;
  const PageCache::Guard pages_;
  const TokenizedContent tokenized_;  // the query
  std::vector<Token> tokens_;         // of the query: words and placeables
  RowPattern pattern_;
  SegmentReader reader_;
  std::vector<Candidate> found_;
  size_t units_read_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_STORED_SENTENCES_H_
