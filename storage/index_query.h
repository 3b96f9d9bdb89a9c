// A query as the index sees it: once for all parts of the index, then bound to the lexicon of each part.
//
//   IndexQuery query(tokens);                 // once a lookup
//   BoundQuery bound(query, run->lexicon());  // once a run or delta
//
// A *key* is a distinct stem of the query with the letters that the query has under it. Symbols of a bound query and of
// the rows that are aligned with it carry the number of the key as their stem.
//
// Thread-safety: immutable once built.
#ifndef REPRISE_STORAGE_INDEX_QUERY_H_
#define REPRISE_STORAGE_INDEX_QUERY_H_

#include <cstdint>
#include <vector>

#include "match/score.h"
#include "storage/lexicon.h"
#include "text/tokenize.h"

namespace reprise {

class IndexQuery {
 public:
  struct Word {
    LexiconKey key;
    uint32_t weight = 0;
    uint32_t index_key = 0;  // number of its key
    uint32_t own = 0;        // number of the distinct word within the query
  };
  struct Key {
    LexiconKey stem;
    uint32_t weight = 0;
  };

  // `tokens` must outlive the object. Codes are left out.
  explicit IndexQuery(const std::vector<Token>& tokens);

  const std::vector<Word>& words() const { return words_; }
  const std::vector<Key>& keys() const { return keys_; }
  const std::vector<LexiconKey>& own_words() const { return own_words_; }  // distinct, by Word::own
  uint32_t weight() const { return weight_; }

 private:
  std::vector<Word> words_;
  std::vector<Key> keys_;
  std::vector<LexiconKey> own_words_;
  uint32_t weight_ = 0;
};

class BoundQuery {
 public:
  // Both must outlive the object.
  BoundQuery(const IndexQuery& query, const Lexicon& lexicon);

  const IndexQuery& query() const { return *query_; }
  // The query's tokens: word numbers of the lexicon (kOwnWords and up for words that it lacks), key numbers as stems.
  const std::vector<Symbol>& symbols() const { return symbols_; }
  // By key: its stem in the lexicon, or kUnknownId.
  const std::vector<uint32_t>& stems() const { return stems_; }
  // Letters of the query under keys that the lexicon has: no row shares more.
  uint32_t reachable() const { return reachable_; }

  // The key of a stem, or kUnknownId if the query has it not.
  uint32_t KeyOf(uint32_t stem) const {
    for (uint32_t at = Slot(stem);; at = (at + 1) & slot_mask_) {
      if (slots_[at].stem == stem) return slots_[at].key;
      if (slots_[at].stem == kUnknownId) return kUnknownId;
    }
  }

  // Letters shared by the query's word `query_id` and the stored word `stored_id` of one stem: the Aligner's PrefixFn;
  // `arg` is the BoundQuery.
  static uint32_t SharedPrefix(const void* arg, uint32_t query_id, uint32_t stored_id);

 private:
  static constexpr uint32_t kOwnWords = 0x80000000u;
  struct KeySlot {
    uint32_t stem = kUnknownId;
    uint32_t key = 0;
  };
  uint32_t Slot(uint32_t stem) const { return (stem * 0x9E3779B1u >> 16) & slot_mask_; }

  const IndexQuery* query_;
  const Lexicon* lexicon_;
  std::vector<Symbol> symbols_;
  std::vector<uint32_t> stems_;
  std::vector<KeySlot> slots_;
  uint32_t slot_mask_ = 0;
  uint32_t reachable_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_INDEX_QUERY_H_
