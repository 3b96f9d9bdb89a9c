// Which real sentences are kept out of a memory to be looked up in it. One rule, so that figures can be compared.
//
// Pure, safe to call concurrently.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_HOLD_OUT_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_HOLD_OUT_H_

#include <cstddef>
#include <vector>

#include "bench/corpus_generator/bitext.h"

namespace reprise::bench {

struct HoldOutResult {
  std::vector<Pair> kept;      // in the order given
  std::vector<Pair> held_out;  // by hash; as many as asked for, or as there are
};

// Takes out the `count` first of the distinct source key forms of at least four words in the order of their SHA-256:
// each with its first target as the reference, and every other pair with that source key form.
HoldOutResult HoldOut(std::vector<Pair> pairs, size_t count);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_HOLD_OUT_H_
