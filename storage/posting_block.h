// Blocks of postings: what the lists of a run are made of (docs/storage_format.md, "Runs").
//
// A posting says that a row has a stem. It has a *position class*: how great a share of the row's letters stands under
// the stems that come before this one in the run's order. A match whose first shared stem is this one shares none of
// those letters, so at a given percent only the lower classes can hold it. A block keeps its postings class by class,
// and a reader stops at the last class that it needs.
//
//   AppendPostingBlock(ordinals, classes, count, &bytes);
//   n = DecodePostingBlock(first, bytes, count, 0, PositionClassesFor(70), out);   // those that may reach 70 %
//
// Thread-safety: pure functions; RowPositions is not thread-safe.
#ifndef REPRISE_STORAGE_POSTING_BLOCK_H_
#define REPRISE_STORAGE_POSTING_BLOCK_H_

#include <cstdint>
#include <string>
#include <vector>

namespace reprise {

// All rows of one W.
struct WeightClass {
  uint32_t weight = 0;
  uint32_t rows = 0;
};

// Postings of a block, the unit of a list that its directory can find. Persisted.
inline constexpr uint32_t kPostingBlock = 256;
// Position classes by the greatest share that they hold, in percent. Persisted. The limits are those that the usual
// thresholds ask for: at 70 % up to 30 % may stand before.
inline constexpr uint32_t kPositionClasses = 8;
inline constexpr uint32_t kPositionLimits[kPositionClasses] = {5, 10, 20, 30, 40, 50, 60, 100};
// Smaller blocks have no classes: all their postings count as of class 0. Persisted.
inline constexpr uint32_t kClassedBlock = 32;

// The class of a posting with `before` letters of the row's `weight` under earlier stems.
inline uint32_t PositionClass(uint32_t before, uint32_t weight) {
  uint32_t c = 0;
  while (c + 1 < kPositionClasses && uint64_t{100} * before > uint64_t{kPositionLimits[c]} * weight) ++c;
  return c;
}

// How many classes, from 0 on, hold all rows of at least `percent` (0..100) whose first shared stem is the list's.
inline uint32_t PositionClassesFor(int percent) {
  uint32_t count = 1;
  while (count < kPositionClasses && kPositionLimits[count - 1] < 100u - static_cast<uint32_t>(percent)) ++count;
  return count;
}

// Appends a block of `count` (1..kPostingBlock) rising ordinals to *out; its first ordinal is kept elsewhere.
void AppendPostingBlock(const uint32_t* ordinals, const uint8_t* classes, uint32_t count, std::string* out);

// Writes the ordinals of classes [begin, end) to *out (room for kPostingBlock): class by class, rising within each.
// Returns how many. `first`: the block's first ordinal; `count`: all of its postings; `bytes`: as written.
uint32_t DecodePostingBlock(uint32_t first, const char* bytes, uint32_t count, uint32_t begin, uint32_t end,
                            uint32_t* out);

// The position classes of a run's postings, while its lists are written in the order of the stems.
class RowPositions {
 public:
  // `weights`: the rows of the run by W.
  explicit RowPositions(const std::vector<WeightClass>& weights);

  // The classes of the next stem's postings, which are rising. `letters`: what each of the rows has under the stem at
  // least; too little makes a class too low, which costs time and loses nothing.
  void NextList(const std::vector<uint32_t>& ordinals, uint32_t letters, std::vector<uint8_t>* classes);

 private:
  std::vector<uint32_t> weights_;  // by weight class
  std::vector<uint32_t> ends_;     // by weight class: the row behind it
  std::vector<uint16_t> before_;   // by row: letters under the stems so far, or as many as the type holds
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_POSTING_BLOCK_H_
