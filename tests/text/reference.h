// Version 1 of the key form and of the tokens, slow and obvious: what the fast paths of text/ are compared with, since
// stored data rests on results that do not change. Code point by code point on ICU's own properties, without caches,
// tables, shortcuts for ASCII or rules of our own for words. A deliberate change of the rules changes this as well,
// and the version in text/normalize.h.
#ifndef REPRISE_TESTS_TEXT_REFERENCE_H_
#define REPRISE_TESTS_TEXT_REFERENCE_H_

#include <string>
#include <string_view>
#include <vector>

#include "text/placeables.h"
#include "text/tokenize.h"

namespace reprise::reference {

// As reprise::KeyForm.
std::string KeyForm(std::string_view text);

// As reprise::TokenizeKeyForm.
std::vector<TokenSpan> TokenizeKeyForm(std::string_view key_form);

// As reprise::FindPlaceables.
void FindPlaceables(std::u32string_view text, std::vector<Placeable>* found);

// As reprise::ValidateUtf8: the offset of the first bad byte or of U+0000; text.size() if there is none.
size_t FirstBadByte(std::string_view text);

}  // namespace reprise::reference

#endif  // REPRISE_TESTS_TEXT_REFERENCE_H_
