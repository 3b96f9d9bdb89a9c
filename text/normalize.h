// Key form and bare form: what segments are keyed by. The text itself is never changed.
//
//   KeyForm("  “Save”  As… ") == "\"save\" as..."   (see docs/scoring.md for a table)
//
// Pure functions on ICU, safe to call concurrently.
#ifndef REPRISE_TEXT_NORMALIZE_H_
#define REPRISE_TEXT_NORMALIZE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace reprise {

// Version of KeyForm and of Tokenize; stored with the data. A change of either is a rebuild.
inline constexpr uint32_t kKeyFormVersion = 1;
inline constexpr uint32_t kTokenizerVersion = 1;

// The version of Unicode that the folding and breaking rules come from, e.g. "15.0".
const char* UnicodeVersion();

// OK if `text` is well-formed UTF-8 (no surrogates, no overlong forms) without U+0000.
// Error: INVALID_ARGUMENT with the byte offset of the first bad byte.
absl::Status ValidateUtf8(std::string_view text);

// Number of code points. REQUIRES: valid UTF-8.
size_t CodePointCount(std::string_view text);

// NFKC_Casefold, white space collapsed and trimmed, quotation marks, dashes and ellipses unified, default-ignorables
// removed, with superscripts, subscripts, fractions and enclosed numbers protected ("10³" is not "103"). Applied to a
// fixed point: KeyForm(KeyForm(x)) == KeyForm(x). REQUIRES: valid UTF-8.
std::string KeyForm(std::string_view text);

// The same into *key, which it replaces: no allocation once the capacity of *key and the thread's scratch have grown
// (long runs of combining marks aside). `text` may be a view of *key. REQUIRES: valid UTF-8.
void KeyForm(std::string_view text, std::string* key);

// The key form with a map back: for each code point of `key`, the code points [begin, end) of the raw text that it
// came from. `raw_begin.size() == raw_end.size() == CodePointCount(key)`; both non-decreasing.
struct MappedKeyForm {
  std::string key;
  std::vector<uint32_t> raw_begin;
  std::vector<uint32_t> raw_end;
};
MappedKeyForm KeyFormWithMap(std::string_view text);

// True if the texts are canonically equivalent (equal in NFC).
bool CanonicallyEqual(std::string_view a, std::string_view b);

// What the key form folded between two raw texts of equal key form, for the answer's "folded" list: any of
// "case", "width", "quote", "dash", "ellipsis", "space", "eszett", "ignorable", "compatibility"; sorted, no repeats;
// empty if canonically equal.
std::vector<std::string> FoldedDifferences(std::string_view a, std::string_view b);

}  // namespace reprise

#endif  // REPRISE_TEXT_NORMALIZE_H_
