#include "client/lookup_pipeline.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace reprise::client {
namespace {

using Stream = grpc::ClientReaderWriter<v1::LookupStreamRequest, v1::LookupStreamResponse>;

// How many requests are out, shared by the writing and the reading thread.
class Window {
 public:
  // Waits for room. False if the stream has ended.
  bool Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return open_ < LookupPipeline::kWindow || ended_; });
    if (ended_) return false;
    ++open_;
    ++sent_;
    return true;
  }
  // The request that Enter() made room for was not sent.
  void Withdraw() {
    std::lock_guard<std::mutex> lock(mutex_);
    --open_;
    --sent_;
  }
  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    --open_;
    changed_.notify_one();
  }
  void End() {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
    changed_.notify_one();
  }
  uint64_t sent() {
    std::lock_guard<std::mutex> lock(mutex_);
    return sent_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t open_ = 0;
  uint64_t sent_ = 0;
  bool ended_ = false;
};

void SendAll(Stream* stream, Window* window, const LookupPipeline::NextRequest& next) {
  uint64_t number = 0;
  while (window->Enter()) {
    v1::LookupStreamRequest request;
    const bool more = next(&request);
    request.set_request_id(std::to_string(number++));
    if (!more || !stream->Write(request)) {
      window->Withdraw();
      break;
    }
  }
  stream->WritesDone();
}

}  // namespace

absl::Status LookupPipeline::Run(const NextRequest& next, const TakeAnswer& take) {
  auto stub = v1::Matches::NewStub(session_->channel());
  auto context = session_->NewStreamContext();
  auto stream = stub->LookupStream(context.get());
  Window window;
  std::thread writer([&] { SendAll(stream.get(), &window, next); });
  absl::Status taken = absl::OkStatus();
  uint64_t answers = 0;
  v1::LookupStreamResponse answer;
  while (stream->Read(&answer)) {
    if (!taken.ok()) continue;
    if (answer.request_id() == std::to_string(answers)) {
      taken = take(answer);
    } else {
      taken = Internal("the server's answers are out of order: " + answer.request_id() + " for request " +
                       std::to_string(answers));
    }
    ++answers;
    window.Leave();
    if (!taken.ok()) context->TryCancel();
  }
  window.End();
  writer.join();
  const absl::Status ended = FromGrpc(stream->Finish());
  if (!taken.ok()) return taken;
  RETURN_IF_ERROR(ended);
  if (answers != window.sent()) return Internal("the server ended the stream before it had answered all requests");
  return absl::OkStatus();
}

absl::Status AnswerStatus(const v1::LookupStreamResponse& answer) { return FromRpc(answer.status()); }

}  // namespace reprise::client
