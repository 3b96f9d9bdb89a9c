#include "storage/signature_sum.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace reprise {
namespace {

// AMD's processors before Zen 3 have the instruction, but take as long for it as the bits one by one.
bool CanGather() {
#if defined(__x86_64__)
  static const bool can = __builtin_cpu_supports("bmi2") && !__builtin_cpu_is("znver1") && !__builtin_cpu_is("znver2");
  return can;
#else
  return false;
#endif
}

}  // namespace

SignatureSum::SignatureSum(std::vector<Bit> bits, Code code) : bits_(std::move(bits)) {
  std::sort(bits_.begin(), bits_.end(), [](const Bit& a, const Bit& b) { return a.bit < b.bit; });
  for (const Bit& b : bits_) masks_[b.bit >> 6] |= uint64_t{1} << (b.bit & 63);
  low_bits_ = static_cast<uint32_t>(std::popcount(masks_[0]));
  // A query of more bits than fit a word is rare, and long.
  gathers_ = code == Code::kBest && !bits_.empty() && bits_.size() <= 64 && CanGather();
}

void SignatureSum::MakeTables() {
  table_count_ = static_cast<uint32_t>((bits_.size() + kTableBits - 1) / kTableBits);
  tables_.assign(size_t{table_count_} << kTableBits, 0);
  for (size_t i = 0; i < bits_.size(); ++i) {
    uint32_t* table = tables_.data() + ((i / kTableBits) << kTableBits);
    const uint32_t first = 1u << (i % kTableBits);
    for (uint32_t rest = 0; rest < first; ++rest) table[first + rest] = table[rest] + bits_[i].letters;
  }
}

#if defined(__x86_64__)
__attribute__((target("bmi2"))) void SignatureSum::LettersGathered(const char* const* signatures, uint32_t count,
                                                                   uint32_t* letters) const {
  constexpr uint64_t kIndex = (1u << kTableBits) - 1;
  const uint64_t low = masks_[0], high = masks_[1];
  const uint32_t* const tables = tables_.data();
  // With 64 low bits there is no high one, and any shift will do but one of 64.
  const uint32_t shift = low_bits_ == 64 ? 63 : low_bits_;
  for (uint32_t i = 0; i < count; ++i) {
    uint64_t words[2];
    std::memcpy(words, signatures[i], sizeof(words));
    uint64_t index = _pext_u64(words[0], low) | _pext_u64(words[1], high) << shift;
    uint32_t sum = 0;
    for (uint32_t t = 0; t < table_count_; ++t, index >>= kTableBits)
      sum += tables[(t << kTableBits) + (index & kIndex)];
    letters[i] = sum;
  }
}
#else
void SignatureSum::LettersGathered(const char* const*, uint32_t, uint32_t*) const {}
#endif

void SignatureSum::Letters(const char* const* signatures, uint32_t count, uint32_t* letters) {
  if (gathers_) {
    if (tables_.empty()) MakeTables();
    LettersGathered(signatures, count, letters);
    return;
  }
  for (uint32_t i = 0; i < count; ++i) {
    Signature signature;
    std::memcpy(&signature, signatures[i], sizeof(signature));
    uint32_t sum = 0;
    for (const Bit& b : bits_) sum += (signature.bits[b.bit >> 6] >> (b.bit & 63) & 1) != 0 ? b.letters : 0;
    letters[i] = sum;
  }
}

}  // namespace reprise
