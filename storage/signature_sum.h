// How many of a query's letters may a row share, by its signature? The question that a search asks of every posting.
//
//   SignatureSum sum({{bit, letters}, …});                  // once a query and lexicon
//   sum.Letters(signatures, count, letters);                // letters[i] of the i-th row, at most
//
// Where the processor gathers bits in one instruction (PEXT of BMI2, asked at run time), a signature becomes an index
// into a few small tables; elsewhere each bit is looked at. Both give the same numbers.
//
// Not thread-safe: the tables are made when they are first needed.
#ifndef REPRISE_STORAGE_SIGNATURE_SUM_H_
#define REPRISE_STORAGE_SIGNATURE_SUM_H_

#include <cstdint>
#include <vector>

#include "storage/index_query.h"

namespace reprise {

class SignatureSum {
 public:
  // A bit (0..127) of signatures and the query's letters under it.
  struct Bit {
    uint32_t bit = 0;
    uint32_t letters = 0;
  };
  // kPortable: without special instructions, whatever the processor offers.
  enum class Code : uint8_t { kBest, kPortable };

  SignatureSum() = default;
  // `bits`: each bit once.
  explicit SignatureSum(std::vector<Bit> bits, Code code = Code::kBest);

  // letters[i] = sum of the letters of the bits that *signatures[i] has. The pointers need no alignment.
  void Letters(const char* const* signatures, uint32_t count, uint32_t* letters);

  // True if this object gathers bits.
  bool gathers() const { return gathers_; }

 private:
  static constexpr uint32_t kTableBits = 8;
  void MakeTables();
  void LettersGathered(const char* const* signatures, uint32_t count, uint32_t* letters) const;

  std::vector<Bit> bits_;  // rising
  bool gathers_ = false;
  uint64_t masks_[2] = {0, 0};
  uint32_t low_bits_ = 0;         // of masks_[0]
  uint32_t table_count_ = 0;      // tables for kTableBits gathered bits each
  std::vector<uint32_t> tables_;  // empty until needed
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_SIGNATURE_SUM_H_
