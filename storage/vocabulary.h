// The growing lexicon of a delta, or of rows that are about to become a run.
//
//   Symbol s = vocabulary.Intern(key_form, span, &stem_hash);   // writers
//   uint32_t id = vocabulary.FindWord(key);                     // readers
//
// Words and stems are numbered from 0 in order of first use; nothing is ever removed.
// Thread-safe: any number of readers beside writers.
#ifndef REPRISE_STORAGE_VOCABULARY_H_
#define REPRISE_STORAGE_VOCABULARY_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "match/score.h"
#include "storage/lexicon.h"
#include "text/tokenize.h"

namespace reprise {

class Vocabulary : public Lexicon {
 public:
  struct Word {
    std::string text;         // "" for a class of placeables
    uint32_t stem_bytes = 0;  // the stem is this long a prefix of the text
    uint32_t stem = 0;
    uint32_t weight = 0;
    uint64_t stem_hash = 0;
    TokenClass cls = TokenClass::kWord;
  };

  Vocabulary();
  ~Vocabulary() override;
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  // The symbol of a token of `key_form`, added if new; *stem_hash gets the hash of its stem's LexiconKey.
  Symbol Intern(std::string_view key_form, const TokenSpan& token, uint64_t* stem_hash);

  uint32_t FindWord(const LexiconKey& key) const override;
  uint32_t FindStem(const LexiconKey& key) const override;
  std::string_view WordText(uint32_t word) const override { return word_at(word).text; }
  TokenClass WordClass(uint32_t word) const override { return word_at(word).cls; }

  // REQUIRES: `id` came from Intern or FindWord. The reference lives as long as the vocabulary.
  const Word& word_at(uint32_t id) const { return chunks_[id / kChunk].load(std::memory_order_acquire)[id % kChunk]; }
  uint32_t words() const { return word_count_.load(std::memory_order_acquire); }

 private:
  static constexpr uint32_t kChunk = 1024;
  static constexpr uint32_t kMaxChunks = 65536;

  uint32_t FindWordLocked(const LexiconKey& key) const;  // REQUIRES: mu_ held
  uint32_t FindStemLocked(const LexiconKey& key) const;  // REQUIRES: mu_ held

  mutable std::shared_mutex mu_;
  IdTable words_;                   // guarded by mu_
  IdTable stems_;                   // guarded by mu_
  std::deque<uint32_t> stem_word_;  // by stem: a word of it; guarded by mu_
  std::atomic<uint32_t> word_count_{0};
  std::unique_ptr<std::atomic<Word*>[]> chunks_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_VOCABULARY_H_
