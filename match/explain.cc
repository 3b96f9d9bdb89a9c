#include "match/explain.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace reprise {
namespace {

// A token with its strings replaced by numbers that hold for one pair of texts.
struct Item {
  uint32_t id = 0;    // equal class and key
  uint32_t stem = 0;  // words alone
  uint32_t weight = 0;
  TokenClass cls = TokenClass::kWord;
  const Token* token = nullptr;
};

using Pair = std::pair<uint32_t, uint32_t>;  // query index, stored index

// What aligning earns: the weight of the score above, and below it how exact the alignment is, so that among the
// heaviest alignments one with the most equal tokens is shown (codes, of weight 0, are placed by this alone).
constexpr int kWeightShift = 24;
constexpr uint64_t kSame = 2, kAlike = 1;

uint64_t Earned(const Item& a, const Item& b) {
  if (a.id == b.id) return (uint64_t{a.weight} << kWeightShift) + kSame;
  if (a.cls != b.cls) return 0;
  const uint64_t most = std::min(a.weight, b.weight);
  if (IsPlaceable(a.cls)) return (most << kWeightShift) + kAlike;
  if (a.cls != TokenClass::kWord || a.stem != b.stem) return 0;
  const uint64_t shared = std::min<uint64_t>(most, CommonPrefix(a.token->key, b.token->key));
  return shared == 0 ? 0 : (shared << kWeightShift) + kAlike;
}

std::pair<std::vector<Item>, std::vector<Item>> MakeItems(const std::vector<Token>& query,
                                                          const std::vector<Token>& stored) {
  absl::flat_hash_map<std::pair<TokenClass, std::string_view>, uint32_t> ids;
  absl::flat_hash_map<std::string_view, uint32_t> stems;
  const auto make = [&ids, &stems](const std::vector<Token>& tokens) {
    std::vector<Item> items;
    items.reserve(tokens.size());
    for (const Token& token : tokens) {
      Item item{.weight = token.weight, .cls = token.cls, .token = &token};
      item.id = ids.emplace(std::make_pair(token.cls, std::string_view(token.key)), ids.size()).first->second;
      if (token.cls == TokenClass::kWord) item.stem = stems.emplace(token.index_key, stems.size()).first->second;
      items.push_back(item);
    }
    return items;
  };
  std::vector<Item> query_items = make(query);
  return {std::move(query_items), make(stored)};
}

// The heaviest alignment of two lists, as pairs in order. Texts of ordinary length are traced through a table of one
// byte a cell; longer ones are halved first (Hirschberg), so that memory stays bounded whatever a caller sends.
class Tracer {
 public:
  Tracer(const std::vector<Item>& query, const std::vector<Item>& stored) : query_(query), stored_(stored) {}

  std::vector<Pair> Trace() {
    Solve(0, static_cast<uint32_t>(query_.size()), 0, static_cast<uint32_t>(stored_.size()));
    std::sort(pairs_.begin(), pairs_.end());
    return std::move(pairs_);
  }

 private:
  static constexpr uint64_t kMaxCells = 4u << 20;

  void Solve(uint32_t q0, uint32_t q1, uint32_t s0, uint32_t s1) {
    while (q0 < q1 && s0 < s1 && query_[q0].id == stored_[s0].id) pairs_.emplace_back(q0++, s0++);
    while (q0 < q1 && s0 < s1 && query_[q1 - 1].id == stored_[s1 - 1].id) pairs_.emplace_back(--q1, --s1);
    if (q0 == q1 || s0 == s1) return;
    if (q1 - q0 == 1 || uint64_t{q1 - q0} * (s1 - s0) <= kMaxCells) {
      Table(q0, q1, s0, s1);
      return;
    }
    const uint32_t middle = q0 + (q1 - q0) / 2;
    const std::vector<uint64_t> head = Forward(q0, middle, s0, s1);
    const std::vector<uint64_t> tail = Backward(middle, q1, s0, s1);
    uint32_t cut = 0;
    for (uint32_t j = 1; j <= s1 - s0; ++j) {
      if (head[j] + tail[j] > head[cut] + tail[cut]) cut = j;
    }
    Solve(q0, middle, s0, s0 + cut);
    Solve(middle, q1, s0 + cut, s1);
  }

