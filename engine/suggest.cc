#include "engine/suggest.h"

#include <algorithm>
#include <utility>

#include "engine/fragments.h"
#include "engine/lookup.h"
#include "storage/segment_reader.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// Matches whose targets are used. Below kFillBelow they are what a bounded search finds.
constexpr int kMatches = 8;
constexpr int kFillBelow = 70;
// Stored targets that are read because they begin with what was typed.
constexpr size_t kTargets = 32;
constexpr size_t kLeastLetters = 2;

// Appends the texts of the place's locale that begin with `prefix`, in key form, and that the caller may see: they pass
// the filter and have the memory's status.
void AddTargets(const SearchPlace& place, const Unit& unit, const UnitFilter& filter, std::string_view source_locale,
                std::string_view prefix, std::vector<CompletionOffer>* offers) {
  const VariantStatus least = place.memory->min_status;
  for (const Variant& target : unit.variants) {
    if (target.locale != place.locale_tag || !PassesFilter(filter, unit, target)) continue;
    if (least != VariantStatus::kUnspecified && StatusRank(target.status) < StatusRank(least)) continue;
    if (KeyForm(target.content.text).compare(0, prefix.size(), prefix) != 0) continue;
    const bool has_source = std::any_of(unit.variants.begin(), unit.variants.end(), [&](const Variant& source) {
      return &source != &target && MatchLocale(source_locale, source.locale) != LocaleMatch::kNone;
    });
    if (!has_source) continue;
    offers->push_back({target.content.text, CompletionOrigin::kMemory, 0, place.ref->name, unit.id, unit.revision});
  }
}

CompletionOffer OfferOf(const Match& match, CompletionOrigin origin) {
  return {match.target.content.text, origin, match.score, match.memory, match.unit, match.revision};
}

}  // namespace

absl::Status CheckSuggest(std::string_view typed, const SuggestOptions& options) {
  if (typed.size() > kMaxTypedBytes) {
    return WithField(ResourceExhausted("has " + std::to_string(typed.size()) + " bytes; at most " +
                                       std::to_string(kMaxTypedBytes) + " are taken"),
                     "prefix");
  }
  RETURN_IF_ERROR(WithField(ValidateUtf8(typed), "prefix"));
  if (options.threshold < 1 || options.threshold > 100) {
    return FieldError("threshold", "is " + std::to_string(options.threshold) + "; it must be from 1 to 100");
  }
  if (options.max_results < 1 || options.max_results > kMaxCompletions) {
    return FieldError("max_results", "is " + std::to_string(options.max_results) + "; it must be from 1 to " +
                                         std::to_string(kMaxCompletions));
  }
  return absl::OkStatus();
}

SuggestRun::SuggestRun(const UnitStore& store, const StoreState& state, const Query& query,
                       const SuggestOptions& options, const CancelCheck& cancelled)
    : store_(store), state_(state), query_(query), options_(options), cancelled_(cancelled) {}

absl::StatusOr<SuggestResult> SuggestRun::Execute(const std::vector<MemoryRef>& memories, std::string_view typed,
                                                  SuggestCache* cache) {
  SuggestCache own;
  if (cache == nullptr) cache = &own;
  SuggestOptions asked = options_;
  asked.max_results = 0;  // makes no difference to what is found
  const bool known = cache->filled_ && cache->sequence_ == state_.sequence && cache->memories_ == memories &&
                     cache->query_ == query_ && cache->options_ == asked;
  if (!known) {
    cache->filled_ = false;
    ASSIGN_OR_RETURN(cache->offers_, FindOffers(memories));
    cache->sequence_ = state_.sequence;
    cache->memories_ = memories;
    cache->query_ = query_;
    cache->options_ = std::move(asked);
    cache->filled_ = true;
  }
  const auto most = static_cast<size_t>(options_.max_results);
  SuggestResult result;
  result.sequence = state_.sequence;
  result.completions = RankCompletions(cache->offers_, typed, query_.target_locale, most);
  if (!result.completions.empty()) return result;
  ASSIGN_OR_RETURN(const std::vector<CompletionOffer> targets, FindTargets(memories, typed));
  result.completions = RankCompletions(targets, typed, query_.target_locale, most);
  return result;
}

absl::StatusOr<std::vector<CompletionOffer>> SuggestRun::FindOffers(const std::vector<MemoryRef>& memories) const {
  LookupOptions options;
  options.threshold = std::max(options_.threshold, kFillBelow);
  options.floor = options_.threshold;
  options.max_results = kMatches;
  options.penalties = options_.penalties;
  options.filter = options_.filter;
  ASSIGN_OR_RETURN(LookupResult found, LookupRun(store_, state_, query_, options, cancelled_).Execute(memories));
  RETURN_IF_ERROR(FragmentRun(store_, state_, query_, options, cancelled_).Execute(memories, &found));
  std::vector<CompletionOffer> offers;
  for (const Match& match : found.matches) offers.push_back(OfferOf(match, CompletionOrigin::kMatch));
  for (const Fragment& fragment : found.fragments) {
    offers.push_back(OfferOf(fragment.match, CompletionOrigin::kFragment));
  }
  return offers;
}

absl::StatusOr<std::vector<CompletionOffer>> SuggestRun::FindTargets(const std::vector<MemoryRef>& memories,
                                                                     std::string_view typed) const {
  std::vector<CompletionOffer> offers;
  const std::string prefix = KeyForm(typed);
  if (CodePointCount(prefix) < kLeastLetters || prefix.size() > format::kLongKeyPrefix) return offers;
  // Asked the other way round: the targets are what is searched, the sources what the unit must have too.
  ASSIGN_OR_RETURN(const std::vector<SearchPlace> places,
                   FindSearchPlaces(store_, state_, memories, query_.target_locale, query_.source_locale,
                                    /*other_scripts=*/false));
  SegmentReader reader(state_);
  for (const SearchPlace& place : places) {
    std::vector<uint64_t> segments, units;
    RETURN_IF_ERROR(reader.FindStartingWith(place.memory->id, place.locale, prefix, kTargets, &segments));
    std::vector<WantedUnit> wanted;
    for (uint64_t segment : segments) {
      units.clear();
      RETURN_IF_ERROR(reader.FindUnits(place.memory->id, segment, place.targets, &units));
      // Units of one segment have the same text: the newest will do, and one more where the filter is against it.
      for (size_t i = units.size(); i > 0 && i + 2 > units.size(); --i)
        wanted.push_back({&place, segment, units[i - 1]});
    }
    RETURN_IF_ERROR(ReadWantedUnits(store_, state_, wanted, cancelled_, [&](const WantedUnit& one, const Unit& unit) {
      AddTargets(*one.place, unit, options_.filter, query_.source_locale, prefix, &offers);
      return absl::OkStatus();
    }));
  }
  return offers;
}

}  // namespace reprise
