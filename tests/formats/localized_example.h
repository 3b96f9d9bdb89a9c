// Test help: a localized document with every feature that the writers show.
#ifndef REPRISE_TESTS_FORMATS_LOCALIZED_EXAMPLE_H_
#define REPRISE_TESTS_FORMATS_LOCALIZED_EXAMPLE_H_

#include <string>

#include "formats/localized.h"

namespace reprise {

inline LocalizedDocument ExampleDocument(const std::string& target_locale) {
  LocalizedDocument document;
  document.original = "a <b> & \"c\".txt";
  document.source_locale = "en";
  document.target_locale = target_locale;
  Proposal exact;
  exact.score = 101;
  exact.band = "context";
  exact.source.text = "Good <i>morning</i>.";
  exact.target.text = "T&1";
  exact.memory = "news";
  Proposal fuzzy = exact;
  fuzzy.score = 85;
  fuzzy.band = "fuzzy";
  fuzzy.source.text = "Bad mornings.";
  fuzzy.target.text = "T2";
  fuzzy.origin = "mt";
  fuzzy.unit_id = "42";
  fuzzy.below_threshold = true;
  fuzzy.penalties = {{"mt", 3, "machine"}, {"codes", 2, ""}};
  fuzzy.edits = {{"replaced", 0, 4, 0, 3}, {"stem", 5, 12, 4, 12}, {"equal", 12, 13, 12, 13}};
  for (uint32_t i = 1; i <= 3; ++i) {
    LocalizedSentence sentence;
    sentence.segment.paragraph = 1 + i / 3;
    sentence.segment.sentence = 1 + (i - 1) % 2;
    sentence.segment.source.text = "Gööd morning.";
    if (i == 1) sentence.proposals = {exact, fuzzy};
    if (i == 2) sentence.proposals = {fuzzy};
    document.sentences.push_back(sentence);
  }
  return document;
}

}  // namespace reprise

#endif  // REPRISE_TESTS_FORMATS_LOCALIZED_EXAMPLE_H_
