// The slow, obvious lookup that every fast one is compared with: it scores every unit against the query.
//
//   Oracle oracle;
//   oracle.Put("news", unit);
//   LookupResult expected = oracle.Lookup({{.name = "news"}}, query, options);
//   EXPECT_EQ(Differences(expected, got), "");
//
// It defines what docs/scoring.md says in code of its own: ladder, alignment, contexts, filters, locales, penalties,
// pairs, order, cap, threshold and fill. It shares with the product the text functions, the edit script (and with it
// the count of differing tokens), the substitution of placeables and codes, and the relevance formula, each of which
// has tests of its own.
//
// One pass gives every threshold: Score once, Answer as often as wanted.
// Thread-safety: const methods may run concurrently with each other.
#ifndef REPRISE_TESTS_TESTING_ORACLE_H_
#define REPRISE_TESTS_TESTING_ORACLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "match/match.h"
#include "match/relevance.h"
#include "text/segment.h"

namespace reprise::testing {

class Oracle {
 public:
  Oracle();
  ~Oracle();
  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  // Adds the unit, or replaces the one of its id. Locales must be canonical.
  void Put(const std::string& memory, const Unit& unit);
  void Delete(const std::string& memory, uint64_t unit);
  void DeleteMemory(const std::string& memory);
  // What the memory says for calls that do not.
  void SetDefaults(const std::string& memory, const MemoryDefaults& defaults);
  size_t size() const;  // units in all memories

  struct Prepared;  // a text, tokenized
  struct Stored;    // a unit and its texts

  // One (unit, source variant, target variant) that passes the filter, with its final score. Of a pivot the source is
  // another unit's.
  struct Hit {
    const Stored* stored = nullptr;  // of the target
    const Stored* from = nullptr;    // of the source
    size_t source = 0, target = 0;   // variants
    int pivot = -1;                  // the variant of `from` that leads to `stored`; -1: the two are one unit
    MemoryRef memory;                // its penalty and priority are there, as they hold; the source is the penalty's
    int score = 0;
    BaseScore base;
    ContextAgreement agreement;
    int context = -1;  // index of the context that is shown, -1 if none
    std::vector<Penalty> penalties;
    double relevance = 0;
  };
  // All hits of a base score of at least `lowest`; every text is aligned in full, whatever it is. Of the options, the
  // filter, the penalties, the pivot and the scripts count. Valid until the next Put or Delete.
  std::vector<Hit> Score(const std::vector<MemoryRef>& memories, const Query& query, const LookupOptions& options,
                         int lowest = 0) const;

  // The answer from these hits. REQUIRES: no score below the `lowest` of the hits can be in it: that is at most the
  // threshold, at most the floor if one is set, and a third of it in order of relevance. Of the options, everything
  // else counts.
  LookupResult Answer(const std::vector<Hit>& hits, const Query& query, const LookupOptions& options) const;

  LookupResult Lookup(const std::vector<MemoryRef>& memories, const Query& query, const LookupOptions& options) const;

 private:
  class Numbers;  // of tokens and stems, so that an alignment compares numbers
  class Scorer;   // of one query

  const Prepared* Prepare(const Content& content);

  std::unique_ptr<Numbers> numbers_;
  std::map<std::string, std::map<uint64_t, std::unique_ptr<Stored>>> memories_;
  std::map<std::string, MemoryDefaults> defaults_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> prepared_;
};

// "" if the two answers hold the same matches in the same order with the same total, else what differs first, for a
// test's message. The sequence number does not count.
std::string Differences(const LookupResult& expected, const LookupResult& got);

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_ORACLE_H_
