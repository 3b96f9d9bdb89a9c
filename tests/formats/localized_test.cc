#include "formats/localized.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

TEST(Localized, TheDraftFillsExactMatchesAndKeepsWhiteSpace) {
  LocalizedDocument document;
  document.sentences.resize(4);
  document.sentences[0].source = "Good morning.";
  document.sentences[0].before = "\n  ";
  document.sentences[0].proposals.resize(1);
  document.sentences[0].proposals[0].score = 100;
  document.sentences[0].proposals[0].target = "早上好。";
  document.sentences[1].source = "Near.";
  document.sentences[1].before = " ";
  document.sentences[1].proposals.resize(1);
  document.sentences[1].proposals[0].score = 99;
  document.sentences[2].source = "None.";
  document.sentences[2].before = "\n\n";
  document.sentences[3].source = "Low.";
  document.sentences[3].proposals.resize(1);
  document.sentences[3].proposals[0].score = 100;
  document.sentences[3].proposals[0].below_threshold = true;
  document.after = "\n";
  EXPECT_EQ(DraftText(document), "\n  早上好。 ⟦Near.⟧\n\n⟦None.⟧⟦Low.⟧\n");
}

TEST(Localized, SentenceIds) {
  LocalizedSentence sentence;
  sentence.paragraph = 2;
  sentence.sentence = 13;
  EXPECT_EQ(SentenceId(sentence), "p2-s13");
}

}  // namespace
}  // namespace reprise
