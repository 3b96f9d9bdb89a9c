// Parts of queries and completions as messages.
#include "server/convert.h"

namespace reprise {
namespace {

void RangeToProto(uint32_t begin, uint32_t end, v1::TextRange* out) {
  out->set_begin(begin);
  out->set_end(end);
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
