// Placeables of a stored target replaced by those of the query: "Page 3" -> "Seite 3", asked with 5, is "Seite 5".
//
//   if (PlaceablesDiffer(query.tokens, stored.tokens)) {
//     Substituted s = Substitute({&query, "en"}, {&stored, "en"}, target_content, "de");
//     s.target.text == "Seite 5";  s.substitutions[0].target_after == "5"
//     BaseScore base = SubstitutedBase(ScorePair(query, stored, {}), s);     // 99
//   }
//
// A placeable is replaced only where it is clear which one of the target it is: as often in the stored target as in the
// stored source, and all of those now the same. It is written as the target writes it (text/notation.h). What is not
// clear is refused, and both are told. Texts of more than 200 placeables stay as they are. Pure, safe to call
// concurrently.
#ifndef REPRISE_MATCH_SUBSTITUTE_H_
#define REPRISE_MATCH_SUBSTITUTE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "match/score.h"
#include "text/segment.h"

namespace reprise {

// One change of the stored target, or one that was refused.
struct Substitution {
  std::string query_text;     // what stands in the query
  std::string stored_text;    // in the stored source
  std::string target_before;  // in the stored target; empty if nothing corresponds
  std::string target_after;   // in the answer; empty if refused
  uint32_t target_begin = 0;  // code points of the answer's target; both 0 if nothing corresponds
  uint32_t target_end = 0;
  std::string refused;  // why; empty if done

  bool operator==(const Substitution&) const = default;
};

// A text and its locale.
struct LocalText {
  const TokenizedContent* content = nullptr;
  std::string_view locale;
};

struct Substituted {
  Content target;                           // the stored target with what was done; codes moved along
  std::vector<Substitution> substitutions;  // in the order of the query's text
  bool plural_changed = false;              // old and new number are of different plural categories of the target
  int left = 0;                             // differing tokens (DifferingTokens) that are not settled
  bool identical = false;                   // but for what was substituted, key form and codes are the same
  std::vector<std::string> folded;          // if identical: what else the key form folds
};

// False if surely no placeable has to be replaced: both texts have the same ones in the same order, or one has none.
bool PlaceablesDiffer(const std::vector<Token>& query, const std::vector<Token>& stored);

// Replaces what can be. Without a differing placeable the target comes back as it is.
Substituted Substitute(const LocalText& query, const LocalText& stored, const Content& target,
                       std::string_view target_locale);

// The base score with the placeables that were substituted: of the near-exact row, 99 if nothing else differs, else by
// the tokens that are left; at most 95 if the plural changed. Other rows stay.
BaseScore SubstitutedBase(const BaseScore& base, const Substituted& substituted);

// A part of a content to be replaced: code points [begin, end).
struct Replacement {
  uint32_t begin = 0;
  uint32_t end = 0;
  std::u32string text;
};

// The content with these parts replaced and its codes moved along. REQUIRES: in order, without overlap.
Content ReplaceParts(const Content& content, const std::vector<Replacement>& parts);

}  // namespace reprise

#endif  // REPRISE_MATCH_SUBSTITUTE_H_
