// The import pipeline: bytes -> decompress -> detect -> parse -> check -> prepare -> synced batches.
//
// One batch is committed on a thread of its own while the next is parsed and tokenized, so an import uses two cores.
// Memory is bounded by two batches, which end at so many units or bytes, and the parser's limits. A full batch goes
// into the store by sorted files (UnitStore::WriteBulk), a small one, as at the end of a file, by ordinary writes.
#ifndef REPRISE_ENGINE_IMPORT_H_
#define REPRISE_ENGINE_IMPORT_H_

#include <memory>
#include <string>

#include "engine/translation_memory.h"
#include "storage/unit_store.h"

namespace reprise {

// REQUIRES: `store` outlives the importer; `memory` is writable. `options` hold canonical locales. `bulk_units`: units
// of a full batch. Errors: as TranslationMemory::StartImport.
absl::StatusOr<std::unique_ptr<Importer>> NewImporter(UnitStore* store, format::MemoryId memory,
                                                      const ImportOptions& options, size_t bulk_units,
                                                      ImportProgress progress);

// The store's policy for the API's. REQUIRES: policy != kUnspecified.
WritePolicy ToWritePolicy(DuplicatePolicy policy);

}  // namespace reprise

#endif  // REPRISE_ENGINE_IMPORT_H_
