#include "tests/testing/oracle.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string_view>
#include <tuple>
#include <utility>

#include "match/adapt.h"
#include "match/substitute.h"
#include "text/locale.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::testing {

namespace {

// A token with a weight, with numbers for what is compared: equal numbers, equal strings.
struct Numbered {
  uint32_t key = 0;   // class and key; of a placeable the class alone, since those of one class count as equal
  uint32_t stem = 0;  // of a word; 0 = none
  uint32_t weight = 0;
  const Token* token = nullptr;
};

}  // namespace

// Gives strings numbers, from 1. What a query brings along is numbered behind what is stored, for that query alone.
class Oracle::Numbers {
 public:
  explicit Numbers(const Numbers* stored = nullptr) : stored_(stored) {}

  uint32_t Of(const std::string& text) {
    uint32_t behind = 1;
    if (stored_ != nullptr) {
      const auto at = stored_->numbers_.find(text);
      if (at != stored_->numbers_.end()) return at->second;
      behind += static_cast<uint32_t>(stored_->numbers_.size());
    }
    return numbers_.try_emplace(text, behind + static_cast<uint32_t>(numbers_.size())).first->second;
  }

 private:
  const Numbers* stored_;
  std::unordered_map<std::string, uint32_t> numbers_;
};

struct Oracle::Prepared {
  Prepared(const Content& content, Numbers* numbers) : text(content), grams(text.key_form) {
    for (const Token& token : text.tokens) {
      if (token.weight == 0) continue;
      const bool word = token.cls == TokenClass::kWord;
      const bool own_key = word || token.cls == TokenClass::kPunctuation;
      const std::string cls = std::to_string(static_cast<int>(token.cls));
      counted.push_back({numbers->Of("key " + cls + (own_key ? token.key : "")),
                         word ? numbers->Of("stem " + token.index_key) : 0, token.weight, &token});
    }
  }
  TokenizedContent text;
  CharGrams grams;
  std::vector<Numbered> counted;  // tokens with a weight
};

struct Oracle::Stored {
  Unit unit;
  std::vector<const Prepared*> texts;  // by variant
};

