#include "server/suggest_call.h"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "server/convert.h"
#include "server/ordered_stream.h"
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
  ApplyDefaults(reading.defaults, TermSource::kProfile, &as_lookup);
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
// lock.
class SuggestStreamCall final : public OrderedStream {
 public:
  SuggestStreamCall(TranslationMemory* tm, WorkerPool* pool, grpc::CallbackServerContext* context)
      : OrderedStream(pool, kWindow), tm_(tm), context_(context) {}

 private:
  struct SuggestSlot : Slot {
    std::string request_id;
    std::string prefix;
    Asked asked;
    absl::Status status;  // why there is nothing to suggest
    std::atomic<bool> superseded{false};
  };

  ~SuggestStreamCall() override = default;

  absl::Status Accept(const grpc::ByteBuffer& message, Slots* slots) override {
    v1::SuggestStreamRequest request;
    auto slot = std::make_shared<SuggestSlot>();
    slot->status = ParseMessage(message, &request);
    if (ReasonOf(slot->status) == "BAD_MESSAGE") return slot->status;
    if (!slot->status.ok()) {
      slot->request_id =
          PeekString(BufferBytes(message), v1::SuggestStreamRequest::kRequestIdFieldNumber, kMaxRequestIdBytes);
    } else {
      if (request.request_id().size() <= kMaxRequestIdBytes) slot->request_id = request.request_id();
      slot->status = Inherit(tm_, request, &asked_);
      slot->asked = asked_;
      slot->prefix = std::move(*request.mutable_prefix());
    }
    for (const std::shared_ptr<Slot>& one : *slots) {
      auto* const older = static_cast<SuggestSlot*>(one.get());
      if (older->done) continue;
      older->superseded = true;
      if (!older->started) Answer(older, Superseded(), nullptr);
    }
    if (!slot->status.ok()) Answer(slot.get(), slot->status, nullptr);
    slots->push_back(std::move(slot));
    return absl::OkStatus();
  }

  static absl::Status Superseded() {
    return WithReason(Cancelled("a newer request of the stream came first"), "SUPERSEDED");
  }

  // REQUIRES: mu().
  static void Answer(SuggestSlot* slot, const absl::Status& status, const v1::SuggestResponse* response) {
    v1::SuggestStreamResponse out;
    out.set_request_id(slot->request_id);
    *out.mutable_status() = ToRpcStatus(status);
    if (status.ok() && response != nullptr) *out.mutable_response() = *response;
    slot->answer = SerializeMessage(out);
    slot->started = true;
    slot->done = true;
  }

  void Work(Slot* one) override {
    auto* const slot = static_cast<SuggestSlot*>(one);
    const CancelCheck cancelled = [this, slot] { return slot->superseded || context_->IsCancelled(); };
    absl::Status status = Superseded();
    v1::SuggestResponse response;
    if (!cancelled()) {
      auto result = tm_->Suggest(slot->asked.reading.memories, slot->asked.query, slot->prefix, slot->asked.options,
                                 cancelled, &cache_);
      status = result.status();
      if (result.ok()) response = ToProto(*result);
      if (absl::IsCancelled(status)) status = Superseded();
    }
    std::unique_lock<std::mutex> lock(mu());
    Answer(slot, status, &response);
    working_ = false;
    Next(&lock);
  }

  std::vector<std::shared_ptr<Slot>> TakeStartable(const Slots& slots) override {
    std::shared_ptr<Slot> next;
    for (const std::shared_ptr<Slot>& slot : slots) {
      if (!working_ && !slot->started) next = slot;
    }
    if (next == nullptr) return {};
    working_ = next->started = true;
    return {next};
  }

  void Abandon(const Slots& slots) override {
    for (const std::shared_ptr<Slot>& slot : slots) static_cast<SuggestSlot*>(slot.get())->superseded = true;
  }

  TranslationMemory* const tm_;
  grpc::CallbackServerContext* const context_;
  SuggestCache cache_;  // of whoever works

  Asked asked_;           // guarded by mu()
  bool working_ = false;  // guarded by mu()
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
