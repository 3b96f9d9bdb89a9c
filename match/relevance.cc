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

// The overlap of `shared` grams: of the query's `asked` and the stored text's `stored`.
double OverlapOf(size_t shared, size_t asked, size_t stored) {
  constexpr double kAsked = 2;  // what the query has counts twice
  if (asked + stored == 0) return 1;
  return (kAsked + 1) * static_cast<double>(shared) /
         (kAsked * static_cast<double>(asked) + static_cast<double>(stored));
}

// The same of two sorted multisets.
double OverlapOf(const std::vector<uint64_t>& x, const std::vector<uint64_t>& y) {
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
  return OverlapOf(shared, x.size(), y.size());
}

// Calls `bigram` and `trigram` with the grams of a text, in order. A gram is its code points, 21 bits each.
template <typename Bigram, typename Trigram>
void ForEachGram(std::string_view text, Bigram bigram, Trigram trigram) {
  constexpr uint64_t kTwoPoints = (uint64_t{1} << 42) - 1;
  constexpr uint64_t kThreePoints = (uint64_t{1} << 63) - 1;
  uint64_t window = 0;
  size_t points = 0;
  for (size_t at = 0; at < text.size();) {
    window = (window << 21 | NextCodePoint(text, &at)) & kThreePoints;
    if (++points >= 2) bigram(window & kTwoPoints);
    if (points >= 3) trigram(window);
  }
  // U+0000 is in no text, so a text that is too short is unlike every gram.
  if (points == 1) bigram(window);
  if (points == 1 || points == 2) trigram(window);
}

constexpr uint64_t kTrigram = uint64_t{1} << 63;  // tells a trigram from a bigram of the same number

}  // namespace

CharGrams::CharGrams(std::string_view key_form) {
  bigrams_.reserve(key_form.size());
  trigrams_.reserve(key_form.size());
  ForEachGram(
      key_form, [this](uint64_t gram) { bigrams_.push_back(gram); },
      [this](uint64_t gram) { trigrams_.push_back(gram); });
  std::sort(bigrams_.begin(), bigrams_.end());
  std::sort(trigrams_.begin(), trigrams_.end());
}

OverlapMeter::OverlapMeter(std::string_view key_form) {
  size_t slots = 64;
  while (slots < 4 * key_form.size()) slots *= 2;  // at most half full
  slots_.resize(slots);
  const auto add = [this](uint64_t gram) {
    Slot& slot = At(gram);
    slot.gram = gram;
    ++slot.count;
  };
  ForEachGram(
      key_form, [&](uint64_t gram) { add(gram), ++bigrams_; },
      [&](uint64_t gram) { add(gram | kTrigram), ++trigrams_; });
}

// The slot of the gram, or the free one where it would stand.
OverlapMeter::Slot& OverlapMeter::At(uint64_t gram) {
  const size_t mask = slots_.size() - 1;
  for (size_t at = (gram * 0x9E3779B97F4A7C15ull >> 32) & mask;; at = (at + 1) & mask) {
    if (slots_[at].count == 0 || slots_[at].gram == gram) return slots_[at];
  }
}

double OverlapMeter::Overlap(std::string_view key_form) {
  ++round_;
  uint32_t bigrams = 0, trigrams = 0, shared_bigrams = 0, shared_trigrams = 0;
  // True if the first text has one more of the gram than was met so far.
  const auto meets = [this](uint64_t gram) {
    Slot& slot = At(gram);
    if (slot.count == 0) return false;
    if (slot.round != round_) slot.round = round_, slot.met = 0;
    return ++slot.met <= slot.count;
  };
  ForEachGram(
      key_form, [&](uint64_t gram) { ++bigrams, shared_bigrams += meets(gram) ? 1 : 0; },
      [&](uint64_t gram) { ++trigrams, shared_trigrams += meets(gram | kTrigram) ? 1 : 0; });
  return (OverlapOf(shared_bigrams, bigrams_, bigrams) + OverlapOf(shared_trigrams, trigrams_, trigrams)) / 2;
}

double Overlap(const CharGrams& query, const CharGrams& stored) {
  return (OverlapOf(query.bigrams(), stored.bigrams()) + OverlapOf(query.trigrams(), stored.trigrams())) / 2;
}

double Relevance(uint32_t shared, uint32_t max_weight, double overlap) {
  const double alike = max_weight == 0 ? 0.0 : static_cast<double>(shared) / static_cast<double>(max_weight);
  return (alike + 2 * overlap) / 3;
}

}  // namespace reprise
