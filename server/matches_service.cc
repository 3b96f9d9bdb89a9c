#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "reprise/v1/matches.grpc.pb.h"
#include "server/analyze_call.h"
#include "server/convert.h"
#include "server/ordered_stream.h"
#include "server/profile_use.h"
#include "server/services.h"
#include "server/suggest_call.h"
#include "server/unary_call.h"

namespace reprise {
namespace {

using Base = v1::Matches::WithRawCallbackMethod_Lookup<v1::Matches::WithRawCallbackMethod_BatchLookup<
    v1::Matches::WithRawCallbackMethod_LookupStream<v1::Matches::WithRawCallbackMethod_Analyze<
        v1::Matches::WithRawCallbackMethod_Concordance<v1::Matches::WithRawCallbackMethod_Suggest<
            v1::Matches::WithRawCallbackMethod_SuggestStream<v1::Matches::Service>>>>>>>;

// How many requests of one stream are read ahead: enough to keep its threads busy, small enough to bound memory.
constexpr size_t kStreamWindow = 16;
// One stream holds at most this part of the pool, so that a long one leaves room for the calls of others.
constexpr int kStreamShare = 4;

// A page of hits ends early at this size, so that clients' limits of 4 MiB a message hold.
constexpr size_t kMaxConcordanceBytes = 3 << 20;

// Where and how to look.
struct Plan {
  std::vector<MemoryRef> memories;
  LookupOptions options;
};

absl::Status LookUp(TranslationMemory* tm, const Plan& plan, const v1::Query& in, const CancelCheck& cancelled,
                    v1::LookupResponse* out) {
  Query query;
  RETURN_IF_ERROR(WithField(FromProto(in, &query), "query"));
  ASSIGN_OR_RETURN(const LookupResult result, tm->Lookup(plan.memories, query, plan.options, cancelled));
  *out = ToProto(result, plan.options);
  return absl::OkStatus();
}

absl::Status FillPlan(const Reading& reading, const v1::LookupOptions& options, Plan* plan) {
  plan->memories = reading.memories;
  plan->options = LookupOptions();
  ApplyDefaults(reading.defaults, TermSource::kProfile, &plan->options);
  return WithField(FromProto(options, &plan->options), "options");
}

template <typename Request>
absl::Status ReadPlan(TranslationMemory* tm, const Request& in, Plan* plan) {
  Reading reading;
  RETURN_IF_ERROR(FindMemories(tm, in.memories(), in.profile(), &reading));
  return FillPlan(reading, in.options(), plan);
}

absl::Status LookupOne(TranslationMemory* tm, const v1::LookupRequest& in, const CancelCheck& cancelled,
                       v1::LookupResponse* out) {
  Plan plan;
  RETURN_IF_ERROR(ReadPlan(tm, in, &plan));
  return LookUp(tm, plan, in.query(), cancelled, out);
}

absl::Status LookupBatch(TranslationMemory* tm, const v1::BatchLookupRequest& in, const CancelCheck& cancelled,
                         v1::BatchLookupResponse* out) {
  if (in.items().empty()) return FieldError("items", "is empty; give at least one query");
  if (static_cast<size_t>(in.items_size()) > kMaxBatch) {
    return WithField(ResourceExhausted("has " + std::to_string(in.items_size()) + " entries; at most " +
                                       std::to_string(kMaxBatch) + " are taken"),
                     "items");
  }
  Plan plan;
  RETURN_IF_ERROR(ReadPlan(tm, in, &plan));
  const auto count = static_cast<size_t>(in.items_size());
  std::vector<absl::Status> statuses(count);
  std::vector<Query> queries;
  std::vector<size_t> asked;  // the items that they belong to
  for (size_t i = 0; i < count; ++i) {
    const v1::LookupItem& item = in.items(static_cast<int>(i));
    Query query;
    statuses[i] = CheckLength("request_id", item.request_id(), kMaxRequestIdBytes);
    if (statuses[i].ok()) statuses[i] = WithField(FromProto(item.query(), &query), "query");
    if (!statuses[i].ok()) continue;
    queries.push_back(std::move(query));
    asked.push_back(i);
  }
  ASSIGN_OR_RETURN(const auto answers, tm->BatchLookup(plan.memories, queries, plan.options, cancelled));
  for (size_t i = 0; i < count; ++i) out->add_results();
  for (size_t a = 0; a < asked.size(); ++a) {
    statuses[asked[a]] = answers[a].status();
    if (!answers[a].ok()) continue;
    v1::LookupItemResult* result = out->mutable_results(static_cast<int>(asked[a]));
    *result->mutable_response() = ToProto(*answers[a], plan.options);
  }
  for (size_t i = 0; i < count; ++i) {
    const v1::LookupItem& item = in.items(static_cast<int>(i));
    v1::LookupItemResult* result = out->mutable_results(static_cast<int>(i));
    if (item.request_id().size() <= kMaxRequestIdBytes) result->set_request_id(item.request_id());
    *result->mutable_status() = ToRpcStatus(WithField(statuses[i], "items[" + std::to_string(i) + "]"));
  }
  return absl::OkStatus();
}

absl::Status FindConcordance(TranslationMemory* tm, const v1::ConcordanceRequest& in, const CancelCheck& cancelled,
                             v1::ConcordanceResponse* out) {
  Reading reading;
  ConcordanceQuery query;
  ConcordanceOptions options;
  RETURN_IF_ERROR(FindMemories(tm, in.memories(), in.profile(), &reading));
  RETURN_IF_ERROR(FromProto(in, &query, &options));
  if (!in.has_filter() && reading.defaults.filter) options.filter = *reading.defaults.filter;
  ASSIGN_OR_RETURN(const ConcordanceResult result, tm->Concordance(reading.memories, query, options, cancelled));
  size_t bytes = 0;
  out->set_next_page_token(result.next_page_token);
  out->set_sequence(result.sequence);
  for (const Correspondence& correspondence : result.correspondences) {
    v1::Correspondence* added = out->add_correspondences();
    added->set_text(correspondence.text);
    added->set_count(correspondence.count);
  }
  for (size_t i = 0; i < result.hits.size(); ++i) {
    v1::ConcordanceHit hit = ToProto(result.hits[i]);
    bytes += hit.ByteSizeLong();
    if (i > 0 && bytes > kMaxConcordanceBytes) {
      out->set_next_page_token(ConcordancePageToken(result.hits[i - 1]));
      break;
    }
    *out->add_hits() = std::move(hit);
  }
  return absl::OkStatus();
}

// One LookupStream. Requests are looked up on the pool in any order.
class LookupStreamCall final : public OrderedStream {
 public:
  LookupStreamCall(TranslationMemory* tm, WorkerPool* pool, grpc::CallbackServerContext* context)
      : OrderedStream(pool, kStreamWindow),
        tm_(tm),
        context_(context),
        share_(std::max(1, pool->threads() / kStreamShare)) {}

