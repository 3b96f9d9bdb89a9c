#include "engine/concordance.h"

#include <algorithm>
#include <charconv>
#include <deque>

#include "engine/correspondence.h"
#include "storage/unit_scan.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// More shared segments than this are not asked for before the newest units were looked at.
constexpr uint64_t kManyShared = 4096;
constexpr uint64_t kNewestUnits = 256;

absl::Status StoppedError() { return Cancelled("the search was cancelled"); }

absl::Status MakeCondition(std::string_view field, const std::string& text, const ConcordanceQuery& query,
                           std::unique_ptr<TextCondition>* out) {
  if (text.empty()) return absl::OkStatus();
  auto condition =
      TextCondition::Make(text, {.regex = query.regex, .match_case = query.match_case, .fuzzy = query.fuzzy});
  if (!condition.ok()) return WithField(condition.status(), field);
  *out = *std::move(condition);
  return absl::OkStatus();
}

absl::Status MakeLocale(std::string_view field, const std::string& tag, std::string* out) {
  auto canonical = CanonicalLocale(tag);
  if (!canonical.ok()) return WithField(canonical.status(), field);
  *out = *std::move(canonical);
  return absl::OkStatus();
}

uint64_t MaskOf(const std::vector<format::LocaleId>& locales) {
  uint64_t mask = 0;
  for (format::LocaleId id : locales) mask |= LocaleBit(id);
  return mask;
}

}  // namespace

std::string ConcordancePageToken(const ConcordanceHit& last) { return last.memory + "/" + std::to_string(last.unit); }

absl::StatusOr<ConcordancePlan> ConcordancePlan::Make(const ConcordanceQuery& query) {
  ConcordancePlan plan;
  if (query.source_text.empty() && query.target_text.empty()) {
    return FieldError("source_text", "is empty, and so is target_text; give one of them or both");
  }
  if (query.either_side && (query.source_text.empty() || query.target_text.empty())) {
    return FieldError("either_side", "needs both source_text and target_text");
  }
  if (query.fuzzy && (query.regex || query.match_case)) {
    return FieldError("fuzzy", std::string("cannot be combined with ") + (query.regex ? "regex" : "match_case"));
  }
  plan.either = query.either_side;
  RETURN_IF_ERROR(MakeCondition("source_text", query.source_text, query, &plan.source));
  RETURN_IF_ERROR(MakeCondition("target_text", query.target_text, query, &plan.target));
  RETURN_IF_ERROR(MakeCondition("target_excludes", query.target_excludes, query, &plan.excluded));
  RETURN_IF_ERROR(MakeLocale("source_locale", query.source_locale, &plan.source_locale));
  if (!query.target_locale.empty()) {
    RETURN_IF_ERROR(MakeLocale("target_locale", query.target_locale, &plan.target_locale));
  }
  return plan;
}

ConcordanceRun::ConcordanceRun(const UnitStore& store, const StoreState& state, const ConcordancePlan& plan,
                               const ConcordanceOptions& options, const CancelCheck& cancelled)
    : store_(store),
      state_(state),
      plan_(plan),
      options_(options),
      cancelled_(cancelled),
      pages_(store.page_cache().Enter()),
      reader_(state) {}

