// The pairs of two languages out of any file that the product reads (TSV or TMX, also .gz and .zst), held in memory.
//
//   ASSIGN_OR_RETURN(std::vector<Pair> pairs, ReadBitext("libreoffice.en-de.tsv.zst", "en", "de"));
//
// Safe to call concurrently.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_BITEXT_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_BITEXT_H_

#include <string>
#include <vector>

#include "base/status.h"

namespace reprise::bench {

struct Pair {
  std::string source;
  std::string target;

  bool operator==(const Pair&) const = default;
};

// The pairs in file order; repeated ones are kept. A unit without a text for both locales (an exact tag, else the same
// language) is left out, and so are texts that have no key form. Inline codes are dropped. A TSV without the columns
// source_lang and target_lang is taken to be in the two locales.
// Error: INVALID_ARGUMENT if a locale or the file as a whole is not readable, NOT_FOUND if there is no such file.
absl::StatusOr<std::vector<Pair>> ReadBitext(const std::string& file, const std::string& from, const std::string& to);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_BITEXT_H_
