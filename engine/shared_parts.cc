#include "engine/shared_parts.h"

#include <algorithm>
#include <map>
#include <set>

#include "match/select.h"

namespace reprise {
namespace {

// What the search may cost: some 20 ms.
constexpr uint64_t kSharedEffort = 1 << 18;

bool Counts(const Token& token) { return token.cls != TokenClass::kCode && token.weight > 0; }

bool Alike(const Token& a, const Token& b) { return a.cls == b.cls && (IsPlaceable(a.cls) || a.key == b.key); }

// Where the tokens [begin, end) of the query stand first in the text, in code points; false if they do not.
bool FindTokens(const std::vector<Token>& query, uint32_t begin, uint32_t end, const Content& content,
                SharedExample* out) {
  std::vector<Token> tokens;
  for (Token& token : Tokenize(content)) {
    if (Counts(token)) tokens.push_back(std::move(token));
  }
  const auto at = std::search(tokens.begin(), tokens.end(), query.begin() + begin, query.begin() + end, Alike);
  if (at == tokens.end()) return false;
  out->source_begin = at->begin;
  out->source_end = (at + (end - begin - 1))->end;
  return true;
}

}  // namespace

SharedPartsRun::SharedPartsRun(const UnitStore& store, const StoreState& state, const Query& query,
                               const LookupOptions& options, const CancelCheck& cancelled)
    : store_(store),
      state_(state),
      query_(query),
      options_(options),
      cancelled_(cancelled),
      pages_(store.page_cache().Enter()),
      reader_(state) {
  for (Token& token : Tokenize(query.content)) {
    if (Counts(token)) tokens_.push_back(std::move(token));
  }
  long_ = tokens_.size() > kMaxSharedTokens;
  if (long_) tokens_.resize(kMaxSharedTokens);
}

absl::Status SharedPartsRun::Execute(const std::vector<MemoryRef>& memories, LookupResult* result) {
  ASSIGN_OR_RETURN(places_, FindSearchPlaces(store_, state_, memories, query_.source_locale, query_.target_locale,
                                             options_.other_scripts));
  result->shared_parts_cut = long_;
  ASSIGN_OR_RETURN(const std::vector<Part> parts, FindParts(result));
  auto within = [&](uint32_t begin, uint32_t end) {
    const auto holds = [=](const auto& outer) { return outer.query_begin <= begin && end <= outer.query_end; };
    return std::any_of(result->shared_parts.begin(), result->shared_parts.end(), holds) ||
           std::any_of(result->fragments.begin(), result->fragments.end(), holds);
  };
  for (const Part& part : parts) {
    if (result->shared_parts.size() == kMaxSharedParts) break;
    SharedPart out{tokens_[part.begin].begin, tokens_[part.end - 1].end, {}};
    if (within(out.query_begin, out.query_end)) continue;
    RETURN_IF_ERROR(ReadExamples(part, result, &out));
    if (!out.examples.empty()) result->shared_parts.push_back(std::move(out));
  }
  return absl::OkStatus();
}

// All parts, those of most letters first, so that what holds another comes before it.
absl::StatusOr<std::vector<SharedPartsRun::Part>> SharedPartsRun::FindParts(LookupResult* result) {
  std::map<std::pair<uint32_t, uint32_t>, Part> by_range;
  SearchEffort effort{kSharedEffort};
  std::vector<SharedRun> runs;
  for (const SearchPlace& place : places_) {
    runs.clear();
    RETURN_IF_ERROR(FindSharedRuns(*place.index, tokens_, kLeastSharedWords, place.target_mask, state_.sequence,
                                   *state_.snapshot, cancelled_, &effort, &runs));
    for (const SharedRun& run : runs) {
      Part& part = by_range[{run.begin, run.end}];
      part.begin = run.begin;
      part.end = run.end;
      part.found.emplace_back(&place, run);
    }
  }
  if (effort.left == 0) result->shared_parts_cut = true;
  std::vector<Part> parts;
  for (auto& [range, part] : by_range) {
    for (uint32_t i = part.begin; i < part.end; ++i) part.letters += tokens_[i].weight;
    parts.push_back(std::move(part));
  }
  std::stable_sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.letters > b.letters; });
  return parts;
}

absl::Status SharedPartsRun::ReadExamples(const Part& part, LookupResult* result, SharedPart* out) {
  constexpr size_t kAtOnce = 16;
  std::vector<WantedUnit> wanted;
  std::vector<uint64_t> ids;
  for (const auto& [place, run] : part.found) {
    ids.assign(1, format::OwnerOf(run.segment));
    if ((run.mask & kSeveralUnits) != 0) {
      ids.clear();
      RETURN_IF_ERROR(reader_.FindUnits(place->memory->id, run.segment, place->targets, &ids));
    }
    for (uint64_t id : ids) wanted.push_back({place, run.segment, id});
  }
  // By memory, the newest first.
  std::sort(wanted.begin(), wanted.end(), [](const WantedUnit& a, const WantedUnit& b) {
    if (a.place->ref != b.place->ref) return a.place->ref < b.place->ref;
    return a.unit != b.unit ? a.unit > b.unit : a.segment < b.segment;
  });
  for (size_t begin = 0; begin < wanted.size() && out->examples.size() < kMaxSharedExamples; begin += kAtOnce) {
    const std::vector<WantedUnit> some(
        wanted.begin() + static_cast<ptrdiff_t>(begin),
        wanted.begin() + static_cast<ptrdiff_t>(std::min(wanted.size(), begin + kAtOnce)));
    if (units_read_ + some.size() > kMaxSharedUnits) {
      result->shared_parts_cut = true;
      return absl::OkStatus();
    }
    units_read_ += some.size();
    RETURN_IF_ERROR(ReadWantedUnits(store_, state_, some, cancelled_, [&](const WantedUnit& one, const Unit& unit) {
      return AddExamples(part, one, unit, out);
    }));
  }
  return absl::OkStatus();
}

absl::Status SharedPartsRun::AddExamples(const Part& part, const WantedUnit& wanted, const Unit& unit,
                                         SharedPart* out) const {
  ForEachPair(
      *wanted.place, query_.target_locale, options_.other_scripts, options_.filter, unit, [&](size_t from, size_t to) {
        if (out->examples.size() == kMaxSharedExamples) return;
        SharedExample example;
        const Content& source = unit.variants[from].content;
        const Variant& target = unit.variants[to];
        if (!FindTokens(tokens_, part.begin, part.end, source, &example)) return;
        const bool known = std::any_of(out->examples.begin(), out->examples.end(), [&](const SharedExample& other) {
          return PairKey(other.source, other.target.content) == PairKey(source, target.content);
        });
        if (known) return;
        example.source = source;
        example.source_locale = unit.variants[from].locale;
        example.target = target;
        example.memory = wanted.place->ref->name;
        example.unit = unit.id;
        example.revision = unit.revision;
        out->examples.push_back(std::move(example));
      });
  return absl::OkStatus();
}

}  // namespace reprise
