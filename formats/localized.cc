#include "formats/localized.h"

#include "absl/strings/str_cat.h"

namespace reprise {

const Proposal* FilledProposal(const LocalizedSentence& sentence) {
  if (sentence.proposals.empty()) return nullptr;
  const Proposal& first = sentence.proposals.front();
  return first.score >= kFillScore && !first.below_threshold ? &first : nullptr;
}

const std::string& SourceLocale(const Proposal& proposal, const LocalizedDocument& document) {
  return proposal.source_locale.empty() ? document.source_locale : proposal.source_locale;
}

const std::string& TargetLocale(const Proposal& proposal, const LocalizedDocument& document) {
  return proposal.target_locale.empty() ? document.target_locale : proposal.target_locale;
}

std::string DraftText(const LocalizedDocument& document) {
  std::string draft;
  for (const LocalizedSentence& sentence : document.sentences) {
    const Proposal* filled = FilledProposal(sentence);
    draft += sentence.before;
    draft += filled != nullptr ? filled->target : absl::StrCat("⟦", sentence.source, "⟧");
  }
  return draft + document.after;
}

std::string SentenceId(const LocalizedSentence& sentence) {
  return absl::StrCat("p", sentence.paragraph, "-s", sentence.sentence);
}

}  // namespace reprise
