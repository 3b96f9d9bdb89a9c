// How many letters may a query and a row share? A bound from 16 bytes a row, asked of every posting of a search.
//
// A signature is a histogram: the letters of a text, by 32 buckets of its stems. Words are aligned only with words of
// their stem, so two texts share, of each bucket, no more letters than the smaller of the two has there.
//
//   Signature row;
//   row.Add(stem_hash, 5);                                   // for each token
//   SignatureBound query;
//   query.Add(stem_hash, 7);
//   query.Letters(signatures, count, letters);               // letters[i]: what the i-th row shares at most
//
// Thread-safety: plain values.
#ifndef REPRISE_STORAGE_SIGNATURE_H_
#define REPRISE_STORAGE_SIGNATURE_H_

#include <algorithm>
#include <array>
#include <cstdint>

namespace reprise {

// Persisted in runs.
struct Signature {
  static constexpr uint32_t kBuckets = 32;
  static constexpr uint32_t kMany = 15;  // so many letters of a bucket, or more

  // Bucket b is the lower half of byte b, or, from 16 on, the upper half of byte b - 16.
  std::array<uint8_t, kBuckets / 2> bytes{};

  static uint32_t BucketOf(uint64_t stem_hash) { return static_cast<uint32_t>(stem_hash >> 59); }
  uint32_t At(uint32_t bucket) const {
    return bucket < kBuckets / 2 ? bytes[bucket] & 15u : bytes[bucket - kBuckets / 2] >> 4;
  }
  void Add(uint64_t stem_hash, uint32_t letters) {
    const uint32_t bucket = BucketOf(stem_hash);
    const uint32_t more = std::min(letters, kMany - At(bucket));
    bytes[bucket % (kBuckets / 2)] =
        static_cast<uint8_t>(bytes[bucket % (kBuckets / 2)] + (bucket < kBuckets / 2 ? more : more << 4));
  }
  // False if a text of this signature cannot hold all tokens of one with the signature `part`.
  bool MayHold(const Signature& part) const {
    for (uint32_t b = 0; b < kBuckets; ++b) {
      if (At(b) < part.At(b)) return false;
    }
    return true;
  }
};
static_assert(sizeof(Signature) == 16);

class SignatureBound {
 public:
  // kPortable: without special instructions, for tests.
  enum class Code : uint8_t { kBest, kPortable };

  void Add(uint64_t stem_hash, uint32_t letters);
  void Add(const SignatureBound& other);

  // letters[i]: what a row of *signatures[i] shares with the query at most. The pointers need no alignment.
  void Letters(const char* const* signatures, uint32_t count, uint32_t* letters, Code code = Code::kBest) const;

 private:
  void SetSmall(uint32_t bucket);
  uint32_t Beyond(const Signature& row) const;

  std::array<uint32_t, Signature::kBuckets> letters_{};
  std::array<uint8_t, Signature::kBuckets> small_{};  // of them at most kMany
  uint32_t large_ = 0;                                // a bit a bucket that has more
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_SIGNATURE_H_
