// A set of small numbers, as a search holds the rows of a run or the words of a dictionary.
//
//   Bits rows(run.rows());
//   rows.Set(7);
//   rows.ForEach([](uint32_t row) { ... });
//
// A plain value: concurrent reads only.
#ifndef REPRISE_STORAGE_BITS_H_
#define REPRISE_STORAGE_BITS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reprise {

class Bits {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  Bits() = default;
  // Numbers below `size`, none of them set.
  explicit Bits(uint32_t size) : words_((size_t{size} + 63) / 64) {}

  void Set(uint32_t i) { words_[i / 64] |= uint64_t{1} << (i % 64); }
  bool Has(uint32_t i) const { return (words_[i / 64] >> (i % 64) & 1) != 0; }
  size_t words() const { return words_.size(); }
  uint64_t& word(size_t i) { return words_[i]; }  // the numbers [64 * i, 64 * i + 64)

  // REQUIRES: of the same size.
  void And(const Bits& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
  }

  uint64_t Count() const {
    uint64_t count = 0;
    for (uint64_t w : words_) count += static_cast<uint64_t>(std::popcount(w));
    return count;
  }

  // The largest of [begin, end); kNone if there is none. REQUIRES: `end` is at most the size.
  uint32_t Last(uint32_t begin, uint32_t end) const {
    if (begin >= end) return kNone;
    const size_t first = begin / 64;
    size_t i = (end - 1) / 64;
    uint64_t word = words_[i] & (~uint64_t{0} >> (63 - (end - 1) % 64));
    while (word == 0 && i > first) word = words_[--i];
    if (word == 0) return kNone;
    const uint32_t last = static_cast<uint32_t>(i * 64) + 63 - static_cast<uint32_t>(std::countl_zero(word));
    return last >= begin ? last : kNone;
  }

  // Calls `visit` with each, rising.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t w = words_[i]; w != 0; w &= w - 1) {
        visit(static_cast<uint32_t>(i * 64) + static_cast<uint32_t>(std::countr_zero(w)));
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_BITS_H_
