#include "match/score.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "match/explain.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// Order of the codes in the text; writers are asked for this order but callers may not keep it.
std::vector<const Code*> InOrder(const std::vector<Code>& codes) {
  std::vector<const Code*> order;
  order.reserve(codes.size());
  for (const Code& code : codes) order.push_back(&code);
  std::stable_sort(order.begin(), order.end(), [](const Code* a, const Code* b) { return a->position < b->position; });
  return order;
}

// Maps a position in the raw text to one in the key form: the key code points that come from before it.
class PositionMap {
 public:
  explicit PositionMap(std::string_view text) : mapped_(KeyFormWithMap(text)) {}
  uint32_t Map(uint32_t raw) const {
    return static_cast<uint32_t>(std::lower_bound(mapped_.raw_begin.begin(), mapped_.raw_begin.end(), raw) -
                                 mapped_.raw_begin.begin());
  }

 private:
  MappedKeyForm mapped_;
};

// Same kinds, data and pairing in sequence, and positions equal after `position_a` and `position_b`.
template <typename PositionA, typename PositionB>
bool SameCodes(const std::vector<Code>& a, const std::vector<Code>& b, PositionA position_a, PositionB position_b) {
  if (a.size() != b.size()) return false;
  if (a.empty()) return true;
  const std::vector<const Code*> order_a = InOrder(a), order_b = InOrder(b);
  std::unordered_map<uint32_t, uint32_t> a_to_b, b_to_a;
  for (size_t i = 0; i < order_a.size(); ++i) {
    const Code& x = *order_a[i];
    const Code& y = *order_b[i];
    if (x.kind != y.kind || x.data != y.data || position_a(x.position) != position_b(y.position)) return false;
    if ((x.pair_id == 0) != (y.pair_id == 0)) return false;
    if (x.pair_id == 0) continue;
    if (a_to_b.emplace(x.pair_id, y.pair_id).first->second != y.pair_id) return false;
    if (b_to_a.emplace(y.pair_id, x.pair_id).first->second != x.pair_id) return false;
  }
  return true;
}

uint32_t SameOffset(uint32_t position) { return position; }

// How one neighbour of the query compares with the stored one.
enum class Agreement { kUnknown, kYes, kNo };

Agreement CompareNeighbours(const std::map<std::string, Neighbour>& query, std::string_view query_locale,
                            const std::map<std::string, Neighbour>& stored, std::string_view stored_locale) {
  const auto q = query.find(std::string(query_locale));
  const auto s = stored.find(std::string(stored_locale));
  if (q == query.end() || s == stored.end()) return Agreement::kUnknown;
  const Neighbour& a = q->second;
  const Neighbour& b = s->second;
  if (a.state == Neighbour::State::kUnknown || b.state == Neighbour::State::kUnknown) return Agreement::kUnknown;
  if (a.state != b.state) return Agreement::kNo;
  if (a.state == Neighbour::State::kEdge || a.text == b.text) return Agreement::kYes;
  return KeyForm(a.text) == KeyForm(b.text) ? Agreement::kYes : Agreement::kNo;
}

// The tokens of one pair as symbols, with ids that hold for this pair only.
class PairSymbols {
 public:
  PairSymbols(const std::vector<Token>& query, const std::vector<Token>& stored) {
    Add(query, &query_);
    Add(stored, &stored_);
  }
  uint32_t Align(uint32_t needed) const {
    Aligner aligner;
    return aligner.Align(query_.data(), query_.size(), stored_.data(), stored_.size(), needed, &PairSymbols::Prefix,
                         this);
  }

 private:
  static uint32_t Prefix(const void* arg, uint32_t a, uint32_t b) {
    const auto* self = static_cast<const PairSymbols*>(arg);
    return CommonPrefix(self->keys_[a], self->keys_[b]);
  }

  void Add(const std::vector<Token>& tokens, std::vector<Symbol>* out) {
    out->reserve(tokens.size());
    for (const Token& token : tokens) {
      if (token.weight == 0) continue;
      // Placeables of one class are one symbol, whatever they say.
      const std::string_view key = IsPlaceable(token.cls) ? std::string_view() : std::string_view(token.key);
      const auto [it, fresh] = ids_.emplace(std::make_pair(token.cls, key), static_cast<uint32_t>(keys_.size()));
      if (fresh) keys_.push_back(key);
      Symbol symbol{it->second, it->second, token.weight};
      if (token.cls == TokenClass::kWord) symbol.stem = kStems | StemId(token.index_key);
      out->push_back(symbol);
    }
  }

