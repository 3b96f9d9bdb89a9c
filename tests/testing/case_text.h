// Matching cases as text: what tests/cases/*.txt and the tables of docs/scoring.md are written in.
//
//   case A mark more is near-exact
//   memory news priority=0 penalty=0 by=profile            (who says so; else the request)
//     defaults priority=1 penalty=2 machine=9              (of the memory above)
//   unit 1 source=en
//     text en Save
//     text de Speichern
//     set status=draft origin=machine changed=5 by=ann     (of the text above)
//     context key=K document=D                             (a context of the unit)
//     previous en Chapter one                              (of the context above; also: next)
//     edge previous en                                     (nothing stands there)
//   query en de threshold=70 floor=0 max=5 order=relevance
//     ask Save:
//     context, previous, next, edge                        (as above, of the query)
//     penalty machine=0                                    (of the request)
//     profile-penalty draft=9                              (of its profile)
//     match 98 base=98 band=near-exact unit=1 count=1 memory=news penalties=draft:3 by=draft:memory folded=case
//     target=de below
//              (by: whose points they are, where not the default's; flags: below, fallback, reverse, key, neighbours,
//              partial, plural; also revision=1, substituted=1 and refused=0, the numbers of substitutions done and
//              refused, and of a pivot match pivot=en, its locale, and from=2, the unit of the source)
//     answer Speichern:                                    (the target of the match above, with its codes)
//     before 5                                             (a substitution of the match above: what it replaced)
//     refused ambiguous date                               (why one was refused)
//     through Save                                         (the text of the pivot, likewise)
//     filter status=reviewed origin=human by=ann document=D (of the request; what is not given does not restrict)
//     total 1
//
// "query en de fragments" (or always-fragments, assemble, sentences) makes it a query that only the engine answers:
//
//   query en de fragments assemble
//     ask Close the safety valve now
//     fragment 100 safety valve => Sicherheitsventil       (score, part of the query, target; all, in order)
//     shared close the safety valve                        (a shared part of the query; all, in order)
//     typed Das Sich                                       (what was typed of the target)
//     completes erheitsventil                              (the first completion of it)
//
// A match with "assembled" is one, with "sentence=2/3" the second of three sentences of its unit. "query en de adapt
// pivot scripts" asks for these LookupOptions. "memory news policy=newest" makes it a case of writes: its units are put
// one after the other under that policy (also: overwrite, skip, keep-all), which only the engine can do; a stored unit
// then has the number of the last one that was put into it.
//
// "find" begins a concordance search: tests/testing/concordance_case.h.
//
// The `match` lines are the whole answer in order; attributes that are not given are not checked. Lines that start
// with # are comments. In texts, \u{A0} is the code point U+00A0 and \u{5C} the backslash;
// ⟦open 1 <b>⟧, ⟦close 1 </b>⟧ and ⟦<br/>⟧ are codes.
#ifndef REPRISE_TESTS_TESTING_CASE_TEXT_H_
#define REPRISE_TESTS_TESTING_CASE_TEXT_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "match/match.h"
#include "tests/testing/concordance_case.h"
#include "text/segment.h"

namespace reprise::testing {

// The content of a marked-up text.
Content ParseContent(std::string_view marked);

struct CaseMatch {
  int line = 0;
  int score = 0;
  std::map<std::string, std::string> expected;             // "base" -> "98", "below" -> ""
  std::vector<std::pair<std::string, std::string>> lines;  // "answer" -> marked-up text, "before", "refused"
};

struct CaseQuery {
  int line = 0;
  Query query;
  LookupOptions options;
  std::vector<CaseMatch> matches;
  int64_t total = -1;                                            // -1 = not checked
  std::vector<std::string> fragments;                            // "100 part => target"
  std::vector<std::string> shared;                               // parts
  std::vector<std::pair<std::string, std::string>> completions;  // typed -> what comes first

  // True if the index has to be there to answer it.
  bool EngineOnly() const {
    return options.fragments != FragmentMode::kOff || options.assemble || options.sentences || !completions.empty();
  }
};

struct CaseUnit {
  std::string memory;
  Unit unit;
};

struct Case {
  std::string title;
  std::vector<MemoryRef> memories;
  std::map<std::string, MemoryDefaults> defaults;  // by memory
  std::vector<CaseUnit> units;
  std::vector<CaseQuery> queries;
  std::vector<CaseFind> finds;
  std::string policy;  // of a case of writes, else empty
};

// The cases of a file; on a line that is not understood, none and `*error` says which and why.
std::vector<Case> ParseCases(std::string_view text, std::string* error);

// All cases of tests/cases, with their files' names; `*error` as ParseCases'.
std::vector<std::pair<std::string, Case>> AllCases(std::string* error);

// "" if `got` is what the query expects, else what differs.
std::string CheckCase(const CaseQuery& expected, const LookupResult& got);

// The rows of the Markdown table that follows the line `<!-- table: NAME -->`, cells trimmed, head and rule left out.
// Backticks around a cell are taken off; `\|` is a bar.
std::vector<std::vector<std::string>> TableRows(std::string_view markdown, std::string_view name);

// The whole file. A file that cannot be read is "".
std::string ReadFile(const std::string& path);

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_TESTING_CASE_TEXT_H_
