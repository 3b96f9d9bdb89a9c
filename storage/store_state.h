// What one reader sees: a state of the whole store, which never changes while it is held.
//
// Thread-safety: immutable once published.
#ifndef REPRISE_STORAGE_STORE_STATE_H_
#define REPRISE_STORAGE_STORE_STATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "match/profile.h"
#include "storage/delta.h"
#include "storage/format.h"
#include "storage/kv.h"
#include "storage/run.h"
#include "text/segment.h"

namespace reprise {

using LocaleKey = std::pair<format::MemoryId, format::LocaleId>;

// A run and the rows of it that are dead in this state (null: none).
struct RunView {
  std::shared_ptr<Run> run;
  std::shared_ptr<const RunDeaths> deaths;
};

// The index of one memory and locale. Runs cover rising, separate ranges of segment ids; the delta what is above them.
struct LocaleState {
  std::vector<RunView> runs;
  std::shared_ptr<Delta> delta;
  uint32_t delta_rows = 0;
};

struct LocaleTally {
  uint64_t variants = 0;
  uint64_t segments = 0;
};
struct MemoryTally {
  uint64_t units = 0;
  std::map<format::LocaleId, LocaleTally> locales;
};

// One memory as stored.
struct StoredMemory {
  format::MemoryId id = 0;
  std::string name;
  std::string display_name;
  std::string description;
  Attributes attributes;
  uint32_t duplicate_policy = 0;
  VariantStatus min_status = VariantStatus::kUnspecified;
  bool read_only = false;
  MemoryDefaults defaults;
  int64_t created_us = 0;
  int64_t updated_us = 0;
};

// How far an import has come that may be resumed.
struct StoredImport {
  std::string id;  // format::kImportIdBytes
  format::MemoryId memory = 0;
  uint64_t calls = 0;                // that have worked on it
  std::vector<std::string> options;  // of the first call, as the engine spells them
  uint64_t events = 0;               // units and refusals that are done
  uint64_t refused = 0;              // of these
  uint64_t added = 0, updated = 0, merged = 0, skipped = 0;
  uint64_t input_bytes = 0;  // of the decompressed file, from which all of them came
  std::string input_hash;    // of these bytes
};

// Everything that one call reads. Hold it as long as the call lasts, not longer: it pins a kv snapshot and runs.
struct StoreState {
  uint64_t sequence = 0;
  format::UnitId units_end = 0;  // above the id of every unit there is
  std::shared_ptr<const KvSnapshot> snapshot;
  std::map<LocaleKey, std::shared_ptr<const LocaleState>> locales;
  std::map<std::string, std::shared_ptr<const StoredMemory>, std::less<>> memories;  // by name
  std::map<format::MemoryId, std::shared_ptr<const MemoryTally>> tallies;
  std::map<std::string, std::shared_ptr<const Profile>, std::less<>> profiles;  // by name
};

// The bit of a locale in a mask; locales from kLocaleBits on share theirs with others. The two bits above are marks
// (storage/row_filter.h).
inline constexpr format::LocaleId kLocaleBits = 62;
inline uint64_t LocaleBit(format::LocaleId locale) { return uint64_t{1} << (locale % kLocaleBits); }

}  // namespace reprise

#endif  // REPRISE_STORAGE_STORE_STATE_H_
