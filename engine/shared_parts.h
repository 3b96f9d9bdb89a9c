// The longest parts that a query shares with stored segments, with up to three of these for each (docs/fragments.md).
//
//   RETURN_IF_ERROR(SharedPartsRun(store, state, query, options, cancelled).Execute(memories, &result));
//
// Not thread-safe: one object a query.
#ifndef REPRISE_ENGINE_SHARED_PARTS_H_
#define REPRISE_ENGINE_SHARED_PARTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/search_places.h"
#include "engine/translation_memory.h"
#include "storage/segment_reader.h"
#include "storage/shared_runs.h"
#include "storage/unit_store.h"

namespace reprise {

inline constexpr size_t kLeastSharedWords = 3;
inline constexpr size_t kMaxSharedParts = 5;
inline constexpr size_t kMaxSharedExamples = 3;
// Of a longer query only so many tokens are looked at.
inline constexpr size_t kMaxSharedTokens = 256;
// At most so many units are read.
inline constexpr size_t kMaxSharedUnits = 2048;

class SharedPartsRun {
 public:
  // All arguments must outlive the object; `query` is checked and canonical. Of the options, the filter counts.
  SharedPartsRun(const UnitStore& store, const StoreState& state, const Query& query, const LookupOptions& options,
                 const CancelCheck& cancelled);

  // Fills result->shared_parts and shared_parts_cut; parts that lie within one of result->fragments are left out.
  // Errors: NOT_FOUND (memory), CANCELLED, DATA_LOSS.
  absl::Status Execute(const std::vector<MemoryRef>& memories, LookupResult* result);

 private:
  // A run of the query's tokens [begin, end) and where it was found.
  struct Part {
    uint32_t begin = 0, end = 0;
    uint32_t letters = 0;
    std::vector<std::pair<const SearchPlace*, SharedRun>> found;
  };

  absl::StatusOr<std::vector<Part>> FindParts(LookupResult* result);
  absl::Status ReadExamples(const Part& part, LookupResult* result, SharedPart* out);
  absl::Status AddExamples(const Part& part, const WantedUnit& wanted, const Unit& unit, SharedPart* out) const;

  const UnitStore& store_;
  const StoreState& state_;
  const Query& query_;
  const LookupOptions& options_;
  const CancelCheck& cancelled_;
  const PageCache::Guard pages_;
  std::vector<Token> tokens_;  // of the query, without codes
  bool long_ = false;          // the query has more
  SegmentReader reader_;
  std::vector<SearchPlace> places_;
  size_t units_read_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_SHARED_PARTS_H_
