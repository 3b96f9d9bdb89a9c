// Seeded random memories and queries, rich in what breaks a search: ties, repeats, near repeats, one-word and
// punctuation-only segments, shared stems, placeables, codes, several languages with and without spaces, regional
// locales, every status and origin, contexts.
//
//   Generator generate(seed);
//   std::vector<Unit> units = generate.Units(500);   // ids 1...500
//   Query query = generate.NextQuery(units);
//
// The same seed gives the same sequence on every machine. Not thread-safe.
#ifndef REPRISE_TESTS_TESTING_GENERATE_H_
#define REPRISE_TESTS_TESTING_GENERATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "match/match.h"
#include "text/segment.h"

namespace reprise::testing {

class Generator {
 public:
  explicit Generator(uint64_t seed) : state_(seed) {}

  // A number in [0, below). REQUIRES: below > 0.
  uint32_t Below(uint32_t below);
  bool OneIn(uint32_t n) { return Below(n) == 0; }

  // A text of the locale's language: en, de, ja, ar, th or zh, with or without region.
  std::string Text(const std::string& locale);
  // The text with one to three small changes: words, marks, case, width, spaces, numbers.
  std::string Mutated(const std::string& text, const std::string& locale);
  // The content with codes added, moved or taken away.
  Content WithCodes(Content content);

  // The next unit; many of its texts repeat earlier ones exactly or nearly. Ids count from 1.
  Unit NextUnit();
  std::vector<Unit> Units(size_t count);

  // A query about `units` (not empty): most are a source text of theirs, as it is or mutated.
  Query NextQuery(const std::vector<Unit>& units);
  // Thresholds, floors, sizes, orders, filters and penalties of all kinds.
  LookupOptions NextOptions();
  // What a memory says for calls that do not; sometimes nothing.
  MemoryDefaults NextDefaults();

 private:
  uint64_t Next();
  const std::string& Pick(const std::vector<std::string>& list) {
    return list[Below(static_cast<uint32_t>(list.size()))];
  }
  std::string Sentence(const std::string& language);
  std::string OneEdit(const std::string& text, const std::string& language);
  Context NextContext(const std::vector<std::string>& locales);
  Variant NextVariant(const std::string& locale);
  Content NextContent(const std::string& locale);

  uint64_t state_;
  uint64_t last_id_ = 0;
  std::vector<std::pair<std::string, Content>> earlier_;  // language, content
};

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_GENERATE_H_
