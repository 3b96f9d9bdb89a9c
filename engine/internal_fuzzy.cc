#include "engine/internal_fuzzy.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace reprise {
namespace {

constexpr int kMostNearExact = 98;  // of texts whose key forms differ
constexpr int kMostFuzzy = 94;

size_t Hash(std::string_view text) { return std::hash<std::string_view>()(text); }

}  // namespace

uint32_t InternalFuzzy::Prefix(const void* self, uint32_t a, uint32_t b) {
  const auto& keys = static_cast<const InternalFuzzy*>(self)->keys_;
  return CommonPrefix(keys[a], keys[b]);
}

std::vector<Symbol> InternalFuzzy::SymbolsOf(const std::vector<Token>& tokens) {
  std::vector<Symbol> symbols;
  symbols.reserve(tokens.size());
  for (const Token& token : tokens) {
    if (token.weight == 0) continue;
    // Placeables of one class are one symbol, whatever they say.
    std::string key = IsPlaceable(token.cls) ? std::string() : token.key;
    const auto id = ids_.try_emplace({token.cls, key}, static_cast<uint32_t>(keys_.size()));
    if (id.second) keys_.push_back(key);
    // The stem of a word is a word; of all else it is its own, which the class keeps apart.
    const std::string stem =
        std::to_string(static_cast<int>(token.cls)) + (token.cls == TokenClass::kWord ? token.index_key : key);
    const auto number = stems_.try_emplace(stem, static_cast<uint32_t>(stems_.size()));
    if (number.second) {
      postings_.emplace_back();
      asked_.push_back(0);
    }
    symbols.push_back({id.first->second, number.first->second, token.weight});
  }
  return symbols;
}

int InternalFuzzy::BestNearExact(const TokenizedContent& text) const {
  int best = 0;
  const auto score = [this, &text](uint32_t row) {
    return std::min(99, ScorePair(text, TokenizedContent(rows_[row].content), {}).base);
  };
  if (const auto same = by_key_.find(Hash(text.key_form)); same != by_key_.end()) {
    for (uint32_t row : same->second) {
      best = std::max(best, score(row));
      if (best == 99) return best;
    }
  }
  if (best >= kMostNearExact || text.bare_form.empty()) return best;
  if (const auto same = by_bare_.find(Hash(text.bare_form)); same != by_bare_.end()) {
    for (uint32_t row : same->second) {
      best = std::max(best, score(row));
      if (best >= kMostNearExact) return best;
    }
  }
  return best;
}

// A text of at least `percent` shares a stem among any stems of the query that weigh more than the rest may miss; the
// rare ones are asked, as in the search of the store.
int InternalFuzzy::Best(const TokenizedContent& text, int lowest) {
  const int near_exact = BestNearExact(text);
  if (near_exact > kMostFuzzy) return near_exact >= lowest ? near_exact : 0;
  int best = 0;
  const std::vector<Symbol> symbols = SymbolsOf(text.tokens);
  ++question_;
  std::map<uint32_t, uint64_t> weights;  // by stem
  for (const Symbol& symbol : symbols) {
    weights[symbol.stem] += symbol.weight;
    asked_[symbol.stem] = question_;
  }
  std::vector<uint32_t> stems;
  for (const auto& [stem, weight] : weights) stems.push_back(stem);
  std::stable_sort(stems.begin(), stems.end(),
                   [this](uint32_t a, uint32_t b) { return postings_[a].size() < postings_[b].size(); });
  aligner_.SetQuery(symbols.data(), symbols.size());
  uint64_t before = 0;  // the weight of the stems that were asked
  for (uint32_t stem : stems) {
    const int wanted = std::max(lowest, best + 1);
    if (wanted > kMostFuzzy || 100 * before > uint64_t(100 - wanted) * text.weight) break;
    for (uint32_t r : postings_[stem]) {
      if (std::exchange(visited_[r], question_) == question_) continue;
      const Row& row = rows_[r];
      const uint32_t most = std::max(text.weight, row.weight);
      const uint32_t needed = SharedNeeded(std::max(lowest, best + 1), most);
      if (std::min(text.weight, row.weight) < needed) continue;
      uint32_t shared = 0;  // at most
      for (const Symbol& symbol : row.symbols) shared += asked_[symbol.stem] == question_ ? symbol.weight : 0;
      if (shared < needed) continue;
      const uint32_t c = aligner_.Align(row.symbols.data(), row.symbols.size(), needed, &InternalFuzzy::Prefix, this);
      if (c >= needed) best = std::max(best, std::min(kMostFuzzy, Percent(c, most)));
    }
    before += weights[stem];
  }
  return best >= lowest ? best : 0;
}

void InternalFuzzy::Add(TokenizedContent text) {
  const auto row = static_cast<uint32_t>(rows_.size());
  std::vector<Symbol> symbols = SymbolsOf(text.tokens);
  for (const Symbol& symbol : symbols) {
    std::vector<uint32_t>& list = postings_[symbol.stem];
    if (list.empty() || list.back() != row) list.push_back(row);
  }
  by_key_[Hash(text.key_form)].push_back(row);
  if (!text.bare_form.empty()) by_bare_[Hash(text.bare_form)].push_back(row);
  symbols.shrink_to_fit();
  rows_.push_back({std::move(text.content), text.weight, std::move(symbols)});
  visited_.push_back(0);
}

}  // namespace reprise