namespace {

using Hit = Oracle::Hit;

const Variant& SourceOf(const Hit& hit) { return hit.from->unit.variants[hit.source]; }
const Variant& TargetOf(const Hit& hit) { return hit.stored->unit.variants[hit.target]; }
// Null if there is none.
const Variant* PivotOf(const Hit& hit) {
  return hit.pivot < 0 ? nullptr : &hit.from->unit.variants[static_cast<size_t>(hit.pivot)];
}

// A content as bytes. With `rename`, pair ids are numbered by first appearance.
std::string Bytes(const Content& content, bool rename) {
  std::ostringstream out;
  out << content.text.size() << '|' << content.text;
  std::vector<uint32_t> seen;
  std::vector<Code> codes = content.codes;
  std::stable_sort(codes.begin(), codes.end(), [](const Code& a, const Code& b) { return a.position < b.position; });
  for (const Code& code : codes) {
    size_t pair = code.pair_id;
    if (rename && pair != 0) {
      const auto at = std::find(seen.begin(), seen.end(), code.pair_id);
      pair = static_cast<size_t>(at - seen.begin()) + 1;
      if (at == seen.end()) seen.push_back(code.pair_id);
    }
    out << '|' << code.position << '|' << static_cast<int>(code.kind) << '|' << pair << '|' << code.data.size() << '|'
        << code.data;
    if (!rename) out << '|' << code.equivalent_text.size() << '|' << code.equivalent_text << '|' << code.type;
  }
  return out.str();
}

// Code points that both texts begin with.
uint32_t SharedStart(const std::string& a, const std::string& b) {
  uint32_t points = 0;
  for (size_t at = 0; at < a.size() && at < b.size();) {
    size_t end = at + 1;
    while (end < a.size() && (a[end] & 0xC0) == 0x80) ++end;
    if (a.compare(at, end - at, b, at, end - at) != 0) break;
    if (end < b.size() && (b[end] & 0xC0) == 0x80) break;
    ++points;
    at = end;
  }
  return points;
}

uint32_t Earns(const Numbered& a, const Numbered& b) {
  if (a.key == b.key) return std::min(a.weight, b.weight);
  if (a.stem == 0 || a.stem != b.stem) return 0;
  return std::min({a.weight, b.weight, SharedStart(a.token->key, b.token->key)});
}

// C by the textbook: best[j] of the tokens of `a` so far and the first j of `b`. No shortcut: every cell is computed.
uint32_t Heaviest(const std::vector<Numbered>& a, const std::vector<Numbered>& b) {
  std::vector<uint32_t> best(b.size() + 1, 0);
  for (const Numbered& token : a) {
    uint32_t diagonal = 0;  // best[j - 1] of the row before
    for (size_t j = 1; j <= b.size(); ++j) {
      const uint32_t above = best[j];
      best[j] = std::max({above, best[j - 1], diagonal + Earns(token, b[j - 1])});
      diagonal = above;
    }
  }
  return best.back();
}

// Where a raw position stands in the key form.
uint32_t InKeyForm(const MappedKeyForm& map, uint32_t raw) {
  uint32_t at = 0;
  while (at < map.raw_begin.size() && map.raw_begin[at] < raw) ++at;
  return at;
}

bool SameCodesInKeyForm(const Content& a, const Content& b) {
  if (a.codes.size() != b.codes.size()) return false;
  if (a.codes.empty()) return true;
  Content x = a, y = b;
  if (a.text != b.text) {
    const MappedKeyForm map_x = KeyFormWithMap(a.text), map_y = KeyFormWithMap(b.text);
    for (Code& code : x.codes) code.position = InKeyForm(map_x, code.position);
    for (Code& code : y.codes) code.position = InKeyForm(map_y, code.position);
    x.text = y.text = "";
  }
  return Bytes(x, true) == Bytes(y, true);
}

// The ladder without context.
BaseScore Ladder(const TokenizedContent& q, const std::vector<Numbered>& q_counted, const TokenizedContent& s,
                 const std::vector<Numbered>& s_counted) {
  BaseScore score;
  score.shared = Heaviest(q_counted, s_counted);
  score.max_weight = std::max(q.weight, s.weight);
  const bool same_key = q.key_form == s.key_form;
  const bool same_codes = same_key && SameCodesInKeyForm(q.content, s.content);
  if (same_codes && CanonicallyEqual(q.content.text, s.content.text)) {
    score.band = Band::kExact;
    score.base = 100;
  } else if (same_codes) {
    score.band = Band::kFolded;
    score.base = 99;
    score.folded = FoldedDifferences(q.content.text, s.content.text);
  } else if (same_key || (!q.bare_form.empty() && q.bare_form == s.bare_form)) {
    score.band = Band::kNearExact;
    score.base = std::min(98, std::max(95, 99 - DifferingTokens(q, s)));
  } else {
    score.band = Band::kFuzzy;
    score.base = score.max_weight == 0 ? 0 : static_cast<int>(uint64_t{100} * score.shared / score.max_weight);
    score.base = std::min(94, score.base);
  }
  return score;
}

// 1 agrees, -1 disagrees, 0 unknown.
int CompareSide(const std::map<std::string, Neighbour>& query, const std::string& query_locale,
                const std::map<std::string, Neighbour>& stored, const std::string& stored_locale) {
  if (query.count(query_locale) == 0 || stored.count(stored_locale) == 0) return 0;
  const Neighbour& q = query.at(query_locale);
  const Neighbour& s = stored.at(stored_locale);
  if (q.state == Neighbour::State::kUnknown || s.state == Neighbour::State::kUnknown) return 0;
  if (q.state == Neighbour::State::kEdge || s.state == Neighbour::State::kEdge) return q.state == s.state ? 1 : -1;
  return KeyForm(q.text) == KeyForm(s.text) ? 1 : -1;
}

void FindContext(const Query& query, const Unit& unit, const std::string& stored_locale, Hit* hit) {
  int best_rank = -1;
  for (size_t i = 0; i < unit.contexts.size(); ++i) {
    const Context& context = unit.contexts[i];
    ContextAgreement here;
    here.key = !query.context.key.empty() && query.context.key == context.key;
    const int previous = CompareSide(query.context.previous, query.source_locale, context.previous, stored_locale);
    const int next = CompareSide(query.context.next, query.source_locale, context.next, stored_locale);
    here.neighbours = previous + next > 0 && previous >= 0 && next >= 0;
    here.partial_neighbours = here.neighbours && previous + next == 1;
    const int rank = 2 * here.Points() + (here.partial_neighbours ? 0 : 1);
    if (rank < best_rank) continue;
    best_rank = rank;
    hit->agreement = here;
    hit->context = static_cast<int>(i);
  }
}

bool Contains(const std::vector<std::string>& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool Passes(const UnitFilter& filter, const Unit& unit, const Variant& target) {
  if (target.status == VariantStatus::kRejected) return false;
  const bool any_status = filter.min_status == VariantStatus::kUnspecified;
  if (!any_status && StatusRank(target.status) < StatusRank(filter.min_status)) return false;
  if (!filter.origins.empty()) {
    bool found = false;
    for (const Origin origin : filter.origins) found = found || origin == target.origin;
    if (!found) return false;
  }
  if (!filter.authors.empty()) {
    if (!Contains(filter.authors, !target.changed_by.empty() ? target.changed_by : target.created_by)) return false;
  }
  const bool dated = filter.changed_from_us != 0 || filter.changed_to_us != 0;
  if (dated && target.changed_us == 0) return false;
  if (filter.changed_from_us != 0 && target.changed_us < filter.changed_from_us) return false;
  if (filter.changed_to_us != 0 && target.changed_us >= filter.changed_to_us) return false;
  std::vector<std::string> documents;
  for (const Context& context : unit.contexts) documents.push_back(context.document);
  if (!filter.document.empty() && !Contains(documents, filter.document)) return false;
  if (!filter.exclude_document.empty() && Contains(documents, filter.exclude_document)) return false;
  for (const auto& [key, wanted] : filter.attributes) {
    const Attributes& from = target.attributes.count(key) > 0 ? target.attributes : unit.attributes;
    if (from.count(key) == 0) return false;
    bool found = wanted.empty();
    for (const std::string& value : wanted) found = found || Contains(from.at(key), value);
    if (!found) return false;
  }
  return true;
}

std::vector<std::pair<TokenClass, std::string>> Placeables(const TokenizedContent& content) {
  std::vector<std::pair<TokenClass, std::string>> placeables;
  for (const Token& token : content.tokens) {
    if (IsPlaceable(token.cls)) placeables.emplace_back(token.cls, token.key);
  }
  return placeables;
}

// Placeables that are substituted are no difference; what is left is counted anew. Where both texts have the same ones,
// none is, whatever else differs (the places of codes).
void Resubstitute(const Query& query, const TokenizedContent& asked, const TokenizedContent& stored, Hit* hit) {
  if (hit->base.band != Band::kNearExact || Placeables(asked) == Placeables(stored)) return;
  const Variant& target = TargetOf(*hit);
  const Substituted done =
      Substitute({&asked, query.source_locale}, {&stored, SourceOf(*hit).locale}, target.content, target.locale);
  hit->base.base = std::min(98, std::max(95, 99 - done.left));
  if (done.identical && !done.plural_changed) {
    hit->base.base = 99;
    hit->base.band = Band::kFolded;
    hit->base.substituted = true;
    hit->base.folded = done.folded;
    hit->base.folded.push_back("placeable");
    std::sort(hit->base.folded.begin(), hit->base.folded.end());
  }
  if (done.plural_changed) hit->base.base = 95;
}

void Penalize(const Query& query, const PenaltyTable& table, bool ambiguous, Hit* hit) {
  const Content& source = SourceOf(*hit).content;
  const Variant& target = TargetOf(*hit);
  std::multiset<std::pair<Code::Kind, std::string>> query_codes, stored_codes;
  for (const Code& code : query.content.codes) query_codes.emplace(code.kind, code.data);
  for (const Code& code : source.codes) stored_codes.emplace(code.kind, code.data);
  std::vector<Penalty> all;
  const bool repaired = CodesRepairable(query.content.codes, source.codes, target.content.codes);
  const auto add = [&all](const char* name, const PenaltyPoints& points, const std::string& detail) {
    all.push_back({name, points.points, detail, points.source});
  };
  if (query_codes != stored_codes && !repaired) add("codes", table.codes, "");
  if (target.origin == Origin::kAlignment) add("alignment", table.alignment, "");
  if (target.origin == Origin::kMachine) add("machine", table.machine, "");
  if (target.status == VariantStatus::kDraft) add("draft", table.draft, "");
  if (target.locale != query.target_locale) {
    const bool script = LocaleGroup(target.locale) != LocaleGroup(query.target_locale);
    add(script ? "script" : "fallback", script ? table.script : table.fallback,
        target.locale + " for " + query.target_locale);
  }
  if (hit->pivot >= 0) add("pivot", table.pivot, "through " + PivotOf(*hit)->locale);
  if (ambiguous) add("ambiguous", table.ambiguous, "");
  add("memory", {*hit->memory.penalty, hit->memory.source}, "");
  const int capped_base = std::min(100, hit->base.base);
  int score = capped_base;
  for (const Penalty& penalty : all) {
    if (penalty.points <= 0) continue;
    score -= penalty.points;
    hit->penalties.push_back(penalty);
  }
  std::string untrusted;
  if (hit->pivot >= 0) untrusted = "pivot";
  if (target.status == VariantStatus::kDraft) untrusted = "draft";
  if (target.origin == Origin::kMachine) untrusted = "machine";
  if (!untrusted.empty() && score == 100) {
    hit->penalties.push_back({untrusted, 1, "never above 99", TermSource::kDefault});
    score = 99;
  }
  hit->score = hit->penalties.empty() ? hit->base.base : std::max(0, score);
}

// What the order looks at, in one comparable value: smaller is better.
using CodeKeys = std::vector<std::tuple<uint32_t, int, std::string, uint32_t>>;
CodeKeys KeysOf(const std::vector<Code>& codes) {
  CodeKeys keys;
  for (const Code& c : codes) keys.emplace_back(c.position, static_cast<int>(c.kind), c.data, c.pair_id);
  return keys;
}

bool Better(const Hit& a, const Hit& b, bool by_relevance) {
  const auto rank = [by_relevance](const Hit& hit) {
    const Variant& source = SourceOf(hit);
    const Variant& target = TargetOf(hit);
    const Variant* pivot = PivotOf(hit);
    const Variant none;
    const Variant& through = pivot == nullptr ? none : *pivot;
    return std::make_pair(
        std::make_tuple(by_relevance ? -hit.relevance : 0.0, -hit.score, -hit.relevance, pivot != nullptr,
                        -hit.agreement.Points(), -StatusRank(target.status), -target.changed_us, hit.stored->unit.id,
                        hit.memory.name),
        std::make_tuple(target.content.text, target.locale, KeysOf(target.content.codes), source.content.text,
                        source.locale, KeysOf(source.content.codes), through.locale, through.content.text,
                        KeysOf(through.content.codes), hit.from->unit.id));
  };
  // Building the whole value is dear; most comparisons end at the score.
  if (!by_relevance && a.score != b.score) return a.score > b.score;
  return rank(a) < rank(b);
}

// A pair with its best unit.
struct Pair {
  const Hit* hit = nullptr;
  uint32_t units = 0;
  bool below = false;
  bool chosen = false;
};

// Marks the best `limit` of those that are `below` or not, `list` being in order: one after the other, the first whose
// segment has fewer than three, or the first of all if there is none.
void Choose(std::vector<Pair*>* list, bool below, size_t limit, const std::map<const Hit*, std::string>& segments,
            std::map<std::string, int>* per_segment, size_t* chosen) {
  while (*chosen < limit) {
    Pair* next = nullptr;
    for (Pair* pair : *list) {
      if (pair->chosen || pair->below != below) continue;
      if ((*per_segment)[segments.at(pair->hit)] >= 3) continue;
      next = pair;
      break;
    }
    for (size_t i = 0; next == nullptr && i < list->size(); ++i) {
      if (!(*list)[i]->chosen && (*list)[i]->below == below) next = (*list)[i];
    }
    if (next == nullptr) return;
    next->chosen = true;
    ++(*per_segment)[segments.at(next->hit)];
    ++*chosen;
  }
}

}  // namespace

Oracle::Oracle() : numbers_(std::make_unique<Numbers>()) {}
Oracle::~Oracle() = default;

const Oracle::Prepared* Oracle::Prepare(const Content& content) {
  std::unique_ptr<Prepared>& prepared = prepared_[Bytes(content, false)];
  if (prepared == nullptr) prepared = std::make_unique<Prepared>(content, numbers_.get());
  return prepared.get();
}

void Oracle::Put(const std::string& memory, const Unit& unit) {
  auto stored = std::make_unique<Stored>();
  stored->unit = unit;
  for (const Variant& variant : unit.variants) stored->texts.push_back(Prepare(variant.content));
  memories_[memory][unit.id] = std::move(stored);
}

void Oracle::Delete(const std::string& memory, uint64_t unit) { memories_[memory].erase(unit); }

void Oracle::DeleteMemory(const std::string& memory) {
  memories_.erase(memory);
  defaults_.erase(memory);
}

void Oracle::SetDefaults(const std::string& memory, const MemoryDefaults& defaults) { defaults_[memory] = defaults; }

size_t Oracle::size() const {
  size_t units = 0;
  for (const auto& [name, memory] : memories_) units += memory.size();
  return units;
}

// Scores the units of one memory after the other against one query.
class Oracle::Scorer {
 public:
  Scorer(const Query& query, const LookupOptions& options, int lowest, const Numbers* numbers)
      : query_(query), options_(options), lowest_(lowest), own_(numbers), asked_(query.content, &own_) {}

