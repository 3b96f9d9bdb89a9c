#include "match/select.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "match/adapt.h"
#include "text/locale.h"

namespace reprise {
namespace {

// Appends `text` so that no two sequences of texts give the same bytes.
void AppendCounted(std::string_view text, std::string* out) {
  out->append(std::to_string(text.size()));
  out->push_back(':');
  out->append(text);
}

// True if `a` stands for a pair rather than `b`; `threshold` decides first, so that a unit that does not qualify never
// hides one that does.
bool StandsBefore(const Candidate& a, const Candidate& b, int threshold) {
  const bool a_found = a.match.score >= threshold, b_found = b.match.score >= threshold;
  if (a_found != b_found) return a_found;
  const bool a_direct = a.match.pivot == nullptr, b_direct = b.match.pivot == nullptr;
  if (a_direct != b_direct) return a_direct;
  if (a.priority != b.priority) return a.priority < b.priority;
  return BetterMatch(a.match, b.match, MatchOrder::kScore);
}

// One candidate a pair, the best, with its count of units.
std::vector<Candidate> OnePerPair(std::vector<Candidate> candidates, int threshold) {
  constexpr size_t kNone = SIZE_MAX;
  // The candidates of a pair as a chain, from the last.
  absl::flat_hash_map<std::string_view, size_t> last;
  std::vector<size_t> before(candidates.size(), kNone);
  std::vector<size_t> pairs;  // the first candidate of each, in order
  last.reserve(candidates.size());
  for (size_t i = 0; i < candidates.size(); ++i) {
    auto [it, added] = last.try_emplace(candidates[i].pair_key, i);
    if (added) {
      pairs.push_back(i);
    } else {
      before[i] = it->second;
      it->second = i;
    }
  }
  std::vector<Candidate> best;
  best.reserve(pairs.size());
  std::vector<std::pair<std::string_view, uint64_t>> units;
  for (const size_t first : pairs) {
    const size_t end = last.find(candidates[first].pair_key)->second;
    size_t winner = end;
    for (size_t i = before[end]; i != kNone; i = before[i]) {
      if (!StandsBefore(candidates[winner], candidates[i], threshold)) winner = i;
    }
    const bool found = candidates[winner].match.score >= threshold;
    const bool direct = candidates[winner].match.pivot == nullptr;
    uint32_t count = 1;
    if (first != end) {
      units.clear();
      for (size_t i = end; i != kNone; i = before[i]) {
        const Match& match = candidates[i].match;
        const bool counts = (!found || match.score >= threshold) && (match.pivot == nullptr) == direct;
        if (counts) units.emplace_back(match.memory, match.unit);
      }
      std::sort(units.begin(), units.end());
      count = static_cast<uint32_t>(std::unique(units.begin(), units.end()) - units.begin());
      units.clear();
    }
    best.push_back(std::move(candidates[winner]));
    best.back().match.unit_count = count;
    best.back().match.below_threshold = !found;
  }
  return best;
}

// Moves up to `limit - chosen->size()` of `list` (best first) into `chosen`: at most kMaxPerSegment of a segment,
// counting those chosen before, then those passed over.
void Choose(std::vector<Candidate>* list, size_t limit, std::map<std::string, size_t>* per_segment,
            std::vector<Candidate>* chosen) {
  std::vector<Candidate*> passed_over;
  for (Candidate& candidate : *list) {
    if (chosen->size() >= limit) return;
    size_t& count = (*per_segment)[candidate.segment_key];
    if (count >= kMaxPerSegment) {
      passed_over.push_back(&candidate);
      continue;
    }
    ++count;
    chosen->push_back(std::move(candidate));
  }
  for (Candidate* candidate : passed_over) {
    if (chosen->size() >= limit) return;
    chosen->push_back(std::move(*candidate));
  }
}

// Candidates are big, so numbers are sorted, and each candidate is moved once.
void SortBy(MatchOrder order, std::vector<Candidate>* list) {
  std::vector<uint32_t> places(list->size());
  std::iota(places.begin(), places.end(), 0u);
  std::sort(places.begin(), places.end(),
            [order, list](uint32_t a, uint32_t b) { return BetterMatch((*list)[a].match, (*list)[b].match, order); });
  std::vector<Candidate> sorted;
  sorted.reserve(list->size());
  for (uint32_t place : places) sorted.push_back(std::move((*list)[place]));
  list->swap(sorted);
}

// The best `limit` in `order` of what was found and, if that is fewer than `wanted`, of the rest.
std::vector<Candidate> ChooseBest(std::vector<Candidate> list, MatchOrder order, size_t limit, size_t wanted) {
  SortBy(order, &list);
  const auto rest_begin =
      std::stable_partition(list.begin(), list.end(), [](const Candidate& c) { return !c.match.below_threshold; });
  std::vector<Candidate> rest(std::make_move_iterator(rest_begin), std::make_move_iterator(list.end()));
  list.erase(rest_begin, list.end());
  std::vector<Candidate> chosen;
  std::map<std::string, size_t> per_segment;
  Choose(&list, limit, &per_segment, &chosen);
  if (chosen.size() < wanted) Choose(&rest, limit, &per_segment, &chosen);
  return chosen;
}

}  // namespace

size_t RelevancePool(const LookupOptions& options) {
  return std::max<size_t>(20, 4 * static_cast<size_t>(std::max(0, options.max_results)));
}

int LowestScore(const LookupOptions& options) {
  if (options.floor <= 0) return options.threshold;
  const int floor = std::min(options.floor, options.threshold);
  return options.order == MatchOrder::kRelevance ? (floor + 2) / 3 : floor;
}

bool Qualifies(const Match& match, const LookupOptions& options) {
  if (match.score >= options.threshold) return true;
  if (options.floor <= 0 || match.score < LowestScore(options)) return false;
  if (match.score >= options.floor) return true;
  return options.order == MatchOrder::kRelevance && 100 * match.relevance >= options.floor;
}

const Context* BestContext(const Query& query, const Unit& unit, const Variant& source, ContextAgreement* agreement) {
  const Context* best = nullptr;
  *agreement = {};
  for (const Context& context : unit.contexts) {
    const ContextAgreement here = AgreeContext(query.context, query.source_locale, context, source.locale);
    const bool worse =
        here.Points() < agreement->Points() ||
        (here.Points() == agreement->Points() && here.partial_neighbours && !agreement->partial_neighbours);
    if (best != nullptr && worse) continue;
    best = &context;
    *agreement = here;
  }
  return best;
}

namespace {

// A candidate without the texts and the context of its match.
Candidate MakeFrame(const Query& query, const Unit& unit, const Content& source, const std::string& source_locale,
                    const Variant& target, const MemoryTerms& memory, std::string segment_key, const BaseScore& base) {
  Candidate candidate;
  Match& match = candidate.match;
  match.base = base;
  match.source_locale = source_locale;
  match.memory = memory.name;
  match.unit = unit.id;
  match.revision = unit.revision;
  match.stored_locales.reserve(unit.variants.size());
  for (const Variant& variant : unit.variants) match.stored_locales.push_back(variant.locale);
  std::sort(match.stored_locales.begin(), match.stored_locales.end());
  match.stored_locales.erase(std::unique(match.stored_locales.begin(), match.stored_locales.end()),
                             match.stored_locales.end());
  match.fallback = source_locale != query.source_locale || target.locale != query.target_locale;
  candidate.segment_key = std::move(segment_key);
  candidate.pair_key = PairKey(source, target.content);
  candidate.priority = memory.priority;
  candidate.memory_penalty = memory.penalty;
  candidate.defaults = memory.defaults;
  candidate.codes_differ = CodesMissingOrAdded(query.content.codes, source.codes) &&
                           !CodesRepairable(query.content.codes, source.codes, target.content.codes);
  return candidate;
}

// The same with the context, of a match within one unit.
Candidate MakeDirectFrame(const Query& query, const Unit& unit, const Variant& source, const Variant& target,
                          const MemoryTerms& memory, std::string segment_key, const BaseScore& base) {
  Candidate candidate =
      MakeFrame(query, unit, source.content, source.locale, target, memory, std::move(segment_key), base);
  Match& match = candidate.match;
  if (const Context* context = BestContext(query, unit, source, &match.agreement); context != nullptr) {
    match.context = *context;
  }
  match.reverse = !unit.source_locale.empty() &&
                  MatchLocale(query.target_locale, unit.source_locale) != LocaleMatch::kNone &&
                  MatchLocale(query.source_locale, unit.source_locale) == LocaleMatch::kNone;
  return candidate;
}

}  // namespace

Candidate MakeCandidate(const Query& query, const Unit& unit, const Variant& source, const Variant& target,
                        const MemoryTerms& memory, std::string segment_key, const BaseScore& base) {
  Candidate candidate = MakeDirectFrame(query, unit, source, target, memory, std::move(segment_key), base);
  candidate.match.source = source.content;
  candidate.match.target = target;
  return candidate;
}

Candidate MakeLastCandidate(const Query& query, Unit unit, size_t source, size_t target, const MemoryTerms& memory,
                            std::string segment_key, const BaseScore& base) {
  Variant& from = unit.variants[source];
  Variant& to = unit.variants[target];
  Candidate candidate = MakeDirectFrame(query, unit, from, to, memory, std::move(segment_key), base);
  candidate.match.source = std::move(from.content);
  candidate.match.target = std::move(to);
  return candidate;
}

Candidate MakePivotCandidate(const Query& query, const PivotSource& from, const Unit& unit, const Variant& target,
                             const MemoryTerms& memory) {
  Candidate candidate =
      MakeFrame(query, unit, from.source, from.source_locale, target, memory, from.segment_key, from.base);
  candidate.match.source = from.source;
  candidate.match.target = target;
  candidate.match.agreement = from.agreement;
  candidate.match.context = from.context;
  candidate.match.pivot = from.link;
  return candidate;
}

namespace {

// True if the stored source is the query's own text: several targets of such are a choice. Where placeables were
// substituted, each target is of another text; a pivot's was never chosen for this source.
bool SaysTheSame(const Match& match) {
  return match.base.base >= 99 && !match.base.substituted && match.pivot == nullptr;
}

}  // namespace

void ApplyPenalties(const std::string& target_locale, const PenaltyTable& table, std::vector<Candidate>* candidates) {
  std::map<std::string, std::set<std::string>> exact_targets;  // by memory
  for (const Candidate& candidate : *candidates) {
    const Match& match = candidate.match;
    if (SaysTheSame(match)) exact_targets[match.memory].insert(ContentKey(match.target.content));
  }
  for (Candidate& candidate : *candidates) {
    Match& match = candidate.match;
    const bool ambiguous =
        SaysTheSame(match) && match.agreement.Points() == 0 && exact_targets[match.memory].size() > 1;
    const bool own = candidate.defaults != nullptr && !candidate.defaults->penalties.empty();
    match.score =
        FinalScore(match.base, match.agreement, match.target, target_locale, candidate.codes_differ, ambiguous,
                   candidate.memory_penalty, own ? WithDefaults(table, *candidate.defaults) : table, &match.penalties,
                   match.pivot.get());
  }
}

std::string PairKey(const Content& source, const Content& target) {
  std::string key;
  AppendCounted(ContentKey(source), &key);
  AppendCounted(ContentKey(target), &key);
  return key;
}

std::string ContentKey(const Content& content) {
  std::string key;
  AppendCounted(content.text, &key);
  if (content.codes.empty()) return key;
  std::map<uint32_t, size_t> pairs;  // pair ids by first appearance
  std::vector<const Code*> codes;
  for (const Code& code : content.codes) codes.push_back(&code);
  std::stable_sort(codes.begin(), codes.end(), [](const Code* a, const Code* b) { return a->position < b->position; });
  for (const Code* code : codes) {
    const size_t pair = code->pair_id == 0 ? 0 : pairs.emplace(code->pair_id, pairs.size() + 1).first->second;
    key += std::to_string(code->position) + "," + std::to_string(static_cast<int>(code->kind)) + "," +
           std::to_string(pair) + ",";
    AppendCounted(code->data, &key);
  }
  return key;
}

void SelectMatches(std::vector<Candidate> candidates, const LookupOptions& options, LookupResult* result) {
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(),
                                  [&options](const Candidate& c) { return !Qualifies(c.match, options); }),
                   candidates.end());
  std::vector<Candidate> list = OnePerPair(std::move(candidates), options.threshold);
  result->total = 0;
  if (options.want_total) {
    result->total = static_cast<uint64_t>(std::count_if(
        list.begin(), list.end(), [](const Candidate& candidate) { return !candidate.match.below_threshold; }));
  }
  const size_t wanted = static_cast<size_t>(std::max(0, options.max_results));
  if (options.order == MatchOrder::kRelevance) {
    list = ChooseBest(std::move(list), MatchOrder::kScore, RelevancePool(options), wanted);
  }
  list = ChooseBest(std::move(list), options.order, wanted, wanted);
  SortBy(options.order, &list);
  result->matches.clear();
  result->matches.reserve(list.size());
  for (Candidate& candidate : list) result->matches.push_back(std::move(candidate.match));
}

}  // namespace reprise
