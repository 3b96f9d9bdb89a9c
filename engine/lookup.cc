#include "engine/lookup.h"

#include <algorithm>

#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {

LookupRun::LookupRun(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
                     const CancelCheck& cancelled)
    : store_(store),
      state_(state),
      query_(query),
      options_(options),
      cancelled_(cancelled),
      tokenized_(query.content),
      grams_(tokenized_.key_form) {}

absl::StatusOr<LookupResult> LookupRun::Execute(const std::vector<MemoryRef>& memories) {
  RETURN_IF_ERROR(FindSources(memories));
  RETURN_IF_ERROR(ReadExact());
  RETURN_IF_ERROR(ReadFuzzy());
  LookupResult result;
  SelectMatches(std::move(candidates_), options_, &result);
  for (Match& match : result.matches) match.edits = ExplainEdits(tokenized_, TokenizedContent(match.source));
  result.sequence = state_.sequence;
  return result;
}

absl::Status LookupRun::FindSources(const std::vector<MemoryRef>& memories) {
  for (const MemoryRef& ref : memories) {
    auto memory = state_.memories.find(ref.name);
    if (memory == state_.memories.end()) {
      return WithReason(NotFound("memory \"" + ref.name + "\" does not exist"), "MEMORY_NOT_FOUND");
    }
    const MemoryTally& tally = *state_.tallies.at(memory->second->id);
    std::vector<format::LocaleId> targets;
    uint64_t mask = 0;
    for (const auto& [id, counts] : tally.locales) {
      if (MatchLocale(query_.target_locale, store_.LocaleTag(id)) == LocaleMatch::kNone) continue;
      targets.push_back(id);
      mask |= LocaleBit(id);
    }
    if (targets.empty()) continue;
    for (const auto& [id, counts] : tally.locales) {
      std::string tag = store_.LocaleTag(id);
      if (MatchLocale(query_.source_locale, tag) == LocaleMatch::kNone) continue;
      auto index = state_.locales.find({memory->second->id, id});
      if (index == state_.locales.end()) continue;
      Source source;
      source.ref = &ref;
      source.memory = memory->second.get();
      source.tally = &tally;
      source.locale = id;
      source.locale_tag = std::move(tag);
      source.index = index->second;
      source.targets = targets;
      source.target_mask = mask;
      sources_.push_back(std::move(source));
    }
  }
  return absl::OkStatus();
}

absl::Status LookupRun::ReadExact() {
  std::vector<Candidate> found;
  for (size_t i = 0; i < sources_.size(); ++i) {
    Source& source = sources_[i];
    format::MemoryId memory = source.memory->id;
    std::vector<uint64_t> segments;
    std::string value;
    ASSIGN_OR_RETURN(
        bool exact,
        state_.snapshot->Get(KvTable::kSegments, format::ExactKey(memory, source.locale, tokenized_.key_form), &value));
    if (exact) segments.push_back(format::ReadU64(value));
    if (!tokenized_.bare_form.empty()) {
      std::string prefix = format::BarePrefix(memory, source.locale, tokenized_.bare_form);
      auto scan = state_.snapshot->Scan(KvTable::kSegments, prefix);
      for (; scan->Valid(); scan->Next()) segments.push_back(format::ReadU64(scan->key().substr(prefix.size())));
      RETURN_IF_ERROR(scan->status());
    }
    for (uint64_t segment : segments) {
      if (Cancelled()) return reprise::Cancelled("the lookup was cancelled");
      if (source.seen.insert(segment).second) RETURN_IF_ERROR(ReadSegment(i, segment, nullptr, &found));
    }
  }
  Append(std::move(found));
  return absl::OkStatus();
}

absl::Status LookupRun::ReadFuzzy() {
  // The best-K descent: few rows reach a high percent, and once enough matches are found none below can displace them.
  // A total needs all of them at once.
  int lowest = LowestScore(options_);
  std::vector<int> levels;
  if (!options_.want_total) {
    for (int level = 90; level > options_.threshold; level -= 10) levels.push_back(level);
  }
  levels.push_back(options_.threshold);
  for (int level = options_.threshold - 10; level > lowest; level -= 10) levels.push_back(level);
  if (lowest < options_.threshold) levels.push_back(lowest);
  for (int level : levels) {
    std::vector<Hit> hits;
    RETURN_IF_ERROR(SearchLevel(level, &hits));
    std::sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) {
      return Percent(a.row.shared, a.row.max_weight) > Percent(b.row.shared, b.row.max_weight);
    });
    bool all = options_.want_total && level >= options_.threshold;
    for (size_t begin = 0; begin < hits.size();) {
      int percent = Percent(hits[begin].row.shared, hits[begin].row.max_weight);
      // What is not read yet has this base at most, so matches above it are final.
      if (!all && Enough(std::min(94, percent) + 1)) return absl::OkStatus();
      std::vector<Candidate> fresh;
      size_t end = begin;
      for (; end < hits.size() && Percent(hits[end].row.shared, hits[end].row.max_weight) == percent; ++end) {
        if (Cancelled()) return reprise::Cancelled("the lookup was cancelled");
        RETURN_IF_ERROR(ReadSegment(hits[end].source, hits[end].row.segment, &hits[end].row, &fresh));
        sources_[hits[end].source].seen.insert(hits[end].row.segment);
      }
      Append(std::move(fresh));
      begin = end;
    }
    if (Enough(level)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status LookupRun::SearchLevel(int percent, std::vector<Hit>* hits) {
  static thread_local RunScratch scratch;
  std::vector<RowHit> rows;
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    IndexQuery index_query(tokenized_.tokens, *source.index->vocabulary);
    RowFilter filter(index_query, percent);
    rows.clear();
    bool done = true;
    for (const auto& run : source.index->runs) {
      done = done && run->Search(&filter, state_.sequence, source.target_mask, &scratch, cancelled_, &rows);
    }
    done = done && source.index->delta->Search(&filter, source.index->delta_rows, state_.sequence, source.target_mask,
                                               cancelled_, &rows);
    if (!done) return reprise::Cancelled("the lookup was cancelled");
    for (const RowHit& row : rows) {
      if (source.seen.count(row.segment) == 0) hits->push_back({i, row});
    }
  }
  return absl::OkStatus();
}

