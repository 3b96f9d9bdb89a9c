// What the measuring programs share: a corpus of sentence pairs, queries held out of it, and times.
//
//   ASSIGN_OR_RETURN(std::vector<Row> rows, ReadRows("libreoffice.en-de.tsv", "en", "de"));
//   HeldOut parts = HoldOut(std::move(rows), 1000);
//
// Pure but for ReadRows. Not for the product.
#ifndef REPRISE_BENCH_CORPUS_H_
#define REPRISE_BENCH_CORPUS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "base/status.h"

namespace reprise::bench {

struct Row {
  std::string source, target;
  std::string key;  // key form of the source
};

// The pairs of a TSV file (not compressed) whose sides are both there. Error: the file cannot be read or is no TSV.
absl::StatusOr<std::vector<Row>> ReadRows(const std::string& file, const std::string& from, const std::string& to);

struct HeldOut {
  std::vector<Row> queries;
  std::vector<Row> memory;
};

// Distinct source key forms of at least 4 words in the order of their SHA-256: the first `count` are the queries, and
// every pair with the same source key form leaves the memory.
HeldOut HoldOut(std::vector<Row> rows, size_t count);

// Times of one measurement, in milliseconds.
class Times {
 public:
  void Add(double ms) { ms_.push_back(ms); }
  void Add(const Times& other) { ms_.insert(ms_.end(), other.ms_.begin(), other.ms_.end()); }
  size_t size() const { return ms_.size(); }
  const std::vector<double>& all() const { return ms_; }
  double Mean() const;
  // The smallest time that `share` (0 to 1) of all do not exceed; 0 if there are none.
  double At(double share) const;

 private:
  std::vector<double> ms_;
};

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_H_
