// What a search that folds diacritics sees in a code point, and which scripts are searched by characters.
//
//   FoldChar(U'é') == U'e';  FoldChar(0x0301) == 0 (vanishes);  FoldChar(U'が') == U'が'
//   FoldWord("café", &out)   // out == "cafe"
//
// Folded are the accents of the alphabets, Hebrew points and Arabic vowel signs: what readers leave out. Marks that are
// letters of their own to a reader stay: kana voicing, the vowel signs of Indic scripts and Thai, the breve of й.
// Works on the key form, which has folded case. Pure functions, safe to call concurrently.
#ifndef REPRISE_TEXT_CHAR_FOLD_H_
#define REPRISE_TEXT_CHAR_FOLD_H_

#include <string>
#include <string_view>

namespace reprise {

// The code point without its diacritics; 0 if it is one.
char32_t FoldChar(char32_t c);

// True in scripts that put no spaces between words: Han, Kana, Thai, Lao, Khmer, Burmese.
bool IsSpaceless(char32_t c);

// Replaces *out with the word folded; with the word itself if nothing would be left. REQUIRES: key form.
void FoldWord(std::string_view word, std::string* out);

// Of a literal that a text holds, the longest run of letters that some token of the text must then hold whole, folded:
// letters of the cased alphabets, between which no word ends. "" if there is none.
std::string LongestLetters(std::string_view literal);

}  // namespace reprise

#endif  // REPRISE_TEXT_CHAR_FOLD_H_