absl::Status LookupRun::ReadSegment(size_t source_index, uint64_t segment, const RowHit* row,
                                    std::vector<Candidate>* out) {
  const Source& source = sources_[source_index];
  std::string prefix = format::LinkPrefix(source.memory->id, segment);
  std::vector<std::string> keys;
  auto scan = state_.snapshot->Scan(KvTable::kSegments, prefix);
  for (; scan->Valid(); scan->Next()) {
    std::string_view locales = scan->value();
    bool wanted = false;
    for (; locales.size() >= 4 && !wanted; locales.remove_prefix(4)) {
      wanted = std::binary_search(source.targets.begin(), source.targets.end(), format::ReadU32(locales));
    }
    if (wanted) {
      keys.push_back(format::UnitKey(source.memory->id, format::ReadU64(scan->key().substr(prefix.size()))));
    }
  }
  RETURN_IF_ERROR(scan->status());
  if (keys.empty()) return absl::OkStatus();
  std::vector<std::string> values;
  ASSIGN_OR_RETURN(std::vector<bool> found, state_.snapshot->MultiGet(KvTable::kUnits, keys, &values));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!found[i]) return DataLoss("segment " + std::to_string(segment) + " names a unit that is not there");
    ASSIGN_OR_RETURN(Unit unit, store_.Decode(values[i]));
    RETURN_IF_ERROR(AddUnit(source, segment, unit, row, out));
  }
  return absl::OkStatus();
}

BaseScore LookupRun::ScoreOf(const Content& source, const RowHit* row, const ContextAgreement& agreement) {
  if (row != nullptr) {
    // Neither key form nor bare form is the query's: the words differ, and the index has aligned them.
    BaseScore score;
    score.base = std::min(94, Percent(row->shared, row->max_weight));
    score.shared = row->shared;
    score.max_weight = row->max_weight;
    return score;
  }
  std::string content_key = ContentKey(source);
  auto it = stored_.find(content_key);
  if (it == stored_.end()) it = stored_.emplace(std::move(content_key), TokenizedContent(source)).first;
  return ScorePair(tokenized_, it->second, agreement);
}

absl::Status LookupRun::AddUnit(const Source& source, uint64_t segment, const Unit& unit, const RowHit* row,
                                std::vector<Candidate>* out) {
  auto in_locale = [&source](const Variant& v) { return v.locale == source.locale_tag; };
  // A unit may hold several texts of one locale; only those of this segment count here.
  std::string segment_key;
  if (std::count_if(unit.variants.begin(), unit.variants.end(), in_locale) > 1) {
    ASSIGN_OR_RETURN(segment_key, store_.SegmentKeyForm(*state_.snapshot, source.memory->id, source.locale, segment));
  }
  for (const Variant& from : unit.variants) {
    if (!in_locale(from)) continue;
    std::string key_form = KeyForm(from.content.text);
    if (!segment_key.empty() && key_form != segment_key) continue;
    ContextAgreement agreement;
    BestContext(query_, unit, from, &agreement);
    BaseScore base = ScoreOf(from.content, row, agreement);
    double relevance = Relevance(base.shared, base.max_weight, Dice(grams_, CharGrams(key_form)));
    for (const Variant& to : unit.variants) {
      if (&to == &from || MatchLocale(query_.target_locale, to.locale) == LocaleMatch::kNone) continue;
      if (!PassesFilter(options_.filter, unit, to)) continue;
      VariantStatus least = source.memory->min_status;
      if (least != VariantStatus::kUnspecified && StatusRank(to.status) < StatusRank(least)) continue;
      Candidate candidate = MakeCandidate(query_, unit, from, to, *source.ref, key_form, base);
      candidate.match.relevance = relevance;
      out->push_back(std::move(candidate));
    }
  }
  return absl::OkStatus();
}

void LookupRun::Append(std::vector<Candidate> fresh) {
  ApplyPenalties(query_.target_locale, options_.penalties, &fresh);
  std::move(fresh.begin(), fresh.end(), std::back_inserter(candidates_));
}

bool LookupRun::Enough(int score) const {
  size_t wanted =
      options_.order == MatchOrder::kRelevance ? RelevancePool(options_) : static_cast<size_t>(options_.max_results);
  if (candidates_.size() < wanted) return false;
  std::set<std::string> pairs;
  std::map<std::string_view, size_t> of_segment;
  size_t count = 0;
  for (const Candidate& c : candidates_) {
    if (c.match.score < score || !Qualifies(c.match, options_)) continue;
    if (!pairs.insert(ContentKey(c.match.source) + '\0' + ContentKey(c.match.target.content)).second) continue;
    if (++of_segment[c.segment_key] <= kMaxPerSegment) ++count;
  }
  return count >= wanted;
}

}  // namespace reprise
