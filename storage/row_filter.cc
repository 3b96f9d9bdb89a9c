#include "storage/row_filter.h"

#include <algorithm>
#include <map>

namespace reprise {
IndexQuery::IndexQuery(const std::vector<Token>& tokens, const Vocabulary& vocabulary) : vocabulary_(&vocabulary) {
  std::map<std::string_view, uint32_t> own_ids;
  std::map<std::pair<int, std::string_view>, uint32_t> own_stems;
  std::map<uint32_t, size_t> key_at;
  for (const Token& token : tokens) {
    if (token.cls == TokenClass::kCode || token.weight == 0) continue;
    weight_ += token.weight;
    uint32_t stem = vocabulary.FindStem(token);
    uint32_t key = stem;
    if (stem == Vocabulary::kUnknown) {
      // Unknown stems must differ from all stored ones, and a repeated one is one key.
      auto [it, added] = own_stems.try_emplace({static_cast<int>(token.cls), token.index_key},
                                               kOwnWords + static_cast<uint32_t>(own_stems.size()));
      stem = key = it->second;
    }
    auto [at, new_key] = key_at.try_emplace(key, keys_.size());
    if (new_key) keys_.push_back({key >= kOwnWords ? Vocabulary::kUnknown : key, 0});
    keys_[at->second].weight += token.weight;
    uint32_t word = vocabulary.FindWord(token);
    if (word == Vocabulary::kUnknown) {
      auto [it, added] = own_ids.try_emplace(token.key, kOwnWords + static_cast<uint32_t>(own_words_.size()));
      if (added) own_words_.push_back(token.key);
      word = it->second;
    }
    symbols_.push_back({word, stem, token.weight});
  }
}

uint32_t IndexQuery::SharedPrefix(const void* arg, uint32_t query_id, uint32_t stored_id) {
  const auto* query = static_cast<const IndexQuery*>(arg);
  const Vocabulary::Word& stored = query->vocabulary_->word(stored_id);
  if (stored.cls != TokenClass::kWord) return 0;
  std::string_view own = query_id >= kOwnWords ? query->own_words_[query_id - kOwnWords]
                                               : std::string_view(query->vocabulary_->word(query_id).key);
  return CommonPrefix(own, stored.key);
}

RowFilter::RowFilter(const IndexQuery& query, int percent) : query_(query), percent_(percent) {
  min_weight_ = MinWeight();
  std::map<uint32_t, uint32_t> letters_of_bit;
  by_stem_.assign(query.vocabulary().stem_count(), 0);
  for (const IndexQuery::Key& key : query.keys()) {
    if (key.stem == Vocabulary::kUnknown || key.stem >= by_stem_.size()) {
      // A stem that was added after the query was read is in no row that the query's state shows.
      unknown_weight_ += key.weight;
      continue;
    }
    by_stem_[key.stem] += key.weight;
    letters_of_bit[Signature::BitOf(key.stem)] += key.weight;
  }
  for (auto [bit, weight] : letters_of_bit) bits_.push_back({bit >> 6, uint64_t{1} << (bit & 63), weight});
  std::sort(bits_.begin(), bits_.end(), [](const Bit& a, const Bit& b) { return a.weight > b.weight; });
  max_weight_ = MaxWeight(query.weight() - unknown_weight_);
}

uint32_t RowFilter::MinWeight() const { return SharedNeeded(percent_, query_.weight()); }

uint32_t RowFilter::MaxWeight(uint32_t reachable) const {
  // 100 * reachable >= percent * max(Wq, Wm); no row at all if the query's own weight is out of reach.
  if (uint64_t{100} * reachable < uint64_t(percent_) * query_.weight()) return 0;
  return static_cast<uint32_t>(uint64_t{100} * reachable / percent_);
}

bool RowFilter::SignatureFits(const Signature& signature, uint32_t row_weight) const {
  uint32_t needed = SharedNeeded(percent_, std::max(query_.weight(), row_weight));
  uint32_t reachable = query_.weight() - unknown_weight_;
  if (reachable < needed) return false;
  uint32_t spare = reachable - needed;
  for (const Bit& bit : bits_) {
    if (signature.bits[bit.word] & bit.mask) continue;
    if (bit.weight > spare) return false;
    spare -= bit.weight;
  }
  return true;
}

bool RowFilter::RowFits(const Symbol* row, size_t size, uint32_t row_weight) const {
  // Letters of the row whose stem the query has: an upper bound on C, since each aligned token earns at most its own
  // weight.
  uint32_t needed = SharedNeeded(percent_, std::max(query_.weight(), row_weight));
  uint32_t spare = row_weight - std::min(row_weight, needed);
  for (size_t i = 0; i < size; ++i) {
    uint32_t stem = row[i].stem;
    if (stem < by_stem_.size() && by_stem_[stem] != 0) continue;
    if (row[i].weight > spare) return false;
    spare -= row[i].weight;
  }
  return row_weight >= needed;
}

bool RowFilter::Accept(const Symbol* row, size_t size, uint32_t row_weight, RowHit* hit) {
  uint32_t max_weight = std::max(query_.weight(), row_weight);
  uint32_t needed = SharedNeeded(percent_, max_weight);
  uint32_t shared = aligner_.Align(query_.symbols().data(), query_.symbols().size(), row, size, needed,
                                   &IndexQuery::SharedPrefix, &query_);
  if (shared < needed) return false;
  hit->shared = shared;
  hit->max_weight = max_weight;
  return true;
}

}  // namespace reprise
