// Upkeep of what a memory holds: delete what matches, find and replace, find what is wrong, count what was used.
//
//   Maintenance& upkeep = tm->maintenance();
//   ASSIGN_OR_RETURN(DeleteReport found, upkeep.DeleteMatching("news", {.filter = {.authors = {"x"}}, .dry_run = true},
//                                                              {}));
//   ASSIGN_OR_RETURN(DeleteReport done, upkeep.DeleteMatching("news", {.filter = {.authors = {"x"}},
//                                                              .expected_count = found.matched}, {}));
//
// Each call reads one state of the store; what it writes goes in batches of at most kUpkeepBatch units, each atomic and
// synced. A unit that someone changed between the reading and its batch is left alone and counted. A call that is
// cancelled or fails leaves done what was done. Locales are named exactly: `pt` is not `pt-BR`. Thread-safe.
#ifndef REPRISE_ENGINE_MAINTENANCE_H_
#define REPRISE_ENGINE_MAINTENANCE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/text_replacer.h"
#include "match/match.h"

namespace reprise {

class UnitStore;

// Lets a long call stop early: return true to cancel. May be empty.
using CancelCheck = std::function<bool()>;

inline constexpr size_t kUpkeepBatch = 1000;

// True if the filter leaves anything out. One that does not lets rejected variants pass too: they are stored, after
// all.
bool Restricts(const UnitFilter& filter);

struct DeleteOptions {
  UnitFilter filter;     // one variant must pass it, be in the locale and contain the text
  std::string locale;    // empty = any
  std::string contains;  // compared in key form (letter case, width, quotes, dashes, white space fold); empty = any
  bool all = false;      // must be set to delete with none of the three above
  bool dry_run = false;  // count only
  std::optional<uint64_t> expected_count;  // delete only if so many match
  std::string actor;                       // goes to the change log
};
struct DeleteReport {
  uint64_t matched = 0;
  uint64_t deleted = 0;
  uint64_t changed = 0;  // matched, but were changed or deleted by someone else meanwhile
};

struct ReplaceOptions {
  std::string locale;  // required
  TextPattern pattern;
  UnitFilter filter;        // the variant must pass it
  bool dry_run = false;     // count and show only
  size_t max_previews = 0;  // with dry_run
  size_t max_preview_bytes = 3 << 20;
  std::optional<uint64_t> expected_count;  // of variants; replace only if so many would change
  std::string actor;                       // becomes changed_by of what changes, and goes to the change log
};
struct ReplacePreview {
  uint64_t unit = 0;
  std::string before;
  std::string after;
};
struct ReplaceReport {
  uint64_t variants = 0;     // that the replacement changes
  uint64_t occurrences = 0;  // in them
  uint64_t replaced = 0;     // variants that were changed; 0 in a dry run
  uint64_t locked = 0;       // variants left alone because they are locked
  uint64_t refused = 0;      // variants left alone because the new text may not be stored: empty, too long
  uint64_t doubled = 0;      // units left alone because another says already what they would say
  uint64_t changed = 0;      // units left alone because someone else changed them meanwhile
  std::vector<ReplacePreview> previews;
};

// Persisted nowhere, on the wire: never renumber.
enum class FindingKind : uint8_t {
  kDuplicate = 1,     // units with the same source and the same target
  kInconsistent = 2,  // units with the same source and different targets
  kSameTarget = 3,    // units with the same target and different sources
  kEmpty = 4,         // a target without a word or number, of a source with words
  kIdentical = 5,     // a target that is the source, which has words
  kLanguage = 6,      // a target that is clearly in another language than its locale says
};
inline constexpr int kFindingKinds = 6;

struct CheckOptions {
  std::string source_locale;  // empty = each unit's own, else its first; any region of it
  std::string target_locale;  // empty = all others; any region of it
  size_t max_findings = 100;  // of each kind; all are counted
};
inline constexpr size_t kMaxFindingUnits = 10;
inline constexpr size_t kMaxFindingText = 1000;  // bytes of a text in a finding

struct FindingUnit {
  uint64_t unit = 0;
  std::string source;  // up to kMaxFindingText bytes, then "…"
  std::string target;
};
struct Finding {
  FindingKind kind = FindingKind::kDuplicate;
  std::string source_locale;
  std::string target_locale;
  std::string language;            // kLanguage: the one that the target is in
  uint64_t pairs = 0;              // pairs of texts that it is about
  std::vector<FindingUnit> units;  // the first kMaxFindingUnits; of kInconsistent and kSameTarget one a different text
};
struct CheckReport {
  uint64_t units = 0;  // looked at
  uint64_t pairs = 0;  // of source and target among them
  std::map<FindingKind, uint64_t> counts;
  std::vector<Finding> findings;  // by kind
};

// A unit whose target somebody used.
struct UnitUse {
  uint64_t unit = 0;
  std::string target_locale;  // else one of its language and script; empty = all but the source
};

class Maintenance {
 public:
  virtual ~Maintenance() = default;

  // Deletes the units some variant of which is in the locale, passes the filter and contains the text. Errors:
  // INVALID_ARGUMENT (filter: empty without `all`; locale; contains), NOT_FOUND, FAILED_PRECONDITION (read-only memory;
  // another count than expected, reason COUNT_CHANGED: nothing is deleted), CANCELLED.
  virtual absl::StatusOr<DeleteReport> DeleteMatching(std::string_view memory, const DeleteOptions& options,
                                                      const CancelCheck& cancelled) = 0;

  // Replaces text in the variants of one locale; each unit that changes gets a new revision. Errors: as those of
  // TextReplacer::Make and DeleteMatching.
  virtual absl::StatusOr<ReplaceReport> ReplaceText(std::string_view memory, const ReplaceOptions& options,
                                                    const CancelCheck& cancelled) = 0;

  // Looks through all units; changes nothing. Sources are compared in key form, as lookups do, targets byte for byte;
  // codes do not count. Takes 32 bytes of memory a pair. Errors: INVALID_ARGUMENT (a locale), NOT_FOUND, CANCELLED.
  virtual absl::StatusOr<CheckReport> Check(std::string_view memory, const CheckOptions& options,
                                            const CancelCheck& cancelled) = 0;

  // Counts one use, now, of each unit's target in one synced write, without a revision. The status of each, in their
  // order: OK, NOT_FOUND (reason UNIT_NOT_FOUND or VARIANT_NOT_FOUND), INVALID_ARGUMENT (target_locale). Errors of the
  // call: NOT_FOUND (the memory), FAILED_PRECONDITION (read-only memory), RESOURCE_EXHAUSTED (over kUpkeepBatch).
  virtual absl::StatusOr<std::vector<absl::Status>> RecordUse(std::string_view memory,
                                                              const std::vector<UnitUse>& uses) = 0;
};

// On a store that outlives it.
std::unique_ptr<Maintenance> NewMaintenance(UnitStore* store);

}  // namespace reprise

#endif  // REPRISE_ENGINE_MAINTENANCE_H_
