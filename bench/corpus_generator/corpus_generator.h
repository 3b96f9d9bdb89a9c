// A memory of any size out of a small real one, with queries for it; the same seed gives the same bytes everywhere.
//
//   ASSIGN_OR_RETURN(std::vector<Pair> real, ReadBitext(file, "en", "de"));
//   ASSIGN_OR_RETURN(auto corpus, CorpusGenerator::Create(std::move(real), {.pairs = 10'000'000, .queries = 1000}));
//   RETURN_IF_ERROR(corpus->Write(&sink));          // TSV, as the product imports it
//   for (const CorpusQuery& query : corpus->queries()) ...
//
// The memory holds the distinct real pairs first, then made ones: a real pair with 5 to 40 % of its words changed (40
// in 100), the beginning of one real pair and the end of another (45), two short ones joined (15), the last two changed
// likewise. Shorter or longer pairs are drawn more often, and further ones joined where that is not enough, so that a
// line has about `mean_tokens` tokens on average. What it takes in memory depends on the real pairs and the queries,
// not on `pairs`.
//
// Immutable after Create: Line may be called concurrently.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_CORPUS_GENERATOR_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_CORPUS_GENERATOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "bench/corpus_generator/bitext.h"
#include "bench/corpus_generator/draft.h"
#include "bench/corpus_generator/pool.h"
#include "formats/unit_stream.h"

namespace reprise::bench {

struct CorpusOptions {
  std::string from = "en";  // canonical locales; written into each line
  std::string to = "de";
  uint64_t pairs = 0;         // lines to make; 0 = the distinct real pairs and nothing else
  uint64_t seed = 1;          // any number
  uint32_t mean_tokens = 21;  // of a made line's source, about; 0 = as the real pairs are
  size_t queries = 0;         // perturbed lines that are not in the memory
  size_t held_out = 0;        // real source texts that are not in the memory
  bool hard = false;          // instead of all that: one real pair again and again, each time with 1 to 4 changes
  unsigned threads = 0;       // 0 = one for each processor; changes the speed alone
};

// A text to look up. Its key form is not that of any source in the memory.
struct CorpusQuery {
  std::string source;
  std::string target;    // the reference
  uint32_t percent = 0;  // of a perturbed one: the share of its words that were changed, 5 to 50; 0 = held out
};

class CorpusGenerator {
 public:
  // Held-out texts are, of the distinct source key forms of at least four words in the order of their SHA-256, the
  // first ones; their reference is the first target in the file, and every pair with such a source leaves the corpus.
  // Error: INVALID_ARGUMENT if the real pairs do not suffice for what is asked.
  static absl::StatusOr<std::unique_ptr<CorpusGenerator>> Create(std::vector<Pair> real, const CorpusOptions& options);

  uint64_t pairs() const { return options_.pairs; }
  uint64_t real_pairs() const { return pool_.size(); }
  const std::vector<CorpusQuery>& queries() const { return queries_; }
  const std::vector<CorpusQuery>& held_out() const { return held_out_; }

  // Line `index` of the memory. REQUIRES: index < pairs().
  Pair Line(uint64_t index) const;

  // The whole memory as TSV, header first. Error: what the sink returned.
  absl::Status Write(ByteSink* sink) const;

 private:
  CorpusGenerator(std::vector<Pair> real, const CorpusOptions& options, std::vector<CorpusQuery> held_out);

  void Calibrate();
  absl::Status MakeQueries();
  Draft Make(uint64_t index) const;
  Draft MakeOnce(uint64_t index, uint32_t attempt) const;
  Draft MakeBase(Random* random) const;
  bool IsForbidden(const Draft& draft) const;
  std::string Block(uint64_t begin, uint64_t end) const;

  CorpusOptions options_;
  const Pool pool_;
  std::vector<CorpusQuery> queries_, held_out_;
  std::unordered_set<uint64_t> forbidden_;  // hashes of the key forms of all queries
  LengthMix mix_;
  uint32_t join_permille_ = 0;  // further pairs joined to a line, times 1,000, on average
  uint32_t hard_base_ = 0;
};

// A query file: the product's columns and `percent`.
absl::Status WriteQueries(const std::vector<CorpusQuery>& queries, const CorpusOptions& options, ByteSink* sink);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_CORPUS_GENERATOR_H_
