// A guess at which words of the other side correspond to what a concordance search found: those that its hits hold much
// more often than the memory at large does. By stems, so that forms of a word count as one.
//
//   CorrespondenceGuess guess({locale_state});
//   for (...) guess.AddHit(target_text);
//   guess.Finish(sequence);
//   guess.RangesIn(target_text);   // what to highlight
//   guess.found();                 // {"Ventil", 112}, {"Klappe", 9}
//
// A stem is taken if its share p of the hits lies above its share q of the other texts so clearly that chance is ruled
// out (G² of Dunning, "Accurate methods for the statistics of surprise and coincidence", 1993, at .001), and if it
// tells the hits apart not much worse than the best stem does (Kullback-Leibler divergence of p from q). Not
// thread-safe: one a search. A PageCache::Guard is not needed.
#ifndef REPRISE_ENGINE_CORRESPONDENCE_H_
#define REPRISE_ENGINE_CORRESPONDENCE_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "engine/concordance_query.h"
#include "storage/store_state.h"

namespace reprise {

class CorrespondenceGuess {
 public:
  // `background`: the indexes of the language; none may be null, all must outlive the object.
  explicit CorrespondenceGuess(std::vector<const LocaleState*> background) : background_(std::move(background)) {}

  // The text of a hit's other side. REQUIRES: valid UTF-8.
  void AddHit(const std::string& text);
  // Makes the guess, of the hits so far: nothing if they are fewer than three. `sequence`: that of the state.
  void Finish(uint64_t sequence);

  // The guessed words of a text, rising; neighbours are one range. REQUIRES: after Finish.
  std::vector<TextRange> RangesIn(const std::string& text) const;
  // What RangesIn finds in the hits, the most frequent first, at most kMost.
  const std::vector<Correspondence>& found() const { return found_; }

 private:
  static constexpr size_t kMost = 5;
  struct Stem {
    uint64_t hits = 0;    // that hold it
    uint64_t others = 0;  // texts of the memory that do, hits among them
  };

  void CountBackground(uint64_t sequence);
  void CountDelta(const LocaleState& locale, uint64_t sequence);
  void Choose();
  void CountRanges();

  const std::vector<const LocaleState*> background_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, Stem> stems_;  // of words
  uint64_t rows_ = 0;                            // of the background
  std::unordered_set<std::string> chosen_;       // stems
  std::vector<Correspondence> found_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_CORRESPONDENCE_H_
