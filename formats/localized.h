// A localized document: its sentences with the proposals that a memory had for them. What xliff_writer.h and
// html_report.h write; plain values, independent of how the proposals were found.
//
//   LocalizedDocument document{.original = "article.txt", .source_locale = "en", .target_locale = "zh-CN"};
//   document.sentences.push_back({.paragraph = 1, .sentence = 1, .source = "Good morning."});
//   std::string draft = DraftText(document);   // "⟦Good morning.⟧"
//
// Safe to call concurrently.
#ifndef REPRISE_FORMATS_LOCALIZED_H_
#define REPRISE_FORMATS_LOCALIZED_H_

#include <cstdint>
#include <string>
#include <vector>

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
  int score = 0;       // percent, 0 to 102
  std::string band;    // "exact", "fuzzy", ...
  std::string source;  // as stored
  std::string target;
  std::string source_locale;  // as stored: en-US for en; empty = the document's
  std::string target_locale;
  std::string origin;   // "human", "mt", ...
  std::string memory;   // name
  std::string unit_id;  // decimal
  std::vector<ProposalPenalty> penalties;
  std::vector<ProposalEdit> edits;
  bool below_threshold = false;
};

struct LocalizedSentence {
  uint32_t paragraph = 0;  // from 1; (paragraph, sentence) is unique and rises
  uint32_t sentence = 0;
  std::string source;
  std::string before;               // what stands between the previous sentence and this one
  std::vector<Proposal> proposals;  // best first
};

struct LocalizedDocument {
  std::string original;  // the file's name
  std::string source_locale;
  std::string target_locale;
  std::vector<LocalizedSentence> sentences;
  std::string after;  // what follows the last sentence
};

// The proposal that is filled in: the first, if it reaches kFillScore and the threshold; null otherwise.
const Proposal* FilledProposal(const LocalizedSentence& sentence);

// The locales of a proposal's texts: its own, else the document's.
const std::string& SourceLocale(const Proposal& proposal, const LocalizedDocument& document);
const std::string& TargetLocale(const Proposal& proposal, const LocalizedDocument& document);

// The draft: filled sentences in the target language, the others as ⟦source⟧, white space between them kept.
std::string DraftText(const LocalizedDocument& document);

// "p2-s1": the id of a sentence in every output.
std::string SentenceId(const LocalizedSentence& sentence);

}  // namespace reprise

#endif  // REPRISE_FORMATS_LOCALIZED_H_