  void Score(const MemoryRef& said, const MemoryDefaults& defaults,
             const std::map<uint64_t, std::unique_ptr<Stored>>& units, std::vector<Hit>* hits) {
    // The request or profile, else the memory, else nothing.
    MemoryRef ref = said;
    if (!said.priority) ref.priority = defaults.priority ? *defaults.priority : 0;
    if (!said.penalty) ref.source = defaults.penalty ? TermSource::kMemory : TermSource::kDefault;
    if (!said.penalty) ref.penalty = defaults.penalty ? *defaults.penalty : 0;
    PenaltyTable table = options_.penalties;
    for (const auto& [name, points] : defaults.penalties) {
      PenaltyPoints* field = name == "codes"       ? &table.codes
                             : name == "alignment" ? &table.alignment
                             : name == "machine"   ? &table.machine
                             : name == "draft"     ? &table.draft
                             : name == "fallback"  ? &table.fallback
                             : name == "script"    ? &table.script
                             : name == "pivot"     ? &table.pivot
                                                   : &table.ambiguous;
      if (field->source == TermSource::kDefault) *field = PenaltyPoints(points, TermSource::kMemory);
    }
    here_.clear();
    exact_targets_.clear();
    sharing_.clear();
    for (const auto& [id, stored] : units) {
      for (size_t v = 0; options_.pivot && v < stored->unit.variants.size(); ++v) {
        const std::string group = LocaleGroup(stored->unit.variants[v].locale);
        sharing_[{group, stored->texts[v]->text.key_form}].insert(stored.get());
      }
    }
    for (const auto& [id, stored] : units) {
      for (size_t s = 0; s < stored->unit.variants.size(); ++s) {
        if (!Serves(stored->unit.variants[s].locale).first) continue;
        AddTargets(ref, stored.get(), s, -1, stored.get());
        if (options_.pivot) AddPivots(ref, stored.get(), s);
      }
    }
    for (Hit& hit : here_) {
      const bool same_text = hit.base.base >= 99 && !hit.base.substituted && hit.pivot < 0;
      const bool ambiguous = same_text && exact_targets_.size() > 1 && hit.agreement.Points() == 0;
      Penalize(query_, table, ambiguous, &hit);
      hits->push_back(std::move(hit));
    }
  }

