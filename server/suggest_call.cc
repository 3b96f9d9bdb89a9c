#include "server/suggest_call.h"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "server/convert.h"
#include "server/profile_use.h"
#include "server/status.h"
#include "server/wire.h"

namespace reprise {
namespace {

// Requests that wait for their answer to be written; at so many the stream is not read on.
constexpr size_t kWindow = 64;

// What is asked at a keystroke; what it does not say it has from the one before.
struct Asked {
  Reading reading;  // where
  bool has_query = false;
  Query query;
  v1::SuggestOptions given;  // by the request
  SuggestOptions options;    // with what the profile says
};

// Penalties and filter of the profile, if there is one, and what the request says.
absl::StatusOr<SuggestOptions> OptionsOf(const Reading& reading, const v1::SuggestOptions& in) {
  LookupOptions as_lookup;
  ApplyDefaults(reading.defaults, &as_lookup);
  SuggestOptions options;
  options.penalties = as_lookup.penalties;
  options.filter = as_lookup.filter;
  RETURN_IF_ERROR(WithField(FromProto(in, &options), "options"));
  return options;
}

absl::Status Inherit(TranslationMemory* tm, const v1::SuggestStreamRequest& in, Asked* asked) {
  RETURN_IF_ERROR(CheckLength("request_id", in.request_id(), kMaxRequestIdBytes));
  Asked fresh = *asked;
  const bool elsewhere = !in.memories().empty() || !in.profile().empty() || fresh.reading.memories.empty();
  if (elsewhere) {
    fresh.reading = Reading();
    RETURN_IF_ERROR(FindMemories(tm, in.memories(), in.profile(), &fresh.reading));
  }
  if (in.has_query() || !fresh.has_query) {
    fresh.query = Query();
    RETURN_IF_ERROR(WithField(FromProto(in.query(), &fresh.query), "query"));
    fresh.has_query = true;
  }
  if (in.has_options()) fresh.given = in.options();
  if (elsewhere || in.has_options()) {
    ASSIGN_OR_RETURN(fresh.options, OptionsOf(fresh.reading, fresh.given));
  }
  *asked = std::move(fresh);
  return absl::OkStatus();
}

// One SuggestStream. Only the newest request is worth an answer: when one comes, those before it that wait are answered
// CANCELLED, and the one that is worked on is told to stop. One request at a time is on the pool, so the cache needs no
// lock. Each event changes the state under the lock and then does what Next() decided outside of it.
class SuggestStreamCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  SuggestStreamCall(TranslationMemory* tm, WorkerPool* pool, grpc::CallbackServerContext* context)
      : tm_(tm), pool_(pool), context_(context) {}

  void Start() {
    {
      std::lock_guard<std::mutex> lock(mu_);
      reading_ = true;
    }
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    std::unique_lock<std::mutex> lock(mu_);
    reading_ = false;
    if (ok) {
      Accept();
    } else {
      read_closed_ = true;
    }
    Next(&lock);
  }

  void OnWriteDone(bool ok) override {
    std::unique_lock<std::mutex> lock(mu_);
    writing_ = false;
    slots_.pop_front();
    if (!ok) broken_ = true;
    Next(&lock);
  }

  void OnDone() override {
    // Whatever the reactions and the pool did to the object happened before this.
    { std::lock_guard<std::mutex> lock(mu_); }
    delete this;
  }

 private:
  struct Slot {
    std::string request_id;
    std::string prefix;
    Asked asked;
    absl::Status status;  // why there is nothing to suggest
    grpc::ByteBuffer answer;
    std::atomic<bool> superseded{false};
    bool started = false;
    bool done = false;
  };

  ~SuggestStreamCall() override = default;

  // Turns the message that was read into a slot, or into the end of the stream. REQUIRES: mu_.
  void Accept() {
    v1::SuggestStreamRequest request;
    auto slot = std::make_shared<Slot>();
    slot->status = ParseMessage(incoming_, &request);
    if (ReasonOf(slot->status) == "BAD_MESSAGE") {
      read_closed_ = true;
      end_ = slot->status;
      return;
    }
    if (!slot->status.ok()) {
      slot->request_id =
          PeekString(BufferBytes(incoming_), v1::SuggestStreamRequest::kRequestIdFieldNumber, kMaxRequestIdBytes);
    } else {
      if (request.request_id().size() <= kMaxRequestIdBytes) slot->request_id = request.request_id();
      slot->status = Inherit(tm_, request, &asked_);
      slot->asked = asked_;
      slot->prefix = std::move(*request.mutable_prefix());
    }
    for (const std::shared_ptr<Slot>& older : slots_) {
      if (older->done) continue;
      older->superseded = true;
      if (!older->started) Answer(older.get(), Superseded(), nullptr);
    }
    if (!slot->status.ok()) Answer(slot.get(), slot->status, nullptr);
    slots_.push_back(std::move(slot));
  }

