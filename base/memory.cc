#include "base/memory.h"

#ifdef REPRISE_JEMALLOC
#include <jemalloc/jemalloc.h>

#include <string>

// jemalloc reads this when the program starts. Few arenas, so that what one thread frees serves the others; what is
// free goes back after half a minute, on a thread of its own: each piece that goes back makes all processors forget
// where memory is, and after five seconds much of it is wanted again (docs/decisions/004-runs-on-disk.md).
extern "C" {
const char* malloc_conf = "narenas:4,background_thread:true,dirty_decay_ms:30000,muzzy_decay_ms:0";
}
#endif

namespace reprise {

void ReleaseFreeMemory() {
#ifdef REPRISE_JEMALLOC
  const std::string purge = "arena." + std::to_string(MALLCTL_ARENAS_ALL) + ".purge";
  mallctl(purge.c_str(), nullptr, nullptr, nullptr, 0);
#endif
}

}  // namespace reprise
