#include "storage/lexicon.h"

#include <xxhash.h>

#include <utility>

namespace reprise {

// All placeables of a class are one word, and its stem.
LexiconKey::LexiconKey(TokenClass c, std::string_view t) : cls(c), text(IsPlaceable(c) ? std::string_view() : t) {
  hash = XXH3_64bits_withSeed(text.data(), text.size(), static_cast<XXH64_hash_t>(cls));
}

LexiconKey WordKeyOf(const Token& token) { return LexiconKey(token.cls, token.key); }
LexiconKey StemKeyOf(const Token& token) { return LexiconKey(token.cls, token.index_key); }

void IdTable::Insert(uint64_t hash, uint32_t id) {
  if ((size_ + 1) * 3 > slots_.size() * 2) Grow(slots_.empty() ? 64 : slots_.size() * 2);
  const auto tag = static_cast<uint32_t>(hash);
  size_t at = tag & mask_;
  while (slots_[at].id != kUnknownId) at = (at + 1) & mask_;
  slots_[at] = {tag, id};
  ++size_;
}

void IdTable::Reserve(size_t count) {
  size_t slots = 64;
  while (slots * 2 < count * 3) slots *= 2;
  if (slots > slots_.size()) Grow(slots);
}

void IdTable::Grow(size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  mask_ = slots - 1;
  for (const Slot& slot : old) {
    if (slot.id == kUnknownId) continue;
    size_t at = slot.tag & mask_;
    while (slots_[at].id != kUnknownId) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

}  // namespace reprise
