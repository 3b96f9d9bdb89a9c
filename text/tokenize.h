// Tokens: what a score is counted in.
//
// Tokens are found on the *key form* of the plain text, so texts of equal key form have equal tokens (inline codes
// aside): the index keeps one row of tokens per segment and a score never depends on which raw spelling came first
// (docs/decisions/001-tokens-from-key-form.md). Placeables (numbers, URLs, e-mails, variables, identifiers) are found
// first; the rest is broken by UAX #29 with the root locale whatever the text's; Han and Kana one token a character;
// Thai, Lao, Khmer, Burmese by ICU's dictionary; each punctuation mark or symbol a token. Every code point of the key
// form that is not white space belongs to exactly one token.
//
//   Tokenize({.text = "Save 3 files…"}) -> word "save" W4, number "3" W1, word "files" W5, punctuation "." x3 W1
//
// There are two shapes of the same tokens: `TokenSpan` are offsets into a key form, what bulk work uses because it
// allocates nothing; `Token` own their strings and are made from spans.
//
// Pure, safe to call concurrently (scratch memory and ICU break iterators are kept per thread).
#ifndef REPRISE_TEXT_TOKENIZE_H_
#define REPRISE_TEXT_TOKENIZE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/segment.h"

namespace reprise {

// Persisted in runs: never renumber.
enum class TokenClass : uint8_t {
  kWord = 1,
  kPunctuation = 2,  // one mark or symbol
  kNumber = 3,       // placeables from here on; two of one class are equal to the score
  kUrl = 4,
  kEmail = 5,
  kVariable = 6,    // %s, {0}, ${x}, $(name), $[name], &amp; is not one
  kIdentifier = 7,  // versions, part numbers, IP addresses, paths: letters and digits mixed
  kCode = 8,        // an inline code; weight 0, never in the index
};
constexpr bool IsPlaceable(TokenClass c) { return c >= TokenClass::kNumber && c <= TokenClass::kIdentifier; }

struct Token {
  TokenClass cls = TokenClass::kWord;
  std::string key;        // its text in key form; for kCode the code's kind and data
  std::string index_key;  // what the index files it under: the stem of a word, the class of a placeable, the mark
  uint32_t weight = 0;    // W: letters (code points of L, M, N) of a word; 1 for punctuation, placeables; 0 for codes
  uint32_t begin = 0;     // code points in the raw plain text
  uint32_t end = 0;

  bool operator==(const Token&) const = default;
};

// A token of a text in key form, as offsets into it.
struct TokenSpan {
  uint32_t begin = 0;  // bytes of the key form
  uint32_t end = 0;
  uint32_t stem_end = 0;  // words: the stem is [begin, stem_end); all others: == end
  uint32_t weight = 0;    // as in Token
  TokenClass cls = TokenClass::kWord;

  bool operator==(const TokenSpan&) const = default;
};

// Replaces *tokens with the tokens of a key form, in order and without overlap; none if it is empty. No allocation once
// the capacity of *tokens and the thread's scratch have grown (scripts that need ICU's dictionaries aside).
// REQUIRES: valid UTF-8, KeyForm(key_form) == key_form, fewer than 2^32 bytes.
void TokenizeKeyForm(std::string_view key_form, std::vector<TokenSpan>* tokens);

// What the index files a token under: the stem of a word, the mark, the class of a placeable as U+0001 and a digit
// (which no word and no mark can be). The view is valid as long as `key_form`. REQUIRES: `token` is of `key_form`.
std::string_view IndexKey(std::string_view key_form, const TokenSpan& token);

// Replaces *bare with the bare form: the word tokens joined by one space; "" if there is none.
void BareForm(std::string_view key_form, const std::vector<TokenSpan>& tokens, std::string* bare);

// The stem of a word in key form: its first k code points, k by the script of its first letter: 5 in alphabets, 2 in
// Hangul, 3 in Arabic and Hebrew, all of it in Han, Kana, Thai and their like. A word of k or fewer is its own stem.
std::string Stem(std::string_view word);

// The tokens of the plain text and, in between by position, one kCode token per inline code.
// REQUIRES: valid UTF-8. Empty for text whose key form is empty (and no codes).
std::vector<Token> Tokenize(const Content& content);

// The same for a text that is in key form already (KeyForm(key) == key); begin/end are offsets in `key`.
// This is what the index calls: Tokenize(content) without codes has the same classes, keys, index keys and weights.
std::vector<Token> TokenizeKeyForm(std::string_view key_form);

// The bare form: the keys of the word tokens joined by one space; "" if there is no word token.
std::string BareForm(const std::vector<Token>& tokens);

// Letters of the whole text: the sum of the weights.
uint32_t TotalWeight(const std::vector<Token>& tokens);

}  // namespace reprise

#endif  // REPRISE_TEXT_TOKENIZE_H_
