// A localized document: its sentences with the proposals that a memory had for them. What xliff_writer.h and
// html_report.h write; plain values, independent of how the proposals were found.
//
//   LocalizedDocument document{.original = "article.txt", .source_locale = "en", .target_locale = "zh-CN"};
//   document.sentences.push_back({.segment = {.paragraph = 1, .sentence = 1, .source = {"Good morning."}}});
//   FillDecision fill = DecideFill(document.sentences[0], kFillScore);   // kNoMatch
//
// Safe to call concurrently.
#ifndef REPRISE_FORMATS_LOCALIZED_H_
#define REPRISE_FORMATS_LOCALIZED_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "formats/document.h"
#include "text/segment.h"

namespace reprise {

// A match of at least this score is filled in as the translation.
inline constexpr int kFillScore = 100;

struct ProposalPenalty {
  std::string name;  // "codes", "alignment", ...
  int points = 0;
  std::string detail;  // may be empty
};

// One step between the sentence (query) and the stored source; offsets are code points.
struct ProposalEdit {
  std::string kind;  // "equal", "stem", "replaced", "inserted" (stored alone), "deleted" (query alone)
  uint32_t query_begin = 0;
  uint32_t query_end = 0;
  uint32_t stored_begin = 0;
  uint32_t stored_end = 0;
};

struct Proposal {
  int score = 0;     // percent, 0 to 102
  std::string band;  // "exact", "fuzzy", ...
  Content source;    // as stored
  Content target;
  std::string source_locale;  // as stored: en-US for en; empty = the document's
  std::string target_locale;
  std::string origin;   // "human", "mt", ...
  std::string memory;   // name
  std::string unit_id;  // decimal
  std::vector<ProposalPenalty> penalties;
  std::vector<ProposalEdit> edits;
  bool below_threshold = false;
  // What keeps it from being filled in, whatever its score.
  bool draft = false;
  bool machine = false;
  bool plural_changed = false;
  bool pivot = false;
  bool key_agrees = false;      // the context's key
  std::vector<uint32_t> forms;  // of a message's plural, those that the target is; empty if the unit says none
};

struct LocalizedSentence {
  DocumentSegment segment;
  std::vector<Proposal> proposals;  // best first
};

struct LocalizedDocument {
  std::string original;  // the file's name
  std::string source_locale;
  std::string target_locale;
  std::vector<LocalizedSentence> sentences;
};

// Why a segment is filled in or not.
enum class FillReason : uint8_t {
  kFilled,
  kLocked,         // it is not to be translated
  kTranslated,     // it has a translation
  kNoMatch,        // there is no proposal
  kBelowLimit,     // none scores so high
  kDraft,          // the best that does is a draft,
  kMachine,        //   from machine translation,
  kPluralChanged,  //   of another plural form, or not known to be of the one that is wanted,
  kPivot,          //   through a third language,
  kFormat,         //   or nothing that the document's format can hold in this place
};
inline constexpr FillReason kFillReasons[] = {FillReason::kFilled,  FillReason::kLocked,        FillReason::kTranslated,
                                              FillReason::kNoMatch, FillReason::kBelowLimit,    FillReason::kDraft,
                                              FillReason::kMachine, FillReason::kPluralChanged, FillReason::kPivot,
                                              FillReason::kFormat};
// "filled", "locked", "translated", "no-match", "below-limit", "draft", "machine", "plural-changed", "pivot", "format".
const char* FillReasonWord(FillReason reason);

struct FillDecision {
  FillReason reason = FillReason::kNoMatch;
  const Proposal* proposal = nullptr;  // what is filled in; null unless kFilled
};

// The one rule of what is filled in as a translation, for drafts and pre-translation: the proposal of the highest score
// (the first of equal ones) among those that reach `limit` and are no draft, machine translation, pivot or other
// plural; `can_hold` is asked for these alone, and may be null. What the threshold and the order of the proposals were
// does not count; a proposal from below the threshold never does.
FillDecision DecideFill(const LocalizedSentence& sentence, int limit,
                        const std::function<bool(const Content&)>& can_hold = nullptr);

// The draft of a segment by that decision: filled, else as `otherwise` says.
SegmentDraft DraftOf(const FillDecision& decision, SegmentDraft::Kind otherwise);

// The locales of a proposal's texts: its own, else the document's.
const std::string& SourceLocale(const Proposal& proposal, const LocalizedDocument& document);
const std::string& TargetLocale(const Proposal& proposal, const LocalizedDocument& document);

}  // namespace reprise

#endif  // REPRISE_FORMATS_LOCALIZED_H_
