// A Kv in memory, for tests: ordered maps, copy-free snapshots by version. Forgets everything on destruction.
// Thread-safe.
#ifndef REPRISE_STORAGE_MEMORY_KV_H_
#define REPRISE_STORAGE_MEMORY_KV_H_

#include <memory>

#include "storage/kv.h"

namespace reprise {

std::unique_ptr<Kv> NewMemoryKv();

}  // namespace reprise

#endif  // REPRISE_STORAGE_MEMORY_KV_H_
