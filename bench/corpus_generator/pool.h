// The real pairs that a corpus is made of, cut into pieces, and the draws from them.
//
//   Pool pool(pairs);
//   Random random(seed, line);
//   const uint32_t base = pool.DrawBase({.longer = 300}, &random);   // a pair; three in ten by length
//   const WordPair words = pool.DrawWords(&random);                  // one word a side, by their frequency in the
//   corpus
//
// Immutable after construction: safe to use from several threads, each with its own Random.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_POOL_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_POOL_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "bench/corpus_generator/bitext.h"
#include "bench/corpus_generator/random.h"
#include "bench/corpus_generator/sentence.h"

namespace reprise::bench {

// A word of a source text and the word that stands at the same relative place of its target.
struct WordPair {
  std::string_view source;
  std::string_view target;
};

// A base is a pair that is worth perturbing: at least three words and at most 128 pieces a side.
inline constexpr size_t kLeastBaseWords = 3;
inline constexpr size_t kMostBasePieces = 128;
// The bases that are short enough for two to make one line.
inline constexpr size_t kMostShortPieces = 10;

// How bases are drawn, of 1,000 draws: the rest takes all bases alike. REQUIRES: shorter + longer <= 1000.
struct LengthMix {
  uint32_t shorter = 0;  // from the short bases alone, if there are any
  uint32_t longer = 0;   // weighing each base by its pieces
};

class Pool {
 public:
  explicit Pool(std::vector<Pair> pairs);
  Pool(const Pool&) = delete;  // the sentences are views of the pairs
  Pool& operator=(const Pool&) = delete;

  size_t size() const { return pairs_.size(); }
  const Pair& pair(size_t i) const { return pairs_[i]; }
  const Sentence& source(size_t i) const { return sources_[i]; }
  const Sentence& target(size_t i) const { return targets_[i]; }

  // What separates two words: " ", or "" in a language that writes none.
  std::string_view source_space() const { return source_space_; }
  std::string_view target_space() const { return target_space_; }

  const std::vector<uint32_t>& bases() const { return bases_; }
  const std::vector<uint32_t>& short_bases() const { return short_bases_; }

  // REQUIRES: there is a base.
  uint32_t DrawBase(const LengthMix& mix, Random* random) const;
  // REQUIRES: there is a base.
  WordPair DrawWords(Random* random) const { return words_[random->Below(static_cast<uint32_t>(words_.size()))]; }

  // Mean pieces of a source drawn with long_permille = 0, with 1,000, and of the short bases; times 1,000, rounded
  // down.
  uint64_t mean_even() const { return mean_even_; }
  uint64_t mean_long() const { return mean_long_; }
  uint64_t mean_short() const { return mean_short_; }

 private:
  void AddWords(size_t i);
  void Measure();

  const std::vector<Pair> pairs_;
  std::vector<Sentence> sources_, targets_;
  std::string_view source_space_, target_space_;
  std::vector<uint32_t> bases_, short_bases_;
  std::vector<uint32_t> weighted_bases_;  // each base once for each of its source's pieces
  std::vector<WordPair> words_;           // of every place in the corpus, so that a draw follows the frequencies
  uint64_t mean_even_ = 0, mean_long_ = 0, mean_short_ = 0;
};

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_POOL_H_