  // row[j] = the best of query [q0, q1) with stored [s0, s0 + j).
  std::vector<uint64_t> Forward(uint32_t q0, uint32_t q1, uint32_t s0, uint32_t s1) const {
    std::vector<uint64_t> row(s1 - s0 + 1, 0);
    for (uint32_t i = q0; i < q1; ++i) {
      uint64_t diagonal = 0;
      for (uint32_t j = 1; j < row.size(); ++j) {
        const uint64_t up = row[j];
        row[j] = std::max({up, row[j - 1], diagonal + Earned(query_[i], stored_[s0 + j - 1])});
        diagonal = up;
      }
    }
    return row;
  }

  // row[j] = the best of query [q0, q1) with stored [s0 + j, s1).
  std::vector<uint64_t> Backward(uint32_t q0, uint32_t q1, uint32_t s0, uint32_t s1) const {
    std::vector<uint64_t> row(s1 - s0 + 1, 0);
    for (uint32_t i = q1; i > q0; --i) {
      uint64_t diagonal = 0;
      for (size_t j = row.size() - 1; j > 0; --j) {
        const uint64_t down = row[j - 1];
        row[j - 1] = std::max({down, row[j], diagonal + Earned(query_[i - 1], stored_[s0 + j - 1])});
        diagonal = down;
      }
    }
    return row;
  }

  void Table(uint32_t q0, uint32_t q1, uint32_t s0, uint32_t s1) {
    enum Step : uint8_t { kUp, kLeft, kDiagonal };
    const size_t width = s1 - s0;
    std::vector<uint8_t> steps((q1 - q0) * width);
    std::vector<uint64_t> row(width + 1, 0);
    for (uint32_t i = q0; i < q1; ++i) {
      uint64_t diagonal = 0;
      for (size_t j = 1; j <= width; ++j) {
        const uint64_t up = row[j], left = row[j - 1];
        const uint64_t earned = Earned(query_[i], stored_[s0 + j - 1]);
        uint64_t best = std::max(up, left);
        Step step = up >= left ? kUp : kLeft;
        if (earned > 0 && diagonal + earned >= best) best = diagonal + earned, step = kDiagonal;
        steps[(i - q0) * width + j - 1] = step;
        row[j] = best;
        diagonal = up;
      }
    }
    for (uint32_t i = q1, j = s1; i > q0 && j > s0;) {
      const uint8_t step = steps[(i - 1 - q0) * width + (j - 1 - s0)];
      if (step == kDiagonal) pairs_.emplace_back(i - 1, j - 1);
      if (step != kLeft) --i;
      if (step != kUp) --j;
    }
  }

