#include "formats/localized.h"

#include <algorithm>

namespace reprise {
namespace {

// A message of many plural forms takes each from where it is that form; the first may be any translation of its text.
bool IsForm(const std::optional<uint32_t>& form, const Proposal& proposal) {
  if (!form.has_value() || (*form == 0 && proposal.forms.empty())) return true;
  return std::find(proposal.forms.begin(), proposal.forms.end(), *form) != proposal.forms.end();
}

FillReason WhyNot(const DocumentSegment& segment, const Proposal& proposal,
                  const std::function<bool(const Content&)>& can_hold) {
  if (proposal.draft) return FillReason::kDraft;
  if (proposal.machine) return FillReason::kMachine;
  if (proposal.plural_changed || !IsForm(segment.form, proposal)) return FillReason::kPluralChanged;
  if (proposal.pivot) return FillReason::kPivot;
  return can_hold == nullptr || can_hold(proposal.target) ? FillReason::kFilled : FillReason::kFormat;
}

}  // namespace

const char* FillReasonWord(FillReason reason) {
  switch (reason) {
    case FillReason::kFilled: return "filled";
    case FillReason::kLocked: return "locked";
    case FillReason::kTranslated: return "translated";
    case FillReason::kNoMatch: return "no-match";
    case FillReason::kBelowLimit: return "below-limit";
    case FillReason::kDraft: return "draft";
    case FillReason::kMachine: return "machine";
    case FillReason::kPluralChanged: return "plural-changed";
    case FillReason::kPivot: return "pivot";
    case FillReason::kFormat: return "format";
  }
  return "";
}

FillDecision DecideFill(const LocalizedSentence& sentence, int limit,
                        const std::function<bool(const Content&)>& can_hold) {
  if (sentence.segment.locked) return {FillReason::kLocked, nullptr};
  if (sentence.segment.translated) return {FillReason::kTranslated, nullptr};
  std::vector<const Proposal*> candidates;
  for (const Proposal& proposal : sentence.proposals) {
    if (proposal.score >= limit && !proposal.below_threshold) candidates.push_back(&proposal);
  }
  if (candidates.empty()) {
    return {sentence.proposals.empty() ? FillReason::kNoMatch : FillReason::kBelowLimit, nullptr};
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Proposal* a, const Proposal* b) { return a->score > b->score; });
  FillReason first = FillReason::kFilled;
  for (const Proposal* candidate : candidates) {
    const FillReason reason = WhyNot(sentence.segment, *candidate, can_hold);
    if (reason == FillReason::kFilled) return {FillReason::kFilled, candidate};
    if (first == FillReason::kFilled) first = reason;
  }
  return {first, nullptr};
}

SegmentDraft DraftOf(const FillDecision& decision, SegmentDraft::Kind otherwise) {
  SegmentDraft draft;
  draft.kind = otherwise;
  if (decision.proposal == nullptr) return draft;
  draft.kind = SegmentDraft::Kind::kFill;
  draft.target = decision.proposal->target;
  draft.score = decision.proposal->score;
  draft.by_key = decision.proposal->key_agrees;
  draft.stored_source = decision.proposal->source.text;
  draft.origin = decision.proposal->memory;
  return draft;
}

const std::string& SourceLocale(const Proposal& proposal, const LocalizedDocument& document) {
  return proposal.source_locale.empty() ? document.source_locale : proposal.source_locale;
}

const std::string& TargetLocale(const Proposal& proposal, const LocalizedDocument& document) {
  return proposal.target_locale.empty() ? document.target_locale : proposal.target_locale;
}

}  // namespace reprise
