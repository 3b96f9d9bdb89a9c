// Point reads of a lookup: which segments have this key form or bare form, and which units hold a segment.
//
//   SegmentReader reader(state);
//   RETURN_IF_ERROR(reader.FindNearExact(memory, locale, key_form, bare_form, &exact, &segments));
//   RETURN_IF_ERROR(reader.FindUnits(memory, segment, target_locales, &units));
//
// Not thread-safe: one a lookup; it keeps an iterator. The state must outlive it.
#ifndef REPRISE_STORAGE_SEGMENT_READER_H_
#define REPRISE_STORAGE_SEGMENT_READER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/format.h"
#include "storage/kv.h"
#include "storage/store_state.h"

namespace reprise {

class SegmentReader {
 public:
  explicit SegmentReader(const StoreState& state) : state_(state), snapshot_(*state.snapshot) {}

  // The segment of a key form; 0 if there is none. Errors: DATA_LOSS.
  absl::StatusOr<uint64_t> FindExact(format::MemoryId memory, format::LocaleId locale, std::string_view key_form) const;

  // *exact: the segment of this key form, 0 if there is none. Appends it, and those of this bare form (if it is not
  // empty), to *segments; one may be named twice. The latter are found by 32 bits of a hash: one of another bare form
  // may be among them, which the score sorts out. REQUIRES: a guard of the store's page cache. Errors: DATA_LOSS.
  absl::Status FindNearExact(format::MemoryId memory, format::LocaleId locale, std::string_view key_form,
                             std::string_view bare_form, uint64_t* exact, std::vector<uint64_t>* segments) const;

  // The segments of many bare forms at once: after OK (*segments)[i] holds those of bare_forms[i], none of which may be
  // empty. As with FindNearExact, a segment of another bare form may be among them. REQUIRES, errors: as there.
  absl::Status FindBareForms(format::MemoryId memory, format::LocaleId locale,
                             const std::vector<std::string>& bare_forms,
                             std::vector<std::vector<uint64_t>>* segments) const;

  // Appends up to `limit` segments whose key form begins with `prefix`, in the order of their key forms; those whose
  // key form is too long to stand in a key are not found. REQUIRES: a prefix of at most format::kLongKeyPrefix bytes.
  // Errors: DATA_LOSS.
  absl::Status FindStartingWith(format::MemoryId memory, format::LocaleId locale, std::string_view prefix, size_t limit,
                                std::vector<uint64_t>* segments) const;

  // Appends the units that hold the segment and, where that is known without reading them, a locale of `locales`
  // (rising). A lookup that has the segment's mask asks for this only if kSeveralUnits is set. Errors: DATA_LOSS.
  absl::Status FindUnits(format::MemoryId memory, format::SegmentId segment,
                         const std::vector<format::LocaleId>& locales, std::vector<uint64_t>* units);

 private:
  // Appends the segment of a record, unless it is of another key form.
  static absl::Status AddSegment(std::string_view value, std::string_view key_form, std::vector<uint64_t>* segments);
  // Calls found(i, segment) with each segment that is filed under hashes[i] (PreparedText::bare), which rise.
  absl::Status FindBare(format::MemoryId memory, format::LocaleId locale, const std::vector<uint32_t>& hashes,
                        const std::function<void(size_t i, uint64_t segment)>& found) const;

  const StoreState& state_;
  const KvSnapshot& snapshot_;
  std::unique_ptr<KvIterator> links_;
  std::string sought_;  // the prefix that it was last asked for; "" before the first
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_SEGMENT_READER_H_