 private:
  // Whether a locale serves as source, as target.
  std::pair<bool, bool> Serves(const std::string& locale) {
    const auto [at, fresh] = locales_.try_emplace(locale);
    if (fresh) {
      const auto language = [](const std::string& tag) { return tag.substr(0, tag.find('-')); };
      const auto serves = [&](const std::string& wanted) {
        if (options_.other_scripts && language(wanted) == language(locale)) return true;
        return MatchLocale(wanted, locale) != LocaleMatch::kNone;
      };
      at->second = {serves(query_.source_locale), serves(query_.target_locale)};
    }
    return at->second;
  }

  // The units that share a text of a third language with `from`, but not the source.
  void AddPivots(const MemoryRef& ref, const Stored* from, size_t s) {
    for (size_t p = 0; p < from->unit.variants.size(); ++p) {
      const Variant& through = from->unit.variants[p];
      if (Serves(through.locale) != std::make_pair(false, false)) continue;
      if (through.status == VariantStatus::kRejected) continue;
      for (const Stored* to : sharing_.at({LocaleGroup(through.locale), from->texts[p]->text.key_form})) {
        bool direct = false;
        for (const Variant& held : to->unit.variants) {
          const Variant& source = from->unit.variants[s];
          direct = direct || (held.locale == source.locale && held.content == source.content);
        }
        if (!direct) AddTargets(ref, from, s, static_cast<int>(p), to);
      }
    }
  }