  const std::vector<Item>& query_;
  const std::vector<Item>& stored_;
  std::vector<Pair> pairs_;
};

using Step = TokenStep;

// Codes replace codes, marks replace marks, words and placeables replace each other.
int Sort(const Item& item) { return item.cls == TokenClass::kCode ? 0 : item.cls == TokenClass::kPunctuation ? 1 : 2; }

// True if the pair is to be aligned the other way round, so that swapping query and stored mirrors the script and
// leaves the count of differing tokens (and with it the score) as it is.
bool Swapped(const std::vector<Token>& query, const std::vector<Token>& stored) {
  const auto less = [](const Token& a, const Token& b) { return a.cls != b.cls ? a.cls < b.cls : a.key < b.key; };
  return std::lexicographical_compare(stored.begin(), stored.end(), query.begin(), query.end(), less);
}

std::vector<Step> MakeSteps(const std::vector<Token>& query, const std::vector<Token>& stored) {
  if (Swapped(query, stored)) {
    std::vector<Step> steps = MakeSteps(stored, query);
    for (Step& step : steps) {
      std::swap(step.query, step.stored);
      if (step.query < 0) step.kind = Edit::Kind::kInserted;
      if (step.stored < 0) step.kind = Edit::Kind::kDeleted;
    }
    return steps;
  }
  const auto [q, s] = MakeItems(query, stored);
  std::vector<Pair> pairs = Tracer(q, s).Trace();
  pairs.emplace_back(q.size(), s.size());
  std::vector<Step> steps;
  int64_t i = 0, j = 0;
  for (const auto& [next_i, next_j] : pairs) {
    while (i < next_i || j < next_j) {
      if (i < next_i && j < next_j && Sort(q[i]) == Sort(s[j])) {
        steps.push_back({Edit::Kind::kReplaced, i++, j++});
      } else if (j == next_j || (i < next_i && Sort(q[i]) < Sort(s[j]))) {
        steps.push_back({Edit::Kind::kDeleted, i++, -1});
      } else {
        steps.push_back({Edit::Kind::kInserted, -1, j++});
      }
    }
    if (i == static_cast<int64_t>(q.size())) break;
    const Edit::Kind kind = q[i].id == s[j].id      ? Edit::Kind::kEqual
                            : IsPlaceable(q[i].cls) ? Edit::Kind::kReplaced
                                                    : Edit::Kind::kStem;
    steps.push_back({kind, i++, j++});
  }
  return steps;
}

// The pair ids of the code tokens, by token index; 0 for all others.
std::vector<uint32_t> PairIds(const TokenizedContent& content) {
  std::vector<const Code*> codes;
  for (const Code& code : content.content.codes) codes.push_back(&code);
  std::stable_sort(codes.begin(), codes.end(), [](const Code* a, const Code* b) { return a->position < b->position; });
  std::vector<uint32_t> ids(content.tokens.size(), 0);
  size_t next = 0;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (content.tokens[i].cls == TokenClass::kCode && next < codes.size()) ids[i] = codes[next++]->pair_id;
  }
  return ids;
}

}  // namespace

const char* EditName(Edit::Kind kind) {
  switch (kind) {
    case Edit::Kind::kEqual: return "equal";
    case Edit::Kind::kStem: return "stem";
    case Edit::Kind::kReplaced: return "replaced";
    case Edit::Kind::kInserted: return "inserted";
    case Edit::Kind::kDeleted: return "deleted";
  }
  return "unknown";
}

std::vector<TokenStep> AlignTokens(const std::vector<Token>& query, const std::vector<Token>& stored) {
  return MakeSteps(query, stored);
}

std::vector<Edit> ExplainEdits(const std::vector<Token>& query, const std::vector<Token>& stored) {
  std::vector<Edit> edits;
  uint32_t query_at = 0, stored_at = 0;  // ends of what was passed
  for (const Step& step : MakeSteps(query, stored)) {
    Edit edit{step.kind, query_at, query_at, stored_at, stored_at};
    if (step.query >= 0) {
      const Token& token = query[static_cast<size_t>(step.query)];
      edit.query_begin = token.begin;
      query_at = edit.query_end = token.end;
    }
    if (step.stored >= 0) {
      const Token& token = stored[static_cast<size_t>(step.stored)];
      edit.stored_begin = token.begin;
      stored_at = edit.stored_end = token.end;
    }
    edits.push_back(edit);
  }
  return edits;
}

int DifferingTokens(const TokenizedContent& query, const TokenizedContent& stored) {
  const std::vector<uint32_t> query_pairs = PairIds(query), stored_pairs = PairIds(stored);
  std::set<std::pair<bool, uint32_t>> counted;  // pairs of codes: of the query?, pair id
  int differing = 0;
  for (const Step& step : MakeSteps(query.tokens, stored.tokens)) {
    if (step.kind == Edit::Kind::kEqual || step.kind == Edit::Kind::kStem) continue;
    const bool of_query = step.query >= 0;
    const uint32_t pair =
        of_query ? query_pairs[static_cast<size_t>(step.query)] : stored_pairs[static_cast<size_t>(step.stored)];
    if (pair == 0 || counted.emplace(of_query, pair).second) ++differing;
  }
  return differing;
}

}  // namespace reprise
