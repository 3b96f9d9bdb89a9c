// The words of a dictionary that the parts of a concordance query take, and whether a row of such words may hold it.
//
//   WordSets sets(pattern, lexicon.words());
//   sets.Fill(lexicon, run.folded_words());
//   if (sets.Fits(row, lexicon)) ...
//
// Not thread-safe: one a search and dictionary.
#ifndef REPRISE_STORAGE_WORD_SETS_H_
#define REPRISE_STORAGE_WORD_SETS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "storage/bits.h"
#include "storage/folded_words.h"
#include "storage/run.h"
#include "storage/vocabulary.h"
#include "text/terms.h"

namespace reprise {

// What a row must hold.
struct RowPattern {
  std::vector<Term> terms;
  bool any = false;  // one of the terms is enough, and a placeable other than a number too: it may hide one. The terms
                     // have one pattern each.
};

class WordSets {
 public:
  // Of a dictionary of so many words. `rows` must outlive the object.
  WordSets(const RowPattern& rows, uint32_t words);

  // The words of a run.
  void Fill(const RunLexicon& lexicon, const FoldedWords& folded);
  // The words [0, words) of a delta, of which nothing is sorted.
  void Fill(const Vocabulary& vocabulary, uint32_t words);

  // One set a part of the query; if any term is enough, one more of placeables.
  const std::vector<Bits>& sets() const { return sets_; }

  // True if a row of these words may hold the pattern. `lexicon`: that of Fill. *hidden (unless null): whether only
  // some placeable of the row may hold it.
  bool Fits(const std::vector<uint32_t>& row, const Lexicon& lexicon, bool* hidden);

 private:
  // One pattern of a query, and the characters that it stands among: a word of a script without spaces may hold
  // several.
  struct Element {
    const AtomPattern* pattern = nullptr;
    std::vector<const std::string*> run;  // kCharacter: the characters that stand glued together
    size_t place = 0;                     // which of them it is
  };
  static std::vector<Element> ElementsOf(const RowPattern& rows);
  // True if the word may stand so that the element's character is one of its own: where both are, they agree.
  static bool Covers(const std::vector<Atom>& word, const Element& element);

  // One term.
  struct Phrase {
    size_t first = 0;    // of its sets
    bool plain = false;  // whole words and placeables alone: the sets tell of a row whether it holds them
  };
  static bool IsPlain(const Term& term);
  // True if the words of the row stand as the term says. REQUIRES: it is plain.
  bool FitsPlain(const Term& term, size_t first_set, const std::vector<uint32_t>& row, const Lexicon& lexicon) const;

  void TryWord(const Lexicon& lexicon, uint32_t word, size_t e);
  void TryMixed(const Lexicon& lexicon, uint32_t word);
  void TryPlaceable(const Lexicon& lexicon, uint32_t word);

  const RowPattern& rows_;
  const std::vector<Element> elements_;
  std::vector<Phrase> phrases_;  // of each term, unless any is enough
  std::vector<Bits> sets_;
  AtomText atoms_;      // scratch
  std::string folded_;  // scratch
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_WORD_SETS_H_
