#include "server/ordered_stream.h"

#include "server/status.h"

namespace reprise {

void OrderedStream::Start() {
  {
    std::lock_guard<std::mutex> lock(mu_);
    reading_ = true;
  }
  StartRead(&incoming_);
}

void OrderedStream::OnReadDone(bool ok) {
  std::unique_lock<std::mutex> lock(mu_);
  reading_ = false;
  const absl::Status accepted = ok ? Accept(incoming_, &slots_) : absl::OkStatus();
  if (!accepted.ok()) end_ = accepted;
  if (!ok || !accepted.ok()) read_closed_ = true;
  Next(&lock);
}

void OrderedStream::OnWriteDone(bool ok) {
  std::unique_lock<std::mutex> lock(mu_);
  writing_ = false;
  slots_.pop_front();
  if (!ok) broken_ = true;
  Next(&lock);
}

void OrderedStream::OnDone() {
  // Whatever the reactions and the pool did to the object happened before this.
  { std::lock_guard<std::mutex> lock(mu_); }
  delete this;
}

void OrderedStream::Next(std::unique_lock<std::mutex>* lock) {
  if (broken_) {
    // What is done is dropped, the rest when it is.
    Abandon(slots_);
    while (!writing_ && !slots_.empty() && slots_.front()->done) slots_.pop_front();
  }
  const std::vector<std::shared_ptr<Slot>> startable = TakeStartable(slots_);
  const bool write = !broken_ && !writing_ && !slots_.empty() && slots_.front()->done;
  const bool read = !broken_ && !read_closed_ && !reading_ && slots_.size() < window_;
  const bool finish = (read_closed_ || broken_) && !reading_ && slots_.empty() && !finished_;
  if (write) writing_ = true;
  if (read) reading_ = true;
  if (finish) finished_ = true;
  WorkerPool* const pool = pool_;
  const grpc::ByteBuffer* answer = write ? &slots_.front()->answer : nullptr;
  const absl::Status end = broken_ ? Cancelled("the caller went away") : end_;
  lock->unlock();
  // Until its work is done each slot keeps the object alive.
  for (const std::shared_ptr<Slot>& slot : startable) pool->Post([this, slot] { Work(slot.get()); });
  if (write) StartWrite(answer);
  if (read) StartRead(&incoming_);
  if (finish) Finish(ToGrpcStatus(end));
}

}  // namespace reprise
