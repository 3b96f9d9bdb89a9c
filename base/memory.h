// The process's own memory, where the C library keeps more of it than is good for a long-running server.
//
// Thread-safety: ReleaseFreeMemory may be called from any thread; LimitArenas once, before other threads are started.
#ifndef REPRISE_BASE_MEMORY_H_
#define REPRISE_BASE_MEMORY_H_

namespace reprise {

// Gives back to the system what was freed: after work that took hundreds of megabytes for a moment. Takes some
// milliseconds. Does nothing where the C library has no such thing.
void ReleaseFreeMemory();

// Lets threads share a few heaps instead of having one each, which keeps what imports free from being scattered.
void LimitArenas();

}  // namespace reprise

#endif  // REPRISE_BASE_MEMORY_H_
