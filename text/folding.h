// What the key form folds beyond Unicode's own tables. Private to text/.
//
// Pure functions, safe to call concurrently.
#ifndef REPRISE_TEXT_FOLDING_H_
#define REPRISE_TEXT_FOLDING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <unicode/umachine.h>

namespace reprise {

// The code points of valid UTF-8.
std::vector<UChar32> DecodeUtf8(std::string_view text);
void AppendUtf8(std::string* out, UChar32 c);

// ' for single quotation marks and apostrophes, " for double ones and guillemets, - for dashes; else `c` itself.
UChar32 FoldQuote(UChar32 c);
UChar32 FoldDash(UChar32 c);

// True for superscripts, subscripts, fractions and enclosed characters, which keep their shape: 10³ is not 103.
bool IsProtected(UChar32 c);

}  // namespace reprise

#endif  // REPRISE_TEXT_FOLDING_H_
