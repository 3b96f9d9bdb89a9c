#include "storage/index_query.h"

#include <algorithm>

namespace reprise {
namespace {

bool Same(const LexiconKey& a, const LexiconKey& b) { return a.hash == b.hash && a.cls == b.cls && a.text == b.text; }

// Number of `key` among `known`, added if new. Queries are short where speed counts; long ones go through a table.
template <typename List, typename KeyIn, typename Add>
uint32_t NumberOf(const LexiconKey& key, IdTable* table, const List& known, const KeyIn& key_in, const Add& add) {
  uint32_t number = table->Find(key.hash, [&](uint32_t i) { return Same(key_in(known[i]), key); });
  if (number != kUnknownId) return number;
  number = static_cast<uint32_t>(known.size());
  table->Insert(key.hash, number);
  add();
  return number;
}

}  // namespace

IndexQuery::IndexQuery(const std::vector<Token>& tokens) {
  IdTable keys, own;
  words_.reserve(tokens.size());
  for (const Token& token : tokens) {
    if (token.cls == TokenClass::kCode || token.weight == 0) continue;
    weight_ += token.weight;
    const LexiconKey stem = StemKeyOf(token);
    Word word{WordKeyOf(token), token.weight, 0, 0};
    word.index_key = NumberOf(
        stem, &keys, keys_, [](const Key& k) -> const LexiconKey& { return k.stem; },
        [&] {
          keys_.push_back({stem, 0});
        });
    keys_[word.index_key].weight += token.weight;
    word.own = NumberOf(
        word.key, &own, own_words_, [](const LexiconKey& k) -> const LexiconKey& { return k; },
        [&] { own_words_.push_back(word.key); });
    words_.push_back(word);
  }
}

BoundQuery::BoundQuery(const IndexQuery& query, const Lexicon& lexicon) : query_(&query), lexicon_(&lexicon) {
  uint32_t slots = 16;
  while (slots < query.keys().size() * 4) slots *= 2;
  slots_.resize(slots);
  slot_mask_ = slots - 1;
  stems_.reserve(query.keys().size());
  for (uint32_t i = 0; i < query.keys().size(); ++i) {
    const IndexQuery::Key& key = query.keys()[i];
    const uint32_t stem = lexicon.FindStem(key.stem);
    stems_.push_back(stem);
    if (stem == kUnknownId) continue;
    reachable_ += key.weight;
    uint32_t at = Slot(stem);
    while (slots_[at].stem != kUnknownId) at = (at + 1) & slot_mask_;
    slots_[at] = {stem, i};
  }
  std::vector<uint32_t> ids;
  ids.reserve(query.own_words().size());
  for (const LexiconKey& word : query.own_words()) ids.push_back(lexicon.FindWord(word));
  symbols_.reserve(query.words().size());
  for (const IndexQuery::Word& word : query.words()) {
    const uint32_t id = ids[word.own];
    symbols_.push_back({id == kUnknownId ? kOwnWords + word.own : id, word.index_key, word.weight});
  }
}

uint32_t BoundQuery::SharedPrefix(const void* arg, uint32_t query_id, uint32_t stored_id) {
  const auto* bound = static_cast<const BoundQuery*>(arg);
  if (bound->lexicon_->WordClass(stored_id) != TokenClass::kWord) return 0;
  const std::string_view own = query_id >= kOwnWords ? bound->query_->own_words()[query_id - kOwnWords].text
                                                     : bound->lexicon_->WordText(query_id);
  return CommonPrefix(own, bound->lexicon_->WordText(stored_id));
}

}  // namespace reprise
