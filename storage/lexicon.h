// Words as numbers: what makes token rows small and their comparison a compare of integers.
//
// A *word* is a token in key form, or a whole class of placeables ("any number", spelled ""); a *stem* is the index key
// under which words meet, and a prefix of each of its words. Each index part (a run, the delta) numbers its own words
// and stems; a Lexicon answers "which number has this word here?".
//
//   LexiconKey key = WordKeyOf(token);
//   uint32_t word = lexicon.FindWord(key);          // kUnknownId if it occurs nowhere in this part
//
// Thread-safety: as the implementations say; all const methods may run beside each other.
#ifndef REPRISE_STORAGE_LEXICON_H_
#define REPRISE_STORAGE_LEXICON_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/tokenize.h"

namespace reprise {

inline constexpr uint32_t kUnknownId = UINT32_MAX;

// A text under a class of tokens, with its hash. `text` must outlive the key.
struct LexiconKey {
  LexiconKey(TokenClass c, std::string_view t);

  TokenClass cls;
  std::string_view text;
  uint64_t hash;  // XXH3 of class and text: the same on all machines, runs' signatures are made of it
};

LexiconKey WordKeyOf(const Token& token);
LexiconKey StemKeyOf(const Token& token);

class Lexicon {
 public:
  virtual ~Lexicon() = default;
  virtual uint32_t FindWord(const LexiconKey& key) const = 0;
  virtual uint32_t FindStem(const LexiconKey& key) const = 0;
  // The text of a word that FindWord or a row gave. The view lives as long as the lexicon.
  virtual std::string_view WordText(uint32_t word) const = 0;
  virtual TokenClass WordClass(uint32_t word) const = 0;
};

// A hash table of numbers whose keys are kept elsewhere. Not thread-safe.
class IdTable {
 public:
  // The number filed under `hash` for which `equal(number)` holds, or kUnknownId.
  template <typename Equal>
  uint32_t Find(uint64_t hash, const Equal& equal) const {
    if (slots_.empty()) return kUnknownId;
    const auto tag = static_cast<uint32_t>(hash);
    for (size_t at = tag & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.id == kUnknownId) return kUnknownId;
      if (slot.tag == tag && equal(slot.id)) return slot.id;
    }
  }
  // REQUIRES: not there yet.
  void Insert(uint64_t hash, uint32_t id);
  void Reserve(size_t count);
  size_t size() const { return size_; }

 private:
  struct Slot {
    uint32_t tag = 0;  // the low half of the hash
    uint32_t id = kUnknownId;
  };
  void Grow(size_t slots);

  std::vector<Slot> slots_;
  size_t mask_ = 0;
  size_t size_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_LEXICON_H_
