#include "text/slice.h"

#include <map>
#include <string_view>

#include "text/normalize.h"
#include "text/utf8.h"

namespace reprise {
namespace {

// The byte at which code point `point` of the text begins, going on from byte `from`, which begins code point `at`.
size_t ByteOf(std::string_view text, uint32_t point, size_t from, uint32_t at) {
  for (; at < point && from < text.size(); ++at) NextCodePoint(text, &from);
  return from;
}

}  // namespace

std::vector<size_t> CodesWithin(const Content& content, uint32_t begin, uint32_t end) {
  std::vector<size_t> within;
  if (content.codes.empty()) return within;
  const auto touches = [begin, end](const Code& code) { return code.position >= begin && code.position <= end; };
  std::map<uint32_t, int> halves;  // of each pair: how many touch the slice
  for (const Code& code : content.codes) {
    if (code.pair_id != 0 && touches(code)) ++halves[code.pair_id];
  }
  const auto size = static_cast<uint32_t>(CodePointCount(content.text));
  for (size_t i = 0; i < content.codes.size(); ++i) {
    const Code& code = content.codes[i];
    if (!touches(code) || (code.pair_id != 0 && halves[code.pair_id] < 2)) continue;
    const bool inside = code.position > begin && code.position < end;
    const bool outer = (code.position == begin && begin == 0) || (code.position == end && end == size);
    if (inside || outer || code.pair_id != 0) within.push_back(i);
  }
  return within;
}

Content SliceContent(const Content& content, uint32_t begin, uint32_t end) {
  const size_t first = ByteOf(content.text, begin, 0, 0);
  const size_t last = ByteOf(content.text, end, first, begin);
  Content out;
  out.text = content.text.substr(first, last - first);
  for (size_t i : CodesWithin(content, begin, end)) {
    out.codes.push_back(content.codes[i]);
    out.codes.back().position -= begin;
  }
  return out;
}

}  // namespace reprise
