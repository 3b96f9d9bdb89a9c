// How much text there is: words, characters, placeables and tags, by rules that are written down (docs/analysis.md).
//
//   TextCount count = CountText({.text = "Save 3 files"}, CountRules::kDefault);   // words 3, characters 12
//
// Pure, safe to call concurrently.
#ifndef REPRISE_TEXT_COUNT_H_
#define REPRISE_TEXT_COUNT_H_

#include <cstdint>

#include "text/segment.h"

namespace reprise {

// What a word is.
enum class CountRules : uint8_t {
  kDefault = 1,  // what stands between spaces and has a letter or digit; each Han or Kana character; Thai, Lao, Khmer
                 // and Burmese by dictionary; Korean by spaces
  kTradosLike = 2,  // tokens: words apart at hyphens and slashes, each placeable one
  kOmegat = 3,      // segments of UAX #29 with a letter or digit; Chinese, Japanese and Thai by dictionary
};

struct TextCount {
  uint64_t words = 0;
  uint64_t characters = 0;                 // code points of the plain text
  uint64_t characters_without_spaces = 0;  // without white space
  uint64_t asian_characters = 0;           // Han, Kana and Hangul
  uint64_t placeables = 0;                 // numbers, addresses, variables, identifiers
  uint64_t tags = 0;                       // inline codes

  void Add(const TextCount& other);
  bool operator==(const TextCount&) const = default;
};

// REQUIRES: valid UTF-8.
TextCount CountText(const Content& content, CountRules rules);

}  // namespace reprise

#endif  // REPRISE_TEXT_COUNT_H_