 private:
  struct LookupSlot : Slot {
    v1::LookupStreamRequest request;
    Plan plan;
    absl::Status status;  // why there is nothing to look up
  };

  ~LookupStreamCall() override = default;

  absl::Status Accept(const grpc::ByteBuffer& message, Slots* slots) override {
    auto slot = std::make_shared<LookupSlot>();
    slot->status = ParseMessage(message, &slot->request);
    if (ReasonOf(slot->status) == "BAD_MESSAGE") return slot->status;
    if (!slot->status.ok()) {
      // What the parser took before it stopped is of no use, but for the id that the answer must carry.
      slot->request.Clear();
      slot->request.set_request_id(
          PeekString(BufferBytes(message), v1::LookupStreamRequest::kRequestIdFieldNumber, kMaxRequestIdBytes));
    } else {
      slot->status = Inherit(slot->request);
      slot->plan = plan_;
    }
    slots->push_back(std::move(slot));
    return absl::OkStatus();
  }

  // Joins the request's memories or profile and its options into plan_; if one is bad, plan_ stays. REQUIRES: mu().
  absl::Status Inherit(const v1::LookupStreamRequest& in) {
    RETURN_IF_ERROR(CheckLength("request_id", in.request_id(), kMaxRequestIdBytes));
    const bool elsewhere = !in.memories().empty() || !in.profile().empty() || reading_from_.memories.empty();
    if (!elsewhere && !in.has_options()) return absl::OkStatus();
    Reading fresh;
    if (elsewhere) RETURN_IF_ERROR(FindMemories(tm_, in.memories(), in.profile(), &fresh));
    Plan plan;
    RETURN_IF_ERROR(FillPlan(elsewhere ? fresh : reading_from_, in.has_options() ? in.options() : given_, &plan));
    plan_ = std::move(plan);
    if (elsewhere) reading_from_ = std::move(fresh);
    if (in.has_options()) given_ = in.options();
    return absl::OkStatus();
  }

