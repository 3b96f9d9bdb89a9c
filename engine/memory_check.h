// The check of a memory: takes unit after unit, keeps 32 bytes a pair of texts, and says what is wrong.
//
//   MemoryCheck check(options);
//   for (const Unit& unit : units) check.Add(unit);
//   ASSIGN_OR_RETURN(CheckReport report, check.Finish(read_unit));
//
// Not thread-safe.
#ifndef REPRISE_ENGINE_MEMORY_CHECK_H_
#define REPRISE_ENGINE_MEMORY_CHECK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine/maintenance.h"
#include "text/segment.h"

namespace reprise {

class MemoryCheck {
 public:
  using ReadUnit = std::function<absl::StatusOr<Unit>(uint64_t unit)>;

  // `options` hold canonical locales.
  explicit MemoryCheck(const CheckOptions& options) : options_(options) {}

  // REQUIRES: units come by rising id, each once.
  void Add(const Unit& unit);
  // The report, with the texts of the units that `read` gives. Call once. Errors: those of `read`.
  absl::StatusOr<CheckReport> Finish(const ReadUnit& read);

 private:
  // A source and a target of a unit. Texts by 64 bits of a hash: a pair of different texts in 10 million that are taken
  // for one has a chance of one in 400,000.
  struct Pair {
    uint64_t source = 0;
    uint64_t target = 0;
    uint64_t unit = 0;
    uint32_t locales = 0;  // of locale_pairs_
  };
  // A finding whose texts are not read yet.
  struct Found {
    FindingKind kind = FindingKind::kDuplicate;
    uint64_t pairs = 0;
    std::vector<Pair> examples;
  };

  static size_t SourceIndex(const Unit& unit, const std::string& wanted);
  uint32_t LocalePair(const std::string& source, const std::string& target);
  void Note(FindingKind kind, uint64_t pairs, std::vector<Pair> examples);
  void FindRuns(uint64_t Pair::*same, uint64_t Pair::*other, FindingKind differ, bool duplicates);
  static uint64_t TextHash(const std::string& text);

  const CheckOptions options_;
  CheckReport report_;
  std::vector<Pair> pairs_;
  std::vector<Found> found_;
  std::map<std::pair<std::string, std::string>, uint32_t> locale_pairs_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_MEMORY_CHECK_H_