  static absl::Status Superseded() {
    return WithReason(Cancelled("a newer request of the stream came first"), "SUPERSEDED");
  }

  // REQUIRES: mu_.
  static void Answer(Slot* slot, const absl::Status& status, const v1::SuggestResponse* response) {
    v1::SuggestStreamResponse out;
    out.set_request_id(slot->request_id);
    *out.mutable_status() = ToRpcStatus(status);
    if (status.ok() && response != nullptr) *out.mutable_response() = *response;
    slot->answer = SerializeMessage(out);
    slot->started = true;
    slot->done = true;
  }

  // On the pool.
  void Work(const std::shared_ptr<Slot>& slot) {
    const CancelCheck cancelled = [this, &slot] { return slot->superseded || context_->IsCancelled(); };
    absl::Status status = Superseded();
    v1::SuggestResponse response;
    if (!cancelled()) {
      auto result = tm_->Suggest(slot->asked.reading.memories, slot->asked.query, slot->prefix, slot->asked.options,
                                 cancelled, &cache_);
      status = result.status();
      if (result.ok()) response = ToProto(*result);
      if (absl::IsCancelled(status)) status = Superseded();
    }
    std::unique_lock<std::mutex> lock(mu_);
    Answer(slot.get(), status, &response);
    working_ = false;
    Next(&lock);
  }

  // Decides what to start, releases the lock, starts it. Nothing may touch the object afterwards.
  void Next(std::unique_lock<std::mutex>* lock) {
    if (broken_) {
      // The caller is gone: what is done is dropped, the rest when it is.
      for (const std::shared_ptr<Slot>& slot : slots_) slot->superseded = true;
      while (!writing_ && !slots_.empty() && slots_.front()->done) slots_.pop_front();
    }
    std::shared_ptr<Slot> next;
    for (const std::shared_ptr<Slot>& slot : slots_) {
      if (!working_ && !slot->started) next = slot;
    }
    if (next != nullptr) working_ = next->started = true;
    const bool write = !broken_ && !writing_ && !slots_.empty() && slots_.front()->done;
    const bool read = !broken_ && !read_closed_ && !reading_ && slots_.size() < kWindow;
    const bool finish = (read_closed_ || broken_) && !reading_ && slots_.empty() && !finished_;
    if (write) writing_ = true;
    if (read) reading_ = true;
    if (finish) finished_ = true;
    WorkerPool* const pool = pool_;
    const grpc::ByteBuffer* answer = write ? &slots_.front()->answer : nullptr;
    const absl::Status end = broken_ ? Cancelled("the caller went away") : end_;
    lock->unlock();
    // Until its work is done the slot keeps the object alive.
    if (next != nullptr) pool->Post([this, next] { Work(next); });
    if (write) StartWrite(answer);
    if (read) StartRead(&incoming_);
    if (finish) Finish(ToGrpcStatus(end));
  }

  TranslationMemory* const tm_;
  WorkerPool* const pool_;
  grpc::CallbackServerContext* const context_;
  SuggestCache cache_;  // of whoever works

  std::mutex mu_;
  std::deque<std::shared_ptr<Slot>> slots_;  // in the order of the requests; the front one is being written if writing_
  Asked asked_;
  absl::Status end_;  // what the stream ends with
  grpc::ByteBuffer incoming_;
  bool working_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool read_closed_ = false;
  bool broken_ = false;
  bool finished_ = false;
};

}  // namespace

absl::Status SuggestOne(TranslationMemory* tm, const v1::SuggestRequest& in, const CancelCheck& cancelled,
                        v1::SuggestResponse* out) {
  Reading reading;
  Query query;
  RETURN_IF_ERROR(FindMemories(tm, in.memories(), in.profile(), &reading));
  RETURN_IF_ERROR(WithField(FromProto(in.query(), &query), "query"));
  ASSIGN_OR_RETURN(const SuggestOptions options, OptionsOf(reading, in.options()));
  ASSIGN_OR_RETURN(const SuggestResult result,
                   tm->Suggest(reading.memories, query, in.prefix(), options, cancelled, nullptr));
  *out = ToProto(result);
  return absl::OkStatus();
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartSuggestStream(TranslationMemory* tm, WorkerPool* pool,
                                                                                grpc::CallbackServerContext* context) {
  auto* call = new SuggestStreamCall(tm, pool, context);
  call->Start();
  return call;
}

}  // namespace reprise
