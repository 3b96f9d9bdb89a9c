#include "formats/content_builder.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace reprise {
namespace {

// The number that a pair's name is, or 0.
uint32_t NumberOf(std::string_view name) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  return error == std::errc() && end == name.data() + name.size() ? number : 0;
}

}  // namespace

void ContentBuilder::Text(std::string_view text) {
  content_.text.append(text);
  points_ += static_cast<uint32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

size_t ContentBuilder::Add(Code::Kind kind, std::string pair) {
  Code& code = content_.codes.emplace_back();
  code.position = points_;
  code.kind = kind;
  pairs_.push_back(std::move(pair));
  return pairs_.size() - 1;
}

Content ContentBuilder::Take() {
  std::vector<Code>& codes = content_.codes;
  std::map<std::string_view, size_t> open;  // name -> the open code that waits
  std::vector<std::pair<size_t, size_t>> found;
  std::set<uint32_t> used;
  for (const Code& code : codes) used.insert(code.pair_id);
  for (size_t k = 0; k < codes.size(); ++k) {
    if (pairs_[k].empty() || codes[k].pair_id != 0) continue;
    if (codes[k].kind == Code::Kind::kOpen) {
      open.emplace(pairs_[k], k);
    } else if (const auto it = open.find(pairs_[k]); codes[k].kind == Code::Kind::kClose && it != open.end()) {
      found.emplace_back(it->second, k);
      open.erase(it);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::pair<size_t, size_t>> unnumbered;
  for (const auto& [first, second] : found) {
    const uint32_t number = NumberOf(pairs_[first]);
    if (number != 0 && used.insert(number).second) {
      codes[first].pair_id = codes[second].pair_id = number;
    } else {
      unnumbered.emplace_back(first, second);
    }
  }
  uint32_t next = 1;
  for (const auto& [first, second] : unnumbered) {
    while (used.count(next) != 0) ++next;
    codes[first].pair_id = codes[second].pair_id = next++;
  }
  pairs_.clear();
  points_ = 0;
  return std::exchange(content_, Content());
}

}  // namespace reprise
