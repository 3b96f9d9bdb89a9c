// The words of one memory and locale as numbers: what makes token rows small and their comparison a compare of
// integers.
//
// A *word* is a token in key form, or a whole class of placeables ("any number"); a *stem* is the index key under which
// tokens meet. Words and stems are numbered from 0 in order of first use; the numbers live in memory only (runs store
// the words themselves).
//
//   Symbol s = vocabulary.Intern(token);          // writers
//   uint32_t id = vocabulary.FindWord(token);     // readers; kUnknown if never interned
//
// Thread-safe: any number of readers beside writers. Nothing is ever removed.
#ifndef REPRISE_STORAGE_VOCABULARY_H_
#define REPRISE_STORAGE_VOCABULARY_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "match/score.h"
#include "text/tokenize.h"

namespace reprise {

class Vocabulary {
 public:
  static constexpr uint32_t kUnknown = UINT32_MAX;

  struct Word {
    std::string key;        // in key form; "" for a class of placeables
    std::string index_key;  // of its stem
    TokenClass cls = TokenClass::kWord;
    uint32_t stem = 0;
    uint32_t weight = 0;
  };

  Vocabulary();
  ~Vocabulary();
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  // The symbol of a token, added if new. REQUIRES: not a code.
  Symbol Intern(const Token& token);
  // The same from the parts that a run stores.
  Symbol Intern(TokenClass cls, std::string_view key, std::string_view index_key, uint32_t weight);

  // Word number, or kUnknown.
  uint32_t FindWord(const Token& token) const;
  // Stem number, or kUnknown.
  uint32_t FindStem(const Token& token) const;

  // REQUIRES: `id` came from Intern or FindWord. The reference lives as long as the vocabulary.
  const Word& word(uint32_t id) const { return chunks_[id / kChunk].load(std::memory_order_acquire)[id % kChunk]; }
  uint32_t stem_count() const { return stem_count_.load(std::memory_order_acquire); }

 private:
  static constexpr uint32_t kChunk = 4096;
  static constexpr uint32_t kMaxChunks = 16384;

  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  using Map = std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>>;

  mutable std::shared_mutex mu_;
  Map words_;                // guarded by mu_
  Map stems_;                // guarded by mu_
  uint32_t word_count_ = 0;  // guarded by mu_
  std::atomic<uint32_t> stem_count_{0};
  std::unique_ptr<std::atomic<Word*>[]> chunks_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_VOCABULARY_H_
