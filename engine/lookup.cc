#include "engine/lookup.h"

#include <algorithm>
#include <chrono>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "match/adapt.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// The ladder of docs/scoring.md: what words that differ reach at most, and what another key form does.
constexpr int kMostFuzzy = 94;
constexpr int kMostOtherwise = 99;
// So many hits that may reach one score are looked at in any case (docs/scoring.md, rule 8).
constexpr ptrdiff_t kMostAlike = 1000;

// What the fill below the threshold may cost, by what was found: it goes on longest for a query that would have no
// answer, and is short where it only keeps real matches company. By measurement (docs/decisions/007-the-fill.md).
constexpr FillEffort kUnanswered{1 << 18, 1 << 14};
constexpr FillEffort kBelowOnly{8192, 1024};     // nothing at or above the threshold
constexpr FillEffort kBesideMatches{2048, 128};  // something, but not max_results
constexpr FillEffort kEnough{512, 32};           // max_results, which better ones may replace
constexpr FillEffort kWhole{uint64_t{1} << 36, uint64_t{1} << 36};

// Adds the time of its life to *microseconds, if it is wanted.
class Stopwatch {
 public:
  Stopwatch(bool wanted, double* microseconds) : microseconds_(wanted ? microseconds : nullptr) {
    if (wanted) start_ = std::chrono::steady_clock::now();
  }
  ~Stopwatch() {
    if (microseconds_ == nullptr) return;
    *microseconds_ += std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double* const microseconds_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace

LookupRun::LookupRun(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
                     const CancelCheck& cancelled)
    : store_(store),
      state_(state),
      query_(query),
      options_(options),
      cancelled_(cancelled),
      tokenized_(query.content),
      index_query_(tokenized_.tokens),
      pages_(store.page_cache().Enter()),
      reader_(state) {
  if (options.pivot) pivots_.emplace(store, state, query, options, &reader_);
}

absl::StatusOr<LookupResult> LookupRun::Execute(const std::vector<MemoryRef>& memories) {
  const uint64_t loads = store_.page_cache().loads();
  RETURN_IF_ERROR(FindSources(memories));
  {
    Stopwatch watch(options_.want_plan, &plan_.points_us);
    RETURN_IF_ERROR(ReadExact());
  }
  RETURN_IF_ERROR(ReadFuzzy());
  LookupResult result;
  {
    Stopwatch watch(options_.want_plan, &plan_.select_us);
    if (options_.order == MatchOrder::kScore) SetRelevance(&candidates_, FullAt());
    SelectMatches(std::move(candidates_), options_, &result);
    for (Match& match : result.matches) CompleteMatch(query_, tokenized_, options_, &match);
  }
  if (options_.want_total) result.total += counted_;
  result.sequence = state_.sequence;
  if (options_.want_plan) {
    FillPlan(loads);
    result.plan = plan_;
  }
  return result;
}

void LookupRun::FillPlan(uint64_t loads_before) {
  plan_.indexes = sources_.size();
  plan_.pages_loaded = store_.page_cache().loads() - loads_before;
  SearchStats searched;
  for (const Source& source : sources_) {
    plan_.runs += source.index->runs.size();
    plan_.delta_rows += source.index->delta_rows;
    plan_.exact += source.seen.size();
    if (source.search != nullptr) searched.Add(source.search->stats());
  }
  plan_.lists = searched.lists;
  plan_.postings = searched.postings;
  plan_.candidates = searched.candidates;
  plan_.rows = searched.rows;
  plan_.aligned = searched.aligned;
  plan_.hits = searched.hits;
  plan_.counted = counted_;
}

absl::Status LookupRun::FindSources(const std::vector<MemoryRef>& memories) {
  ASSIGN_OR_RETURN(std::vector<SearchPlace> places, FindSearchPlaces(store_, state_, memories, query_.source_locale,
                                                                     query_.target_locale, options_.other_scripts));
  for (SearchPlace& place : places) {
    Source source;
    static_cast<SearchPlace&>(source) = std::move(place);
    if (pivots_.has_value()) {
      // A unit without the target counts too, if it holds a language that leads on to one that has it.
      const MemoryTally& tally = *state_.tallies.at(source.memory->id);
      source.pivots = pivots_->PlaceOf(source.terms, *source.memory, tally, source.targets);
      for (const format::LocaleId id : source.pivots.locales) source.target_mask |= LocaleBit(id);
      source.targets.insert(source.targets.end(), source.pivots.locales.begin(), source.pivots.locales.end());
      std::sort(source.targets.begin(), source.targets.end());
    }
    sources_.push_back(std::move(source));
  }
  return absl::OkStatus();
}

absl::Status LookupRun::ReadExact() {
  std::vector<Wanted> wanted;
  std::vector<Hit> others;
  for (size_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    uint64_t exact = 0;
    RETURN_IF_ERROR(reader_.FindNearExact(source.memory->id, source.locale, tokenized_.key_form, tokenized_.bare_form,
                                          &exact, &source.seen));
    std::sort(source.seen.begin(), source.seen.end());
    source.seen.erase(std::unique(source.seen.begin(), source.seen.end()), source.seen.end());
    // All units of the same key form are read at once: whether they are ambiguous depends on each of them.
    if (exact != 0) RETURN_IF_ERROR(FindUnits(i, exact, nullptr, &wanted));
    for (uint64_t segment : source.seen) {
      if (segment != exact) others.push_back({i, kMostOtherwise, {.segment = segment}});
    }
  }
  return ReadAlike({others.begin(), others.end()}, kMostOtherwise, options_.want_total, std::move(wanted)).status();
}

absl::StatusOr<size_t> LookupRun::ReadAlike(HitRange hits, int percent, bool all, std::vector<Wanted> wanted) {
  auto [at, end] = hits;
  if (!all && end - at > kMostAlike) {
    std::sort(at, end, [](const Hit& a, const Hit& b) {
      return std::make_pair(a.row.segment, a.source) > std::make_pair(b.row.segment, b.source);
    });
  }
  for (;;) {
    const auto stop = all ? end : at + std::min(end - at, kMostAlike);
    for (; at != stop; ++at) {
      if (Cancelled()) return reprise::Cancelled("the lookup was cancelled");
      RETURN_IF_ERROR(FindUnits(at->source, at->row.segment, at->percent > kMostFuzzy ? nullptr : &at->row, &wanted));
    }
    RETURN_IF_ERROR(ReadUnits(wanted));
    if (at == end) return size_t{0};
    wanted.clear();
    stored_.clear();
    if (FullAt() >= percent) {
      plan_.ties_cut = true;
      return static_cast<size_t>(end - at);
    }
  }
}

// The percents at which the search for the best few looks whether it has enough: few rows reach a high percent, and
// once enough matches are found none below can displace them. Each percent down to the threshold, since there a search
// holds back the rows of lists that it has read. A total needs all of them at once.
std::vector<int> LookupRun::Levels() const {
  constexpr int kStep = 10;  // below the threshold
  std::vector<int> levels;
  if (!options_.want_total) {
    for (int level = kMostFuzzy; level > options_.threshold; --level) levels.push_back(level);
  }
  levels.push_back(options_.threshold);
  const int lowest = LowestScore(options_);
  if (lowest >= options_.threshold) return levels;
  for (int level = options_.threshold - kStep; level > lowest; level -= kStep) levels.push_back(level);
  levels.push_back(lowest);
  return levels;
}

absl::Status LookupRun::ReadFuzzy() {
  // No fuzzy match can displace what is above all of them.
  if (!options_.want_total && FullAt() > kMostFuzzy) return absl::OkStatus();
  const std::vector<int> levels = Levels();
  if (options_.want_total) FindCountable();
  for (Source& source : sources_) {
    source.search = std::make_unique<LocaleSearch>(*source.index, index_query_, source.target_mask, state_.sequence,
                                                   levels.back(), options_.threshold);
  }
  auto level = levels.begin();
  for (; level != levels.end() && *level >= options_.threshold; ++level) {
    ASSIGN_OR_RETURN(const bool complete, ReadLevel(*level, nullptr));
    if (complete) return absl::OkStatus();
  }
  return Fill({level, levels.end()});
}

absl::StatusOr<bool> LookupRun::ReadLevel(int percent, FillEffort* effort) {
  plan_.deepest = percent;
  {
    Stopwatch watch(options_.want_plan, &plan_.search_us);
    RETURN_IF_ERROR(SearchLevel(percent, effort));
  }
  Stopwatch watch(options_.want_plan, &plan_.read_us);
  return ReadHits(percent);
}

absl::Status LookupRun::Fill(const std::vector<int>& levels) {
  // In order of relevance the pool may not be full, but what is below the threshold joins fewer than max_results only.
  const std::vector<Standing> found = Standings();
  const auto above =
      std::count_if(found.begin(), found.end(), [this](const Standing& s) { return s.score >= options_.threshold; });
  if (above >= options_.max_results) return absl::OkStatus();
  FillEffort spent;
  for (int level : levels) {
    FillEffort left = MostEffort();
    left.postings -= std::min(left.postings, spent.postings);
    left.rows -= std::min(left.rows, spent.rows);
    spent.postings += left.postings;
    spent.rows += left.rows;
    bool complete = false;
    // Without postings it still looks at the rows that those before have named.
    if (left.rows > 0) {
      ASSIGN_OR_RETURN(complete, ReadLevel(level, &left));
    }
    plan_.fill_cut = plan_.fill_cut || left.postings == 0 || left.rows == 0;
    if (complete) return absl::OkStatus();
    if (left.rows == 0) {
      // The rows that were looked at for this level and do not reach it are better than none.
      Stopwatch watch(options_.want_plan, &plan_.read_us);
      if (static_cast<int>(Standings().size()) < options_.max_results)
        RETURN_IF_ERROR(ReadHits(levels.back()).status());
      return absl::OkStatus();
    }
    spent.postings -= left.postings;
    spent.rows -= left.rows;
  }
  return absl::OkStatus();
}

FillEffort LookupRun::MostEffort() const {
  if (options_.whole_fill) return kWhole;
  bool above = false;
  int found = 0;
  for (const Candidate& c : candidates_) {
    if (!Qualifies(c.match, options_)) continue;
    ++found;
    above = above || c.match.score >= options_.threshold;
  }
  if (found == 0) return kUnanswered;
  if (!above) return kBelowOnly;
  return found < options_.max_results ? kBesideMatches : kEnough;
}

absl::Status LookupRun::SearchLevel(int percent, FillEffort* effort) {
  std::vector<RowHit> rows;
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    rows.clear();
    FillEffort share;  // equal for all memories; what one leaves goes to those behind it
    if (effort != nullptr) {
      const uint64_t places = sources_.size() - i;
      share = {(effort->postings + places - 1) / places, (effort->rows + places - 1) / places};
      effort->postings -= share.postings;
      effort->rows -= share.rows;
    }
    RETURN_IF_ERROR(
        source.search->Advance(percent, *state_.snapshot, cancelled_, &rows, effort == nullptr ? nullptr : &share));
    if (effort != nullptr) {
      effort->postings += share.postings;
      effort->rows += share.rows;
    }
    for (const RowHit& row : rows) {
      if (std::binary_search(source.seen.begin(), source.seen.end(), row.segment)) continue;
      hits_.push_back({i, std::min(kMostFuzzy, Percent(row.shared, row.max_weight)), row});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> LookupRun::ReadHits(int percent) {
  auto later = std::partition(hits_.begin(), hits_.end(), [percent](const Hit& h) { return h.percent < percent; });
  std::vector<Hit> hits(later, hits_.end());
  hits_.erase(later, hits_.end());
  auto begin = hits.begin();
  const bool count = options_.want_total && percent >= options_.threshold;
  if (count) {
    begin = std::partition(hits.begin(), hits.end(), [this](const Hit& h) { return !Countable(h); });
    RETURN_IF_ERROR(ReadAlike({hits.begin(), begin}, kMostFuzzy, true, {}).status());
  }
  std::sort(begin, hits.end(), [](const Hit& a, const Hit& b) { return a.percent > b.percent; });
  while (begin != hits.end()) {
    // What is not read yet has this base at most, so matches above it are final.
    const int most = begin->percent;
    if (FullAt() > most) {
      if (count) counted_ += static_cast<uint64_t>(hits.end() - begin);
      return true;
    }
    const auto end = std::find_if(begin, hits.end(), [most](const Hit& h) { return h.percent != most; });
    ASSIGN_OR_RETURN(const size_t left, ReadAlike({begin, end}, most, false, {}));
    if (count) counted_ += left;
    begin = end;
  }
  return FullAt() >= percent;
}

void LookupRun::FindCountable() {
  // What another memory, a filter, a penalty or a code may change needs the unit.
  if (sources_.size() != 1 || pivots_.has_value() || options_.filter != UnitFilter{} || !query_.content.codes.empty()) {
    return;
  }
  Source& source = sources_.front();
  if (source.locale_tag == query_.target_locale || source.terms.penalty.points != 0 ||
      source.memory->min_status != VariantStatus::kUnspecified) {
    return;
  }
  for (const auto& [locale, counts] : state_.tallies.at(source.memory->id)->locales) {
    if (locale >= kLocaleBits) return;  // a bit may stand for several
  }
  for (const format::LocaleId target : source.targets) {
    if (store_.LocaleTag(target) == query_.target_locale) source.countable = LocaleBit(target);
  }
}

bool LookupRun::Countable(const Hit& hit) const {
  const Source& source = sources_[hit.source];
  return source.countable != 0 && (hit.row.mask & (kSeveralUnits | kReadToCount)) == 0 &&
         (hit.row.mask & source.target_mask) == source.countable;
}

absl::Status LookupRun::FindUnits(size_t source_index, uint64_t segment, const RowHit* row,
                                  std::vector<Wanted>* wanted) {
  ++plan_.segments_read;
  if (row != nullptr && (row->mask & kSeveralUnits) == 0) {
    wanted->push_back({source_index, segment, format::OwnerOf(segment), row});
    return absl::OkStatus();
  }
  const Source& source = sources_[source_index];
  std::vector<uint64_t> ids;
  RETURN_IF_ERROR(reader_.FindUnits(source.memory->id, segment, source.targets, &ids));
  for (uint64_t id : ids) wanted->push_back({source_index, segment, id, row});
  return absl::OkStatus();
}

absl::Status LookupRun::ReadUnits(const std::vector<Wanted>& wanted) {
  std::vector<WantedUnit> units;
  units.reserve(wanted.size());
  for (const Wanted& w : wanted) units.push_back({&sources_[w.source], w.segment, w.unit});
  std::vector<Candidate> fresh;
  fresh.reserve(wanted.size());
  RETURN_IF_ERROR(ReadWantedUnits(store_, state_, units, cancelled_, [&](const WantedUnit& unit, Unit read) {
    const Wanted& w = wanted[static_cast<size_t>(&unit - units.data())];
    return AddUnit(sources_[w.source], w.segment, std::move(read), w.row, &fresh);
  }));
  if (pivots_.has_value()) RETURN_IF_ERROR(pivots_->Find(cancelled_, &fresh));
  Append(std::move(fresh));
  return absl::OkStatus();
}

BaseScore LookupRun::ScoreOf(const Content& source, const RowHit* row, const ContextAgreement& agreement) {
  if (row != nullptr) {
    // Neither key form nor bare form is the query's: the words differ, and the index has aligned them.
    BaseScore score;
    score.base = std::min(kMostFuzzy, Percent(row->shared, row->max_weight));
    score.shared = row->shared;
    score.max_weight = row->max_weight;
    return score;
  }
  std::string content_key = ContentKey(source);
  auto it = stored_.find(content_key);
  if (it == stored_.end()) it = stored_.emplace(std::move(content_key), TokenizedContent(source)).first;
  return ScorePair(tokenized_, it->second, agreement);
}

absl::Status LookupRun::AddUnit(const Source& source, uint64_t segment, Unit unit, const RowHit* row,
                                std::vector<Candidate>* out) {
  struct Offer {
    size_t from = 0, to = 0;
    std::string key_form;
    BaseScore base;
  };
  const VariantStatus least = source.memory->min_status;
  std::optional<Offer> last;  // held back, since it may take the unit's texts
  auto in_locale = [&source](const Variant& v) { return v.locale == source.locale_tag; };
  // A unit may hold several texts of one locale; only those of this segment count here.
  const bool several = std::count_if(unit.variants.begin(), unit.variants.end(), in_locale) > 1;
  for (size_t f = 0; f < unit.variants.size(); ++f) {
    const Variant& from = unit.variants[f];
    if (!in_locale(from)) continue;
    std::string key_form = KeyForm(from.content.text);
    if (several) {
      ASSIGN_OR_RETURN(uint64_t of_text, reader_.FindExact(source.memory->id, source.locale, key_form));
      if (of_text != segment) continue;
    }
    ContextAgreement agreement;
    BestContext(query_, unit, from, &agreement);
    const BaseScore base = ScoreOf(from.content, row, agreement);
    if (pivots_.has_value()) pivots_->Add(source.pivots, unit, from, key_form, base);
    for (size_t t = 0; t < unit.variants.size(); ++t) {
      const Variant& to = unit.variants[t];
      if (t == f || !ServesLocale(query_.target_locale, to.locale, options_.other_scripts)) continue;
      if (!PassesFilter(options_.filter, unit, to)) continue;
      if (least != VariantStatus::kUnspecified && StatusRank(to.status) < StatusRank(least)) continue;
      if (last.has_value()) {
        out->push_back(MakeCandidate(query_, unit, unit.variants[last->from], unit.variants[last->to], source.terms,
                                     std::move(last->key_form), last->base));
      }
      last = Offer{f, t, key_form, base};
    }
  }
  if (last.has_value()) {
    out->push_back(MakeLastCandidate(query_, std::move(unit), last->from, last->to, source.terms,
                                     std::move(last->key_form), last->base));
  }
  return absl::OkStatus();
}

void LookupRun::Append(std::vector<Candidate> fresh) {
  // In order of relevance the answer depends on it everywhere; else only the best few need it, at the end.
  if (options_.order == MatchOrder::kRelevance) SetRelevance(&fresh, 0);
  SubstituteBases(query_, tokenized_, &fresh);
  ApplyPenalties(query_.target_locale, options_.penalties, &fresh);
  if (candidates_.empty()) {
    candidates_ = std::move(fresh);  // most often all there is; a candidate is a kilobyte
  } else {
    std::move(fresh.begin(), fresh.end(), std::back_inserter(candidates_));
  }
}

void LookupRun::SetRelevance(std::vector<Candidate>* candidates, int least_score) {
  if (candidates->empty()) return;
  if (!meter_.has_value()) meter_.emplace(tokenized_.key_form);
  absl::flat_hash_map<std::string_view, double> overlaps;  // by segment
  for (Candidate& c : *candidates) {
    if (c.match.score < least_score) continue;
    auto [it, added] = overlaps.try_emplace(c.segment_key, 0.0);
    if (added) it->second = meter_->Overlap(c.segment_key);
    c.match.relevance = Relevance(c.match.base.shared, c.match.base.max_weight, it->second);
  }
}

// The candidates that stand for their pairs, as SelectMatches will choose them: score, and segment for the cap.
std::vector<LookupRun::Standing> LookupRun::Standings() const {
  struct Best {
    bool found = false;
    bool pivot = false;
    int priority = 0;
    Standing standing;
  };
  absl::flat_hash_map<std::string_view, Best> pairs;
  pairs.reserve(candidates_.size());
  for (const Candidate& c : candidates_) {
    if (!Qualifies(c.match, options_)) continue;
    const Best mine{
        c.match.score >= options_.threshold, c.match.pivot != nullptr, c.priority, {c.match.score, c.segment_key}};
    auto [it, added] = pairs.try_emplace(c.pair_key, mine);
    Best& best = it->second;
    if (added) continue;
    // At or above the threshold rather than below, then direct rather than pivot, then the memory of the smallest
    // number, then the score.
    if (std::make_tuple(!mine.found, mine.pivot, mine.priority, -mine.standing.score) <
        std::make_tuple(!best.found, best.pivot, best.priority, -best.standing.score)) {
      best = mine;
    }
  }
  std::vector<Standing> out;
  out.reserve(pairs.size());
  for (const auto& [key, best] : pairs) out.push_back(best.standing);
  std::sort(out.begin(), out.end(), [](const Standing& a, const Standing& b) { return a.score > b.score; });
  return out;
}

// The score that the last match of a full answer has: none below it can be in the answer. 0 if there are not enough.
int LookupRun::FullAt() const {
  const size_t wanted =
      options_.order == MatchOrder::kRelevance ? RelevancePool(options_) : static_cast<size_t>(options_.max_results);
  if (candidates_.size() < wanted) return 0;
  absl::flat_hash_map<std::string_view, size_t> of_segment;
  size_t count = 0;
  for (const Standing& s : Standings()) {
    if (++of_segment[s.segment] <= kMaxPerSegment && ++count == wanted) return s.score;
  }
  return 0;
}

}  // namespace reprise
