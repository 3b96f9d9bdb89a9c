#include "storage/vocabulary.h"

#include <cstdlib>

namespace reprise {
namespace {

// Words and marks may be spelled alike and placeables have no spelling: the class goes first.
std::string MapKey(TokenClass cls, std::string_view text) {
  std::string key(1, static_cast<char>(cls));
  key += text;
  return key;
}

std::string WordKey(TokenClass cls, std::string_view key) {
  return IsPlaceable(cls) ? MapKey(cls, "") : MapKey(cls, key);
}
std::string StemKey(TokenClass cls, std::string_view index_key) {
  return IsPlaceable(cls) ? MapKey(cls, "") : MapKey(cls, index_key);
}

}  // namespace

Vocabulary::Vocabulary() : chunks_(new std::atomic<Word*>[kMaxChunks]()) {}

Vocabulary::~Vocabulary() {
  for (uint32_t i = 0; i < kMaxChunks; ++i) delete[] chunks_[i].load();
}

Symbol Vocabulary::Intern(const Token& token) { return Intern(token.cls, token.key, token.index_key, token.weight); }

Symbol Vocabulary::Intern(TokenClass cls, std::string_view key, std::string_view index_key, uint32_t weight) {
  std::string word_key = WordKey(cls, key);
  {
    std::shared_lock lock(mu_);
    auto it = words_.find(word_key);
    if (it != words_.end()) {
      const Word& w = word(it->second);
      return {it->second, w.stem, w.weight};
    }
  }
  std::unique_lock lock(mu_);
  auto [it, added] = words_.try_emplace(std::move(word_key), word_count_);
  if (!added) {
    const Word& w = word(it->second);
    return {it->second, w.stem, w.weight};
  }
  // 67 million different words in one locale of one memory: no text has them, and there is no way to go on.
  if (word_count_ / kChunk >= kMaxChunks) std::abort();
  auto [stem, new_stem] = stems_.try_emplace(StemKey(cls, index_key), static_cast<uint32_t>(stems_.size()));
  if (new_stem) stem_count_.store(static_cast<uint32_t>(stems_.size()), std::memory_order_release);
  std::atomic<Word*>& chunk = chunks_[word_count_ / kChunk];
  if (chunk.load(std::memory_order_relaxed) == nullptr) chunk.store(new Word[kChunk], std::memory_order_release);
  Word& w = chunk.load(std::memory_order_relaxed)[word_count_ % kChunk];
  if (!IsPlaceable(cls)) w.key = std::string(key);
  w.index_key = IsPlaceable(cls) ? std::string() : std::string(index_key);
  w.cls = cls;
  w.stem = stem->second;
  w.weight = weight;
  return {word_count_++, w.stem, w.weight};
}

uint32_t Vocabulary::FindWord(const Token& token) const {
  std::shared_lock lock(mu_);
  auto it = words_.find(WordKey(token.cls, token.key));
  return it == words_.end() ? kUnknown : it->second;
}

uint32_t Vocabulary::FindStem(const Token& token) const {
  std::shared_lock lock(mu_);
  auto it = stems_.find(StemKey(token.cls, token.index_key));
  return it == stems_.end() ? kUnknown : it->second;
}

}  // namespace reprise
