// The slow, obvious search for parts of a query that fragments and shared parts are compared with: every part against
// every unit.
//
//   std::vector<Unit> units = ...;
//   EXPECT_EQ(FragmentLines(result.fragments), FragmentLines(AllFragments(units, memory, query, options)));
//
// Pure functions.
#ifndef REPRISE_TESTS_TESTING_FRAGMENT_ORACLE_H_
#define REPRISE_TESTS_TESTING_FRAGMENT_ORACLE_H_

#include <string>
#include <utility>
#include <vector>

#include "match/match.h"

namespace reprise::testing {

// The bounds that the product states.
struct FragmentBounds {
  uint32_t single_word_letters = 0;
  size_t reach = 0;
  int matches = 0;
  size_t shared_words = 0;
  size_t shared_parts = 0;
};

// All fragments of a query, unordered; edits and substitutions are left out.
std::vector<Fragment> AllFragments(const std::vector<Unit>& units, const MemoryRef& memory, const Query& query,
                                   const LookupOptions& options, const FragmentBounds& bounds);

// One line a fragment, sorted: its part, score, base, unit and target.
std::vector<std::string> FragmentLines(const std::vector<Fragment>& fragments);

// The parts that a query shares with sources of the units, the longest first, without those within one of `fragments`;
// of each every different pair (source and target text), sorted.
struct SharedByScan {
  uint32_t query_begin = 0, query_end = 0;
  std::vector<std::pair<std::string, std::string>> pairs;
};
std::vector<SharedByScan> AllSharedParts(const std::vector<Unit>& units, const Query& query,
                                         const LookupOptions& options, const std::vector<Fragment>& fragments,
                                         const FragmentBounds& bounds);

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_FRAGMENT_ORACLE_H_
