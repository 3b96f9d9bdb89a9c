// One's own rules of where a sentence ends, in place of ICU's: those of an SRX 2.0 file (formats/srx.h reads them).
//
//   ASSIGN_OR_RETURN(const SentenceRules rules, SentenceRules::Make({{false, "\\bMr\\.", "\\s", 1},
//                                                                   {true, "[.?!]", "\\s", 2}}));
//   rules.Boundaries("Mr. Lee left. He waved.") == {13}
//
// Immutable, so safe to use from several threads.
#ifndef REPRISE_TEXT_SENTENCE_RULES_H_
#define REPRISE_TEXT_SENTENCE_RULES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace reprise {

// A rule as it is written. `before` and `after` are regular expressions of ICU; an empty one fits everywhere.
struct SentenceRule {
  bool breaks = true;
  std::string before;
  std::string after;
  uint64_t line = 0;  // of the file that it comes from, for errors
};

class SentenceRules {
 public:
  // REQUIRES: valid UTF-8. Error: INVALID_ARGUMENT, "line N: ...", if a regular expression is none.
  static absl::StatusOr<SentenceRules> Make(const std::vector<SentenceRule>& rules);

  SentenceRules(SentenceRules&&) noexcept;
  SentenceRules& operator=(SentenceRules&&) noexcept;
  ~SentenceRules();

  // The bytes of `text` at which a sentence ends, rising, neither 0 nor its size. At each place between two characters
  // the first rule decides whose `before` fits some text that ends there and whose `after` fits some that begins there;
  // where none does, nothing ends. A `before` without a bound on its length sees the last 512 UTF-16 units alone,
  // unless it asks for the start of the text. REQUIRES: valid UTF-8. Error: INVALID_ARGUMENT with the line of the rule
  // that takes too much time (half a second of the processor, and one more for each 16 KiB of text) or memory.
  absl::StatusOr<std::vector<size_t>> Boundaries(std::string_view text) const;

 private:
  struct Compiled;
  class Search;

  SentenceRules();
  static absl::StatusOr<Compiled> Compile(const SentenceRule& rule);

  std::vector<Compiled> rules_;
};

// Whether a regular expression fits the whole of a short text, such as a locale. REQUIRES: valid UTF-8. Error:
// INVALID_ARGUMENT if it is none, or takes more than half a second.
absl::StatusOr<bool> MatchesWhole(std::string_view regex, std::string_view text);

}  // namespace reprise

#endif  // REPRISE_TEXT_SENTENCE_RULES_H_
