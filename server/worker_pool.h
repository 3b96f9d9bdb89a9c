// Threads that do the services' work, so that gRPC's own event threads never block on it.
//
//   WorkerPool pool(4);
//   pool.Post([=] { ... });
//
// Thread-safe. Tasks must not throw.
#ifndef REPRISE_SERVER_WORKER_POOL_H_
#define REPRISE_SERVER_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace reprise {

class WorkerPool {
 public:
  // REQUIRES: threads > 0.
  explicit WorkerPool(int threads);
  // Joins.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `task` on some thread as soon as one is free. After Join: runs it at once, on the caller's.
  void Post(std::function<void()> task);

  int threads() const { return static_cast<int>(threads_.size()); }

  // Runs what was posted to its end and stops the threads. May be called again.
  void Join();

 private:
  void Work();

  std::mutex mu_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  std::vector<std::thread> threads_;
  bool stopping_ = false;
};

}  // namespace reprise

#endif  // REPRISE_SERVER_WORKER_POOL_H_
