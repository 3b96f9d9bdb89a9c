// One suggestion over one state of the store: the targets of the best matches of the source and of its fragments, then,
// if none of them goes on from what was typed, stored targets that begin with it; match/completion.h makes completions
// of them.
//
//   SuggestRun run(store, state, query, options, cancelled);
//   return run.Execute(memories, typed, &cache);
//
// Not thread-safe: one object a call.
#ifndef REPRISE_ENGINE_SUGGEST_H_
#define REPRISE_ENGINE_SUGGEST_H_

#include <string>
#include <string_view>
#include <vector>

#include "engine/search_places.h"
#include "engine/suggest_query.h"
#include "engine/translation_memory.h"
#include "storage/unit_store.h"

namespace reprise {

// OK, or INVALID_ARGUMENT / RESOURCE_EXHAUSTED naming prefix, threshold or max_results.
absl::Status CheckSuggest(std::string_view typed, const SuggestOptions& options);

class SuggestRun {
 public:
  // All arguments must outlive the object; `query` and `options` are checked, the query is canonical.
  SuggestRun(const UnitStore& store, const StoreState& state, const Query& query, const SuggestOptions& options,
             const CancelCheck& cancelled);

  // `cache` may be null. Errors: NOT_FOUND (memory), CANCELLED, DATA_LOSS.
  absl::StatusOr<SuggestResult> Execute(const std::vector<MemoryRef>& memories, std::string_view typed,
                                        SuggestCache* cache);

 private:
  absl::StatusOr<std::vector<CompletionOffer>> FindOffers(const std::vector<MemoryRef>& memories) const;
  // Targets whose key form begins with that of what was typed.
  absl::StatusOr<std::vector<CompletionOffer>> FindTargets(const std::vector<MemoryRef>& memories,
                                                           std::string_view typed) const;

  const UnitStore& store_;
  const StoreState& state_;
  const Query& query_;
  const SuggestOptions& options_;
  const CancelCheck& cancelled_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_SUGGEST_H_
