#include "match/relevance.h"

#include <algorithm>
#include <cstddef>

namespace reprise {
namespace {

// The next code point of valid UTF-8; moves `*at` behind it.
uint64_t NextCodePoint(std::string_view text, size_t* at) {
  const auto byte = [text](size_t i) { return static_cast<uint64_t>(static_cast<unsigned char>(text[i])); };
  const uint64_t first = byte(*at);
  const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  uint64_t point = length == 1 ? first : first & (0xFFu >> (length + 1));
  size_t i = *at + 1;
  for (; i < *at + length && i < text.size(); ++i) point = point << 6 | (byte(i) & 0x3F);
  *at = i;
  return point;
}

// The Dice coefficient of two sorted multisets.
double DiceOf(const std::vector<uint64_t>& x, const std::vector<uint64_t>& y) {
  if (x.empty() && y.empty()) return 1;
  size_t shared = 0;
  for (size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    if (x[i] == y[j]) {
      ++shared, ++i, ++j;
    } else if (x[i] < y[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  return 2.0 * static_cast<double>(shared) / static_cast<double>(x.size() + y.size());
}

}  // namespace

CharGrams::CharGrams(std::string_view key_form) {
  constexpr uint64_t kTwoPoints = (uint64_t{1} << 42) - 1;  // 21 bits a code point
  constexpr uint64_t kThreePoints = (uint64_t{1} << 63) - 1;
  uint64_t window = 0;
  size_t points = 0;
  bigrams_.reserve(key_form.size());
  trigrams_.reserve(key_form.size());
  for (size_t at = 0; at < key_form.size();) {
    window = (window << 21 | NextCodePoint(key_form, &at)) & kThreePoints;
    if (++points >= 2) bigrams_.push_back(window & kTwoPoints);
    if (points >= 3) trigrams_.push_back(window);
  }
  // U+0000 is in no text, so a text that is too short is unlike every gram.
  if (points == 1) bigrams_.push_back(window);
  if (points == 1 || points == 2) trigrams_.push_back(window);
  std::sort(bigrams_.begin(), bigrams_.end());
  std::sort(trigrams_.begin(), trigrams_.end());
}

double Dice(const CharGrams& a, const CharGrams& b) {
  return (DiceOf(a.bigrams(), b.bigrams()) + DiceOf(a.trigrams(), b.trigrams())) / 2;
}

double Relevance(uint32_t shared, uint32_t max_weight, double dice) {
  const double alike = max_weight == 0 ? 0.0 : static_cast<double>(shared) / static_cast<double>(max_weight);
  return (alike + 2 * dice) / 3;
}

}  // namespace reprise
