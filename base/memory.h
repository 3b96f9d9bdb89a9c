// The process's own memory. The programs use jemalloc: an import takes and frees millions of small pieces on several
// threads, which the C library's allocator answers with page faults (a third of an import's time) and heaps that stay
// scattered. Builds with a sanitizer keep the sanitizer's own allocator.
//
// Thread-safety: may be called from any thread.
#ifndef REPRISE_BASE_MEMORY_H_
#define REPRISE_BASE_MEMORY_H_

namespace reprise {

// Gives back to the system what was freed: after work that took hundreds of megabytes for a moment. Takes some
// milliseconds. Does nothing where the allocator has no such thing.
void ReleaseFreeMemory();

}  // namespace reprise

#endif  // REPRISE_BASE_MEMORY_H_
