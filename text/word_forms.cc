#include "text/word_forms.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "text/utf8.h"

namespace reprise {
namespace {

constexpr size_t kMostLetters = 64;  // longer words must be equal
constexpr size_t kLeastPrefix = 4;
constexpr size_t kMostEnding = 3;

struct Letters {
  std::array<char32_t, kMostLetters> at;
  size_t size = 0;

  // False if there are too many.
  bool Read(std::string_view word) {
    for (size_t i = 0; i < word.size();) {
      if (size == kMostLetters) return false;
      at[size++] = NextCodePoint(word, &i);
    }
    return true;
  }
};

size_t EditsAllowed(size_t letters) { return letters < 4 ? 0 : letters < 8 ? 1 : 2; }

using Span = std::basic_string_view<char32_t>;

// True if `a` becomes `b` by at most `most` edits. Two at most, so the ways to begin are few: no table is needed.
bool Within(Span a, Span b, size_t most) {
  const auto same = static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin()).first -
      a.begin());
  a.remove_prefix(same);
  b.remove_prefix(same);
  if (a.empty() || b.empty()) return a.size() + b.size() <= most;
  if (most == 0) return false;
  if (a.size() > 1 && b.size() > 1 && a[0] == b[1] && a[1] == b[0] && Within(a.substr(2), b.substr(2), most - 1)) {
    return true;
  }
  return Within(a.substr(1), b.substr(1), most - 1) || Within(a.substr(1), b, most - 1) ||
         Within(a, b.substr(1), most - 1);
}

}  // namespace

bool AreWordForms(std::string_view a, std::string_view b) {
  if (a == b) return true;
  // A letter has one to four bytes, so this rules out most pairs of a dictionary at once.
  if (a.size() > 4 * b.size() + 16 || b.size() > 4 * a.size() + 16) return false;
  Letters x, y;
  if (!x.Read(a) || !y.Read(b)) return false;
  const size_t shorter = std::min(x.size, y.size), longer = std::max(x.size, y.size);
  const size_t edits = EditsAllowed(shorter);
  if (edits == 0 || longer - shorter > kMostEnding) return false;
  const auto differ = std::mismatch(x.at.begin(), x.at.begin() + static_cast<std::ptrdiff_t>(shorter), y.at.begin());
  const auto prefix = static_cast<size_t>(differ.first - x.at.begin());
  if (prefix >= kLeastPrefix && 3 * prefix >= 2 * shorter && longer - prefix <= kMostEnding) return true;
  return longer - shorter <= edits && Within({x.at.data(), x.size}, {y.at.data(), y.size}, edits);
}

}  // namespace reprise
