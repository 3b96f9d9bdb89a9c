// Work that should not get in the way of who waits for an answer: merges, imports.
//
// Thread-safety: free function; affects the calling thread alone.
#ifndef REPRISE_BASE_THREAD_PRIORITY_H_
#define REPRISE_BASE_THREAD_PRIORITY_H_

namespace reprise {

// Gives the calling thread a lower share of busy processors, for good: a thread may not raise its priority again, so
// only threads of our own that do nothing else may call it. Where the system has no such thing, nothing happens.
void LowerThreadPriority();

}  // namespace reprise

#endif  // REPRISE_BASE_THREAD_PRIORITY_H_
