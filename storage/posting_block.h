// Blocks of postings: what the lists of a run are made of (docs/storage_format.md, "Runs").
//
// A posting says that a row has a stem. It has a *position class*: how great a share of the row's letters stands under
// the stems that come before this one in the run's order. A match whose first shared stem is this one shares none of
// those letters, so at a given percent only the lower classes can hold it, and of a class only the rows of a certain W
// and more. A block keeps its postings class by class, and a reader passes over those that it does not need.
//
//   AppendPostingBlock(ordinals, classes, count, &bytes);
//   OrdinalRange wanted[kPositionClasses] = …;             // by class, from MinWeightOfClass(c, 70, query_weight)
//   n = DecodePostingBlock(first, bytes, count, wanted, out);
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
inline constexpr uint32_t kPositionClasses = 14;
inline constexpr uint32_t kPositionLimits[kPositionClasses] = {3, 6, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 100};
// Smaller blocks have no classes: all their postings count as of class 0. Persisted.
inline constexpr uint32_t kClassedBlock = 32;
// So many bytes behind a block are read with it, and thrown away.
inline constexpr uint32_t kPostingSlack = 8;

// The class of a posting with `before` letters of the row's `weight` under earlier stems.
inline uint32_t PositionClass(uint32_t before, uint32_t weight) {
  uint32_t c = 0;
  while (c + 1 < kPositionClasses && uint64_t{100} * before > uint64_t{kPositionLimits[c]} * weight) ++c;
  return c;
}

// The least W of a row that can reach `percent` (0..100) of a query with `query_weight` letters if its first shared
// stem is one that it has in this class: of class c > 0 it shares less than 100 - kPositionLimits[c - 1] percent of its
// own letters. UINT32_MAX if none can.
inline uint32_t MinWeightOfClass(uint32_t position_class, int percent, uint32_t query_weight) {
  const uint64_t needed = uint64_t{query_weight} * static_cast<uint32_t>(percent);  // hundredths of letters
  if (position_class == 0) return static_cast<uint32_t>((needed + 99) / 100);
  const uint32_t left = 100 - kPositionLimits[position_class - 1];
  if (left <= static_cast<uint32_t>(percent)) return UINT32_MAX;
  return static_cast<uint32_t>(needed / left) + 1;
}

// Ordinals [begin, end).
struct OrdinalRange {
  uint32_t begin = 0, end = 0;
};

// Appends a block of `count` (1..kPostingBlock) rising ordinals to *out; its first ordinal is kept elsewhere.
void AppendPostingBlock(const uint32_t* ordinals, const uint8_t* classes, uint32_t count, std::string* out);

// Writes the ordinals that are in the range of their class (ranges[kPositionClasses]) to *out, which has room for
// kPostingBlock: class by class, rising within each. Returns how many. `first`: the block's first ordinal; `count`: all
// of its postings; `bytes`: as written, and kPostingSlack more.
uint32_t DecodePostingBlock(uint32_t first, const char* bytes, uint32_t count, const OrdinalRange* ranges,
                            uint32_t* out);
// The same for all of its ordinals.
void DecodePostingBlock(uint32_t first, const char* bytes, uint32_t count, uint32_t* out);

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