absl::StatusOr<ConcordanceResult> ConcordanceRun::Execute(const std::vector<MemoryRef>& memories) {
  if (options_.page_size < 1 || options_.page_size > kMaxConcordancePage) {
    return FieldError("page_size", "is " + std::to_string(options_.page_size) + "; it must be from 1 to " +
                                       std::to_string(kMaxConcordancePage));
  }
  if (options_.guess && (plan_.source == nullptr) == (plan_.target == nullptr)) {
    return FieldError("guess", "needs one of source_text and target_text alone: it guesses the other side");
  }
  if (options_.guess && plan_.target_locale.empty()) return FieldError("guess", "needs target_locale");
  wanted_ = std::max(options_.page_size + 1, options_.guess ? kGuessHits : 0);
  ASSIGN_OR_RETURN(const auto start, Start(memories));
  std::vector<Place> places;
  for (const MemoryRef& ref : memories) {
    ASSIGN_OR_RETURN(Place place, FindPlace(ref.name));
    places.push_back(std::move(place));
  }
  for (size_t i = start.first; i < places.size() && !Full(); ++i) {
    if (places[i].sources.empty() || places[i].targets.empty()) continue;
    RETURN_IF_ERROR(SearchMemory(places[i], i == start.first ? start.second : UINT64_MAX));
  }
  ConcordanceResult result;
  result.sequence = state_.sequence;
  if (options_.guess) result.correspondences = Guess(places);
  if (hits_.size() > options_.page_size) {
    hits_.resize(options_.page_size);
    result.next_page_token = ConcordancePageToken(hits_.back());
  }
  result.hits = std::move(hits_);
  return result;
}

absl::StatusOr<std::pair<size_t, uint64_t>> ConcordanceRun::Start(const std::vector<MemoryRef>& memories) const {
  const std::string& token = options_.page_token;
  if (token.empty()) return std::pair<size_t, uint64_t>(0, UINT64_MAX);
  const size_t slash = token.find('/');
  uint64_t unit = 0;
  if (slash != std::string::npos) {
    const char* end = token.data() + token.size();
    const auto parsed = std::from_chars(token.data() + slash + 1, end, unit);
    if (parsed.ec != std::errc() || parsed.ptr != end) unit = 0;
  }
  for (size_t i = 0; unit != 0 && i < memories.size(); ++i) {
    if (memories[i].name == token.substr(0, slash)) return std::pair<size_t, uint64_t>(i, unit);
  }
  return FieldError("page_token", "is none of this search; give the next_page_token of the page before");
}

absl::StatusOr<ConcordanceRun::Place> ConcordanceRun::FindPlace(const std::string& name) const {
  auto memory = state_.memories.find(name);
  if (memory == state_.memories.end()) {
    return WithReason(NotFound("memory \"" + name + "\" does not exist"), "MEMORY_NOT_FOUND");
  }
  Place place;
  place.memory = memory->second.get();
  for (const auto& [id, counts] : state_.tallies.at(place.memory->id)->locales) {
    const std::string tag = store_.LocaleTag(id);
    if (MatchLocale(plan_.source_locale, tag) != LocaleMatch::kNone) place.sources.push_back(id);
    if (plan_.target_locale.empty() || MatchLocale(plan_.target_locale, tag) != LocaleMatch::kNone) {
      place.targets.push_back(id);
    }
  }
  return place;
}

