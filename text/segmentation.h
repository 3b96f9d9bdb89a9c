// Sentence segmentation: text -> sentences. ICU's sentence break plus exceptions for abbreviations ("Mr.", "U.S."), or
// rules of one's own.
//
// Pure, safe to call concurrently.
#ifndef REPRISE_TEXT_SEGMENTATION_H_
#define REPRISE_TEXT_SEGMENTATION_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/sentence_rules.h"

namespace reprise {

// One sentence of a document. `text` is trimmed of white space; paragraph and sentence count from 1.
struct Sentence {
  uint32_t paragraph = 0;
  uint32_t sentence = 0;
  std::string text;
  std::string before;  // white space and line ends between the previous sentence and this one, so that joining
                       // before+text of all gives the document back, but for what follows the last sentence
};

// The sentences of `text` in the language of `locale`. A line end ends a segment; an empty line or a line end starts
// a new paragraph. REQUIRES: valid UTF-8.
std::vector<Sentence> SplitSentences(std::string_view text, std::string_view locale);

// The same by these rules alone; a line end ends a segment all the same. Error: that of SentenceRules::Boundaries.
absl::StatusOr<std::vector<Sentence>> SplitSentences(std::string_view text, const SentenceRules& rules);

}  // namespace reprise

#endif  // REPRISE_TEXT_SEGMENTATION_H_
