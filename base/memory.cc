#include "base/memory.h"

#include <cstdlib>  // says which C library this is

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace reprise {

void ReleaseFreeMemory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

void LimitArenas() {
#ifdef __GLIBC__
  constexpr int kArenas = 4;
  mallopt(M_ARENA_MAX, kArenas);
#endif
}

}  // namespace reprise
