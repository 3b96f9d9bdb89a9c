// Several reads of the disk at once: threads that wait for the disk and do little else.
//
// A disk that is asked for one block after the other does a third of what it can, and RocksDB's own way to ask for many
// blocks (io_uring) is not in Debian's build.
//
//   ReadThreads threads(8);
//   threads.ForEach(keys.size(), [&](size_t i) { values[i] = Read(keys[i]); });
//
// Thread-safe: several callers share the threads; a caller whom they have no time for does its work alone.
#ifndef REPRISE_STORAGE_READ_THREADS_H_
#define REPRISE_STORAGE_READ_THREADS_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace reprise {

class ReadThreads {
 public:
  // The threads are started when they are first needed.
  explicit ReadThreads(size_t threads) : most_(threads) {}
  // REQUIRES: no call is under way.
  ~ReadThreads();
  ReadThreads(const ReadThreads&) = delete;
  ReadThreads& operator=(const ReadThreads&) = delete;

  // Calls work(0) to work(count - 1), each once, in any order and on any of the threads and this one, and returns when
  // all of them have returned. They must not call ForEach.
  void ForEach(size_t count, const std::function<void(size_t)>& work);

 private:
  struct Job {
    const std::function<void(size_t)>* work = nullptr;
    size_t count = 0;
    size_t next = 0;       // guarded by mu_
    size_t under_way = 0;  // given out and not done; guarded by mu_
  };
  void Start();  // REQUIRES: mu_
  void Serve();
  void DoOne(Job* job, std::unique_lock<std::mutex>* lock);

  const size_t most_;
  std::mutex mu_;
  std::condition_variable wanted_, done_;
  std::deque<Job*> jobs_;             // of which something is left to give out; guarded by mu_
  bool closing_ = false;              // guarded by mu_
  std::vector<std::thread> threads_;  // guarded by mu_
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_READ_THREADS_H_