  uint32_t StemId(std::string_view stem) {
    return stems_.emplace(stem, static_cast<uint32_t>(stems_.size())).first->second;
  }

  static constexpr uint32_t kStems = 1u << 31;  // keeps stems of words apart from the ids of all others
  std::map<std::pair<TokenClass, std::string_view>, uint32_t> ids_;
  std::unordered_map<std::string_view, uint32_t> stems_;
  std::vector<std::string_view> keys_;  // by id
  std::vector<Symbol> query_, stored_;
};

bool SameTokens(const std::vector<Token>& a, const std::vector<Token>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Token& x, const Token& y) { return x.cls == y.cls && x.key == y.key; });
}

}  // namespace

TokenizedContent::TokenizedContent(Content c)
    : content(std::move(c)), key_form(KeyForm(content.text)), tokens(Tokenize(content)), weight(TotalWeight(tokens)) {
  bare_form = BareForm(tokens);
}

const char* BandName(Band band) {
  switch (band) {
    case Band::kContext: return "context";
    case Band::kExact: return "exact";
    case Band::kFolded: return "folded";
    case Band::kNearExact: return "near-exact";
    case Band::kFuzzy: return "fuzzy";
  }
  return "unknown";
}

ContextAgreement AgreeContext(const Context& query, std::string_view query_locale, const Context& stored,
                              std::string_view stored_locale) {
  ContextAgreement agreement;
  agreement.key = !query.key.empty() && query.key == stored.key;
  const Agreement previous = CompareNeighbours(query.previous, query_locale, stored.previous, stored_locale);
  const Agreement next = CompareNeighbours(query.next, query_locale, stored.next, stored_locale);
  if (previous == Agreement::kNo || next == Agreement::kNo) return agreement;
  if (previous == Agreement::kUnknown && next == Agreement::kUnknown) return agreement;
  agreement.neighbours = true;
  agreement.partial_neighbours = previous == Agreement::kUnknown || next == Agreement::kUnknown;
  return agreement;
}

int Percent(uint32_t shared, uint32_t max_weight) {
  if (max_weight == 0) return 0;
  return static_cast<int>(uint64_t{100} * shared / max_weight);
}

uint32_t SharedNeeded(int percent, uint32_t max_weight) {
  if (percent <= 0) return 0;
  return static_cast<uint32_t>((static_cast<uint64_t>(percent) * max_weight + 99) / 100);
}

uint32_t CommonPrefix(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  size_t same = 0;
  while (same < limit && a[same] == b[same]) ++same;
  // A code point counts when all of its bytes agree: when the next byte does not continue it in either text.
  const auto continues = [same](std::string_view s) {
    return same < s.size() && (static_cast<unsigned char>(s[same]) & 0xC0) == 0x80;
  };
  const bool cut = continues(a) || continues(b);
  uint32_t points = 0;
  for (size_t i = 0; i < same; ++i) points += (static_cast<unsigned char>(a[i]) & 0xC0) != 0x80;
  return cut && points > 0 ? points - 1 : points;
}

uint32_t AlignedWeight(const Token& a, const Token& b) {
  if (a.cls != b.cls) return 0;
  const uint32_t most = std::min(a.weight, b.weight);
  if (IsPlaceable(a.cls) || a.key == b.key) return most;
  if (a.cls != TokenClass::kWord || a.index_key != b.index_key) return 0;
  return std::min(most, CommonPrefix(a.key, b.key));
}

bool CodesIdentical(const std::vector<Code>& a, const std::vector<Code>& b) {
  return SameCodes(a, b, SameOffset, SameOffset);
}

bool CodesAgree(const Content& a, const Content& b) {
  if (a.codes.empty() || b.codes.empty()) return a.codes.size() == b.codes.size();
  if (a.text == b.text) return CodesIdentical(a.codes, b.codes);
  if (KeyForm(a.text) != KeyForm(b.text)) return false;
  const PositionMap map_a(a.text), map_b(b.text);
  return SameCodes(
      a.codes, b.codes, [&map_a](uint32_t p) { return map_a.Map(p); }, [&map_b](uint32_t p) { return map_b.Map(p); });
}

bool CodesMissingOrAdded(const std::vector<Code>& a, const std::vector<Code>& b) {
  if (a.size() != b.size()) return true;
  const auto sorted = [](const std::vector<Code>& codes) {
    std::vector<std::pair<Code::Kind, std::string_view>> all;
    all.reserve(codes.size());
    for (const Code& code : codes) all.emplace_back(code.kind, code.data);
    std::sort(all.begin(), all.end());
    return all;
  };
  return sorted(a) != sorted(b);
}