  void AddTargets(const MemoryRef& ref, const Stored* from, size_t s, int pivot, const Stored* to) {
    for (size_t t = 0; t < to->unit.variants.size(); ++t) {
      const Variant& target = to->unit.variants[t];
      if ((to == from && t == s) || !Serves(target.locale).second) continue;
      const Prepared* text = from->texts[s];
      const auto [score, fresh] = scores_.try_emplace(text);
      if (fresh) {
        BaseScore& base = score->second.first;
        base = Ladder(asked_.text, asked_.counted, text->text, text->counted);
        if (base.base >= lowest_ || base.band == Band::kNearExact) {
          score->second.second = Relevance(base.shared, base.max_weight, Overlap(asked_.grams, text->grams));
        }
      }
      // Context and penalties never lift a base below 99; substitution lifts only near-exact ones.
      const bool near_exact = score->second.first.band == Band::kNearExact;
      if ((score->second.first.base < lowest_ && !near_exact) || !Passes(options_.filter, to->unit, target)) continue;
      Hit hit;
      hit.stored = to;
      hit.from = from;
      hit.source = s;
      hit.target = t;
      hit.pivot = pivot;
      hit.memory = ref;
      hit.base = score->second.first;
      hit.relevance = score->second.second;
      FindContext(query_, from->unit, from->unit.variants[s].locale, &hit);
      if (hit.base.band == Band::kExact && hit.agreement.Points() > 0) {
        hit.base.base += hit.agreement.Points();
        hit.base.band = Band::kContext;
      }
      Resubstitute(query_, asked_.text, text->text, &hit);
      if (hit.base.base >= 99 && !hit.base.substituted && pivot < 0) {
        exact_targets_.insert(Bytes(target.content, true));
      }
      here_.push_back(std::move(hit));
    }
  }

