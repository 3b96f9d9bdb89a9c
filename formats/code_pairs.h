// Which inline codes a format with paired elements can write as pairs. Safe to call concurrently.
//
//   const std::vector<uint32_t> numbers = PairNumbers(content.codes);   // numbers[k] != 0: one half of a pair
#ifndef REPRISE_FORMATS_CODE_PAIRS_H_
#define REPRISE_FORMATS_CODE_PAIRS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "text/segment.h"

namespace reprise {

// For each code its pair id, if that pair is an open code and a later close code and nothing else; 0 otherwise.
inline std::vector<uint32_t> PairNumbers(const std::vector<Code>& codes) {
  struct Ends {
    size_t open = SIZE_MAX, close = SIZE_MAX;
    int count = 0;
  };
  std::map<uint32_t, Ends> ends;
  for (size_t k = 0; k < codes.size(); ++k) {
    if (codes[k].pair_id == 0) continue;
    Ends& e = ends[codes[k].pair_id];
    ++e.count;
    if (codes[k].kind == Code::Kind::kOpen) e.open = k;
    if (codes[k].kind == Code::Kind::kClose) e.close = k;
  }
  std::vector<uint32_t> numbers(codes.size(), 0);
  for (const auto& [id, e] : ends) {
    // SIZE_MAX for a missing end fails the comparison or is caught by the count.
    if (e.count == 2 && e.close != SIZE_MAX && e.open < e.close) numbers[e.open] = numbers[e.close] = id;
  }
  return numbers;
}

// Calls on_text(piece) and on_code(index) in the order of the content.
template <typename OnText, typename OnCode>
void ForEachPiece(const Content& content, OnText on_text, OnCode on_code) {
  const std::string_view text = content.text;
  size_t at = 0;
  uint32_t point = 0;
  for (size_t k = 0; k < content.codes.size(); ++k) {
    const size_t from = at;
    while (at < text.size() && point < content.codes[k].position) {
      ++at;
      while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
      ++point;
    }
    on_text(text.substr(from, at - from));
    on_code(k);
  }
  on_text(text.substr(at));
}

}  // namespace reprise

#endif  // REPRISE_FORMATS_CODE_PAIRS_H_