BaseScore ScorePair(const TokenizedContent& query, const TokenizedContent& stored, const ContextAgreement& context) {
  BaseScore score;
  score.max_weight = std::max(query.weight, stored.weight);
  const bool same_key = query.key_form == stored.key_form;
  if (same_key && CodesAgree(query.content, stored.content)) {
    score.shared = score.max_weight;
    if (CanonicallyEqual(query.content.text, stored.content.text)) {
      score.base = 100 + context.Points();
      score.band = context.Points() > 0 ? Band::kContext : Band::kExact;
    } else {
      score.base = 99;
      score.band = Band::kFolded;
      score.folded = FoldedDifferences(query.content.text, stored.content.text);
    }
    return score;
  }
  score.shared =
      SameTokens(query.tokens, stored.tokens) ? score.max_weight : PairSymbols(query.tokens, stored.tokens).Align(0);
  if (same_key || (!query.bare_form.empty() && query.bare_form == stored.bare_form)) {
    score.band = Band::kNearExact;
    score.base = std::clamp(99 - DifferingTokens(query, stored), 95, 98);
  } else {
    score.band = Band::kFuzzy;
    score.base = std::min(94, Percent(score.shared, score.max_weight));
  }
  return score;
}

void Aligner::SetQuery(const Symbol* query, size_t size) {
  query_.assign(query, query + size);
  query_weight_ = 0;
  uint32_t greatest = 0;
  places_.resize(size);
  for (uint32_t i = 0; i < size; ++i) {
    query_weight_ += query_[i].weight;
    greatest = std::max(greatest, query_[i].stem);
    places_[i] = i;
  }
  std::sort(places_.begin(), places_.end(), [this](uint32_t a, uint32_t b) {
    return query_[a].stem != query_[b].stem ? query_[a].stem < query_[b].stem : a > b;
  });
  by_stem_.clear();
  if (greatest > 4 * size + 16) return;  // PlacesOf searches
  by_stem_.resize(greatest + 1);
  for (uint32_t i = 0; i < size; ++i) {
    Places& places = by_stem_[query_[places_[i]].stem];
    if (places.begin == places.end) places.begin = i;
    places.end = i + 1;
  }
}

Aligner::Places Aligner::PlacesOf(uint32_t stem) const {
  if (!by_stem_.empty()) return stem < by_stem_.size() ? by_stem_[stem] : Places();
  const auto below = [this](uint32_t place, uint32_t s) { return query_[place].stem < s; };
  const auto above = [this](uint32_t s, uint32_t place) { return s < query_[place].stem; };
  const auto begin = std::lower_bound(places_.begin(), places_.end(), stem, below);
  const auto end = std::upper_bound(begin, places_.end(), stem, above);
  return {static_cast<uint32_t>(begin - places_.begin()), static_cast<uint32_t>(end - places_.begin())};
}

// The weighted form of Hunt and Szymanski's common subsequence (1977): only pairs of one stem are looked at. best_
// rises with i, so a gain at one place is carried on until a place that has as much already.
uint32_t Aligner::Align(const Symbol* stored, size_t size, uint32_t needed, PrefixFn prefix, const void* prefix_arg) {
  const size_t n = query_.size();
  uint32_t left = 0;  // letters of the stored symbols to come
  for (size_t j = 0; j < size; ++j) left += stored[j].weight;
  if (std::min(query_weight_, left) < needed) return 0;
  best_.assign(n + 1, 0);
  for (size_t j = 0; j < size; ++j) {
    const Symbol& b = stored[j];
    left -= b.weight;
    const Places places = PlacesOf(b.stem);
    // From the last place to the first, so that this symbol is aligned once only.
    for (uint32_t p = places.begin; p < places.end; ++p) {
      const uint32_t i = places_[p];
      const Symbol& a = query_[i];
      const uint32_t most = a.id == b.id ? a.weight : std::min(a.weight, b.weight);
      if (best_[i] + most <= best_[i + 1]) continue;
      const uint32_t earned = a.id == b.id ? most : std::min(most, prefix(prefix_arg, a.id, b.id));
      const uint32_t value = best_[i] + earned;
      for (size_t k = i + 1; k <= n && best_[k] < value; ++k) best_[k] = value;
    }
    if (best_[n] + left < needed) return 0;
  }
  return best_[n];
}

}  // namespace reprise
