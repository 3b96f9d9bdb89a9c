// A pair in the making: real sentences put together and changed, source and target in step.
//
//   Draft draft = WholePair(pool, 17);          // or Splice(...), Join(...)
//   Editor(pool, &random).Edit(3, &draft);      // three changes
//   Pair pair = TextOf(draft);
//
// In step means: the same kind of change at the same relative place of both sides, with words that stand at the same
// relative place of one real pair, so that either side can be the one that is looked up.
// Drafts are movable and not copyable: their sentences are views, some of them of the draft's own words.
// Not thread-safe; different drafts and editors may be used at once.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_DRAFT_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_DRAFT_H_

#include <cstdint>
#include <forward_list>
#include <string>
#include <vector>

#include "bench/corpus_generator/pool.h"
#include "bench/corpus_generator/random.h"

namespace reprise::bench {

struct Draft {
  Draft() = default;
  Draft(Draft&&) = default;
  Draft& operator=(Draft&&) = default;

  Sentence source;
  Sentence target;
  std::forward_list<std::string> made;  // words and numbers that no real sentence has
};

// The real pair as it is.
Draft WholePair(const Pool& pool, uint32_t index);
// The first `percent` of one pair's pieces and what follows that place in another's, on both sides. REQUIRES: two
// bases, 0 < percent < 100.
Draft Splice(const Pool& pool, uint32_t first, uint32_t second, uint32_t percent);
// Adds the whole of another pair at the end.
void Join(const Pool& pool, uint32_t second, Draft* draft);

Pair TextOf(const Draft& draft);

// Makes changes to drafts. `pool` and `random` outlive it.
class Editor {
 public:
  Editor(const Pool& pool, Random* random) : pool_(pool), random_(*random) {}

  // `edits` changes, each drawn anew: a word replaced (4 in 10), inserted (2), deleted (2), exchanged with its
  // neighbour (1), a number changed (1; a replacement where there is none). A change that is impossible (the last word
  // cannot be deleted) becomes an insertion. REQUIRES: the pool has a base.
  void Edit(uint32_t edits, Draft* draft);

 private:
  // A word of each side, at the same relative place: positions in source_words_ and target_words_.
  struct Place {
    size_t source = 0;
    size_t target = 0;
  };
  bool PickPlace(const Draft& draft, Place* place);
  WordPair NewWords(Draft* draft);
  void EditOnce(Draft* draft);
  void Replace(const Place& place, Draft* draft);
  void Insert(const Place& place, Draft* draft);
  bool Delete(const Place& place, Draft* draft);
  bool Swap(const Place& place, Draft* draft);
  bool ChangeNumber(Draft* draft);

  const Pool& pool_;
  Random& random_;
  std::vector<uint32_t> source_words_, target_words_, numbers_;
};

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_DRAFT_H_
