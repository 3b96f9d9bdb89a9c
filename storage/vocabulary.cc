#include "storage/vocabulary.h"

#include <cstdlib>
#include <mutex>

namespace reprise {

Vocabulary::Vocabulary() : chunks_(new std::atomic<Word*>[kMaxChunks]()) {}

Vocabulary::~Vocabulary() {
  for (uint32_t i = 0; i * kChunk < words(); ++i) delete[] chunks_[i].load();
}

uint32_t Vocabulary::FindWordLocked(const LexiconKey& key) const {
  return words_.Find(key.hash, [&](uint32_t id) {
    const Word& word = word_at(id);
    return word.cls == key.cls && word.text == key.text;
  });
}

uint32_t Vocabulary::FindStemLocked(const LexiconKey& key) const {
  return stems_.Find(key.hash, [&](uint32_t id) {
    const Word& word = word_at(stem_word_[id]);
    return word.cls == key.cls && std::string_view(word.text).substr(0, word.stem_bytes) == key.text;
  });
}

Symbol Vocabulary::Intern(std::string_view key_form, const TokenSpan& token, uint64_t* stem_hash) {
  const LexiconKey key(token.cls, key_form.substr(token.begin, token.end - token.begin));
  auto known = [&](uint32_t id) -> Symbol {
    const Word& word = word_at(id);
    *stem_hash = word.stem_hash;
    return {id, word.stem, word.weight};
  };
  {
    std::shared_lock lock(mu_);
    const uint32_t id = FindWordLocked(key);
    if (id != kUnknownId) return known(id);
  }
  std::unique_lock lock(mu_);
  uint32_t id = FindWordLocked(key);
  if (id != kUnknownId) return known(id);
  id = word_count_.load(std::memory_order_relaxed);
  // 67 million different words in one delta: its rows would have filled the memory long before.
  if (id / kChunk >= kMaxChunks) std::abort();
  std::atomic<Word*>& chunk = chunks_[id / kChunk];
  if (chunk.load(std::memory_order_relaxed) == nullptr) chunk.store(new Word[kChunk], std::memory_order_release);
  Word& word = chunk.load(std::memory_order_relaxed)[id % kChunk];
  word.text = std::string(key.text);
  word.cls = token.cls;
  word.weight = token.weight;
  const LexiconKey stem_key(token.cls, IndexKey(key_form, token));
  word.stem_bytes = static_cast<uint32_t>(stem_key.text.size());
  word.stem_hash = stem_key.hash;
  word.stem = FindStemLocked(stem_key);
  if (word.stem == kUnknownId) {
    word.stem = static_cast<uint32_t>(stem_word_.size());
    stem_word_.push_back(id);
    stems_.Insert(stem_key.hash, word.stem);
  }
  words_.Insert(key.hash, id);
  word_count_.store(id + 1, std::memory_order_release);
  return known(id);
}

uint32_t Vocabulary::FindWord(const LexiconKey& key) const {
  std::shared_lock lock(mu_);
  return FindWordLocked(key);
}

uint32_t Vocabulary::FindStem(const LexiconKey& key) const {
  std::shared_lock lock(mu_);
  return FindStemLocked(key);
}

}  // namespace reprise
