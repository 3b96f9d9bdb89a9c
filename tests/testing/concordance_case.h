// Concordance searches of a case (tests/testing/case_text.h), after its units:
//
//   find en de regex match-case fuzzy either             (the target may be * for any; options as they are needed)
//     source safety valve                                 (ConcordanceQuery.source_text; also: target, without)
//     hit The [safety valve] is open => Das Sicherheitsventil ist offen
//
// The `hit` lines are the whole answer, the newest unit first: the source, and after each "=>" a target, with what was
// found in brackets.
#ifndef REPRISE_TESTS_TESTING_CONCORDANCE_CASE_H_
#define REPRISE_TESTS_TESTING_CONCORDANCE_CASE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/concordance_query.h"
#include "text/terms.h"

namespace reprise::testing {

struct CaseFind {
  int line = 0;
  ConcordanceQuery query;
  std::vector<std::string> hits;

  // "" or what is wrong.
  std::string Option(const std::string& name);
  std::string Line(const std::string& verb, std::string_view text);
};

// "" if `got` is what the search expects, else what differs.
std::string CheckFind(const CaseFind& expected, const ConcordanceResult& got);

// The text with the ranges in brackets.
std::string Bracketed(const std::string& text, const std::vector<TextRange>& ranges);

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_CONCORDANCE_CASE_H_