  void Work(Slot* slot) override {
    auto* const asked = static_cast<LookupSlot*>(slot);
    v1::LookupStreamResponse out;
    if (asked->request.request_id().size() <= kMaxRequestIdBytes) out.set_request_id(asked->request.request_id());
    absl::Status status = asked->status;
    if (status.ok()) {
      status = LookUp(
          tm_, asked->plan, asked->request.query(), [this] { return context_->IsCancelled(); }, out.mutable_response());
    }
    if (!status.ok()) out.clear_response();
    *out.mutable_status() = ToRpcStatus(status);
    grpc::ByteBuffer answer = SerializeMessage(out);
    std::unique_lock<std::mutex> lock(mu());
    slot->answer.Swap(&answer);
    slot->done = true;
    --running_;
    Next(&lock);
  }

  std::vector<std::shared_ptr<Slot>> TakeStartable(const Slots& slots) override {
    std::vector<std::shared_ptr<Slot>> out;
    for (const std::shared_ptr<Slot>& slot : slots) {
      if (running_ == share_) break;
      if (slot->started) continue;
      slot->started = true;
      ++running_;
      out.push_back(slot);
    }
    return out;
  }

  TranslationMemory* const tm_;
  grpc::CallbackServerContext* const context_;
  const int share_;  // how many of the pool's threads it may hold

  // All guarded by mu(). What requests inherit from those before: where to look, the options given last, and what both
  // come to.
  Reading reading_from_;
  v1::LookupOptions given_;
  Plan plan_;
  int running_ = 0;  // slots on the pool
};

class MatchesService final : public Base {
 public:
  MatchesService(TranslationMemory* tm, WorkerPool* pool) : tm_(tm), pool_(pool) {}

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override {
    return StartUnary<v1::LookupRequest, v1::LookupResponse>(
        pool_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return LookupOne(tm, in, cancelled, out);
        });
  }
  grpc::ServerUnaryReactor* BatchLookup(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return StartUnary<v1::BatchLookupRequest, v1::BatchLookupResponse>(
        pool_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return LookupBatch(tm, in, cancelled, out);
        });
  }
  grpc::ServerUnaryReactor* Concordance(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return StartUnary<v1::ConcordanceRequest, v1::ConcordanceResponse>(
        pool_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return FindConcordance(tm, in, cancelled, out);
        });
  }
  grpc::ServerUnaryReactor* Suggest(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return StartUnary<v1::SuggestRequest, v1::SuggestResponse>(
        pool_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return SuggestOne(tm, in, cancelled, out);
        });
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* SuggestStream(
      grpc::CallbackServerContext* context) override {
    return StartSuggestStream(tm_, pool_, context);
  }
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* LookupStream(
      grpc::CallbackServerContext* context) override {
    auto* call = new LookupStreamCall(tm_, pool_, context);
    call->Start();
    return call;
  }
  grpc::ServerReadReactor<grpc::ByteBuffer>* Analyze(grpc::CallbackServerContext* context,
                                                     grpc::ByteBuffer* response) override {
    return StartAnalyze(tm_, pool_, context, response);
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const pool_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewMatchesService(TranslationMemory* tm, WorkerPool* pool) {
  return std::make_unique<MatchesService>(tm, pool);
}

}  // namespace reprise
