// Units that may be hits of a concordance search, the newest first, found as they are asked for.
//
//   std::unique_ptr<UnitCandidates> both = BothOf(std::move(by_source), std::move(by_target));
//   ASSIGN_OR_RETURN(uint64_t unit, both->Next(UINT64_MAX));
//   while (unit != 0) ... ASSIGN_OR_RETURN(unit, both->Next(unit - 1));
//
// Not thread-safe: one a search.
#ifndef REPRISE_ENGINE_UNIT_CANDIDATES_H_
#define REPRISE_ENGINE_UNIT_CANDIDATES_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "base/status.h"
#include "storage/concordance_search.h"

namespace reprise {

class UnitCandidates {
 public:
  virtual ~UnitCandidates() = default;
  // The largest of at most `at_most`, which must fall from call to call; 0 if there is none. Errors: CANCELLED,
  // DATA_LOSS.
  virtual absl::StatusOr<uint64_t> Next(uint64_t at_most) = 0;
  // As RowStream::Learn.
  virtual void Learn(const Unit& unit) = 0;
};

// What a stream of rows gives, and `shared`: units in any order, of which some may be the same.
std::unique_ptr<UnitCandidates> UnitsOfRows(std::unique_ptr<RowStream> rows, std::vector<uint64_t> shared);
// The units that are in both, in one of them.
std::unique_ptr<UnitCandidates> BothOf(std::unique_ptr<UnitCandidates> a, std::unique_ptr<UnitCandidates> b);
std::unique_ptr<UnitCandidates> EitherOf(std::unique_ptr<UnitCandidates> a, std::unique_ptr<UnitCandidates> b);

}  // namespace reprise

#endif  // REPRISE_ENGINE_UNIT_CANDIDATES_H_