  const Query& query_;
  const LookupOptions& options_;
  const int lowest_;
  Numbers own_;
  const Prepared asked_;
  std::unordered_map<const Prepared*, std::pair<BaseScore, double>> scores_;  // without context, and R if not too low
  std::map<std::string, std::pair<bool, bool>> locales_;                      // serves as source, as target
  // Of the memory under way.
  std::vector<Hit> here_;
  std::set<std::string> exact_targets_;
  std::map<std::pair<std::string, std::string>, std::set<const Stored*>> sharing_;  // by language and script, key form
};

std::vector<Hit> Oracle::Score(const std::vector<MemoryRef>& memories, const Query& query, const LookupOptions& options,
                               int lowest) const {
  Scorer scorer(query, options, lowest, numbers_.get());
  std::vector<Hit> hits;
  for (const MemoryRef& ref : memories) {
    const auto memory = memories_.find(ref.name);
    const auto defaults = defaults_.find(ref.name);
    if (memory == memories_.end()) continue;
    scorer.Score(ref, defaults == defaults_.end() ? MemoryDefaults() : defaults->second, memory->second, &hits);
  }
  return hits;
}

LookupResult Oracle::Answer(const std::vector<Hit>& hits, const Query& query, const LookupOptions& options) const {
  const bool by_relevance = options.order == MatchOrder::kRelevance;
  std::map<std::string, std::vector<const Hit*>> by_pair;
  std::map<const Hit*, std::string> segments;
  for (const Hit& hit : hits) {
    bool fills = options.floor > 0 && hit.score >= options.floor;
    if (options.floor > 0 && by_relevance && 3 * hit.score >= options.floor) {
      fills = fills || 100 * hit.relevance >= options.floor;
    }
    if (hit.score < options.threshold && !fills) continue;
    by_pair[Bytes(SourceOf(hit).content, true) + "\n" + Bytes(TargetOf(hit).content, true)].push_back(&hit);
    segments[&hit] = hit.from->texts[hit.source]->text.key_form;
  }
  std::vector<Pair> pairs;
  LookupResult result;
  for (const auto& [key, members] : by_pair) {
    Pair pair;
    pair.hit = members.front();
    for (const Hit* hit : members) {
      if (hit == pair.hit) continue;
      const bool found = hit->score >= options.threshold, found_before = pair.hit->score >= options.threshold;
      bool better = Better(*hit, *pair.hit, false);
      if (*hit->memory.priority != *pair.hit->memory.priority) {
        better = *hit->memory.priority < *pair.hit->memory.priority;
      }
      if ((hit->pivot < 0) != (pair.hit->pivot < 0)) better = hit->pivot < 0;
      if (found != found_before ? found : better) pair.hit = hit;
    }
    pair.below = pair.hit->score < options.threshold;
    std::set<std::pair<std::string, uint64_t>> units;
    for (const Hit* hit : members) {
      if (!pair.below && hit->score < options.threshold) continue;
      if ((hit->pivot < 0) == (pair.hit->pivot < 0)) units.emplace(hit->memory.name, hit->stored->unit.id);
    }
    pair.units = static_cast<uint32_t>(units.size());
    if (options.want_total && !pair.below) ++result.total;
    pairs.push_back(pair);
  }

  std::vector<Pair*> list;
  for (Pair& pair : pairs) list.push_back(&pair);
  const auto narrow = [&list, &segments, &options](bool relevance_first, size_t limit) {
    std::sort(list.begin(), list.end(),
              [relevance_first](const Pair* a, const Pair* b) { return Better(*a->hit, *b->hit, relevance_first); });
    size_t chosen = 0;
    std::map<std::string, int> per_segment;
    Choose(&list, false, limit, segments, &per_segment, &chosen);
    if (chosen < static_cast<size_t>(options.max_results)) Choose(&list, true, limit, segments, &per_segment, &chosen);
    list.erase(std::remove_if(list.begin(), list.end(), [](const Pair* pair) { return !pair->chosen; }), list.end());
    for (Pair* pair : list) pair->chosen = false;
  };
  const size_t wanted = static_cast<size_t>(options.max_results);
  if (by_relevance) narrow(false, std::max<size_t>(20, 4 * wanted));
  narrow(by_relevance, wanted);

  const TokenizedContent asked(query.content);
  for (const Pair* pair : list) {
    const Hit& hit = *pair->hit;
    const Unit& unit = hit.stored->unit;
    Match match;
    match.score = hit.score;
    match.base = hit.base;
    match.relevance = hit.relevance;
    match.below_threshold = pair->below;
    match.source = SourceOf(hit).content;
    match.source_locale = SourceOf(hit).locale;
    match.target = TargetOf(hit);
    match.memory = hit.memory.name;
    match.unit = unit.id;
    match.revision = unit.revision;
    match.unit_count = pair->units;
    for (const Variant& variant : unit.variants) match.stored_locales.push_back(variant.locale);
    std::sort(match.stored_locales.begin(), match.stored_locales.end());
    match.stored_locales.erase(std::unique(match.stored_locales.begin(), match.stored_locales.end()),
                               match.stored_locales.end());
    match.agreement = hit.agreement;
    if (hit.context >= 0) match.context = hit.from->unit.contexts[static_cast<size_t>(hit.context)];
    match.fallback = match.source_locale != query.source_locale || match.target.locale != query.target_locale;
    if (const Variant* pivot = PivotOf(hit)) {
      match.pivot = std::make_shared<PivotLink>(PivotLink{pivot->content, pivot->locale, hit.from->unit.id});
    }
    match.reverse = hit.pivot < 0 && !unit.source_locale.empty() &&
                    MatchLocale(query.target_locale, unit.source_locale) != LocaleMatch::kNone &&
                    MatchLocale(query.source_locale, unit.source_locale) == LocaleMatch::kNone;
    match.penalties = hit.penalties;
    CompleteMatch(query, asked, options, &match);
    result.matches.push_back(std::move(match));
  }
  return result;
}

LookupResult Oracle::Lookup(const std::vector<MemoryRef>& memories, const Query& query,
                            const LookupOptions& options) const {
  return Answer(Score(memories, query, options), query, options);
}

namespace {

std::string Describe(const Match& match) {
  std::ostringstream out;
  out << "score " << match.score << " base " << match.base.base << " " << BandName(match.base.band) << " shared "
      << match.base.shared << "/" << match.base.max_weight << " R " << match.relevance << " unit " << match.memory
      << "/" << match.unit << " rev " << match.revision << " count " << match.unit_count
      << (match.below_threshold ? " below" : "") << (match.fallback ? " fallback" : "")
      << (match.reverse ? " reverse" : "")
      << (match.pivot ? " pivot " + std::to_string(match.pivot->source_unit) + " [" + match.pivot->locale + "] " +
                            Bytes(match.pivot->text, false)
                      : "")
      << " context " << match.agreement.key << match.agreement.neighbours << match.agreement.partial_neighbours << " ["
      << match.source_locale << "] " << match.source.text << " => [" << match.target.locale << "] "
      << match.target.content.text << " penalties";
  for (const Penalty& penalty : match.penalties) {
    out << " " << penalty.name << ":" << penalty.points << "(" << penalty.detail << " by "
        << static_cast<int>(penalty.source) << ")";
  }
  out << " folded";
  for (const std::string& what : match.base.folded) out << " " << what;
  out << " edits";
  for (const Edit& e : match.edits) {
    out << " " << EditName(e.kind)[0] << e.query_begin << "-" << e.query_end << "/" << e.stored_begin << "-"
        << e.stored_end;
  }
  out << " substitutions" << (match.plural_changed ? " (plural changed)" : "");
  for (const Substitution& s : match.substitutions) {
    out << " [" << s.stored_text << "->" << s.query_text << ": " << s.target_before << "->" << s.target_after << " @"
        << s.target_begin << "-" << s.target_end << " " << s.refused << "]";
  }
  return out.str();
}

bool SameMatch(const Match& a, const Match& b) {
  return Describe(a) == Describe(b) && a.relevance == b.relevance && a.source == b.source && a.target == b.target &&
         a.stored_locales == b.stored_locales && a.context == b.context && a.edits == b.edits &&
         a.penalties == b.penalties;
}

}  // namespace

std::string Differences(const LookupResult& expected, const LookupResult& got) {
  std::ostringstream out;
  const size_t common = std::min(expected.matches.size(), got.matches.size());
  for (size_t i = 0; i < common; ++i) {
    if (SameMatch(expected.matches[i], got.matches[i])) continue;
    out << "match " << i << "\n  expected " << Describe(expected.matches[i]) << "\n  got      "
        << Describe(got.matches[i]) << "\n";
    return out.str();
  }
  if (expected.matches.size() != got.matches.size()) {
    out << "expected " << expected.matches.size() << " matches, got " << got.matches.size() << "\n";
    const bool missing = expected.matches.size() > common;
    out << (missing ? "  missing " : "  too many ")
        << Describe(missing ? expected.matches[common] : got.matches[common]) << "\n";
  } else if (expected.total != got.total) {
    out << "expected total " << expected.total << ", got " << got.total << "\n";
  }
  return out.str();
}

}  // namespace reprise::testing
