#include "storage/read_threads.h"

#include <system_error>

namespace reprise {

ReadThreads::~ReadThreads() {
  {
    std::lock_guard lock(mu_);
    closing_ = true;
    wanted_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

void ReadThreads::ForEach(size_t count, const std::function<void(size_t)>& work) {
  Job job;
  job.work = &work;
  job.count = count;
  std::unique_lock lock(mu_);
  if (count > 1) {
    if (threads_.empty()) Start();
    jobs_.push_back(&job);
    wanted_.notify_all();
  }
  while (job.next < job.count) DoOne(&job, &lock);
  done_.wait(lock, [&job] { return job.under_way == 0; });
}

void ReadThreads::Start() {
  for (size_t i = 0; i < most_; ++i) {
    try {
      threads_.emplace_back([this] { Serve(); });
    } catch (const std::system_error&) {
      return;  // no more threads to be had: fewer do it too
    }
  }
}

void ReadThreads::Serve() {
  std::unique_lock lock(mu_);
  for (;;) {
    wanted_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (closing_) return;
    // In turns, so that a long job does not keep all threads from a short one.
    Job* const job = jobs_.front();
    jobs_.pop_front();
    jobs_.push_back(job);
    DoOne(job, &lock);
  }
}

// REQUIRES: there is something left to give out. The lock is held on return, when the job may be gone.
void ReadThreads::DoOne(Job* job, std::unique_lock<std::mutex>* lock) {
  const size_t i = job->next++;
  if (job->next == job->count) std::erase(jobs_, job);
  ++job->under_way;
  lock->unlock();
  (*job->work)(i);
  lock->lock();
  if (--job->under_way == 0) done_.notify_all();
}

}  // namespace reprise
