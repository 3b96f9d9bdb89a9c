// The generator's random numbers: integers only, so that a seed means the same bytes on every machine.
//
//   Random random(seed, line);          // each line has a stream of its own: lines can be made in any order
//   uint32_t die = random.Below(6) + 1;
//
// SplitMix64 with the line mixed into its state. Not thread-safe; copy it instead. No use in cryptography.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_RANDOM_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_RANDOM_H_

#include <cstdint>

namespace reprise::bench {

class Random {
 public:
  Random(uint64_t seed, uint64_t stream) : state_(Mix(seed + kStep) ^ Mix(stream * kStep + 1)) {}

  uint64_t Next() { return Mix(state_ += kStep); }
  // A number in [0, below), even to within 2^-32. REQUIRES: below > 0.
  uint32_t Below(uint32_t below) { return static_cast<uint32_t>(((Next() >> 32) * below) >> 32); }
  // A number in [low, high]. REQUIRES: low <= high, high - low < 2^32 - 1.
  uint32_t Between(uint32_t low, uint32_t high) { return low + Below(high - low + 1); }
  bool Percent(uint32_t percent) { return Below(100) < percent; }

 private:
  static constexpr uint64_t kStep = 0x9E3779B97F4A7C15;
  static uint64_t Mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
    return x ^ (x >> 31);
  }

  uint64_t state_;
};

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_RANDOM_H_
