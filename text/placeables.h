// Finds placeables in key form: numbers, URLs, e-mails, variables, identifiers. Private to text/.
//
// A hand-written scanner, since it runs for every stored text: linear, no backtracking over what a caller sends.
// Pure, safe to call concurrently.
#ifndef REPRISE_TEXT_PLACEABLES_H_
#define REPRISE_TEXT_PLACEABLES_H_

#include <cstddef>
#include <vector>

#include <unicode/umachine.h>

#include "text/tokenize.h"

namespace reprise {

struct Placeable {
  TokenClass cls;
  size_t begin, end;  // code points of the key form
};

// In order, not overlapping.
std::vector<Placeable> FindPlaceables(const std::vector<UChar32>& key);

}  // namespace reprise

#endif  // REPRISE_TEXT_PLACEABLES_H_
