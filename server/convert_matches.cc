// What the service Matches answers, as messages.
#include "server/convert.h"

namespace reprise {
namespace {

void RangeToProto(uint32_t begin, uint32_t end, v1::TextRange* out) {
  out->set_begin(begin);
  out->set_end(end);
}

void RangesToProto(const std::vector<TextRange>& in, google::protobuf::RepeatedPtrField<v1::TextRange>* out) {
  for (const TextRange& range : in) RangeToProto(range.begin, range.end, out->Add());
}

}  // namespace

void PartsToProto(const Match& in, v1::Match* out) {
  out->set_assembled(in.assembled);
  for (const MatchPart& part : in.parts) {
    v1::MatchPart* target = out->add_parts();
    RangeToProto(part.query_begin, part.query_end, target->mutable_query_range());
    RangeToProto(part.target_begin, part.target_end, target->mutable_target_range());
    target->set_score(part.score);
    if (part.unit == 0) continue;
    *target->mutable_source() = ToProto(part.source);
    target->set_memory(MemoryName(part.memory));
    target->set_unit(UnitName(part.memory, part.unit));
    target->set_revision(part.revision);
  }
}

void FragmentsToProto(const LookupResult& in, v1::LookupResponse* out) {
  out->set_not_assembled(in.not_assembled);
  out->set_sentences_cut(in.sentences_cut);
  out->set_fragments_searched(in.fragments_searched);
  out->set_fragments_cut(in.fragments_cut);
  out->set_shared_parts_cut(in.shared_parts_cut);
  for (const Fragment& fragment : in.fragments) {
    v1::Fragment* target = out->add_fragments();
    RangeToProto(fragment.query_begin, fragment.query_end, target->mutable_query_range());
    *target->mutable_match() = ToProto(fragment.match);
  }
  for (const SharedPart& part : in.shared_parts) {
    v1::SharedPart* target = out->add_shared_parts();
    RangeToProto(part.query_begin, part.query_end, target->mutable_query_range());
    for (const SharedExample& example : part.examples) {
      v1::SharedExample* added = target->add_examples();
      *added->mutable_source() = ToProto(example.source);
      RangeToProto(example.source_begin, example.source_end, added->mutable_source_range());
      added->set_source_locale(example.source_locale);
      *added->mutable_target() = ToProto(example.target);
      added->set_memory(MemoryName(example.memory));
      added->set_unit(UnitName(example.memory, example.unit));
      added->set_revision(example.revision);
    }
  }
}

v1::Match ToProto(const Match& in) {
  v1::Match out;
  out.set_score(in.score);
  out.set_base(in.base.base);
  out.set_band(static_cast<v1::Band>(in.base.band));
  out.set_relevance(in.relevance);
  out.set_below_threshold(in.below_threshold);
  *out.mutable_source() = ToProto(in.source);
  *out.mutable_target() = ToProto(in.target);
  out.set_source_locale(in.source_locale);
  if (in.assembled) {
    PartsToProto(in, &out);
  } else {
    out.set_memory(MemoryName(in.memory));
    out.set_unit(UnitName(in.memory, in.unit));
  }
  if (in.sentence.number != 0) {
    out.mutable_sentence()->set_number(in.sentence.number);
    out.mutable_sentence()->set_count(in.sentence.count);
  }
  out.set_revision(in.revision);
  out.set_unit_count(in.unit_count);
  for (const std::string& locale : in.stored_locales) out.add_stored_locales(locale);
  out.mutable_agreement()->set_key(in.agreement.key);
  out.mutable_agreement()->set_neighbours(in.agreement.neighbours);
  out.mutable_agreement()->set_partial_neighbours(in.agreement.partial_neighbours);
  if (in.context != Context()) *out.mutable_context() = ToProto(in.context);
  out.set_fallback(in.fallback);
  out.set_reverse(in.reverse);
  out.set_plural_changed(in.plural_changed);
  for (const std::string& folded : in.base.folded) out.add_folded(folded);
  for (const Penalty& penalty : in.penalties) {
    v1::Penalty* target = out.add_penalties();
    target->set_name(penalty.name);
    target->set_points(penalty.points);
    target->set_detail(penalty.detail);
    target->set_source(static_cast<v1::PenaltySource>(penalty.source));
  }
  for (const Edit& edit : in.edits) {
    v1::Edit* target = out.add_edits();
    target->set_kind(static_cast<v1::Edit::Kind>(edit.kind));
    target->set_query_begin(edit.query_begin);
    target->set_query_end(edit.query_end);
    target->set_stored_begin(edit.stored_begin);
    target->set_stored_end(edit.stored_end);
  }
  for (const Substitution& change : in.substitutions) {
    v1::Substitution* target = out.add_substitutions();
    target->set_query_text(change.query_text);
    target->set_stored_text(change.stored_text);
    target->set_target_before(change.target_before);
    target->set_target_after(change.target_after);
    target->set_target_begin(change.target_begin);
    target->set_target_end(change.target_end);
    target->set_refused(change.refused);
  }
  out.set_shared_letters(in.base.shared);
  out.set_max_letters(in.base.max_weight);
  if (in.pivot != nullptr) {
    out.set_pivot(true);
    *out.mutable_pivot_link()->mutable_text() = ToProto(in.pivot->text);
    out.mutable_pivot_link()->set_locale(in.pivot->locale);
    out.mutable_pivot_link()->set_source_unit(UnitName(in.memory, in.pivot->source_unit));
  }
  return out;
}

namespace {

void PlanToProto(const LookupPlan& in, v1::LookupPlan* out) {
  out->set_indexes(in.indexes);
  out->set_runs(in.runs);
  out->set_delta_rows(in.delta_rows);
  out->set_exact(in.exact);
  out->set_deepest(in.deepest);
  out->set_fill_cut(in.fill_cut);
  out->set_ties_cut(in.ties_cut);
  out->set_lists(in.lists);
  out->set_postings(in.postings);
  out->set_candidates(in.candidates);
  out->set_rows(in.rows);
  out->set_aligned(in.aligned);
  out->set_hits(in.hits);
  out->set_segments_read(in.segments_read);
  out->set_counted(in.counted);
  out->set_pages_loaded(in.pages_loaded);
  out->set_points_us(in.points_us);
  out->set_search_us(in.search_us);
  out->set_read_us(in.read_us);
  out->set_select_us(in.select_us);
}

}  // namespace

v1::LookupResponse ToProto(const LookupResult& in, const LookupOptions& options) {
  v1::LookupResponse out;
  for (const Match& match : in.matches) *out.add_matches() = ToProto(match);
  if (options.want_total) out.set_total(in.total);
  if (options.want_plan) PlanToProto(in.plan, out.mutable_plan());
  out.set_sequence(in.sequence);
  FragmentsToProto(in, &out);
  return out;
}

v1::ConcordanceHit ToProto(const ConcordanceHit& in) {
  v1::ConcordanceHit out;
  out.set_memory(MemoryName(in.memory));
  out.set_unit(UnitName(in.memory, in.unit));
  out.set_revision(in.revision);
  out.set_source_locale(in.source_locale);
  *out.mutable_source() = ToProto(in.source);
  RangesToProto(in.source_ranges, out.mutable_source_ranges());
  RangesToProto(in.source_guessed, out.mutable_guessed_source_ranges());
  for (const ConcordanceTarget& target : in.targets) {
    v1::ConcordanceTarget* added = out.add_targets();
    *added->mutable_variant() = ToProto(target.variant);
    RangesToProto(target.ranges, added->mutable_ranges());
    RangesToProto(target.guessed, added->mutable_guessed_ranges());
  }
  return out;
}

absl::Status FromProto(const v1::SuggestOptions& in, SuggestOptions* out) {
  if (in.has_max_results()) out->max_results = in.max_results();
  if (in.has_threshold()) out->threshold = in.threshold();
  RETURN_IF_ERROR(FromProto(in.penalties(), &out->penalties));
  return in.has_filter() ? WithField(FromProto(in.filter(), &out->filter), "filter") : absl::OkStatus();
}

v1::SuggestResponse ToProto(const SuggestResult& in) {
  v1::SuggestResponse out;
  for (const Completion& completion : in.completions) {
    v1::Completion* target = out.add_completions();
    target->set_append(completion.append);
    target->set_text(completion.text);
    target->set_whole(completion.whole);
    target->set_words(completion.words);
    target->set_origin(static_cast<v1::CompletionOrigin>(completion.origin));
    target->set_score(completion.score);
    target->set_memory(MemoryName(completion.memory));
    target->set_unit(UnitName(completion.memory, completion.unit));
    target->set_revision(completion.revision);
  }
  out.set_sequence(in.sequence);
  return out;
}

}  // namespace reprise
