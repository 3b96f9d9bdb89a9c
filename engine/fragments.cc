#include "engine/fragments.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "match/adapt.h"
#include "match/score.h"
#include "text/slice.h"

namespace reprise {
namespace {

bool Contains(std::pair<size_t, size_t> outer, std::pair<size_t, size_t> inner) {
  return outer.first <= inner.first && inner.second <= outer.second;
}

bool Knows(const LocaleState& index, const LexiconKey& word) {
  for (const RunView& view : index.runs) {
    if (view.run->lexicon().FindWord(word) != kUnknownId) return true;
  }
  return index.delta_rows != 0 && index.delta->vocabulary().FindWord(word) != kUnknownId;
}

}  // namespace

size_t LongestFragmentRun(size_t words) {
  size_t longest = 0, runs = 0;
  while (longest < words && runs + (words - longest) <= kMaxFragmentRuns) runs += words - longest++;
  return longest;
}

FragmentRun::FragmentRun(const UnitStore& store, const StoreState& state, const Query& query,
                         const LookupOptions& options, const CancelCheck& cancelled)
    : store_(store),
      state_(state),
      query_(query),
      options_(options),
      cancelled_(cancelled),
      pages_(store.page_cache().Enter()),
      reader_(state) {
  for (Token& token : Tokenize(query.content)) {
    if (token.cls == TokenClass::kCode) continue;
    if (token.cls == TokenClass::kWord) words_.push_back(tokens_.size());
    tokens_.push_back(std::move(token));
  }
}

absl::Status FragmentRun::Execute(const std::vector<MemoryRef>& memories, LookupResult* result) {
  ASSIGN_OR_RETURN(places_, FindSearchPlaces(store_, state_, memories, query_.source_locale, query_.target_locale,
                                             options_.other_scripts));
  result->fragments_searched = true;
  result->fragments_cut = LongestFragmentRun(words_.size()) < words_.size();
  std::map<std::pair<size_t, size_t>, Run> found;
  for (const SearchPlace& place : places_) RETURN_IF_ERROR(FindRuns(place, &found));
  std::vector<Run> runs;
  for (auto& [words, run] : found) runs.push_back(std::move(run));
  // Those of more words first, so that whatever holds another is there before it.
  std::stable_sort(runs.begin(), runs.end(),
                   [](const Run& a, const Run& b) { return a.last - a.first > b.last - b.first; });
  for (const Run& run : runs) {
    if (Within(Reach(run))) continue;
    if (units_read_ + run.units.size() > kMaxFragmentUnits) {
      result->fragments_cut = true;
      continue;
    }
    units_read_ += run.units.size();
    RETURN_IF_ERROR(ReadRun(run, result));
  }
  std::stable_sort(result->fragments.begin(), result->fragments.end(), [](const Fragment& a, const Fragment& b) {
    return a.query_end - a.query_begin > b.query_end - b.query_begin;
  });
  std::set<std::pair<uint32_t, uint32_t>> kept;
  for (auto it = result->fragments.begin(); it != result->fragments.end(); ++it) {
    kept.emplace(it->query_begin, it->query_end);
    if (kept.size() <= kMaxFragmentParts) continue;
    result->fragments.erase(it, result->fragments.end());
    break;
  }
  return absl::OkStatus();
}

std::vector<bool> FragmentRun::KnownWords(const SearchPlace& place) const {
  std::vector<bool> known;
  known.reserve(words_.size());
  for (size_t word : words_) known.push_back(Knows(*place.index, WordKeyOf(tokens_[word])));
  return known;
}

absl::Status FragmentRun::FindRuns(const SearchPlace& place, std::map<std::pair<size_t, size_t>, Run>* runs) {
  constexpr size_t kAtOnce = 256;
  const std::vector<bool> known = KnownWords(place);
  const size_t longest = LongestFragmentRun(words_.size());
  std::vector<std::pair<size_t, size_t>> places;
  std::vector<std::string> bare_forms;
  for (size_t first = 0; first < words_.size(); ++first) {
    std::string bare_form;
    for (size_t last = first; last < words_.size() && last - first < longest && known[last]; ++last) {
      const Token& word = tokens_[words_[last]];
      if (last > first) bare_form += ' ';
      bare_form += word.key;
      // All of its words are the query's own bare form, which the lookup itself has asked for.
      if (first == 0 && last + 1 == words_.size()) break;
      if (last == first && word.weight < kMinFragmentLetters) continue;
      places.emplace_back(first, last);
      bare_forms.push_back(bare_form);
    }
    if (bare_forms.size() < kAtOnce && first + 1 < words_.size()) continue;
    if (Cancelled()) return reprise::Cancelled("the lookup was cancelled");
    RETURN_IF_ERROR(AddRuns(place, places, bare_forms, runs));
    places.clear();
    bare_forms.clear();
  }
  return absl::OkStatus();
}

absl::Status FragmentRun::AddRuns(const SearchPlace& place, const std::vector<std::pair<size_t, size_t>>& places,
                                  const std::vector<std::string>& bare_forms,
                                  std::map<std::pair<size_t, size_t>, Run>* runs) {
  if (bare_forms.empty()) return absl::OkStatus();
  std::vector<std::vector<uint64_t>> segments;
  RETURN_IF_ERROR(reader_.FindBareForms(place.memory->id, place.locale, bare_forms, &segments));
  for (size_t i = 0; i < bare_forms.size(); ++i) {
    std::vector<uint64_t>& held = segments[i];
    if (held.empty()) continue;
    std::sort(held.begin(), held.end());
    held.erase(std::unique(held.begin(), held.end()), held.end());
    Run& run = (*runs)[places[i]];
    run.first = places[i].first;
    run.last = places[i].second;
    run.bare_form = bare_forms[i];
    std::vector<uint64_t> units;
    for (uint64_t segment : held) {
      units.clear();
      RETURN_IF_ERROR(reader_.FindUnits(place.memory->id, segment, place.targets, &units));
      for (uint64_t unit : units) run.units.push_back({&place, segment, unit});
    }
  }
  return absl::OkStatus();
}

absl::Status FragmentRun::ReadRun(const Run& run, LookupResult* result) {
  std::map<TokenRange, std::vector<Candidate>> by_part;
  std::set<std::pair<const SearchPlace*, uint64_t>> read;  // a unit may hold several segments of one bare form
  RETURN_IF_ERROR(
      ReadWantedUnits(store_, state_, run.units, cancelled_, [&](const WantedUnit& wanted, const Unit& unit) {
        if (!read.emplace(wanted.place, wanted.unit).second) return absl::OkStatus();
        return AddUnit(run, wanted, unit, &by_part);
      }));
  LookupOptions choice = options_;
  choice.threshold = 1;
  choice.floor = 0;
  choice.max_results = kMaxMatchesOfFragment;
  choice.order = MatchOrder::kScore;
  choice.want_total = false;
  std::vector<std::pair<TokenRange, std::vector<Match>>> answers;
  for (auto& [range, candidates] : by_part) {
    const Part& part = PartOf(range);
    SubstituteBases(part.query, part.tokenized, &candidates);
    ApplyPenalties(query_.target_locale, options_.penalties, &candidates);
    LookupResult chosen;
    SelectMatches(std::move(candidates), choice, &chosen);
    if (!chosen.matches.empty()) answers.emplace_back(range, std::move(chosen.matches));
  }
  for (auto& [range, matches] : answers) {
    const TokenRange inner = range;
    const bool within = std::any_of(answers.begin(), answers.end(), [&](const auto& other) {
      return other.first != inner && Contains(other.first, inner);
    });
    if (!within && !Within(range)) Accept(range, std::move(matches), result);
  }
  return absl::OkStatus();
}

absl::Status FragmentRun::AddUnit(const Run& run, const WantedUnit& wanted, const Unit& unit,
                                  std::map<TokenRange, std::vector<Candidate>>* by_part) {
  std::map<size_t, std::pair<TokenRange, BaseScore>> scored;  // by source text
  std::map<size_t, std::string> key_forms;
  ForEachPair(
      *wanted.place, query_.target_locale, options_.other_scripts, options_.filter, unit, [&](size_t from, size_t to) {
        auto it = scored.find(from);
        if (it == scored.end()) {
          const TokenizedContent stored(unit.variants[from].content);
          if (stored.bare_form != run.bare_form) return;
          BaseScore score;
          const TokenRange range = BestPart(run, stored, &score);
          it = scored.emplace(from, std::make_pair(range, std::move(score))).first;
          key_forms[from] = stored.key_form;
        }
        const auto& [range, score] = it->second;
        (*by_part)[range].push_back(MakeCandidate(PartOf(range).query, unit, unit.variants[from], unit.variants[to],
                                                  wanted.place->terms, key_forms[from], score));
      });
  return absl::OkStatus();
}

FragmentRun::TokenRange FragmentRun::BestPart(const Run& run, const TokenizedContent& stored, BaseScore* score) {
  const TokenRange core(words_[run.first], words_[run.last] + 1), reach = Reach(run);
  TokenRange best = core;
  const size_t fewest = std::max(reach.first, core.first - std::min(core.first, kMaxFragmentReach));
  const size_t most = std::min(reach.second, core.second + kMaxFragmentReach);
  bool any = false;
  for (size_t begin = fewest; begin <= core.first; ++begin) {
    for (size_t end = core.second; end <= most; ++end) {
      BaseScore mine = ScorePair(PartOf({begin, end}).tokenized, stored, {});
      const bool longer = end - begin > best.second - best.first;
      if (any && (mine.base < score->base || (mine.base == score->base && !longer))) continue;
      best = {begin, end};
      *score = std::move(mine);
      any = true;
    }
  }
  return best;
}

FragmentRun::TokenRange FragmentRun::Reach(const Run& run) const {
  return {run.first == 0 ? 0 : words_[run.first - 1] + 1,
          run.last + 1 == words_.size() ? tokens_.size() : words_[run.last + 1]};
}

const FragmentRun::Part& FragmentRun::PartOf(TokenRange range) {
  auto it = parts_.find(range);
  if (it != parts_.end()) return it->second;
  Part part;
  part.query.content = SliceContent(query_.content, tokens_[range.first].begin, tokens_[range.second - 1].end);
  part.query.source_locale = query_.source_locale;
  part.query.target_locale = query_.target_locale;
  part.tokenized = TokenizedContent(part.query.content);
  return parts_.emplace(range, std::move(part)).first->second;
}

bool FragmentRun::Within(TokenRange range) const {
  return std::any_of(accepted_.begin(), accepted_.end(), [&](TokenRange outer) { return Contains(outer, range); });
}

void FragmentRun::Accept(TokenRange range, std::vector<Match> matches, LookupResult* result) {
  accepted_.push_back(range);
  const Part& part = PartOf(range);
  const uint32_t begin = tokens_[range.first].begin;
  for (Match& match : matches) {
    CompleteMatch(part.query, part.tokenized, options_, &match);
    for (Edit& edit : match.edits) {
      edit.query_begin += begin;
      edit.query_end += begin;
    }
    result->fragments.push_back({begin, tokens_[range.second - 1].end, std::move(match)});
  }
}

}  // namespace reprise
