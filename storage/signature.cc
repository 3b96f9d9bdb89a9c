#include "storage/signature.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace reprise {

void SignatureBound::SetSmall(uint32_t bucket) {
  small_[bucket] = static_cast<uint8_t>(std::min(letters_[bucket], Signature::kMany));
  if (letters_[bucket] > Signature::kMany) large_ |= 1u << bucket;
}

void SignatureBound::Add(uint64_t stem_hash, uint32_t letters) {
  const uint32_t bucket = Signature::BucketOf(stem_hash);
  letters_[bucket] += letters;
  SetSmall(bucket);
}

void SignatureBound::Add(const SignatureBound& other) {
  for (uint32_t b = 0; b < Signature::kBuckets; ++b) {
    letters_[b] += other.letters_[b];
    SetSmall(b);
  }
}

// Where the row has "many" there may be as many as the query has.
uint32_t SignatureBound::Beyond(const Signature& row) const {
  uint32_t beyond = 0;
  for (uint32_t buckets = large_; buckets != 0; buckets &= buckets - 1) {
    const auto b = static_cast<uint32_t>(std::countr_zero(buckets));
    if (row.At(b) == Signature::kMany) beyond += letters_[b] - Signature::kMany;
  }
  return beyond;
}

void SignatureBound::Letters(const char* const* signatures, uint32_t count, uint32_t* letters, Code code) const {
#if defined(__SSE2__)
  if (code == Code::kBest) {
    const __m128i half = _mm_set1_epi8(15);
    __m128i low, high;
    std::memcpy(&low, small_.data(), sizeof(low));
    std::memcpy(&high, small_.data() + sizeof(low), sizeof(high));
    for (uint32_t i = 0; i < count; ++i) {
      __m128i row;
      std::memcpy(&row, signatures[i], sizeof(row));
      const __m128i row_low = _mm_and_si128(row, half);
      const __m128i row_high = _mm_and_si128(_mm_srli_epi16(row, 4), half);
      // Two buckets have 30 at most, so their sum is a byte too.
      const __m128i both = _mm_add_epi8(_mm_min_epu8(row_low, low), _mm_min_epu8(row_high, high));
      const __m128i sums = _mm_sad_epu8(both, _mm_setzero_si128());
      letters[i] = static_cast<uint32_t>(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
    }
  } else
#endif
  {
    (void)code;
    for (uint32_t i = 0; i < count; ++i) {
      Signature row;
      std::memcpy(&row, signatures[i], sizeof(row));
      letters[i] = 0;
      for (uint32_t b = 0; b < Signature::kBuckets; ++b) letters[i] += std::min<uint32_t>(row.At(b), small_[b]);
    }
  }
  if (large_ == 0) return;
  for (uint32_t i = 0; i < count; ++i) {
    Signature row;
    std::memcpy(&row, signatures[i], sizeof(row));
    letters[i] += Beyond(row);
  }
}

}  // namespace reprise
