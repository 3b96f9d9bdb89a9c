// SRX 2.0: where sentences end, as a file of rules by language.
//
//   ASSIGN_OR_RETURN(SentenceRules rules, ParseSrx(bytes, "en-US"));
//   ASSIGN_OR_RETURN(std::vector<Sentence> sentences, SplitSentences(text, rules));
//
// docs/localize.md says what of SRX holds here. Safe to call concurrently.
#ifndef REPRISE_FORMATS_SRX_H_
#define REPRISE_FORMATS_SRX_H_

#include <cstddef>
#include <string_view>

#include "base/status.h"
#include "text/sentence_rules.h"

namespace reprise {

inline constexpr size_t kMaxSrxBytes = 1 << 20;
inline constexpr size_t kMaxSrxRules = 10000;          // of the file, and again of those that a cascade joins
inline constexpr size_t kMaxSrxRegexBytes = 16 << 10;  // of one expression

// The rules of an SRX 2.0 file for a language: those of all <languagemap> whose pattern fits `locale` (canonical), one
// after another, or with cascade="no" those of the first. Namespaces are not looked at, what stands in the header is
// passed over but for `cascade`. Errors: RESOURCE_EXHAUSTED above a bound; INVALID_ARGUMENT, "line N: ..." where a line
// is to blame, if it is not UTF-8, has a DOCTYPE, is no SRX 2.0, holds an expression that is none (of whatever
// language), maps to rules that are not there, or has no map that fits `locale`.
absl::StatusOr<SentenceRules> ParseSrx(std::string_view bytes, std::string_view locale);

}  // namespace reprise

#endif  // REPRISE_FORMATS_SRX_H_
