// The words of a run as a concordance search sees them: folded and sorted, so that a word or a prefix is a binary
// search, and a part of a word one pass over contiguous text.
//
//   run->folded_words().ForEach(pattern, [&](uint32_t word) { set.Set(word); });
//
// Immutable once made, thread-safe. Made when the first search needs it: .1 to .2 s a million segments.
#ifndef REPRISE_STORAGE_FOLDED_WORDS_H_
#define REPRISE_STORAGE_FOLDED_WORDS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "text/terms.h"

namespace reprise {

class RunLexicon;

class FoldedWords {
 public:
  explicit FoldedWords(const RunLexicon& lexicon);

  // Calls `visit` once for each word whose atom the pattern takes, in any order. Words of scripts that are cut into
  // characters are not among them (see spaceless). REQUIRES: neither `pattern.any` nor AtomKind::kCharacter.
  void ForEach(const AtomPattern& pattern, const std::function<void(uint32_t word)>& visit) const;

  const std::vector<uint32_t>& spaceless() const { return spaceless_; }    // words that are cut into characters
  const std::vector<uint32_t>& placeables() const { return placeables_; }  // one a class

 private:
  // One kind of words, sorted.
  struct Sorted {
    std::string text;              // the folded words, each followed by a NUL
    std::vector<uint32_t> starts;  // where each begins, and the end
    std::vector<uint32_t> words;   // their numbers

    std::string_view At(size_t i) const {
      return std::string_view(text).substr(starts[i], starts[i + 1] - starts[i] - 1);
    }
  };
  static Sorted Sort(const RunLexicon& lexicon, std::vector<uint32_t> words);
  static void FindPrefix(const Sorted& sorted, const AtomPattern& pattern,
                         const std::function<void(uint32_t word)>& visit);
  static void FindPart(const Sorted& sorted, const AtomPattern& pattern,
                       const std::function<void(uint32_t word)>& visit);

  Sorted words_;  // AtomKind::kWord
  Sorted marks_;  // AtomKind::kMark
  std::vector<uint32_t> spaceless_;
  std::vector<uint32_t> placeables_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_FOLDED_WORDS_H_
