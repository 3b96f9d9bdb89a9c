// A bidirectional stream whose requests are read ahead, worked on by the pool, and answered in the order they came.
//
//   class LookupStream final : public OrderedStream { ... Accept, TakeStartable, Work ... };
//   auto* call = new LookupStream(...);
//   call->Start();          // deletes itself when gRPC is done with it
//
// Each event (a read, a write, a piece of work done) changes the state under the lock and then does what Next() decided
// outside of it; the call is finished when nothing of it is under way any more, so that whoever still has something to
// do keeps it alive. Thread-safe as gRPC and the pool use it.
#ifndef REPRISE_SERVER_ORDERED_STREAM_H_
#define REPRISE_SERVER_ORDERED_STREAM_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "base/status.h"
#include "server/worker_pool.h"

namespace reprise {

class OrderedStream : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // At most `window` requests wait for their answer to be written; then the stream is not read on.
  OrderedStream(WorkerPool* pool, size_t window) : pool_(pool), window_(window) {}

  void Start();
  void OnReadDone(bool ok) final;
  void OnWriteDone(bool ok) final;
  void OnDone() final;

 protected:
  // One request, until its answer is written.
  struct Slot {
    virtual ~Slot() = default;
    grpc::ByteBuffer answer;
    bool started = false;
    bool done = false;  // `answer` is there
  };
  using Slots = std::deque<std::shared_ptr<Slot>>;

  ~OrderedStream() override = default;

  // Turns the message that was read into a slot that is put at the end of `slots`. An error ends the stream with it,
  // once the slots before are answered. REQUIRES: mu().
  virtual absl::Status Accept(const grpc::ByteBuffer& message, Slots* slots) = 0;
  // The slots whose turn it is, marked as started. REQUIRES: mu().
  virtual std::vector<std::shared_ptr<Slot>> TakeStartable(const Slots& slots) = 0;
  // On the pool, without the lock: makes the answer, then takes the lock, marks the slot as done and calls Next.
  virtual void Work(Slot* slot) = 0;
  // The caller is gone: work under way may stop. REQUIRES: mu().
  virtual void Abandon(const Slots& /*slots*/) {}

  // Decides what to start, releases the lock, starts it. Nothing may touch the object afterwards.
  void Next(std::unique_lock<std::mutex>* lock);
  std::mutex& mu() { return mu_; }

 private:
  WorkerPool* const pool_;
  const size_t window_;

  std::mutex mu_;
  Slots slots_;       // in the order of the requests; the front one is being written if writing_
  absl::Status end_;  // what the stream ends with
  grpc::ByteBuffer incoming_;
  bool reading_ = false;
  bool writing_ = false;
  bool read_closed_ = false;
  bool broken_ = false;
  bool finished_ = false;
};

}  // namespace reprise

#endif  // REPRISE_SERVER_ORDERED_STREAM_H_
