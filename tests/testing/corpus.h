// A large bilingual corpus for tests: the benchmark corpus where it is, else one of that shape made of the samples.
//
//   CorpusText text(seed);
//   std::vector<Unit> units = ReadCorpus(dir + "/libreoffice.en-de.tsv.zst");  // empty if there is no such file
//   if (units.empty()) units = text.Units(20000);
//   std::string query = text.Perturbed(units[0].variants[0].content.text, other);
//
// CorpusText: the same seed gives the same texts on every machine. Not thread-safe.
#ifndef REPRISE_TESTS_TESTING_CORPUS_H_
#define REPRISE_TESTS_TESTING_CORPUS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "text/segment.h"

namespace reprise::testing {

// The units of a corpus file (TSV, may be compressed), in order. Empty if the file does not exist; aborts if it cannot
// be read. Rows that the reader refuses are left out.
std::vector<Unit> ReadCorpus(const std::string& file);

class CorpusText {
 public:
  explicit CorpusText(uint64_t seed) : state_(seed) {}

  // A number in [0, below). REQUIRES: below > 0.
  size_t Below(size_t below);

  // `text` with one to four changes, as translators meet them: a word dropped, doubled, moved, given another ending or
  // taken from `other`; a number, a mark or a tag put in; or the head of one text and the tail of the other.
  std::string Perturbed(const std::string& text, const std::string& other);

  // English-German units of `samples/diplomacy.tmx`, perturbed and spliced on both sides, with repeats.
  std::vector<Unit> Units(size_t count);

 private:
  std::string OneChange(const std::string& text, const std::string& other);

  uint64_t state_;
};

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_CORPUS_H_