absl::Status ConcordanceRun::SearchMemory(const Place& place, uint64_t before) {
  if (Cancelled()) return StoppedError();
  ASSIGN_OR_RETURN(auto source, Rows(place, plan_.source.get(), place.sources, place.targets));
  ASSIGN_OR_RETURN(auto target, Rows(place, plan_.target.get(), place.targets, place.sources));
  const bool both = source != nullptr && target != nullptr;
  if (plan_.either ? !both : source == nullptr && target == nullptr) return ScanUnits(place, UINT64_MAX, &before);
  const uint64_t shared =
      (source == nullptr ? 0 : source->shared_rows()) + (target == nullptr ? 0 : target->shared_rows());
  if (shared > kManyShared) {
    // Each of them costs as much as a look at a unit, and what is in so many units is likely in the newest.
    RETURN_IF_ERROR(ScanUnits(place, kNewestUnits, &before));
    if (Full() || before == 0) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(auto by_source, UnitsOf(place, std::move(source), place.targets));
  ASSIGN_OR_RETURN(auto by_target, UnitsOf(place, std::move(target), place.sources));
  if (both) {
    return ReadUnits(place,
                     plan_.either ? EitherOf(std::move(by_source), std::move(by_target))
                                  : BothOf(std::move(by_source), std::move(by_target)),
                     before);
  }
  return ReadUnits(place, by_source != nullptr ? std::move(by_source) : std::move(by_target), before);
}

absl::StatusOr<std::unique_ptr<RowStream>> ConcordanceRun::Rows(const Place& place, const TextCondition* condition,
                                                                const std::vector<format::LocaleId>& locales,
                                                                const std::vector<format::LocaleId>& others) const {
  if (condition == nullptr || !condition->rows().has_value()) return std::unique_ptr<RowStream>();
  auto rows =
      std::make_unique<RowStream>(*condition->rows(), MaskOf(others), state_.sequence, *state_.snapshot, cancelled_);
  for (format::LocaleId locale : locales) {
    auto index = state_.locales.find({place.memory->id, locale});
    if (index != state_.locales.end()) RETURN_IF_ERROR(rows->Add(*index->second, store_.LocaleTag(locale)));
  }
  return rows;
}

absl::StatusOr<std::unique_ptr<UnitCandidates>> ConcordanceRun::UnitsOf(const Place& place,
                                                                        std::unique_ptr<RowStream> rows,
                                                                        const std::vector<format::LocaleId>& others) {
  if (rows == nullptr) return std::unique_ptr<UnitCandidates>();
  std::vector<uint64_t> segments, shared;
  RETURN_IF_ERROR(rows->FindShared(&segments));
  for (size_t i = 0; i < segments.size(); ++i) {
    if ((i & 255) == 0 && Cancelled()) return StoppedError();
    RETURN_IF_ERROR(reader_.FindUnits(place.memory->id, segments[i], others, &shared));
  }
  return UnitsOfRows(std::move(rows), std::move(shared));
}

absl::Status ConcordanceRun::ReadUnits(const Place& place, std::unique_ptr<UnitCandidates> candidates,
                                       uint64_t before) {
  constexpr size_t kMostAtOnce = 256;
  std::vector<uint64_t> units;
  std::vector<std::string> keys, values;
  size_t at_once = std::min(kMostAtOnce, wanted_ - hits_.size());
  for (uint64_t last = before; !Full();) {
    if (Cancelled()) return StoppedError();
    keys.clear();
    units.clear();
    while (last != 0 && units.size() < at_once) {
      ASSIGN_OR_RETURN(last, candidates->Next(last - 1));
      if (last == 0) break;
      units.push_back(last);
      keys.push_back(format::UnitKey(place.memory->id, last));
    }
    if (units.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<bool> found, state_.snapshot->MultiGet(KvTable::kUnits, keys, &values));
    const size_t hits_before = hits_.size();
    for (size_t i = 0; i < units.size() && !Full(); ++i) {
      if (!found[i]) {
        return DataLoss("the index names unit " + std::to_string(units[i]) + ", which is not there");
      }
      ASSIGN_OR_RETURN(Unit unit, store_.Decode(values[i]));
      candidates->Learn(unit);
      ConcordanceHit hit;
      if (IsHit(place, std::move(unit), &hit)) hits_.push_back(std::move(hit));
    }
    // Where few are hits, more are read together: neighbours cost little.
    if ((hits_.size() - hits_before) * 2 < units.size()) at_once = std::min(kMostAtOnce, at_once * 2);
  }
  return absl::OkStatus();
}

// Scans only go forward: the newest come first by a part at a time, each as large as all before it together.
absl::Status ConcordanceRun::ScanUnits(const Place& place, uint64_t most, uint64_t* before) {
  constexpr uint64_t kFirstPart = 128;
  auto scan = reprise::ScanUnits(state_, place.memory->id);
  uint64_t begin = 0;
  for (uint64_t end = *before; begin < end;) {  // the first number that no unit below *before has reached
    const uint64_t middle = begin + (end - begin) / 2;
    scan->Seek(format::UnitKey(place.memory->id, middle));
    if (scan->Valid()) {
      begin = middle + 1;
    } else {
      RETURN_IF_ERROR(scan->status());
      end = middle;
    }
  }
  *before = begin;
  std::deque<ConcordanceHit> found;
  for (uint64_t part = kFirstPart, looked = 0; looked < most && *before != 0 && !Full(); part *= 2) {
    begin = *before - std::min(*before, part);
    const size_t wanted = wanted_ - hits_.size();
    found.clear();
    for (scan->Seek(format::UnitKey(place.memory->id, begin)); scan->Valid(); scan->Next()) {
      if ((looked++ & 63) == 0 && Cancelled()) return StoppedError();
      ASSIGN_OR_RETURN(Unit unit, store_.Decode(scan->value()));
      if (unit.id >= *before) break;
      ConcordanceHit hit;
      if (!IsHit(place, std::move(unit), &hit)) continue;
      if (found.size() == wanted) found.pop_front();
      found.push_back(std::move(hit));
    }
    RETURN_IF_ERROR(scan->status());
    std::move(found.rbegin(), found.rend(), std::back_inserter(hits_));
    *before = begin;
  }
  return absl::OkStatus();
}

std::vector<Correspondence> ConcordanceRun::Guess(const std::vector<Place>& places) {
  const bool of_targets = plan_.source != nullptr;
  std::vector<const LocaleState*> background;
  for (const Place& place : places) {
    for (format::LocaleId locale : of_targets ? place.targets : place.sources) {
      auto index = state_.locales.find({place.memory->id, locale});
      if (index != state_.locales.end()) background.push_back(index->second.get());
    }
  }
  CorrespondenceGuess guess(std::move(background));
  for (const ConcordanceHit& hit : hits_) {
    guess.AddHit(of_targets ? hit.targets[0].variant.content.text : hit.source.text);
  }
  guess.Finish(state_.sequence);
  for (ConcordanceHit& hit : hits_) {
    if (!of_targets) hit.source_guessed = guess.RangesIn(hit.source.text);
    if (!of_targets) continue;
    for (ConcordanceTarget& target : hit.targets) target.guessed = guess.RangesIn(target.variant.content.text);
  }
  return guess.found();
}

bool ConcordanceRun::IsHit(const Place& place, Unit unit, ConcordanceHit* hit) const {
  const VariantStatus least = place.memory->min_status;
  for (size_t f = 0; f < unit.variants.size(); ++f) {
    const Variant& from = unit.variants[f];
    if (MatchLocale(plan_.source_locale, from.locale) == LocaleMatch::kNone) continue;
    std::vector<TextRange> source_ranges;
    const bool source = plan_.source != nullptr && plan_.source->Holds(from.content.text, &source_ranges);
    if (plan_.source != nullptr && !source && !plan_.either) continue;
    if (!source) source_ranges.clear();
    std::vector<ConcordanceTarget> targets;
    for (size_t t = 0; t < unit.variants.size(); ++t) {
      const Variant& to = unit.variants[t];
      if (t == f) continue;
      if (!plan_.target_locale.empty() && MatchLocale(plan_.target_locale, to.locale) == LocaleMatch::kNone) continue;
      if (!PassesFilter(options_.filter, unit, to)) continue;
      if (least != VariantStatus::kUnspecified && StatusRank(to.status) < StatusRank(least)) continue;
      std::vector<TextRange> ranges;
      const bool target = plan_.target != nullptr && plan_.target->Holds(to.content.text, &ranges);
      if (plan_.target != nullptr && !target && !(plan_.either && source)) continue;
      if (!target) ranges.clear();
      if (plan_.excluded != nullptr && plan_.excluded->Holds(to.content.text, nullptr)) continue;
      targets.push_back({.variant = to, .ranges = std::move(ranges), .guessed = {}});
    }
    if (targets.empty()) continue;
    hit->memory = place.memory->name;
    hit->unit = unit.id;
    hit->revision = unit.revision;
    hit->source_locale = from.locale;
    hit->source = from.content;
    hit->source_ranges = std::move(source_ranges);
    hit->targets = std::move(targets);
    return true;
  }
  return false;
}

}  // namespace reprise
